"""What is certainly there when a row is reached: nothing need be said of it for the case that it is missing."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from cli.mapping.tree import CarrierTree, Case, Message, Path, Response, Row
from contract_tests.derive.nodes import nodes
from contract_tests.mutate.walk import Site
from gateway.model.kinds import UnionType
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import NoSuchPath, describe, resolve, struct_named

Way = tuple[str, ...]
_REFUSES = "error"
_PLAIN = re.compile(r"wire\.([\w.]+)")
_CALLED = re.compile(r'wire\("([\w.@]+)"\)')
_FIRST = re.compile(r"first\(wire\.([\w.]+)\)\.([\w.]+)")


def is_there(site: Site) -> bool:
    """Whether the canonical field of a row can never be missing where the row is sent.

    The model has it in every object of its kind, and the object is there: a row above of the same object refuses to
    send without it, the case around holds only where it is, or the row stands among the object's own and is sent alone.
    """
    frames = tuple(_frames(site))
    whole = next((way for node, way in frames if node is site.node), None)
    of = _type(frames[0][0], site) if frames else None
    if whole is None or of is None or len(whole) < 2 or not _is_required(of, whole):
        return False
    object_ = whole[:-1]
    if any(object_ == there[: len(object_)] for there in _shown(frames, site)):
        return True
    return any(object_ == there[: len(object_)] for there in _around(frames)) and not _is_read(site)


def never_both(one: Row, other: Row, site: Site) -> bool:
    """Whether no object has the fields of both rows: they are of two kinds that one place may hold, never both."""
    frames = tuple(_frames(site))
    of, base = _type(frames[0][0], site) if frames else None, frames[-1][1] if frames else ()
    mine, theirs = ((*base, *_way(each.canonical)) for each in (one, other))
    try:
        union = resolve(of, mine[:-1]).type if of is not None and mine[:-1] == theirs[:-1] and mine[:-1] else None
    except (NoSuchPath, TypeError, KeyError):
        return False
    if not isinstance(union, UnionType):
        return False
    return not any({mine[-1], theirs[-1]} <= member.fields.keys() for member in union.members.values())


def is_asked_for(site: Site) -> bool:
    """Whether no reply is a yes without the wire field that a row reads: only in a yes a missing one counts.

    Not so for the parts of an object, which is there or not by them, and where a condition asks for the row.
    """
    response = next((each for each in site.around if isinstance(each, Response)), None)
    tree: CarrierTree = site.around[0]
    if response is None or not isinstance(site.node, Row) or site.node.to is None or _may_say_yes(tree):
        return False
    if site.node.when is not None or not _stands_alone(site.node):
        return False
    base = [name for each in site.around if isinstance(each, Row) for name in _wire(each.to or each.list_to)]
    path = ".".join([*base, *_wire(site.node.to)])
    yes = [row for row in response.outcome if row.result is not None and row.result.kind.value == "accepted"]
    return bool(yes) and all(path in _asked_for(row.when.source if row.when is not None else "") for row in yes)


def _stands_alone(row: Row) -> bool:
    """Whether a row is all that is told of its canonical field, and of the object it stands in."""
    names = [each.name for each in row.canonical.segments if not each.selectors]
    return len(names) == len(row.canonical.segments) and (len(names) == 1 or names[0] == "refs")


def _wire(path: Path | None) -> list[str]:
    return [f"{each.name}{each.selectors or ''}" for each in path.segments] if path is not None else []


def _may_say_yes(tree: CarrierTree) -> bool:
    """Whether a code of the carrier's errors means yes."""
    table = tree.carrier.errors
    results = (*(result for _, result in table.rows), table.other) if table is not None else ()
    return any(each is not None and each.kind.value == "accepted" for each in results)


def _asked_for(source: str) -> frozenset[str]:
    """The wire fields without which a condition does not hold."""
    try:
        tree = ast.parse(source.strip() or "None", mode="eval").body
    except SyntaxError:
        return frozenset()
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    return frozenset(path for part in parts for path in _held(part))


def _held(part: ast.expr) -> Iterator[str]:
    """The wire field that one part of a condition needs, if it needs one."""
    if isinstance(part, ast.Compare) and len(part.ops) == 1:
        wants_none = isinstance(part.comparators[0], ast.Constant) and part.comparators[0].value is None
        if isinstance(part.ops[0], ast.IsNot if wants_none else ast.Eq | ast.In):
            part = part.left
    words = ast.unparse(part).replace("'", '"')
    found = _PLAIN.fullmatch(words) or _CALLED.fullmatch(words)
    if found is not None:
        yield found[1]
    elif (first := _FIRST.fullmatch(words)) is not None:
        yield f"{first[1]}.0.{first[2]}"


def _frames(site: Site) -> Iterator[tuple[Any, Way]]:
    """The messages, rows and cases a row stands in, and the row, each with its canonical way from the first."""
    way: Way = ()
    for node in (*site.around, site.node):
        if isinstance(node, Row):
            way = (*way, *_way(node.canonical))
        if isinstance(node, Message | Row | Case):
            yield node, way


def _way(path: Path) -> Way:
    return tuple(f"{each.name}{each.selectors or ''}" for each in path.segments)


def _type(message: Any, site: Site) -> Any:
    """The canonical type a message speaks of."""
    file = next((each for each in site.around if hasattr(each, "steps")), None)
    try:
        if isinstance(message, Message) and message.of is not None:
            return struct_named(message.of.value)
    except NoSuchPath:
        return None
    return describe(OPERATIONS[file.name].request) if file is not None and file.name in OPERATIONS else None


def _is_required(of: Any, way: Way) -> bool:
    try:
        return resolve(of, way).required
    except (NoSuchPath, TypeError, KeyError):
        return False


def _shown(frames: tuple[tuple[Any, Way], ...], site: Site) -> Iterator[Way]:
    """The ways of fields that are there, or nothing is sent."""
    tree: CarrierTree = site.around[0]
    inner = [node for node, _ in frames]
    for (node, way), following in zip(frames, [*inner[1:], None], strict=True):
        if isinstance(node, Case):
            yield from ((*way, *_way(path)) for path, pattern in node.matches if pattern.kind != "absent")
        for row in node.rows if isinstance(node, Message) else ():
            if row is following:
                break
            if row.when is None and not row.cases and row.default is None and _missing(row, node, tree) == _REFUSES:
                yield (*way, *_way(row.canonical))


def _around(frames: tuple[tuple[Any, Way], ...]) -> Iterator[Way]:
    """The objects whose own rows a row stands among: without the object none of them is sent."""
    yield from (way for node, way in frames[:-1] if isinstance(node, Row) and node.to is not None and node.body)


def _is_read(site: Site) -> bool:
    """Whether a row is one that replies are read by."""
    tree: CarrierTree = site.around[0]
    shape = next((name for name, each in tree.carrier.shapes.items() if any(each is one for one in site.around)), None)
    if shape is None:
        return not site.sent
    replies = (*(step.response for file in tree.operations for step in file.steps), tree.carrier.callbacks)
    found: set[str] = set()
    left = list(_shapes_of((*replies, tree.statement)))
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _shapes_of(tree.carrier.shapes.get(name))
    return shape in found


def _shapes_of(found: Any) -> Iterator[str]:
    yield from (each.shape.value for each in nodes(found) if isinstance(each, Row | Case) and each.shape is not None)


def _missing(row: Row, message: Message, tree: CarrierTree) -> str:
    """What is done where a row's field is missing."""
    said = row.missing or message.missing or tree.carrier.defaults.get("missing")
    return str(getattr(said, "value", "") or "")
