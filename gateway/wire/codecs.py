"""The registry of codecs: what stands after `as:` in a mapping, and which functions a generated module calls for it.

A codec is a pair, one half for sending and one for reading, typed on both ends. The registry is read when a mapping
is checked and when code is generated, never while a message is converted: `plan_codec` picks the specialised functions
once (`money(yuan)` becomes `yuan_out` and `yuan_in`), and the generated module calls those.
"""

from collections.abc import Mapping
from difflib import get_close_matches

from msgspec.structs import replace

from gateway.wire.planners import (
    plan_affix,
    plan_base64,
    plan_country,
    plan_cut,
    plan_date,
    plan_datetime,
    plan_decimal,
    plan_enum,
    plan_flag,
    plan_grouped,
    plan_int,
    plan_json,
    plan_money,
    plan_name,
    plan_overpunch,
    plan_pad,
    plan_pairs,
    plan_percent,
    plan_phone,
    plan_piece,
    plan_plain,
    plan_present,
    plan_raw,
    plan_scaled,
    plan_text,
    plan_time,
    plan_until,
    plan_uuid,
)
from gateway.wire.plans import (
    Arguments,
    CanonicalKind,
    CodecPlan,
    CodecSpec,
    CodecText,
    Planner,
    Site,
    WireKind,
    Written,
    WrongKind,
    whole,
)

__all__ = [
    "CODECS",
    "CanonicalKind",
    "CodecPlan",
    "CodecSpec",
    "CodecText",
    "Site",
    "WireKind",
    "Written",
    "WrongKind",
    "inner_codec",
    "plan_codec",
    "plan_default",
]


def plan_codec(codec: CodecText, site: Site) -> CodecPlan:
    """The plan of a codec as written at a site.

    Raises `ValueError` with one clear sentence: unknown codec, wrong argument, a kind it does not convert.
    """
    spec = PIECE if codec.name == PIECE.name else CODECS.get(codec.name)
    if spec is None:
        raise ValueError(f"unknown codec '{codec.name}'{_suggestion(codec.name)}")
    if site.kind is not None and site.kind not in spec.canonical_kinds:
        converts = _listed(spec.canonical_kinds)
        # A day and an instant share their patterns, so the one meant is known.
        twin = {("date", "datetime"): "datetime", ("datetime", "date"): "date"}.get((codec.name, site.kind))
        meant = "" if twin is None else f"; {twin}({';'.join(str(each) for each in codec.arguments)})"
        if codec.name in ("int", "decimal") and site.kind == "text":
            meant = "; number(text) is a number on the wire that is a text here"
        raise WrongKind(f"{codec.name} converts {converts}, but the canonical field is {_a(site.kind)}{meant}")
    if codec.name in WRAPPERS:
        return _wrapped(codec, spec, site)
    return spec.plan(codec.arguments, site)


def inner_codec(codec: CodecText) -> CodecText | None:
    """The codec inside a codec that works on what another one makes: `pad(12;0;money(fen))`; None where there is none.

    It stands last; one without arguments of its own (`int`) counts as such where all other arguments are there.
    """
    last = codec.arguments[-1] if codec.arguments else None
    if last is None or codec.name not in (*WRAPPERS, "text", "number"):
        return None
    if not isinstance(last, str):
        return last
    return Written(last) if len(codec.arguments) > WRAPPERS.get(codec.name, 0) else None


