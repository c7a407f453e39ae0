"""Promised volumes: which share of the business to come a channel needs so that its commitment is kept.

Looking ahead, not back: what is still owed against what is still to come, as the period has gone so far. The nearer
the end, the more exactly it is known, and nobody is pulled back for being ahead.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from gateway.catalogue.products import Commitment, Product
from gateway.model.period import zone_of

Period = Literal["month", "quarter", "year"]
MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
ELAPSED_MIN = 0.005
"""Before this part of the period has gone, nothing is foretold from it."""


class Volume(Struct, frozen=True, kw_only=True):
    """What a channel has sold of a product: policies, and their premium in minor units."""

    policies: int = 0
    premium: int = 0


Volumes = Mapping[Period, Mapping[str, Volume]]
"""Since the beginning of the running month, quarter and year, per channel, for one product."""


def period_of(period: Period, at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The first instant of the running period and of the next one, on the clock of a zone."""
    local, months = at.astimezone(zone_of(zone)), MONTHS[period]
    first = local.month - (local.month - 1) % months
    start = local.replace(month=first, day=1, hour=0, minute=0, second=0, microsecond=0)
    after = first + months
    end = start.replace(year=start.year + (after - 1) // 12, month=(after - 1) % 12 + 1)
    return start, end


def needs(product: Product, volumes: Volumes, at: datetime) -> dict[str, float]:
    """For each channel that is behind: its share of what is to come, from 0 to 1 and above when it cannot be met."""
    found = {}
    for name, binding in product.bindings.items():
        if binding.commitment is not None:
            sold = volumes.get(binding.commitment.period, {})
            needed = _needed(binding.commitment, name, sold, at, product.period.zone)
            if needed > 0:
                found[name] = needed
    return found


def _needed(commitment: Commitment, name: str, sold: Mapping[str, Volume], at: datetime, zone: str) -> float:
    start, end = period_of(commitment.period, at, zone)
    elapsed = (at - start) / (end - start)
    total = sum(_measured(commitment, each) for each in sold.values())
    owed = _target(commitment) - _measured(commitment, sold.get(name, Volume()))
    if elapsed < ELAPSED_MIN or not total or owed <= 0:
        return 0.0
    to_come = total / elapsed * (1.0 - elapsed)
    return owed / to_come if to_come > 0 else 1.0


def _measured(commitment: Commitment, volume: Volume) -> int:
    return volume.policies if commitment.policies is not None else volume.premium


def _target(commitment: Commitment) -> int:
    return commitment.policies or (commitment.premium.amount if commitment.premium else 0)


def progress(commitment: Commitment, volume: Volume, at: datetime, zone: str) -> dict[str, object]:
    """How far a commitment is kept, for people: target, done, and the part of the period that has gone."""
    start, end = period_of(commitment.period, at, zone)
    last = (end - timedelta(days=1)).date().isoformat()
    return {
        "period": commitment.period,
        "until": last,
        "target": _target(commitment),
        "done": _measured(commitment, volume),
        "elapsed": round((at - start) / (end - start), 4),
    }
