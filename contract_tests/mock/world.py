"""What a mock carrier knows and remembers, for one namespace: its records, its clock, its duplicates, its numbers."""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from contract_tests.language.expression import Scope
from contract_tests.mock.clock import Clock, Timers
from contract_tests.mock.numbers import Numbers

VERSIONS_KEPT_MAX = 50
ERRORS_KEPT_MAX = 200
SEEN_KEPT_MAX = 200_000


class Thing(dict[str, Any]):
    """A record of the carrier (a quote, a policy, a claim): fields beside `no`, `state` and `created`."""

    __slots__ = ("kind", "polls", "versions")

    def __init__(self, kind: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.kind, self.polls = kind, 0
        self.versions: deque[tuple[float, dict[str, Any]]] = deque(maxlen=VERSIONS_KEPT_MAX)

    def keep_version(self, moment: float) -> None:
        """Remember how the record looks from this instant on, for readers of a lagging copy."""
        if self.versions and self.versions[-1][0] == moment:
            self.versions.pop()
        self.versions.append((moment, dict(self)))

    def as_of(self, moment: float) -> dict[str, Any] | None:
        """How the record looked at an instant; None before it existed."""
        return next((version for since, version in reversed(self.versions) if since <= moment), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the carrier decided to say: `processed` tells whether the request counts as received (for duplicates)."""

    code: str
    ok: bool
    text: Any = None
    body: Any = None
    status: int | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    form: str | None = None
    processed: bool = True
    field: str | None = None
    empty: bool = False
    instead: "Answer | None" = None


@dataclass(slots=True)
class Received:
    """A request whose key must not count twice."""

    since: float
    same: Any
    answer: Answer


@dataclass(slots=True)
class Rate:
    """Requests of the present second."""

    second: int = 0
    count: int = 0

    def over(self, moment: float, per_second_max: int) -> bool:
        """Count one request; True when it is one too many."""
        if int(moment) != self.second:
            self.second, self.count = int(moment), 0
        self.count += 1
        return self.count > per_second_max


class World:
    """One namespace of one mock carrier. Nothing in it awaits: a request's effects are all there or not at all."""

    def __init__(
        self, definition: Any, name: str, names: Mapping[str, Any], seed: str, clock: Clock | None = None
    ) -> None:
        self.definition, self.name, self.seed = definition, name, seed
        self.zone: tzinfo = definition.zone
        self.clock = clock or Clock()
        self.timers = Timers(self.clock)
        self.numbers = Numbers(seed)
        self.names = dict(names)
        self.lag_s: float = definition.lag_s
        self.on_effect: Callable[[World, dict[str, Any]], None] = _nobody
        self.on_callback: Callable[[World, str, dict[str, Any]], None] = _nobody
        self.errors: deque[str] = deque(maxlen=ERRORS_KEPT_MAX)
        self.forget()

    def forget(self) -> None:
        """Lose every record and every timer; serial numbers go on, so that no number is ever used twice."""
        self.things: dict[str, list[Thing]] = {kind: [] for kind in self.definition.kinds}
        self.index: dict[tuple[str, str], dict[Any, list[Thing]]] = {
            (kind, name): {} for kind, rules in self.definition.kinds.items() for name in rules.index
        }
        self.received: dict[tuple[str, str], Received] = {}
        self.seen: dict[tuple[str, str], float] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.rate, self.fault_rate = Rate(), Rate()
        self.timers.clear()

    def first_time(self, name: str, key: str, lasts_s: float) -> bool:
        """Whether a key is met for the first time in so long; what has expired is forgotten now and then."""
        now, entry = self.clock.now(), (name, key)
        if self.seen.get(entry, 0.0) > now:
            return False
        if len(self.seen) >= SEEN_KEPT_MAX:
            self.seen = {one: until for one, until in self.seen.items() if until > now}
        self.seen[entry] = now + lasts_s
        return True

    def now(self, skew_s: float = 0.0) -> datetime:
        """The carrier's time in its zone."""
        return datetime.fromtimestamp(self.clock.now() + skew_s, tz=self.zone)

    def scope(self, **names: Any) -> Scope:
        """The names every expression sees, and these."""
        return Scope(self, {**self.names, **names})

    def create(self, kind: str, state: str, fields: Mapping[str, Any]) -> Thing:
        """Make a record in a state."""
        thing = Thing(kind, {**fields, "state": state, "created": self.now()})
        self.things[kind].append(thing)
        for (owner, name), entries in self.index.items():
            if owner == kind:
                entries.setdefault(index_key(thing.get(name)), []).append(thing)
        thing.keep_version(self.clock.now())
        self._entered(thing)
        return thing

    def change(self, thing: Thing, fields: Mapping[str, Any]) -> None:
        """Give a record new fields, keeping the indexes right."""
        for name, value in fields.items():
            entries = self.index.get((thing.kind, name))
            if entries is not None and index_key(value) != index_key(thing.get(name)):
                entries[index_key(thing.get(name))].remove(thing)
                entries.setdefault(index_key(value), []).append(thing)
        thing.update(fields)
        thing.keep_version(self.clock.now())

    def move(self, thing: Thing, state: str) -> bool:
        """Move a record to a state; False when the carrier's machine knows no such way."""
        if state not in self.definition.kinds[thing.kind].states[thing["state"]].to:
            return False
        self.change(thing, {"state": state})
        self._entered(thing)
        return True

    def _entered(self, thing: Thing) -> None:
        rules = self.definition.kinds[thing.kind].states[thing["state"]]
        thing.polls = 0
        if rules.after_s is not None:
            state = thing["state"]
            self.timers.after(rules.after_s, lambda: _done(self.progress(thing, state, rules.run)))

    def progress(self, thing: Thing, state: str, procedure: str | None) -> bool:
        """Run a state's procedure, unless the record has left that state."""
        if thing["state"] != state or procedure is None:
            return False
        scope = self.scope(**{thing.kind: thing})
        try:
            self.definition.procedures[procedure](scope)
        except ValueError as error:
            self.errors.append(str(error))
        return True

    def polled(self, thing: Thing) -> None:
        """Count an inquiry; a state that ends after so many is left with the next one."""
        rules = self.definition.kinds[thing.kind].states[thing["state"]]
        thing.polls += 1
        if rules.after_polls is not None and thing.polls > rules.after_polls:
            self.progress(thing, thing["state"], rules.run)
            thing.polls = max(thing.polls, 1)

    def find(
        self, kind: str, by: Mapping[str, Any], states: Iterable[str] | None = None, lag_s: float = 0.0
    ) -> dict[str, Any] | None:
        """The newest record with these fields, in one of these states; with a lag, as a lagging copy shows it."""
        wanted = None if states is None else set(states)
        for thing in reversed(self._candidates(kind, by)):
            if any(thing.get(name) != value for name, value in by.items()):
                continue
            view = thing if lag_s <= 0 else thing.as_of(self.clock.now() - lag_s)
            if view is not None and (wanted is None or view["state"] in wanted):
                return view
        return None

    def actual(self, kind: str, view: Mapping[str, Any]) -> Thing | None:
        """The record behind a lagging view of it."""
        found = self.find(kind, {"no": view.get("no")})
        return found if isinstance(found, Thing) else None

    def _candidates(self, kind: str, by: Mapping[str, Any]) -> list[Thing]:
        for name, value in by.items():
            entries = self.index.get((kind, name))
            if entries is not None:
                return entries.get(index_key(value), [])
        return self.things[kind]


def _done(_: bool) -> None:
    """A timer does not care whether the record had left its state."""


def _nobody(*_: object) -> None:
    """A world by itself has neither ledger nor callbacks."""


def index_key(value: Any) -> Any:
    """What an index files a value under; a list or map by its text."""
    return json.dumps(value, default=str) if isinstance(value, list | dict) else value
