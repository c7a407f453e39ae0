"""A bad mock.yaml says where it is bad; the expression language does no more than it should."""

import re
from contextlib import suppress

import pytest
import yaml

from contract_tests.language.expression import Compiler, ExpressionError, Scope
from contract_tests.language.places import Place, Report
from contract_tests.mock import MockFileError, load_text
from contract_tests.mock.functions import CONTEXTUAL, FUNCTIONS


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("lag: 0s", "lagg: 0s", "unknown key 'lagg'; did you mean 'lag'?"),
        ("lag: 0s", "lag: soon", "'soon' is not a duration; write 5s, 10m, 24h or 7d"),
        ("lag: 0s", "lag: 0s\nlag: 1s", "duplicate key 'lag'"),
        ('timezone: "+08:00"', "timezone: Beijing", "'Beijing' is not an offset such as +08:00"),
        ("fail: UNSIGNED", "fail: UNSIGNET", "unknown code 'UNSIGNET'; did you mean 'UNSIGNED'?"),
        ("code plan", "code plann", "unknown table 'plann'; did you mean 'plan'?"),
        ("holder: text 40", "holder: txt 40", "unknown kind of field 'txt'; did you mean 'text'?"),
        ("holder: text 40", "holder: text forty", "'forty' is not a length or a range such as 1..50"),
        ("run: finish, manual", "run: finnish, manual", "unknown procedure 'finnish'; did you mean 'finish'?"),
        ("issued: [cancelled]", "issued: [canceled]", "unknown state of policy 'canceled'; did you mean 'cancelled'?"),
        ("{ move: policy, to: issued }", "{ move: policy, to: isued }", "unknown state of policy 'isued'"),
        ("effect: issue }, { callback", "effect: isue }, { callback", "unknown effect 'isue'; did you mean 'issue'?"),
        ("callback: issued }", "callback: isued }", "unknown callback 'isued'; did you mean 'issued'?"),
        ("=policy.state, premium", "=polisy.state, premium", "unknown name 'polisy'; did you mean 'policy'?"),
        ("pad(serial('policy'), 6)", "padd(serial('policy'), 6)", "unknown function 'padd'; did you mean 'pad'?"),
        ("- effect: cancel", "- affect: cancel", "a step needs a verb"),
        ("on_duplicate: return_same", "on_duplicate: ignore", "unknown kind of duplicate 'ignore'"),
        ("at: POST /issue", "at: /issue", "'at' of policy.issue is a method and a path"),
        ("illegal_state: STATE, ", "", "'says.illegal_state' is missing"),
        ("{ every: 5m, times: 2 }", "{ every: 5m }", "a retry is a list of waits, or {every, times}"),
        (
            "  body: =to_json(said)\n\ncodes",
            "  body: =to_json(said)\nforms: { other: { code: X, body: =to_json(said) } }\n\ncodes",
            "unknown key 'code'",
        ),
        ("  body: =to_json(said)\n\ncodes", "\ncodes", "'body' is missing: the bytes of an answer"),
        (
            "state: =policy.state, holder: =policy.holder",
            "state: =f(1, holder: =policy.holder",
            "a comma inside { } ends the value",
        ),
        ("constants:", "constants", "not YAML"),
    ],
)
def test_a_fault_is_reported_at_its_place(pine_text, old, new, fault):
    assert old in pine_text
    text = pine_text.replace(old, new, 1)
    with pytest.raises(MockFileError) as raised:
        load_text(text)
    lines = [line for line in str(raised.value).splitlines() if fault in line]
    assert lines, str(raised.value)
    assert re.match(r"mock\.yaml:\d+:\d+: error E65\d: ", lines[0])


def test_the_place_is_the_one_of_the_fault(pine_text):
    text = pine_text.replace("fail: UNSIGNED", "fail: NOBODY", 1)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "fail: NOBODY" in row)
    column = text.splitlines()[line - 1].index("NOBODY") + 1
    with pytest.raises(MockFileError, match=rf"^mock\.yaml:{line}:{column}: error E654"):
        load_text(text)


def test_all_faults_of_a_file_are_reported_at_once(pine_text):
    with pytest.raises(MockFileError) as raised:
        load_text(pine_text.replace("lag: 0s", "lag: soon").replace("fail: UNSIGNED", "fail: NOBODY"))
    assert len(raised.value.faults) == 2


def evaluate(text, **names):
    report = Report()
    compiler = Compiler(FUNCTIONS, CONTEXTUAL, report)
    run = compiler.expression(text, Place("mock.yaml", 7, 3))
    report.close()
    return run(Scope(None, names))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b.c", None),
        ("a['x'] + 1", 4),
        ("1 < a.x <= 3 and not a.b", True),
        ("[i * 2 for i in many if i > 1]", [4, 6]),
        ("any(i == 3 for i in many)", True),
        ("f'{a.x}-{many[0]}'", "3-1"),
        ("many[9]", None),
        ("tail('13800007001', 4)", "7001"),
        ("round(2.5)", 3),
        ("fixed(1 / 3, 4)", "0.3333"),
        ("{'k': a.x}", {"k": 3}),
        ("'x' in None", False),
        ("look(deep, 'l.1.n')", 2),
        ("put(deep, 'l.1.n', 5).l[1].n", 5),
        ("member(octets(raw), 'request')", '{"a" :1}'),
    ],
)
def test_expressions_mean_what_they_say(text, value):
    names = {
        "a": {"x": 3},
        "many": [1, 2, 3],
        "deep": {"l": [{"n": 1}, {"n": 2}]},
        "raw": '{"x":"}", "request": {"a" :1} ,"y":[]}',
    }
    assert evaluate(text, **names) == value


