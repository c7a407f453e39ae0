"""A daily file through its generated module: every bad line is told, what does not add up is refused."""

import gzip
import importlib

import pytest

from cli.codegen import generate
from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder
from contract_tests.tests.mapping.test_language_reference import FENCES
from gateway.channel import AdapterMissing, Registry
from gateway.wire import WireReply
from gateway.wire.limits import FAULTS_MAX

HEAD = "0120260302000002"
LINES = (
    "05S" + "N1".ljust(12) + "P1".ljust(10) + "张三" + "0000012345",
    "05S" + "N2".ljust(12) + "P2".ljust(10) + "欧阳小燕" + "0000000055",
    "05C" + "N3".ljust(12) + "P0".ljust(10) + "李四" + "-000000400",
    "05N" + "N4".ljust(12) + " " * 10 + "王五" + "0000000001",
)
FOOT = "99000004000000012000"


def file(*lines, head=HEAD, foot=FOOT, end="\n"):
    return (end.join([head, *lines, foot]) + end).encode("gbk")


@pytest.fixture
def make(workshop):
    """The statement of the language's page, with other words in place of some of its own."""

    def made(**changes):
        folder = workshop.root / "mappings" / "carriers" / "birch"
        folder.mkdir(parents=True, exist_ok=True)
        for fence in FENCES:
            if fence.kind.startswith("file=birch/"):
                text = fence.text
                for old, new in changes.items() if "statement" in fence.kind else ():
                    assert WORDS[old] in text
                    text = text.replace(WORDS[old], new)
                (folder / fence.kind.removeprefix("file=birch/")).write_text(text, encoding="utf-8")
        report = generate(workshop.root, ["birch"])
        return report, None if report.errors else importlib.import_module("adapters.birch.statement").parse

    return made


WORDS = {
    "charset": "  - charset: GBK\n",
    "when": 'when: wire.state == "S"',
    "list": "list: lines, when",
    "field": "fields: { count: { to: sold, as: int } }",
    "kinds": "kinds: [issue]",
    "fixed": "  - fixed:",
}


@pytest.fixture
def parse(make):
    report, made = make()
    assert not report.errors, report.errors
    return made


def told(statement):
    return [(each.line, each.message.partition(" -> ")[0]) for each in statement.faults]


def test_lines_become_records_of_their_kind_with_fields_measured_from_both_ends(parse):
    found = parse(file(*LINES))
    assert found.is_accepted, found.faults
    assert [(each.line, each.kind, each.request_no, each.name, each.amount.amount) for each in found.records] == [
        (2, "issue", "N1", "张三", 12345),
        (3, "issue", "N2", "欧阳小燕", 55),
        (4, "cancellation", "N3", None, -400),
    ]
    assert (str(found.business_date), found.skipped) == ("2026-03-02", 1)
    assert found.records[0].numbers[0].no == "P1"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_blank_lines_at_the_end_do_not_matter(parse, end):
    assert parse(file(*LINES, end=end) + end.encode() * 3).is_accepted


@pytest.mark.parametrize(
    ("change", "line", "why"),
    [
        (
            lambda lines: [lines[0].replace("0000012345", "00000x2345"), *lines[1:]],
            2,
            "expected a whole number, found a text of 5 characters",
        ),
        (lambda lines: [*lines[:1], "05S", *lines[2:]], 3, "record 3 has 3 bytes: no is missing"),
        (lambda lines: [*lines[:2], "07" + lines[2][2:], *lines[3:]], 4, "a line of no kind that the mapping knows"),
        (lambda lines: [*lines[:3], lines[3].replace("05N", "05Q")], 5, "a line of no kind that the mapping knows"),
        (lambda lines: [*lines[:2], "", *lines[2:]], 4, "a line of no kind that the mapping knows"),
        (lambda lines: [HEAD, *lines], 2, "this record is there twice"),
    ],
)
def test_every_line_that_is_wrong_is_told_with_its_number_and_the_file_refused(parse, change, line, why):
    found = parse(file(*change(list(LINES))))
    assert (line, why) in told(found)
    assert not found.is_accepted


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"head": "0120260302000003"}, "the file says 3 records, it holds 2"),
        ({"foot": "99000005000000012000"}, "the file says 5 lines, it holds 4"),
        ({"foot": "99000004000000012001"}, "the file says a total of 120.01, its lines add up to 120.00"),
        ({"foot": "9900000400000001200x"}, "expected a whole number, found a text of 5 characters"),
        ({"head": "0120261302000002"}, "expected a date written yyyyMMdd, found '20261302'"),
    ],
)
def test_totals_that_do_not_add_up_refuse_the_file(parse, change, why):
    found = parse(file(*LINES, **change))
    assert not found.is_accepted
    assert any(line == 0 and why in message for line, message in told(found)), told(found)


