"""When a carrier takes calls: hours of its own clock, `08:00-22:00`, `mon-fri 08:00-18:00`, `sun 01:00-05:00`."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.wire.patterns import parse_zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(?:([a-z]{3})(?:-([a-z]{3}))? )?([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_MINUTE_S, _DAY_S, _AHEAD_DAYS = 60, 86_400, 8


class Hours(Struct, frozen=True, kw_only=True):
    """One span of the day, in seconds from midnight; an end before the start lies on the next day.

    `weekdays` count from Monday, 0; none means every day.
    """

    start_s: int
    end_s: int
    weekdays: tuple[int, ...] = ()

    def holds(self, local: datetime) -> bool:
        """Whether an instant, on the carrier's clock, lies within."""
        second = local.hour * 3600 + local.minute * 60 + local.second
        if self.start_s < self.end_s:
            return self._falls_on(local.weekday()) and self.start_s <= second < self.end_s
        yesterday = (local.weekday() - 1) % 7
        return (self._falls_on(local.weekday()) and second >= self.start_s) or (
            self._falls_on(yesterday) and second < self.end_s
        )

    def _falls_on(self, weekday: int) -> bool:
        return not self.weekdays or weekday in self.weekdays


def parse_hours(text: str) -> Hours:
    """The hours a text spells; raises `ValueError` with one sentence."""
    found = _HOURS.fullmatch(text)
    known = found is not None and all(day in (None, *DAYS) for day in found.groups()[:2])
    if found is None or not known:
        raise ValueError(f"'{text}' are no hours; write 08:00-22:00, sat 08:00-12:00 or mon-fri 08:00-18:00")
    first, last, *clock = found.groups()
    start, end = (int(hour) * 3600 + int(minute) * 60 for hour, minute in (clock[:2], clock[2:]))
    if start == end or end > _DAY_S:
        raise ValueError(f"'{text}' are no hours of a day")
    return Hours(start_s=start, end_s=end, weekdays=_days(first, last))


def _days(first: str | None, last: str | None) -> tuple[int, ...]:
    if first is None:
        return ()
    begun, ended = DAYS.index(first), DAYS.index(last or first)
    return tuple((begun + offset) % 7 for offset in range((ended - begun) % 7 + 1))


def closed_for_s(at: datetime, zone: str, window: Iterable[Hours], maintenance: Iterable[Hours]) -> float | None:
    """How long the carrier takes no calls from an instant on; None when it takes them.

    It takes them within one of its hours (always, when it names none) and outside of its maintenance. Looked at minute
    by minute, eight days ahead at most.
    """
    where, opening, closing = parse_zone(zone), tuple(window), tuple(maintenance)

    def is_open(moment: datetime) -> bool:
        local = moment.astimezone(where)
        within = not opening or any(hours.holds(local) for hours in opening)
        return within and not any(hours.holds(local) for hours in closing)

    if is_open(at):
        return None
    next_minute = at.replace(second=0, microsecond=0) + timedelta(seconds=_MINUTE_S)
    for number in range(_AHEAD_DAYS * _DAY_S // _MINUTE_S):
        moment = next_minute + timedelta(seconds=number * _MINUTE_S)
        if is_open(moment):
            return (moment - at).total_seconds()
    return float(_AHEAD_DAYS * _DAY_S)
