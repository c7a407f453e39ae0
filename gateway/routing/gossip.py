"""What replicas tell each other, so that one that has not met a fault yet knows of it: outcomes and breakers.

News is small (per channel and group a few numbers, once a second), in seconds from the moment it is told, so that the
clocks of hosts need not agree. To hear it twice, late or never changes no outcome, only how much is known.
"""

from msgspec import Struct
from msgspec.structs import replace

from gateway.routing.health import Health, Tally, absorbed
from gateway.routing.types import Group

Key = tuple[str, Group]


class Told(Struct, frozen=True, kw_only=True):
    """One channel's breaker for one group, as a replica has it; `open_s` is how much longer it stays open."""

    open_s: float = 0.0
    trips: int = 0
    open_max_s: float = 0.0
    is_closed: bool = False


class News(Struct, frozen=True, kw_only=True):
    """What one replica saw since it last told: its own outcomes, and breakers that it opened or closed.

    `overdue` are the calls that wait there for longer than they may, now.
    """

    replica: str = ""
    tallies: dict[Key, Tally] = {}
    breakers: dict[Key, Told] = {}
    overdue: dict[Key, int] = {}


def told(health: Health, now_s: float) -> Told:
    """A breaker as others should know it."""
    return Told(
        open_s=max(0.0, health.until_s - now_s) if health.state == "open" else 0.0,
        trips=health.trips,
        open_max_s=health.open_max_s,
        is_closed=health.state == "closed",
    )


def heard(health: Health, tally: Tally | None, breaker: Told | None, now_s: float, chance: float) -> Health:
    """A channel's health after what another replica told of it. A breaker is open until the later of two ends."""
    after = absorbed(health, tally, now_s, chance=chance) if tally is not None else health
    if breaker is None:
        return after
    if breaker.is_closed:
        return _closed(after, now_s)
    until_s = max(after.until_s if after.state == "open" else 0.0, now_s + breaker.open_s)
    return replace(
        after,
        state="open",
        until_s=until_s,
        trips=max(after.trips, breaker.trips),
        open_max_s=breaker.open_max_s,
        tripped_at_s=now_s if after.state != "open" else after.tripped_at_s,
        probes_good=0,
    )


def _closed(health: Health, now_s: float) -> Health:
    if health.state == "closed":
        return health
    return replace(health, state="closed", closed_at_s=now_s, probes_good=0, consecutive=0, window=())
