"""One value from the canonical form to the wire's and back: which function a generated line calls, with what."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.codegen.plan.code import Constant
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.names import constant
from cli.codegen.plan.types import Type
from cli.mapping.tree import Codec
from gateway.catalogue.marks import Mark
from gateway.wire.codecs import CodecPlan, Site, Written, plan_codec, plan_default

if TYPE_CHECKING:
    from cli.codegen.plan.environment import Environment


@dataclass(frozen=True, slots=True)
class Converter:
    """Both halves of one codec at one site, ready to be written around an expression."""

    plan: CodecPlan
    environment: "Environment"
    mark: Mark

    def send(self, value: str, currency: str | None = None) -> str:
        """The wire value of a canonical one."""
        if (inner := self._inner()) is not None:
            return self._call(self.plan.send, inner.send(value, currency), None)
        table = self.plan.table
        if table is not None:
            value = self.environment.table_out(table, self.mark, value)
        return self._call(self.plan.send, value, currency)

    def read(self, value: str, currency: str | None = None) -> str:
        """The canonical value of a wire one (a code still stands before its table).

        An amount whose currency nobody says is in the carrier's own.
        """
        currency = currency if currency is not None else self._own_currency()
        if (inner := self._inner()) is not None:
            return inner.read(self._call(self.plan.read, value, None), currency)
        return self._call(self.plan.read, value, currency)

    def _inner(self) -> "Converter | None":
        return None if self.plan.inner is None else Converter(self.plan.inner, self.environment, self.mark)

    @property
    def read_table(self) -> str | None:
        """The code table this codec reads with."""
        return self.plan.read_table or self.plan.table

    def attempted(self, value: str) -> str:
        """The canonical value of a wire one, None where the codec refuses it: then a case does not hold."""
        text = value
        if self.plan.read:
            currency = None if self.plan.inner is not None else self._own_currency()
            function, _, rest = self._call(self.plan.read, "_", currency).partition("(_")
            text = f"{self.environment.use('attempt')}({function}, {value}{rest.removesuffix(')')})"
        if (inner := self._inner()) is not None:
            return inner.attempted(text)
        if (table := self.read_table) is None:
            return text
        text_of = self.environment.use("text_of")
        return f"{self.environment.table_dict(table, 'in', self.mark)}.get({text_of}({text}) or '')"

    def _own_currency(self) -> str | None:
        if not self.plan.needs_currency:
            return None
        default = self.environment.carrier.default("currency", "")
        if not default:
            raise Refused("E220", self.mark, "money(major) and money(minor) need currency: a code or a wire path")
        return repr(default)

    def read_value(self, value: str, currency: str | None = None) -> str:
        """The canonical value of a wire one, through the code table where there is one."""
        read = self.read(value, currency)
        if (table := self.read_table) is None:
            return read
        return f"{self.environment.table_dict(table, 'in', self.mark)}[{read}]"

    def _call(self, function: str, value: str, currency: str | None) -> str:
        if not function:
            return value
        if self.plan.maker is not None:
            pair = self._made(self.plan.maker)
            extra = f", {currency}" if currency is not None else ""
            return f"{pair}.{function}({value}{extra})"
        if function not in _BUILTINS:
            self.environment.module.imports.add("gateway.wire", function)
        arguments = "".join(f", {argument!r}" for argument in self.plan.arguments)
        if function == "str" and not arguments:
            return f"str({value})"
        extra = f", {currency}" if currency is not None else ""
        return f"{function}({value}{extra}{arguments})"

    def _made(self, maker: str) -> str:
        name = constant("_".join([maker.removesuffix("_codec"), *(_word(a) for a in self.plan.arguments)]))
        arguments = ", ".join(repr(argument) for argument in self.plan.arguments)
        self.environment.module.imports.add("gateway.wire", maker)
        return self.environment.define_codec(Constant(name, "", f"{maker}({arguments})"))


_BUILTINS = ("str", "int")


def _word(argument: object) -> str:
    if argument is None or argument is False:
        return ""
    return "number" if argument is True else str(argument)


def converter(
    environment: "Environment", codec: Codec | None, kind: Type, mark: Mark, rounding: str | None = None
) -> Converter:
    """The converter of a row: its codec, or what a row without one means for that kind of field."""
    site = Site(
        json=environment.json,
        numbers=environment.numbers,
        zone=environment.zone,
        rounding=rounding,
        kind=kind.codec_kind,
        charset=environment.wire.charset,
    )
    try:
        plan = plan_default(site) if codec is None else plan_codec(_written(codec), site)
    except ValueError as fault:
        raise Refused("E212", codec.mark if codec is not None else mark, str(fault)) from None
    return Converter(plan, environment, codec.mark if codec is not None else mark)


def _written(codec: Codec) -> Written:
    return Written(codec.name, tuple(_written(a) if isinstance(a, Codec) else a for a in codec.arguments))
