"""A kit is an untrusted file: limits, no code, and errors that name a place."""

import io
import json
import time
import zipfile

import pytest

from contract_tests.kit.portable import run
from contract_tests.kit.portable.codings import from_xml
from contract_tests.kit.portable.json_nodes import plain, read_nodes
from contract_tests.kit.portable.limits import JSON_VALUES_MAX, KIT_BYTES_MAX
from contract_tests.kit.portable.main import main
from contract_tests.kit.portable.opening import DATA, open_kit
from contract_tests.language.places import FaultyFile
from contract_tests.tests.kit.conftest import built

SMALL = {
    "kit": 1,
    "carrier": "x",
    "wire": {"write": {}, "read": {"said": "=json(body)"}, "method": "POST", "path": "/", "body": "=to_json(tree)"},
    "requests": {"ask": {"tree": {}}},
    "tests": {"t": {"clauses": ["1"], "steps": [{"send": "ask"}, {"holds": "=ask.status == 200"}]}},
}


def kit_of(tmp_path, **changes):
    file = tmp_path / "kit.json"
    file.write_text(json.dumps({**SMALL, **changes}, indent=1), "utf-8")
    return file


def refused(file) -> str:
    with pytest.raises(FaultyFile) as raised:
        open_kit(file)
    return str(raised.value)


def holding(expression: str):
    steps = [{"send": "ask"}, {"holds": expression}]
    return {"tests": {"t": {"clauses": ["1"], "steps": steps}}}


def test_a_small_kit_opens(tmp_path):
    assert [each.name for each in open_kit(kit_of(tmp_path)).tests] == ["t"]


@pytest.mark.parametrize(
    "expression",
    [
        "=().__class__.__bases__", "=ask.__class__", "=__import__('os').system('id')", "=open('/etc/passwd')",
        "=eval('1')", "=(lambda: 1)()", "=[x for x in y for y in z]", "=2 ** 99999", "=1 if", "=" + "(" * 400,
        "=" + "a" * 2000, "=f'{ask:>999999999}'", "=1 << 9999",
    ],
)  # fmt: skip
def test_nothing_but_the_language_is_understood_and_its_place_is_told(tmp_path, expression):
    said = refused(kit_of(tmp_path, **holding(expression)))
    assert said.startswith("kit.json:")
    assert ": error E65" in said


def test_code_beside_the_data_is_never_run(tmp_path, capsys):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(DATA, json.dumps(SMALL))
        archive.writestr("__main__.py", "raise SystemExit('ran')")
        archive.writestr("contract_tests/kit/portable/main.py", "raise SystemExit('ran')")
    file = tmp_path / "kit.pyz"
    file.write_bytes(data.getvalue())
    assert main(["plan", "--kit", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["carrier"] == "x"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1,}', "k:1:9: error E650: a comma with nothing behind it"),
        ('{"a": 1,\n "a": 2}', "k:2:2: error E650: member 'a' stands there twice"),
        ("[1, 2", "k:1:6: error E650: the document ends in the middle"),
        ('{"a": NaN}', "k:1:7: error E650: expected a JSON value"),
        ("[" * 200, "error E650: nested deeper than 80"),
        ('{"a" 1}', "k:1:6: error E650: expected ':'"),
        ('"\x01"', "k:1:2: error E650: Invalid control character"),
        ("{} x", "k:1:4: error E650: something stands behind the document"),
        ("", "k:1:1: error E650: the document ends in the middle"),
    ],
)
def test_json_that_is_none_is_told_with_line_and_column(text, told):
    with pytest.raises(FaultyFile) as raised:
        read_nodes(text, "k")
    assert told in str(raised.value)


def test_json_reads_back_what_a_kit_holds():
    data = built("cedar").data
    assert plain(read_nodes(data.decode(), "k")) == json.loads(data, parse_float=__import__("decimal").Decimal)


