"""A message's rows as statements that read it: wire element in, canonical object out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cli.codegen.plan import cases_in, lists_in
from cli.codegen.plan.code import Line, Statement
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope, compiled, tested
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.gathering import gather, gather_below, is_gathered
from cli.codegen.plan.merging import guarded
from cli.codegen.plan.policy import Missing, of_message, of_row
from cli.codegen.plan.sending import is_currency, wire_path
from cli.codegen.plan.targets import Target, Targets
from cli.codegen.plan.types import Type, constant_of
from cli.codegen.plan.values import Converter, converter
from cli.codegen.plan.wires import Node, Wires
from cli.mapping.tree import Expression, Message, Path, Row, Text


@dataclass(slots=True)
class Reading:
    """The reading half of one message: the wire element `base`, the canonical object `target`.

    `into` is the branch of a case under construction; outside of one, values stand where they are used.
    """

    env: Environment
    frame: Frame
    wires: Wires
    targets: Targets
    base: Node
    target: Target
    scope: Scope
    missing: Missing
    into: list[Statement] | None = None
    way: tuple[str, ...] = ()
    late: list[tuple[Path, Expression]] = field(default_factory=list)

    def message(self, message: Message) -> None:
        """Every row of a message, cases after plain rows, `read` last."""
        here = replace(self, missing=of_message(message, self.missing))
        faults = self.env.carrier.faults
        plain = [row for row in message.rows if not row.cases]
        for row in [*plain, *(row for row in message.rows if row.cases)]:
            with faults.collected():
                here.row(row)
        if message.cases:
            with faults.collected():
                cases_in.read_cases(here, message.cases)
        for path, expression in message.read:
            with faults.collected():
                here.evaluated(path, expression)

    def say(self, *statements: Statement) -> None:
        """Append statements to the block under construction."""
        (self.frame.body if self.into is None else self.into).extend(statements)

    # --- rows ---

    def row(self, row: Row) -> None:
        """One row; what fills a list of the whole result from inside an element is read there."""
        condition = self.condition(row)
        self.frame.mark = row.mark
        if is_gathered(self, row):
            return
        if row.list_to is not None:
            gather(self, row, *lists_in.list_row(self, row, condition))
        elif row.cases:
            cases_in.row_cases(self, row)
        elif row.body is not None or row.shape is not None:
            self._object(row, condition)
        elif row.to is not None:
            self._leaf(row, row.to, condition)
        else:
            raise Refused("E215", row.mark, f"'{row.canonical.text}' says neither where (to:, list:) nor cases:")

    def condition(self, row: Row) -> str | None:
        """What must hold for a row to be read: only a `when` that speaks of the reply governs reading."""
        if row.when is None or lists_in.names_element(row):
            return None
        scope = self.scope.at(self.base.var)
        if not tested(self.env, self.frame.probe(), row.when, scope).speaks_of_reply:
            return None
        return tested(self.env, self.frame, row.when, scope).text

    def _leaf(self, row: Row, to: Path, condition: str | None) -> None:
        target = self.targets.at(row.canonical, self.target)
        if row.codec is not None and row.codec.name == "present":
            self._presence(row, to, target)
            return
        rounding = row.rounding.value if row.rounding is not None else None
        made = converter(self.env, row.codec, target.type, row.mark, rounding)
        if made.plan.sends_only:
            return
        if self._is_plain(row, made):
            text, nullable = self._plain_text(row, to, target, condition)
        else:
            text, nullable = self._taken(row, self._wire_value(row, to), made, target, condition)
        self.fill(target, text, nullable=nullable, tag=self.frame.tag(row.mark), wire=to.text)

    def _is_plain(self, row: Row, made: Converter) -> bool:
        """Whether a row reads one text as it is: half of all rows do, and it is one step for them."""
        plain = made.plan.read == "text_in" and made.plan.inner is None and made.read_table is None
        simple = not row.joined and not isinstance(row.default, Text) and of_row(row, self.missing).filler is None
        return plain and simple and self.env.carrier.blank_is_missing

    def _plain_text(self, row: Row, to: Path, target: Target, condition: str | None) -> tuple[str, bool]:
        """The text a row reads, and whether it can be None."""
        raw = self.wires.raw(to, self.base)
        must = of_row(row, self.missing).word == "error"
        if condition is None and (must or (self._required(target) and self.into is None)):
            target.needed = target.needed or must
            return f"{self.env.use('text_required')}({raw}, {to.text!r})", False
        text = f"{self.env.use('text_given')}({raw})"
        return text if condition is None else f"{text} if {condition} else None", True

    def _wire_value(self, row: Row, to: Path) -> str:
        """What the wire holds for a row: one field's value, or the pieces of several as one text."""
        if not row.joined:
            return self.wires.value(to, self.base)
        values = ", ".join(self.wires.value(path, self.base) for path in row.joined)
        return f"{self.env.use('pieces_in')}({values})"

    def _presence(self, row: Row, to: Path, target: Target) -> None:
        made = converter(self.env, row.codec, target.type, row.mark)
        node = self.wires.value(to, self.base)
        name = self.frame.locals.new(f"has_{target.name}")
        self.say(Line(f"{name} = (v := {node}) is not None and {made.read('v')}", self.frame.tag(row.mark)))
        target.present.append(name)

    def _taken(self, row: Row, node: str, made: Converter, target: Target, condition: str | None) -> tuple[str, bool]:
        """The value a row reads, and whether it can be None."""
        missing = of_row(row, self.missing)
        read = self.decoded(made, "v", row, currency=self._currency(row, made))
        tests = [] if condition is None else [condition]
        tests.append(f"(v := {node}) is not None")
        if missing.filler is not None:
            tests.append(f"v != {missing.filler!r}")
        if isinstance(row.default, Text):
            default = constant_of(target.type, row.default.value, row.default.mark, self.env.module.imports)
            return f"{read} if {' and '.join(tests)} else {default}", False
        if missing.word == "error" and condition is None:
            target.needed = True
            needed = f"{self.env.use('require')}({node}, {row.to.text if row.to else ''!r})"
            return self.decoded(made, needed, row, currency=self._currency(row, made)), False
        if self._required(target) and self.into is None and condition is None and missing.filler is None:
            needed = f"{self.env.use('require')}({node}, {row.to.text if row.to else ''!r})"
            return self.decoded(made, needed, row, currency=self._currency(row, made)), False
        return f"{read} if {' and '.join(tests)} else None", True

    def _required(self, target: Target) -> bool:
        """A field its Struct cannot do without, read by one row only, on the function's own object."""
        kind = self.target.type.fields.get(target.name)
        if kind is None or self.target.fields.get(target.name) is not target or target.is_leaf:
            return False
        return (
            self.target is self.targets.root and not kind.nullable and not kind.has_default and not self.shared(target)
        )

    def shared(self, target: Target) -> bool:
        """Whether several rows may give the value."""
        return target.name in self.frame.repeated

    def decoded(self, made: Converter, value: str, row: Row, currency: str | None = None) -> str:
        """One wire value through codec and code table; a code no table lists is kept as it was read."""
        if made.read_table is None:
            return made.read(value, currency)
        if not self.env.reads_others(made.read_table, made.mark):
            return made.read_value(value)
        self.frame.uses |= {"raw"} if self.frame.is_result else {"raw", "at"}
        listed = self.env.table_dict(made.read_table, "in", made.mark)
        name = ".".join((*self.way, row.canonical.text))
        at = "''" if self.frame.is_result else "at"
        return f"{self.env.use('code_in')}({listed}, {made.read(value)}, raw, {at}, {name!r})"

    def _currency(self, row: Row, made: Converter) -> str | None:
        if not made.plan.needs_currency:
            return None
        if row.currency is None:
            return None
        if is_currency(row.currency.value):
            return repr(row.currency.value)
        value = self.wires.value(wire_path(row.currency), self.base)
        if row.currency_codec is None:
            return value
        code = converter(self.env, row.currency_codec, Type("text"), row.mark).attempted(value)
        return f"{self.env.use('upper')}({code})"

    def fill(self, target: Target, text: str, *, nullable: bool, tag: str, wire: str = "") -> None:
        """Give a canonical value its source; a second row is asked only where the first yields nothing."""
        if self.into is not None:
            self._assign(target, text, tag)
        elif not target.is_leaf:
            target.text, target.nullable, target.tag, target.wire = text, nullable, tag, wire
        elif target.nullable:
            if not (target.text or "").isidentifier():
                self.targets.hold(target)
            self.say(*guarded((f"{target.text} is None",), [Line(f"{target.text} = {text}", tag)], tag))

    def _assign(self, target: Target, text: str, tag: str) -> None:
        if not target.is_leaf:
            name = self.frame.locals.new(target.label or target.name)
            annotation = target.type.required().python(self.env.module.imports)
            self.frame.say(Line(f"{name}: {annotation} | None = None"))
            target.text, target.nullable, target.tag, target.by_case = name, True, tag, True
        elif not (target.text or "").isidentifier():
            self.targets.hold(target)
        self.say(Line(f"{target.text} = {text}", tag))

    def evaluated(self, path: Path, expression: Expression) -> None:
        """One line of `read`: a canonical value worked out from the reply."""
        found = compiled(self.env, self.frame, expression, self.scope.at(self.base.var))
        target = self.targets.at(path, self.target)
        target.text = None
        text = self._as_enum(found.text, target, nullable=found.nullable)
        # What cannot be worked out is noted as a problem and leaves the value absent.
        self.fill(target, text, nullable=True, tag=self.frame.tag(path.mark))

    def _as_enum(self, text: str, target: Target, *, nullable: bool) -> str:
        """A word an expression gives, as the member of the field's code list."""
        if target.type.kind != "enum":
            return text
        name = target.type.required().python(self.env.module.imports)
        return f"{name}(v) if (v := {text}) is not None else None" if nullable else f"{name}({text})"

    # --- objects ---

    def _object(self, row: Row, condition: str | None) -> None:
        tag = self.frame.tag(row.mark)
        target = self.target if row.canonical.text == "." else self.targets.at(row.canonical, self.target)
        if row.shape is None:
            assert row.body is not None
            base = self.base if row.to is None or row.to.text == "." else self.wires.node(row.to, self.base)
            way = self.way if row.canonical.text == "." else (*self.way, row.canonical.text)
            replace(self, base=base, target=target, way=way).message(row.body)
            return
        text, nullable = self._shaped(row, target, row.shape, condition)
        self.fill(target, text, nullable=nullable, tag=tag, wire=row.to.text if row.to else "")
        gather_below(self, row, target.type)

    def _shaped(self, row: Row, target: Target, shape: Text, condition: str | None) -> tuple[str, bool]:
        shapes = self.env.carrier.shapes
        way = (*self.way, row.canonical.text) if row.canonical.text != "." else self.way
        if row.to is None or row.to.text == ".":
            call = shapes.call_in(self, shape, target.type, self.base.var, self.base, way)
            if not target.type.nullable and condition is None:
                return call, False
            names = ", ".join(self.wires.key(name) for name in sorted(shapes.value_names(shape)))
            test = f"{self.env.use('any_given')}({self.base.var}, {names})"
        else:
            call = shapes.call_in(self, shape, target.type, "found", self.wires.owner(row.to, self.base), way)
            test = f"(found := {self.wires.child(row.to, self.base)}) is not None"
            if row.missing is not None and row.missing.value == "blank":
                test += f" and not {self.env.use('is_filler')}(found, {shapes.call_blank(shape)})"
        tests = test if condition is None else f"{condition} and {test}"
        return f"{call} if {tests} else None", True


__all__ = ["Reading"]
