"""The registry of codecs: what it names exists, what it refuses it refuses in words."""

import inspect
import re

import pytest

import gateway.wire
from gateway.wire.codecs import CODECS, Site, Written, plan_codec, plan_default

SAMPLES = {
    "text": [(), (Written("int"),)],
    "upper": [(), (Written("date", ("dd-MMM-yyyy",)),)],
    "lower": [()],
    "trim": [(), ("int",)],
    "cut": [("10",), ("10", "bytes")],
    "pad": [("8", "0"), ("-8",), ("8", "0", "int")],
    "affix": [("A-", "-Z"), ("A-",), ("", "%", Written("percent", ("0",)))],
    "unescape": [()],
    "grouped": [(Written("money", ("yuan",)),), (".", ",", Written("decimal", ("2",)))],
    "overpunch": [("13", Written("money", ("minor",))), ("5-", "int")],
    "name": [("family|given",), ("given|family",)],
    "scaled": [("-2",), ("3", "2")],
    "int": [()],
    "decimal": [(), ("2",), ("1+",)],
    "money": [
        *[(unit,) for unit in ("fen", "yuan", "wan", "minor", "major")],
        ("yuan", "2"), ("yuan", "min"), ("yuan", "1+"), ("major", "4"), ("wan", "2"),
    ],
    "percent": [(), ("2",)],
    "date": [(p,) for p in ("yyyyMMdd", "yyyy-MM-dd", "yyyy/MM/dd", "iso", "dd-MMM-yyyy", "epoch_s", "excel")],
    "datetime": [(p,) for p in ("yyyyMMddHHmmss", "yyyy-MM-dd HH:mm:ss", "iso", "epoch_ms", "HH", "kk")],
    "time": [("HHmmss",), ("iso",)],
    "until": [("yyyy-MM-dd", "1d"), ("yyyyMMddHHmmss", "1s"), ("iso", "1s", "Z")],
    "enum": [("gender",), ("gender", "gender_read")],
    "flag": [("Y/N",), ("true/false",)],
    "present": [("Y", "N")],
    "phone": [("E164",)],
    "country": [("alpha3",), ("numeric",)],
    "uuid": [()],
    "base64": [()],
    "json": [(), ("2",)],
    "raw": [()],
    "pairs": [("k", "v")],
    "number": [(Written("int"),), (Written("enum", ("gender",)),), (Written("flag", ("1/0",)),), ("text",)],
}  # fmt: skip

# Numbers exist on a JSON wire only.
CASES = [
    (name, arguments, json)
    for name, lists in SAMPLES.items()
    for arguments in lists
    for json in (False, True)
    if json or name != "number"
]


def test_every_codec_of_the_registry_is_tried_here():
    assert set(SAMPLES) == set(CODECS)


@pytest.mark.parametrize(("name", "arguments", "json"), CASES, ids=lambda value: str(value)[:40])
def test_every_function_a_plan_names_is_exported_and_takes_the_planned_arguments(name, arguments, json):
    plan = plan_codec(Written(name, arguments), Site(json=json, numbers=json))
    if plan.maker is not None:
        maker = getattr(gateway.wire, plan.maker)
        pair = maker(*plan.arguments)
        assert (plan.send, plan.read) == ("send", "read")
        assert callable(pair.send)
        assert callable(pair.read)
        return
    for half in (plan.send, plan.read):
        if half and half != "str":
            inspect.signature(getattr(gateway.wire, half)).bind("value", *plan.arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("fen2yaun", (), "unknown codec 'fen2yaun', did you mean 'money(fen)'?"),
        ("upcase", (), "unknown codec 'upcase'"),
        ("cut", (), "cut takes 1 to 2 arguments, not 0"),
        ("cut", ("3", "chars"), "a length, or a length and bytes"),
        ("cut", ("ten",), "cut: the length must be a whole number, not 'ten'"),
        ("pad", ("0", "x"), "pad takes a width"),
        ("pad", ("8", "00"), "one character"),
        ("money", ("cents",), "unknown unit 'cents'; known: fen, yuan, wan, minor, major"),
        ("money", ("yuan", "x"), "the number of places must be a whole number"),
        ("percent", ("6",), "must lie between 0 and 4"),
        ("date", ("yymmdd",), "mm is the minute of an hour, and there is no hour; the month is MM"),
        ("datetime", ("yyyy-mm-dd",), "the month is MM"),
        ("datetime", ("YYYYMMdd",), "in 'YYYYMMdd' is no part of a date; yyyy is the year"),
        ("date", ("yyyyqqdd",), "quote literal text: 'qqdd'"),
        ("datetime", ("yyyyMMddhhmm",), "h counts to 12 and needs a beside it"),
        ("grouped", (), "grouped works on a number another codec makes"),
        ("grouped", (",", ",", Written("decimal")), "grouped takes a separator of thousands and a decimal mark"),
        ("grouped", (".", Written("decimal")), "grouped takes 2 arguments, not 1"),
        ("overpunch", (), "overpunch works on a number another codec makes: overpunch(13;money(minor))"),
        ("overpunch", ("x", "int"), "the number of digits must be a whole number"),
        ("overpunch", ("9", Written("money", ("yuan",))), "overpunch writes no decimal point: money(fen)"),
        ("name", ("first|last",), "name takes family|given or given|family"),
        ("scaled", ("x",), "the power of ten must be a whole number"),
        ("pad", ("8", "0", Written("raw")), "pad works on a text; raw makes none"),
        ("date", ("yyyyyyyy",), "names the same part twice"),
        ("date", ("yyyyMMddHH",), "date: 'yyyyMMddHH' names hour, which it does not have"),
        ("time", ("yyyyMMdd",), "names day, month, year, which it does not have"),
        ("time", ("epoch_s",), "names a day"),
        ("until", ("yyyyMMdd", "1h"), "1s or 1d"),
        ("flag", ("Y",), "flag takes two different texts"),
        ("flag", ("Y/Y",), "flag takes two different texts"),
        ("present", ("Y", "Y"), "present takes two different texts"),
        ("phone", ("national",), "unknown form 'national'; known: E164"),
        ("country", ("name",), "unknown form 'name'; known: alpha3, numeric"),
        ("date", ("yyyy-MM-dd HH:mm..",), "'..' stands behind a day alone, as in yyyy-MM-dd.."),
        ("json", ("9",), "between 1 and 3"),
        ("number", (Written("int"),), "number stands on a wire that has numbers of its own"),
        ("int", ("5",), "int takes 0 arguments"),
        ("upper", ("int", "x"), "unknown codec 'x'"),
        ("cut", (Written("int"),), "cut takes 1 to 2 arguments, not 0"),
    ],
)
def test_a_wrong_codec_is_refused_in_one_sentence(name, arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        plan_codec(Written(name, arguments), Site())
    assert "\n" not in str(caught.value)


def test_a_codec_on_a_field_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="money converts a money, but the canonical field is a date"):
        plan_codec(Written("money", ("wan",)), Site(kind="date"))
    with pytest.raises(ValueError, match=r"is a datetime; datetime\(yyyy-MM-dd\)$"):
        plan_codec(Written("date", ("yyyy-MM-dd",)), Site(kind="datetime"))


