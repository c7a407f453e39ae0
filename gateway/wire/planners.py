"""One planner per codec: its arguments and its site against the specialised functions that will do the work.

Every planner raises `ValueError` with one sentence for arguments that mean nothing.
"""

from msgspec.structs import replace

from gateway.wire.patterns import (
    CALENDAR_PARTS,
    TIME_PARTS,
    is_readable_day,
    is_readable_instant,
    is_readable_time,
    only_parts,
    parse_pattern,
    parse_zone,
)
from gateway.wire.plans import (
    Arguments,
    CanonicalKind,
    CodecPlan,
    Planner,
    Site,
    WireKind,
    made,
    rounding_of,
    texts_of,
    whole,
)


def plan_text(arguments: Arguments, _site: Site) -> CodecPlan:
    if arguments:
        raise ValueError("text takes another codec only where a wire has numbers of its own: text(money(yuan))")
    return CodecPlan(send="", read="text_in", canonical_kind="text")


def plan_plain(name: str, send: str, read: str) -> Planner:
    def plan(arguments: Arguments, _site: Site) -> CodecPlan:
        texts_of(name, arguments, 0, 0)
        return CodecPlan(send=send, read=read, canonical_kind="text")

    return plan


def plan_cut(arguments: Arguments, site: Site) -> CodecPlan:
    texts = texts_of("cut", arguments, 1, 2)
    count = whole("cut", "the length", texts[0], 1, 100_000)
    if texts[1:] not in ([], ["bytes"]):
        raise ValueError(f"cut takes a length, or a length and bytes, as in cut(60;bytes), not '{texts[1]}'")
    if len(texts) == 2:
        arguments_of = (count, site.charset)
        return CodecPlan(send="cut_bytes_out", read="cut_bytes_in", arguments=arguments_of, canonical_kind="text")
    return CodecPlan(send="cut_out", read="cut_in", arguments=(count,), canonical_kind="text")


def plan_pad(arguments: Arguments, _site: Site) -> CodecPlan:
    texts = texts_of("pad", arguments, 1, 2)
    width = whole("pad", "the width", texts[0], -10_000, 10_000)
    fill = texts[1] if len(texts) == 2 else "0" if width > 0 else " "
    if width == 0 or len(fill) != 1:
        raise ValueError("pad takes a width (negative: on the right) and one character, as in pad(8;0)")
    return CodecPlan(send="pad_out", read="pad_in", arguments=(width, fill), canonical_kind="text")


def plan_affix(arguments: Arguments, _site: Site) -> CodecPlan:
    texts = texts_of("affix", arguments, 1, 2)
    before, after = texts[0], texts[1] if len(texts) == 2 else ""
    return CodecPlan(send="affix_out", read="affix_in", arguments=(before, after), canonical_kind="text")


def plan_grouped(arguments: Arguments, site: Site) -> CodecPlan:
    separator, mark = texts_of("grouped", arguments, 2, 2) if arguments else (",", ".")
    bad = any(len(each) > 1 or each.isdigit() or each == "-" for each in (separator, mark))
    if bad or not mark or separator == mark or site.kind != "text":
        raise ValueError("grouped takes a separator of thousands and a decimal mark, as in grouped(.;,;money(major))")
    return CodecPlan(send="grouped_out", read="grouped_in", arguments=(separator, mark), canonical_kind="text")


def plan_overpunch(arguments: Arguments, site: Site) -> CodecPlan:
    (text,) = texts_of("overpunch", arguments, 1, 1) if arguments else ("",)
    plain = text.endswith("-")
    if not text or site.kind != "text":
        raise ValueError("overpunch takes the number of digits and a codec, as in overpunch(13;money(minor))")
    digits = whole("overpunch", "the number of digits", text.removesuffix("-"), 1, 40)
    return CodecPlan(send="overpunch_out", read="overpunch_in", arguments=(digits, plain), canonical_kind="text")


def plan_name(arguments: Arguments, _site: Site) -> CodecPlan:
    (order,) = texts_of("name", arguments, 1, 1)
    if order not in ("family|given", "given|family"):
        raise ValueError(f"name takes family|given or given|family, not '{order}'")
    family = order.startswith("family")
    return CodecPlan(send="name_out", read="name_in", arguments=(family,), canonical_kind="text")


def plan_piece(arguments: Arguments, site: Site) -> CodecPlan:
    number, *form = texts_of("piece", arguments, 1, 2)
    position = whole("piece", "the position", number, 0, 9)
    plan = CodecPlan(send="piece_out", read="", arguments=(position,), canonical_kind="text", sends_only=position > 0)
    if not form:
        return plan
    if not site.json:
        raise ValueError("number stands on a wire that has numbers of its own (json); here everything is text")
    return replace(plan, send="piece_number_out", wire_kind="number")


