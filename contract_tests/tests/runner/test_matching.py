"""Rules for members whose values are the carrier's own: kept by mock and sandbox, never asked in memory."""

import pytest

from contract_tests.examples.check import Run
from contract_tests.examples.example import Rule
from contract_tests.examples.matching import Member, members
from contract_tests.runner import read_examples
from contract_tests.runner.matched import breach, loosened, unkept
from gateway.catalogue.marks import Mark

ISSUE = "examples/policy_issue.yaml"
MARK = Mark("x", 1)


def ruled(room, *rules):
    """The room whose basic example has these rules."""
    lines = "".join(f"      {rule}\n" for rule in rules)
    return room.change(ISSUE, "  - id: basic\n", f"  - id: basic\n    match:\n{lines}")


def told(room):
    files, faults = read_examples(room.folder, room.root)
    assert faults == ()
    return [str(each) for file in files for each in unkept(file, room.subject)]


def test_a_rule_that_mock_and_example_keep_is_no_fault_and_is_compared_on_the_socket(room):
    ruled(room, 'response.body.no: { regex: "^P[0-9]{6}$" }', "response.headers.X-Sign: { type: string }")
    assert told(room) == []
    (mock,) = [each for each in room.verdicts(2) if each.check.id.endswith("::basic::mock")]
    room.change(ISSUE, '      response.body.no: { regex: "^P[0-9]{6}$" }\n', "")
    (fewer,) = [each for each in room.verdicts(2) if each.check.id.endswith("::basic::mock")]
    assert (mock.passed, fewer.passed, mock.compared - fewer.compared) == (True, True, 1)


def test_a_mock_that_breaks_a_rule_fails_there_and_not_in_memory(room):
    ruled(room, 'response.body.no: { regex: "^P" }')
    room.change("mock.yaml", "no: ='P' + pad", "no: ='Q' + pad")
    assert {"basic/mock"} <= room.failed(2)
    assert room.failed(1) == set()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("response.body.number: { type: string }", ":7:7: error E712: the response has nothing at response.body.number; response.body has order, no, premium"),
        ("response.body.no.digits: { type: string }", ":7:7: error E712: the response has nothing at response.body.no.digits"),
        ("response.headers.X-Seal: { type: string }", ":7:7: error E712: the response has nothing at response.headers.X-Seal"),
        ("steps.book.response.body.no: { type: string }", "error E712: the response has nothing at steps.book.response.body.no; the example has replies of: policy.issue"),
        ('response.body.no: { regex: "^Q" }', "error E712: the response itself does not keep this rule (a text with ^Q): response.body.no is string"),
        ("response.body.premium: { type: number }", "the response itself does not keep this rule (number): response.body.premium is string"),
    ],
)  # fmt: skip
def test_a_rule_about_what_the_reply_has_not_is_told_at_its_place(room, rule, words):
    ruled(room, rule)
    (fault,) = told(room)
    assert words in fault
    assert fault.startswith("mappings/carriers/rowan/examples/policy_issue.yaml:7:7: ")


@pytest.mark.parametrize(
    ("rule", "value", "kept"),
    [
        ({"regex": "^P"}, "P1", True), ({"regex": "^P"}, "Q1", False), ({"regex": "^P"}, 1, False), ({"regex": "1"}, "P1", True),
        ({"regex": "^[a-z]*$"}, "a" * 513, False),
        ({"type": "integer"}, 1, True), ({"type": "integer"}, True, False), ({"type": "number"}, 1, True), ({"type": "integer"}, 1.5, False),
        ({"type": "boolean"}, False, True), ({"type": "array"}, [], True), ({"type": "object"}, {}, True), ({"type": "string"}, None, False),
        ({"type": "string", "nullable": True}, None, True), ({"optional": True}, None, False), ({"nullable": True}, "x", True),
        ({"one_of": ("1", "2")}, "2", True), ({"one_of": ("1", "2")}, 2, False), ({"one_of": (1,)}, True, False), ({"type": "null"}, None, True),
    ],
)  # fmt: skip
def test_a_value_keeps_or_breaks_a_rule(rule, value, kept):
    said = Rule(mark=MARK, shown="response.body.x", part="body", path=("x",), **rule)
    assert (breach(said, Member(("x",), value)) == "") is kept


def test_what_a_reply_says_of_somebody_is_not_told():
    said = Rule(mark=MARK, shown="response.body.x", part="body", path=("x",), regex="^P")
    assert breach(said, Member(("x",), "Ling Zhao")) == 'string "L***" (9 characters)'


def test_a_star_stands_for_every_item_and_an_empty_list_has_none():
    tree = {"list": [{"no": 1}, {}], "none": []}
    assert [(each.path, each.here) for each in members(tree, ("list", "*", "no"))] == [
        (("list", "0", "no"), True),
        (("list", "1", "no"), False),
    ]
    assert list(members(tree, ("none", "*", "no"))) == []


def test_fields_that_hang_on_a_member_under_a_rule_are_found_by_reading_without_it(room):
    ruled(room, "response.body.premium: { type: string, optional: true }", "response.body.no: { type: string }")
    files, _ = read_examples(room.folder, room.root)
    (file,) = [each for each in files if each.operation == "policy.issue"]
    loose = loosened(Run(file, file.examples[0], room.subject))
    assert {path[0] for path in loose.absent} == {"premium"}
    assert {path[0] for path in loose.other} == {"premium", "numbers"}


def test_rules_are_an_examples_own(room):
    ruled(room, "response.body.no: { type: string }")
    files, _ = read_examples(room.folder, room.root)
    having = [each.id for file in files for each in file.examples if each.match]
    assert having == ["basic"]
