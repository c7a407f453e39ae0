"""Every form of an outcome row, and what stands around it: echoes, waits, words, secrets of a refusal."""

import json

import pytest

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind

REQ = PolicyIssueRequest(
    client_ref="o-1", product="p@1", policyholder=Party(name="张三"), expected_premium=Money(amount=1, currency="CNY")
)
NO = "R" * 20
RESPONSE = "  correlate: { request_no: no }\n"
TABLE = "  outcome: [{ when: wire.ok"
CODES = """\
errors:
  A1: { is: declined, code: underwriting.age, zh: 年龄不符, field: insureds }
  A*: { is: refused, code: request.invalid, alert: true }
  AB*: { is: not_executed, code: carrier.busy, after: 90s, once: true, because: clause 4 }
  SECRET: { is: declined, code: underwriting.refused, disclose: false }
  WORDS: { is: declined, code: underwriting.refused, message: first(wire.errors).detail }
  SLOW: { is: not_executed, code: carrier.busy, after: header.Retry-After, because: clause 5 }
  LATER: { is: pending, code: underwriting.manual, then: callback }
  other: { is: unknown, code: carrier.unmapped, alert: true }
"""


@pytest.fixture
def parse(workshop, carrier_yaml, operation_yaml, ctx, reply_of):
    """The reply to a body, for a table of outcome rows (and what stands beside it in `response`)."""

    def make(*rows, correlate=""):
        start, end = operation_yaml.index(RESPONSE), operation_yaml.index("  fields:\n    numbers")
        table = "".join(f"    - {{ {row} }}\n" for row in (*rows, "else: unknown"))
        text = operation_yaml[:start] + correlate + "  outcome:\n" + table + operation_yaml[end:]
        carrier = carrier_yaml[: carrier_yaml.index("errors:")] + CODES
        made = workshop.made("table", {"carrier.yaml": carrier, "policy_issue.yaml": text})
        module = made.module("policy_issue")

        def read(body, status=200, **headers):
            told = body if isinstance(body, str | bytes) else json.dumps(body)
            return module.parse(reply_of(told, status, **headers), REQ, ctx)

        return read

    return make


# --- rows ------------------------------------------------------------------------------------------------------------


def test_the_first_row_that_holds_counts(parse):
    read = parse('when: wire.a == "1", is: accepted', "when: wire.a, is: declined")
    assert [read({"a": a}).outcome.kind for a in ("1", "2", "")] == ["accepted", "declined", "unknown"]


@pytest.mark.parametrize(
    ("status", "kind"), [(200, "accepted"), (201, "accepted"), (202, "unknown"), (400, "refused"), (422, "refused")]
)
def test_a_row_may_name_one_status_or_several(parse, status, kind):
    read = parse("http: [200, 201], is: accepted", "http: [400, 422], is: refused")
    assert read({}, status).outcome.kind == kind


@pytest.mark.parametrize(
    ("status", "body", "kind"), [(200, {"a": "1"}, "accepted"), (201, {"a": "1"}, "unknown"), (200, {}, "unknown")]
)
def test_status_and_condition_must_both_hold(parse, status, body, kind):
    assert parse('http: 200, when: wire.a == "1" or wire.b, is: accepted')(body, status).outcome.kind == kind


@pytest.mark.parametrize(("status", "kind"), [(404, "declined"), (500, "unknown")])
def test_a_status_row_is_tried_although_the_body_cannot_be_decoded(parse, status, kind):
    read = parse("http: 404, is: declined", "http: [500, 503], when: wire.x, is: declined")
    assert read("<html>", status).outcome.kind == kind


@pytest.mark.parametrize(
    ("code", "kind", "why"),
    [
        ("A1", "declined", "underwriting.age"), ("A12", "refused", "request.invalid"), ("A", "refused", "request.invalid"),
        ("AB", "not_executed", "carrier.busy"), ("AB9", "not_executed", "carrier.busy"), ("B1", "unknown", "carrier.unmapped"),
        ("a1", "unknown", "carrier.unmapped"), ({"A1": 1}, "unknown", "carrier.unmapped"), (["A1"], "unknown", "carrier.unmapped"),
    ],
)  # fmt: skip
def test_a_code_is_looked_up_exactly_then_by_the_longest_prefix_then_as_other(parse, code, kind, why):
    outcome = parse("when: wire.code, by_code: wire.code")({"code": code}).outcome
    assert (outcome.kind, outcome.code) == (kind, why)


def test_what_a_row_says_reaches_the_outcome(parse):
    read = parse("when: wire.code, by_code: wire.code")
    age, busy, bad = (read({"code": code}).outcome for code in ("A1", "AB1", "A7"))
    assert (age.text, age.field, age.carrier_code, age.disclose) == ("年龄不符", "insureds", "A1", True)
    assert (busy.after_s, busy.once, busy.because) == (90.0, True, "clause 4")
    assert (bad.alert, bad.carrier_code) == (True, "A7")


def test_a_refusal_that_must_not_be_told_says_so(parse):
    assert parse("when: wire.code, by_code: wire.code")({"code": "SECRET"}).outcome.disclose is False


