"""Channels: one way to one insurer through one carrier, with its calendar; no URL and no secret, those are settings."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from gateway.catalogue.fields import Fields
from gateway.catalogue.nodes import MapNode, Node
from gateway.catalogue.regions import read_regions
from gateway.catalogue.values import Faults, as_integer, as_word, did_you_mean, key_text
from gateway.model import Lob
from gateway.model.period import ZONE_DEFAULT, zone_of

STATES = ("draft", "certified", "canary", "active", "degraded", "suspended", "retired")
VIA = ("direct", "mga", "broker", "aggregator")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAME = r"[a-z][a-z0-9_]{0,39}"


class Maintenance(Struct, frozen=True, kw_only=True):
    """A window in which the carrier is down, on the clock of `zone`; an `end` before `start` lies on the next day.

    `weekdays` count from Monday, 0; `month_days` from 1, with -1 for the last of a month; both empty means every day.
    """

    start: time
    end: time
    zone: str = ZONE_DEFAULT
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()

    def is_open(self, at: datetime, margin_s: float = 0.0) -> bool:
        """True when the window is open at an instant, or will be within the margin."""
        today = at.astimezone(zone_of(self.zone)).date()
        reach = 1 + int(margin_s // 86_400) + 1
        return any(self._covers(today + timedelta(days=offset), at, margin_s) for offset in range(-1, reach))

    def _covers(self, day: date, at: datetime, margin_s: float) -> bool:
        if not self._falls_on(day):
            return False
        zone = zone_of(self.zone)
        last = day if self.end > self.start else day + timedelta(days=1)
        start, end = datetime.combine(day, self.start, zone), datetime.combine(last, self.end, zone)
        return start - timedelta(seconds=margin_s) <= at < end

    def _falls_on(self, day: date) -> bool:
        is_last = (day + timedelta(days=1)).day == 1
        by_month = day.day in self.month_days or (is_last and -1 in self.month_days)
        return by_month or day.weekday() in self.weekdays or not (self.weekdays or self.month_days)


class Channel(Struct, frozen=True, kw_only=True):
    """One way to an insurer: the thing that is weighed, picked and broken.

    `regions` are where it may sell, as `measures.lies_in` reads them, `licences` the lines of business it may sell;
    none means everywhere, and every line.
    """

    name: str
    carrier: str
    insurer: str
    via: str = "direct"
    regions: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    state: str = "active"
    maintenance: tuple[Maintenance, ...] = ()

    def in_maintenance(self, at: datetime, margin_s: float = 0.0) -> bool:
        """True when a maintenance window is open at an instant, or will be within the margin."""
        return any(window.is_open(at, margin_s) for window in self.maintenance)


def read_channels(root: MapNode, carriers: Collection[str], faults: Faults) -> Mapping[str, Channel]:
    """Read `channels.yaml`: a map from the channel's name to what it is."""
    channels = {}
    for key, node in root:
        name = key_text(key, NAME, faults, "channel")
        fields = Fields(node, faults, f"channel {key.text}")
        channel = Channel(
            name=key.text,
            carrier=_carrier(fields, carriers),
            insurer=fields.text("insurer"),
            via=fields.word("via", VIA, "direct"),
            regions=read_regions(fields),
            licences=_licences(fields),
            state=fields.word("state", STATES),
            maintenance=tuple(_window(Fields(each, faults, "maintenance")) for each in fields.items("maintenance")),
        )
        fields.done()
        if name is not None:
            channels[name] = channel
    return channels


def _carrier(fields: Fields, carriers: Collection[str]) -> str:
    carrier = fields.text("carrier")
    if carrier and carrier not in carriers:
        fields.fault("carrier", f"there is no carrier '{carrier}'", did_you_mean(carrier, carriers), code="E501")
    return carrier


def _licences(fields: Fields) -> tuple[str, ...]:
    lines = [each.value for each in Lob]
    return tuple(each for node in fields.items("licences") if (each := as_word(node, fields.faults, "licence", lines)))


def _window(fields: Fields) -> Maintenance:
    weekdays = [as_word(each, fields.faults, "day", WEEKDAYS) for each in fields.items("days")]
    month_days = [_month_day(each, fields.faults) for each in fields.items("month_days")]
    zone = fields.maybe_text("zone") or ZONE_DEFAULT
    try:
        zone_of(zone)
    except ValueError as error:
        fields.fault("zone", str(error))
        zone = ZONE_DEFAULT
    start, end = _clock(fields, "from"), _clock(fields, "to")
    on_days = "days" in fields.map or "month_days" in fields.map
    if start is not None and start == end and (start != time() or not on_days):
        hint = (
            'a whole day is days or month_days, from: "00:00", to: "00:00"; who is always closed has state: suspended'
        )
        fields.fault("to", "a window that ends when it begins is open for a whole day", hint)
    window = Maintenance(
        start=start or time(),
        end=end or time(),
        zone=zone,
        weekdays=tuple(WEEKDAYS.index(each) for each in weekdays if each),
        month_days=tuple(each for each in month_days if each),
    )
    fields.done()
    return window


def _month_day(node: Node, faults: Faults) -> int | None:
    day = as_integer(node, faults, "day of month", least=-1, most=31)
    if day == 0:
        faults.add(node.mark, "no month has a day 0", "write 1 to 31, or -1 for the last")
    return day


def _clock(fields: Fields, key: str) -> time | None:
    """A time of day; None with a fault at its place."""
    text = fields.text(key)
    try:
        if len(text) == 5:
            return time.fromisoformat(text)
    except ValueError:
        pass
    if text:
        fields.fault(key, f"'{text}' is no time of day", 'write "01:00"')
    return None
