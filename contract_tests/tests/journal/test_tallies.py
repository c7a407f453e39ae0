"""What was sold is added up per product, channel, currency and day, whoever counted it."""

import asyncio

import pytest
from msgspec.structs import replace

from gateway.journal.changes import Count, Open
from gateway.journal.errors import KeyTaken
from gateway.journal.records import SoldRecord, TallyRecord


@pytest.fixture
def one():
    return TallyRecord(
        product="freight",
        day="2026-03-01",
        channel="lotus_main",
        currency="CNY",
        writer="gw-1",
        policies=1,
        premium=300,
    )


async def test_policies_of_all_gateways_and_days_since_one_are_added_up(journal, one):
    await journal.write(Count(one), Count(one))
    await journal.write(Count(replace(one, writer="gw-2", premium=100)))
    await journal.write(Count(replace(one, day="2026-02-28")), Count(replace(one, channel="jade_main", currency="USD")))
    await journal.write(Count(replace(one, product="another")))
    assert await journal.sold("freight", "2026-03-01") == [
        SoldRecord(channel="jade_main", currency="USD", policies=1, premium=300),
        SoldRecord(channel="lotus_main", currency="CNY", policies=3, premium=700),
    ]
    assert (await journal.sold("freight", "2026-02-01"))[1].policies == 4
    assert await journal.sold("freight", "2026-03-02") == []


async def test_gateways_that_count_at_once_lose_nothing(journal, one):
    await asyncio.gather(*(journal.write(Count(replace(one, writer=f"gw-{n % 2}"))) for n in range(40)))
    assert [each.policies for each in await journal.sold("freight", one.day)] == [40]


async def test_a_group_that_is_refused_counts_nothing(journal, one, operation):
    op = operation()
    await journal.write(Open(op))
    with pytest.raises(KeyTaken):
        await journal.write(Open(replace(op, operation_id="op_other")), Count(one))
    assert await journal.sold("freight", one.day) == []
