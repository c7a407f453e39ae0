"""C20: whatever the carrier cannot give back is declared, or an example's round trip fails and names the row."""

from itertools import count
from pathlib import Path

import pytest

from cli.codegen.generate import generate
from cli.mapping.workspace import list_carriers
from contract_tests.roundtrip.readable import without
from contract_tests.roundtrip.told import told
from contract_tests.runner import Subject, checks_of, read_examples, run_checks
from contract_tests.runner.checks_roundtrip import inverse_of

ROOT = Path(__file__).parents[3]
ISSUE, EXAMPLES = "policy_issue.yaml", "examples/policy_issue.yaml"
PERIOD = ("expected_premium: {", "period.start: { to: start, as: datetime(yyyy-MM-dd) }\n    expected_premium: {")
_NAMES = count(1)


def trips(room, *changes):
    """The round trips of the carrier under a name of its own, changed and generated: what was wrong in each."""
    name = f"hazel{next(_NAMES)}"
    for file, old, new in changes:
        room.change(file, old, new)
    folder = room.folder.rename(room.folder.parent / name)
    for path in (*folder.rglob("*.yaml"), *(room.root / "contract_tests").rglob("*.yaml")):
        path.write_text(path.read_text("utf-8").replace("rowan", name), "utf-8")
    assert generate(room.root, [name]).errors == ()
    subject = Subject(folder, room.root)
    checks = [each for file in read_examples(folder, room.root)[0] for each in checks_of(file, subject)]
    verdicts = run_checks(each for each in checks if each.name == "round-trip")
    assert [each.crash for each in verdicts if each.crash] == []
    return {each.check.run.example.id: each for each in verdicts}


def starting(at):
    """The example with a start of the insurance."""
    return (
        EXAMPLES,
        "      plan: basic\n",
        f'      plan: basic\n      period: {{ start: "{at}", end: "2026-04-01T00:00:00+08:00" }}\n',
    )


def test_what_is_sent_whole_comes_back(room):
    at_midnight = starting("2026-03-02T00:00:00+08:00")
    found = trips(room, (ISSUE, *PERIOD), at_midnight)
    assert found["basic"].passed
    assert found["basic"].compared > 3


def test_an_hour_that_is_not_sent_fails_and_names_the_row(room):
    found = trips(room, (ISSUE, *PERIOD), starting("2026-03-02T10:00:00+08:00"))["basic"]
    (difference,) = found.differences
    assert difference.at.startswith("$.period.start")
    assert "lossy: why" in difference.actual
    assert "period.start: { to: start" in difference.mapping


def test_what_is_declared_lossy_need_not_come_back(room):
    declared = (PERIOD[0], PERIOD[1].replace("(yyyy-MM-dd)", "(yyyy-MM-dd), lossy: whole days"))
    assert trips(room, (ISSUE, *declared), starting("2026-03-02T10:00:00+08:00"))["basic"].passed


TWO_UNDER_ONE = (
    "note: { to: hint }",
    "note: { to: hint, cases: [{ is: [vip, staff], wire: { hint: V } }, { is: $n, wire: { hint: $n } }] }",
)


@pytest.mark.parametrize(
    ("case", "passes"),
    [(TWO_UNDER_ONE[1], False), (TWO_UNDER_ONE[1].replace("staff],", "staff], lossy: one word,"), True)],
    ids=["silently", "declared"],
)
def test_two_values_under_one_code_are_one_too_many(room, case, passes):
    case = case.replace("note: { to: hint, cases", "note: { cases")
    found = trips(
        room,
        (ISSUE, TWO_UNDER_ONE[0], case),
        (EXAMPLES, "      plan: basic\n", "      plan: basic\n      note: staff\n"),
    )
    assert found["basic"].passed is passes


@pytest.mark.parametrize(
    ("old", "new"),
    [('wire["premium"]', 'wire["price"]'), ("yuan_out(req.expected_premium)", '"1.10"')],
)  # fmt: skip
def test_a_module_that_sends_something_else_than_its_rows_say_fails(mutated, old, new):
    assert "basic/round-trip" in mutated("policy_issue", old, new).failed()


def test_a_row_that_means_something_else_than_what_is_sent_fails(room):
    room.change(
        ISSUE, "expected_premium: { to: premium, as: money(yuan) }", "expected_premium: { to: premium, as: money(fen) }"
    )
    assert "basic/round-trip" in room.failed()


LEAST = {
    "aurora": 1_000,
    "bamboo": 400,
    "granite": 400,
    "harbor": 150,
    "jade": 200,
    "lotus": 600,
    "tide": 90,
    "xcover": 40,
}
"""How many values of each carrier's examples are read back at least: a row that is left out silently lowers it."""


@pytest.mark.parametrize("carrier", [folder.id for folder in list_carriers(ROOT) if folder.id in LEAST])
def test_the_values_of_a_shipped_carriers_examples_come_back(carrier):
    subject = Subject(ROOT / "mappings" / "carriers" / carrier, ROOT)
    checks = [check for file in subject.files for check in checks_of(file, subject) if check.name == "round-trip"]
    verdicts = run_checks(checks)
    assert [each.check.id for each in verdicts if not each.passed] == []
    assert sum(each.compared for each in verdicts) >= LEAST[carrier]


def test_what_cannot_be_read_back_is_left_out_row_by_row():
    message = next(each for key, each in lotus().messages.items() if key[0][0] == "policy.issue")
    wrong = next(row for row in message.rows if row.canonical.text == "insureds")
    left = [row.canonical.text for row in without(message, {wrong.mark}).rows]
    assert [row.canonical.text for row in message.rows if row is not wrong] == left


def test_each_kind_of_insured_object_is_read_by_its_own_rows():
    assert {key[1] for key in lotus().messages if key[0][0] == "policy.issue"} == {"freight", "person_travel"}


def lotus():
    return inverse_of(Subject(ROOT / "mappings" / "carriers" / "lotus", ROOT))


def test_a_value_that_is_not_sent_is_not_asked_for():
    subject = Subject(ROOT / "mappings" / "carriers" / "tide", ROOT)
    inverse = inverse_of(subject)
    (key,) = [key for key in inverse.messages if key[0][0] == "policy.get"]
    nothing = subject.files[0].examples[0].request
    assert all(each.sent is not None for each in told(inverse.messages[key], inverse.shapes, {}, nothing, nothing))


def test_a_text_that_is_sent_in_capitals_comes_back_whichever_letters_it_had(room):
    in_capitals = ("note: { to: hint }", "note: { to: hint, as: upper }")
    example = (EXAMPLES, "      plan: basic\n", "      plan: basic\n      note: 12x45\n")
    assert trips(room, (ISSUE, *in_capitals), example)["basic"].passed
