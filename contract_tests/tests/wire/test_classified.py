"""What a reply means before it is mapped: the right row, the right wait, and no belief in what is not signed."""

from datetime import UTC, datetime

import pytest

from gateway.model.outcome import Outcome, OutcomeKind
from gateway.wire import ErrorTable, WireReply, by_code, fresh, headers_of, heard, said, unanswered, wait_s, waiting

NOW = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
AGE = Outcome(kind=OutcomeKind.declined, code="underwriting.age")
SYSTEM = Outcome(kind=OutcomeKind.unknown, code="carrier.internal")
OTHER = Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True)
TABLE = ErrorTable(exact={"E0101": AGE}, prefixes=(("S99", SYSTEM), ("S", AGE)), other=OTHER)


@pytest.mark.parametrize(
    ("code", "row", "kind"),
    [("E0101", AGE, "declined"), ("S9901", SYSTEM, "unknown"), ("S0", AGE, "declined"), ("X", OTHER, "unknown")],
)
def test_a_code_finds_its_row_exactly_then_by_the_longest_prefix(code, row, kind):
    found = by_code(TABLE, code)
    assert (found.code, found.kind, found.carrier_code) == (row.code, kind, code)


@pytest.mark.parametrize("code", [None, "", "  ", {}, ["E0101"]])
def test_no_code_is_the_other_row(code):
    assert by_code(TABLE, code) == OTHER


def test_a_number_is_looked_up_as_its_text():
    assert by_code(ErrorTable(exact={"7": AGE}, other=OTHER), 7).code == AGE.code


def test_the_carriers_words_are_kept_up_to_a_length():
    assert said(AGE, "年龄不符").text == "年龄不符"
    assert said(AGE, {"a": 1}) is said(AGE, None) is AGE
    assert len(said(AGE, "x" * 10_000).text) == 500


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0), (7, 7.0), ("Sun, 01 Mar 2026 00:01:00 GMT", 60.0), ("Sat, 28 Feb 2026 00:00:00 GMT", 0.0),
        ("999999999", 86_400.0), (None, None), ("", None), ("soon", None), ("-5", None), ({}, None),
    ],
)  # fmt: skip
def test_a_wait_is_a_number_or_a_date_and_never_nonsense(value, seconds):
    assert wait_s(value, NOW) == seconds
    assert waiting(AGE, seconds).after_s == seconds


def test_a_server_error_is_believed_only_where_a_row_names_it():
    assert unanswered(500)
    assert unanswered(302)
    assert not unanswered(503, 503)
    assert not unanswered(200)
    assert not unanswered(404)


def test_of_a_header_that_comes_twice_the_first_counts():
    reply = WireReply(status=200, headers=(("X-Sign", "a"), ("x-sign", "b")))
    assert headers_of(reply) == {"x-sign": "a"}


@pytest.mark.parametrize(
    ("stamp", "is_fresh"),
    [
        ("1772323200", True), ("1772323200000", True), ("1772323500", True), ("1772323501", False),
        ("1772322899", False), (None, False), ("", False), ("now", False), ("9" * 30, False),
    ],
)  # fmt: skip
def test_a_time_stamp_is_fresh_within_the_skew_both_ways(stamp, is_fresh):
    assert fresh(stamp, NOW, 300) is is_fresh


def test_a_missing_field_is_a_problem_only_of_a_reply_that_said_yes():
    problems = ["missing wire field 'No' -> x.yaml:1", "unknown sex code '7'"]
    assert heard(problems, Outcome(kind=OutcomeKind.accepted)) == tuple(problems)
    assert heard(problems, AGE) == ("unknown sex code '7'",)


def test_a_row_is_named_by_its_key_so_that_its_words_can_be_found():
    assert [TABLE.row(code)[0] for code in ("E0101", "S9901", "S0", "X", None, ["E0101"])] == [
        "E0101", "S99*", "S*", "other", "other", "other",
    ]  # fmt: skip


def test_a_code_is_kept_up_to_a_length_and_never_as_an_object():
    assert len(by_code(TABLE, "S" * 10_000).carrier_code) < 1_000
    assert by_code(TABLE, {"E0101": 1}).carrier_code is None


@pytest.mark.parametrize("status", [299, 300, 399, 400, 499, 500, 599])
def test_only_redirects_and_server_errors_are_no_answer(status):
    assert unanswered(status) is (300 <= status < 400 or status >= 500)
