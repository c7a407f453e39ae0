"""Messages and their rows against the model: every path, codec, shape, condition and constant of them."""

import re
from dataclasses import replace

from cli.mapping.checks.canonical import check_value, field_at, is_object, type_named
from cli.mapping.checks.cases import check_cases
from cli.mapping.checks.converters import check_list_form, check_row_codec
from cli.mapping.checks.expressions import check_expression, is_secret
from cli.mapping.checks.forgotten import check_constant
from cli.mapping.checks.makable import check_makable, check_parts
from cli.mapping.checks.numbers import check_numbers
from cli.mapping.checks.outcomes import check_item_outcome
from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.checks.wire_paths import check_written_once
from cli.mapping.flat import flatten
from cli.mapping.tree import Case, Codec, Expression, Message, Path, Row, Text
from gateway.catalogue.compiling.kinds import NOTHING, comparable, family, is_open, word
from gateway.catalogue.values import did_you_mean
from gateway.model.reflect import Field, Kind, ListType, StructType, UnionType
from gateway.wire.lists import ListPlan

SHAPES_DEEP_MAX = 30


def check_message(checking: Checking, message: Message, place: Place) -> None:
    """Everything a message says, in the place it stands in."""
    if place.side == "send":
        for send in message.send:
            if isinstance(send.value, Expression) and not is_secret(send.value):
                _sent(checking, send.value, place)
            check_constant(checking, send.value)
        check_written_once(checking, message)
    check_numbers(checking, message, place)
    for row in message.rows:
        _row(checking, row, place)
    if message.cases:
        _cases(checking, message.cases, message, place)
    check_item_outcome(checking, message, place)
    check_parts(checking, message, place)
    if place.side == "read":
        for path, expression in message.read:
            _read(checking, path, expression, place)
    for path, reason in message.ignore:
        field_at(checking, place, path)
        if not reason.value.strip():
            checking.say("E242", reason.mark, f"'{path.text}' is ignored without a reason")


# A text in quotes, and inside it what only an expression names.
_NAMED = r"\b(?:(?:req|item|up|wire|here|config|binding|step)\.|[a-z_]+\()"
_IN_QUOTES = re.compile(rf"""(["'])(?:(?!\1).)*{_NAMED}(?:(?!\1).)*\1""")
_NEEDS_CODEC = {"money": "money(yuan)", "date": "date(yyyyMMdd)", "datetime": "datetime(iso)", "object": "json"}


def _sent(checking: Checking, expression: Expression, place: Place) -> None:
    """An expression that is written as it is gives a text, a number, a flag, or a piece of the carrier's own JSON."""
    compiled = check_expression(checking, expression, place)
    if compiled is None or is_open(compiled.kind) or compiled.kind == NOTHING:
        return
    if _IN_QUOTES.fullmatch(expression.source):
        hint = "put the quotes of YAML around the whole value, = included"
        checking.say("W312", expression.mark, "this is a constant text that looks like an expression", hint)
    if (codec := _NEEDS_CODEC.get(family(compiled.kind))) is not None:
        hint = f'write encode(.., "{codec}")' if codec != "json" else "map it as a row"
        checking.say("E211", expression.mark, f"{word(compiled.kind)} does not stand on the wire as it is", hint)


def _row(checking: Checking, row: Row, place: Place) -> None:
    found = field_at(checking, place, row.canonical)
    if found is None:
        return
    if row.when is not None:
        item = found.type.item if row.list_to is not None and isinstance(found.type, ListType) else None
        where = place if item is None else place.inside(item, place.title)
        check_expression(checking, row.when, where, wanted="test", reply=True)
    if row.default is not None:
        _default(checking, row, found, place)
    if row.max_bytes is not None and place.wire.charset is None:
        hint = "add a charset layer"
        checking.say("E226", row.mark, "max_bytes counts bytes of a charset, and this wire names none", hint)
    if row.cases:
        _cases(checking, row.cases, row, _relative(place, row.canonical, found.type))
    if row.list_to is not None:
        _list_row(checking, row, found, place)
    elif row.shape is not None or row.body is not None:
        _object_row(checking, row, found, place)
    elif row.to is not None and not row.cases:
        _value_row(checking, row, found, place)


