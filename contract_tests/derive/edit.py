"""One change of one thing: of a canonical request, of a decoded reply, of a reply's bytes, of what stands around it.

A case is named by what it changes, `reply missing body/policyNo` or `request enum policyholder/gender="female"`, and
its name alone is enough to carry it out again.
"""

import json
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

Side = Literal["request", "context", "reply", "status", "bytes", "callback", "statement", "code", "whole", "declared"]
Path = tuple[str, ...]

GONE = object()
_DECIMAL, _REPEATED, _HEX = "decimal", "repeated", "hex"
REPEATED_FROM = 8
REPEATED_MAX = 1_000_000


class Edit(Struct, frozen=True, kw_only=True):
    """Put `value` at a place, or take what stands there away (`GONE`); `kind` says what for."""

    side: Side
    kind: str
    at: Path = ()
    value: Any = GONE
    step: str = ""

    @property
    def group(self) -> str:
        """What it is listed under in the lock: side, kind and, of several calls, which."""
        return f"{self.side} {self.kind}" + (f" {self.step}" if self.step else "")

    @property
    def name(self) -> str:
        """Where, and what is put there."""
        where = "/".join(_escaped(name) for name in self.at)
        return where if self.value is GONE else f"{where}={_json(self.value)}"


class Case(Struct, frozen=True):
    """One derived case with what came of it when it was frozen."""

    file: str
    example: str
    edit: Edit
    ended: str


def read_edit(group: str, name: str) -> Edit:
    """An edit from its group and its name. Raises ValueError for what is neither."""
    side, kind, *step = group.split(" ", 2)
    where, has_value, value = name.partition("=")
    at = tuple(_unescaped(part) for part in where.split("/") if where)
    put = _value(json.loads(value)) if has_value else GONE
    found: Any = side
    return Edit(side=found, kind=kind, at=at, value=put, step=step[0] if step else "")


def edited(tree: Any, at: Path, value: Any) -> Any:
    """A copy of plain data with one thing in it changed; only what leads there is copied."""
    if not at:
        return value
    name, *rest = at
    if isinstance(tree, list | tuple):
        items, place = list(tree), int(name)
        if value is GONE and not rest:
            return items[:place] + items[place + 1 :]
        if place == len(items):
            return [*items, edited({}, tuple(rest), value)]
        return [*items[:place], edited(items[place], tuple(rest), value), *items[place + 1 :]]
    fields = dict(tree) if isinstance(tree, dict) else {}
    if value is GONE and not rest:
        fields.pop(name, None)
        return fields
    return {**fields, name: edited(fields.get(name, {}), tuple(rest), value)}


DECISION = "decision"
"""Several places changed at once: `at` names them, `value` lists what is put there, null for nothing."""


def apply(tree: Any, edit: Edit) -> Any:
    """The data with the edit made. Raises ValueError, IndexError where it has no such place."""
    if edit.kind != DECISION:
        return edited(tree, edit.at, edit.value)
    for where, value in zip(edit.at, edit.value, strict=True):
        tree = edited(tree, tuple(where.split("/")), GONE if value is None else value)
    return tree


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("=", "~2")


def _unescaped(name: str) -> str:
    return name.replace("~2", "=").replace("~1", "/").replace("~0", "~")


def _json(value: Any) -> str:
    return json.dumps(_plain(value), separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Decimals under a name of their own, JSON would make other numbers of them; one letter over and over as that."""
    if isinstance(value, str) and len(value) > REPEATED_FROM and len(set(value)) == 1:
        return {_REPEATED: [value[0], len(value)]}
    if isinstance(value, bytes):
        return {_HEX: value.hex()}
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _value(plain: Any) -> Any:
    if isinstance(plain, dict):
        if plain.keys() == {_DECIMAL}:
            return Decimal(plain[_DECIMAL])
        if plain.keys() == {_HEX}:
            return bytes.fromhex(plain[_HEX])
        if plain.keys() == {_REPEATED}:
            letter, count = plain[_REPEATED]
            return letter * min(count, REPEATED_MAX)
        return {name: _value(inner) for name, inner in plain.items()}
    return [_value(inner) for inner in plain] if isinstance(plain, list) else plain