def _wrapped(codec: CodecText, spec: CodecSpec, site: Site) -> CodecPlan:
    """The plan of a codec that works on texts: the field's own, or the one another codec makes of it."""
    inner = inner_codec(codec)
    if inner is None and codec.name in ("grouped", "overpunch", "piece"):
        raise ValueError(f"{codec.name} works on a number another codec makes: {_NUMBERS[codec.name]}")
    if inner is None:
        if site.kind not in ("text", "bytes", None) or (site.kind == "bytes" and codec.name != "base64"):
            raise WrongKind(
                f"{codec.name} alone converts a text, but the canonical field is {_a(site.kind)}; "
                f"put its codec behind: {codec.name}(..;{_EXAMPLES.get(site.kind, 'codec')})"
            )
        return spec.plan(codec.arguments, site)
    if codec.name == "overpunch" and (inner.name, *inner.arguments[:1]) in _WITH_A_POINT:
        raise ValueError("overpunch writes no decimal point: money(fen), money(minor), scaled(2)")
    made = plan_codec(inner, replace(site, numbers=False, json=False))
    if made.wire_kind != "text":
        raise ValueError(f"{codec.name} works on a text; {inner.name} makes none")
    outer = spec.plan(codec.arguments[:-1], replace(site, kind="text"))
    return replace(
        outer,
        inner=made,
        canonical_kind=made.canonical_kind,
        table=made.table,
        read_table=made.read_table,
        needs_currency=made.needs_currency,
        sends_only=made.sends_only or outer.sends_only,
    )


def plan_default(site: Site) -> CodecPlan:
    """The plan of a row without `as`: text stays text, integers are `int`; everything else must say its codec."""
    if site.kind in ("text", None):
        return plan_text((), site)
    if site.kind == "int":
        return plan_int((), site)
    if site.kind == "object":
        return plan_raw((), site)
    raise ValueError(f"{_a(site.kind or 'text')} needs a codec: write as: {_EXAMPLES.get(site.kind or '', '...')}")


_CALLED_ELSEWHERE = {
    "string": "text", "str": "text", "varchar": "text", "boolean": "flag(Y/N)", "bool": "flag(Y/N)",
    "float": "decimal(2)", "double": "decimal(2)", "long": "int", "amount": "money(yuan)", "code": "enum(table)",
    "timestamp": "datetime(epoch_ms)", "rate": "percent(2)", "substring": "cut(n)", "strip": "trim",
}  # fmt: skip
_EXAMPLES = {
    "money": "money(yuan)",
    "date": "date(yyyy-MM-dd)",
    "datetime": "datetime(iso)",
    "time": "time(HHmmss)",
    "bool": "flag(Y/N)",
    "enum": "enum(table)",
    "share": "percent(0)",
    "decimal": "decimal(2)",
    "bytes": "base64 (as: raw behind a binary layer)",
    "list": "json",
}


_NUMBERS = {"grouped": "grouped(money(yuan))", "overpunch": "overpunch(13;money(minor))", "piece": "piece(1;int)"}
_WITH_A_POINT = {("money", "yuan"), ("money", "wan")}


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _listed(kinds: tuple[CanonicalKind, ...]) -> str:
    return " or ".join(_a(kind) for kind in kinds)


def _suggestion(name: str) -> str:
    # `fen2yuan` and `yyyyMMdd` are what people type first: the unit and the pattern lead to their codec.
    folded = name.lower()
    if unit := next((unit for unit in ("fen", "yuan", "wan") if folded.startswith(unit)), None):
        return f", did you mean 'money({unit})'?"
    if (meant := _CALLED_ELSEWHERE.get(folded)) is not None:
        return f", did you mean '{meant}'?"
    close = get_close_matches(folded, CODECS, n=1, cutoff=0.5)
    return f", did you mean '{close[0]}'?" if close else f"; known: {', '.join(sorted(CODECS))}"


def _text_or_forced(arguments: Arguments, site: Site) -> CodecPlan:
    if not arguments:
        if site.kind not in ("text", None):
            raise ValueError(f"text alone converts a text, but the canonical field is {_a(site.kind)}")
        return plan_text((), site)
    return plan_codec(_inner("text", arguments), replace(site, numbers=False))


def _inner(name: str, arguments: Arguments) -> CodecText:
    if len(arguments) != 1:
        raise ValueError(f"{name} takes one codec, as in {name}(money(yuan))")
    inner = arguments[0]
    return Written(inner) if isinstance(inner, str) else inner


