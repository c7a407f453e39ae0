"""Names and dots: from `req.period.start`, `wire.Head.Flag`, `config.branch` to Python that is None where they are."""

import ast
from dataclasses import replace

from gateway.catalogue.compiling.elsewhere import CONSTANTS_ELSEWHERE
from gateway.catalogue.compiling.kinds import INT, JSON, TEXT, WRONG, Kind, Tree, is_open, word
from gateway.catalogue.compiling.scope import Scope
from gateway.catalogue.compiling.value import SUM, Guard, Value, literal
from gateway.catalogue.compiling.work import WRONG_VALUE, Work
from gateway.model.reflect import (
    EnumType,
    Field,
    ListType,
    MapType,
    MoneyType,
    NoSuchPath,
    StructType,
    UnionType,
    resolve,
    suggest,
)

WHERE = {
    "item": "only in a shape, a list row, or the condition of a list function",
    "up": "only where something is around: in a shape, a list row, or the condition of a list function",
    "n": "only in a shape of a list",
    "n0": "only in a shape of a list",
    "wire": "only where a message is written or read",
    "here": "only among the rows of a message",
    "http": "only where a reply is read",
    "header": "only where a reply is read",
    "step": "only in an operation with steps",
    "constant": "only in layers and headers",
    "config": "only in a carrier's mapping",
    "binding": "only in a carrier's mapping",
    "refs": "only in a carrier's mapping",
    "hook": "only in a carrier's mapping",
    "token": "only with security.token, and not in the login itself",
    "req": "only where there is a request",
}
_FURTHER_OUT = (
    "up is the one object around; one further out is found from the whole, by what names it: "
    "first(req.plans, item.ref == up.plan).name"
)
SPACES = ("http", "header", "step", "constant", "config", "binding", "refs", "hook")


def roots(scope: Scope) -> dict[str, Value]:
    """What each name of the scope stands for."""
    found: dict[str, Value] = {}
    for name, kind in (("req", scope.req), ("item", scope.item), ("up", scope.up)):
        if kind is not None:
            found[name] = Value(name, kind, stable=True, path=name)
    if scope.numbered:
        found |= {"n": Value("n", INT, stable=True), "n0": Value("n - 1", INT, SUM)}
    if scope.element:
        found["wire"] = Value("w", Tree("wire"), stable=True, path="element")
    elif scope.wire:
        found["wire"] = Value("wire", Tree("wire"), stable=True, path="wire")
    if scope.here:
        found["here"] = Value(scope.here, Tree("wire"), stable=True, path="here")
    if scope.reply:
        found |= {name: Value(name, Tree(name), path=name) for name in ("http", "header")}
    if scope.context:
        found |= {name: Value(f"ctx.{name}", Tree(name), path=name) for name in ("config", "binding", "refs")}
        found["hook"] = Value("hooks", Tree("hook"), path="hook")
    if scope.constants is not None:
        found["constant"] = Value("constant", Tree("constant"), path="constant")
    if scope.token:
        found["token"] = Value("ctx.token", TEXT, stable=True, path="token")
    if scope.steps:
        found["step"] = Value("ctx.steps", Tree("step"), path="step")
    return found


def chain(work: Work, node: ast.expr) -> Value:
    """A name, or a dot after something; what is left of the dot is not yet counted as used."""
    if isinstance(node, ast.Name):
        return _root(work, node)
    if not isinstance(node, ast.Attribute):
        return work.value(node)
    left = chain(work, node.value)
    # Python folds compatibility letters (a full-width n) into plain ones; a carrier does not.
    if not work.written(node).endswith(node.attr):
        return work.fault_at_end("E308", node, node.attr, "letters in compatibility forms", "type the plain letters")
    return after_dot(work, left, node.attr, node)


def used(work: Work, value: Value) -> Value:
    """Note that an expression reads this path."""
    if value.path:
        work.uses.add(value.path)
    return value


def after_dot(work: Work, left: Value, name: str, node: ast.expr) -> Value:
    """One step further: a field, a key, or a fault at the name."""
    if left.path in SPACES and isinstance(left.kind, Tree):
        return _in_space(work, left, name, node)
    kind = left.kind
    match kind:
        case StructType() | MoneyType():
            return _field(work, left, name, node)
        case UnionType():
            return _of_union(work, left, kind, name, node)
        case MapType() if not is_open(kind.value):
            there = work.present(left)
            source = f"{there.bare}.get({literal(name)})"
            return replace(there, bare=source, kind=kind.value, nullable=True, stable=False, path=_deeper(left, name))
        case MapType():
            return dig(work, replace(left, kind=JSON), name)
        case _ if kind == WRONG:
            return WRONG_VALUE
        case _ if is_open(kind):
            return dig(work, left, name)
        case ListType():
            hint = f"say which: first({left.path or 'list'}), any({left.path or 'list'}, item.{name} == ...)"
            return work.fault_at_end("E303", node, name, f"{_title(left)} is a list", hint)
        case _:
            return work.fault_at_end("E303", node, name, f"{_title(left)} is {word(kind)}, it has no '{name}'")


def dig(work: Work, left: Value, key: str | int) -> Value:
    """One key further into a tree whose shape is known only at run time."""
    base, keys = left.digs or (left.bare, ())
    keys = (*keys, key)
    work.imports.add("dig")
    kind = left.kind if isinstance(left.kind, Tree) else Tree("JSON")
    return Value(
        f"dig({base}, {', '.join(map(literal, keys))})",
        kind,
        nullable=True,
        guards=left.guards,
        path=_deeper(left, str(key)),
        digs=(base, keys),
    )