def _default(checking: Checking, row: Row, found: Field, place: Place) -> None:
    if isinstance(row.default, Text):
        check_value(checking, found, row.default)
    elif isinstance(row.default, Expression) and place.side == "send":
        compiled = check_expression(checking, row.default, place)
        if compiled is not None and not comparable(found.type, compiled.kind):
            message = f"'{row.canonical.text}' is {word(found.type)}, its default gives {word(compiled.kind)}"
            checking.say("E309", row.default.mark, message)


def _relative(place: Place, path: Path, kind: Kind) -> Place:
    return place if not path.segments and not path.anchor else place.below(kind)


def _value_row(checking: Checking, row: Row, found: Field, place: Place) -> None:
    if isinstance(found.type, ListType) and row.codec is None:
        hint = "write list: in place of to:, or say which item"
        checking.say("E216", row.mark, f"'{row.canonical.text}' is a list", hint)
        return
    check_row_codec(checking, row, found, place)


def _in_arrays(checking: Checking, row: Row, form: ListPlan, place: Place) -> None:
    """E473 for a field of an item that has no place in the arrays the items become."""
    inner = row.body if row.shape is None else checking.shapes.get(row.shape.value)
    if inner is not None and row.codec is not None and row.codec.name == "by":
        _keyed(checking, row.codec, form, inner, place)
    if inner is None or row.codec is None or row.codec.name not in ("positions", "bare"):
        return
    if not place.wire.json and not place.in_json:
        checking.say("E215", row.codec.mark, f"{row.codec.name}: only JSON has arrays in arrays", "around it as: json")
    names = {str(name).removesuffix("?") for name in form.arguments}
    for leaf in flatten(inner, checking.shapes):
        if leaf.wire_way and leaf.wire_way[0] not in names:
            hint = f"as: {row.codec.name}({';'.join(map(str, form.arguments))}) names every field of an item"
            checking.say("E473", leaf.mark, f"the array has no field '{leaf.wire_way[0]}'", hint)


def _keyed(checking: Checking, codec: Codec, form: ListPlan, inner: Message, place: Place) -> None:
    """E473 for items without the field they are keyed by, and for a field that has no place beside key and value."""
    leaves = flatten(inner, checking.shapes)
    ways = [tuple(leaf.wire_way) for leaf in leaves]
    names = tuple(map(str, form.arguments))
    alone = len(codec.arguments) == 2
    key = names[:1] if alone else names
    if place.side == "send" and key not in ways and not any(way and way[0][:1] in ("^", "/") for way in ways):
        hint = "name the wire field: question: { to: k } is keyed by(k)"
        checking.say("E473", codec.mark, f"no row of an item writes '{'.'.join(key)}', its key", hint)
    for leaf in leaves if alone else ():
        if leaf.wire_way and leaf.wire_way[0] not in names:
            hint = f"by({names[0]}) keys whole items"
            checking.say("E473", leaf.mark, f"a value under its key has no field '{leaf.wire_way[0]}'", hint)


def _list_row(checking: Checking, row: Row, found: Field, place: Place) -> None:
    if not isinstance(found.type, ListType):
        hint = "write to: in place of list:"
        checking.say("E216", row.mark, f"'{row.canonical.text}' is no list", hint)
        return
    if row.codec is not None:
        form = check_list_form(checking, row)
        if form is None:
            return
        _in_arrays(checking, row, form, place)
    if place.side == "send" and row.body is not None and row.body.outcome_mark is not None:
        checking.say("E470", row.body.outcome_mark, "outcome judges the items of a reply: a request has none")
    item = Field(row.canonical.text, row.canonical.text, found.type.item)
    if row.shape is not None or row.body is not None:
        inside = place.inside(item.type, place.title)
        in_json = place.in_json or (row.codec is not None and row.codec.name == "json")
        _inside(checking, row.shape, row.body, item, replace(inside, in_json=in_json, counted=True))
    elif is_object(item.type):
        hint = "write shape: or fields:"
        checking.say("E220", row.mark, f"the items of '{row.canonical.text}' are objects without rows", hint)
    else:
        check_row_codec(checking, replace(row, codec=None), item, place)


