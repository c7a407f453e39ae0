"""The functions of mapping expressions: pure, typed, and nothing given is nothing back."""

import inspect
from datetime import UTC, date, datetime, timedelta, timezone
from time import process_time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway.wire
from gateway.wire import (
    CannotSend,
    Unreadable,
    age,
    answer,
    count,
    date_of,
    datetime_of,
    days,
    first,
    items_of,
    lookup,
    match,
    months,
    nonce_text,
    now_text,
    number_cut,
    text,
    upper,
    years,
)
from gateway.wire.expense import check_pattern
from gateway.wire.function_specs import FUNCTIONS

BEIJING = "+08:00"
NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("spec", [spec for spec in FUNCTIONS.values() if spec.runtime], ids=lambda spec: spec.name)
def test_every_function_of_the_registry_takes_what_it_declares(spec):
    function = getattr(gateway.wire, spec.runtime)
    before = [name for name in spec.passed if name != "zone"]
    after = [name for name in spec.passed if name == "zone"]
    required = [p.name for p in spec.parameters if not p.optional or p.otherwise is not None]
    # A condition is worked out by the generated code around the call; a column is a table of its own.
    written = [p.name for p in spec.parameters if p.kind != "condition" and p.name != "column"]
    inspect.signature(function).bind(*before, *written, *after)
    inspect.signature(function).bind(*before, *required, *after)


def test_now_is_the_attempts_instant_on_the_carriers_clock():
    assert now_text(NOON, "yyyyMMddHHmmss", BEIJING) == "20260301120000"
    assert now_text(NOON, "epoch_s", BEIJING) == "1772337600"
    assert now_text(NOON, "iso", BEIJING) == "2026-03-01T12:00:00+08:00"


def test_numbers_are_cut_to_what_the_carrier_allows_and_must_exist():
    assert number_cut("01JABCDEF", 4) == "01JA"
    assert number_cut("01JABCDEF") == "01JABCDEF"
    assert nonce_text(lambda n: "x" * n, 16) == "x" * 16
    with pytest.raises(CannotSend, match="no carrier request number"):
        number_cut("", 30)


def test_an_answer_is_true_false_or_was_never_asked():
    answers = [SimpleNamespace(question="smoker", value=False)]
    assert answer(answers, "smoker") is False
    assert answer(answers, "health_issue") is None
    assert answer(None, "smoker") is None


def test_lists_count_objects_once_and_nothing_not_at_all():
    assert [count(v) for v in (None, "", {}, {"a": 1}, [], [1, 2], (1,))] == [0, 0, 1, 1, 0, 2, 1]
    assert [first(v) for v in (None, [], [1, 2], {"a": 1}, (n for n in (3, 4)))] == [None, None, 1, {"a": 1}, 3]
    assert [list(items_of(v)) for v in (None, "", {"a": 1}, [1])] == [[], [], [{"a": 1}], [1]]


def test_texts_of_values():
    assert [text(v) for v in (None, "x", 5, True, False)] == [None, "x", "5", "true", "false"]
    assert [upper(v) for v in (None, "ab")] == [None, "AB"]
    with pytest.raises(CannotSend):
        text({"a": 1})
    with pytest.raises(CannotSend):
        text(1.5)


