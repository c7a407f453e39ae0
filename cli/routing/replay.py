"""Recorded decisions made again by the same pure function, against another catalogue.

Each is given what was seen then: the request, the time, every channel's standing, the random number, who had been
tried, whom an operator held back or pinned, what each promise needed. The round robin goes on from one decision to the
next, so that shares come out as they would have.
"""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from gateway.catalogue.facts import Facts
from gateway.catalogue.snapshot import Snapshot
from gateway.journal.records import DecisionRecord, OperationRecord
from gateway.model.operations import OPERATIONS
from gateway.routing.decide import Seen, decide
from gateway.routing.filter import Sale, compiled
from gateway.routing.pick import Counters
from gateway.routing.types import Candidate, Decision, RouteRequest, Ruled

USED_UP = 10**12
"""How many places are taken of a quota of which an older record tells only that: all."""
NOBODY = "nobody"
T = TypeVar("T")


class Both(Struct, Generic[T], frozen=True, kw_only=True):
    """The same of a decision, or of many, as recorded and as made again."""

    was: T
    now: T


class Again(Struct, frozen=True, kw_only=True):
    """One decision, as recorded and as made again; `why` says what moved it where they differ.

    `state` is what became of its operation, where it went then. `premium` is what the channel chosen asks by its filed
    rate, `success` in [0, 1] what was expected then of a call to it, 0 of nobody.
    """

    decision_id: str
    operation_id: str
    product: str
    was: str
    now: str
    state: str = ""
    why: str | None = None
    premium: Both[Mapping[str, Any] | None] = Both(was=None, now=None)
    success: Both[float] = Both(was=0.0, now=0.0)


class Summary(Struct, frozen=True, kw_only=True):
    """All of them: per product the share of each channel then and now, per currency the premium then and now.

    `premium` adds up the decisions whose premium is known both times, `priced` of them, so that like is compared with
    like. `success` is the mean of what was expected. `states` count what became of the operations whose decisions
    differ, where they went then.
    """

    decisions: int
    differ: int
    shares: Mapping[str, Mapping[str, Both[float]]]
    premium: Mapping[str, Both[int]]
    priced: int
    success: Both[float]
    states: Mapping[str, int]
    differing: tuple[Again, ...] = ()


