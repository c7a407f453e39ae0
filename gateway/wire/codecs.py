"""The registry of codecs: what stands after `as:` in a mapping, and which functions a generated module calls for it.

A codec is a pair, one half for sending and one for reading, typed on both ends. The registry is read when a mapping
is checked and when code is generated, never while a message is converted: `plan_codec` picks the specialised functions
once (`money(yuan)` becomes `yuan_out` and `yuan_in`), and the generated module calls those.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from gateway.wire.patterns import is_readable_day, is_readable_instant, is_readable_time, parse_pattern, parse_zone

CanonicalKind = Literal[
    "text", "int", "decimal", "share", "money", "date", "datetime", "time", "bool", "enum", "bytes", "object", "list"
]
WireKind = Literal["text", "number", "bool", "object"]

ROUNDINGS = ("half_up", "half_even", "down", "up", "floor", "ceiling")


class CodecText(Protocol):
    """A codec as written: `name(argument; argument)`; an argument is text or again a codec."""

    @property
    def name(self) -> str: ...

    @property
    def arguments(self) -> "tuple[str | CodecText, ...]": ...


class Written(Struct, frozen=True):
    """A codec as written, for callers that have no parsed tree at hand."""

    name: str
    arguments: "tuple[str | Written, ...]" = ()


class Site(Struct, frozen=True, kw_only=True):
    """Where a codec stands: what the wire around it can carry, and the options written beside it.

    `json` says that the wire has numbers and booleans of its own; `numbers` that numeric codecs use them (the layer
    option `numbers: decimal`). `zone` is the carrier's `timezone`. `rounding` is the row's `round`. `kind` is the kind
    of the canonical field, where it is known: a codec that serves several kinds needs it.
    """

    json: bool = False
    numbers: bool = False
    zone: str = "+00:00"
    rounding: str | None = None
    kind: CanonicalKind | None = None


class CodecPlan(Struct, frozen=True, kw_only=True):
    """What a generated module writes for one codec at one site.

    Without `maker` it writes `send(value, *arguments)` and `read(value, *arguments)`; an empty name means the value as
    it is. With `maker` it writes `NAME = maker(*arguments)` once at the top of the module, and then `NAME.send(value)`
    and `NAME.read(value)`. `table` names the code table between: `send(TABLE_OUT[value])`, `TABLE_IN[read(value)]`.
    `needs_currency` asks for the currency as one more argument after the value, when sending and when reading.
    `sends_only` marks a pattern that says too little to be read back (an hour without its day).
    """

    send: str
    read: str
    canonical_kind: CanonicalKind
    wire_kind: WireKind = "text"
    arguments: tuple[str | int | bool | None, ...] = ()
    maker: str | None = None
    table: str | None = None
    needs_currency: bool = False
    sends_only: bool = False


Arguments = tuple[str | CodecText, ...]
Planner = Callable[[Arguments, Site], CodecPlan]


class CodecSpec(Struct, frozen=True, kw_only=True):
    """One codec: its name, the canonical kinds it converts, what it writes, and how its parameters read.

    `wire_kind` is what it writes on a wire that carries text only; on a JSON wire the plan's own `wire_kind` holds.
    """

    name: str
    canonical_kinds: tuple[CanonicalKind, ...]
    wire_kind: WireKind
    parameters: str
    plan: Planner


def plan_codec(codec: CodecText, site: Site) -> CodecPlan:
    """The plan of a codec as written at a site.

    Raises `ValueError` with one clear sentence: unknown codec, wrong argument, a kind it does not convert.
    """
    spec = CODECS.get(codec.name)
    if spec is None:
        raise ValueError(f"unknown codec '{codec.name}'{_suggestion(codec.name)}")
    if site.kind is not None and site.kind not in spec.canonical_kinds:
        converts = _listed(spec.canonical_kinds)
        raise ValueError(f"{codec.name} converts {converts}, but the canonical field is {_a(site.kind)}")
    return spec.plan(codec.arguments, site)


def plan_default(site: Site) -> CodecPlan:
    """The plan of a row without `as`: text stays text, integers are `int`; everything else must say its codec."""
    if site.kind in ("text", None):
        return _text((), site)
    if site.kind == "int":
        return _int((), site)
    if site.kind == "object":
        return _raw((), site)
    raise ValueError(f"{_a(site.kind or 'text')} needs a codec: write as: {_EXAMPLES.get(site.kind or '', '...')}")


_EXAMPLES = {
    "money": "money(yuan)",
    "date": "date(yyyy-MM-dd)",
    "datetime": "datetime(iso)",
    "time": "time(HHmmss)",
    "bool": "flag(Y/N)",
    "enum": "enum(table)",
    "share": "percent(0)",
    "decimal": "decimal(2)",
    "bytes": "base64",
    "list": "json",
}


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _listed(kinds: tuple[CanonicalKind, ...]) -> str:
    return " or ".join(_a(kind) for kind in kinds)


def _suggestion(name: str) -> str:
    # `fen2yuan` and `yyyyMMdd` are what people type first: the unit and the pattern lead to their codec.
    folded = name.lower()
    if unit := next((unit for unit in ("fen", "yuan", "wan") if folded.startswith(unit)), None):
        return f", did you mean 'money({unit})'?"
    close = get_close_matches(folded, CODECS, n=1, cutoff=0.5)
    return f", did you mean '{close[0]}'?" if close else f"; known: {', '.join(sorted(CODECS))}"


# What the planners share: reading arguments.


def _texts(name: str, arguments: Arguments, least: int, most: int) -> list[str]:
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ValueError(f"{name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {len(arguments)}")
    texts = [argument for argument in arguments if isinstance(argument, str)]
    if len(texts) != len(arguments):
        raise ValueError(f"{name} takes text, not another codec")
    return texts


def _whole(name: str, what: str, text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ValueError(f"{name}: {what} must be a whole number, not '{text}'") from None
    if not least <= value <= most:
        raise ValueError(f"{name}: {what} must lie between {least} and {most}, not {value}")
    return value


def _rounding(site: Site) -> str | None:
    if site.rounding is not None and site.rounding not in ROUNDINGS:
        raise ValueError(f"unknown rounding '{site.rounding}'; known: {', '.join(ROUNDINGS)}")
    return site.rounding


# The planners, in the order of the registry.


def _text(arguments: Arguments, _site: Site) -> CodecPlan:
    if arguments:
        raise ValueError("text takes another codec only where a wire has numbers of its own: text(money(yuan))")
    return CodecPlan(send="", read="text_in", canonical_kind="text")


def _text_or_forced(arguments: Arguments, site: Site) -> CodecPlan:
    if not arguments:
        return _text((), site)
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
        yes, no = (_whole("number", "a flag's value", str(text), -9, 9999) for text in inner.arguments)
        return replace(inner, arguments=(yes, no), wire_kind="number")
    if inner.wire_kind != "text" or inner.maker is not None or inner.send or inner.arguments:
        raise ValueError("number takes int, decimal, money, percent, text, enum, flag or an epoch")
    return replace(inner, send="number_out", read="number_in", wire_kind="number")


def _plain(name: str, send: str, read: str) -> Planner:
    def plan(arguments: Arguments, _site: Site) -> CodecPlan:
        _texts(name, arguments, 0, 0)
        return CodecPlan(send=send, read=read, canonical_kind="text")

    return plan


def _cut(arguments: Arguments, _site: Site) -> CodecPlan:
    (length,) = _texts("cut", arguments, 1, 1)
    count = _whole("cut", "the length", length, 1, 100_000)
    return CodecPlan(send="cut_out", read="cut_in", arguments=(count,), canonical_kind="text")


def _pad(arguments: Arguments, _site: Site) -> CodecPlan:
    texts = _texts("pad", arguments, 1, 2)
    width = _whole("pad", "the width", texts[0], -10_000, 10_000)
    fill = texts[1] if len(texts) == 2 else "0" if width > 0 else " "
    if width == 0 or len(fill) != 1:
        raise ValueError("pad takes a width (negative: on the right) and one character, as in pad(8;0)")
    return CodecPlan(send="pad_out", read="pad_in", arguments=(width, fill), canonical_kind="text")


def _affix(arguments: Arguments, _site: Site) -> CodecPlan:
    texts = _texts("affix", arguments, 1, 2)
    before, after = texts[0], texts[1] if len(texts) == 2 else ""
    return CodecPlan(send="affix_out", read="affix_in", arguments=(before, after), canonical_kind="text")


def _int(arguments: Arguments, site: Site) -> CodecPlan:
    _texts("int", arguments, 0, 0)
    if site.numbers:
        return CodecPlan(send="", read="int_number_in", canonical_kind="int", wire_kind="number")
    return CodecPlan(send="str", read="int_in", canonical_kind="int")


def _made(kind: CanonicalKind, site: Site, maker: str, *arguments: str | int | bool | None) -> CodecPlan:
    wire_kind: WireKind = "number" if site.numbers else "text"
    return CodecPlan(
        send="send", read="read", maker=maker, arguments=arguments, canonical_kind=kind, wire_kind=wire_kind
    )


def _decimal(arguments: Arguments, site: Site) -> CodecPlan:
    texts = _texts("decimal", arguments, 0, 1)
    places = _whole("decimal", "the number of places", texts[0], 0, 12) if texts else None
    return _made("decimal", site, "decimal_codec", places, _rounding(site), site.numbers)


_MONEY_UNITS = ("fen", "yuan", "wan", "minor", "major")
_MONEY_DIRECT = {("fen", None): "fen", ("yuan", None): "yuan", ("yuan", "2"): "yuan", ("wan", None): "wan"}


def _money(arguments: Arguments, site: Site) -> CodecPlan:
    texts = _texts("money", arguments, 1, 2)
    unit, places = texts[0], texts[1] if len(texts) == 2 else None
    if unit not in _MONEY_UNITS:
        raise ValueError(f"money: unknown unit '{unit}'; known: {', '.join(_MONEY_UNITS)}")
    rounding = _rounding(site)
    if places is not None and places != "min":
        _whole("money", "the number of places", places, 0, 6)
    stem = _MONEY_DIRECT.get((unit, places)) if rounding is None else None
    if stem is not None:
        suffix = "_number" if site.numbers else ""
        wire_kind: WireKind = "number" if site.numbers else "text"
        return CodecPlan(
            send=f"{stem}{suffix}_out", read=f"{stem}{suffix}_in", canonical_kind="money", wire_kind=wire_kind
        )
    plan = _made("money", site, "money_codec", unit, places, rounding, site.numbers)
    return replace(plan, needs_currency=unit in ("minor", "major"))


def _percent(arguments: Arguments, site: Site) -> CodecPlan:
    texts = _texts("percent", arguments, 0, 1)
    kind: CanonicalKind = "decimal" if site.kind == "decimal" else "share"
    # A share is a ratio of numbers of at most six digits: four places of a percentage are what it can hold.
    places = _whole("percent", "the number of places", texts[0], 0, 4 if kind == "share" else 12) if texts else 0
    return _made(kind, site, f"{kind}_percent_codec", places, _rounding(site), site.numbers)


_DATE_DIRECT = {"yyyyMMdd": "ymd", "yyyy-MM-dd": "iso_day", "iso": "iso_day", "yyyy/MM/dd": "slash_day"}


def _pattern_site(pattern: str, site: Site) -> Site:
    # Seconds and days counted from an epoch are numbers where the wire has them; every other pattern is text.
    return replace(site, numbers=site.numbers and pattern in ("epoch_s", "epoch_ms", "excel"))


def _date(arguments: Arguments, site: Site) -> CodecPlan:
    (pattern,) = _texts("date", arguments, 1, 1)
    parse_pattern(pattern)
    if (stem := _DATE_DIRECT.get(pattern)) is not None:
        return CodecPlan(send=f"{stem}_out", read=f"{stem}_in", canonical_kind="date")
    where = _pattern_site(pattern, site)
    plan = _made("date", where, "date_codec", pattern, where.numbers)
    return replace(plan, sends_only=not is_readable_day(pattern))


def _datetime(arguments: Arguments, site: Site) -> CodecPlan:
    (pattern,) = _texts("datetime", arguments, 1, 1)
    parse_pattern(pattern)
    parse_zone(site.zone)
    where = _pattern_site(pattern, site)
    plan = _made("datetime", where, "datetime_codec", pattern, site.zone, where.numbers)
    return replace(plan, sends_only=not is_readable_instant(pattern))


def _time(arguments: Arguments, site: Site) -> CodecPlan:
    (pattern,) = _texts("time", arguments, 1, 1)
    parse_pattern(pattern)
    plan = _made("time", replace(site, numbers=False), "time_codec", pattern)
    return replace(plan, sends_only=not is_readable_time(pattern))


def _until(arguments: Arguments, site: Site) -> CodecPlan:
    pattern, step = _texts("until", arguments, 2, 2)
    parse_pattern(pattern)
    parse_zone(site.zone)
    if step not in ("1s", "1d"):
        raise ValueError(f"until: the last moment lies 1s or 1d before the end, not '{step}'")
    where = _pattern_site(pattern, site)
    if site.kind == "date":
        if step != "1d":
            raise ValueError("until: a date has no second before its end; write 1d")
        plan = _made("date", where, "until_day_codec", pattern, where.numbers)
        return replace(plan, sends_only=not is_readable_day(pattern))
    plan = _made("datetime", where, "until_codec", pattern, step, site.zone, where.numbers)
    return replace(plan, sends_only=not is_readable_instant(pattern))


def _enum(arguments: Arguments, _site: Site) -> CodecPlan:
    (table,) = _texts("enum", arguments, 1, 1)
    return CodecPlan(send="", read="", table=table, canonical_kind="enum")


def _flag(arguments: Arguments, site: Site) -> CodecPlan:
    (pair,) = _texts("flag", arguments, 1, 1)
    yes, slash, no = pair.partition("/")
    if not slash or yes == no:
        raise ValueError("flag takes two different texts, as in flag(Y/N)")
    if site.json and (yes, no) == ("true", "false"):
        return CodecPlan(send="", read="bool_in", canonical_kind="bool", wire_kind="bool")
    return CodecPlan(send="flag_out", read="flag_in", arguments=(yes, no), canonical_kind="bool")


def _present(arguments: Arguments, _site: Site) -> CodecPlan:
    yes, no = _texts("present", arguments, 2, 2)
    if yes == no:
        raise ValueError("present takes two different texts, as in present(Y;N)")
    return CodecPlan(send="present_out", read="present_in", arguments=(yes, no), canonical_kind="object")


def _phone(arguments: Arguments, _site: Site) -> CodecPlan:
    (form,) = _texts("phone", arguments, 1, 1)
    if form != "E164":
        raise ValueError(f"phone: unknown form '{form}'; known: E164")
    return CodecPlan(send="e164_out", read="e164_in", canonical_kind="text")


def _base64(arguments: Arguments, site: Site) -> CodecPlan:
    _texts("base64", arguments, 0, 0)
    if site.kind == "bytes":
        return CodecPlan(send="base64_bytes_out", read="base64_bytes_in", canonical_kind="bytes")
    return CodecPlan(send="base64_text_out", read="base64_text_in", canonical_kind="text")


def _json(arguments: Arguments, site: Site) -> CodecPlan:
    texts = _texts("json", arguments, 0, 1)
    times = _whole("json", "how many times", texts[0], 1, 3) if texts else 1
    kind: CanonicalKind = "list" if site.kind == "list" else "object"
    return CodecPlan(send="json_text_out", read="json_text_in", arguments=(times,), canonical_kind=kind)


def _raw(arguments: Arguments, site: Site) -> CodecPlan:
    _texts("raw", arguments, 0, 0)
    kind: CanonicalKind = "list" if site.kind == "list" else "object"
    return CodecPlan(send="raw_out", read="raw_in", canonical_kind=kind, wire_kind="object")


def _pairs(arguments: Arguments, _site: Site) -> CodecPlan:
    key, value = _texts("pairs", arguments, 2, 2)
    return CodecPlan(
        send="pairs_out", read="pairs_in", arguments=(key, value), canonical_kind="object", wire_kind="object"
    )


def _spec(
    name: str, kinds: tuple[CanonicalKind, ...], plan: Planner, parameters: str = "", wire_kind: WireKind = "text"
) -> CodecSpec:
    return CodecSpec(name=name, canonical_kinds=kinds, wire_kind=wire_kind, parameters=parameters, plan=plan)


ANY: tuple[CanonicalKind, ...] = (
    "text", "int", "decimal", "share", "money", "date", "datetime", "time", "bool", "enum", "bytes", "object", "list"
)  # fmt: skip

_ALL = (
    _spec("text", ANY, _text_or_forced, "[codec]"),
    _spec("upper", ("text",), _plain("upper", "upper_out", "upper_in")),
    _spec("lower", ("text",), _plain("lower", "lower_out", "lower_in")),
    _spec("cut", ("text",), _cut, "n"),
    _spec("pad", ("text",), _pad, "n;c"),
    _spec("affix", ("text",), _affix, "before;after"),
    _spec("unescape", ("text",), _plain("unescape", "escape_out", "unescape_in")),
    _spec("int", ("int",), _int),
    _spec("decimal", ("decimal",), _decimal, "places"),
    _spec("money", ("money",), _money, "fen|yuan|wan|minor|major[;places|min]"),
    _spec("percent", ("share", "decimal"), _percent, "places"),
    _spec("date", ("date",), _date, "pattern"),
    _spec("datetime", ("datetime",), _datetime, "pattern"),
    _spec("time", ("time",), _time, "pattern"),
    _spec("until", ("datetime", "date"), _until, "pattern;1s|1d"),
    _spec("enum", ("enum", "text"), _enum, "table"),
    _spec("flag", ("bool",), _flag, "yes/no"),
    _spec("present", ANY, _present, "yes;no"),
    _spec("phone", ("text",), _phone, "E164"),
    _spec("base64", ("text", "bytes"), _base64),
    _spec("json", ("object", "list"), _json, "[times]"),
    _spec("raw", ("object", "list"), _raw, wire_kind="object"),
    _spec("pairs", ("object",), _pairs, "key;value", wire_kind="object"),
    _spec("number", ANY, _number, "codec", wire_kind="number"),
)

CODECS: Mapping[str, CodecSpec] = {spec.name: spec for spec in _ALL}
"""Every codec a mapping may name, by name."""
