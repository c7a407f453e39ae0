"""A request as something that is read: of one kind of insured object, without what cannot or need not come back."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cli.mapping.tree import Case, Message, Row
from contract_tests.derive.nodes import nodes
from gateway.catalogue.marks import Mark


def has_rows(message: Message) -> bool:
    """Whether a message says anything by rows."""
    return bool(message.rows or message.cases)


def opened_up(message: Message, shapes: Mapping[str, Message]) -> Message:
    """The message with the rows of a shape that is all of it as rows of its own."""
    rows = (
        replace(row, shape=None, body=shapes.get(row.shape.value, row.body))
        if row.shape is not None and row.canonical.text == "."
        else row
        for row in message.rows
    )
    return replace(message, rows=tuple(rows))


# --- the kinds of insured objects ---


def tag_of(item: Any) -> str:
    return str(type(item).__struct_config__.tag or "")


def kinds_of(message: Message) -> tuple[str, ...]:
    """The kinds of object that rows of a message tell apart, where there are several: one reply holds one of them."""
    found = dict.fromkeys(kind for row in message.rows if (kind := _kind(row)) is not None)
    return tuple(found) if len(found) > 1 else ()


def _kind(row: Row) -> str | None:
    names = [segment.name for segment in row.canonical.segments]
    return names[2] if names[:2] == ["objects", "0"] and len(names) > 2 and names[2] not in _OF_ALL else None


_OF_ALL = ("ref", "type")


def of_kind(message: Message, kind: str) -> Message:
    rows = tuple(row for row in message.rows if not kind or _kind(row) in (kind, None))
    return replace(message, send=(), blank=(), read=(), rows=rows)


# --- only what is asked for ---


def readable(message: Message) -> Message:
    """The message as it is read: without rows that need not come back, and with cases that say values only."""
    rows = tuple(_readable_row(row) for row in message.rows if row.lossy is None and row.when is None)
    return replace(message, send=(), blank=(), read=(), rows=rows, cases=tuple(map(_readable_case, message.cases)))


def _readable_row(row: Row) -> Row:
    body = None if row.body is None else readable(row.body)
    return replace(row, body=body, cases=tuple(map(_readable_case, row.cases)))


def _readable_case(case: Case) -> Case:
    # That something is there, absent, or one of several tells no value to put anywhere.
    matches = tuple(each for each in case.matches if each[1].kind == "capture" or len(each[1].texts) == 1)
    return replace(case, matches=matches, body=None if case.body is None else readable(case.body))


# --- leaving out ---


def without(message: Message, wrong: set[Mark]) -> Message:
    """The message without the innermost rows and cases in which one of these places lies."""
    rows = tuple(kept for row in message.rows if (kept := _row_without(row, wrong)) is not None)
    cases = tuple(each for each in message.cases if not _lies_in(each, wrong))
    return replace(message, rows=rows, cases=cases)


def _row_without(row: Row, wrong: set[Mark]) -> Row | None:
    if not _lies_in(row, wrong):
        return row
    if row.body is not None and not row.cases:
        body = without(row.body, wrong)
        if body != row.body and has_rows(body):
            return replace(row, body=body)
    return None


def _lies_in(node: Any, wrong: set[Mark]) -> bool:
    return any(mark in wrong for mark in _marks(node))


def _marks(node: Any) -> Iterator[Mark]:
    for each in nodes(node):
        yield from (value for name in ("mark", "cases_mark") if (value := getattr(each, name, None)) is not None)
