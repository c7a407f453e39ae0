"""How a channel does is counted by the journal, the same by every store, over a window."""

import json
from datetime import timedelta

import pytest

from contract_tests.tests.servers import own_database
from gateway.errors import NotFound
from gateway.journal.memory import MemoryJournal
from gateway.journal.postgres import PostgresJournal
from gateway.journal.routing_reads import _CALLS
from gateway.journal.sqlite import SqliteJournal
from gateway.model import RoutingHints

FIRST = RoutingHints(pin="first_main")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def store(request, tmp_path):
    if request.param == "postgres":
        async with own_database() as dsn:
            yield PostgresJournal(dsn)
    else:
        yield MemoryJournal() if request.param == "memory" else SqliteJournal(tmp_path / "journal.db")


@pytest.fixture
def promised(product_text):
    more = "limits: { per_day: 50 }, commitment: { period: month, policies: 100 }"
    return product_text.replace("weight: 60", f"weight: 60, {more}")


async def card(service, caller, hours=24):
    return json.loads((await service.scorecard(caller, "first_main", hours)).body)


async def test_rates_times_shares_promises_and_quotas_are_told(make, caller, order, carriers, promised, store):
    service = await make(journal=store, product=promised)
    carriers.first.plan("ok", "ok", "declined", "commit reset")
    for number in range(4):
        await service.write("policy.issue", caller, order(f"o{number}", routing=FIRST), f"k{number}")
    await service.write("policy.issue", caller, order("o9", routing=RoutingHints(pin="second_main")), "k9")
    told = await card(service, caller)
    assert (told["calls"], told["bind_rate"], told["decline_rate"], told["unknown_rate"]) == (4, 0.5, 0.25, 0.25)
    assert told["quote_rate"] is None
    assert told["outcomes"] == {"policy.issue": {"accepted": 2, "declined": 1, "unknown": 1}}
    assert (told["p50_ms"], told["p95_ms"]) == (10, 10)
    product = told["products"]["travel-accident"]
    assert (product["chosen"], product["share"], product["weight_share"]) == (4, 0.8, 0.6)
    assert (product["issued"], product["issued_share"]) == (2, 0.6667), "two of its four orders became policies"
    assert (product["commitment"]["target"], product["commitment"]["done"]) == (100, 2)
    assert product["quota"] == {"per_day": 50, "used": 2}


@pytest.mark.parametrize(("mode", "share"), [("standby", 1.0), ("weighted", 0.6), ("canary", 1.0)])
async def test_the_share_by_weight_is_that_among_channels_of_one_mode(make, caller, product_text, mode, share):
    told = "canary, share: 0.1" if mode == "canary" else f"{mode}, weight: 40"
    product = product_text.replace("second_main: { mode: weighted, weight: 40", f"second_main: {{ mode: {told}")
    service = await make(product=product)
    assert (await card(service, caller))["products"]["travel-accident"]["weight_share"] == share


async def test_what_began_before_the_window_is_not_counted(make, caller, order, world):
    service = await make()
    await service.write("policy.issue", caller, order(routing=FIRST), "k1")
    world.advance(timedelta(hours=3).total_seconds())
    assert (await card(service, caller, hours=2))["calls"] == 0
    assert (await card(service, caller, hours=4))["calls"] == 1


async def test_the_window_bounds_what_a_file_reads(tmp_path):
    journal = SqliteJournal(tmp_path / "journal.db")
    await journal.start()
    plan = " ".join([row[3] for row in await journal.rows(f"EXPLAIN QUERY PLAN {_CALLS}", ("op_0", "first_main"))])
    await journal.close()
    assert "a USING PRIMARY KEY (operation_id>?)" in plan


async def test_a_channel_that_is_not_there_has_no_card(make, caller):
    service = await make()
    with pytest.raises(NotFound, match="first_main"):
        await service.scorecard(caller, "frist_main", 24)