def test_a_kit_that_is_too_large_or_no_kit_is_refused(tmp_path):
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DATA, b" " * (KIT_BYTES_MAX + 1))
    file = tmp_path / "kit.pyz"
    file.write_bytes(large.getvalue())
    assert "longer than" in refused(file)
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("other", b"")
    file.write_bytes(empty.getvalue())
    assert "no kit.json can be read in it" in refused(file)
    file.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in refused(file)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kit": 2}, "error E680: not a kit of format 1"),
        ({"extra": 1}, "unknown key 'extra'"),
        ({"wire": {"write": {}, "reed": {}}}, "unknown key 'reed'; did you mean 'read'?"),
        ({"requests": {"ask": {}}}, "error E652: a request is written out (tree)"),
        ({"procedures": {"p": [{"run": "p"}]}}, "unknown procedure 'p'"),
        ({"timezone": "Beijing"}, "error E655"),
        ({"tests": []}, "'tests' is a map"),
        ({"tests": {"t": {"clauses": ["1"], "steps": [{"jump": 1}]}}}, "error E682: a step has one verb"),
    ],
)
def test_a_kit_with_a_slip_is_told_with_its_place(tmp_path, changes, told):
    said = refused(kit_of(tmp_path, **changes))
    assert told in said
    assert all(line.startswith("kit.json:") for line in said.splitlines())


FULL = {
    **SMALL,
    "title": {"en": "a", "zh": "b"}, "timezone": "+08:00", "needs": ["cryptography"], "secrets": ["s"],
    "settings": {"a": "b"}, "tls": "mutual", "per_second": 3, "constants": {"k": 1}, "made_of": {"a": "b"},
    "wires": {"w": {"write": {"a": "=1"}, "read": {"b": "=2"}, "method": "GET", "path": "/x", "headers": {"A": "b"}}},
    "callbacks": {"read": {"e": "=json(body)"}, "status": "=200", "headers": {"a": "b"}, "body": "ok"},
    "standing": {"st": {"clauses": ["1"], "says": {"en": "x", "zh": "y"}, "when": "=status == 200", "holds": "=said"}},
    "requests": {
        "ask": {"tree": {"a": 1}, "set": {"a": "=2"}, "drop": ["b"], "let": {"z": "=3"}},
        "other": {"sample": {"a": [1]}, "wire": "w", "names": {"q": 1}},
    },
    "procedures": {"p": [{"send": "ask"}]}, "before": [{"run": "p"}], "clauses": [["1", "title", "why", "因"]],
    "samples": {"x/y": {"a": 1}},
    "tests": {"t": {"clauses": ["1"], "optional": True, "says": {"en": "x", "zh": "y"}, "steps": [
        {"send": "ask", "as": "r", "with": {"a": "=1"}, "drop": ["a"], "but": {"method": "PUT"}, "then": ["=r"]},
        {"again": "r", "when": "=True"}, {"let": {"a": "=1"}}, {"do": [{"keep": {"c": "=1"}}]}, {"wait": "1s"},
        {"until": "=1", "within": "1s", "every": "1s"}, {"each": "=[1]", "as": "i", "do": [{"holds": ["=i"]}]},
        {"like": "x/y", "of": "r", "except": ["a"]}, {"refuse": "=True", "times": 2},
        {"callback": "cb", "where": "=True", "within": "1s"}, {"no_callback": "=True"}, {"setting": "a"},
    ]}},
}  # fmt: skip
STRANGE = (None, True, 5, -1, 1.5, "", "x", "=", "=nosuch", [], {}, [None], [[1]], {"": None}, {"a": {}}, "\ud800",
           "9" * 400 + "d", 10**17)  # fmt: skip


def paths(value, path=()):
    yield path
    for name in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from paths(value[name], (*path, name))


def put(value, path, new):
    if not path:
        return new
    copied = value.copy()
    copied[path[0]] = put(value[path[0]], path[1:], new)
    return copied


