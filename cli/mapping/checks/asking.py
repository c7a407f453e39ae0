"""Whether an inquiry says by what it asks: our own number, or what a write's reply must repeat."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from cli.mapping.checks.surroundings import Checking
from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path
from cli.mapping.tree import Expression, OperationFile, Path, Segment, StepDecl, Text

_OUR_NUMBER = re.compile(r"\brequest_no\(")
_LENGTH = re.compile(r"\brequest_no\(\s*(\d*)\s*\)")
WHOLE = 50


def names_ours(checking: Checking, operation: OperationFile, inquiry: str) -> bool:
    """Whether some form of an inquiry sends what a write is known by, though its answer was lost."""
    asked = [each for each in checking.resolved.operations if each.name == inquiry]
    said = [_sent(checking, step) for each in asked for step in each.steps]
    if any(_OUR_NUMBER.search(source) for each in said for source in _sources(each)):
        return True
    known = [echo.ours for step in operation.steps for echo in step.response.correlate]
    return any(_names(each, path) for each in said for ours in known for path in _path(ours))


def sends(checking: Checking, operation: OperationFile, number: str) -> bool:
    """Whether some call of an operation sends a number of ours; what a hook makes nobody knows."""
    key = operation.idempotency.key if operation.idempotency is not None else None
    if number == "request_no" and key is not None and key.value.startswith("header."):
        return True
    said = [source for step in operation.steps for source in _sources(_sent(checking, step))]
    return any(f"{number}(" in source or "hook." in source for source in said)


def asks_by_another(checking: Checking, operation: OperationFile, inquiry: str) -> tuple[int, int] | None:
    """How much of our number a write is sent under, and how much of it is asked after, where no two are alike."""
    asked = [each for each in checking.resolved.operations if each.name == inquiry]
    told = _lengths(checking, [operation])
    wanted = _lengths(checking, asked)
    return (min(told), min(wanted)) if told and wanted and not told & wanted else None


def _lengths(checking: Checking, operations: Iterable[OperationFile]) -> set[int]:
    said = [_sent(checking, step) for operation in operations for step in operation.steps]
    found = {length for each in said for source in _sources(each) for length in _LENGTH.findall(source)}
    return {min(int(length or WHOLE), WHOLE) for length in found}


def _sent(checking: Checking, step: StepDecl) -> list[Any]:
    """All that goes into one call: its message and shapes, its address, headers and layers."""
    carrier = checking.carrier
    shapes = [*checking.shapes.values()] if _uses_shapes(step.request) else []
    wire = carrier.wire if step.wire is None else step.wire
    return [step.request, step.call, step.headers, step.constants, wire, carrier.headers, carrier.transport, shapes]


def _uses_shapes(node: Any) -> bool:
    return any(getattr(each, "shape", None) is not None for each in _nodes(node))


def _nodes(node: Any) -> Iterator[Any]:
    """Everything in a piece of a mapping."""
    yield node
    if is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            yield from _nodes(getattr(node, each.name))
    elif isinstance(node, Mapping | list | tuple):
        for each in node.values() if isinstance(node, Mapping) else node:
            yield from _nodes(each)


def _sources(node: Any) -> Iterator[str]:
    for each in _nodes(node):
        if isinstance(each, Expression):
            yield each.source
        elif isinstance(each, Text):
            yield each.value


def _path(ours: Text) -> tuple[Path, ...]:
    try:
        return (parse_path(ours.value, ours.mark),) if ours.value not in ("request_no", "attempt_no") else ()
    except SyntaxFault:
        # The loader has said so.
        return ()


def _names(said: Any, path: Path) -> bool:
    """Whether a field of the request stands in a row or an expression, with the value it is chosen by."""
    if not path.segments:
        return False
    head = path.segments[0]
    rows = [
        each.canonical.segments[0]
        for each in _nodes(said)
        if getattr(each, "canonical", None) and each.canonical.segments
    ]
    return any(_is(row, head) for row in rows) or any(_in(source, head) for source in _sources(said))


def _is(row: Segment, head: Segment) -> bool:
    return row.name == head.name and (not row.selectors or row.selectors == head.selectors)


def _in(source: str, head: Segment) -> bool:
    named = re.search(rf"\breq\.{re.escape(head.name)}\b", source) is not None
    return named and all(repr(each.value)[1:-1] in source for each in head.selectors)
