"""All derived cases of a carrier: from each example what no earlier one of its operation has given already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from contract_tests.derive.carried import NO_REQUEST, Ended, answered, carry_out
from contract_tests.derive.edit import Case, Edit, Side
from contract_tests.derive.replies import combinations, reply_changes
from contract_tests.derive.requests import request_changes, request_combinations
from contract_tests.derive.runs import runs_of
from contract_tests.derive.surroundings import callback_known, context_changes, known_of, statement_changes
from contract_tests.derive.vocabulary import Vocabulary, compared, vocabulary_of
from contract_tests.derive.walk import alike, places
from contract_tests.runner.check import Run
from contract_tests.runner.checks_errors import OTHER, codes_unlike, is_listed, looked_up
from contract_tests.runner.expand import bears_code
from contract_tests.runner.subject import Subject
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import describe

STATUSES = (200, 201, 204, 301, 302, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504)
CHARSETS = ("bom", "undecodable", "replacement", "gbk", "gb18030", "utf-8", "utf-16", "mislabelled")
# Of these kinds each value counts, of all others one case a place.
_SEEN_BY_VALUE = frozenset({"code", "added", "edge", "decision", "amount", "error-row", "charset", "status", "other"})


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
    return run.example.outcome if edit.side in ("reply", "callback") else ""


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
    told = msgspec.to_builtins(run.example.request)
    kind = describe(OPERATIONS[run.example.operation].request)
    changes = request_changes(told, kind, words.lengths)
    # On the native wire every field is what it is: there are no codes and no edges of a mapping's own.
    native = run.subject.is_native
    yield from _of("request", (each for each in changes if not native or each[0] in ("missing", "items", "order")))
    if native:
        return
    yield from _of("request", request_combinations(told, words.asked))
    yield from _of("request", _of_words(told, words.told))
    yield from _of("context", context_changes(run.example))


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
        statuses = dict.fromkeys((*STATUSES, *words.statuses, *(each + 1 for each in words.statuses)))
        yield from (Edit(side="status", kind="status", at=("status",), value=each, step=step) for each in statuses)
        yield from (Edit(side="bytes", kind="charset", value=how, step=step) for how in CHARSETS)
        yield Edit(side="bytes", kind="duplicate", value="first", step=step)
        if played.reply.wire is not None:
            wire = _wire(run, step)
            yield from _of("reply", reply_changes(wire, known_of(played.step), words.codes), step)
            yield from _of("reply", combinations(wire, _asked(run, step)), step)
    if bears_code(run):
        yield from _of_codes(run)


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
