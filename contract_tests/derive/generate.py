"""All derived cases of a carrier: from each example what no earlier one of its operation has given already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from contract_tests.derive.carried import LONG, NO_REQUEST, NUMBERS, RESUMED, Ended, answered, carry_out
from contract_tests.derive.codes import OTHER, bears_code, codes_unlike, is_listed, looked_up
from contract_tests.derive.edit import Case, Edit, Side
from contract_tests.derive.replies import blanks, combinations, reply_changes
from contract_tests.derive.requests import request_changes, request_combinations
from contract_tests.derive.runs import runs_of
from contract_tests.derive.surroundings import callback_known, context_changes, known_of, statement_changes
from contract_tests.derive.texts import with_other_digits
from contract_tests.derive.vocabulary import Vocabulary, compared, vocabulary_of
from contract_tests.derive.walk import alike, listed, places
from contract_tests.examples.check import Run
from contract_tests.examples.flow import Played
from contract_tests.examples.subject import Subject
from gateway.model.enums import NumberKind
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import describe
from gateway.wire.contract import WireReply

STATUSES = (200, 201, 204, 301, 302, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504)
CHARSETS = ("bom", "undecodable", "replacement", "gbk", "gb18030", "utf-8", "utf-16", "mislabelled")
STATUSES_OF_ALL, STATUS_OF_EACH = (200, 503), 400
LATE_S = 86_400
# Of these kinds each value counts, of all others one case a place.
_SEEN_BY_VALUE = frozenset(
    "code added edge kind member several decision amount error-row charset status other number resumed".split()  # noqa: SIM905
)


def derived_of(subject: Subject) -> Iterator[Case]:
    """Every derived case of a carrier, always in the same order."""
    words = vocabulary_of(subject.tree)
    seen: set[tuple[Any, ...]] = set()
    for run in runs_of(subject):
        for edit in _edits(run, words):
            if _is_new(run, edit, seen) and (ended := _ended(run, edit)) is not None:
                yield Case(run.file.path.name, run.example.id, edit, ended.text)


def _is_new(run: Run, edit: Edit, seen: set[tuple[Any, ...]]) -> bool:
    if edit.kind == "whole" or edit.side == "statement":
        return True
    example = run.example
    value = edit.name if edit.kind in _SEEN_BY_VALUE else ""
    put = alike(tuple(value.split("/")))
    sign = (example.operation, example.variant, edit.group, alike(edit.at), put, _mode(run, edit))
    if sign in seen:
        return False
    seen.add(sign)
    return True


def _mode(run: Run, edit: Edit) -> Any:
    """What tells two examples apart whose fields have the same names."""
    by_outcome = edit.side in ("reply", "callback") or edit.kind in ("forged", "late")
    by_outcome |= edit.side == "status" and edit.value in STATUSES_OF_ALL
    if edit.side == "bytes" and not by_outcome:
        return _content_type(answered(run, edit.step)[1])
    if edit.side == "status" and edit.value == STATUS_OF_EACH:
        return run.example.outcome, getattr(run.flow.reply and run.flow.reply.result, "status", None)
    if edit.kind == "number":
        return tuple(sorted({str(each.kind) for each in getattr(run.example.request, "numbers", ())}))
    if by_outcome:
        return run.example.outcome
    # Calls that come only after others, or in the place of others, have rows of their own.
    return _first_step(run) if edit.side in ("request", "context") and edit.kind != "added" else ""


def _first_step(run: Run) -> str:
    try:
        return next((each.step.name for each in run.flow.played), "")
    except LookupError:
        return ""


def _content_type(raw: WireReply) -> str:
    return next((value.partition(";")[0] for name, value in raw.headers if name.lower() == "content-type"), "")


def _ended(run: Run, edit: Edit) -> Ended | None:
    try:
        found = carry_out(run, edit)
    except (LookupError, ValueError, TypeError):
        return None
    return None if found.words == NO_REQUEST else found


def _edits(run: Run, words: Vocabulary) -> Iterator[Edit]:
    example = run.example
    if example.operation == "statement":
        yield Edit(side="statement", kind="whole")
        yield from _of("statement", statement_changes(example.request))
    elif example.callback is not None:
        yield Edit(side="callback", kind="whole")
        yield from _of_callback(run, words)
    else:
        yield from (Edit(side="whole", kind="whole"), Edit(side="declared", kind="declared"))
        yield from _of_request(run, words)
        if example.is_answered:
            yield from _of_replies(run, words)


def _of(side: Side, changes: Iterable[tuple[str, Any, Any]], step: str = "") -> Iterator[Edit]:
    yield from (Edit(side=side, kind=kind, at=at, value=value, step=step) for kind, at, value in changes)


def _of_request(run: Run, words: Vocabulary) -> Iterator[Edit]:
    told = listed(msgspec.to_builtins(run.example.request))
    kind = describe(OPERATIONS[run.example.operation].request)
    changes = request_changes(told, kind, words)
    # On the native wire every field is what it is: there are no codes and no edges of a mapping's own.
    native = run.subject.is_native
    yield from _of("request", (each for each in changes if not native or each[0] == "missing"))
    if native:
        return
    yield from _of("request", request_combinations(told, words))
    yield from _of("request", _of_words(told, words.told))
    yield from _of("context", context_changes(run.example))
    yield from _of_later_steps(run)


def _of_later_steps(run: Run) -> Iterator[Edit]:
    """Each of several calls with longer numbers of ours, and taken up again by what the ones before have told."""
    try:
        later = run.flow.played[1:]
    except LookupError:
        return
    for played in later:
        step = played.step.name
        yield from (
            Edit(side="context", kind="number", at=(name,), value=letter * LONG, step=step)
            for name, letter in NUMBERS.items()
        )
        kinds = [str(each) for each in NumberKind]
        numbers = [{"kind": each, "no": f"N{at}"} for at, each in enumerate(kinds)]
        for told in (numbers, numbers[::-1]):
            yield Edit(side="context", kind=RESUMED, at=("numbers",), value=told, step=step)


def _of_words(told: Any, values: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, Any, Any]]:
    for at, value in places(told):
        if not isinstance(value, dict | list):
            yield from (("code", at, other) for other in values.get(at[-1], ()) if other != value)


def _of_replies(run: Run, words: Vocabulary) -> Iterator[Edit]:
    try:
        flow = run.flow
    except LookupError:
        return
    for played in flow.played:
        step = played.step.name if len(flow.operation.steps) > 1 else ""
        if played.exchange.reply is None or played.reply is None:
            continue
        yield from _of_bytes(run, played, step, words)
        if played.reply.wire is not None:
            wire = _wire(run, step)
            yield from _of("reply", reply_changes(wire, known_of(played.step), words.codes), step)
            asked = _asked(run, step)
            yield from _of("reply", combinations(wire, asked), step)
            yield from _of("reply", blanks(wire, asked), step)
            yield from (Edit(side="reply", kind="number", value=length, step=step) for length in words.numbers)
    if bears_code(run):
        yield from _of_codes(run)


def _of_bytes(run: Run, played: Played, step: str, words: Vocabulary) -> Iterator[Edit]:
    """A reply with another status, in other bytes, too late, and with other headers than were signed."""
    statuses = dict.fromkeys((*STATUSES, *words.statuses, *(each + 1 for each in words.statuses)))
    yield from (Edit(side="status", kind="status", at=("status",), value=each, step=step) for each in statuses)
    native, wire = run.subject.is_native, played.reply.wire if played.reply is not None else None
    if native or (wire and not _is_binary(wire)):
        yield from (Edit(side="bytes", kind="charset", value=how, step=step) for how in CHARSETS)
    yield Edit(side="bytes", kind="duplicate", value="first", step=step)
    if not native and played.exchange.reply is not None:
        yield Edit(side="bytes", kind="late", value=LATE_S, step=step)
        for name, value in played.exchange.reply.reply.headers:
            yield Edit(side="bytes", kind="forged", at=(name,), value=with_other_digits(value), step=step)


def _is_binary(wire: Any) -> bool:
    """Whether a reply holds bytes that are no text: any others are as good."""
    return any(isinstance(value, bytes) for _, value in places(wire))


def _asked(run: Run, step: str) -> Mapping[str, Sequence[Any]]:
    """The fields the outcome of a step depends on, with what they are compared to."""
    declared = run.subject.declared(run.example)
    steps = declared.steps if declared is not None else ()
    found: dict[str, dict[Any, None]] = {}
    for each in steps:
        for row in each.response.outcome if step in ("", each.name) else ():
            for name, value in compared(row.when.source) if row.when is not None else ():
                found.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def _wire(run: Run, step: str) -> Any:
    played, raw = answered(run, step)
    if run.subject.is_native:
        return msgspec.json.decode(raw.body)
    return played.reply.wire if played.reply is not None else None


def _of_codes(run: Run) -> Iterator[Edit]:
    """C05: every row of the error table, and a code that is in none."""
    played = looked_up(run)
    assert played is not None
    assert played.reply is not None
    known, rows = str(played.reply.outcome.carrier_code), run.subject.error_rows
    for row in rows:
        if row == OTHER:
            code = next(each for each in codes_unlike(known) if not is_listed(each, rows))
        else:
            code = row.removesuffix("*") + "1" if row.endswith("*") else row
        yield Edit(side="code", kind="error-row" if row != OTHER else "other", value=code)


def _of_callback(run: Run, words: Vocabulary) -> Iterator[Edit]:
    found = callback_known(run)
    if found is not None:
        wire, known = found
        yield from _of("callback", reply_changes(wire, known, words.codes))
        yield from _of("callback", combinations(wire, words.asked))
