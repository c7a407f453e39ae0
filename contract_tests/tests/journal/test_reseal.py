"""A key follows another: everything is sealed again under the new one, and what cannot be opened is told."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from gateway.app import open_journal, open_upkeep
from gateway.journal.changes import Keep, PutEndpoint, Receive
from gateway.journal.records import EndpointRecord, InboundRecord, MessageRecord
from gateway.journal.upkeep import reseal
from gateway.journal.upkeep.lease import Lease, LeaseHeld
from gateway.journal.upkeep.reseal import Resealing
from gateway.journal.vault import KeyLost, Vault
from gateway.ports import FrozenWorld

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
BEFORE, BOTH, AFTER = Vault({"k1": OLD}, "k1"), Vault({"k2": NEW, "k1": OLD}, "k2"), Vault({"k2": NEW}, "k2")


@pytest.fixture
async def journal(dsn):
    store = open_journal(dsn)
    await store.start()
    yield store
    await store.close()


@asynccontextmanager
async def resealing(dsn, vault=BOTH, **options):
    database = open_upkeep(dsn)
    await database.open()
    yield Resealing(database, FrozenWorld(AT, seed=id(options)), vault, **options)
    await database.close()


async def keep(journal, vault: Vault, *owners: str) -> None:
    for owner in owners:
        sealed = vault.seal(owner.encode(), owner)
        await journal.write(Keep(MessageRecord(owner_id=owner, direction="request", at=AT, sealed=sealed)))


async def test_everything_sealed_is_sealed_again_and_the_old_key_may_go(dsn, journal):
    await keep(journal, BEFORE, "att_1", "att_2")
    inbound = InboundRecord(
        inbound_id="in_1", channel="c", name="n", event_key="e", received_at=AT, sealed=BEFORE.seal(b"called", "in_1")
    )
    endpoint = EndpointRecord(
        endpoint_id="whe_1",
        client="shop",
        url="https://x/",
        keys=BEFORE.seal(b"keys", "whe_1"),
        created_at=AT,
        updated_at=AT,
    )
    await journal.write(Receive(inbound), PutEndpoint(endpoint))
    async with resealing(dsn) as run:
        assert await run.count() == 4
        assert await run.run()
        assert run.resealed == {"messages": 2, "inbound": 1, "webhook_endpoints": 1}
        assert await run.count() == 0
    [message] = await journal.messages("att_1")
    assert AFTER.open(message.sealed, "att_1") == b"att_1"
    assert AFTER.open((await journal.inbound("in_1")).sealed, "in_1") == b"called"
    assert AFTER.open((await journal.endpoint("whe_1")).keys, "whe_1") == b"keys"


async def test_a_lost_key_is_named_and_what_it_sealed_stays(dsn, journal):
    await keep(journal, Vault({"k0": b"z" * 32}, "k0"), "att_1", "att_2")
    await keep(journal, BEFORE, "att_3")
    async with resealing(dsn) as run:
        assert await run.run()
        assert run.unopened == {("messages", "k0"): 2}
        assert run.resealed == {"messages": 1}
    [message] = await journal.messages("att_1")
    with pytest.raises(KeyLost, match="'k0' that sealed this message is not configured"):
        BOTH.open(message.sealed, "att_1")


async def test_damaged_bytes_are_told_apart_from_a_lost_key(dsn, journal):
    sealed = bytearray(BEFORE.seal(b"x", "att_1"))
    sealed[-1] ^= 1
    await journal.write(Keep(MessageRecord(owner_id="att_1", direction="reply", at=AT, sealed=bytes(sealed))))
    async with resealing(dsn) as run:
        await run.run()
        assert run.unopened == {("messages", reseal.DAMAGED): 1}


async def test_a_rehearsal_opens_everything_and_changes_nothing(dsn, journal):
    await keep(journal, BEFORE, "att_1")
    async with resealing(dsn, dry_run=True) as run:
        await run.run()
        assert run.resealed == {"messages": 1}
        assert await run.count() == 1


async def test_it_goes_in_batches_and_a_stopped_run_is_taken_up_again(dsn, journal, monkeypatch):
    monkeypatch.setattr(reseal, "BATCH", 3)
    await keep(journal, BEFORE, *(f"att_{number}" for number in range(8)))
    steps: list[int] = []
    async with resealing(dsn, told=steps.append, stops=lambda: len(steps) == 2) as run:
        assert not await run.run()
        assert await run.count() == 2
    assert steps == [3, 3]
    async with resealing(dsn) as run:
        assert await run.run()
        assert run.resealed == {"messages": 2}


async def test_what_a_gateway_wrote_anew_meanwhile_is_left_as_it_is(dsn, journal):
    await keep(journal, BEFORE, "att_1")
    async with resealing(dsn) as run:
        [row] = await run.database.rows("SELECT owner_id, direction, sealed FROM messages")
        newer = BOTH.seal(b"newer", "att_1")
        await run.database.rows("UPDATE messages SET sealed = ?", (newer,))
        await run._row(reseal.SEALED[0], row)
        assert await run.database.rows("SELECT sealed FROM messages") == [(newer,)]


async def test_two_never_seal_again_at_once(dsn, journal):
    async with resealing(dsn) as run:
        lease = Lease(run.database, FrozenWorld(AT, seed=1), reseal.LEASE)
        await lease.take()
        with pytest.raises(LeaseHeld, match="reseal"):
            await run.run()