@pytest.mark.parametrize("section", FULL)
def test_whatever_stands_anywhere_in_a_kit_opens_or_is_told_with_its_place(tmp_path, capsys, section):
    file = tmp_path / "kit.json"
    opened = 0
    for path in paths(FULL[section]):
        for strange in STRANGE:
            file.write_text(json.dumps(put(FULL, (section, *path), strange)))
            if main(["plan", "--kit", str(file), "--lang", "zh"]) == 0:
                opened += 1
            else:
                assert capsys.readouterr().err.startswith("kit.json:"), (path, strange)
    assert opened < len(STRANGE) * sum(1 for _ in paths(FULL[section]))


def test_a_long_kit_is_read_in_the_time_its_length_takes():
    began = time.process_time()
    read_nodes("[" + "1," * (JSON_VALUES_MAX - 2) + "1]", "k")
    assert time.process_time() - began < 20, "places were counted from the first character each time: minutes"
    with pytest.raises(FaultyFile, match=f"more than {JSON_VALUES_MAX:,} values"):
        read_nodes("[" + "1," * JSON_VALUES_MAX + "1]", "k")


def test_places_count_lines_and_columns_from_one():
    node = read_nodes('{"a": 1,\n  "b": [\n2, 3]}', "k")
    two, three = node.value["b"].value
    assert (node.value["a"].place[1:], node.keys["b"][1:], two.place[1:], three.place[1:]) == (
        (1, 7), (2, 3), (3, 1), (3, 4),
    )  # fmt: skip


def test_a_pattern_that_could_take_for_ever_is_a_failed_test_and_no_hanging_run(tmp_path, capsys):
    file = kit_of(tmp_path, tests={"t": {"clauses": ["1"], "steps": [{"holds": "=matches('a', '(a+)+b')"}]}})
    assert main(["run", "--kit", str(file), "--target", "http://127.0.0.1:9", "--json"]) == 1
    assert "repeats no group" in json.loads(capsys.readouterr().out)["tests"][0]["reason"]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "<a>" * 70 + "</a>" * 70,
        "<a>",
        '<?xml version="1.0" encoding="x"?><a/>',
    ],
)
def test_xml_of_a_carrier_is_read_within_limits(text):
    with pytest.raises(ValueError, match=r"DOCTYPE|deeper|not XML|encoding"):
        from_xml(text.encode())


def ran(tmp_path, capsys, steps) -> str:
    """Why the only test of a kit of these steps ended as it did."""
    file = kit_of(tmp_path, tests={"t": {"clauses": ["1"], "steps": steps}})
    assert main(["run", "--kit", str(file), "--target", "http://127.0.0.1:9", "--json"]) in (1, 3)
    return json.loads(capsys.readouterr().out)["tests"][0]["reason"]


def nested(depth: int, step):
    for _ in range(depth):
        step = {"each": "=split('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'a')", "as": "x", "do": [step]}
    return [step]


def test_loops_in_loops_end_at_a_number_of_steps(tmp_path, capsys):
    assert "at most 200,000 steps" in ran(tmp_path, capsys, nested(6, {"let": {"y": "=1"}}))


def test_what_doubles_at_every_step_ends_before_the_memory_does(tmp_path, capsys):
    text = [{"let": {"x": "aaaaaaaa"}}, *[{"let": {"x": "=join([x, x], '')"}}] * 40, {"holds": "=len(x) == 0"}]
    assert "longer than 16,777,216" in ran(tmp_path, capsys, text)
    number = [{"let": {"x": "=7"}}, *[{"let": {"x": "=x * x"}}] * 60, {"holds": "=x == 0"}]
    assert "more than 4096 bits" in ran(tmp_path, capsys, number)


def test_an_expression_that_computes_for_ever_is_ended(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(run, "TEST_CPU_S_MAX", 0.2)
    steps = [
        {"let": {"l": "=split(pad('', 3000), '0')"}},
        {"holds": "=len([[[1 for c in l] for b in l] for a in l]) == 0"},
    ]
    assert "computed for more than 0.2 s" in ran(tmp_path, capsys, steps)
