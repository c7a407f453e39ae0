"""The edits of a decoded reply: fields missing, null, empty, too many, of another type, with a code nobody lists."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any

from contract_tests.derive.edit import DECISION, GONE, Path
from contract_tests.derive.texts import named_text, of_another_day, shifted, unlike
from contract_tests.derive.walk import places
from gateway.wire.known import Known

Change = tuple[str, Path, Any]

EXTRA = "zzNobodyNamesThis"
CHOICES_MAX = 120
DECIDING_MAX = 4
HOUR = "13"
SAMPLES = ("1", "Y", "20260301", "2026-03-01 10:00:00", "100.00", 1)
"""What is put where the example has nothing and no other example shows what stands there."""


def reply_changes(wire: Any, known: Known | None, codes: Mapping[str, Iterable[Any]]) -> Iterator[Change]:
    """Every change of one reply; `codes` are values for fields by their name."""
    yield "extra", (EXTRA,), "1"
    for at, value in places(wire):
        yield "missing", at, GONE
        yield "null", at, None
        if isinstance(value, dict):
            yield "extra", (*at, EXTRA), "1"
            yield "object", at, [value]
            yield "object", at, "x"
        elif isinstance(value, list):
            yield from _of_list(at, value)
        else:
            yield from _of_leaf(at, value, codes.get(at[-1], ()))
    if known is not None:
        yield from _absent(wire, known, codes, ())


def _of_list(at: Path, items: list[Any]) -> Iterator[Change]:
    yield "items", at, []
    if items:
        yield "twice", at, [*items, items[-1]]
        yield "bare", at, items[0]
    if len(items) > 1:
        yield "order", at, items[::-1]
        yield "first", at, items[:1]


def _of_leaf(at: Path, value: Any, codes: Iterable[Any]) -> Iterator[Change]:
    if value != "":
        yield "empty", at, ""
    if isinstance(value, str):
        yield "unseen", at, unlike(value)
        yield from (("day", at, text) for text in of_another_day(value))
        if value.isdigit() and len(value) == len(HOUR):
            yield "day", at, HOUR
        yield "length", at, ("9" if value.isdigit() else "x") * 80
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from (("amount", at, other) for other in (0, -value, value + 1))
    yield from ((f"type-{kind}", at, other) for kind, other in shifted(value))
    yield from (("code", at, code) for code in codes if code != value)


def _absent(node: Any, known: Known, codes: Mapping[str, Iterable[Any]], at: Path) -> Iterator[Change]:
    """What the mapping reads and this reply does not hold."""
    if isinstance(node, list):
        for number, item in enumerate(node[:2]):
            yield from _absent(item, known, codes, (*at, str(number)))
        return
    if not isinstance(node, dict):
        return
    inside = dict(known.inside)
    for name in sorted(known.names - node.keys() - {"#text"}):
        if name in inside:
            whole = _whole(inside[name], codes)
            yield "added", (*at, name), whole
            yield "added", (*at, name), [whole]
            yield "added", (*at, name), _whole(inside[name], codes, named=True)
        else:
            yield from (("added", (*at, name), value) for value in (*codes.get(name, ()), *SAMPLES))
    more = _whole(known, codes, named=True)
    there = {name: value for name, value in node.items() if value is not None}
    if len(more.keys() - there.keys()) > 1:
        yield "full", at, {**more, **there}
    for name, inner in inside.items():
        if name in node:
            yield from _absent(node[name], inner, codes, (*at, name))


def _whole(known: Known, codes: Mapping[str, Iterable[Any]], *, named: bool = False) -> Any:
    """An object with everything the mapping reads of it; `named`: with texts that no field of another name has."""
    inside = dict(known.inside)
    leaves = {
        name: next(iter(codes.get(name, ())), named_text(name) if named else SAMPLES[0])
        for name in sorted(known.names - {"#text"})
    }
    return {**leaves, **{name: _whole(inner, codes, named=named) for name, inner in inside.items()}}


def blanks(wire: Any, asked: Mapping[str, Iterable[Any]]) -> Iterator[Change]:
    """Nothing but a space in the fields that an outcome asks for: there, and yet nothing."""
    yield from (("blank", at, " ") for at, value in places(wire) if at[-1] in asked and isinstance(value, str))


def combinations(wire: Any, asked: Mapping[str, Iterable[Any]]) -> Iterator[Change]:
    """The fields that decide an outcome, in the combinations of what is asked of them."""
    found = {at[-1]: at for at, _ in places(wire) if at[-1] in asked and not any(part.isdigit() for part in at)}
    names = sorted(found)[:DECIDING_MAX]
    values = [(*dict.fromkeys((*asked[name], "", "0")), None) for name in names]
    where = tuple("/".join(found[name]) for name in names)
    if len(names) > 1:
        yield from ((DECISION, where, list(chosen)) for chosen in islice(product(*values), CHOICES_MAX))
