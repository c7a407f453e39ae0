"""Codecs against the fields they convert: does the codec exist, does it take this kind, are its arguments right."""

import re
from collections.abc import Iterator

from cli.mapping.checks.canonical import codec_kind
from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.codecs import argument_mark
from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path
from cli.mapping.tree import Codec, CodeTable, Row, Text
from gateway.catalogue.currencies import no_currency
from gateway.catalogue.marks import Mark
from gateway.model.reflect import EnumType, Field, Scalar, ScalarKind
from gateway.wire.codecs import CODECS, CodecPlan, CodecText, Site, WrongKind, inner_codec, plan_codec, plan_default
from gateway.wire.lists import LIST_FORMS, ListPlan, plan_list
from gateway.wire.patterns import NAMED, parts_of

_CURRENCY = re.compile(r"[A-Z]{3}")
_CLOCKS = {"datetime": 1, "until": 2}
"""Codecs of instants on a clock, with how many arguments they have before the zone."""
_ROUNDED = ("money", "decimal", "percent")


def check_row_codec(checking: Checking, row: Row, found: Field, place: Place) -> None:
    """The codec of a row that carries one value, with the options beside it."""
    plan = check_codec(checking, row.codec, found, place, row.mark, row.rounding)
    names = [codec.name for codec in _wrapped(row.codec)]
    if row.rounding is not None and row.codec is not None and not set(names) & set(_ROUNDED):
        checking.say("E215", row.rounding.mark, f"round stands beside {', '.join(_ROUNDED)} only")
    if plan is not None and plan.needs_currency:
        _check_currency(checking, row)
    if row.currency_codec is not None:
        code = Field("currency", "currency", Scalar(ScalarKind.text))
        check_codec(checking, row.currency_codec, code, place, row.currency_codec.mark)


def check_codec(
    checking: Checking, codec: Codec | None, found: Field, place: Place, mark: Mark, rounding: Text | None = None
) -> CodecPlan | None:
    """The plan of a codec for a field; None when it has a fault, which is reported."""
    kind = codec_kind(found)
    site = Site(
        json=place.wire.json,
        numbers=place.wire.numbers,
        zone=checking.zone,
        rounding=None if rounding is None else rounding.value,
        kind=kind,
        charset=place.wire.charset or "utf-8",
    )
    try:
        plan = plan_default(site) if codec is None else plan_codec(codec, site)
    except ValueError as fault:
        code, place_of = ("E211", mark) if codec is None else _classified(codec, fault)
        checking.say(code, place_of, str(fault))
        return None
    for table in (plan.table, plan.read_table):
        if table is not None and codec is not None:
            _check_table(checking, codec, table, found)
    if kind == "datetime" and codec is not None:
        _check_clock(checking, codec)
    return plan


def _check_clock(checking: Checking, codec: Codec) -> None:
    """W258, once, for instants on a clock that the mapping never names."""
    inner = list(_wrapped(codec))[-1]
    said = [argument for argument in inner.arguments if isinstance(argument, str)]
    own = _CLOCKS.get(inner.name)
    if checking.clock_missed or "timezone" in checking.carrier.defaults or own is None or len(said) > own:
        return
    if said and said[0] not in NAMED and "offset" not in parts_of(said[0]):
        checking.clock_missed = True
        hint = 'defaults: { timezone: "+08:00" }, or Z where the carrier means UTC'
        checking.say("W258", codec.mark, "the carrier's clock is named nowhere: this instant is taken as UTC", hint)


def _classified(codec: Codec, fault: ValueError) -> tuple[str, Mark]:
    """Which fault a refused codec has, and where: its name, its kind, or its arguments."""
    wrapped = tuple(_wrapped(codec))
    unknown = next((each for each in wrapped if each.name not in CODECS), None)
    if unknown is not None:
        return "E214", unknown.mark
    return ("E212", wrapped[-1].mark) if isinstance(fault, WrongKind) else ("E215", codec.mark)


def _wrapped(codec: Codec | None) -> Iterator[Codec]:
    """The codec, and the ones inside it, outermost first."""
    while codec is not None:
        yield codec
        inner = inner_codec(codec)
        last = len(codec.arguments) - 1
        codec = None if inner is None else Codec(inner.name, argument_mark(codec, last), _parsed(inner))


def _parsed(codec: CodecText) -> tuple[str | Codec, ...]:
    return codec.arguments if isinstance(codec, Codec) else ()


def _check_table(checking: Checking, codec: Codec, name: str, found: Field) -> None:
    inner = next((each for each in _wrapped(codec) if each.name == "enum"), codec)
    mark = argument_mark(inner, 0)
    table = checking.tables.get(name)
    if table is None:
        if checking.tables_unread:
            return
        tables = ", ".join(sorted(checking.tables)) or "none"
        checking.say("E213", mark, f"no enum table '{name}'; tables: {tables}")
        return
    checking.tables_used.add(name)
    kind = found.type
    if table.of is None and isinstance(kind, EnumType):
        _check_sides(checking, table, kind)
    if table.of is not None and isinstance(kind, EnumType) and kind.name and table.of.value != kind.name:
        checking.say("E225", mark, f"table '{name}' is of {table.of.value}, but the canonical field is a {kind.name}")


def _check_sides(checking: Checking, table: CodeTable, kind: EnumType) -> None:
    """E221 for what stands left in a table of no enum and is no value of the field it is used for."""
    for canonical, code in table.pairs:
        if canonical.value not in kind.values:
            message = f"'{canonical.value}' is no value of {kind.name or 'the field'} that this table is used for"
            hint = "ours stands left, the carrier's right" if code.value in kind.values else f"of: {kind.name}"
            checking.say("E221", canonical.mark, message, hint)
            return


def _check_currency(checking: Checking, row: Row) -> None:
    assert row.codec is not None
    if row.currency is None:
        if "currency" not in checking.carrier.defaults:
            hint = "write currency: <wire path or code>"
            checking.say("E217", row.codec.mark, "this amount does not say in which currency it is", hint)
        return
    if _CURRENCY.fullmatch(row.currency.value):
        if (wrong := no_currency(row.currency.value)) is not None:
            checking.say("E217", row.currency.mark, *wrong)
        return
    try:
        parse_path(row.currency.value, row.currency.mark)
    except SyntaxFault as fault:
        checking.say("E217", row.currency.mark, f"currency is a code such as CNY or a wire path: {fault}")


def check_list_form(checking: Checking, row: Row) -> ListPlan | None:
    """The form of a list row: `as: json`, `as: by_index`."""
    assert row.codec is not None
    try:
        plan = plan_list(row.codec)
    except ValueError as fault:
        code = "E215" if row.codec.name in LIST_FORMS else "E214"
        checking.say(code, row.codec.mark, str(fault))
        return None
    if plan.lossy and row.lossy is None:
        hint = "say why that is right: lossy: the carrier takes one only"
        checking.say("E228", row.codec.mark, f"{row.codec.name} drops items", hint)
    return plan
