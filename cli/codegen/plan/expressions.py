"""Expressions of the mapping as Python, compiled by the catalogue's compiler for the function they stand in."""

import ast
import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from cli.codegen.plan.environment import Environment
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.types import Type
from cli.codegen.plan.values import converter
from cli.mapping.codecs import parse_codec
from cli.mapping.grammar import SyntaxFault
from cli.mapping.tree import Expression, Path
from gateway.catalogue import expression as compiler
from gateway.catalogue.compiling.kinds import TEXT, Kind
from gateway.catalogue.compiling.scope import CodecCall
from gateway.catalogue.compiling.scope import Scope as Names
from gateway.model.kinds import EnumType, StructType, UnionType
from gateway.model.reflect import describe
from gateway.wire.codecs import CodecText, inner_codec

_SECRET = re.compile(r"\s*secret\.([a-z][a-z0-9_]*)\s*")
# What a compiled source may name that the function around has to give it.
_ROOTS = frozenset(("req", "ctx", "up", "n", "n0", "wire", "status", "headers"))

SOURCES_KEPT = 8_192
Wanted = Literal["value", "test"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What stands around an expression: types of `req`, `item`, `up`, and whether a reply is being read.

    `element`: `wire` is the element `w` of a reply's list, in place of the whole message. `here` is the variable of the
    element whose rows these are. `between` are the ways to the objects that rows have opened inside of the function's
    own, `outside` those around the row that called it.
    """

    request: Type | None = None
    item: Type | None = None
    around: Type | None = None
    reply: bool = False
    steps: frozenset[str] = frozenset()
    element: bool = False
    here: str = ""
    between: tuple[Path, ...] = ()
    outside: tuple[Path, ...] = ()

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways to what rows had opened around, as texts."""
        return tuple(path.text for path in self.outside)

    def entered(self, item: Type, around: Type | None) -> "Scope":
        """The scope inside a shape or the item of a list."""
        return replace(self, item=item.required(), around=around, here="", between=(), outside=self.between)

    def below(self, path: Path) -> "Scope":
        """The scope among the rows of an object inside the function's own: `item` stays what it was."""
        return replace(self, between=(*self.between, path)) if path.segments else self

    def at(self, element: str) -> "Scope":
        """The scope among the rows of one element of the message, held by a variable."""
        return replace(self, here=element)


@dataclass(frozen=True, slots=True)
class Compiled:
    """One expression as source: a value (None when absent, `nullable`), or a test; `uses` are the paths it reads."""

    text: str
    nullable: bool
    is_text: bool
    names: frozenset[str]
    uses: frozenset[str]

    @property
    def names_wire(self) -> bool:
        """Whether it speaks of the message itself."""
        return bool(self.names & {"wire", "here"})

    @property
    def speaks_of_reply(self) -> bool:
        """Whether it governs reading: `wire`, `http` or `header` are named."""
        return bool(self.names & {"wire", "here", "http", "header"})

    @property
    def operand(self) -> str:
        """The text where `and` may stand beside it."""
        return f"({self.text})" if re.search(r"\b(or|if|not)\b", self.text) else self.text


def is_secret(expression: Expression) -> str | None:
    """The secret's name when a value is nothing but a secret."""
    found = _SECRET.fullmatch(expression.source)
    return found.group(1) if found else None


def compiled(env: Environment, frame: Frame, expression: Expression, scope: Scope) -> Compiled:
    """The value of an expression; what its source names of the surroundings becomes the function's parameter."""
    return _compiled(env, frame, expression, scope, "value")


def tested(env: Environment, frame: Frame, expression: Expression, scope: Scope) -> Compiled:
    """The same as a condition, false where something in it is absent."""
    return _compiled(env, frame, expression, scope, "test")


def _compiled(env: Environment, frame: Frame, expression: Expression, scope: Scope, wanted: Wanted) -> Compiled:
    found = _found(env, frame, expression, scope, wanted)
    _take_imports(env, found)
    env.note_tables(found.source)
    _note_uses(frame, found.source)
    env.carrier.looked |= {use.removeprefix("wire.") for use in found.uses if use.startswith("wire.")}
    frame.looked |= {use.removeprefix("element.") for use in found.uses if use.startswith("element.")}
    is_text = found.kind == TEXT or isinstance(found.kind, EnumType)
    return Compiled(found.source, found.optional, is_text, found.names, found.uses)


_FOUND: dict[Hashable, compiler.Compiled] = {}
"""Expressions that were right, by all they were compiled from: mutation asks for nearly all of them again and again."""


def _found(env: Environment, frame: Frame, expression: Expression, scope: Scope, wanted: Wanted) -> compiler.Compiled:
    key = _all_that_counts(env, frame, expression, scope, wanted)
    known = _FOUND.get(key)
    if known is not None:
        return known
    # A codec becomes a constant of the module it is compiled for: such an expression is worked out every time.
    codecs: list[str] = []

    def codec(text: str, way: str) -> CodecCall:
        codecs.append(text)
        return _codec_call(env, expression, text, way)

    names = replace(_names(env, frame, scope), codecs=codec)
    found, faults = compiler.compile_expression(expression.source, expression.mark, names, wanted=wanted)
    if found is None:
        fault = next(fault for fault in faults if fault.severity == "error")
        raise Refused(fault.code, fault.mark, fault.message, fault.hint)
    if not codecs:
        if len(_FOUND) >= SOURCES_KEPT:
            _FOUND.clear()
        _FOUND[key] = found
    return found


def _names(env: Environment, frame: Frame, scope: Scope) -> Names:
    return Names(
        req=None if scope.request is None or scope.request.cls is None else struct_type(scope.request.cls),
        item=None if scope.item is None else canonical_kind(scope.item),
        up=None if scope.around is None else canonical_kind(scope.around),
        numbered=scope.item is not None,
        wire=True,
        element=scope.element,
        reply=True,
        steps=scope.steps,
        constants=frame.constants,
        tables=env.tables(),
        zone=env.zone,
        token=env.carrier.tree.carrier.token is not None,
        texts_only=not env.json,
        here=scope.here,
    )


def _all_that_counts(env: Environment, frame: Frame, expression: Expression, scope: Scope, wanted: Wanted) -> Hashable:
    """What `_names` is made of, as a key."""
    kinds = [None if each is None else (each.cls, each.variants) for each in (scope.request, scope.item, scope.around)]
    constants = None if frame.constants is None else tuple(frame.constants.items())
    tables = env.tables() if "lookup" in expression.source else {}
    columns = tuple((name, *table.items()) for name, table in tables.items())
    token = env.carrier.tree.carrier.token is not None
    around = (scope.steps, scope.element, scope.here, constants, columns, env.zone, token, env.json)
    return (expression.source, wanted, *kinds, *around)


def _take_imports(env: Environment, found: compiler.Compiled) -> None:
    for name in found.imports:
        env.module.imports.add(compiler.MODULES.get(name, "gateway.wire"), name)
    for name in found.models:
        env.module.imports.add("gateway.model", name)
    if found.hooks:
        env.module.imports.add(env.carrier.package, "hooks")
        env.carrier.hooks |= found.hooks


def _note_uses(frame: Frame, source: str) -> None:
    frame.uses |= _roots_in(source) - frame.counted - frame.parameters


@lru_cache(maxsize=SOURCES_KEPT)
def _roots_in(source: str) -> frozenset[str]:
    tree = ast.parse(source, mode="eval")
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in _ROOTS)


