"""A batch: how many items its carrier takes, and that each of them can be asked after by its own number."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cli.mapping.checks.surroundings import Checking
from cli.mapping.tree import Expression, Message, OperationFile, Row, Text

BATCH = "policy.issue_batch"
_WHOLE = ""
_NUMBER = re.compile(r"\brequest_no\(\s*(\d*)\s*\)")


def check_batch(checking: Checking, operation: OperationFile) -> None:
    """What a batch must say beside what every write does."""
    if operation.name != BATCH:
        return
    if "batch_max" not in checking.carrier.limits:
        hint = "limits: { batch_max: 100 } in carrier.yaml"
        checking.say("E474", operation.mark, "how many items does the carrier take in one batch?", hint)
    inquiry = operation.inquiry
    if inquiry is None or (inquiry.by is not None and inquiry.by.value != "our_reference"):
        return
    asked = {
        length
        for other in checking.resolved.operations
        if other.name == inquiry.operation.value
        for length in _asked_by(checking, other)
    }
    for row in _refs(step.request for step in operation.steps):
        _check_ref(checking, row, asked)


def _check_ref(checking: Checking, row: Row, asked: set[str]) -> None:
    """An item sent under more or less of its number than the inquiry names is never found, and "not found" is proof."""
    if row.codec is not None and row.codec.name != "cut":
        return
    sent = _WHOLE if row.codec is None else str(row.codec.arguments[0])
    if sent in asked:
        return
    lengths = " or ".join(f"request_no({length})" for length in sorted(asked)) or "no number of ours"
    own = f"its first {sent} characters" if sent else "the whole number"
    wanted = next((length for length in sorted(asked) if length), None)
    hint = f"as: cut({wanted}), lossy: a number of ours" if wanted else "ask by request_no(), and send it whole"
    checking.say("E476", row.mark, f"an item is sent under {own}, and asked after by {lengths}", hint)


def _asked_by(checking: Checking, inquiry: OperationFile) -> set[str]:
    """How much of our number an inquiry names: in its message, its layers, its headers, or the path it is sent to."""
    said: list[Any] = [value for _, value in checking.carrier.headers]
    for step in inquiry.steps:
        said += [send.value for send in step.request.send]
        said += [step.call, *(layer.options for layer in step.wire or checking.carrier.wire)]
    return {length for source in _sources(said) for length in _NUMBER.findall(source)}


def _sources(said: Any) -> Iterator[str]:
    """Every text and expression in there."""
    if isinstance(said, Expression):
        yield said.source
    elif isinstance(said, Text):
        yield said.value
    elif isinstance(said, Mapping | list | tuple):
        for each in said.values() if isinstance(said, Mapping) else said:
            yield from _sources(each)


def _refs(messages: Iterable[Message]) -> list[Row]:
    """The rows that say where the reference of an item stands."""
    items = [row for message in messages for row in message.rows if _is(row, "items") and row.body is not None]
    return [row for item in items if item.body is not None for row in item.body.rows if _is(row, "ref")]


def _is(row: Row, name: str) -> bool:
    return [segment.name for segment in row.canonical.segments] == [name]


__all__ = ["check_batch"]