@pytest.mark.parametrize(
    "text",
    [
        "().__class__", "a.__class__", "open('x')", "lambda: 1", "[a for a in b for c in a]", "x := 1", "2 ** 9",
        "__import__('os')", "a.f()", "b'bytes'", "f'{a:>9}'", "1 if", "{**a}",
    ],
)  # fmt: skip
def test_nothing_beyond_the_language_compiles(text):
    with pytest.raises(MockFileError, match=r"mock\.yaml:7:3: error E65[34]"):
        evaluate(text, a={})


def test_a_text_cannot_be_multiplied_into_a_flood():
    with pytest.raises(ExpressionError, match=r"mock\.yaml:7:3"):
        evaluate("'ab' * 1000000")


def test_a_failing_expression_names_its_place_and_no_value():
    with pytest.raises(ExpressionError, match=r"^mock.yaml:7:3: 'a.x \+ 1' failed: TypeError"):
        evaluate("a.x + 1", a={"x": "secret"})


def test_xml_with_a_text_beside_attributes_is_read_and_written_alike():
    written = b'<?xml version="1.0" encoding="UTF-8"?><Q><Sum cur="CNY">1 &amp; 2</Sum><No a="1"/><Day>3</Day></Q>'
    tree = FUNCTIONS["xml"](written)
    assert tree == {"Q": {"Sum": {"@cur": "CNY", "#text": "1 & 2"}, "No": {"@a": "1"}, "Day": "3"}}
    assert FUNCTIONS["to_xml"](tree) == written


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("constants:", "constants: 5\nold:", "mock.yaml:12:12: error E655: this is '5', and a map is wanted"),
        ("steps:", "steps: later\n    old:", "this is 'later', and a list is wanted"),
        ("fail: UNSIGNED", "fail: [UNSIGNED]", "this is a list, and a text is wanted"),
        ("{ every: 5m, times: 2 }", "{ every: 5m, times: twice }", "this is 'twice', and a whole number is wanted"),
        ("holder: text 40", "holder: [text, 40]", "this is a list, and a text is wanted"),
        ("constants:", "constants: &all {}\nold: *all\nolder:", "an anchor and its alias; write it out"),
    ],
)
def test_a_value_of_another_form_is_a_fault_and_no_crash(pine_text, old, new, fault):
    assert old in pine_text
    with pytest.raises(MockFileError) as raised:
        load_text(pine_text.replace(old, new, 1))
    assert fault.partition(": error")[2] in str(raised.value)


@pytest.mark.parametrize("levels", [300, 100_000])
def test_a_mock_nested_without_end_is_a_fault(levels):
    with pytest.raises(MockFileError, match="nested deeper than 60 levels"):
        load_text("constants: " + "[" * levels + "]" * levels)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nbc: x\0y\n", 'mock.yaml:2:6: error E650: a control character; write it as "'),
        ("a: 1\n---\nb: 2\n", "mock.yaml:2:1: error E650: a second document in one file"),
        ("{[a, b]: 1}\n", "mock.yaml:1:2: error E650: a key must be a text"),
        ("a: &x [*x]\n", "mock.yaml:1:8: error E650: an anchor and its alias"),
        ("# nothing\n", "mock.yaml:1:1: error E650: the file says nothing"),
    ],
)
def test_a_hostile_mock_file_is_refused_at_its_place(text, fault):
    with pytest.raises(MockFileError) as raised:
        load_text(text)
    assert str(raised.value).startswith(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pad(1)", "missing a required argument: 'width'"),
        ("pad(1, 2, 3)", "too many positional arguments"),
        ("now('%Y', zone=1)", "got an unexpected keyword argument 'zone'"),
        ("shift(**1)", "** is not part of the language"),
    ],
)
def test_a_function_called_otherwise_than_it_can_be_is_found_before_it_runs(text, fault):
    report = Report()
    Compiler(FUNCTIONS, CONTEXTUAL, report).expression(text, Place("mock.yaml", 7, 3))
    assert [fault in str(each) for each in report.faults] == [True], report.faults


SPOILS = ("null", "5", "[1]", "{a: 1}", "{merge: 5}", "{each: =x, as: [1], give: 2}", "'='", "'=f(*x)'", "true")


def _places(node):
    for index, entry in enumerate(node.value if isinstance(node, yaml.CollectionNode) else ()):
        yield node.value, index, entry
        yield from _places(entry[1] if isinstance(entry, tuple) else entry)


def test_whatever_a_value_is_replaced_by_the_mock_loads_or_says_what_is_wrong_with_it(pine_text):
    root = yaml.compose(pine_text, Loader=yaml.CSafeLoader)
    places = list(_places(root))
    spoils = [yaml.compose(text, Loader=yaml.CSafeLoader) for text in SPOILS]
    for number, (held, index, entry) in enumerate(places):
        spoilt = spoils[number % len(spoils)]
        held[index] = (entry[0], spoilt) if isinstance(entry, tuple) else spoilt
        with suppress(MockFileError):  # anything else would be a traceback for its author
            load_text(yaml.serialize(root, Dumper=yaml.CSafeDumper, allow_unicode=True))
        held[index] = entry
    assert len(places) > 200