def struct_type(cls: type[Any]) -> StructType:
    """The compiler's description of a Struct."""
    found: StructType = describe(cls)  # type: ignore[arg-type]  # a class is its own key in the cache behind it
    return found


def canonical_kind(kind: Type) -> Kind:
    """The compiler's kind of one of our types."""
    if kind.variants:
        members = {str(cls.__struct_config__.tag): describe(cls) for cls in kind.variants}
        return UnionType("type", members)
    if kind.cls is not None and kind.kind == "struct":
        return struct_type(kind.cls)
    raise TypeError(f"an expression cannot walk into a {kind.name}")


def _codec_call(env: Environment, expression: Expression, text: str, way: str) -> CodecCall:
    try:
        codec = parse_codec(text, expression.mark)
    except SyntaxFault as fault:
        raise ValueError(str(fault)) from None
    kind = _codec_kind(codec)
    made = converter(env, codec, Type(kind), expression.mark)
    if way == "encode":
        return CodecCall(made.send, "text")
    return CodecCall(made.read_value, _RESULTS.get(kind, "any"))


def _codec_kind(codec: CodecText) -> Any:
    """The kind a codec converts; of `text(int)` and `pad(9;0;int)` the inner one's."""
    inner: CodecText = codec
    while (deeper := inner_codec(inner)) is not None:
        inner = deeper
    return _CODEC_KINDS.get(inner.name, "text")


_CODEC_KINDS: dict[str, Any] = {
    "int": "int", "scaled": "decimal", "decimal": "decimal", "date": "date", "datetime": "datetime", "money": "money",
    "percent": "share", "flag": "bool", "json": "map", "raw": "map", "time": "time", "until": "datetime",
}  # fmt: skip
_RESULTS: dict[Any, Any] = {name: name for name in ("int", "bool", "decimal", "date", "datetime", "money", "text")}


__all__ = ["Compiled", "Scope", "compiled", "is_secret", "tested"]
