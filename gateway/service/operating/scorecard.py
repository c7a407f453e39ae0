"""How a channel does, in numbers: rates, times, its share beside its weight, its promises and quotas.

Counted by the journal over what began within a window. Times are told as the end of the step they fall into.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from gateway.catalogue.products import Product
from gateway.catalogue.snapshot import Snapshot
from gateway.errors import NotFound
from gateway.journal.protocol import Journal
from gateway.journal.records import CallsRecord, ChosenRecord
from gateway.model.outcome import OutcomeKind
from gateway.model.period import local_date
from gateway.routing.filter import USABLE
from gateway.routing.modes import share_by_weight
from gateway.routing.pace import Volume, progress
from gateway.service.cases.volumes import volumes

WINDOW_H = 24
WINDOW_H_MAX = 31 * 24


class ScorecardProduct(Struct, frozen=True, kw_only=True):
    """A product the channel sells: how often it was chosen beside others, its weight among theirs, and its volumes.

    `share` is of decisions, None where nobody was chosen: an order that takes up a quote needs none. `issued_share` is
    of the policies that became of orders of the window, however they found their channel. `commitment` and `quota` are
    told where the product has them.
    """

    chosen: int
    share: float | None
    issued: int
    issued_share: float | None
    weight_share: float
    commitment: Mapping[str, Any] | None = None
    quota: Mapping[str, int] | None = None


class Scorecard(Struct, frozen=True, kw_only=True):
    """A channel over a window. A rate is None where nothing was counted; every rate is of calls that ended.

    `quote_rate`: requests for prices that got one; `bind_rate`: issues that made a policy; `decline_rate` and
    `unknown_rate`: of all calls.
    """

    channel: str
    since: datetime
    hours: int
    calls: int
    quote_rate: float | None
    bind_rate: float | None
    decline_rate: float | None
    unknown_rate: float | None
    p50_ms: int | None
    p95_ms: int | None
    outcomes: Mapping[str, Mapping[str, int]]
    products: Mapping[str, ScorecardProduct]


async def scorecard(journal: Journal, snapshot: Snapshot, channel: str, now: datetime, hours: int) -> Scorecard:
    """The card of a channel. Raises NotFound."""
    if channel not in snapshot.channels:
        raise NotFound(f"there is no channel {channel}; there are: {', '.join(sorted(snapshot.channels))}")
    since = now - timedelta(hours=hours)
    calls, chosen, issued = (
        await journal.calls(channel, since),
        await journal.chosen(since),
        await journal.issued(since),
    )
    used = {name for name, each in snapshot.channels.items() if each.state in USABLE}
    outcomes: dict[str, dict[str, int]] = {}
    for each in calls:
        of = outcomes.setdefault(each.operation, {})
        of[each.outcome.value] = of.get(each.outcome.value, 0) + each.calls
    return Scorecard(
        channel=channel,
        since=since,
        hours=hours,
        calls=sum(each.calls for each in calls),
        quote_rate=_rate([each for each in calls if each.operation == "quote.create"], OutcomeKind.accepted),
        bind_rate=_rate([each for each in calls if each.operation == "policy.issue"], OutcomeKind.accepted),
        decline_rate=_rate(calls, OutcomeKind.declined),
        unknown_rate=_rate(calls, OutcomeKind.unknown),
        p50_ms=_quantile(calls, 0.50),
        p95_ms=_quantile(calls, 0.95),
        outcomes=outcomes,
        products={
            code: await _product(journal, snapshot.products[code], channel, (chosen, issued), now, used=used)
            for code in sorted(snapshot.bindings_of(channel))
        },
    )


async def _product(
    journal: Journal,
    product: Product,
    channel: str,
    counted: tuple[Sequence[ChosenRecord], Sequence[ChosenRecord]],
    now: datetime,
    *,
    used: Container[str],
) -> ScorecardProduct:
    (chosen, share), (issued, issued_share) = [_of_all(each, product.code, channel) for each in counted]
    binding = product.bindings[channel]
    commitment = quota = None
    if binding.commitment is not None:
        sold = (await volumes(journal, product, now)).get(binding.commitment.period, {})
        commitment = progress(binding.commitment, sold.get(channel, Volume()), now, product.period.zone)
    if binding.limits.per_day is not None:
        today = local_date(now, product.period.zone).isoformat()
        taken = sum(each.policies for each in await journal.sold(product.code, today) if each.channel == channel)
        quota = {"per_day": binding.limits.per_day, "used": taken}
    return ScorecardProduct(
        chosen=chosen,
        share=share,
        issued=issued,
        issued_share=issued_share,
        weight_share=round(share_by_weight(product, channel, used), 4),
        commitment=commitment,
        quota=quota,
    )


def _of_all(counted: Sequence[ChosenRecord], product: str, channel: str) -> tuple[int, float | None]:
    """How many of a product fell to a channel, and what share of all that is."""
    mine = sum(each.times for each in counted if (each.product, each.channel) == (product, channel))
    all_ = sum(each.times for each in counted if each.product == product and each.channel is not None)
    return mine, round(mine / all_, 4) if all_ else None


def _rate(calls: Sequence[CallsRecord], outcome: OutcomeKind) -> float | None:
    total = sum(each.calls for each in calls)
    return round(sum(each.calls for each in calls if each.outcome is outcome) / total, 4) if total else None


def _quantile(calls: Sequence[CallsRecord], share: float) -> int | None:
    """The step within which that share of the calls had ended."""
    total, passed = sum(each.calls for each in calls), 0
    for each in sorted(calls, key=lambda one: one.within_ms):
        passed += each.calls
        if passed >= share * total:
            return each.within_ms
    return None
