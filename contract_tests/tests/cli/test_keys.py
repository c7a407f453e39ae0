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


@pytest.fixture
def other_key(workspace, monkeypatch):
    """A workspace whose journal was sealed with k1 of its file, and another key in the environment."""
    asyncio.run(_sealed_message(workspace / ".insurehub"))
    monkeypatch.setenv("INSUREHUB_KEY", "k9:" + "QUFB" * 10 + "QUE=")
    return workspace


def test_a_gateway_with_another_key_than_its_journals_says_which_is_missing_and_what_to_do(other_key, insurehub):
    ended = insurehub(other_key, "serve", "--port", "18499")
    assert ended.code == 3
    assert "sealed with the key 'k1', which is not configured" in ended.err
    assert "insurehub keys reseal" in ended.err
    assert "INSUREHUB_KEY" in ended.err
    assert "Traceback" not in ended.err


def test_the_doctor_says_that_the_journals_key_is_missing(other_key, insurehub, monkeypatch):
    ended = insurehub(other_key, "doctor", "--json")
    [journal] = [each for each in json.loads(ended.out)["findings"] if each["what"] == "journal"]
    assert (ended.code, journal["ok"]) == (3, False)
    assert "'k1', which is not configured" in journal["hint"]
    monkeypatch.delenv("INSUREHUB_KEY")
    ended = insurehub(other_key, "doctor", "--json")
    [journal] = [each for each in json.loads(ended.out)["findings"] if each["what"] == "journal"]
    assert journal["ok"]


def test_the_doctor_makes_neither_a_journal_nor_a_key(empty_workspace, insurehub):
    insurehub(empty_workspace, "doctor")
    assert not (empty_workspace / ".insurehub").exists()


def test_a_key_lost_for_good_is_named_in_the_environment(other_key, insurehub, monkeypatch):
    monkeypatch.setenv("INSUREHUB_LOST_KEYS", "k0, k1")
    ended = insurehub(other_key, "doctor", "--json")
    [journal] = [each for each in json.loads(ended.out)["findings"] if each["what"] == "journal"]
    assert journal["ok"]