def test_a_file_without_its_header_or_trailer_is_refused(parse):
    assert (0, "a record that begins with '99' is missing") in told(parse(file(*LINES)[: -len(FOOT) - 1]))
    assert (0, "a record that begins with '01' is missing") in told(parse(file(*LINES)[len(HEAD) + 1 :]))


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"\n" * 1_000_002, b"05" * 2_000_000])
def test_what_is_no_statement_is_refused_and_never_raises(parse, data):
    assert not parse(data).is_accepted


def test_no_more_faults_are_told_than_anyone_reads(parse):
    found = parse(file(*["nonsense"] * (FAULTS_MAX + 500)))
    assert len(found.faults) == FAULTS_MAX + 1
    assert found.faults[-1].message == "and more"


def test_a_fault_names_nobody(parse):
    found = parse(file(LINES[0].replace("0000012345", "13800000001X")))
    assert "张三" not in str(found.faults)
    assert "13800000001" not in str(found.faults)


def test_a_packed_file_is_unpacked_first(make):
    report, parse = make(charset="  - gzip: {}\n  - charset: GBK\n")
    assert not report.errors
    assert parse(gzip.compress(file(*LINES))).is_accepted
    assert not parse(file(*LINES)).is_accepted


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"charset": "  - base64: {}\n"}, "E475"),
        ({"list": "list: liens, when"}, "E473"),
        ({"field": "fields: { count: { to: sould, as: int } }"}, "E473"),
        ({"field": "fields: { counts: { to: sold, as: int } }"}, "E203"),
        ({"kinds": "kinds: [issues]"}, "E110"),
        ({"when": 'when: req.plan == "S"'}, "E304"),
        ({"fixed": "  - fixd:"}, "E124"),
    ],
)
def test_a_statement_that_cannot_be_is_refused_with_its_place(make, workshop, change, code):
    make(**change)
    found = check_folder(CarrierFolder(workshop.root / "mappings" / "carriers" / "birch", workshop.root)).diagnostics
    assert {each.code for each in found if each.severity == "error"} == {code}, found
    assert all(each.mark.file.endswith("statement.yaml") for each in found if each.severity == "error")


@pytest.mark.parametrize(
    "records",
    [
        "[{ starts: H, fields: [day], optional: true }, { starts: D, list: lines, fields: [no] }]",
        "[{ starts: H, fields: [{ lines: n, from: H }] }, { starts: D, list: lines, fields: [no] }]",
        "[{ starts: H, fields: [day] }, { list: lines, records: [{ starts: D, fields: [no] }] }]",
        "[{ starts: D, list: lines, fields: [no] }], others: skip",
    ],
)
def test_lines_of_a_statement_are_no_groups(make, workshop, records):
    make()
    text = "records: [{ list: lines, kind: issue, fields: { request_no: { to: no } } }]\n"
    folder = workshop.root / "mappings" / "carriers" / "birch"
    told = f"format: mapping/1\nwire: [charset: GBK, pipe: {{ records: {records} }}]\n{text}"
    (folder / "statement.yaml").write_text(told, encoding="utf-8")
    found = check_folder(CarrierFolder(folder, workshop.root)).diagnostics
    assert {each.code for each in found if each.severity == "error"} == {"E475"}, found


def test_the_gateway_finds_a_statement_by_its_carriers_name(parse):
    adapter = Registry().adapter("birch")
    assert adapter.statement()(file(*LINES)) == parse(file(*LINES))
    with pytest.raises(AdapterMissing, match=r"lotus has no statement\.yaml"):
        Registry().adapter("lotus").statement()


FILED = """\
idempotency: { kind: none }
request: { of: PolicyIssueRequest, send: { no: =request_no(20) }, fields: { policyholder.name: { to: holder } } }
response:
  of: PolicyIssueResult
  correlate: { request_no: no }
  outcome: [{ when: wire.ok, is: pending, then: file, for: 24h }, { else: unknown }]
  fields: { numbers(kind=policy).no: { to: policyNo } }
"""
LINES_OF_A_DAY = """\
wire: [charset: UTF-8, pipe: { records: [{ fields: [day] }, { list: lines, fields: [no] }] }]
records: [{ list: lines, kind: issue, fields: { request_no: { to: no } } }]
"""


@pytest.mark.parametrize("has_statement", [True, False])
def test_a_result_that_arrives_in_the_daily_file_needs_one(workshop, carrier_yaml, has_statement):
    files = {"carrier.yaml": carrier_yaml, "policy_issue.yaml": FILED}
    workshop.write("filed", files | ({"statement.yaml": LINES_OF_A_DAY} if has_statement else {}))
    found = check_folder(CarrierFolder(workshop.root / "mappings" / "carriers" / "filed", workshop.root)).diagnostics
    assert ("E407" in {each.code for each in found}) is not has_statement
    if has_statement:
        module = workshop.made("filed", {}).module("policy_issue")
        reply = WireReply(status=200, body=b'{"ok":"1"}')
        assert module.classify({"ok": "1"}, reply, None, None).then == "file"
        assert importlib.import_module("adapters.filed.statement").parse(b"20260301\nN1\nN2\n").is_accepted