def test_a_code_is_found_in_a_message():
    assert match("E0101: 年龄不符", "^([A-Z0-9]+):") == "E0101"
    assert match("已报案，案件号为07P2021001", "案件号为([0-9A-Z]+)") == "07P2021001"
    assert match("no code", "^([A-Z0-9]+):") is None
    assert match("ab-cd", "([a-z]+)-([a-z]+)", 2) == "cd"
    assert match("abc", "b") == "b"
    assert match(None, "b") is None
    assert match(5, "5") == "5"
    assert match(["5"], "5") is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$", "(a|aa)*b", "(a)(b)\\1", "(?=a)b", ".*.*.*x", "(", "a{1,999}.*.*", "x" * 300, 5, "a?" * 30 + "a" * 30,
        "a{0,99}a{0,99}a{0,99}a{0,99}b", "(?:a|aa)" * 24, "((a{0,9}){0,9}){0,9}b", "(?:a?){40}", "a{99999999999}",
        # Few enough ways at one place, too many from all places together.
        "a?" * 21 + "b", "a?a?a?a*a*b", "(?m)^a?a?a?a*a*b",
    ],
)  # fmt: skip
def test_a_pattern_that_could_run_away_is_refused(pattern):
    with pytest.raises(ValueError, match="match"):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [
        "^([A-Z0-9]+):", "案件号为([0-9A-Z]+)", "[*+]{2}\\+(x)?", "(?:ab)?(c)", "\\(.*\\)", "(?P<no>[0-9]+)",
        "(?:[0-9]{4}-){3}[0-9]{4}", "^(?:OK|ok|成功)$", "https?://([a-z.]+)/", "^a?a?a?a*a*b",
    ],
)  # fmt: skip
def test_an_ordinary_pattern_is_accepted(pattern):
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [".*.*x", "a*a*b", "[^:]*[^,]*;", "a?" * 17 + "b", "^" + "a?" * 26 + "b", "^a?a?a?a*a*b"]
)
def test_the_worst_accepted_pattern_keeps_the_gateway_for_a_moment_only(pattern):
    check_pattern(pattern)
    began = process_time()
    assert match("a" * 1_000_000, pattern) is None
    # The processor's own time: on a busy machine this takes longer. A runaway would take hours.
    assert process_time() - began < 3


def test_periods_count_whole_days_of_the_carriers_calendar():
    start = datetime(2025, 7, 2, tzinfo=timezone(timedelta(hours=8)))
    assert days(start, datetime(2025, 8, 1, tzinfo=timezone(timedelta(hours=8))), BEIJING) == 30
    assert days(date(2026, 2, 28), date(2026, 3, 1), BEIJING) == 1
    assert days(datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC), "Europe/Berlin") == 2
    assert days(None, date(2026, 1, 1), BEIJING) is None


@pytest.mark.parametrize(
    ("born", "on", "completed"),
    [
        ("1990-03-07", "2026-03-06", 35),
        ("1990-03-07", "2026-03-07", 36),
        ("2000-02-29", "2026-02-28", 25),
        ("2000-02-29", "2026-03-01", 26),
        ("2026-03-01", "2026-03-01", 0),
    ],
)
def test_an_age_is_completed_years(born, on, completed):
    assert age(date.fromisoformat(born), date.fromisoformat(on), BEIJING) == completed


def test_an_age_at_an_instant_is_the_age_on_the_carriers_calendar():
    midnight = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
    assert age(date(1990, 3, 7), midnight, BEIJING) == 36
    assert age(date(1990, 3, 7), midnight, "+00:00") == 35


@given(st.dates(min_value=date(1900, 1, 1)), st.dates(min_value=date(1900, 1, 1)))
def test_months_and_years_agree(one, other):
    start, end = sorted((one, other))
    whole = months(start, end, BEIJING)
    assert whole // 12 == years(start, end, BEIJING)
    assert (end - start).days // 31 <= whole <= (end - start).days // 28


def test_counting_backwards_is_refused():
    for function in (months, years):
        with pytest.raises(CannotSend, match="lies before the start"):
            function(date(2026, 1, 2), date(2026, 1, 1), BEIJING)


def test_texts_become_dates_as_codecs_read_them():
    assert date_of("20260301", "yyyyMMdd") == date(2026, 3, 1)
    assert datetime_of("20260301120000", "yyyyMMddHHmmss", BEIJING) == NOON
    assert date_of(None, "yyyyMMdd") is datetime_of("", "iso", BEIJING) is None
    with pytest.raises(Unreadable):
        date_of("2026-03-01", "yyyyMMdd")


def test_a_table_without_the_key_answers_nothing():
    assert lookup({"a": "1"}, "a") == "1"
    assert lookup({"a": "1"}, "b") is lookup({"a": "1"}, None) is None


def test_constants_are_checked_when_the_mapping_is():
    pattern = FUNCTIONS["now"].parameters[0]
    with pytest.raises(ValueError, match="is no part of a date"):
        pattern.check("YYYYMMDD")
    with pytest.raises(ValueError, match="between 1 and 128"):
        FUNCTIONS["nonce"].parameters[0].check(0)
