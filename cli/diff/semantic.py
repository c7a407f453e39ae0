"""Two trees of one carrier compared by meaning: operations, rows, tables, errors, layers, security, limits."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from cli.diff.change import Breaks, Change, what_of
from cli.diff.rows import row_changes
from cli.mapping.flat import value_text
from cli.mapping.resolve import Resolved, resolve
from cli.mapping.tree import (
    CallbackDecl,
    CarrierTree,
    CodeTable,
    ErrorTable,
    Expression,
    Layer,
    Message,
    OperationFile,
    OutcomeRow,
    Path,
    StatementRowsDecl,
    StepDecl,
    Text,
)
from cli.show.view import result_text
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import Faults

Said = Mapping[str, str]
_CARRIER_WORDS: Mapping[str, Breaks] = {"wire": "carrier", "reply": "caller", "headers": "carrier"}
_STEP_WORDS: Mapping[str, Breaks] = {
    "call": "carrier", "when": "carrier", "wire": "carrier", "reply": "caller", "transport": "nobody",
    "headers": "carrier", "constants": "carrier",
}  # fmt: skip


def semantic_changes(old: CarrierTree, new: CarrierTree) -> tuple[Change, ...]:
    """Every difference of meaning; comments, order of files and notes for people are none."""
    before, after = resolve(old, Faults()), resolve(new, Faults())
    return (
        *_carrier(before, after),
        *_operations(before, after),
        *_callbacks(before, after),
        *_tables(before, after),
        *_items(before, after),
        *_statement(before, after),
        *_facts("errors", _errors(old.carrier.errors), _errors(new.carrier.errors), "caller"),
    )  # fmt: skip


def _carrier(old: Resolved, new: Resolved) -> Iterator[Change]:
    was, now = old.tree.carrier, new.tree.carrier
    for word, breaks in _CARRIER_WORDS.items():
        yield from _facts(word, {"": plain(getattr(was, word))}, {"": plain(getattr(now, word))}, breaks)
    yield from _facts("security.token", _token(old), _token(new), "carrier")
    yield from _facts("defaults", _texts(was.defaults), _texts(now.defaults), "carrier")
    yield from _facts("limits", _texts(was.limits), _texts(now.limits), "nobody")
    yield from _facts("transport", {"": plain(was.transport)}, {"": plain(now.transport)}, "nobody")
    yield from _facts("unsupported", _texts(was.unsupported), _texts(now.unsupported), "caller")
    heads = [{"version": each.version, "name": each.name, "canonical": each.canonical} for each in (was, now)]
    yield from _facts("carrier", heads[0], heads[1], "nobody")


def _token(resolved: Resolved) -> Said:
    token = resolved.tree.carrier.token
    return {} if token is None else {"": plain(token)}


def _texts(found: Mapping[str, Any]) -> Said:
    return {word: plain(value) for word, value in found.items()}


def _facts(area: str, old: Said, new: Said, breaks: Breaks) -> Iterator[Change]:
    """Named texts on both sides."""
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name, ""), new.get(name, "")
        if before != after:
            yield Change(area, name, what_of(was=before, now=after), breaks, before, after)


def _named(resolved: Resolved) -> dict[str, OperationFile]:
    return {f"{each.name}/{each.variant}".rstrip("/"): each for each in resolved.operations}


def _operations(old: Resolved, new: Resolved) -> Iterator[Change]:
    before, after = _named(old), _named(new)
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield Change("operations", name, "removed", "caller", place=str(before[name].mark))
        elif name not in before:
            yield Change("operations", name, "added", "nobody", place=str(after[name].mark))
        else:
            yield from _operation(name, (before[name], old), (after[name], new))


def _operation(name: str, old: tuple[OperationFile, Resolved], new: tuple[OperationFile, Resolved]) -> Iterator[Change]:
    words = [
        {word: plain(getattr(each, word)) for word in ("when", "idempotency", "inquiry")} for each, _ in (old, new)
    ]
    yield from _facts(name, words[0], words[1], "caller")
    before, after = ({step.name: step for step in each.steps} for each, _ in (old, new))
    for step in dict.fromkeys((*before, *after)):
        title = name if step == old[0].name else f"{name}:{step}"
        if step not in after or step not in before:
            what = what_of(was=step in before, now=step in after)
            yield Change(name, f"step {step}", what, "carrier")
        else:
            yield from _step(title, (before[step], old[1]), (after[step], new[1]))


def _step(title: str, old: tuple[StepDecl, Resolved], new: tuple[StepDecl, Resolved]) -> Iterator[Change]:
    was, now = old[0], new[0]
    for word, breaks in _STEP_WORDS.items():
        yield from _facts(title, {word: plain(getattr(was, word))}, {word: plain(getattr(now, word))}, breaks)
    yield from row_changes(f"{title} request", (was.request, old[1].shapes), (now.request, new[1].shapes), sent=True)
    messages = [(step.response.message, resolved.shapes) for step, resolved in (old, new)]
    yield from row_changes(f"{title} response", messages[0], messages[1], sent=False)
    yield from _verdicts(f"{title} outcome", _outcome(was.response.outcome), _outcome(now.response.outcome))
    tables = [_of_items(step.response.message) for step in (was, now)]
    for name in dict.fromkeys((*tables[0], *tables[1])):
        yield from _verdicts(f"{title} {name} outcome", tables[0].get(name, []), tables[1].get(name, []))
    echoes = [{"correlate": plain(step.response.correlate)} for step in (was, now)]
    yield from _facts(title, echoes[0], echoes[1], "caller")


def _verdicts(area: str, old: list[str], new: list[str]) -> Iterator[Change]:
    """Outcome tables row by row: which row comes first is part of what they say."""
    for word, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if word != "equal":
            for was, now in zip_longest(old[start:end], new[begin:stop], fillvalue=""):
                row = (now or was).partition(": ")[0]
                yield Change(area, row, what_of(was=was, now=now), "caller", was, now)


def _of_items(message: Message) -> dict[str, list[str]]:
    """The outcome tables that stand in the list rows of a reply themselves."""
    rows = ((row.canonical.text, row.body) for row in message.rows)
    return {name: _outcome(body.outcome) for name, body in rows if body is not None and body.outcome}


def _items(old: Resolved, new: Resolved) -> Iterator[Change]:
    """The outcome tables of shapes: what became of one of many."""
    for name in dict.fromkeys((*old.shapes, *new.shapes)):
        tables = [_outcome(each.shapes[name].outcome) if name in each.shapes else [] for each in (old, new)]
        yield from _verdicts(f"shape {name} outcome", tables[0], tables[1])


def _statement(old: Resolved, new: Resolved) -> Iterator[Change]:
    """The daily file: its layers, each kind of line, what must add up."""
    was, now = old.tree.statement, new.tree.statement
    if was is None or now is None:
        if was is not now:
            what = what_of(was=was is not None, now=now is not None)
            yield Change("statement", "statement.yaml", what, "caller" if what == "removed" else "nobody")
        return
    yield from _facts("statement", {"wire": plain(was.wire)}, {"wire": plain(now.wire)}, "caller")
    yield from row_changes("statement header", (was.head, old.shapes), (now.head, new.shapes), sent=False)
    lines = [{_line(at, rows): rows for at, rows in enumerate(each.rows, 1)} for each in (was, now)]
    words = [{name: plain(rows.skip) or plain(rows.kind) for name, rows in each.items()} for each in lines]
    yield from _facts("statement lines", words[0], words[1], "caller")
    for name in lines[0].keys() & lines[1].keys():
        sides = (lines[0][name].message, old.shapes), (lines[1][name].message, new.shapes)
        yield from row_changes(f"statement {name}", *sides, sent=False)
    yield from _facts("statement", {"checks": plain(was.checks)}, {"checks": plain(now.checks)}, "caller")


def _line(at: int, rows: StatementRowsDecl) -> str:
    """A kind of line by when it is one, else by its place."""
    return f"{rows.items.text}({rows.when.source if rows.when is not None else at})"


def _outcome(outcome: tuple[OutcomeRow, ...]) -> list[str]:
    rows = []
    for row in outcome:
        http = f"http {' or '.join(map(str, row.http))} " if row.http else ""
        when = "else" if row.is_else else http + ("" if row.when is None else row.when.source)
        rows.append(f"{when.strip()}: {result_text(row.result) or 'by_code ' + plain(row.by_code)}")
    return rows


def _callbacks(old: Resolved, new: Resolved) -> Iterator[Change]:
    before, after = ({each.name: each for each in resolved.tree.carrier.callbacks} for resolved in (old, new))
    for name in dict.fromkeys((*before, *after)):
        if name not in after or name not in before:
            what = what_of(was=name in before, now=name in after)
            yield Change("callbacks", name, what, "carrier" if what == "removed" else "nobody")
            continue
        was, now = before[name], after[name]
        yield from _facts(f"callback {name}", _callback(was), _callback(now), "carrier")
        yield from row_changes(
            f"callback {name}", (was.response.message, old.shapes), (now.response.message, new.shapes), sent=False
        )


def _callback(callback: CallbackDecl) -> Said:
    words = ("match", "dedup", "correlate", "wire", "answer", "verify_same")
    return {word: plain(getattr(callback, word)) for word in words}


def _tables(old: Resolved, new: Resolved) -> Iterator[Change]:
    before, after = old.tree.carrier.tables, new.tree.carrier.tables
    for name in dict.fromkeys((*before, *after)):
        if name in before and name in after:
            yield from _pairs(name, before[name], after[name])
        # A table that came or went shows in the rows that name it.


def _pairs(name: str, old: CodeTable, new: CodeTable) -> Iterator[Change]:
    pairs = [{canonical.value: code.value for canonical, code in table.pairs} for table in (old, new)]
    yield from _facts(f"table {name}", pairs[0], pairs[1], "carrier")
    also = [{code.value: canonical.value for code, canonical in table.read_also} for table in (old, new)]
    yield from _facts(f"table {name} read_also", also[0], also[1], "caller")
    others = [{word: plain(getattr(table, word)) for word in ("send_other", "read_other")} for table in (old, new)]
    yield from _facts(f"table {name}", others[0], others[1], "caller")


def _errors(table: ErrorTable | None) -> Said:
    if table is None:
        return {}
    found = {code.value: result_text(result) for code, result in table.rows}
    return {**found, "other": result_text(table.other)}


def plain(value: Any) -> str:
    """Anything of a tree as one text without places: two that mean the same read the same."""
    match value:
        case None:
            return ""
        case Text() | Expression():
            return value_text(value)
        case Mark():
            return ""
        case Path():
            return value.text
        case Layer():
            return f"{value.name}{plain(value.options)}"
        case Mapping():
            return "{" + ", ".join(f"{key}: {plain(inner)}" for key, inner in value.items()) + "}" if value else ""
        case tuple():
            return "[" + ", ".join(plain(inner) for inner in value) + "]" if value else ""
        case _ if hasattr(value, "__dataclass_fields__"):
            words = (word for word in value.__dataclass_fields__ if word not in ("mark", "key_marks", "text"))
            parts = ((word, plain(getattr(value, word))) for word in words)
            return ", ".join(f"{word} {text}" for word, text in parts if text)
        case _:
            return str(value)
