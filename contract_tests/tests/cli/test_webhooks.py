"""`insurehub webhooks`: endpoints by hand; a secret is printed once, and what is dead is sent again by command."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from cli.commands.webhooks import app
from gateway.journal.changes import Deliver, Emit
from gateway.journal.records import DeliveryRecord, EventRecord
from gateway.journal.sqlite import SqliteJournal
from gateway.model.events import DeliveryState, EventType

URL = "https://shop.example/events"
NOW = datetime.now(UTC)


def answered(ended):
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def in_journal(folder, work):
    async def run():
        journal = SqliteJournal(folder / ".insurehub" / "journal.db")
        await journal.start()
        try:
            return await work(journal)
        finally:
            await journal.close()

    return asyncio.run(run())


@pytest.fixture
def shop(workspace, insurehub):
    """The workspace, with an endpoint of the client `shop`."""
    made = answered(insurehub(workspace, "webhooks", "add", "shop", URL, "--type", "operation.*", "--json"))
    return workspace, made


def test_a_secret_is_printed_when_it_is_made_and_changed_and_stands_nowhere_else(shop, insurehub):
    workspace, made = shop
    assert made["secret"].startswith("whsec_")
    listed = insurehub(workspace, "webhooks", "list", "--json")
    [row] = answered(listed)["endpoints"]
    assert (row["client"], row["url"], row["types"], row["state"]) == ("shop", URL, ["operation.*"], "enabled")
    assert "secret" not in row
    table = insurehub(workspace, "webhooks", "list", "--client", "shop").out
    assert made["endpoint_id"] in table
    changed = answered(insurehub(workspace, "webhooks", "rotate", made["endpoint_id"], "--json"))
    assert changed["secret"] not in (None, made["secret"])
    assert made["secret"] not in listed.out + table
    stored = b"".join(file.read_bytes() for file in (workspace / ".insurehub").glob("journal.db*"))
    assert made["secret"][6:].encode() not in stored


def test_a_key_pair_shows_its_public_half(workspace, insurehub):
    words = ("webhooks", "add", "shop", URL, "--signature", "ed25519", "--json")
    made = answered(insurehub(workspace, *words))
    assert made["public_keys"][0].startswith("whpk_")
    assert "whsk_" not in json.dumps(made)


@pytest.mark.parametrize("url", ["http://shop.example/", "https://127.0.0.1/", "https://u@shop.example/"])
def test_an_address_out_of_reach_is_refused_with_the_reason(workspace, insurehub, url):
    ended = insurehub(workspace, "webhooks", "add", "shop", url, "--json")
    assert (ended.code, ended.out) == (1, "")
    assert "this address is not taken" in ended.err


def test_an_endpoint_is_disabled_enabled_and_removed(shop, insurehub):
    workspace, made = shop
    off = answered(insurehub(workspace, "webhooks", "disable", made["endpoint_id"], "--why", "moves", "--json"))
    assert (off["state"], off["reason"]) == ("disabled", "moves")
    refused = insurehub(workspace, "webhooks", "replay", made["endpoint_id"], "--dead")
    assert refused.code == 1
    assert f"webhooks enable {made['endpoint_id']}" in refused.err
    assert answered(insurehub(workspace, "webhooks", "enable", made["endpoint_id"], "--json"))["state"] == "enabled"
    assert "deleted" in insurehub(workspace, "webhooks", "remove", made["endpoint_id"]).out
    assert answered(insurehub(workspace, "webhooks", "list", "--json")) == {"endpoints": []}
    assert insurehub(workspace, "webhooks", "rotate", made["endpoint_id"]).code == 1


def test_what_is_dead_is_listed_and_sent_again(shop, insurehub):
    workspace, made = shop

    async def bury(journal):
        for number in range(3):
            event_id = f"evt_{number}"
            event = EventRecord(
                event_id=event_id, client="shop", type=EventType.operation_failed, object_id="op_1", at=NOW, body=b"{}"
            )
            delivery = DeliveryRecord(
                event_id=event_id, endpoint_id=made["endpoint_id"], client="shop", object_id="op_1", next_at=NOW,
                state=DeliveryState.dead, attempts=10, status=500, created_at=NOW, updated_at=NOW,
            )  # fmt: skip
            await journal.write(Emit(event), Deliver(delivery))

    in_journal(workspace, bury)
    rows = answered(insurehub(workspace, "webhooks", "dead", "--json"))["dead"]
    assert [(row["event_id"], row["attempts"], row["status"]) for row in rows] == [
        (f"evt_{number}", 10, 500) for number in (2, 1, 0)
    ]
    assert "evt_2" in insurehub(workspace, "webhooks", "dead", "--endpoint", made["endpoint_id"]).out
    [row] = answered(insurehub(workspace, "webhooks", "list", "--json"))["endpoints"]
    assert (row["waiting"], row["dead"]) == (0, 3)
    words = ("webhooks", "replay", made["endpoint_id"])
    assert answered(insurehub(workspace, *words, "--event", "evt_1", "--json"))["replayed"] == 1
    assert answered(insurehub(workspace, *words, "--dead", "--json"))["replayed"] == 2
    assert answered(insurehub(workspace, *words, "--since", "1h", "--json"))["replayed"] == 0, "they wait already"
    assert insurehub(workspace, *words, "--event", "evt_9").code == 1
    assert insurehub(workspace, *words).code == 2
    waiting = in_journal(workspace, lambda journal: journal.deliveries(state=DeliveryState.waiting))
    assert [each.attempts for each in waiting] == [0, 0, 0]


def test_a_ping_that_is_not_taken_ends_with_1(workspace, insurehub, monkeypatch):
    monkeypatch.setenv("INSUREHUB_WEBHOOKS_ALLOW", "127.0.0.1")
    made = answered(insurehub(workspace, "webhooks", "add", "shop", "http://127.0.0.1:9/", "--json"))
    ended = insurehub(workspace, "webhooks", "ping", made["endpoint_id"], "--json")
    assert ended.code == 1
    assert json.loads(ended.out) == {"delivered": False, "fault": "refused"}
    monkeypatch.delenv("INSUREHUB_WEBHOOKS_ALLOW")
    ended = insurehub(workspace, "webhooks", "ping", made["endpoint_id"], "--json")
    assert json.loads(ended.out)["fault"] == "forbidden_address"


def test_every_command_has_an_example_and_json():
    for command in app.registered_commands:
        assert "Example: insurehub webhooks " in command.callback.__doc__
        assert "json" in command.callback.__annotations__