def _object_row(checking: Checking, row: Row, found: Field, place: Place) -> None:
    if isinstance(found.type, ListType):
        hint = "write list: in place of to:, or say which item"
        checking.say("E216", row.mark, f"'{row.canonical.text}' is a list", hint)
        return
    if row.codec is not None:
        hint = "an object that is a JSON text is named by a layer: json_text: { fields: [..] }"
        checking.say("E215", row.codec.mark, f"{row.codec.name} beside rows: the rows say what the object is", hint)
    is_here = not row.canonical.segments and not row.canonical.anchor
    # Rows beside the object's own open no new one for expressions: `item` is what a shape or list row is about.
    opened = place.inside(found.type, place.title) if row.shape is not None else place.below(found.type)
    where = place if is_here else opened
    _inside(checking, row.shape, row.body, found, where)


def _inside(checking: Checking, shape: Text | None, body: Message | None, found: Field, place: Place) -> None:
    """The message inside a row or case, whose object is `place.kind`."""
    if shape is not None:
        _shape(checking, shape, found, place)
    if body is not None:
        check_message(checking, body, place)
        # Rows about the object itself are a part of it, not another one to be made.
        if isinstance(place.kind, StructType) and place.item == place.kind and found.name != ".":
            check_makable(checking, body, place.kind, found.name, body.mark, place)


def _shape(checking: Checking, name: Text, found: Field, place: Place) -> None:
    message = checking.shapes.get(name.value)
    if message is None:
        hint = did_you_mean(name.value, checking.shapes)
        checking.say("E219", name.mark, f"no shape '{name.value}'", hint)
        return
    checking.shapes_used.add(name.value)
    kind = None if message.of is None else type_named(checking, message.of)
    if message.of is None and message.extends is None:
        checking.say("E202", message.mark, f"shape '{name.value}' does not say what it is of")
    if kind is None or name.value in checking.shapes_open:
        return
    if not _fits(kind, found.type):
        assert message.of is not None
        text = f"shape '{name.value}' is of {message.of.value}, but '{found.name}' is {_title(found.type)}"
        checking.say("E219", name.mark, text)
        return
    _enter(checking, message, name, _as_kind(place, kind, name.value))
    if isinstance(kind, StructType):
        check_makable(checking, message, kind, name.value, message.mark, place)


def _enter(checking: Checking, message: Message, name: Text, place: Place) -> None:
    """Check a shape once for each meaning it has, however often it is used."""
    if len(checking.shapes_open) >= SHAPES_DEEP_MAX:
        checking.say("E119", name.mark, f"shapes inside shapes, more than {SHAPES_DEEP_MAX} deep")
        return
    key = (name.value, *place.key)
    if key not in checking.shapes_done:
        checking.shapes_done.add(key)
        checking.shapes_open.append(name.value)
        check_message(checking, message, place)
        checking.shapes_open.pop()


def _as_kind(place: Place, kind: Kind, title: str) -> Place:
    """The same place, its object of the shape's own type (one member where the field is any of several)."""
    return replace(place, kind=kind, item=kind, title=title)


def _fits(kind: Kind, wanted: Kind) -> bool:
    if isinstance(wanted, UnionType):
        return isinstance(kind, UnionType) or kind in wanted.members.values()
    return kind is wanted


def _title(kind: Kind) -> str:
    if isinstance(kind, StructType):
        return f"{'an' if kind.name[0] in 'AEIOU' else 'a'} {kind.name}"
    return word(kind)


def _cases(checking: Checking, cases: tuple[Case, ...], owner: Row | Message, place: Place) -> None:
    prefix = owner.canonical.text if isinstance(owner, Row) and owner.canonical.text != "." else ""
    check_cases(checking, cases, owner.cases_mark or owner.mark, place, prefix)
    for case in cases:
        if case.list_to is not None:
            row = Row(case.mark, Path(".", case.mark), list_to=case.list_to, shape=case.shape, body=case.body)
            _list_row(checking, row, Field(prefix or ".", ".", place.kind), place)
        else:
            _inside(checking, case.shape, case.body, Field(prefix or ".", ".", place.kind), place)


def _read(checking: Checking, path: Path, expression: Expression, place: Place) -> None:
    found = field_at(checking, place, path)
    compiled = check_expression(checking, expression, place, reply=True)
    if found is not None and compiled is not None and not comparable(found.type, compiled.kind):
        message = f"'{path.text}' is {word(found.type)}, the expression gives {word(compiled.kind)}"
        checking.say("E309", expression.mark, message)
