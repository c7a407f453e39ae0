"""When a carrier takes calls, on its own clock."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.wire.hours import Hours, closed_for_s, parse_hours

EAST = "+08:00"


def at(text):
    """An instant on the carrier's clock; 2026-03-01 is a Sunday."""
    return datetime.fromisoformat(f"2026-03-{text}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-22:00", Hours(start_s=28_800, end_s=79_200)),
        ("22:30-06:00", Hours(start_s=81_000, end_s=21_600)),
        ("00:00-24:00", Hours(start_s=0, end_s=86_400)),
        ("sun 01:00-05:00", Hours(start_s=3_600, end_s=18_000, weekdays=(6,))),
        ("mon-fri 08:00-18:00", Hours(start_s=28_800, end_s=64_800, weekdays=(0, 1, 2, 3, 4))),
        ("sat-mon 08:00-18:00", Hours(start_s=28_800, end_s=64_800, weekdays=(5, 6, 0))),
    ],
)
def test_hours_are_read_as_they_are_written(text, hours):
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    "text", ["", "8-22", "08:00", "08:00-08:00", "25:00-26:00", "08:00-24:30", "day 08:00-22:00", "08:60-09:00"]
)
def test_what_are_no_hours_is_refused(text):
    with pytest.raises(ValueError, match="are no hours"):
        parse_hours(text)


def test_a_carrier_is_called_within_its_hours_only():
    window = (parse_hours("08:00-22:00"),)
    assert closed_for_s(at("01T08:00"), EAST, window, ()) is None
    assert closed_for_s(at("01T21:59"), EAST, window, ()) is None
    assert closed_for_s(at("01T22:00"), EAST, window, ()) == 10 * 3600
    assert closed_for_s(at("01T07:59") + timedelta(seconds=30), EAST, window, ()) == 30


def test_hours_over_midnight_belong_to_the_day_they_begin_on():
    night = (parse_hours("sat 22:00-02:00"),)
    assert closed_for_s(at("01T01:59"), EAST, night, ()) is None
    assert closed_for_s(at("01T22:30"), EAST, night, ()) is not None
    assert closed_for_s(at("07T22:00"), EAST, night, ()) is None


def test_maintenance_closes_what_is_open():
    nightly, weekly = parse_hours("01:00-03:00"), parse_hours("sun 00:00-06:00")
    assert closed_for_s(at("02T02:00"), EAST, (), (nightly, weekly)) == 3600
    assert closed_for_s(at("01T02:00"), EAST, (), (nightly, weekly)) == 4 * 3600
    assert closed_for_s(at("02T03:00"), EAST, (), (nightly, weekly)) is None
    assert closed_for_s(at("02T03:00"), EAST, (), (parse_hours("00:00-24:00"),)) == 8 * 86_400