def test_text_alone_is_for_texts():
    with pytest.raises(ValueError, match="text alone converts a text, but the canonical field is an int"):
        plan_codec(Written("text"), Site(kind="int"))


def test_an_unknown_zone_or_rounding_is_refused():
    with pytest.raises(ValueError, match="neither an offset"):
        plan_codec(Written("datetime", ("yyyyMMdd",)), Site(zone="Peking"))
    with pytest.raises(ValueError, match="unknown rounding 'bankers'"):
        plan_codec(Written("money", ("yuan",)), Site(rounding="bankers"))


def test_a_row_without_a_codec_takes_text_and_whole_numbers_and_asks_for_the_rest():
    assert plan_default(Site(kind="text")).read == "text_in"
    assert plan_default(Site(kind="int")).read == "int_in"
    assert plan_default(Site(kind="int", json=True, numbers=True)).read == "int_number_in"
    for kind in ("money", "date", "datetime", "enum", "bool", "share"):
        with pytest.raises(ValueError, match="needs a codec"):
            plan_default(Site(kind=kind))


def test_the_usual_arguments_get_their_own_functions():
    def send(name, *arguments, **site):
        return plan_codec(Written(name, arguments), Site(**site)).send

    assert send("money", "yuan") == "yuan_out"
    assert send("money", "yuan", json=True, numbers=True) == "yuan_number_out"
    assert send("money", "wan", rounding="half_up") == "send"
    assert send("date", "yyyyMMdd") == "ymd_out"
    assert send("date", "yyyy-MM-dd") == "iso_day_out"


def test_text_and_number_override_what_the_layer_does():
    money = Written("money", ("yuan",))
    assert plan_codec(Written("text", (money,)), Site(json=True, numbers=True)).send == "yuan_out"
    assert plan_codec(Written("number", (money,)), Site(json=True)).send == "yuan_number_out"
    table = plan_codec(Written("number", (Written("enum", ("sex",)),)), Site(json=True))
    assert (table.table, table.send, table.read) == ("sex", "number_out", "number_in")
    flag = plan_codec(Written("number", (Written("flag", ("1/0",)),)), Site(json=True))
    assert flag.arguments == (1, 0)


def test_a_pattern_without_its_day_can_only_be_sent():
    assert plan_codec(Written("datetime", ("HH",)), Site()).sends_only
    assert not plan_codec(Written("datetime", ("yyyyMMddHH",)), Site()).sends_only


def test_money_of_any_currency_asks_for_the_currency():
    assert plan_codec(Written("money", ("major",)), Site()).needs_currency
    assert not plan_codec(Written("money", ("yuan", "min")), Site()).needs_currency


def test_flags_are_booleans_only_where_the_wire_has_them():
    assert plan_codec(Written("flag", ("true/false",)), Site(json=True)).wire_kind == "bool"
    assert plan_codec(Written("flag", ("true/false",)), Site()).arguments == ("true", "false")
