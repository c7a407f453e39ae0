"""A full disk, a locked database, dead carriers: what cannot be kept is not sent, and the caller is told the truth."""

import sqlite3
from contextlib import asynccontextmanager, closing

import pytest

from gateway.journal.sqlite import SqliteJournal

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDERS_MAX = 50
FREIGHT = ("lotus_main", "aurora_main", "cedar_main")
ALLOWED = 2
"""How many channels the product lets one operation try (`routing.attempts`)."""


@asynccontextmanager
async def _full_disk(market, _path):
    async def pages(count):
        await market.journal._writer.submit(lambda db: db.execute(f"PRAGMA max_page_count = {count}"))

    await pages(1)
    yield
    await pages(1_000_000)


@asynccontextmanager
async def _locked(_market, path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def sqlite_file(tmp_path):
    return tmp_path / "market.db"


@pytest.mark.parametrize("trouble", [_full_disk, _locked])
async def test_without_a_journal_nothing_is_sent_and_the_same_key_works_later(trouble, open_market, sqlite_file):
    market = await open_market(journal=SqliteJournal(sqlite_file))
    plan = market.order("cedar_main")
    price = await market.price(plan)
    fitted = 0
    async with trouble(market, sqlite_file):
        for serial in range(ORDERS_MAX):
            # What still fits into the pages there are is kept: it was sent, whatever could be kept of its end.
            body = market.one_shot(market.order("cedar_main"), price)
            refused = await market.write("/v1/policies", body, f"key-{serial}")
            if refused.status_code == 503:
                break
            fitted += 1
        assert (refused.status_code, refused.json()["code"]) == (503, "gateway.unavailable"), refused.text
        assert int(refused.headers["retry-after"]) > 0
    assert len(market.ledger(effect="issue")) == fitted, "nothing was sent for the one that could not be kept"
    issued = await market.write("/v1/policies", body, f"key-{serial}")
    assert issued.status_code == 201, issued.text
    assert len(market.ledger(effect="issue")) == fitted + 1


async def test_a_disk_that_fills_up_after_the_reply_loses_nothing_and_doubles_nothing(open_market, sqlite_file):
    market = await open_market(journal=SqliteJournal(sqlite_file))
    plan = market.order("cedar_main")
    body = market.one_shot(plan, await market.price(plan))
    committed = market.journal.write
    blocked = []

    async def write(*changes):
        await committed(*changes)
        if market.mocks["cedar_main"].world(market.namespace).definition and not blocked:
            blocked.append(True)
            await market.journal._writer.submit(lambda db: db.execute("PRAGMA max_page_count = 1"))

    market.journal.write = write
    market.http.headers["Prefer"] = "wait=1"
    answer = await market.write("/v1/policies", body, "the-key")
    assert answer.status_code in (201, 202), answer.text
    assert len(market.ledger(effect="issue")) == 1
    await market.journal._writer.submit(lambda db: db.execute("PRAGMA max_page_count = 1000000"))
    ended = await market.settle(await market.write("/v1/policies", body, "the-key"))
    assert ended.status_code == 201, ended.text
    assert len(market.ledger(effect="issue")) == 1


async def test_a_dead_carrier_is_passed_over_for_the_next_channel(market):
    await market.plan("lotus_main", "refuse")
    try:
        plan = market.order(None, "freight-return")
        quoted = (await market.write("/v1/quotes", plan.proposal)).json()
        status = {quote["channel_ref_public"]: quote["status"] for quote in quoted["quotes"]}
        assert status == {"lotus_main": "unresponsive", "aurora_main": "quoted", "cedar_main": "quoted"}
        assert quoted["recommended_quote_id"] in [q["quote_id"] for q in quoted["quotes"] if q["status"] == "quoted"]
        for _ in range(6):
            plan = market.order(None, "freight-return")
            answer = await market.write("/v1/applications", market.one_shot(plan))
            assert answer.status_code == 201, answer.text
            assert answer.json()["channel"] in ("aurora_main", "cedar_main")
    finally:
        await market.plan("lotus_main")
    assert len(market.ledger(effect="underwrite")) == 6


async def test_when_all_carriers_are_dead_the_reason_of_each_that_was_tried_is_told(market):
    plan = market.order(None, "freight-return")
    try:
        for channel in FREIGHT:
            await market.plan(channel, "refuse")
        answer = await market.write("/v1/applications", market.one_shot(plan))
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0
        problem = answer.json()
        told = [channel for channel in FREIGHT if any(channel in reason["text"] for reason in problem["reasons"])]
        assert len(told) == ALLOWED, problem
    finally:
        for channel in FREIGHT:
            await market.plan(channel)
    assert not market.ledger()
    again = await market.write("/v1/applications", market.one_shot(plan))
    assert again.status_code == 201, again.text


async def test_where_nobody_may_be_asked_every_channel_has_its_reason_code(market):
    plan = market.order(None, "freight-return")
    plan.proposal["routing"] = {"exclude": list(FREIGHT)}
    answer = await market.write("/v1/quotes", plan.proposal)
    assert (answer.status_code, answer.json()["code"]) == (503, "channel.none_eligible"), answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["channel.excluded_by_caller"] * 3