def test_a_row_may_take_the_carriers_own_words(parse):
    read = parse("when: wire.code, by_code: wire.code", "when: wire.bad, is: declined, message: wire.bad")
    assert read({"code": "WORDS", "errors": [{"detail": "too old"}]}).outcome.text == "too old"
    assert read({"code": "WORDS"}).outcome.text is None
    assert read({"bad": "no"}).outcome.text == "no"


@pytest.mark.parametrize(
    ("after", "wait"), [("7", 7.0), ("Sun, 01 Mar 2026 00:01:00 GMT", 60.0), ("soon", None), (None, None)]
)
def test_a_wait_may_be_what_a_header_says(parse, after, wait):
    read = parse(
        "when: wire.code, by_code: wire.code", "http: 429, is: not_executed, after: header.Retry-After, because: c"
    )
    headers = {"Retry_After": after} if after else {}
    assert read({"code": "SLOW"}, **headers).outcome.after_s == wait
    assert read("<html>", 429, **headers).outcome.after_s == wait


def test_what_is_pending_says_how_it_goes_on(parse):
    read = parse("http: 202, is: pending, then: inquiry, every: 30s, for: 72h", "when: wire.code, by_code: wire.code")
    polled, told = read({}, 202).outcome, read({"code": "LATER"}).outcome
    assert (polled.then, polled.every_s, polled.for_s) == ("inquiry", 30.0, 259_200.0)
    assert (told.kind, told.then) == (OutcomeKind.pending, "callback")


def test_a_condition_sees_headers_and_the_request(parse):
    read = parse('when: header.X-State == "done" and wire.ref == req.client_ref, is: accepted')
    assert read({"ref": "o-1"}, X_State="done").outcome.kind == "accepted"
    assert read({"ref": "o-2"}, X_State="done").outcome.kind == "unknown"
    assert read({"ref": "o-1"}).outcome.kind == "unknown"


def test_a_condition_may_look_anywhere_in_any_page_without_failing(parse):
    read = parse('when: wire.a.b.c == "1" and first(wire.list).x == "2", is: accepted')
    for body in ({"a": "text"}, {"a": {"b": [1]}}, {"list": 5, "a": {"b": {"c": "1"}}}, {"a": None}):
        assert read(body).outcome.kind == "unknown"


# --- echoes ----------------------------------------------------------------------------------------------------------

ACCEPT = 'when: wire.ok == "1", is: accepted'


@pytest.mark.parametrize(
    ("ours", "right", "wrong"),
    [("request_no", "R" * 20, "S" * 20), ("attempt_no", "A" * 26, "R" * 20), ("client_ref", "o-1", "o-2")],
)
def test_what_we_sent_must_come_back(parse, ours, right, wrong):
    read = parse(ACCEPT, correlate=f"  correlate: {{ {ours}: head.no }}\n")
    assert read({"ok": "1", "head": {"no": right}}).outcome.kind == "accepted"
    for body in ({"ok": "1", "head": {"no": wrong}}, {"ok": "1"}, {"ok": "1", "head": {"no": ""}}):
        assert read(body).outcome.kind == "unknown"


def test_every_one_of_several_must_come_back(parse):
    read = parse(ACCEPT, correlate="  correlate: { request_no: no, client_ref: ref }\n")
    assert read({"ok": "1", "no": NO, "ref": "o-1"}).outcome.kind == "accepted"
    assert read({"ok": "1", "no": NO, "ref": "o-2"}).outcome.kind == "unknown"


# --- results ---------------------------------------------------------------------------------------------------------


def test_rows_are_read_whatever_the_outcome_and_only_a_yes_must_be_complete(both):
    deal = both("  fields: { policyholder.name: { to: n }, policyholder.email: { to: m, missing: error } }\n")
    no = deal.read({"ok": "no", "n": "x"})
    assert (no.outcome.kind, no.incomplete, no.problems) == ("declined", False, ())
    yes = deal.read({"n": "x"})
    assert (yes.outcome.kind, yes.incomplete) == ("accepted", True)


def test_what_cannot_be_read_is_a_problem_of_a_no_as_well(both):
    deal = both("  fields: { policyholder.name: { to: n }, policyholder.birth_date: { to: d, as: date(yyyyMMdd) } }\n")
    reply = deal.read({"ok": "no", "n": "x", "d": "1990-13-45"})
    assert (reply.outcome.kind, reply.incomplete) == ("declined", True)


@pytest.mark.parametrize("value", ["李四光先生", "110101199003070012", {"name": "李四光"}, ["李四光"], "13800138000"])
def test_a_problem_names_file_and_line_and_shows_no_personal_value(both, value):
    deal = both("  fields: { policyholder.name: { to: n }, policyholder.birth_date: { to: d, as: date(yyyyMMdd) } }\n")
    reply = deal.read({"n": "x", "d": value})
    assert "policy_issue.yaml:" in reply.problems[0]
    text = " ".join(reply.problems)
    assert not any(part in text for part in ("李四", "11010119900307", "13800138000"))


def test_fields_no_row_names_are_counted_once_per_path_up_to_a_limit(both):
    deal = both("  fields: { coverages: { list: L, fields: { code: { to: c } } } }\n")
    assert set(deal.read({"L": [{"c": "A", "x": 1}, {"c": "B", "x": 2}], "y": {"z": 1}}).unmapped) == {"L.x", "y"}
    assert len(deal.read({f"f{number}": 1 for number in range(10_000)}).unmapped) < 200