def plan_scaled(arguments: Arguments, site: Site) -> CodecPlan:
    texts = texts_of("scaled", arguments, 1, 2)
    power = whole("scaled", "the power of ten", texts[0], -12, 12)
    places = whole("scaled", "the number of places", texts[1], 0, 12) if len(texts) == 2 else None
    is_whole = site.kind == "int"
    return made(
        "int" if is_whole else "decimal", site, "scaled_codec", power, places, rounding_of(site), site.numbers, is_whole
    )


def plan_int(arguments: Arguments, site: Site) -> CodecPlan:
    texts_of("int", arguments, 0, 0)
    if site.numbers:
        return CodecPlan(send="", read="int_number_in", canonical_kind="int", wire_kind="number")
    return CodecPlan(send="str", read="int_in", canonical_kind="int")


def plan_decimal(arguments: Arguments, site: Site) -> CodecPlan:
    texts = texts_of("decimal", arguments, 0, 1)
    places: int | str | None = None
    if texts:
        places = _at_least("decimal", texts[0]) or whole("decimal", "the number of places", texts[0], 0, 12)
    return made("decimal", site, "decimal_codec", places, rounding_of(site), site.numbers)


def _at_least(name: str, text: str) -> str | None:
    """`1+`: at least so many places; None for anything else."""
    return f"{whole(name, 'the number of places', text[:-1], 1, 6)}+" if text.endswith("+") else None


_MONEY_UNITS = ("fen", "yuan", "wan", "minor", "major")
_MONEY_DIRECT = {("fen", None): "fen", ("yuan", None): "yuan", ("yuan", "2"): "yuan", ("wan", None): "wan"}


def plan_money(arguments: Arguments, site: Site) -> CodecPlan:
    texts = texts_of("money", arguments, 1, 2)
    unit, places = texts[0], texts[1] if len(texts) == 2 else None
    if unit not in _MONEY_UNITS:
        raise ValueError(f"money: unknown unit '{unit}'; known: {', '.join(_MONEY_UNITS)}")
    rounding = rounding_of(site)
    if places is not None and places != "min" and _at_least("money", places) is None:
        whole("money", "the number of places", places, 0, 6)
    stem = _MONEY_DIRECT.get((unit, places)) if rounding is None else None
    if stem is not None:
        suffix = "_number" if site.numbers else ""
        wire_kind: WireKind = "number" if site.numbers else "text"
        return CodecPlan(
            send=f"{stem}{suffix}_out", read=f"{stem}{suffix}_in", canonical_kind="money", wire_kind=wire_kind
        )
    plan = made("money", site, "money_codec", unit, places, rounding, site.numbers)
    return replace(plan, needs_currency=unit in ("minor", "major"))


def plan_percent(arguments: Arguments, site: Site) -> CodecPlan:
    texts = texts_of("percent", arguments, 0, 1)
    kind: CanonicalKind = "decimal" if site.kind == "decimal" else "share"
    # A share is a ratio of numbers of at most six digits: four places of a percentage are what it can hold.
    places = whole("percent", "the number of places", texts[0], 0, 4 if kind == "share" else 12) if texts else 0
    return made(kind, site, f"{kind}_percent_codec", places, rounding_of(site), site.numbers)


_DATE_DIRECT = {"yyyyMMdd": "ymd", "yyyy-MM-dd": "iso_day", "iso": "iso_day", "yyyy/MM/dd": "slash_day"}


def _pattern_site(pattern: str, site: Site) -> Site:
    # Seconds and days counted from an epoch are numbers where the wire has them; every other pattern is text.
    return replace(site, numbers=site.numbers and pattern in ("epoch_s", "epoch_ms", "excel"))


def plan_date(arguments: Arguments, site: Site) -> CodecPlan:
    (pattern,) = texts_of("date", arguments, 1, 1)
    only_parts(pattern, CALENDAR_PARTS, "date")
    if (stem := _DATE_DIRECT.get(pattern)) is not None:
        return CodecPlan(send=f"{stem}_out", read=f"{stem}_in", canonical_kind="date")
    where = _pattern_site(pattern, site)
    plan = made("date", where, "date_codec", pattern, where.numbers)
    return replace(plan, sends_only=not is_readable_day(pattern))


def _zoned(texts: list[str], own: int, site: Site) -> tuple[str, str]:
    """The pattern and the zone of an instant: the one written behind the codec's own arguments, or the carrier's."""
    parse_pattern(texts[0])
    zone = texts[own] if len(texts) > own else site.zone
    parse_zone(zone)
    return texts[0], zone


def plan_datetime(arguments: Arguments, site: Site) -> CodecPlan:
    pattern, zone = _zoned(texts_of("datetime", arguments, 1, 2), 1, site)
    where = _pattern_site(pattern, site)
    plan = made("datetime", where, "datetime_codec", pattern, zone, where.numbers)
    return replace(plan, sends_only=not is_readable_instant(pattern))


