"""What was sold, for promised volumes and daily quotas: counted with each policy, read by every gateway.

A policy is counted in the group of changes that makes it, whoever told that it was made: the first answer, the ladder,
a callback, a daily file or a person. Nothing takes a count back: a policy given back within its free look was sold, and
took its place of the day. Products without a promise and without a quota are not counted, and cost nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.catalogue.products import Product
from gateway.journal.changes import Change, Count
from gateway.journal.protocol import Journal
from gateway.journal.records import SoldRecord, TallyRecord
from gateway.model import Policy
from gateway.model.money import MINOR_UNITS_MAX, Money
from gateway.model.period import local_date
from gateway.routing.pace import Period, Volume, Volumes, needs, period_of
from gateway.service.parts import Parts


def is_counted(product: Product) -> bool:
    """Whether any channel of a product has a promised volume or a daily quota."""
    return any(each.commitment is not None or each.limits.per_day is not None for each in product.bindings.values())


def counted(parts: Parts, policy: Policy) -> tuple[Change, ...]:
    """The change that counts a policy being made; none where its product needs no count."""
    code = policy.product.partition("@")[0]
    product = parts.catalogue.snapshot.products.get(code)
    if product is None or policy.channel is None or not is_counted(product):
        return ()
    premium = policy.premium.gross if policy.premium is not None else None
    record = TallyRecord(
        product=code,
        day=local_date(parts.world.now(), product.period.zone).isoformat(),
        channel=policy.channel,
        currency=premium.currency if premium is not None else "",
        writer=parts.owner,
        policies=1,
        premium=_within_measure(premium),
    )
    return (Count(record),)


def _within_measure(premium: Money | None) -> int:
    """A premium as it is added up: one that nobody could mean is a carrier's slip, and would break every sum."""
    return premium.amount if premium is not None and 0 <= premium.amount <= MINOR_UNITS_MAX else 0


async def refresh(parts: Parts) -> None:
    """Tell the routing what all gateways have sold, as promised volumes and quotas need it."""
    now, router = parts.world.now(), parts.router
    needed: dict[str, Mapping[str, float]] = {}
    for code, product in parts.catalogue.snapshot.products.items():
        if any(each.commitment is not None for each in product.bindings.values()):
            needed[code] = needs(product, await volumes(parts.journal, product, now), now)
        if any(each.limits.per_day is not None for each in product.bindings.values()):
            today = local_date(now, product.period.zone)
            for channel, volume in _summed(await parts.journal.sold(code, today.isoformat()), "").items():
                router.quotas.count(code, channel, today, volume.policies)
            router.quotas.counted(code, today)
    router.needs = needed


async def volumes(journal: Journal, product: Product, now: datetime) -> Volumes:
    """What each channel has sold since the beginning of the running periods that the product's promises name."""
    promised = [each.commitment for each in product.bindings.values() if each.commitment is not None]
    currency = next((each.premium.currency for each in promised if each.premium is not None), "")
    found: dict[Period, Mapping[str, Volume]] = {}
    for period in sorted({each.period for each in promised}):
        start, _ = period_of(period, now, product.period.zone)
        found[period] = _summed(await journal.sold(product.code, start.date().isoformat()), currency)
    return found


def _summed(rows: list[SoldRecord], currency: str) -> dict[str, Volume]:
    """Per channel all policies, and the premium in one currency: that of the promise."""
    found: dict[str, Volume] = {}
    for row in rows:
        before = found.get(row.channel, Volume())
        premium = row.premium if row.currency == currency else 0
        found[row.channel] = Volume(policies=before.policies + row.policies, premium=before.premium + premium)
    return found
