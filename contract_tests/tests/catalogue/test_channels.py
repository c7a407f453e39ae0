"""Channels: what is read from the file, and when a channel is closed for maintenance."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from msgspec.structs import replace

from gateway.catalogue.channels import Channel, Maintenance
from gateway.catalogue.facts import Facts
from gateway.model import Address, Party
from gateway.model.examples import example_proposal

BEIJING = timezone(timedelta(hours=8))


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def test_a_channel_is_read_as_it_is_written(folder) -> None:
    folder.write(
        "channels.yaml",
        'lotus_main: { carrier: lotus, insurer: lotus_pc, via: mga, regions: [CN], state: degraded,'
        ' maintenance: [{ days: [sun], from: "01:00", to: "03:00", zone: Asia/Shanghai }] }\n',
    )  # fmt: skip
    channel = folder.snapshot().channels["lotus_main"]
    assert (channel.carrier, channel.insurer, channel.via, channel.state) == ("lotus", "lotus_pc", "mga", "degraded")
    assert channel.maintenance[0].weekdays == (6,)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x: { carrier: lotos, insurer: a, state: active }", "1:15: error E501: there is no carrier 'lotos'; did you mean 'lotus'?"),
        ("x: { carrier: lotus, state: active }", "1:4: error E503: channel x needs 'insurer'"),
        ("x: { carrier: lotus, insurer: a, state: on }", "1:41: error E503: channel x: state cannot be 'on'"),
        ("x: { carrier: lotus, insurer: a, state: active, url: y }", "1:49: error E502: channel x has no 'url'"),
        ("X-1: { carrier: lotus, insurer: a, state: active }", "1:1: error E503: channel 'X-1' must match"),
        ("x: { carrier: lotus, insurer: a, state: active, maintenance: [{ from: 1am, to: '02:00' }] }", "1:71: error E503: '1am' is no time of day"),
        ("x: { carrier: lotus, insurer: a, state: active, maintenance: [{ from: '01:00', to: '02:00', zone: Mars }] }", "error E503: 'Mars' is no IANA time zone"),
        ("x: { carrier: lotus, insurer: a, state: active, maintenance: [{ from: '01:00', to: '02:00', days: [sunday] }] }", "day cannot be 'sunday'; did you mean 'sun'?"),
        ("x: { carrier: lotus, insurer: a, state: active, maintenance: [{ from: '01:00', to: '02:00', month_days: [0] }] }", "1:106: error E503: no month has a day 0; write 1 to 31, or -1 for the last"),
        ("x: { carrier: lotus, insurer: a, state: active, maintenance: [{ from: '01:00', to: '01:00', days: [sun] }] }", "1:84: error E503: a window that ends when it begins"),
        ("x: { carrier: lotus, insurer: a, state: active, maintenance: [{ from: '00:00', to: '00:00' }] }", "who is always closed has state: suspended"),
        ("x: { carrier: lotus, insurer: a, state: active, regions: [CHN] }", "1:59: error E503: 'CHN' is no region; did you mean 'CN'?"),
        ("x: { carrier: lotus, insurer: a, state: active, regions: [XX-SH] }", "error E503: 'XX-SH' is no region; write a country (CN)"),
        ("x: { carrier: lotus, insurer: a, state: active, regions: ['310'] }", "error E503: '310' is no region; write a country (CN)"),
    ],
)  # fmt: skip
def test_a_fault_of_a_channel_is_shown_at_its_place(folder, text: str, fault: str) -> None:
    folder.write("channels.yaml", text + "\n")
    assert any(fault in found for found in folder.faults()), folder.faults()


@pytest.mark.parametrize("text", ["CN", "GB-LND", "31", "3101", "310115"])
def test_a_country_a_part_of_it_and_the_beginning_of_a_chinese_code_are_regions(folder, text: str) -> None:
    folder.write("channels.yaml", f"lotus_main: {{ carrier: lotus, insurer: a, state: active, regions: ['{text}'] }}\n")
    assert folder.snapshot().channels["lotus_main"].regions == (text,)


def test_a_whole_day_of_the_week_may_be_a_window(folder) -> None:
    window = "{ from: '00:00', to: '00:00', days: [sun], zone: Asia/Shanghai }"
    folder.write(
        "channels.yaml", f"lotus_main: {{ carrier: lotus, insurer: a, state: active, maintenance: [{window}] }}\n"
    )
    channel = folder.snapshot().channels["lotus_main"]
    days = ("2026-02-28T23:59:59", "2026-03-01T00:00:00", "2026-03-01T23:59:59", "2026-03-02T00:00:00")
    assert [channel.in_maintenance(beijing(each)) for each in days] == [False, True, True, False]


SUNDAYS = Maintenance(
    start=time(1),
    end=time(3),
    weekdays=(6,),
    zone="Asia/Shanghai",
)
MONTH_ENDS = Maintenance(
    start=time(23),
    end=time(2),
    month_days=(-1,),
    zone="Asia/Shanghai",
)


@pytest.mark.parametrize(
    ("window", "at", "margin_s", "closed"),
    [
        (SUNDAYS, "2026-03-01T00:59:59", 0, False),
        (SUNDAYS, "2026-03-01T00:59:59", 120, True),
        (SUNDAYS, "2026-03-01T01:00:00", 0, True),
        (SUNDAYS, "2026-03-01T02:59:59", 0, True),
        (SUNDAYS, "2026-03-01T03:00:00", 120, False),
        (SUNDAYS, "2026-03-02T02:00:00", 0, False),
        (SUNDAYS, "2026-02-28T23:00:00", 7_200, True),
        (MONTH_ENDS, "2026-02-28T23:00:00", 0, True),
        (MONTH_ENDS, "2026-03-01T01:59:59", 0, True),
        (MONTH_ENDS, "2026-03-01T02:00:00", 0, False),
        (MONTH_ENDS, "2026-03-30T23:30:00", 0, False),
        (MONTH_ENDS, "2026-03-31T22:59:00", 60, True),
    ],
)
def test_writes_stop_before_a_maintenance_window_opens(
    window: Maintenance, at: str, margin_s: float, closed: bool
) -> None:
    channel = Channel(name="x", carrier="lotus", insurer="a", maintenance=(window,))
    assert channel.in_maintenance(beijing(at), margin_s) is closed


def test_a_window_is_on_the_clock_of_its_own_zone() -> None:
    channel = Channel(name="x", carrier="lotus", insurer="a", maintenance=(SUNDAYS,))
    assert channel.in_maintenance(datetime.fromisoformat("2026-02-28T18:00:00+00:00"))


@pytest.mark.parametrize(
    ("address", "served"),
    [
        (None, True),
        (Address(country="CN"), True),
        (Address(region="310000"), True),
        (Address(region="CN-SH"), True),
        (Address(country="GB"), False),
        (Address(country="GB", region="GB-LND"), False),
    ],
)
def test_who_lives_in_a_channels_regions_is_served_and_whoever_did_not_say_where(
    address: Address | None, served: bool
) -> None:
    asked = replace(example_proposal(), policyholder=Party(name="x", address=address))
    assert Facts(asked, datetime(2026, 3, 1, tzinfo=UTC)).lies_in(("CN",)) is served
