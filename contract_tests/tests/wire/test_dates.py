"""Dates and instants: every pattern reads back what it wrote, and nothing else is let in."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import CannotSend, Unreadable, iso_day_in, ymd_in, ymd_out
from gateway.wire.dates import date_codec
from gateway.wire.patterns import parse_pattern, parse_zone

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(9998, 12, 31))
SHANGHAI = timezone(timedelta(hours=8))
# From 1992 on: before, the clocks of Shanghai were put back in autumn, and an hour of the wall clock came twice.
INSTANTS = st.integers(min_value=694_310_400, max_value=253_370_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))

DAY_PATTERNS = (
    "yyyyMMdd", "yyyy-MM-dd", "yyyy/MM/dd", "iso", "dd/MM/yyyy", "MM/dd/yyyy", "dd-MMM-yyyy", "yyyy-M-d",
    "yyyy'年'MM'月'dd'日'", "dd.MM.yyyy", "epoch_s", "epoch_ms", "excel",
)  # fmt: skip
INSTANT_PATTERNS = (
    "yyyyMMddHHmmss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "iso", "epoch_s", "epoch_ms", "excel",
    "dd-MMM-yyyy HH-mm-ss", "yyyy/M/d H:mm:ss", "HHmmss yyyyMMdd", "yyyyMMddHHmmssSSS",
)  # fmt: skip


@pytest.mark.parametrize("pattern", DAY_PATTERNS)
@given(day=DAYS)
def test_a_day_reads_back_in_every_pattern(emit, pattern, day):
    codec = emit("date", pattern)
    assert codec.read(codec.send(day)) == day


@pytest.mark.parametrize("pattern", ["ddMMyy1930", "yy1930-M-d", "yy1930MMdd"])
@given(day=st.dates(min_value=date(1930, 1, 1), max_value=date(2029, 12, 31)))
def test_two_digits_of_a_year_read_back_within_their_hundred_years(emit, pattern, day):
    codec = emit("date", pattern)
    assert codec.read(codec.send(day)) == day


def test_two_digits_of_a_year_are_never_written_for_another_century(emit):
    codec = emit("date", "ddMMyy1930")
    assert (codec.send(date(1988, 7, 1)), codec.read("010729")) == ("010788", date(2029, 7, 1))
    for day in (date(1929, 12, 31), date(2030, 1, 1)):
        with pytest.raises(CannotSend, match="1930 to 2029"):
            codec.send(day)
    with pytest.raises(Unreadable):
        codec.read("01071988")
    last_second = emit("until", "yy2000MMddHHmmss", "1s", zone="+08:00")
    assert last_second.send(datetime(2027, 1, 1, tzinfo=SHANGHAI)) == "261231235959"
    with pytest.raises(ValueError, match="twice"):
        parse_pattern("yyyyMMyy1930")


@pytest.mark.parametrize("zone", ["+08:00", "+00:00", "Z", "Asia/Shanghai", "-03:30"])
@pytest.mark.parametrize("pattern", INSTANT_PATTERNS)
@given(instant=INSTANTS)
def test_an_instant_reads_back_in_every_pattern_and_zone(emit, pattern, zone, instant):
    codec = emit("datetime", pattern, zone=zone)
    back = codec.read(codec.send(instant))
    assert back == instant
    assert back.tzinfo is not None


@pytest.mark.parametrize("pattern", ["epoch_s", "epoch_ms", "excel"])
@given(instant=INSTANTS)
def test_counted_instants_are_numbers_where_the_wire_has_them(emit, pattern, instant):
    codec = emit("datetime", pattern, json=True, numbers=True)
    sent = codec.send(instant)
    assert isinstance(sent, int | Decimal)
    assert codec.read(sent) == instant


@given(moment=st.times().map(lambda t: t.replace(microsecond=0)))
def test_a_time_of_day_reads_back(emit, moment):
    for pattern in ("HHmmss", "HH:mm:ss", "HH-mm-ss", "iso"):
        codec = emit("time", pattern)
        assert codec.read(codec.send(moment)) == moment


def test_patterns_write_what_carriers_expect(emit):
    day = date(2026, 3, 4)
    written = {pattern: emit("date", pattern).send(day) for pattern in DAY_PATTERNS}
    assert written["yyyyMMdd"] == ymd_out(day) == "20260304"
    assert written["dd-MMM-yyyy"] == "04-Mar-2026"
    assert written["yyyy-M-d"] == "2026-3-4"
    assert written["yyyy'年'MM'月'dd'日'"] == "2026年03月04日"
    assert written["excel"] == "46085"
    assert written["epoch_s"] == "1772582400"


def test_a_day_of_the_week_makes_the_date_of_an_http_header(emit):
    codec = emit("datetime", "EEE, dd MMM yyyy HH:mm:ss 'GMT'", zone="Z")
    instant = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert codec.send(instant) == "Sun, 01 Mar 2026 09:00:00 GMT"
    assert codec.read("Sun, 01 Mar 2026 09:00:00 GMT") == instant


def test_an_instant_is_written_on_the_carriers_clock(emit):
    instant = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert emit("datetime", "yyyyMMddHHmmss", zone="+08:00").send(instant) == "20260302003000"
    assert emit("datetime", "yyyyMMdd", zone="Asia/Shanghai").send(instant) == "20260302"
    assert emit("datetime", "iso", zone="+08:00").send(instant) == "2026-03-02T00:30:00+08:00"
    assert emit("datetime", "iso", zone="+00:00").send(instant) == "2026-03-01T16:30:00+00:00"
    assert emit("datetime", "iso", zone="Z").send(instant) == "2026-03-01T16:30:00Z"
    assert emit("datetime", "HH", zone="+08:00").send(instant) == "00"


def test_a_text_without_an_offset_stands_on_the_carriers_clock(emit):
    expected = datetime(2026, 3, 1, tzinfo=SHANGHAI)
    assert emit("datetime", "yyyyMMdd", zone="+08:00").read("20260301") == expected
    assert emit("datetime", "iso", zone="+08:00").read("2026-03-01T00:00:00") == expected
    assert emit("datetime", "iso", zone="+08:00").read("2026-02-28T16:00:00Z") == expected
    assert emit("datetime", "iso", zone="+08:00").read("2026-03-01") == expected


def test_hour_24_is_midnight_of_the_next_day(emit):
    read = emit("datetime", "yyyyMMddHH", zone="+08:00").read
    assert read("2026022824") == datetime(2026, 3, 1, tzinfo=SHANGHAI)
    with pytest.raises(Unreadable):
        emit("datetime", "yyyyMMddHHmm", zone="+08:00").read("202602282401")


def test_summer_time_of_1988_does_not_move_a_zone_given_by_name(emit):
    read = emit("datetime", "yyyy-MM-dd HH:mm:ss", zone="Asia/Shanghai").read
    assert read("1988-07-01 00:00:00") == datetime(1988, 7, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert read("1988-07-01 00:00:00").astimezone(UTC).hour == 15


@pytest.mark.parametrize(
    "text",
    [
        "2026031",
        "202603011",
        "20261301",
        "20260230",
        "2026-03-01",
        "２０２６０３０１",
        "        ",
        "",
        "0000-00",
        None,
        20260301,
        {},
    ],
)
def test_a_wrong_day_is_unreadable(text):
    with pytest.raises(Unreadable, match="expected a date written yyyyMMdd"):
        ymd_in(text)


@pytest.mark.parametrize("text", ["2026-W01-1", "2026/03/01", "20260301", "2026-3-1", "2026-03-01T00:00:00"])
def test_only_the_promised_form_of_iso_8601_is_read(text):
    with pytest.raises(Unreadable):
        iso_day_in(text)


@pytest.mark.parametrize("text", ["2026-03-01T12", "20260301T120000Z", "2026-W01-1", "tomorrow", "", None, 5])
def test_only_rfc_3339_is_an_instant(emit, text):
    with pytest.raises(Unreadable, match="expected an instant"):
        emit("datetime", "iso").read(text)


def test_spaces_around_are_no_fault():
    assert ymd_in(" 20260301 ") == date(2026, 3, 1)


def test_an_epoch_beyond_the_calendar_is_unreadable(emit):
    for value in ("9" * 15, "-" + "9" * 15):
        with pytest.raises(Unreadable):
            emit("datetime", "epoch_s").read(value)
    with pytest.raises(Unreadable):
        emit("datetime", "excel").read("99999999")


def test_an_instant_without_an_offset_is_never_sent(emit):
    with pytest.raises(CannotSend, match="without its offset"):
        emit("datetime", "yyyyMMdd").send(datetime(2026, 3, 1, tzinfo=None))  # noqa: DTZ001 - that is the point


@given(instant=INSTANTS)
def test_an_exclusive_end_reads_back_through_the_carriers_last_second(emit, instant):
    codec = emit("until", "yyyyMMddHHmmss", "1s", zone="+08:00")
    assert codec.read(codec.send(instant)) == instant


def test_our_end_is_exclusive_and_theirs_is_the_last_second_or_day(emit):
    end = datetime(2026, 3, 1, tzinfo=SHANGHAI)
    assert emit("until", "yyyyMMddHHmmss", "1s", zone="+08:00").send(end) == "20260228235959"
    assert emit("until", "yyyy-MM-dd", "1d", zone="+08:00").send(end) == "2026-02-28"
    assert emit("until", "yyyy-MM-dd", "1d", zone="+08:00").read("2026-02-28") == end
    day = emit("until", "yyyyMMdd", "1d", kind="date")
    assert day.send(date(2026, 3, 1)) == "20260228"
    assert day.read("20260228") == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("pattern", "step", "text"), [("yyyyMMdd", "1d", "99991231"), ("yyyyMMddHHmmss", "1s", "99991231235959")]
)
def test_an_end_for_ever_has_no_day_behind_it(emit, pattern, step, text):
    with pytest.raises(Unreadable, match="map it as a case of its own"):
        emit("until", pattern, step).read(text)


def test_a_last_day_is_a_calendar_day_also_where_clocks_change(emit):
    zone = ZoneInfo("Europe/Berlin")
    codec = emit("until", "yyyy-MM-dd HH:mm:ss", "1d", zone="Europe/Berlin")
    end = datetime(2026, 3, 30, tzinfo=zone)
    assert codec.send(end) == "2026-03-29 00:00:00"
    assert codec.read("2026-03-29 00:00:00") == end


@pytest.mark.parametrize("pattern", ["", "-", "yyyyMMdd'", "YYYY", "mmm", "hh:mm", "yyyyMMddMM"])
def test_a_pattern_that_means_nothing_is_refused(pattern):
    with pytest.raises(ValueError, match=r"no date pattern|no part of a date|same part twice|no hour|needs a beside"):
        parse_pattern(pattern)


@pytest.mark.parametrize("zone", ["", "8", "+8", "+15:00", "+08:99", "../etc/passwd", "CST+8"])
def test_a_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(ValueError, match=r"is neither an offset|is no offset in use"):
        parse_zone(zone)


def test_a_time_is_read_without_a_day(emit):
    assert emit("time", "HHmm").read("0930") == time(9, 30)


EVENING = datetime(2026, 3, 1, 20, 5, 9, 123456, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("M/d/yyyy h:mm a", "3/1/2026 8:05 PM"), ("d MMMM yyyy HH:m:s", "1 March 2026 20:5:9"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2026-03-01T20:05:09+08:00"), ("yyyyMMddHHmmssxx", "20260301200509+0800"),
        ("yyyy-MM-dd HH:mm:ss.SSSSSS", "2026-03-01 20:05:09.123456"), ("yyyyMMddHHmmssSSS", "20260301200509123"),
        ("yyyy-MM-dd kk", "2026-03-01 20"), ("HH-mm-ss", "20-05-09"), ("yyMMdd", "260301"),
    ],
)  # fmt: skip
def test_an_instant_in_the_forms_carriers_use(emit, pattern, text):
    codec = emit("datetime", pattern, zone="+08:00")
    assert codec.send(EVENING) == text
    if not codec.plan.sends_only:
        again = codec.read(text)
        told = {part: getattr(again, part) for part in ("minute", "second", "microsecond")}
        assert again == EVENING.replace(**told)


def test_midnight_is_hour_24_of_the_day_before_where_hours_count_so(emit):
    end = datetime(2027, 1, 13, tzinfo=timezone(timedelta(hours=8)))
    codec = emit("datetime", "yyyyMMdd|kk", zone="+08:00")
    assert codec.send(end) == "20270112|24"
    assert codec.read("20270112|24") == codec.read("20270113|00") == end
    assert codec.send(end.replace(hour=1)) == "20270113|01"
    assert codec.send(end.replace(minute=30)) == "20270113|00"
    new_year = emit("datetime", "d MMM yyyy k", zone="+08:00")
    assert new_year.send(datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=8)))) == "31 Dec 2026 24"


def test_a_codec_may_have_a_zone_of_its_own(emit):
    codec = emit("datetime", "yyyy-MM-dd'T'HH:mm:ss'Z'", "Z", zone="+08:00")
    assert codec.send(EVENING) == "2026-03-01T12:05:09Z"
    assert codec.read("2026-03-01T12:05:09Z") == EVENING.replace(microsecond=0)
    assert emit("until", "iso", "1s", "Z", zone="+08:00").send(EVENING.replace(microsecond=0)) == "2026-03-01T12:05:08Z"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("h a", "13 PM"),
        ("h:mm a", "0:10 AM"),
        ("d MMMM yyyy", "1 Marz 2026"),
        ("yyyyMMddHHxx", "2026030120+2000"),
        ("kk", "25"),
    ],
)
def test_what_no_clock_shows_is_unreadable(emit, pattern, text):
    with pytest.raises(Unreadable):
        emit("datetime", pattern, zone="+08:00").read(text)


@pytest.mark.parametrize("behind", ["", "Z", "+01:00", "T00:00:00", "T23:59:59.000+0800", " 00:00", "..."])
def test_what_stands_behind_a_day_that_is_open_at_its_end_is_not_looked_at(emit, behind):
    codec = emit("date", "yyyy-MM-dd..")
    assert codec.read(f"1990-03-07{behind}") == date(1990, 3, 7)
    assert codec.send(date(1990, 3, 7)) == "1990-03-07"


@pytest.mark.parametrize("text", ["1990-03-071", "1990-03", "x1990-03-07", "1990-03-07T00\n:00"])
def test_a_day_that_is_open_at_its_end_is_still_a_day(emit, text):
    with pytest.raises(Unreadable):
        emit("date", "yyyy-MM-dd..").read(text)


def test_an_instant_may_have_an_offset_of_whole_hours(emit):
    assert emit("datetime", "iso").read("2026-03-01T08:00:00+08") == datetime(2026, 3, 1, tzinfo=UTC)


ERAS = [
    ("GGGGy年M月d日", date(2024, 11, 30), "令和6年11月30日"),
    ("Gy.MM.dd", date(2024, 11, 30), "R6.11.30"),
    ("Gyy.MM.dd", date(2019, 5, 1), "R01.05.01"),
    ("Gyy.MM.dd", date(2019, 4, 30), "H31.04.30"),
    ("gyyMMdd", date(1989, 1, 7), "3640107"),
    ("gyyMMdd", date(1912, 7, 29), "1450729"),
    ("yyy1911MMdd", date(2026, 3, 1), "1150301"),
    ("yyy1911/MM/dd", date(1990, 3, 7), "079/03/07"),
    ("y1911/M/d", date(1990, 3, 7), "79/3/7"),
]


@pytest.mark.parametrize(("pattern", "day", "text"), ERAS)
def test_a_day_is_written_and_read_in_the_year_of_an_era(pattern, day, text):
    codec = date_codec(pattern, numbers=False)
    assert (codec.send(day), codec.read(text)) == (text, day)


@given(day=st.dates(date(1873, 1, 1), date(2099, 12, 31)), pattern=st.sampled_from(["GGGGyyMMdd", "Gy.M.d", "gyyMMdd"]))
def test_every_day_of_an_era_comes_back(day, pattern):
    codec = date_codec(pattern, numbers=False)
    assert codec.read(codec.send(day)) == day


@pytest.mark.parametrize(
    ("pattern", "text", "day"),
    [("GGGGy年M月d日", "令和元年5月1日", date(2019, 5, 1)), ("Gyy.MM.dd", "H35.01.01", date(2023, 1, 1))],
)
def test_a_first_year_and_a_year_written_ahead_of_the_next_era_are_read(pattern, text, day):
    assert date_codec(pattern, numbers=False).read(text) == day


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("Gyy.MM.dd", "R00.05.01"), ("Gyy.MM.dd", "R01.04.30"), ("Gyy.MM.dd", "X01.05.01"), ("gyyMMdd", "6010501"),
        ("GGGGy年", "慶応1年"), ("yyy1911MMdd", "0000301"), ("yyy1911MMdd", "990301"), ("Gyy.MM.dd", "M05.12.31"),
    ],
)  # fmt: skip
def test_what_no_era_had_is_unreadable(pattern, text):
    with pytest.raises(Unreadable):
        date_codec(pattern, numbers=False).read(text)


@pytest.mark.parametrize(("pattern", "day"), [("Gyy.MM.dd", date(1872, 12, 31)), ("yyy1911MMdd", date(1911, 12, 31))])
def test_a_day_before_the_count_begins_is_not_sent(pattern, day):
    with pytest.raises(CannotSend):
        date_codec(pattern, numbers=False).send(day)


@pytest.mark.parametrize("pattern", ["GMMdd", "y.MM.dd", "Gyyyy.MM.dd", "GGy", "Gyy1950MMdd"])
def test_an_era_without_its_year_and_a_year_without_its_era_are_no_patterns(pattern):
    with pytest.raises(ValueError, match=r"an era and y the year in it|names the same part twice|is no part of a date"):
        parse_pattern(pattern)
