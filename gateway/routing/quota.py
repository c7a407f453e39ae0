"""Daily quotas: a place is reserved when a channel is picked, and kept or given back when its outcome is known.

Every reservation expires, so that a crash leaks none; a day is one of the zone in which the product is sold.
"""

from collections.abc import Mapping
from datetime import date

RESERVED_S = 600.0
"""Longer than an operation may try its channels."""

FULL_S = 5.0
"""For so long nobody is asked about a day that was full; then a place may be free again, or the server back."""

Place = tuple[str, str]
"""Product and channel."""


class DayCounts:
    """The places taken and reserved of one day of each product, for one process."""

    def __init__(self) -> None:
        """Begin with a day on which nothing was sold."""
        self._days: dict[str, date] = {}
        self._taken: dict[Place, int] = {}
        self._reserved: dict[str, tuple[Place, float]] = {}
        self._full: dict[Place, tuple[int, float]] = {}
        self._counted: dict[str, date] = {}

    def used(self, product: str, day: date, now_s: float) -> Mapping[str, int]:
        """Per channel what is taken and reserved of a day."""
        self._turn(product, day, now_s)
        used: dict[str, int] = {}
        for (code, channel), count in self._taken.items():
            if code == product:
                used[channel] = used.get(channel, 0) + count
        for (code, channel), _ in self._reserved.values():
            if code == product:
                used[channel] = used.get(channel, 0) + 1
        for (code, channel), (places, until_s) in self._full.items():
            if code == product and now_s < until_s:
                used[channel] = max(used.get(channel, 0), places)
        return used

    def taken(self, product: str, channel: str) -> int:
        """The places of the day that are known to be taken."""
        return self._taken.get((product, channel), 0)

    def held(self, product: str, channel: str, without: str) -> int:
        """The places that other decisions here have reserved."""
        held = self._reserved.items()
        return sum(place == (product, channel) for decision_id, (place, _) in held if decision_id != without)

    def is_counted(self, product: str, day: date) -> bool:
        """Whether a journal has told what is taken of this day, be it nothing."""
        return self._counted.get(product) == day

    def full(self, product: str, channel: str, places: int, now_s: float) -> None:
        """No place was to be had: for a while there is none."""
        self._full[(product, channel)] = (places, now_s + FULL_S)

    def counted(self, product: str, day: date) -> None:
        """A journal has told all it knows of a day."""
        self._turn(product, day, 0.0)
        self._counted[product] = day

    def count(self, product: str, channel: str, day: date, policies: int) -> None:
        """What a journal knows to be taken: the larger of it and what was seen here."""
        self._turn(product, day, 0.0)
        place = (product, channel)
        self._taken[place] = max(self._taken.get(place, 0), policies)

    def reserve(self, decision_id: str, product: str, channel: str, now_s: float) -> None:
        """Take a place for a decision until it is kept, given back or forgotten."""
        self._reserved[decision_id] = ((product, channel), now_s + RESERVED_S)

    def settle(self, decision_id: str, *, took: bool) -> None:
        """The outcome is known: the place was taken (or may have been), or is free again."""
        found = self._reserved.pop(decision_id, None)
        if found is not None and took:
            self._taken[found[0]] = self._taken.get(found[0], 0) + 1

    def _turn(self, product: str, day: date, now_s: float) -> None:
        """Begin a product's next day with nothing; the days of products in other zones end when theirs do."""
        if day != self._days.get(product):
            self._days[product] = day
            self._taken = {place: count for place, count in self._taken.items() if place[0] != product}
            self._reserved = {each: held for each, held in self._reserved.items() if held[0][0] != product}
            self._full = {place: full for place, full in self._full.items() if place[0] != product}
        for decision_id in [each for each, (_, until_s) in self._reserved.items() if until_s <= now_s]:
            del self._reserved[decision_id]