def _number(arguments: Arguments, site: Site) -> CodecPlan:
    if not site.json:
        raise ValueError("number stands on a wire that has numbers of its own (json); here everything is text")
    inner = plan_codec(_inner("number", arguments), replace(site, numbers=True))
    if inner.wire_kind == "number":
        return inner
    if inner.send == "flag_out":
        yes, no = (whole("number", "a flag's value", str(text), -9, 9999) for text in inner.arguments)
        return replace(inner, arguments=(yes, no), wire_kind="number")
    if inner.wire_kind != "text" or inner.maker is not None or inner.send or inner.arguments:
        raise ValueError("number takes int, decimal, money, percent, text, enum, flag or an epoch")
    return replace(inner, send="number_out", read="number_in", wire_kind="number")


def _spec(
    name: str, kinds: tuple[CanonicalKind, ...], plan: Planner, parameters: str = "", wire_kind: WireKind = "text"
) -> CodecSpec:
    return CodecSpec(name=name, canonical_kinds=kinds, wire_kind=wire_kind, parameters=parameters, plan=plan)


ANY: tuple[CanonicalKind, ...] = (
    "text", "int", "decimal", "share", "money", "date", "datetime", "time", "bool", "enum", "bytes", "object", "list"
)  # fmt: skip

WRAPPERS: Mapping[str, int] = {
    "upper": 0, "lower": 0, "trim": 0, "cut": 2, "pad": 2, "affix": 2, "unescape": 0, "base64": 0, "grouped": 2,
    "overpunch": 1, "piece": 1,
}  # fmt: skip
"""Codecs that work on a text, with the number of their own arguments: behind them a codec may stand that makes it."""

_ALL = (
    _spec("text", ANY, _text_or_forced, "[codec]"),
    _spec("upper", ANY, plan_plain("upper", "upper_out", "upper_in"), "[codec]"),
    _spec("lower", ANY, plan_plain("lower", "lower_out", "lower_in"), "[codec]"),
    _spec("trim", ANY, plan_plain("trim", "trim_out", "trim_in"), "[codec]"),
    _spec("cut", ANY, plan_cut, "n[;bytes][;codec]"),
    _spec("pad", ANY, plan_pad, "n;c[;codec]"),
    _spec("affix", ANY, plan_affix, "before;after[;codec]"),
    _spec("unescape", ANY, plan_plain("unescape", "escape_out", "unescape_in"), "[codec]"),
    _spec("grouped", ANY, plan_grouped, "[separator;mark;]codec"),
    _spec("overpunch", ANY, plan_overpunch, "digits[-];codec"),
    _spec("name", ("text",), plan_name, "family|given"),
    _spec("int", ("int",), plan_int),
    _spec("decimal", ("decimal",), plan_decimal, "places"),
    _spec("money", ("money",), plan_money, "fen|yuan|wan|minor|major[;places|min]"),
    _spec("percent", ("share", "decimal"), plan_percent, "places"),
    _spec("date", ("date",), plan_date, "pattern"),
    _spec("datetime", ("datetime",), plan_datetime, "pattern[;zone]"),
    _spec("time", ("time",), plan_time, "pattern"),
    _spec("until", ("datetime", "date"), plan_until, "pattern;1s|1d[;zone]"),
    _spec("scaled", ("int", "decimal"), plan_scaled, "power of ten[;places]"),
    _spec("enum", ("enum", "text"), plan_enum, "table[;table for reading]"),
    _spec("flag", ("bool",), plan_flag, "yes/no"),
    _spec("present", ANY, plan_present, "yes;no"),
    _spec("phone", ("text",), plan_phone, "E164"),
    _spec("country", ("text",), plan_country, "alpha3|numeric"),
    _spec("uuid", ("text",), plan_uuid),
    _spec("base64", ANY, plan_base64, "[codec]"),
    _spec("json", ("object", "list"), plan_json, "[times]"),
    _spec("raw", ("object", "list", "bytes"), plan_raw, wire_kind="object"),
    _spec("pairs", ("object",), plan_pairs, "key;value", wire_kind="object"),
    _spec("number", ANY, _number, "codec", wire_kind="number"),
)

CODECS: Mapping[str, CodecSpec] = {spec.name: spec for spec in _ALL}
"""Every codec a mapping may name, by name."""

# What the loader writes for one of several fields that a row's value is spread over; nobody writes it by hand.
PIECE = _spec("piece", ANY, plan_piece, "n;codec")
