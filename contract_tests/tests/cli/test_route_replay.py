"""Recorded decisions are made again against another catalogue, by the function that made them."""

import asyncio
import json
from datetime import UTC, datetime

import msgspec
import pytest

from cli.build import catalogue_of
from cli.open import settings_of
from cli.routing.replay import Replay, summed
from gateway.app import open_journal
from gateway.catalogue.load import load
from gateway.journal.changes import Decide, Open
from gateway.journal.records import DecisionRecord, OperationRecord
from gateway.model.operations import OPERATIONS
from gateway.model.states import OperationState
from gateway.ports import FrozenWorld
from gateway.routing.router import Router
from gateway.service.proposals import route_for

COUNT = 20
NOW = datetime.now(UTC)


@pytest.fixture
def two_channels(workspace):
    """A second way to the same insurer sells what the first sells, as much of it."""
    mappings = workspace / "mappings"
    with (mappings / "channels.yaml").open("a") as file:
        file.write("b_main: { carrier: acme, insurer: acme_pc, via: direct, state: active }\n")
    product = mappings / "products" / "personal-accident.yaml"
    text = product.read_text()
    part = text[text.index("  acme_main:") :]
    product.write_text(text + part.replace("acme_main", "b_main"))
    return workspace


def operation(proposal, number):
    request = {**proposal, "client_ref": f"order-{number}", "expected_premium": {"amount": 360, "currency": "CNY"}}
    return OperationRecord(
        operation_id=f"op_{number:03}",
        client="shop",
        operation="policy.issue",
        idem_key=f"k{number}",
        request_hash="h",
        business_key=f"policy:shop:order-{number}",
        state=OperationState.failed,
        request=json.dumps(request).encode(),
        deadline_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.fixture
def recorded(two_channels, proposal):
    """Orders that a router placed, as its gateway recorded them."""
    catalogue = catalogue_of(two_channels)
    offers = {name: frozenset(OPERATIONS) for name in catalogue.snapshot.channels}
    router = Router(catalogue, FrozenWorld(NOW, seed=3), offers)
    rows = []
    for number in range(COUNT):
        op = operation(proposal, number)
        request = msgspec.json.decode(op.request, type=OPERATIONS["policy.issue"].request)
        made = router.decide(route_for("policy.issue", request, NOW))
        body = msgspec.json.encode(made)
        record = DecisionRecord(
            decision_id=made.decision_id,
            operation_id=op.operation_id,
            client="shop",
            created_at=NOW,
            channel=made.chosen,
            body=body,
        )
        rows.append((op, record))
    return rows


@pytest.fixture
def journal(two_channels, recorded):
    async def keep():
        store = open_journal(settings_of(two_channels).journal)
        await store.start()
        for op, record in recorded:
            await store.write(Open(op), Decide(record))
        await store.close()

    asyncio.run(keep())
    return two_channels


def replayed(insurehub, workspace, *words):
    ended = insurehub(workspace, "route", "replay", *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_with_the_same_catalogue_the_shares_stay(journal, insurehub):
    found = replayed(insurehub, journal)
    assert found["decisions"] == found["priced"] == COUNT
    assert found["premium"] == {"CNY": COUNT * 360}
    (shares,) = found["shares"].values()
    assert set(shares) == {"acme_main", "b_main"}
    for share in shares.values():
        assert share["was"] == pytest.approx(share["now"], abs=0.1)


def test_a_recorded_decision_is_explained_by_its_id_as_it_was_made(journal, recorded, insurehub):
    _, record = recorded[0]
    ended = insurehub(journal, "route", "explain", record.decision_id, "--json")
    assert (ended.code, json.loads(ended.out)) == (0, json.loads(record.body))
    shown = insurehub(journal, "route", "explain", record.decision_id).out
    assert json.loads(record.body)["sentence"] in shown
    gone = insurehub(journal, "route", "explain", "rd_NONE")
    assert (gone.code, "there is no decision rd_NONE" in gone.err) == (1, True)


def test_a_changed_product_file_shows_where_its_orders_would_have_gone_and_why(journal, insurehub, tmp_path):
    text = (journal / "mappings" / "products" / "personal-accident.yaml").read_text()
    at = text.index("  b_main:")
    changed = tmp_path / "personal-accident.yaml"
    changed.write_text(text[:at] + text[at:].replace("mode: weighted", "mode: standby", 1))
    found = replayed(insurehub, journal, "--with", str(changed))
    (shares,) = found["shares"].values()
    assert (shares["acme_main"]["now"], shares["b_main"]["now"]) == (1.0, 0.0)
    moved = found["differing"][0]
    assert (moved["was"], moved["now"]) == ("b_main", "acme_main")
    assert "b_main: weight" in moved["why"]
    assert "a weighted channel stands" in moved["why"]
    shown = insurehub(journal, "route", "replay", "--with", str(changed))
    assert "share then" in shown.out


def test_what_was_held_back_stays_so_and_a_product_that_is_gone_is_told(two_channels, recorded):
    snapshot, _ = load(two_channels / "mappings", ("acme",))
    op, record = recorded[0]
    body = json.loads(record.body)
    for each in body["candidates"]:
        if each["channel"] == "acme_main":
            each |= {"ruled_out": "channel.held", "why": "Li has drained it"}
    held = msgspec.structs.replace(record, body=json.dumps(body).encode())
    assert Replay(snapshot).again(op, held).now == "b_main"
    gone = msgspec.structs.replace(snapshot, products={})
    made = Replay(gone).again(op, record)
    assert (made.now, made.why) == ("nobody", "the catalogue has no such product")
    assert summed([made], 10).differ == 1


def test_a_catalogue_with_errors_and_a_journal_that_is_not_there_are_told(journal, insurehub, tmp_path):
    broken = tmp_path / "personal-accident.yaml"
    broken.write_text("format: product/1\n")
    ended = insurehub(journal, "route", "replay", "--with", str(broken))
    assert ended.code == 1
    assert "personal-accident.yaml" in ended.err
    assert insurehub(journal, "route", "replay", "--from", "nowhere.db").code == 3


def test_the_check_shows_who_sells_what_and_every_error_with_its_place(two_channels, insurehub):
    ended = insurehub(two_channels, "route", "check", "--json")
    (sells,) = json.loads(ended.out)["products"].values()
    assert (ended.code, set(sells), sells["b_main"]["mode"]) == (0, {"acme_main", "b_main"}, "weighted")
    lines = insurehub(two_channels, "route", "check").out.splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["personal-accident", "acme_main"], ["b_main", "weighted"]]
    product = two_channels / "mappings" / "products" / "personal-accident.yaml"
    product.write_text(product.read_text().replace("mode: weighted", "mode: weigthed", 1))
    ended = insurehub(two_channels, "route", "check")
    assert ended.code == 1
    assert "personal-accident.yaml:" in ended.err
    (told,) = json.loads(insurehub(two_channels, "route", "check", "--json").out)["diagnostics"]
    assert (told["code"], told["file"]) == ("E503", "mappings/products/personal-accident.yaml")
    assert product.read_text().splitlines()[told["line"] - 1][told["column"] - 1 :].startswith("weigthed")


def test_what_operators_have_set_is_seen_by_who_explains_a_proposal(two_channels, insurehub, proposal):
    (two_channels / "proposal.json").write_text(json.dumps(proposal), encoding="utf-8")

    def chosen():
        told = json.loads(insurehub(two_channels, "route", "explain", "proposal.json", "--json").out)
        return told["chosen"], {each["channel"]: each.get("ruled_out") for each in told["candidates"]}

    before, ruled = chosen()
    assert set(ruled.values()) == {None}
    other = next(name for name in ruled if name != before)
    assert insurehub(two_channels, "channels", "drain", before, "--reason", "its certificate").code == 0
    assert chosen() == (other, {before: "channel.held", other: None})
    assert insurehub(two_channels, "channels", "enable", before, "--reason", "renewed").code == 0
    assert insurehub(two_channels, "channels", "pin", "personal-accident", other, "--reason", "a trial").code == 0
    assert chosen() == (other, {before: "channel.not_pinned", other: None})


def test_a_journal_that_cannot_be_read_is_told_and_ends_no_explanation(two_channels, insurehub, proposal):
    (two_channels / "proposal.json").write_text(json.dumps(proposal), encoding="utf-8")
    (two_channels / "insurehub.yaml").write_text("journal: postgresql://nobody@127.0.0.1:1/none\n")
    ended = insurehub(two_channels, "route", "explain", "proposal.json")
    assert (ended.code, "what operators have set is not known" in ended.err) == (0, True)


def test_the_check_tells_channels_that_are_not_in_use_and_products_that_nobody_sells(two_channels, insurehub):
    channels = two_channels / "mappings" / "channels.yaml"
    before = channels.read_text()
    assert before.count("state: active }") == 2
    channels.write_text(before.replace("state: active }", "state: suspended }", 1))
    ended = insurehub(two_channels, "route", "check")
    assert (ended.code, ended.out.count("weighted, suspended"), ended.err) == (0, 1, "")
    assert "100%" in ended.out
    channels.write_text(before.replace("state: active }", "state: retired }"))
    ended = insurehub(two_channels, "route", "check")
    assert ended.code == 0
    assert "personal-accident is sold by nobody now: acme_main is retired, b_main is retired" in ended.err
    told = json.loads(insurehub(two_channels, "route", "check", "--json").out)
    assert told["sold_by_nobody"] == {"personal-accident": "acme_main is retired, b_main is retired"}


def test_whom_an_operator_pinned_and_what_a_promise_needed_is_seen_again(two_channels, proposal):
    catalogue = catalogue_of(two_channels)
    offers = {name: frozenset(OPERATIONS) for name in catalogue.snapshot.channels}
    router = Router(catalogue, FrozenWorld(NOW, seed=3), offers)
    op = operation(proposal, 1)
    request = msgspec.json.decode(op.request, type=OPERATIONS["policy.issue"].request)
    route = route_for("policy.issue", request, NOW)

    def decided_and_made_again():
        was = router.decide(route)
        record = DecisionRecord(
            decision_id=was.decision_id,
            operation_id=op.operation_id,
            client="shop",
            created_at=NOW,
            channel=was.chosen,
            body=msgspec.json.encode(was),
        )
        return was, Replay(catalogue.snapshot)._decide(op, msgspec.json.decode(record.body, type=type(was)))

    router.pins = {route.product: "b_main"}
    was, now = decided_and_made_again()
    assert was.chosen == now.chosen == "b_main"
    assert [each.ruled_out for each in now.candidates] == [each.ruled_out for each in was.candidates]
    router.pins, router.needs = {}, {route.product: {"b_main": 0.6}}
    was, now = decided_and_made_again()
    paced = [[term.name for term in each.terms] for made in (was, now) for each in made.candidates]
    assert paced == [["weight"], ["weight", "pace"]] * 2
