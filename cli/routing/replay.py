"""Recorded decisions made again by the same pure function, against another catalogue.

Each is given what was seen then: the request, the time, every channel's standing, the random number, who had been
tried, whom an operator held back or pinned, what each promise needed. The round robin goes on from one decision to the
next, so that shares come out as they would have.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from gateway.catalogue.snapshot import Snapshot
from gateway.journal.records import DecisionRecord, OperationRecord
from gateway.model.operations import OPERATIONS
from gateway.routing.decide import Seen, decide
from gateway.routing.filter import Sale, compiled
from gateway.routing.pick import Counters
from gateway.routing.types import Candidate, Decision, RouteRequest, Ruled

USED_UP = 10**12
"""How many places are taken of a quota of which only that is known: all."""
NOBODY = "nobody"


class Again(Struct, frozen=True, kw_only=True):
    """One decision, as recorded and as made again; `why` says what moved it where they differ."""

    decision_id: str
    operation_id: str
    product: str
    was: str
    now: str
    why: str | None = None
    premium: Mapping[str, Any] | None = None


class Summary(Struct, frozen=True, kw_only=True):
    """All of them: per product the share of each channel then and now, the premium of those whose rate is filed."""

    decisions: int
    differ: int
    shares: Mapping[str, Mapping[str, Mapping[str, float]]]
    premium: Mapping[str, int]
    priced: int
    differing: tuple[Again, ...] = ()


class Replay:
    """Makes decisions again against one catalogue, in the order they were made."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the catalogue; its rounds begin anew."""
        self._snapshot = snapshot
        self._sales: dict[str, Sale] = {}
        self._counters: dict[str, Counters] = {}

    def again(self, op: OperationRecord, record: DecisionRecord) -> Again | None:
        """Make one again; None for one whose request is no longer kept."""
        if not op.request:
            return None
        was = msgspec.json.decode(record.body, type=Decision)
        told: dict[str, Any] = {
            "decision_id": record.decision_id,
            "operation_id": op.operation_id,
            "product": was.product,
            "was": was.chosen or NOBODY,
        }
        if was.product not in self._snapshot.products:
            return Again(**told, now=NOBODY, why="the catalogue has no such product")
        now = self._decide(op, was)
        chosen = next((each for each in now.candidates if each.channel == now.chosen), None)
        why = _why(was, now) if was.chosen != now.chosen else None
        return Again(**told, now=now.chosen or NOBODY, why=why, premium=chosen.premium if chosen else None)

    def _decide(self, op: OperationRecord, was: Decision) -> Decision:
        spec = OPERATIONS[op.operation]
        request = RouteRequest(
            operation=was.operation,
            family=spec.family,
            product=was.product,
            request=msgspec.json.decode(op.request, type=spec.request),
            at=was.at,
            key=op.business_key or "",
            exclude=frozenset(each.channel for each in was.candidates if each.ruled_out == "channel.tried"),
        )
        sale = self._sales.setdefault(was.product, compiled(self._snapshot, was.product))
        made = decide(was.decision_id, request, sale, self._seen(was, sale))
        self._counters[was.product] = made.counters
        return made.decision

    def _seen(self, was: Decision, sale: Sale) -> Seen:
        lacks = {each.channel for each in was.candidates if each.ruled_out == "channel.not_offered"}
        offered = frozenset({was.operation})
        return Seen(
            offers={line.name: offered for line in sale.lines if line.name not in lacks},
            standings={each.channel: each.standing for each in was.candidates},
            used={each.channel: USED_UP for each in was.candidates if each.ruled_out == "channel.quota"},
            held={
                each.channel: Ruled("channel.held", each.why or "")
                for each in was.candidates
                if each.ruled_out == "channel.held"
            },
            needs=was.needs,
            pins={was.product: was.pinned} if was.pinned else {},
            counters=self._counters.get(was.product, {}),
            chance=was.chance,
            prices=True,
        )


def summed(made: list[Again], most: int) -> Summary:
    """Shares then and now, and at most so many of those that differ."""
    differing = [each for each in made if each.was != each.now]
    shares: dict[str, dict[str, dict[str, float]]] = {}
    for product in sorted({each.product for each in made}):
        of = [each for each in made if each.product == product]
        then, now = Counter(each.was for each in of), Counter(each.now for each in of)
        shares[product] = {
            name: {"was": round(then[name] / len(of), 4), "now": round(now[name] / len(of), 4)}
            for name in sorted({*then, *now})
        }
    premium: Counter[str] = Counter()
    priced = [each.premium for each in made if each.premium is not None]
    for price in priced:
        premium[price["currency"]] += price["amount"]
    return Summary(
        decisions=len(made),
        differ=len(differing),
        shares=shares,
        premium=dict(premium),
        priced=len(priced),
        differing=tuple(differing[:most]),
    )


def _why(was: Decision, now: Decision) -> str:
    """What the two catalogues say differently of the two channels; where nothing is, the round was at another place."""
    before = {each.channel: each for each in was.candidates}
    after = {each.channel: each for each in now.candidates}
    moved = [
        f"{name}: {_said(before.get(name))} -> {_said(after.get(name))}"
        for name in dict.fromkeys(filter(None, (was.chosen, now.chosen)))
        if _said(before.get(name)) != _said(after.get(name))
    ]
    return "; ".join(moved) or "nothing but the turn of the round robin"


def _said(candidate: Candidate | None) -> str:
    if candidate is None:
        return "does not sell it"
    if candidate.ruled_out:
        return candidate.why or candidate.ruled_out
    return " x ".join([f"{term.name} {term.value:.3g}" for term in candidate.terms])
