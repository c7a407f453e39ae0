"""`statement.yaml` as a module: what each kind of line becomes, and `parse`, from bytes to records."""

from __future__ import annotations

from cli.codegen.plan.code import Constant, Function, Line, Module
from cli.codegen.plan.environment import Carrier, Environment, charset_of, wire_facts
from cli.codegen.plan.expressions import Scope, tested
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.layouts import fixed_constant, pipe_constant
from cli.codegen.plan.types import Type
from cli.mapping.capabilities import is_statement_wire
from cli.mapping.tree import Message, StatementCheckDecl, StatementDecl, StatementRowsDecl
from gateway.model.statement import Statement, StatementRecord, StatementTotals


def statement_module(carrier: Carrier, declared: StatementDecl) -> None:
    """Plan the module of a carrier's statement."""
    module = Module("statement", "daily statement", declared.file, carrier.digest(declared.file))
    carrier.modules["statement"] = module
    with carrier.faults.collected():
        _Statement(carrier, Environment(carrier, module, wire_facts(declared.wire)), declared).planned()


class _Statement:
    """One statement while its module is planned."""

    def __init__(self, carrier: Carrier, env: Environment, declared: StatementDecl) -> None:
        self.carrier, self.env, self.declared = carrier, env, declared

    def planned(self) -> None:
        """Plan every function and the form they belong to."""
        use, module = self.env.use, self.env.module
        fields = [f"form={self._form()}"]
        rows = [self._rows(at, each) for at, each in enumerate(self.declared.rows, 1)]
        fields.append(f"rows=({', '.join(rows)},)")
        if self.declared.head.rows or self.declared.head.read:
            fields.append(f"head={self._read('head', self.declared.head, Type('struct', Statement))}")
        if self.declared.checks:
            checks = [self._check(at, each) for at, each in enumerate(self.declared.checks, 1)]
            fields.append(f"checks=({', '.join(checks)},)")
        fields.append(f"charset={self._charset()!r}")
        fields += ["gzip=True"] if self.declared.wire[0].name == "gzip" else []
        module.exports.append(Constant("STATEMENT", "", f"{use('StatementForm')}({', '.join(fields)})"))
        returns = module.imports.add("gateway.model", "Statement")
        body = [Line(f"return {use('read_statement')}(data, STATEMENT)")]
        doc = "The records of a file, and everything that is wrong with it; never raises."
        module.functions.append(Function("parse", ["data: bytes"], returns, list(body), doc))

    def _form(self) -> str:
        if not is_statement_wire([layer.name for layer in self.declared.wire]):
            raise Refused("E475", self.declared.mark, "the layers of a statement are gzip, charset, and pipe or fixed")
        layer = self.declared.wire[-1]
        if layer.name == "pipe":
            return pipe_constant(self.env, layer, f"L{layer.mark.line}")
        return fixed_constant(self.env, layer, self._charset(), f"L{layer.mark.line}", sends=False)

    def _charset(self) -> str:
        return charset_of(next(layer for layer in self.declared.wire if layer.name == "charset"))

    def _rows(self, at: int, rows: StatementRowsDecl) -> str:
        names = tuple(segment.name for segment in rows.items.segments)
        fields = [f"items={names!r}"]
        if rows.kind is not None:
            kind = self.env.module.imports.add("gateway.model", "StatementKind")
            fields.append(f"kind={kind}.{rows.kind.value}")
        if rows.when is not None:
            fields.append(f"wanted={self._wanted(at, rows)}")
        if rows.skip is None:
            fields.append(f"read={self._read(f'line_{at}', rows.message, Type('struct', StatementRecord))}")
        return f"{self.env.use('StatementRows')}({', '.join(fields)})"

    def _wanted(self, at: int, rows: StatementRowsDecl) -> str:
        assert rows.when is not None
        frame = Frame(self.env.module, parameters={"w"}, mark=rows.mark)
        found = tested(self.env, frame, rows.when, Scope(reply=True, element=True))
        self._pure(frame.uses, rows)
        line = Line(f"return bool({found.text})", frame.tag(rows.when.mark))
        doc = "Whether a line is of this kind."
        function = Function(f"is_line_{at}", [f"w: {self.env.use('Wire')}"], "bool", [line], doc)
        self.env.module.functions.append(function)
        return function.name

    def _check(self, at: int, check: StatementCheckDecl) -> str:
        wants = tuple(dict.fromkeys(row.canonical.segments[0].name for row in check.message.rows))
        read = self._read(f"totals_{at}", check.message, Type("struct", StatementTotals))
        fields = [f"read={read}", f"wants={wants!r}"]
        if check.kinds:
            kind = self.env.module.imports.add("gateway.model", "StatementKind")
            fields.append(f"kinds=({', '.join(f'{kind}.{each.value}' for each in check.kinds)},)")
        return f"{self.env.use('StatementCheck')}({', '.join(fields)})"

    def _read(self, name: str, message: Message, kind: Type) -> str:
        mapped = self.carrier.shapes.function_in(self.env, f"{name}_in", message, kind, Scope(reply=True), {})
        self._pure(set(mapped.uses), message)
        return mapped.function.name

    def _pure(self, uses: set[str], what: Message | StatementRowsDecl) -> None:
        strange = sorted(uses - {"w"})
        if strange:
            seen = ", ".join(strange)
            raise Refused("E475", what.mark, f"a line of a statement is read by itself: it cannot see {seen}")


__all__ = ["statement_module"]
