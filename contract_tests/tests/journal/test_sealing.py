"""A journal and the keys it was sealed with: a gateway with others does not start."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.build import catalogue_of
from gateway.app import Gateway
from gateway.journal.changes import Keep, PutEndpoint, Receive
from gateway.journal.errors import JournalUnavailable
from gateway.journal.records import EndpointRecord, InboundRecord, MessageRecord
from gateway.journal.sealing import KeysMissing, must_open
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.vault import Vault
from gateway.settings import Settings

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
BEFORE, BOTH, AFTER = Vault({"k1": OLD}, "k1"), Vault({"k2": NEW, "k1": OLD}, "k2"), Vault({"k2": NEW}, "k2")


def message(vault: Vault, owner: str) -> Keep:
    return Keep(MessageRecord(owner_id=owner, direction="request", at=AT, sealed=vault.seal(b"x", owner)))


async def test_a_new_journal_is_opened_with_any_key(journal):
    must_open(AFTER, await journal.sealed_samples())


async def test_a_journal_sealed_with_a_key_that_is_not_configured_is_refused_and_the_key_named(journal):
    await journal.write(message(BEFORE, "att_1"))
    with pytest.raises(KeysMissing, match="is sealed with the key 'k1', which is not configured"):
        must_open(AFTER, await journal.sealed_samples())


async def test_another_key_of_the_same_name_is_told_from_the_one_that_sealed(journal):
    await journal.write(message(BEFORE, "att_1"))
    with pytest.raises(KeysMissing, match="with another key 'k1' than the one configured"):
        must_open(Vault({"k1": NEW}, "k1"), await journal.sealed_samples())


async def test_keys_that_follow_each_other_open_what_both_have_sealed(journal):
    await journal.write(message(BEFORE, "att_1"), message(AFTER, "att_2"))
    must_open(BOTH, await journal.sealed_samples())


async def test_a_key_taken_away_before_everything_was_resealed_is_missed(journal):
    await journal.write(*(message(BEFORE, f"att_{number}") for number in range(10)))
    await journal.write(*(message(AFTER, f"att_{number}") for number in range(10, 99)))
    with pytest.raises(KeysMissing) as missing:
        must_open(AFTER, await journal.sealed_samples())
    assert missing.value.key_ids == ("k1",)


async def test_what_carriers_sent_and_the_keys_of_webhooks_are_tried_too(journal):
    inbound = InboundRecord(
        inbound_id="in_1", channel="c", name="n", event_key="e", received_at=AT, sealed=BEFORE.seal(b"x", "in_1")
    )
    await journal.write(Receive(inbound))
    with pytest.raises(KeysMissing, match="'k1'"):
        must_open(AFTER, await journal.sealed_samples())
    lost = Vault({"k0": b"z" * 32}, "k0").seal(b"keys", "whe_1")
    endpoint = EndpointRecord(
        endpoint_id="whe_1", client="shop", url="https://x/", keys=lost, created_at=AT, updated_at=AT
    )
    await journal.write(PutEndpoint(endpoint))
    with pytest.raises(KeysMissing, match="'k0'"):
        must_open(BEFORE, await journal.sealed_samples())


async def test_one_damaged_message_does_not_speak_for_its_key(journal):
    damaged = MessageRecord(owner_id="att_0", direction="request", at=AT, sealed=BEFORE.seal(b"x", "another"))
    await journal.write(Keep(damaged), message(BEFORE, "att_1"))
    must_open(BEFORE, await journal.sealed_samples())


async def test_a_key_that_is_lost_for_good_and_named_so_is_not_waited_for(journal):
    await journal.write(message(BEFORE, "att_1"))
    must_open(AFTER, await journal.sealed_samples(), lost=frozenset({"k1"}))


async def test_a_gateway_with_other_keys_than_its_journals_does_not_start_and_seals_nothing(tmp_path):
    path = tmp_path / "journal.db"
    store = SqliteJournal(path)
    await store.start()
    await store.write(message(BEFORE, "att_1"))
    await store.close()
    gateway = Gateway(Settings(workspace=tmp_path, journal=f"sqlite:{path}"), catalogue_of(ROOT), vault=AFTER)
    with pytest.raises(KeysMissing, match="'k1'"):
        await gateway.start()
    with pytest.raises(JournalUnavailable):
        await gateway.parts.journal.sealed_samples()
