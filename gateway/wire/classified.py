"""What a reply means, before anything of it is mapped: error tables, statuses, waits."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gateway.model.enums_party import MemberOutcome
from gateway.model.outcome import UNKNOWN, Outcome, OutcomeKind
from gateway.model.roles import MemberResult
from gateway.wire.contract import Inbound, WireReply
from gateway.wire.errors import Unreadable
from gateway.wire.limits import CODE_LENGTH_MAX
from gateway.wire.trees import text_of

WAIT_S_MAX = 86_400.0
TEXT_LENGTH_MAX = 500


class Forged(Unreadable):
    """A message whose signature or time stamp is not the carrier's: nothing in it is believed, its status included."""


class ErrorTable(Struct, frozen=True):
    """A carrier's codes and what each means; a prefix stands for every code that begins with it."""

    exact: Mapping[str, Outcome]
    other: Outcome
    prefixes: tuple[tuple[str, Outcome], ...] = ()

    def row(self, code: Any) -> tuple[str, Outcome]:
        """The row of a code, and the code as text: exact first, then the longest prefix, then `other`."""
        text = (text_of(code) if not isinstance(code, dict | list) else None) or ""
        found = self.exact.get(text)
        if found is not None:
            return text, found
        for prefix, outcome in self.prefixes:
            if text.startswith(prefix):
                return prefix + "*", outcome
        return "other", self.other


def by_code(table: ErrorTable, code: Any) -> Outcome:
    """The outcome of a carrier's code, with the code itself kept; no code at all is unknown."""
    text = text_of(code) if not isinstance(code, dict | list) else None
    if text is None or not text.strip():
        return table.other
    return replace(table.row(text)[1], carrier_code=text[:CODE_LENGTH_MAX])


def said(outcome: Outcome, text: Any) -> Outcome:
    """The outcome with the carrier's own words, where it said any."""
    words = text_of(text) if not isinstance(text, dict | list) else None
    return replace(outcome, text=words[:TEXT_LENGTH_MAX]) if words else outcome


def waiting(outcome: Outcome, after_s: float | None) -> Outcome:
    """The outcome with the wait the carrier demands."""
    return outcome if after_s is None else replace(outcome, after_s=after_s)


def wait_s(value: Any, now: datetime) -> float | None:
    """Seconds to wait: a number of them, or the date of a `Retry-After` header; nonsense and the past are no wait."""
    text = text_of(value) if not isinstance(value, dict | list) else None
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), WAIT_S_MAX)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return min(max((moment - now).total_seconds(), 0.0), WAIT_S_MAX)


def unanswered(status: int, *declared: int) -> bool:
    """A status under which no body is believed: redirects and server errors that no row of the mapping names."""
    return (status >= 500 or 300 <= status < 400) and status not in declared


def headers_of(reply: WireReply | Inbound) -> dict[str, str]:
    """The headers by lower-case name; of one that comes twice the first."""
    found: dict[str, str] = {}
    for name, value in reply.headers:
        found.setdefault(name.lower(), value)
    return found


def named_headers(given: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Those of these names that a reply has, as the mapping writes them."""
    return {name: given[name.lower()] for name in names if name.lower() in given}


def fresh(stamp: str | None, now: datetime, skew_s: float) -> bool:
    """Whether a signed time stamp (seconds or milliseconds of the epoch) is no further from now than the skew."""
    if stamp is None or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 16):
        return False
    seconds = int(stamp) / 1000 if len(stamp) > 11 else int(stamp)
    return abs(now.timestamp() - seconds) <= skew_s


_OF_ITEM = {
    OutcomeKind.accepted: MemberOutcome.accepted,
    OutcomeKind.declined: MemberOutcome.declined,
    OutcomeKind.pending: MemberOutcome.pending,
    OutcomeKind.refused: MemberOutcome.failed,
    OutcomeKind.not_executed: MemberOutcome.failed,
    OutcomeKind.unknown: MemberOutcome.unknown,
}


def item_outcome(kind: OutcomeKind) -> MemberOutcome:
    """An outcome as one of many has it."""
    return _OF_ITEM[kind]


def item_result(outcome: Outcome, said: str | None, problems: list[str]) -> MemberResult:
    """One item's outcome as its result tells it; what alerts, or leaves the item open, is a problem of the reply.

    `said` are the carrier's words about this item, told unless the outcome keeps the reason from the caller.
    """
    code = _OF_ITEM[outcome.kind]
    if outcome.alert or code is MemberOutcome.unknown:
        problems.append(f"an item of the reply is {outcome.kind}" + (f": {outcome.code}" if outcome.code else ""))
    if not outcome.disclose:
        return MemberResult(code=code)
    return MemberResult(code=code, reason=outcome.code, text=said or outcome.text)


def heard(problems: list[str], outcome: Outcome) -> tuple[str, ...]:
    """The problems that count: a field that is missing is one only in a reply that said yes."""
    if outcome.kind is OutcomeKind.accepted:
        return tuple(problems)
    return tuple([problem for problem in problems if not problem.startswith("missing wire field")])


__all__ = [
    "UNKNOWN", "ErrorTable", "Forged", "by_code", "fresh", "headers_of", "heard", "item_outcome", "item_result", "said",
    "unanswered", "wait_s", "waiting",
]  # fmt: skip
