"""List rows while reading: every wire element becomes one item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.codegen.plan.code import Block, Line, Try
from cli.codegen.plan.elements import has_number, wire_names
from cli.codegen.plan.filters import implied
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.mapped import plain_row, value_row
from cli.codegen.plan.merging import guarded
from cli.codegen.plan.names import snake
from cli.codegen.plan.prescan import numbered_paths
from cli.codegen.plan.targets import Target
from cli.codegen.plan.values import converter
from cli.mapping.named import names_item
from cli.mapping.tree import Message, Path, Row
from gateway.wire.lists import plan_list

if TYPE_CHECKING:
    from cli.codegen.plan.reading import Reading
    from cli.codegen.plan.shapes import Shapes
    from cli.codegen.plan.types import Type


def names_element(row: Row) -> bool:
    """Whether a list row's `when` chooses items of the request, which reading does not look at."""
    return row.list_to is not None and row.when is not None and names_item(row.when)


def inside(row: Row, shapes: Shapes) -> Message | None:
    """The rows of a row's own element."""
    return shapes.message(row.shape) if row.shape is not None else row.body


def list_row(reading: Reading, row: Row, condition: str | None) -> tuple[str, Type]:
    """One list row; rows that filter follow one another, of the others the first that finds something counts.

    Gives what its elements are walked over by, and the type of an item.
    """
    assert row.list_to is not None
    target = reading.targets.at(row.canonical, reading.target)
    if target.type.kind != "list" or target.type.item is None:
        raise Refused("E216", row.mark, f"'{row.canonical.text}' is no list: write to: in place of list:")
    way, one, real = _elements(reading, row, target.type.item)
    message = inside(row, reading.env.carrier.shapes)
    if not (message is not None and message.outcome) and not _whole_or_nothing(reading):
        text = f"tuple({_readable(reading, row, target, _restricted(way, real, condition), one)})"
    else:
        text = f"tuple([{one} for {way.names} in {way.over}{real}])"
        text = f"{text} if {condition} else ()" if condition is not None else text
    beside = target.name in reading.frame.gathered or bool(_selectors(row.list_to))
    fill_list(reading, row, target, text, filters=names_element(row) or beside)
    return way.walked, target.type.item


@dataclass(frozen=True, slots=True)
class _Way:
    """How elements are walked over: `over` counts them where their number is asked for, `names` are the loop's."""

    walked: str
    over: str
    names: str


def _elements(reading: Reading, row: Row, item: Type) -> tuple[_Way, str, str]:
    """The elements of a list row, how one becomes an item, and the test that it is no record of blanks."""
    assert row.list_to is not None
    over = walked(reading, row, row.list_to)
    one, counted = reading.env.carrier.shapes.item_in(reading, row, item, implied(row))
    message = inside(row, reading.env.carrier.shapes)
    if message is not None and not reading.env.json and _has_text(message):
        over = f"{reading.env.use('elements_of')}({over})"
    flat = row.codec is None and row.list_to.text == "."
    way = _Way(over, f"enumerate({over}, 1)" if counted and not flat else over, "n, one" if counted else "one")
    real = ""
    if row.missing is not None and row.missing.value == "blank":
        blank = reading.env.carrier.shapes.item_blank(row)
        real = f" if not {reading.env.use('is_filler')}(one, {'{}' if blank[:1] != '{' else blank})"
    return way, one, real


def _restricted(way: _Way, real: str, condition: str | None) -> str:
    """The head of the loop over what is really there."""
    over = f"[{f'({way.names})' if ',' in way.names else way.names} for {way.names} in {way.over}{real}]"
    over = over if real else way.over
    return f"for {way.names} in {f'({over} if {condition} else ())' if condition is not None else over}"


def items_read(reading: Reading, row: Row, target: Target, told: dict[str, str]) -> str:
    """The variable with the items of a row that stands inside an element, each with what the element tells of it."""
    assert target.type.item is not None
    way, one, real = _elements(reading, row, target.type.item)
    if told:
        said = "".join(f", {name}={text}" for name, text in told.items())
        one = f"{reading.env.use('told_above')}({one}{said})"
    return _readable(reading, row, target, _restricted(way, real, reading.condition(row)), one)