def _root(work: Work, node: ast.Name) -> Value:
    value = work.lookup(node.id)
    if value is not None:
        work.names.add(node.id)
        return value
    if node.id in WHERE:
        return work.fault("E304", node, f"'{node.id}' is not there", WHERE[node.id])
    if node.id in CONSTANTS_ELSEWHERE:
        return work.fault("E304", node, f"unknown name '{node.id}'", f"write {CONSTANTS_ELSEWHERE[node.id]}")
    near = suggest(node.id, work.bound_names())
    hint = f"did you mean '{near}'?" if near else f"names here: {', '.join(sorted(work.bound_names()))}"
    return work.fault("E304", node, f"unknown name '{node.id}'", hint)


def _in_space(work: Work, left: Value, name: str, node: ast.expr) -> Value:
    path = f"{left.path}.{name}"
    match left.path:
        case "http" if name == "status":
            return Value("status", INT, stable=True, path=path)
        case "http":
            return work.fault_at_end("E303", node, name, f"http has no '{name}'", "http.status is all there is")
        case "header":
            return header(name)
        case "refs":
            return Value(f"ctx.refs.get({literal(name)})", TEXT, nullable=True, path=path)
        case "step":
            return _step(work, name, node)
        case "constant":
            return _constant(work, name, node)
        case "hook":
            return work.fault("E308", node, f"hook.{name} is a function: call it")
        case _:
            source = f"{left.bare}.get({literal(name)})"
            return Value(source, left.kind, nullable=True, path=path, digs=(source, ()))


def header(name: str) -> Value:
    """A header of the reply, in any case."""
    return Value(f"headers.get({literal(name.lower())})", TEXT, nullable=True, path=f"header.{name.lower()}")


def _step(work: Work, name: str, node: ast.expr) -> Value:
    if name not in work.scope.steps:
        near = suggest(name, sorted(work.scope.steps))
        hint = f"did you mean '{near}'?" if near else f"steps here: {', '.join(sorted(work.scope.steps))}"
        return work.fault_at_end("E303", node, name, f"no earlier step '{name}'", hint)
    source = f"ctx.steps.get({literal(name)})"
    return Value(source, Tree("wire"), nullable=True, path=f"step.{name}", digs=(source, ()))


def _constant(work: Work, name: str, node: ast.expr) -> Value:
    """What the call says for the layers all calls share: its own words, so they stand in the source."""
    known = work.scope.constants or {}
    if name not in known:
        near = suggest(name, sorted(known))
        hint = f"did you mean '{near}'?" if near else "constants: { " + name + ": .. } beside the call"
        return work.fault_at_end("E303", node, name, f"no call says constants: {name}", hint)
    return Value(literal(known[name]), TEXT, stable=True, path=f"constant.{name}")


def _field(work: Work, left: Value, name: str, node: ast.expr) -> Value:
    found = field_named(left.kind, name)
    if isinstance(found, NoSuchPath):
        hint = f"did you mean '{found.suggestion}'?" if found.suggestion else None
        hint = _FURTHER_OUT if left.path == "up" and name in ("up", "item") else hint
        return work.fault_at_end("E303", node, name, f"{_title(left)} has no field '{name}'", hint)
    there = work.present(left)
    return Value(
        f"{there.bare}.{found.attribute}",
        found.type,
        nullable=found.optional,
        stable=there.stable,
        guards=there.guards,
        path=_deeper(left, found.name),
    )


def field_named(kind: Kind, name: str) -> Field | NoSuchPath:
    """A field by its canonical name, or by its Python attribute where the name is a Python keyword."""
    if isinstance(kind, StructType):
        by_attribute = next((each for each in kind.fields.values() if each.attribute == name), None)
        if by_attribute is not None:
            return by_attribute
    try:
        return resolve(kind, (name,))  # type: ignore[arg-type]
    except NoSuchPath as missing:
        return missing


def _of_union(work: Work, left: Value, kind: UnionType, name: str, node: ast.expr) -> Value:
    if name == kind.tag_field:
        there = work.present(left)
        tags = EnumType("", None, tuple(kind.members))
        return replace(there, bare=f"{there.bare}.{name}", kind=tags, nullable=False, path=_deeper(left, name))
    # Each kind of object keeps its own members: the field tells which kind is meant, all others are None.
    tags_with = kind.holders(name)
    if not tags_with:
        near = suggest(name, sorted({field for member in kind.members.values() for field in member.fields}))
        hint = f"did you mean '{near}'?" if near else None
        return work.fault_at_end("E303", node, name, f"{_title(left)} has no field '{name}'", hint)
    members = [kind.members[tag] for tag in tags_with]
    if len(members) == len(kind.members):
        return _field(work, replace(work.present(left), kind=members[0]), name, node)
    return _field(work, _narrowed(work, left, members), name, node)


def _narrowed(work: Work, left: Value, members: list[StructType]) -> Value:
    classes = [member.name for member in members]
    work.models.update(classes)
    wanted = classes[0] if len(classes) == 1 else f"({', '.join(classes)})"
    bare, binds, subject = left.bare, None, left.bare
    if not left.stable:
        bare = work.fresh(left.kind)
        binds, subject = (bare, left.bare), f"({bare} := {left.bare})"
    guard = Guard(f"isinstance({subject}, {wanted})", f"not isinstance({subject}, {wanted})", binds)
    return replace(work.guarded(left, guard, bare), kind=members[0])


def _deeper(left: Value, name: str) -> str:
    return f"{left.path}.{name}" if left.path else ""


def _title(left: Value) -> str:
    return left.path or word(left.kind)
