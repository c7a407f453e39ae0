"""The mock of tide answers the records printed in its document with the printed bytes."""

import hashlib
import re
from datetime import datetime, timedelta, timezone

import pytest

BEIJING = timezone(timedelta(hours=8))
KEY = b"tide-test-key-2026"
# sample: the samples before it, and the next number of each series
SAMPLES = {
    "4.1.4": ([], {"policy": 11}),
    "4.1.5": ([], {}),
    "4.1.6": ([], {}),
    "4.2.4": ([], {"policy": 21}),
    "4.3.3": (["4.1.4"], {}),
    "4.3.4": ([], {}),
}
ORDER = "TD20|承保|P0008|202603021030|{no}|退货险|{plan}|{start}|30|张三|男|身份证|999999199003071234|{mobile}|{order}|潮流小店|连衣裙|{sum}|{premium}|"


def mac(record):
    return hashlib.md5(record.encode("gbk") + KEY).hexdigest().upper()


def signed(record):
    return f"{record}|{mac(record)}"


def order(no, mobile="13800000001", *, plan="标准", total="12.00", premium="0.60", start="202603021030"):
    return ORDER.format(no=no, plan=plan, start=start, mobile=mobile, order=f"DD-{no}", sum=total, premium=premium)


def query(no, at="202603021031"):
    return f"TD20|查询|P0008|{at}|CX-{no}|{no}|"


class Desk:
    def __init__(self, mock, client, clauses, http):
        self.mock, self.world = mock, mock.world("default")
        self.client, self.clauses, self.http = client, clauses, http
        self.world.lag_s = 0.0

    def at(self, text):
        self.world.timers.freeze(datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=BEIJING).timestamp())

    async def play(self, number):
        asked, expected = self.clauses[number].blocks()
        self.at(re.search(r"P0008\|(\d{12})", asked)[1])
        self.world.numbers.give(SAMPLES[number][1])
        return await self.send(asked), expected

    async def send(self, text):
        return await self.client.send(self.http("POST", "/tide/record", text.encode("gbk")))

    async def said(self, record):
        """The fields of the reply to a record, its MAC verified and taken off."""
        answer = await self.send(signed(record))
        assert answer.status == 200
        said, _, found = answer.body.decode("gbk").rpartition("|")
        assert found == mac(said)
        return said.split("|")


@pytest.fixture
async def desk(a_mock, client_of, clauses_of, bytes_of):
    mock = await a_mock("tide")
    desk = Desk(mock, client_of(mock), clauses_of("tide"), bytes_of)
    desk.at("202603021030")
    return desk


@pytest.mark.parametrize("number", SAMPLES)
async def test_a_printed_record_gets_the_printed_reply_to_the_byte(desk, number):
    for earlier in SAMPLES[number][0]:
        await desk.play(earlier)
    answer, expected = await desk.play(number)
    assert answer.body.decode("gbk") == expected
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; charset=GBK")


def test_the_worked_example_of_the_signature_is_right(clauses_of):
    """Clause 3.2."""
    record, _, printed = clauses_of("tide")["3.2"].blocks()[0].rpartition("|")
    assert mac(record) == printed
    assert record.encode("gbk").hex() in clauses_of("tide")["3.2"].text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "报文错误"),
        (signed("TD20|承保|P0008|202603021030"), "报文错误"),
        (order("N1") + "|" + "0" * 32, "签名错误"),
        (signed(order("N1").replace("202603021030|N1", "202603021000|N1")), "时间无效"),
        (signed(order("N1").replace("P0008", "P0009")), "合作方无效"),
    ],
)
async def test_a_record_that_cannot_be_taken_is_answered_without_a_number(desk, text, code):
    """Clause 2.9."""
    answer = await desk.send(text)
    said = answer.body.decode("gbk").split("|")
    assert said[:3] == ["TD20", "拒收", code]
    assert len(said) == 5
    assert desk.mock.ledger() == []


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (order("N1", plan="豪华"), "产品无效"),
        (order("N1", total="13.00"), "保额不符"),
        (order("N1", premium="0.61"), "保费不符"),
        (order("N1", start="202603020929"), "起保过早"),
        (order("N1", "13800007007"), "频次过高"),
        (order("N1", "13800007010"), "名单限制"),
        (order("N1", "13800007006"), "风控挂起"),
        (order("N1", "1380000"), "字段错误"),
    ],
)
async def test_an_order_that_is_refused_leaves_no_policy(desk, record, code):
    """Clauses 9 and 10.1."""
    said = await desk.said(record)
    assert said[2:5] == ["N1", "失败", code]
    assert len(said) == 10
    assert desk.mock.ledger() == []


async def test_the_same_number_sent_twice_is_sold_twice_and_a_query_shows_the_latest(desk):
    """Clauses 5.1 and 5.4."""
    first, second = await desk.said(order("N1")), await desk.said(order("N1"))
    assert first[6] != second[6]
    assert [line["number"] for line in desk.mock.ledger()] == [first[6], second[6]]
    assert (await desk.said(query("N1")))[7] == second[6]


@pytest.mark.parametrize(("mobile", "later", "sold"), [("13800007001", "成功", 1), ("13800007002", "失败", 0)])
async def test_what_is_being_looked_at_is_decided_later(desk, mobile, later, sold):
    """Clauses 4.1.3 and 10.1."""
    assert (await desk.said(order("N1", mobile)))[3] == "处理中"
    assert (await desk.said(query("N1")))[3] == "处理中"
    desk.world.timers.advance(6)
    assert (await desk.said(query("N1")))[3] == later
    assert len(desk.mock.ledger()) == sold


async def test_busy_once_and_an_error_after_selling(desk):
    """Clause 10.1."""
    assert (await desk.said(order("N1", "13800007004")))[1:3] == ["拒收", "系统忙"]
    assert (await desk.said(order("N1", "13800007004")))[3] == "成功"
    assert (await desk.said(order("N2", "13800007005")))[3:5] == ["失败", "系统异常"]
    assert (await desk.said(query("N2")))[3] == "成功"
    assert len(desk.mock.ledger()) == 2


async def test_a_batch_whose_totals_are_wrong_or_that_is_too_long_is_not_worked_off(desk):
    """Clause 4.2.3."""
    line = "D|{}|标准|202603021030|30|张三|男|||13800000001|DD-{}|||12.00|0.60"
    head = "H|TD20|批量承保|P0008|202603021030|PB1|退货险"
    short = "\n".join([head, line.format("N1", "N1"), "T|2|60"])
    assert "|失败|字段错误|" in "|".join(await desk.said(short))
    long = "\n".join([head, *(line.format(f"N{n}", f"N{n}") for n in range(101)), f"T|101|{60 * 101}"])
    assert "|失败|批量超限|" in "|".join(await desk.said(long))
    assert desk.mock.ledger() == []