def _whole_or_nothing(reading: Reading) -> bool:
    """Whether what cannot be read may cost all: a line of a statement is a fault or a record, never half of one."""
    return reading.env.module.name == "statement"


def _readable(reading: Reading, row: Row, target: Target, head: str, one: str) -> str:
    """The elements of a list, in an item as well, in a variable: one that cannot be read is a problem, and left out."""
    frame, env, tag = reading.frame, reading.env, reading.frame.tag(row.mark)
    frame.uses.add("problems")
    assert target.type.item is not None
    name = frame.locals.new(f"{snake(target.name)}_read")
    frame.say(Line(f"{name}: list[{target.type.item.required().python(env.module.imports)}] = []"))
    kept = Try(
        [Line(f"{name}.append({one})", tag)],
        "Exception as error",
        [Line(f"{env.use('note')}(problems, error)")],
    )
    reading.say(Block(head, [kept], tag))
    return name


def plain_item(reading: Reading, message: Message, item: Type) -> str | None:
    """How an element becomes a plain value: it is the value, or an object that holds it; None for items with fields."""
    row = value_row(message)
    if row is None or row.to is None:
        return None
    value = "one"
    if row.to.text != ".":
        names = ", ".join(map(repr, wire_names(row.to.text)))
        value = f"{reading.env.use('require')}({reading.env.use('dig')}(one, {names}), {row.to.text!r})"
    return converter(reading.env, row.codec, item, row.mark).read_value(value)


def _has_text(message: Message) -> bool:
    """Whether a row reads the text of the element itself, beside its attributes."""
    texts = [row for row in message.rows if row.to is not None and row.to.text == "." and not (row.body or row.shape)]
    return bool(texts) and plain_row(message) is None


def _selectors(path: Path) -> bool:
    return bool(path.segments) and bool(path.segments[-1].selectors)


def walked(reading: Reading, row: Row, path: Path) -> str:
    """What is walked over: elements of the wire, or the items a form of a list hides."""
    if row.codec is not None:
        try:
            plan = plan_list(row.codec)
        except ValueError as fault:
            raise Refused("E212", row.codec.mark, str(fault)) from None
        raw = reading.base.var if path.text == "." else reading.wires.raw(path, reading.base)
        # Other fields may stand beside the columns: only those of the items are theirs.
        columns = sorted(reading.env.carrier.shapes.item_names(row)) if plan.spread else []
        arguments = "".join(f", {argument!r}" for argument in (*plan.arguments, *columns))
        return f"{reading.env.use(plan.read)}({raw}{arguments})"
    if path.text == ".":
        message = reading.env.carrier.shapes.message(row.shape) if row.shape is not None else row.body
        paths = sorted(numbered_paths(message, reading.env.carrier.shapes)) if message is not None else []
        if not paths:
            hint = "put {n} into the names of its fields"
            raise Refused("E241", row.mark, "a list in the element itself needs fields that are numbered", hint)
        templates = "".join(f", {tuple(map(reading.wires.local, names))!r}" for names in paths)
        return f"{reading.env.use('numbered_fields_in')}({reading.base.var}{templates})"
    if has_number(path):
        owner = reading.wires.owner(path, reading.base)
        name = path.segments[-1].name
        start = 0 if "{n0}" in name else 1
        template = name.replace("{n0}", "{}").replace("{n}", "{}")
        return f"{reading.env.use('numbered_in')}({owner.var}, {template!r}, {start})"
    return reading.wires.items(path, reading.base)


def fill_list(reading: Reading, row: Row, target: Target, text: str, *, filters: bool) -> None:
    tag = reading.frame.tag(row.mark)
    if not target.is_leaf:
        reading.fill(target, text, nullable=False, tag=tag, wire=row.list_to.text if row.list_to else "")
        return
    if not (target.text or "").isidentifier():
        reading.targets.hold(target)
    if filters:
        reading.say(Line(f"{target.text} += {text}", tag))
    else:
        reading.say(*guarded((f"not {target.text}",), [Line(f"{target.text} = {text}", tag)], tag))
