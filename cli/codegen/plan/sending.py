"""A message's rows as statements that write it: canonical object in, wire element out."""

from dataclasses import dataclass, field, replace

from cli.codegen.plan import cases_out, lists_out
from cli.codegen.plan.code import Line, Statement
from cli.codegen.plan.elements import Element, Elements, Place, key_text
from cli.codegen.plan.environment import XSI, Environment
from cli.codegen.plan.expressions import Scope, compiled, is_secret, tested
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.merging import guarded
from cli.codegen.plan.policy import Missing, is_empty, is_needed, of_message, of_value
from cli.codegen.plan.prescan import source_facts
from cli.codegen.plan.source import Source, Value
from cli.codegen.plan.types import Type, constant_of
from cli.codegen.plan.values import converter
from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path
from cli.mapping.tree import Expression, Message, Path, Row, Send, Text
from gateway.catalogue.marks import Mark


@dataclass(slots=True)
class Sending:
    """The writing half of one message: where it reads, where it writes, and where its statements go.

    `into` is the block under construction (the function's own body, or one branch of a case); variables and elements
    are always made in the function's body, before that block.
    """

    env: Environment
    frame: Frame
    elements: Elements
    source: Source
    base: Element
    scope: Scope
    missing: Missing
    into: list[Statement] | None = None
    late: list[Statement] = field(default_factory=list)
    there: tuple[str, ...] = ()

    def message(self, message: Message) -> None:
        """Every statement of a message, in line order."""
        here = replace(self, missing=of_message(message, self.missing), late=self.late)
        faults = self.env.carrier.faults
        for send in message.send:
            with faults.collected():
                here.constant(send)
        for row in message.rows:
            with faults.collected():
                here.row(row)
        if message.cases:
            with faults.collected():
                cases_out.message_cases(here, message.cases)
        for path in message.blank:
            with faults.collected():
                here.blank(path)

    def say(self, *statements: Statement) -> None:
        """Append statements to the block under construction."""
        (self.frame.body if self.into is None else self.into).extend(statements)

    # --- constants and expressions ---

    def constant(self, send: Send) -> None:
        """One `send` entry: a constant, a secret, an expression, or only the place."""
        tag = self.frame.tag(send.mark)
        if send.value is None:
            self._hold_place(send.to)
        elif isinstance(send.value, Text) and self.there:
            self.say(*guarded(self.there, [Line(f"{self.place(send.to).text} = {send.value.value!r}", tag)], tag))
        elif isinstance(send.value, Text):
            self.write(self.place(send.to), repr(send.value.value), tag, certain=True)
        elif (secret := is_secret(send.value)) is not None:
            self.frame.uses.add("ctx")
            self.write(self.place(send.to), f"{self.env.use('secret')}(ctx, {secret!r}).reveal()", tag, certain=True)
        else:
            self._send_expression(send, send.value, tag)

    def _send_expression(self, send: Send, expression: Expression, tag: str) -> None:
        found = compiled(self.env, self.frame, expression, self.scope.at(self.base.var))
        place = self.place(send.to)
        text = found.text if self.env.json or found.is_text else f"{self.env.use('text')}({found.text})"
        if not found.names_wire:
            statements = self._optional(place, text, nullable=found.nullable, tag=tag)
            self.say(*guarded(self.there, statements, tag))
            return
        # What the other rows have written is known last; the element keeps its place until then.
        self.say(Line(f"{place.text} = None", tag))
        self.late.extend(self._optional(place, text, nullable=found.nullable, tag=tag, missing=Missing("held")))
        self.elements.hold(place)

    def _optional(
        self, place: Place, text: str, *, nullable: bool, tag: str, missing: Missing | None = None
    ) -> list[Statement]:
        missing = missing or self.missing
        if not nullable:
            self._certain(place.element)
            return [Line(f"{place.text} = {text}", tag)]
        name = self.frame.locals.new(place.key)
        if missing.word == "error":
            return [Line(f"{place.text} = {self.env.use('need')}({text}, {place.key!r})", tag)]
        if (none := self._none(missing, place, self.frame.mark)) is None:
            return guarded((f"({name} := {text}) is not None",), [Line(f"{place.text} = {name}", tag)], tag)
        self._certain(place.element)
        return [Line(f"{place.text} = {none} if ({name} := {text}) is None else {name}", tag)]

    def _none(self, missing: Missing, place: Place, mark: Mark) -> str | None:
        """What stands for an absent value; null of XML is an element that says so (xsi:nil)."""
        if missing.word != "null" or not self.env.wire.markup or place.key.startswith(("@", "#")):
            return missing.written
        if not self.env.wire.nil:
            hint = f'ns: {{ xsi: "{XSI}" }} in the layer, or missing: omit'
            raise Refused("E234", mark, "missing: null writes xsi:nil in XML, and no prefix stands for that", hint)
        return f"{{'@{self.env.wire.nil}:nil': 'true'}}"

    def _hold_place(self, path: Path) -> None:
        owner = self.elements.owner(path, self.base)
        name = f"@{path.attribute}" if path.attribute is not None else path.segments[-1].name
        if name in owner.leaves or name in owner.children:
            return
        place = self.place(path)
        self.say(Line(f"{place.text} = None", self.frame.tag(path.mark)))
        if self.base is not self.elements.root or path.text not in self.elements.filled:
            self.elements.hold(place)

    def blank(self, path: Path) -> None:
        """One empty element the carrier insists on."""
        self.write(self.place(path), "''", self.frame.tag(path.mark), certain=True)

    # --- rows ---

    def row(self, row: Row) -> None:
        """One row; a `when` that speaks of the request decides whether it is written."""
        if row.list_to is not None:
            lists_out.list_row(self, row)
            return
        if row.when is None:
            self._row(row)
            return
        found = tested(self.env, self.frame, row.when, self.scope.at(self.base.var))
        if found.speaks_of_reply:
            self._row(row)
            return
        branch: list[Statement] = []
        replace(self, into=branch).row(replace(row, when=None))
        self.say(*guarded((found.text,), branch, self.frame.tag(row.when.mark)))

    def _row(self, row: Row) -> None:
        if row.cases:
            cases_out.row_cases(self, row)
        elif row.body is not None or row.shape is not None:
            self._object(row)
        elif row.to is not None:
            self._leaf(row, row.to)
        else:
            raise Refused("E215", row.mark, f"'{row.canonical.text}' says neither where to (to:, list:) nor cases:")

    def _leaf(self, row: Row, to: Path) -> None:
        value = self.source.read(row.canonical)
        tag = self.frame.tag(row.mark)
        if row.currency is not None and row.currency.value.partition("@")[0] == to.text and "@" in row.currency.value:
            # An attribute of the amount's own element: known first, so that the amount becomes that element's text.
            self.place(wire_path(row.currency))
        place = self._leaf_place(row, to, value)
        missing = of_value(row, self.missing)
        if row.default is not None and isinstance(row.default, Expression):
            value = self._defaulted(row, value, row.default, tag)
        if row.codec is not None and row.codec.name == "present":
            self.write(place, self.sent(row, value, value.or_none(), place), tag, certain=True)
            return
        if value.always and value.type.kind not in ("list", "map"):
            self.write(place, self.sent(row, value, value.text, place), tag, certain=True)
            self.say(*self._currency(row, value.text))
            return
        name, tests = self._present(row, value)
        converted = self.sent(row, value, name, place)
        fallback = self._fallback(row, value, missing, place)
        if fallback is not None and self.there:
            text = f"{converted} if {' and '.join(tests)} else {fallback}"
            self.say(*guarded(self.there, [Line(f"{place.text} = {text}", tag)], tag))
            self.say(*guarded((*value.guards, f"{name} is not None"), self._currency(row, name), tag))
        elif fallback is not None:
            self.write(place, f"{converted} if {' and '.join(tests)} else {fallback}", tag, certain=True)
            self.say(*guarded((*value.guards, f"{name} is not None"), self._currency(row, name), tag))
        elif missing.word == "error":
            needed = self.env.use("need")
            taken = f"{needed}({value.or_none()}, {row.canonical.text!r})"
            if self.there:
                self.say(*guarded(self.there, self._needed(row, value, taken, place), tag))
                return
            if row.currency is not None and not is_currency(row.currency.value):
                held = self.frame.locals.new(value.name)
                self.say(Line(f"{held} = {taken}", tag))
                taken = held
            self.write(place, self.sent(row, value, taken, place), tag, certain=True)
            self.say(*self._currency(row, taken))
        else:
            self.say(*guarded(tests, [Line(f"{place.text} = {converted}", tag), *self._currency(row, name)], tag))

    def _needed(self, row: Row, value: Value, taken: str, place: Place) -> list[Statement]:
        """What an object cannot be sent without, where the object itself may be absent."""
        tag, held = self.frame.tag(row.mark), self.frame.locals.new(value.name)
        return [
            Line(f"{held} = {taken}", tag),
            Line(f"{place.text} = {self.sent(row, value, held, place)}", tag),
            *self._currency(row, held),
        ]

    def _present(self, row: Row, value: Value) -> tuple[str, tuple[str, ...]]:
        """The variable of a value, and the tests that it is there; an empty list or map is absent."""
        if value.type.kind in ("list", "map") and not value.type.nullable:
            return value.text, (*value.guards, value.text)
        if not value.type.nullable:
            return value.text, value.guards
        if value.text.isidentifier():
            return value.text, (*value.guards, f"{value.text} is not None")
        name = self.frame.locals.new(value.name)
        return name, (*value.guards, f"({name} := {value.text}) is not None")

    def _leaf_place(self, row: Row, to: Path, value: Value) -> Place:
        if not to.segments and to.attribute is None and not to.anchor:
            if not self.env.json:
                # The text of an element that has attributes, or may have.
                return Place(self.base, "#text")
            raise Refused("E230", to.mark, f"'{row.canonical.text}': a {value.type.name} needs a wire field of its own")
        return self.place(to)

    def _defaulted(self, row: Row, value: Value, default: Expression, tag: str) -> Value:
        found = compiled(self.env, self.frame, default, self.scope)
        if value.always:
            return value
        name = self.frame.locals.new(value.name)
        annotation = f"{value.type.python(self.env.module.imports)} | None"
        self.say(Line(f"{name}: {annotation} = {value.or_none()}", tag))
        self.say(*guarded((f"{name} is None",), [Line(f"{name} = {found.text}", tag)], tag))
        return Value(name, value.type.optional(), (), value.name)

    def _fallback(self, row: Row, value: Value, missing: Missing, place: Place) -> str | None:
        if isinstance(row.default, Text):
            text = constant_of(value.type, row.default.value, row.default.mark, self.env.module.imports)
            return self.sent(row, value, text, place)
        return self._none(missing, place, row.mark)

    def sent(self, row: Row, value: Value, text: str, place: Place | None = None) -> str:
        """The wire value of a canonical one, with the row's codec, currency and length."""
        rounding = row.rounding.value if row.rounding is not None else None
        found = converter(self.env, row.codec, value.type, row.mark, rounding)
        currency = None
        if found.plan.needs_currency and row.currency is not None and is_currency(row.currency.value):
            currency = repr(row.currency.value)
        sent = found.send(text, currency)
        if row.max_bytes is not None:
            sent = f"{self.env.use('fit')}({sent}, {row.max_bytes}, {self.env.wire.charset!r})"
        return sent

    def _currency(self, row: Row, name: str) -> list[Statement]:
        if row.currency is None or is_currency(row.currency.value):
            return []
        place = self.place(wire_path(row.currency))
        code = f"{name}.currency"
        if row.currency_codec is not None:
            code = converter(self.env, row.currency_codec, Type("text"), row.mark).send(code)
        return [Line(f"{place.text} = {code}", self.frame.tag(row.mark))]

    # --- objects ---

    def _object(self, row: Row) -> None:
        source = self.source.inside(row.canonical)
        tag = self.frame.tag(row.mark)
        if is_needed(row) and source.guards:
            there = f"{source.text} if {' and '.join(source.guards)} else None"
            needed = Line(f"{self.env.use('need')}({there}, {row.canonical.text!r})", tag)
            self.say(*guarded(self.there, [needed], tag))
        if row.shape is not None:
            self._shape(row, source, row.shape, tag)
            return
        assert row.body is not None
        base = self.base if row.to is None else self.elements.element(row.to, self.base)
        missing = of_message(row.body, self.missing)
        if source is not self.source:
            source.covered, source.positions = source_facts(row.body)
        scope = self.scope.below(row.canonical)
        inside = replace(self, source=source, base=base, missing=missing, scope=scope)
        if source is not self.source and (row.missing is None or row.missing.value != "blank"):
            # An object that is absent writes nothing, not even what its rows say of absent values.
            inside.there = source.guards
        inside.message(row.body)

    def _shape(self, row: Row, source: Source, shape: Text, tag: str) -> None:
        shapes = self.env.carrier.shapes
        owner = self.base if row.to is None else self.elements.owner(row.to, self.base)
        added = None if row.to is None else self.elements.added(row.to, self.base)
        call = shapes.call_out(self, shape, source, owner)
        tests = source.guards
        if is_empty(row) and tests:
            call, tests = f"{call} if {' and '.join(tests)} else {{}}", ()
        if row.missing is not None and row.missing.value == "blank" and tests:
            call, tests = f"{call} if {' and '.join(tests)} else {shapes.call_blank(shape)}", ()
        if added is not None:
            self.say(*guarded(tests, [Line(f"{added}.update({call})", tag)], tag))
            return
        chosen = row.to is not None and bool(row.to.segments) and bool(row.to.segments[-1].selectors)
        if row.to is None or row.to.text == "." or chosen:
            element = self.elements.element(row.to, self.base) if chosen and row.to is not None else self.base
            statement = self._flattened(element, shapes.top_names(shape), call, tag)
        else:
            element, statement = self._at_name(row.to, owner, shapes.top_names(shape), call, tag)
        if not tests:
            self._certain(element)
        self.say(*guarded(tests, [statement], tag))

    def _at_name(self, to: Path, owner: Element, names: frozenset[str], call: str, tag: str) -> tuple[Element, Line]:
        """A shape under a name of its own; what stands there already is united with it, not replaced."""
        name = to.segments[-1].name
        if name in owner.children:
            return owner.children[name], self._flattened(owner.children[name], names, call, tag)
        if name in owner.shaped:
            node = f"{self.env.use('nest')}({owner.var}, {key_text(name)})"
            return owner, Line(f"{self.env.use('unite')}({node}, {call})", tag)
        statement = Line(f"{self.place(to).text} = {call}", tag)
        owner.shaped.add(name)
        owner.foreign.add(name)
        return owner, statement

    def _flattened(self, element: Element, names: frozenset[str], call: str, tag: str) -> Line:
        """A shape's fields beside those already in the element; what both write into is united, not replaced."""
        already = element.children.keys() | element.foreign
        element.foreign |= names
        if names & already:
            return Line(f"{self.env.use('unite')}({element.var}, {call})", tag)
        return Line(f"{element.var}.update({call})", tag)

    # --- places ---

    def place(self, path: Path) -> Place:
        """Where a value of this message stands; elements on the way are made."""
        return self.elements.place(path, self.base)

    def write(self, place: Place, text: str, tag: str, *, certain: bool) -> None:
        """One assignment."""
        if certain:
            self._certain(place.element)
        self.say(Line(f"{place.text} = {text}", tag))

    def _certain(self, element: Element) -> None:
        # A branch of a case may not be taken: what it writes is not certain.
        if self.into is None:
            self.elements.mark_certain(element)


def is_currency(text: str) -> bool:
    """Whether an option names a currency code rather than a wire path."""
    return len(text) == 3 and text.isalpha() and text.isupper()


def wire_path(text: Text) -> Path:
    """A wire path written as an option's text."""
    try:
        return parse_path(text.value, text.mark)
    except SyntaxFault as fault:
        raise Refused("E103", text.mark, str(fault)) from None
