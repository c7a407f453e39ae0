"""Shapes and inline messages as functions: one for each use that needs code of its own, shared by all that do not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cli.codegen.plan.choosing import chooses
from cli.codegen.plan.code import Call, Function, Line, Statement, texts_of
from cli.codegen.plan.elements import Element, Elements, selected
from cli.codegen.plan.environment import Carrier, Environment
from cli.codegen.plan.expressions import Scope
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.items import judged
from cli.codegen.plan.known import names_here
from cli.codegen.plan.lists_in import plain_item
from cli.codegen.plan.mapped import PARAMETERS, Mapped, added, free_name, parameter, plain_row
from cli.codegen.plan.merging import merged, opened
from cli.codegen.plan.names import Locals, snake
from cli.codegen.plan.prescan import blank_text, first_names, repeated_targets, shared_lists, source_facts
from cli.codegen.plan.source import Source, singular
from cli.codegen.plan.targets import Target, Targets
from cli.codegen.plan.types import Type, canonical_type, constant_of
from cli.codegen.plan.values import converter
from cli.codegen.plan.wires import Node, Wires
from cli.mapping.extending import extended
from cli.mapping.paths import is_numbered
from cli.mapping.tree import Message, Path, Row, Text

if TYPE_CHECKING:
    from cli.codegen.plan.reading import Reading
    from cli.codegen.plan.sending import Sending


@dataclass(slots=True)
class Shapes:
    """Every mapping function of a carrier, planned when it is first called."""

    carrier: Carrier
    home: Environment
    known: dict[tuple[str, ...], Mapped] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def message(self, shape: Text) -> Message:
        """The shape of that name, its `extends` resolved."""
        return self._message(shape, ())

    def _message(self, shape: Text, seen: tuple[str, ...]) -> Message:
        found = self.carrier.tree.carrier.shapes.get(shape.value)
        if found is None:
            known = ", ".join(sorted(self.carrier.tree.carrier.shapes)) or "none"
            raise Refused("E217", shape.mark, f"no shape '{shape.value}'; shapes: {known}")
        if shape.value in seen:
            raise Refused("E218", shape.mark, f"shape '{shape.value}' extends itself")
        if found.extends is None:
            return found
        return extended(self._message(found.extends, (*seen, shape.value)), found)

    def home_of(self, env: Environment) -> Environment:
        """The module a shape's function lives in: `carrier.py`, unless an operation speaks another wire."""
        return self.home if env.wire == self.home.wire else env

    @property
    def home_in(self) -> Environment:
        """The module of the reading halves: replies may be in another format than what is sent."""
        return Environment(self.carrier, self.home.module, self.carrier.reply_wire)

    # --- sending ---

    def call_out(self, sending: Sending, shape: Text, source: Source, base: Element) -> str:
        """A call of a shape's writing half for one object."""
        mapped = self._shape_out(sending, shape, source.type, sending.scope.item or sending.scope.request)
        return self._call(sending, mapped, source.text, base)

    def _call(self, sending: Sending, mapped: Mapped, first: str, base: Element) -> str:
        frame, env = sending.frame, sending.env
        if mapped.module != env.module.name:
            env.module.imports.add(f"{self.carrier.package}.carrier", mapped.function.name)
        arguments = {}
        for name in mapped.uses:
            if name == "up":
                # Inside a comprehension `item` is the element: the object around it needs a name of its own.
                arguments[name] = sending.frame.bind_up() if first == "item" else sending.frame.own
            elif name == "above":
                arguments[name] = base.var
            elif name == "wire":
                arguments[name] = sending.elements.top().var
            elif name not in frame.counted and name not in frame.parameters:
                frame.uses.add(name)
        return mapped.call(first, arguments)

    def _shape_out(self, sending: Sending, shape: Text, kind: Type, around: Type | None) -> Mapped:
        home = self.home_of(sending.env)
        message = self.message(shape)
        wanted = canonical_type(message.of.value, message.of.mark) if message.of is not None else kind
        if wanted.cls is not kind.cls or wanted.variants != kind.variants:
            raise Refused("E219", shape.mark, f"shape '{shape.value}' is of {wanted.name}, the field is a {kind.name}")
        scope = sending.scope.entered(kind.required(), around)
        key = (home.module.name, shape.value, "out", around.name if around else "", *scope.ways)
        anywhere = (home.module.name, shape.value, "out", "*")
        mapped = self.known.get(key) or self.known.get(anywhere)
        if mapped is None:
            name = f"{snake(shape.value)}_out"
            if any(other.function.name == name and other.module == home.module.name for other in self.known.values()):
                name = f"{snake(shape.value)}_of_{snake(around.name if around else 'message')}_out"
            mapped = self._planned(home, shape, name, message, kind, scope)
            # Only a shape that speaks of the object around it needs a function for each kind of it.
            self.known[key if "up" in mapped.uses else anywhere] = mapped
        self._agree(mapped, sending.scope, shape)
        return mapped

    def _agree(self, mapped: Mapped, scope: Scope, shape: Text) -> None:
        """A shape that speaks of the request must mean the same thing in every request that uses it."""
        if "req" not in mapped.uses or scope.request is None or scope.request.name in mapped.requests:
            return
        mapped.requests.add(scope.request.name)
        module = self.carrier.modules[mapped.module]
        module.imports.add("gateway.model", scope.request.name)
        annotation = "req: " + " | ".join(sorted(mapped.requests))
        parameters = mapped.function.parameters
        parameters[:] = [annotation if text.startswith("req:") else text for text in parameters]

    def _planned(self, home: Environment, shape: Text, name: str, message: Message, kind: Type, scope: Scope) -> Mapped:
        if shape.value in self.open:
            raise Refused("E218", shape.mark, f"shape '{shape.value}' stands inside itself")
        self.open.append(shape.value)
        try:
            doc = f"{kind.name} as the carrier's `{shape.value}`." if shape.value.isidentifier() else ""
            return self.function_out(home, name, message, kind, scope, doc=doc)
        finally:
            self.open.pop()

    def function_out(
        self,
        env: Environment,
        name: str,
        message: Message,
        kind: Type,
        scope: Scope,
        *,
        doc: str = "",
        start: str = "{}",
    ) -> Mapped:
        """A function that writes one object into a wire element of its own."""
        from cli.codegen.plan.sending import Sending  # noqa: PLC0415 - rows hold shapes, shapes hold rows

        frame = Frame(env.module, Locals(("item",)), parameters={"item"})
        root = Element("out")
        elements = Elements(frame, root, shared=shared_lists(message, self))
        covered, positions = source_facts(message)
        source = Source(
            frame,
            "item",
            kind.required(),
            request=scope.request,
            around=scope.around,
            outside=scope.outside,
            covered=covered,
            positions=positions,
        )
        sending = Sending(env, frame, elements, source, root, scope, self.carrier.missing)
        frame.say(Line(f"out: Wire = {start}"))
        sending.message(message)
        body = opened(merged([*frame.body, *sending.late, *elements.pruned()]))
        _note_context(frame, body, scope)
        function = Function(name, self._parameters(env, frame, kind, scope), "Wire", [*body, Line("return out")], doc)
        env.module.imports.add("gateway.wire", "Wire")
        function = added(env.module, function)
        requests = {scope.request.name} if scope.request is not None and "req" in frame.uses else set()
        return Mapped(function, env.module.name, frozenset(frame.uses), requests)

    def _parameters(self, env: Environment, frame: Frame, kind: Type, scope: Scope) -> list[str]:
        imports = env.module.imports
        texts = [f"item: {kind.required().python(imports)}"]
        return texts + [parameter(env, name, scope) for name in PARAMETERS if name in frame.uses]

    # --- the items of a list ---

    def item_out(self, sending: Sending, row: Row, item: Type) -> tuple[str, bool]:
        """How one item of a list row becomes a wire element, and whether it needs its number."""
        assert row.list_to is not None
        selectors = row.list_to.segments[-1].selectors if row.list_to.segments else ()
        start = selected(selectors)
        if row.shape is not None:
            mapped = self._shape_out(sending, row.shape, item, sending.scope.item or sending.scope.request)
            one = self._item_call(sending, mapped, row.list_to)
            text = f"{start} | {one}" if selectors else one
            return text, "n" in mapped.uses or is_numbered(row.list_to.text)
        if row.body is None:
            if item.kind in ("struct", "map"):
                raise Refused("E215", row.mark, f"'{row.canonical.text}': its items need shape: or fields:")
            return converter(sending.env, None, item, row.mark).send("item"), False
        if (plain := plain_row(row.body)) is not None:
            return self._plain_item(sending, plain, item), False
        name = free_name(sending.env, singular(snake(row.canonical.text)), "_out")
        scope = sending.scope.entered(item.required(), sending.scope.item or sending.scope.request)
        mapped = self.function_out(sending.env, name, row.body, item, scope, start=start)
        return self._item_call(sending, mapped, row.list_to), "n" in mapped.uses or is_numbered(row.list_to.text)

    def _item_call(self, sending: Sending, mapped: Mapped, path: Path) -> str:
        base = sending.elements.owner(path, sending.base) if path.segments else sending.base
        counted = sending.frame.counted
        sending.frame.counted = {"n"}
        try:
            call = self._call(sending, mapped, "item", base)
        finally:
            sending.frame.counted = counted
        return call

    def _plain_item(self, sending: Sending, row: Row, item: Type) -> str:
        if row.canonical.text == ".":
            return converter(sending.env, row.codec, item, row.mark).send("item")
        source = Source(sending.frame, "item", item.required())
        if len(row.canonical.segments) != 1 or row.canonical.segments[0].selectors:
            raise Refused("E236", row.mark, "a list of plain values takes one field of each item")
        value = source.read(row.canonical)
        return sending.sent(row, replace(value, type=value.type.required()), value.text)

    # --- reading ---

    def call_in(
        self, reading: Reading, shape: Text, kind: Type, element: str, owner: Node, way: tuple[str, ...]
    ) -> str:
        """A call of a shape's reading half for one element."""
        mapped = self._shape_in(reading, shape, kind)
        return self.called_in(reading, mapped, element, owner, f"{'.'.join(way)}.")

    def called_in(self, reading: Reading, mapped: Mapped, element: str, owner: Node, at: str) -> str:
        """A call of a reading function for one element."""
        frame, env = reading.frame, reading.env
        if mapped.module != env.module.name:
            env.module.imports.add(f"{self.carrier.package}.carrier", mapped.function.name)
        arguments = {}
        for name in mapped.uses:
            if name == "above":
                arguments[name] = owner.var
            elif name == "wire":
                arguments[name] = reading.wires.top().var
            elif name == "at":
                arguments[name] = repr(at) if frame.is_result else f"at + {at!r}"
                frame.uses |= set() if frame.is_result else {"at"}
            elif name not in frame.counted and name not in frame.parameters:
                frame.uses.add(name)
        return mapped.call(element, arguments)

    def _shape_in(self, reading: Reading, shape: Text, kind: Type) -> Mapped:
        home = self.home_in if reading.env.wire == self.home_in.wire else reading.env
        message = self.message(shape)
        wanted = canonical_type(message.of.value, message.of.mark) if message.of is not None else kind
        if wanted.cls is not kind.cls or wanted.variants != kind.variants:
            raise Refused("E219", shape.mark, f"shape '{shape.value}' is of {wanted.name}, the field is a {kind.name}")
        key = (home.module.name, shape.value, "in")
        if (mapped := self.known.get(key)) is None:
            if shape.value in self.open:
                raise Refused("E218", shape.mark, f"shape '{shape.value}' stands inside itself")
            self.open.append(shape.value)
            try:
                scope = reading.scope.entered(kind.required(), None)
                doc = f"The carrier's `{shape.value}` as {kind.name}." if shape.value.isidentifier() else ""
                mapped = self.function_in(home, f"{snake(shape.value)}_in", message, kind, scope, {}, doc=doc)
            finally:
                self.open.pop()
            self.known[key] = mapped
        self._agree(mapped, reading.scope, shape)
        return mapped

    def function_in(
        self,
        env: Environment,
        name: str,
        message: Message,
        kind: Type,
        scope: Scope,
        fixed: dict[str, str],
        *,
        doc: str = "",
    ) -> Mapped:
        """A function that reads one object out of a wire element of its own."""
        frame = Frame(env.module, Locals(("w", "v", "found", "one")), parameters={"w"}, mark=message.mark)
        root = Target(kind.required(), "it")
        root.fixed = {
            field: constant_of(kind.fields[field], value, message.mark, env.module.imports)
            for field, value in fixed.items()
            if field in kind.fields
        }
        targets = Targets(env, frame, root)
        if message.outcome:
            judged(self, env, frame, targets, name, message, scope)
        else:
            self.rows_in(env, frame, targets, message, scope)
            self._return(env, frame, targets)
        _note_context(frame, frame.body, scope)
        imports = env.module.imports
        parameters = [f"w: {imports.add('gateway.wire', 'Wire')}"]
        parameters += [parameter(env, text, scope) for text in PARAMETERS if text in frame.uses]
        returns = kind.required().python(imports)
        function = added(env.module, Function(name, parameters, returns, merged(frame.body), doc))
        requests = {scope.request.name} if scope.request is not None and "req" in frame.uses else set()
        return Mapped(function, env.module.name, frozenset(frame.uses), requests)

    def rows_in(self, env: Environment, frame: Frame, targets: Targets, message: Message, scope: Scope) -> None:
        """The rows that read one wire element into a function's object."""
        from cli.codegen.plan.reading import Reading  # noqa: PLC0415 - rows hold shapes, shapes hold rows

        frame.repeated = repeated_targets(message)
        wires = Wires(env, frame, Node("w"))
        reading = Reading(env, frame, wires, targets, wires.root, targets.root, scope, self.carrier.missing)
        reading.message(message)
        for fixed in targets.root.fixed:
            targets.root.fields.pop(fixed, None)

    def _return(self, env: Environment, frame: Frame, targets: Targets) -> None:
        targets.ready()
        root = targets.root
        cls = targets.class_of(root)
        arguments = targets.arguments(root, strict=True)
        frame.say(Call(f"return {cls}(", arguments))

    def item_in(self, reading: Reading, row: Row, item: Type, fixed: dict[str, str]) -> tuple[str, bool]:
        """How one wire element becomes an item of a list row, and whether it needs its number."""
        assert row.list_to is not None
        if row.shape is not None:
            mapped = self._shape_in(reading, row.shape, item)
        elif row.body is None:
            if item.kind in ("struct", "map"):
                raise Refused("E215", row.mark, f"'{row.canonical.text}': its items need shape: or fields:")
            made = converter(reading.env, None, item, row.mark)
            return made.read_value("one"), False
        elif (value := plain_item(reading, row.body, item)) is not None:
            return value, False
        else:
            name = free_name(reading.env, singular(snake(row.canonical.text)), "_in")
            body = row.body
            scope = reading.scope.entered(item.required(), None)
            mapped = self.function_in(reading.env, name, body, item, scope, fixed)
        owner = reading.wires.owner(row.list_to, reading.base) if row.list_to.segments else reading.base
        counted = reading.frame.counted
        reading.frame.counted = {"n"}
        try:
            way = ".".join((*reading.way, row.canonical.text))
            call = self.called_in(reading, mapped, "one", owner, f"{way}.")
        finally:
            reading.frame.counted = counted
        return call, "n" in mapped.uses

    def value_names(self, shape: Text) -> frozenset[str]:
        """The names under which a shape finds values of its object: constants aside."""
        message = self.message(shape)
        worked_out = {names[0] for _, expression in message.read for names in names_here(expression)}
        return first_names(replace(message, send=(), blank=()), self) | worked_out

    def item_names(self, row: Row) -> frozenset[str]:
        """The names under which the items of a list row find their values."""
        message = self.message(row.shape) if row.shape is not None else row.body
        return first_names(message, self) if message is not None else frozenset()

    # --- records whose rows are all missing ---

    def call_blank(self, shape: Text) -> str:
        """The wire element of a shape none of whose values is there."""
        return blank_text(self.message(shape), self)

    def item_blank(self, row: Row) -> str:
        """The filler record of a list row."""
        assert row.list_to is not None
        selectors = row.list_to.segments[-1].selectors if row.list_to.segments else ()
        message = self.message(row.shape) if row.shape is not None else row.body
        if message is None:
            return "''"
        if plain_row(message) is not None:
            return "''"
        return blank_text(message, self, selectors)

    def top_names(self, shape: Text) -> frozenset[str]:
        """The names a shape writes first in the element it stands in."""
        return first_names(self.message(shape), self)


def _note_context(frame: Frame, body: list[Statement], scope: Scope) -> None:
    """A code table chosen by a setting needs the context the setting stands in; by a value of the request, that."""
    if any("ctx." in text for text in texts_of(body)):
        frame.uses.add("ctx")
    if chooses(body, scope, frame.mark):
        frame.uses.add("req")
