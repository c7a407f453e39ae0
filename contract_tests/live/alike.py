"""A live result beside the written one: all that was read then is read now, of the same type, and codes are equal.

Numbers, names and days of a sandbox are its own; what must be equal beyond the codes, an example says in `live.same`,
and which codes or fields may be others, or not there, in `match`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from contract_tests.examples.example import Example
from contract_tests.examples.places import place_in
from contract_tests.examples.proof import Proof
from contract_tests.examples.shown import shown
from contract_tests.examples.subject import Subject
from contract_tests.runner.canonical import is_personal
from contract_tests.runner.matched import Loose
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import EnumType, NoSuchPath, describe, resolve

_ABSENT = object()


def compare_alike(proof: Proof, example: Example, result: Any, subject: Subject, loose: Loose) -> None:
    """Every leaf of the written result in the live one, but for those that hang on a member a rule lets change."""
    stated = example.expect.canonical
    if stated is None:
        return
    kind = type(result) if result is not None else OPERATIONS[example.operation].result
    wanted = msgspec.to_builtins(msgspec.convert(stated.value, kind))
    actual = {} if result is None else msgspec.to_builtins(result)
    same = set(example.live.same) if example.live is not None else set()
    proof.compared += 1
    for path, expected, found in unlike(wanted, actual, kind, same):
        if _is_loose(tuple(path), expected, found, loose, same):
            continue
        at = "$" + "".join(f"[{name}]" if name.isdigit() else f".{name}" for name in path)
        place = place_in(example.expect.canonical_node, at) if example.expect.canonical_node else None
        proof.fails(
            at=at,
            mark=place or stated.mark,
            expected=_told(expected, hidden=is_personal(kind, path)),
            actual=_told(found, hidden=is_personal(kind, path)),
            mapping=subject.lines.of_canonical(example.operation, path),
        )


def _is_loose(path: tuple[str, ...], expected: Any, found: Any, loose: Loose, same: set[str]) -> bool:
    """What `same` names must be equal where it is there; what is there must be of its type."""
    if found is _ABSENT:
        return all(_hangs((*path, *leaf), loose.absent) for leaf in _leaves(expected))
    return ".".join(path) not in same and type(expected) is type(found) and _hangs(path, loose.other)


def _hangs(path: tuple[str, ...], fields: frozenset[tuple[str, ...]]) -> bool:
    """Whether a field, or what it stands in, is one of these."""
    return any(path[: len(each)] == each for each in fields)


def _leaves(tree: Any) -> Iterator[tuple[str, ...]]:
    """The paths of all that is written in a value; its own where it is one."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list | tuple) else None
    if pairs is None or not tree:
        yield ()
        return
    for name, inner in pairs:
        yield from ((str(name), *rest) for rest in _leaves(inner))


def unlike(
    expected: Any, actual: Any, kind: Any, same: set[str], path: tuple[str, ...] = ()
) -> Iterator[tuple[list[str], Any, Any]]:
    """The leaves that are missing, of another type, or not equal although they must be."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            yield from unlike(value, actual.get(name, _ABSENT), kind, same, (*path, str(name)))
    elif isinstance(expected, list | tuple) and isinstance(actual, list | tuple) and (actual or not expected):
        for at, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield from unlike(one, other, kind, same, (*path, str(at)))
    elif (
        isinstance(expected, list | tuple)
        or type(expected) is not type(actual)
        or (expected != actual and _must_be_equal(kind, path, same))
    ):
        yield list(path), expected, actual


def _must_be_equal(kind: Any, path: tuple[str, ...], same: set[str]) -> bool:
    if ".".join(path) in same:
        return True
    try:
        return isinstance(resolve(describe(kind), list(path)).type, EnumType)
    except (NoSuchPath, TypeError):
        return False


def _told(value: Any, *, hidden: bool) -> str:
    if value is _ABSENT:
        return "nothing here"
    return f'"{value[:1]}***" ({len(value)} characters)' if hidden and isinstance(value, str) else shown(value)
