"""List rows while sending: one wire element for every item, or one of the other forms of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cli.codegen.plan.code import Block, Line, Statement
from cli.codegen.plan.elements import has_number, key_text, list_target
from cli.codegen.plan.expressions import tested
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.merging import guarded
from cli.codegen.plan.policy import is_empty, is_needed
from cli.codegen.plan.source import Value, singular
from cli.codegen.plan.types import Type
from cli.mapping.named import names_item
from cli.mapping.paths import is_numbered
from cli.mapping.tree import Expression, Row
from gateway.wire.lists import ListPlan, plan_list

if TYPE_CHECKING:
    from cli.codegen.plan.sending import Sending


@dataclass(frozen=True, slots=True)
class Items:
    """The items of one list row: what is walked over, and how one of them becomes a wire element."""

    over: str
    one: str
    numbered: bool
    condition: str | None

    def comprehension(self, start: str = "1") -> str:
        """All elements, as a list."""
        chosen = f" if {self.condition}" if self.condition is not None else ""
        if not self.numbered:
            return f"[{self.one} for item in {self.over}{chosen}]"
        over = f"[item for item in {self.over}{chosen}]" if chosen else self.over
        return f"[{self.one} for n, item in enumerate({over}, {start})]"


def list_row(sending: Sending, row: Row) -> None:
    """One list row."""
    value = sending.source.read(row.canonical)
    if value.type.kind != "list" or value.type.item is None:
        raise Refused("E216", row.mark, f"'{row.canonical.text}' is no list: write to: in place of list:")
    condition = _row_condition(sending, row)
    if condition is not None and is_empty(row):
        # Not written at all where the row is not; an empty list is what stands for no item.
        branch: list[Statement] = []
        list_row(replace(sending, into=branch), replace(row, when=None))
        assert row.when is not None
        sending.say(*guarded((condition,), branch, sending.frame.tag(row.when.mark)))
        return
    items = _items(sending, row, value, value.type.item)
    tests = value.guards if condition is None else (*value.guards, condition)
    if value.type.nullable:
        tests = (*tests, f"{value.text} is not None")
    if is_needed(row):
        _need_items(sending, row, value, items, condition)
    if row.codec is not None:
        _formed(sending, row, items, tests, _plan(row))
    elif row.list_to is not None and (has_number(row.list_to) or row.list_to.text == "."):
        _numbered(sending, row, items, tests)
    else:
        _repeated(sending, row, value, items, tests)


def _need_items(sending: Sending, row: Row, value: Value, items: Items, condition: str | None) -> None:
    """`missing: error`: without an item that would be written nothing is sent."""
    chosen = f"[item for item in {value.text} if {items.condition}]" if items.condition else value.text
    there = replace(value, text=chosen).or_none()
    tests = sending.there if condition is None else (*sending.there, condition)
    tag = sending.frame.tag(row.mark)
    needed = Line(f"{sending.env.use('need')}(({there}) or None, {row.canonical.text!r})", tag)
    sending.say(*guarded(tests, [needed], tag))


def _plan(row: Row) -> ListPlan:
    assert row.codec is not None
    try:
        return plan_list(row.codec)
    except ValueError as fault:
        raise Refused("E212", row.codec.mark, str(fault)) from None


def _row_condition(sending: Sending, row: Row) -> str | None:
    """A `when` that does not speak of the items decides about the whole row."""
    if row.when is None or names_item(row.when):
        return None
    found = tested(sending.env, sending.frame, row.when, sending.scope)
    return None if found.speaks_of_reply else found.text


def _items(sending: Sending, row: Row, value: Value, item: Type) -> Items:
    condition = None
    if row.when is not None and names_item(row.when):
        condition = _filter(sending, row.when, item)
    one, numbered = sending.env.carrier.shapes.item_out(sending, row, item)
    return Items(value.text, one, numbered, condition)


def _filter(sending: Sending, when: Expression, item: Type) -> str:
    """The condition for one item; `item` is the element, `up` the object this message is about."""
    frame, scope = sending.frame, sending.scope
    counted, frame.counted = frame.counted, frame.counted | {"item", "up"}
    try:
        found = tested(sending.env, frame, when, scope.entered(item, scope.item or scope.request))
    finally:
        frame.counted = counted
    if re.search(r"\bup\b", found.text):
        frame.bind_up()
    return found.operand


def _repeated(sending: Sending, row: Row, value: Value, items: Items, tests: tuple[str, ...]) -> None:
    assert row.list_to is not None
    tag = sending.frame.tag(row.mark)
    owner, name, shared = list_target(sending.elements, row.list_to, sending.base)
    # What a shape has written under that name is gone on with, not replaced.
    shared = shared or name in owner.foreign or owner.is_foreign
    blank = row.missing is not None and row.missing.value == "blank"
    filler = f" or [{sending.env.carrier.shapes.item_blank(row)}]" if blank else ""
    if shared:
        holder = sending.elements.list_of(owner, name)
        text = items.comprehension(f"len({holder}) + 1")
        statement = Line(f"{holder} += {f'({text}{filler})' if filler else text}", tag)
        sending.say(*guarded(tests, [statement], tag))
        return
    target = f"{owner.var}[{name!r}]"
    if is_empty(row):
        sending.elements.mark_certain(owner)
        made = items.comprehension()
        text = f"{made} if {' and '.join(tests)} else []" if tests else made
        sending.say(Line(f"{target} = {text}", tag))
        return
    if filler:
        sending.elements.mark_certain(owner)
        sending.say(*guarded(tests, [Line(f"{target} = {items.comprehension()}{filler}", tag)], tag))
    elif items.condition is None:
        sending.say(*guarded((*tests, items.over), [Line(f"{target} = {items.comprehension()}", tag)], tag))
    else:
        found = sending.frame.locals.new(f"{singular(value.name)}_list")
        test = f"({found} := {items.comprehension()})"
        sending.say(*guarded((*tests, test), [Line(f"{target} = {found}", tag)], tag))


def _formed(sending: Sending, row: Row, items: Items, tests: tuple[str, ...], plan: ListPlan) -> None:
    tag = sending.frame.tag(row.mark)
    assert row.list_to is not None
    arguments = "".join(f", {argument!r}" for argument in plan.arguments)
    made = items.comprehension()
    if items.condition is None:
        tests = (*tests, items.over)
    else:
        # None may be left of the items: then there is nothing to write, not even an empty form.
        found = sending.frame.locals.new("chosen")
        tests, made = (*tests, f"({found} := {made})"), found
    sent = f"{sending.env.use(plan.send)}({made}{arguments})"
    if plan.spread:
        base = sending.base if row.list_to.text == "." else sending.elements.element(row.list_to, sending.base)
        sending.say(*guarded(tests, [Line(f"{base.var}.update({sent})", tag)], tag))
        return
    if row.list_to.text == ".":
        message = f"'{row.canonical.text}': a list as {row.codec.name if row.codec else 'one'} needs a field of its own"
        hint = f"one item into the element here: {row.canonical.text}.0: {{ to: ., fields: .. }}"
        raise Refused("E230", row.list_to.mark, message, hint)
    place = sending.place(row.list_to)
    if is_empty(row):
        none = f"{sending.env.use(plan.send)}([]{arguments})"
        sending.write(place, f"{sent} if {' and '.join(tests)} else {none}", tag, certain=True)
        return
    sending.say(*guarded(tests, [Line(f"{place.text} = {sent}", tag)], tag))


def _numbered(sending: Sending, row: Row, items: Items, tests: tuple[str, ...]) -> None:
    """`{n}` in the path: the fields of item 1, 2, ... under names of their own."""
    assert row.list_to is not None
    tag = sending.frame.tag(row.mark)
    if row.list_to.text == ".":
        names = sending.env.carrier.shapes.item_names(row)
        if all(map(is_numbered, names)):
            body = Line(f"{sending.base.var}.update({items.one})", tag)
        else:
            # The numbered names stand deeper: what is there already is united with them, not replaced.
            body = Line(f"{sending.env.use('unite')}({sending.base.var}, {items.one})", tag)
    else:
        owner = sending.elements.owner(row.list_to, sending.base)
        body = Line(f"{owner.var}[{key_text(row.list_to.segments[-1].name)}] = {items.one}", tag)
    over = items.over if items.condition is None else f"[item for item in {items.over} if {items.condition}]"
    sending.say(*guarded(tests, [Block(f"for n, item in enumerate({over}, 1)", [body], tag)], tag))
