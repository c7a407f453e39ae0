"""Outcome tables and the error table: everything classified, nothing unreachable, "not executed" only with proof."""

from dataclasses import replace

from cli.mapping.checks.canonical import field_at
from cli.mapping.checks.expressions import check_expression
from cli.mapping.checks.needs import check_asked_again
from cli.mapping.checks.nothing import holds_for_nothing
from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.grammar import SyntaxFault
from cli.mapping.outcomes import of_whole_reply
from cli.mapping.paths import parse_path
from cli.mapping.tree import Expression, Message, OperationFile, OutcomeRow, Response, Result, Text
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.model import ErrorCode
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import NoSuchPath, StructType, describe, resolve

_CERTAIN = ("accepted", "declined", "not_executed")
"""Outcomes that a carrier's words must prove."""
ERROR_CODES = tuple(code.value for code in ErrorCode)


def check_outcome(
    checking: Checking, response: Response, place: Place, *, is_write: bool, operation: OperationFile | None
) -> None:
    """The outcome table of one response or callback; `operation` is None for a callback."""
    _check_table(checking, response.outcome, response.outcome_mark or response.mark, place, is_write=is_write)
    proven = frozenset(_CERTAIN if not response.echo_yes else _CERTAIN[:1]) if response.correlate else frozenset()
    _check_nothing(checking, response.outcome, proven, is_write=is_write)
    for row in response.outcome:
        if row.result is not None:
            _check_next(checking, row.result, operation)


def _check_nothing(checking: Checking, rows: tuple[OutcomeRow, ...], proven: frozenset[str], *, is_write: bool) -> None:
    """W409 for a yes or a no that a reply would be which says nothing; `proven` are those that must bear our number."""
    for row in rows:
        kind = "" if row.result is None else row.result.kind.value
        certain = kind in (_CERTAIN if is_write else ("declined",)) and kind not in proven
        if not certain or row.is_else or set(row.http) - {200}:
            continue
        if holds_for_nothing(row.when.source) if row.when is not None else row.http:
            hint = "ask for what only this answer holds: wire.policyNo, wire.code == .."
            message = f"an answer that says nothing at all would be {kind}"
            checking.say("W409", row.mark if row.when is None else row.when.mark, message, hint)


def check_item_outcome(checking: Checking, message: Message, place: Place) -> None:
    """The outcome table of a shape or list row: it judges one item, and needs a place for what it finds."""
    mark = message.outcome_mark
    if mark is None or place.side == "send":
        return
    field = place.kind.fields.get("result") if isinstance(place.kind, StructType) else None
    if field is None or not isinstance(field.type, StructType) or field.type.name != "MemberResult":
        hint = "outcome stands in a shape of Insured, or of what else has a result"
        checking.say("E471", mark, f"{place.title}: nothing here has a result for the outcome of an item", hint)
    for row in message.rows:
        names = [segment.name for segment in row.canonical.segments]
        if names[:1] == ["result"] and names != ["result", "text"]:
            hint = "leave one of the two out; result.text may stand beside outcome"
            checking.say("E471", row.mark, f"outcome fills the item's result, and '{row.canonical.text}' too", hint)
    for judging in message.outcome:
        for place_of, why in of_whole_reply(judging):
            checking.say("E470", place_of, why)
    inside = replace(place, item=None, up=None, element=True)
    _check_table(checking, message.outcome, mark, inside, is_write=True)


def _check_table(checking: Checking, rows: tuple[OutcomeRow, ...], mark: Mark, place: Place, *, is_write: bool) -> None:
    if not any(row.is_else for row in rows):
        checking.say("E401", mark, "outcome has no else row; an unforeseen reply must be classified")
    _check_reach(checking, rows)
    for row in rows:
        if row.when is not None:
            check_expression(checking, row.when, place, wanted="test", reply=True)
        if row.by_code is not None:
            check_expression(checking, row.by_code, place, reply=True)
            if checking.carrier.errors is None:
                checking.say("E404", row.by_code.mark, "by_code looks in errors, and carrier.yaml has none")
        if row.is_else and row.result is not None and row.result.kind.value in _CERTAIN:
            hint = "else: unknown; what the carrier's document says of its answers is a row with when"
            message = f"{row.result.kind.value} for whatever nobody foresaw: an error page, an answer cut short"
            checking.say("E409", row.result.kind.mark, message, hint)
        if row.result is not None:
            _check_result(checking, row.result, place, is_write=is_write)


def _check_reach(checking: Checking, rows: tuple[OutcomeRow, ...]) -> None:
    for at, row in enumerate(rows):
        taker = next((earlier for earlier in rows[:at] if _takes(earlier, row)), None)
        if taker is not None:
            checking.say("E402", row.mark, f"never reached: the row at line {taker.mark.line} takes all it would")


