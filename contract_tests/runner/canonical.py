"""Canonical results compared deeply: every field, every type, nothing more and nothing less."""

from collections.abc import Iterator
from typing import Any

import msgspec

from contract_tests.examples.example import Example
from contract_tests.examples.misfits import misfits
from contract_tests.examples.places import place_in
from contract_tests.examples.proof import Proof
from contract_tests.examples.shown import shown
from contract_tests.examples.subject import Subject
from gateway.catalogue.marks import Mark
from gateway.model.operations import OPERATIONS
from gateway.model.pii import PiiClass
from gateway.model.reflect import NoSuchPath, describe, resolve

_ABSENT = object()


def compare_result(proof: Proof, example: Example, operation: str, result: Any, subject: Subject) -> None:
    """The result read against the one expected, which must itself be a value of the model."""
    stated = example.expect.canonical
    if stated is None:
        return
    kind = type(result) if result is not None else OPERATIONS[operation].result
    if wrong := misfits(stated.value, kind):
        for at, what in wrong:
            mark = _place(example, at) or stated.mark
            proof.fails(at=at, mark=mark, expected=f"what a {kind.__name__} holds", actual=what)
        return
    wanted = msgspec.to_builtins(msgspec.convert(stated.value, kind))
    actual = {} if result is None else msgspec.to_builtins(result)
    proof.compared += 1
    for path, expected, found in differences(wanted, actual):
        at = "$" + "".join(f"[{name}]" if name.isdigit() else f".{name}" for name in path)
        place = _place(example, at)
        hidden = is_personal(kind, path)
        proof.fails(
            at=at,
            mark=place or stated.mark,
            expected=_told(expected, hidden=hidden),
            actual=_told(found, hidden=hidden),
            mapping=subject.lines.of_canonical(example.operation or operation, path),
        )


def _place(example: Example, path: str) -> Mark | None:
    """Where a path of the result stands in the example that states it."""
    return place_in(example.expect.canonical_node, path) if example.expect.canonical_node else None


def differences(expected: Any, actual: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[list[str], Any, Any]]:
    """Every leaf that is not the same, of another type, missing or too many."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in dict.fromkeys((*expected, *actual)):
            yield from differences(expected.get(name, _ABSENT), actual.get(name, _ABSENT), (*path, str(name)))
    elif isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        for at in range(max(len(expected), len(actual))):
            one = expected[at] if at < len(expected) else _ABSENT
            other = actual[at] if at < len(actual) else _ABSENT
            yield from differences(one, other, (*path, str(at)))
    elif type(expected) is not type(actual) or expected != actual:
        yield list(path), expected, actual


def _told(value: Any, *, hidden: bool) -> str:
    if value is _ABSENT:
        return "nothing here"
    if hidden and isinstance(value, str):
        return f'"{value[:1]}***" ({len(value)} characters)'
    return shown(value)


def is_personal(kind: Any, path: list[str]) -> bool:
    """Whether what stands at a path of the model is about a person."""
    try:
        return resolve(describe(kind), path).pii is not PiiClass.none
    except (NoSuchPath, TypeError):
        return False
