"""Lists of the whole result that stand inside its elements (`/beneficiaries` in `insureds`): gathered from all of them.

An item is read by a function of its own, which fills the item alone. What its rows give to the whole result is read by
a second function, one for each such list, out of the same elements.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cli.codegen.plan import lists_in
from cli.codegen.plan.code import Block, Function, Line, Statement, Try
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.lists_in import inside
from cli.codegen.plan.mapped import PARAMETERS, Mapped, added, free_name, parameter
from cli.codegen.plan.merging import merged
from cli.codegen.plan.names import Locals, snake
from cli.codegen.plan.source import singular
from cli.codegen.plan.targets import Target, Targets
from cli.codegen.plan.types import Type
from cli.codegen.plan.wires import Node, Wires
from cli.mapping.tree import Message, Path, Row

if TYPE_CHECKING:
    from cli.codegen.plan.reading import Reading
    from cli.codegen.plan.shapes import Shapes


def is_gathered(reading: Reading, row: Row) -> bool:
    """Whether a row inside an element fills a list of the whole result; anything else of the whole is refused there."""
    if row.canonical.anchor != "/" or reading.frame.is_result:
        return False
    if row.list_to is None or reading.into is not None:
        hint = "of the whole result an item fills lists alone, by a list row that stands in no case"
        raise Refused("E203", row.mark, f"'{row.canonical.text}' cannot be read inside an item or a shape", hint)
    return True


def gather_below(reading: Reading, row: Row, kind: Type) -> None:
    """The lists of the whole result that one object holds, read by a shape."""
    if _lists(inside(row, reading.env.carrier.shapes), reading.env.carrier.shapes):
        gather(reading, row, _object(reading, row), kind)


def gather(reading: Reading, row: Row, walked: str, kind: Type) -> None:
    """What the elements that a row of the result walks over hold of its other lists."""
    if not reading.frame.is_result:
        return
    message, shapes = inside(row, reading.env.carrier.shapes), reading.env.carrier.shapes
    for path in _lists(message, shapes):
        assert message is not None
        target = reading.targets.at(path, reading.targets.root)
        mapped = _function(reading, message, path, kind, target.type)
        name = _extended(reading, row, walked, mapped, target.type)
        lists_in.fill_list(reading, row, target, f"tuple({name})", filters=True)
        reading.frame.gathered.add(target.name)


def _lists(message: Message | None, shapes: Shapes, seen: tuple[str, ...] = ()) -> list[Path]:
    """The lists of the whole result that the rows of an element fill, however deep below it; each once."""
    found: dict[str, Path] = {}
    for row in message.rows if message is not None else ():
        if row.canonical.anchor == "/" and row.list_to is not None:
            found.setdefault(row.canonical.text, row.canonical)
        if row.shape is None or row.shape.value not in seen:
            deeper = seen if row.shape is None else (*seen, row.shape.value)
            found |= {path.text: path for path in _lists(inside(row, shapes), shapes, deeper)}
    return list(found.values())


def _function(reading: Reading, message: Message, path: Path, kind: Type, whole: Type) -> Mapped:
    """The function that reads the items of one list of the whole result out of an element that holds some."""
    env = reading.env
    frame = Frame(env.module, Locals(("w", "v", "found", "one")), parameters={"w"}, mark=message.mark)
    targets, wires = Targets(env, frame, Target(kind.required(), "it")), Wires(env, frame, Node("w"))
    scope = reading.scope.entered(kind.required(), None)
    here = replace(reading, frame=frame, wires=wires, targets=targets, scope=scope, into=None)
    here.base, here.target = wires.root, targets.root
    names = list(_read(here, message, path, whole))
    frame.say(Line(f"return {names[0]}" if len(names) == 1 else f"return [*{', *'.join(names)}]"))
    parameters = [f"w: {env.use('Wire')}"]
    parameters += [parameter(env, name, scope) for name in PARAMETERS if name in frame.uses]
    doc = "The items of a list of the whole result that one element below it holds."
    name = free_name(env, singular(snake(path.text)), "_inside")
    function = Function(name, parameters, _list_of(reading, whole), merged(frame.body), doc)
    return Mapped(added(env.module, function), env.module.name, frozenset(frame.uses))


def _list_of(reading: Reading, whole: Type) -> str:
    assert whole.item is not None
    return f"list[{whole.item.required().python(reading.env.module.imports)}]"


def _read(here: Reading, message: Message, path: Path, whole: Type) -> Iterator[str]:
    """The variables with what an element holds: by its own rows, and by those of what stands inside it."""
    shapes = here.env.carrier.shapes
    for row in message.rows:
        if row.canonical.text == path.text and row.list_to is not None:
            told = {field: name for field, above in _as_above(row).items() if (name := _told(here, message, above))}
            yield lists_in.items_read(here, row, Target(whole, singular(snake(path.text))), told)
        elif all(each.text != path.text for each in _lists(inside(row, shapes), shapes)):
            continue
        elif row.shape is None and row.list_to is None and row.body is not None:
            base = here.base if row.to is None or row.to.text == "." else here.wires.node(row.to, here.base)
            yield from _read(replace(here, base=base, target=_target(here, row)), row.body, path, whole)
        else:
            yield _deeper(here, row, path, whole)


def _target(here: Reading, row: Row) -> Target:
    return here.target if row.canonical.text == "." else here.targets.at(row.canonical, here.target)


def _deeper(here: Reading, row: Row, path: Path, whole: Type) -> str:
    """The variable with the items that stand one element further down."""
    message, kind = inside(row, here.env.carrier.shapes), _target(here, row).type
    walked = _object(here, row) if row.list_to is None else lists_in.walked(here, row, row.list_to)
    item = kind if row.list_to is None else kind.item
    assert message is not None
    assert item is not None
    return _extended(here, row, walked, _function(here, message, path, item, whole), whole)


def _object(reading: Reading, row: Row) -> str:
    """The one element of a row for an object, as something to walk over."""
    if row.to is None or row.to.text == ".":
        return f"({reading.base.var},)"
    return f"{reading.env.use('each')}({reading.wires.raw(row.to, reading.base)})"


def _extended(reading: Reading, row: Row, walked: str, mapped: Mapped, whole: Type) -> str:
    """A variable with what a function finds in each of several elements; one that cannot be read costs only itself."""
    frame, tag = reading.frame, reading.frame.tag(row.mark)
    path = row.list_to or row.to
    owner = reading.base if path is None or not path.segments else reading.wires.owner(path, reading.base)
    name = frame.locals.new(f"{snake(mapped.function.name)}_read")
    frame.uses.add("problems")
    counted, frame.counted = frame.counted, {"n"}
    call = reading.env.carrier.shapes.called_in(reading, mapped, "one", owner, "")
    frame.counted = counted
    frame.say(Line(f"{name}: {_list_of(reading, whole)} = []"))
    noted: list[Statement] = [Line(f"{reading.env.use('note')}(problems, error)")]
    kept = Try([Line(f"{name} += {call}", tag)], "Exception as error", noted)
    reading.say(Block(_head(walked, mapped, row), [kept], tag))
    return name


def _head(walked: str, mapped: Mapped, row: Row) -> str:
    """The head of the loop over the elements, with their number where it is asked for."""
    flat = row.codec is None and row.list_to is not None and row.list_to.text == "."
    if "n" not in mapped.uses:
        return f"for {'_, one' if flat else 'one'} in {walked}"
    return f"for n, one in {walked if flat else f'enumerate({walked}, 1)'}"


def _as_above(row: Row) -> dict[str, str]:
    """The fields of an item that its filter compares with the object around, each with the field it equals there."""
    if row.when is None:
        return {}
    tree = ast.parse(row.when.source.strip(), mode="eval").body
    found: dict[str, str] = {}
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        if isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.Eq):
            sides = dict(filter(None, (_field(part.left), _field(part.comparators[0]))))
            found |= {sides["item"]: sides["up"]} if set(sides) == {"item", "up"} else {}
    return found


def _field(node: ast.expr) -> tuple[str, str] | None:
    is_field = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return (node.value.id, node.attr) if is_field else None  # type: ignore[attr-defined]


def _told(here: Reading, message: Message, field: str) -> str | None:
    """The variable with a field of the object around, as its own row reads it; None where no plain row does."""
    rows = [row for row in message.rows if row.canonical.text == field and row.to is not None]
    if not rows or rows[0].cases or rows[0].body is not None or rows[0].shape is not None:
        return None
    target = here.targets.at(rows[0].canonical, here.target)
    if not target.is_leaf:
        here.row(rows[0])
    if not (target.text or "").isidentifier():
        here.targets.hold(target)
    return target.text
