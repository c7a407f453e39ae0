"""Trees of mock.yaml with expressions in their leaves, compiled once and filled per reply.

A text that starts with `=` is an expression; anything else is itself. A key whose expression gives nothing is left
out, and so is an item of a list; `null` written in the file is JSON's null.
"""

from typing import Any

from contract_tests.language.expression import Compiler, Evaluate, Scope, always
from contract_tests.language.places import Node


class Null:
    """JSON's null, written on purpose; an expression that finds nothing leaves its key out instead."""

    def __repr__(self) -> str:
        return "null"


NULL = Null()
_EACH = frozenset({"each", "as", "give"})


def compile_template(compiler: Compiler, node: Node) -> Evaluate:
    """Compile a tree: a map, a list, `{each, as, give}`, `{merge: [..]}`, or a scalar."""
    value = node.value
    if isinstance(value, dict):
        if set(value) == _EACH:
            return _each(compiler, value)
        if set(value) == {"merge"}:
            return _merge(compiler, value["merge"])
        return _map(compiler, value)
    if isinstance(value, list):
        items = [compile_template(compiler, item) for item in value]
        return lambda scope: [found for item in items if (found := item(scope)) is not None]
    if isinstance(value, str) and value.startswith("="):
        return compiler.expression(value[1:], node.place)
    return always(NULL if value is None else value)


def _map(compiler: Compiler, value: dict[str, Node]) -> Evaluate:
    entries = [(key, compile_template(compiler, item)) for key, item in value.items()]
    return lambda scope: {key: found for key, item in entries if (found := item(scope)) is not None}


def _merge(compiler: Compiler, node: Node) -> Evaluate:
    parts = [compile_template(compiler, item) for item in node.value]

    def fill(scope: Scope) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in parts:
            found.update(part(scope) or {})
        return found

    return fill


def _each(compiler: Compiler, value: dict[str, Node]) -> Evaluate:
    """A list filled once per item; `index` counts from 1."""
    items, name = compile_template(compiler, value["each"]), value["as"].value
    give = compile_template(compiler, value["give"])
    compiler.bind(name, "index")

    def fill(scope: Scope) -> list[Any]:
        inner = Scope(scope.world, scope)
        given = []
        for index, item in enumerate(items(scope) or (), 1):
            inner[name], inner["index"] = item, index
            if (found := give(inner)) is not None:
                given.append(found)
        return given

    return fill
