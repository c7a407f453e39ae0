"""`insurehub keys`: a new key, everything sealed again under it, the old one taken away."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from gateway.journal.changes import Keep
from gateway.journal.records import MessageRecord
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.vault import vault_from_file

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def state(empty_workspace):
    """The state of a workspace whose gateway has sealed a message."""
    folder = empty_workspace / ".insurehub"
    asyncio.run(_sealed_message(folder))
    return folder


async def _sealed_message(folder):
    journal = SqliteJournal(folder / "journal.db")
    await journal.start()
    sealed = vault_from_file(folder / "key").seal(b"x", "att_1")
    await journal.write(Keep(MessageRecord(owner_id="att_1", direction="request", at=AT, sealed=sealed)))
    await journal.close()


def test_a_key_is_changed_in_three_steps(empty_workspace, state, insurehub):
    assert json.loads(insurehub(empty_workspace, "keys", "rotate", "--json").out)["key"] == "k2"
    rehearsed = insurehub(empty_workspace, "keys", "reseal", "--dry-run")
    assert "would be sealed again" in rehearsed.out
    done = insurehub(empty_workspace, "keys", "reseal", "--json")
    assert json.loads(done.out) == {"dry_run": False, "is_complete": True, "resealed": {"messages": 1}, "unopened": []}
    file = state / "key"
    file.write_text(file.read_text().partition(",")[0])
    ended = insurehub(empty_workspace, "keys", "reseal")
    assert (ended.code, ended.out) == (0, "everything is sealed under the current key\n")


def test_a_key_taken_away_too_early_is_named(empty_workspace, state, insurehub):
    insurehub(empty_workspace, "keys", "rotate")
    file = state / "key"
    file.write_text(file.read_text().partition(",")[0])
    ended = insurehub(empty_workspace, "keys", "reseal")
    assert ended.code == 1
    assert "the key 'k1' is not configured" in ended.out
    assert "1 could not be opened" in ended.err


def test_keys_of_the_environment_are_changed_where_they_stand(empty_workspace, insurehub, monkeypatch):
    monkeypatch.setenv("INSUREHUB_KEY", "k1:" + "QUFB" * 11)
    ended = insurehub(empty_workspace, "keys", "rotate")
    assert ended.code == 2
    assert "INSUREHUB_KEY" in ended.err
    assert "QUFB" not in ended.err


def test_without_a_key_nothing_is_made_up(empty_workspace, insurehub):
    ended = insurehub(empty_workspace, "keys", "reseal")
    assert ended.code == 3
    assert not (empty_workspace / ".insurehub" / "key").exists()