def _takes(earlier: OutcomeRow, later: OutcomeRow) -> bool:
    if earlier.is_else:
        return True
    if earlier.when is not None and (later.when is None or later.when.source != earlier.when.source):
        return False
    if not earlier.http:
        return earlier.when is not None
    return bool(later.http) and set(later.http) <= set(earlier.http)


def _check_result(checking: Checking, result: Result, place: Place | None, *, is_write: bool) -> None:
    if result.code is not None and result.code.value not in ERROR_CODES:
        hint = did_you_mean(result.code.value, ERROR_CODES)
        checking.say("E403", result.code.mark, f"no error code '{result.code.value}'", hint)
    if is_write and result.kind.value == "not_executed" and result.because is None:
        hint = "because: the sentence of the carrier's document that says nothing was processed"
        checking.say("E411", result.kind.mark, "not_executed on a write without because", hint)
    if result.message is not None:
        check_expression(checking, result.message, place, reply=True)
    if isinstance(result.after, Expression):
        check_expression(checking, result.after, place, reply=True)
    if result.field is not None:
        _check_field(checking, result.field, place)
    _check_words(checking, result)


def _check_field(checking: Checking, field: Text, place: Place | None) -> None:
    """The offending field is one of the request's; an error row's, of any request the carrier takes."""
    try:
        path = parse_path(field.value, field.mark)
    except SyntaxFault as fault:
        checking.say("E113", fault.place(field.mark), f"no path: {fault}", fault.hint)
        return
    if place is not None and place.req is not None:
        where = Place("send", place.req, place.req, place.title, place.wire)
        field_at(checking, where, path)
        return
    if checking.lost_files:
        return
    requests = [describe(OPERATIONS[each.name].request) for each in checking.resolved.operations]
    names = [segment.name for segment in path.segments]
    if requests and not any(_has(request, names) for request in requests):
        checking.say("E203", field.mark, f"no canonical field '{field.value}' in any request this carrier takes")


def _has(request: StructType, names: list[str]) -> bool:
    try:
        return resolve(request, names) is not None
    except NoSuchPath:
        return False


def _check_words(checking: Checking, result: Result) -> None:
    if (result.every_s is not None or result.for_s is not None) and result.then is None:
        checking.say("E408", result.mark, "every and for say how long to ask: they need then", "then: inquiry")
    if result.then is not None and result.kind.value not in ("pending", "unknown"):
        message = f"then belongs to pending, and this row is {result.kind.value}"
        checking.say("E408", result.then.mark, message)
    if result.once and result.kind.value not in ("not_executed", "refused"):
        checking.say("E408", result.mark, f"once limits another try, and {result.kind.value} has none")


def _check_next(checking: Checking, result: Result, operation: OperationFile | None) -> None:
    """What follows must be there: an inquiry of this operation, a callback of this carrier."""
    if result.then is None or operation is None:
        return
    # A read that is told to ask later asks itself.
    if result.then.value == "inquiry" and operation.inquiry is None and not OPERATIONS[operation.name].is_read:
        hint = "declare inquiry: { operation: .., by: .. }"
        checking.say("E407", result.then.mark, f"{operation.name} declares no inquiry", hint)
    if result.then.value == "file" and checking.resolved.tree.statement is None:
        checking.say("E407", result.then.mark, "then: file, and the carrier has no statement", "add statement.yaml")
    if result.then.value == "callback":
        known = {callback.operation for callback in checking.carrier.callbacks}
        if operation.name not in known:
            checking.say("E407", result.then.mark, f"no callback of carrier.yaml is about {operation.name}")
    check_asked_again(checking, result, operation)


def check_errors(checking: Checking) -> None:
    """The carrier's error table: every code once, every result in order, `other` there."""
    errors = checking.carrier.errors
    if errors is None:
        return
    if errors.other is None:
        hint = "other: { is: unknown, code: carrier.unmapped, alert: true }"
        checking.say("E406", errors.mark, "errors has no other; a code nobody knows must be classified", hint)
    writes = any(not OPERATIONS[each.name].is_read for each in checking.resolved.operations)
    seen: dict[str, Text] = {}
    for code, result in errors.rows:
        first = seen.setdefault(code.value, code)
        if first is not code:
            checking.say("E102", code.mark, f"code '{code.value}' twice (first at {first.mark})")
        if "*" in code.value[:-1]:
            checking.say("E115", code.mark, f"'{code.value}': a '*' stands at the end of a code only")
        _check_result(checking, result, None, is_write=writes)
        check_asked_again(checking, result, None)
    if errors.other is not None:
        _check_result(checking, errors.other, None, is_write=writes)
        if errors.other.kind.value in _CERTAIN:
            hint = "other: { is: unknown, code: carrier.unmapped, alert: true }; what the document lists is a row"
            message = f"{errors.other.kind.value} for every code that nobody has listed"
            checking.say("E409", errors.other.kind.mark, message, hint)


__all__ = ["ERROR_CODES", "check_errors", "check_item_outcome", "check_outcome"]