class Replay:
    """Makes decisions again against one catalogue, in the order they were made."""

    def __init__(
        self,
        snapshot: Snapshot,
        before: Snapshot | None = None,
        margins: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Take the catalogue, and that of before, whose rates say what a decision cost that recorded no premium, and
        how many seconds before a maintenance window each channel's writes stop.

        Its rounds begin where those of the first decision stood.
        """
        self._snapshot, self._before, self._margins = snapshot, before or snapshot, margins
        self._sales: dict[str, Sale] = {}
        self._sales_before: dict[str, Sale] = {}
        self._counters: dict[str, Counters] = {}

    def again(self, op: OperationRecord, record: DecisionRecord) -> Again | None:
        """Make one again; None for one whose request is no longer kept."""
        if not op.request:
            return None
        was = msgspec.json.decode(record.body, type=Decision)
        request = _request(op, was)
        told: dict[str, Any] = {
            "decision_id": record.decision_id,
            "operation_id": op.operation_id,
            "product": was.product,
            "was": was.chosen or NOBODY,
            "state": op.state.value,
        }
        price, success = self._price_before(request, was), _success(was, was.chosen)
        if was.product not in self._snapshot.products:
            told |= {"premium": Both(was=price, now=None), "success": Both(was=success, now=0.0)}
            return Again(**told, now=NOBODY, why="the catalogue has no such product")
        now = self._decide(request, was)
        return Again(
            **told,
            now=now.chosen or NOBODY,
            why=_why(was, now) if was.chosen != now.chosen else None,
            premium=Both(was=price, now=_price(now)),
            success=Both(was=success, now=_success(now, now.chosen)),
        )

    def _decide(self, request: RouteRequest, was: Decision) -> Decision:
        sale = self._sales.setdefault(was.product, compiled(self._snapshot, was.product))
        made = decide(was.decision_id, request, sale, self._seen(was, sale))
        self._counters[was.product] = made.counters
        return made.decision

    def _price_before(self, request: RouteRequest, was: Decision) -> Mapping[str, Any] | None:
        """What the channel chosen then asked: as recorded, else by the rates of before."""
        if (recorded := _price(was)) is not None or was.product not in self._before.products:
            return recorded
        sale = self._sales_before.setdefault(was.product, compiled(self._before, was.product))
        line = next((each for each in sale.lines if each.name == was.chosen), None)
        known = line.premium(Facts(request.request, request.at)) if line is not None else None
        return {"amount": known.amount, "currency": known.currency} if known else None

    def _seen(self, was: Decision, sale: Sale) -> Seen:
        lacks = {each.channel for each in was.candidates if each.ruled_out == "channel.not_offered"}
        offered = frozenset({was.operation})
        return Seen(
            offers={line.name: offered for line in sale.lines if line.name not in lacks},
            standings={each.channel: each.standing for each in was.candidates},
            used=was.used or {each.channel: USED_UP for each in was.candidates if each.ruled_out == "channel.quota"},
            held={
                each.channel: Ruled("channel.held", each.why or "")
                for each in was.candidates
                if each.ruled_out == "channel.held"
            },
            needs=was.needs,
            pins={was.product: was.pinned} if was.pinned else {},
            counters=self._counters.get(was.product, was.counters),
            chance=was.chance,
            margins=self._margins,
            prices=True,
        )


def summed(made: list[Again], most: int) -> Summary:
    """Shares then and now, and at most so many of those that differ."""
    differing = [each for each in made if each.was != each.now]
    shares: dict[str, dict[str, Both[float]]] = {}
    for product in sorted({each.product for each in made}):
        of = [each for each in made if each.product == product]
        then, now = Counter(each.was for each in of), Counter(each.now for each in of)
        shares[product] = {
            name: Both(was=round(then[name] / len(of), 4), now=round(now[name] / len(of), 4))
            for name in sorted({*then, *now})
        }
    premium, priced = _premiums(made)
    count = len(made) or 1
    return Summary(
        decisions=len(made),
        differ=len(differing),
        shares=shares,
        premium=premium,
        priced=priced,
        success=Both(
            was=round(sum(each.success.was for each in made) / count, 4),
            now=round(sum(each.success.now for each in made) / count, 4),
        ),
        states=dict(Counter(each.state for each in differing)),
        differing=tuple(differing[:most]),
    )


def _premiums(made: list[Again]) -> tuple[dict[str, Both[int]], int]:
    """Per currency all that was asked and would be, of those of which both are known, and of how many."""
    was: Counter[str] = Counter()
    now: Counter[str] = Counter()
    priced = 0
    for each in made:
        if each.premium.was is not None and each.premium.now is not None:
            was[each.premium.was["currency"]] += each.premium.was["amount"]
            now[each.premium.now["currency"]] += each.premium.now["amount"]
            priced += 1
    return {currency: Both(was=was[currency], now=now[currency]) for currency in sorted({*was, *now})}, priced


def _request(op: OperationRecord, was: Decision) -> RouteRequest:
    """What was asked, and whom it had tried."""
    spec = OPERATIONS[op.operation]
    return RouteRequest(
        operation=was.operation,
        family=spec.family,
        product=was.product,
        request=msgspec.json.decode(op.request, type=spec.request),
        at=was.at,
        key=op.business_key or "",
        exclude=frozenset(each.channel for each in was.candidates if each.ruled_out == "channel.tried"),
    )


def _price(decision: Decision) -> Mapping[str, Any] | None:
    return next((each.premium for each in decision.candidates if each.channel == decision.chosen), None)


def _success(decision: Decision, channel: str | None) -> float:
    """What was expected of a call to a channel; of one that was not known then what is usual, of none nothing."""
    found = next((each for each in decision.candidates if each.channel == channel), None)
    return found.standing.success if found is not None else 0.0


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