def plan_time(arguments: Arguments, site: Site) -> CodecPlan:
    (pattern,) = texts_of("time", arguments, 1, 1)
    only_parts(pattern, TIME_PARTS, "time")
    plan = made("time", replace(site, numbers=False), "time_codec", pattern)
    return replace(plan, sends_only=not is_readable_time(pattern))


def plan_until(arguments: Arguments, site: Site) -> CodecPlan:
    texts = texts_of("until", arguments, 2, 3)
    step = texts[1]
    pattern, zone = _zoned(texts, 2, site)
    if step not in ("1s", "1d"):
        raise ValueError(f"until: the last moment lies 1s or 1d before the end, not '{step}'")
    where = _pattern_site(pattern, site)
    if site.kind == "date":
        only_parts(pattern, CALENDAR_PARTS, "until of a date")
        if step != "1d":
            raise ValueError("until: a date has no second before its end; write 1d")
        plan = made("date", where, "until_day_codec", pattern, where.numbers)
        return replace(plan, sends_only=not is_readable_day(pattern))
    plan = made("datetime", where, "until_codec", pattern, step, zone, where.numbers)
    return replace(plan, sends_only=not is_readable_instant(pattern))


def plan_enum(arguments: Arguments, _site: Site) -> CodecPlan:
    texts = texts_of("enum", arguments, 1, 2)
    other = texts[1] if len(texts) == 2 else None
    return CodecPlan(send="", read="", table=texts[0], read_table=other, canonical_kind="enum")


def plan_flag(arguments: Arguments, site: Site) -> CodecPlan:
    (pair,) = texts_of("flag", arguments, 1, 1)
    yes, slash, no = pair.partition("/")
    if not slash or yes == no:
        raise ValueError("flag takes two different texts, as in flag(Y/N)")
    if site.json and (yes, no) == ("true", "false"):
        return CodecPlan(send="", read="bool_in", canonical_kind="bool", wire_kind="bool")
    return CodecPlan(send="flag_out", read="flag_in", arguments=(yes, no), canonical_kind="bool")


def plan_present(arguments: Arguments, site: Site) -> CodecPlan:
    yes, no = texts_of("present", arguments, 2, 2)
    if yes == no:
        raise ValueError("present takes two different texts, as in present(Y;N)")
    if site.json and (yes, no) == ("true", "false"):
        return CodecPlan(send="there", read="bool_in", canonical_kind="object", wire_kind="bool")
    return CodecPlan(send="present_out", read="present_in", arguments=(yes, no), canonical_kind="object")


def plan_phone(arguments: Arguments, _site: Site) -> CodecPlan:
    (form,) = texts_of("phone", arguments, 1, 1)
    if form != "E164":
        raise ValueError(f"phone: unknown form '{form}'; known: E164")
    return CodecPlan(send="e164_out", read="e164_in", canonical_kind="text")


def plan_country(arguments: Arguments, site: Site) -> CodecPlan:
    (form,) = texts_of("country", arguments, 1, 1)
    if form not in ("alpha3", "numeric"):
        raise ValueError(f"country: unknown form '{form}'; known: alpha3, numeric; two letters are text")
    return made("text", replace(site, numbers=False), "country_codec", form)


def plan_uuid(arguments: Arguments, _site: Site) -> CodecPlan:
    texts_of("uuid", arguments, 0, 0)
    return CodecPlan(send="uuid_out", read="uuid_in", canonical_kind="text")


def plan_base64(arguments: Arguments, site: Site) -> CodecPlan:
    texts_of("base64", arguments, 0, 0)
    if site.kind == "bytes":
        return CodecPlan(send="base64_bytes_out", read="base64_bytes_in", canonical_kind="bytes")
    return CodecPlan(send="base64_text_out", read="base64_text_in", canonical_kind="text")


def plan_json(arguments: Arguments, site: Site) -> CodecPlan:
    texts = texts_of("json", arguments, 0, 1)
    times = whole("json", "how many times", texts[0], 1, 3) if texts else 1
    kind: CanonicalKind = "list" if site.kind == "list" else "object"
    return CodecPlan(send="json_text_out", read="json_text_in", arguments=(times,), canonical_kind=kind)


def plan_raw(arguments: Arguments, site: Site) -> CodecPlan:
    texts_of("raw", arguments, 0, 0)
    if site.kind == "bytes":
        return CodecPlan(send="", read="bytes_in", canonical_kind="bytes", wire_kind="object")
    kind: CanonicalKind = "list" if site.kind == "list" else "object"
    return CodecPlan(send="raw_out", read="raw_in", canonical_kind=kind, wire_kind="object")


def plan_pairs(arguments: Arguments, _site: Site) -> CodecPlan:
    key, value = texts_of("pairs", arguments, 2, 2)
    return CodecPlan(
        send="pairs_out", read="pairs_in", arguments=(key, value), canonical_kind="object", wire_kind="object"
    )
