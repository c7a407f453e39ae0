"""A carrier's daily file (对账文件) as evidence: what it says was done ends what is still open, and finds orphans.

A line names an operation by our number. A file proves what it holds and nothing by what it does not hold. Reading the
same file again changes nothing.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from gateway.journal.errors import NumberTaken, Stale
from gateway.journal.records import OperationRecord
from gateway.model import (
    CancellationSubmitResult,
    EndorsementSubmitResult,
    PolicyIssueResult,
    Premium,
    Statement,
    StatementKind,
    StatementRecord,
)
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.service.engine import late
from gateway.service.parts import Parts
from gateway.service.recovery.pack import STATEMENT
from gateway.service.use_case import UseCase
from gateway.wire.contract import Reply


class LineOutcome(Struct, frozen=True, kw_only=True):
    """What was done with one line: `applied`, `orphan`, `noted`, `nothing` (known already), `unmatched`, `refused`."""

    line: int
    done: str
    operation_id: str | None = None
    why: str | None = None


class StatementOutcome(Struct, frozen=True, kw_only=True):
    """What was done with a file, line by line; lines that are about no operation of ours are not among them."""

    channel: str
    lines: tuple[LineOutcome, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


def _issued(record: StatementRecord) -> PolicyIssueResult:
    premium = Premium(gross=record.amount) if record.amount is not None and record.amount.amount > 0 else None
    return PolicyIssueResult(numbers=record.numbers, premium=premium, issued_at=record.at)


_RESULTS: Mapping[str, tuple[str, Callable[[StatementRecord], object]]] = {
    StatementKind.issue: ("policy.issue", _issued),
    StatementKind.endorsement: ("endorsement.submit", lambda each: EndorsementSubmitResult(numbers=each.numbers)),
    StatementKind.cancellation: ("cancellation.submit", lambda each: CancellationSubmitResult(numbers=each.numbers)),
}
"""The operation a kind of line speaks of, and the result it is for it; money moved is the reconciliation's."""


async def take_in(
    parts: Parts, use_cases: Mapping[str, UseCase], channel: str, statement: Statement
) -> StatementOutcome:
    """Take a file into account, which must have been accepted as a whole."""
    assert statement.is_accepted, "a file with a fault is refused as a whole"
    spoken = [record for record in statement.records if record.kind in _RESULTS]
    lines = [await _line(parts, use_cases, channel, record, statement) for record in spoken]
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.done] = counts.get(line.done, 0) + 1
    return StatementOutcome(channel=channel, lines=tuple(lines), counts=counts)


async def _line(
    parts: Parts, use_cases: Mapping[str, UseCase], channel: str, record: StatementRecord, statement: Statement
) -> LineOutcome:
    name, result_of = _RESULTS[record.kind or ""]
    op = await _operation_of(parts, channel, record)
    if op is None or op.operation != name:
        why = "no operation of ours" if op is None else f"operation {op.operation_id} is a {op.operation}"
        return LineOutcome(line=record.line, done="unmatched", why=why)
    reply = Reply(outcome=Outcome(kind=OutcomeKind.accepted), result=result_of(record))
    said = f"line {record.line} of {statement.business_date or 'a file'} says that it was executed"
    tell = late.tell(
        parts, use_cases[name], op.operation_id, channel, reply, told_as=name, found_by=STATEMENT, said=said
    )
    try:
        return LineOutcome(line=record.line, done=await tell, operation_id=op.operation_id)
    except NumberTaken as taken:
        return LineOutcome(line=record.line, done="refused", operation_id=op.operation_id, why=str(taken))
    except Stale:
        why = "it was changed at this moment: take the file in again"
        return LineOutcome(line=record.line, done="refused", operation_id=op.operation_id, why=why)


async def _operation_of(parts: Parts, channel: str, record: StatementRecord) -> OperationRecord | None:
    """By our number, else by a number of the carrier's that an object of ours holds."""
    if record.request_no:
        return await parts.journal.operation_by_request_no(channel, record.request_no)
    for number in record.numbers:
        held = await parts.journal.number(channel, number.kind, number.no)
        made = await parts.journal.object(held.kind, held.object_id) if held is not None else None
        if made is not None:
            return await parts.journal.operation(made.operation_id)
    return None
