"""Recorded decisions are made again against another catalogue, by the function that made them."""

import asyncio
import json
from datetime import UTC, datetime

import msgspec
import pytest

from cli.build import catalogue_of
from cli.open import settings_of
from cli.routing.replay import Both, Replay, summed
from gateway.app import open_journal
from gateway.catalogue.load import load
from gateway.journal.changes import Decide, Open
from gateway.journal.records import DecisionRecord, OperationRecord
from gateway.model.operations import OPERATIONS
from gateway.model.states import OperationState
from gateway.ports import FrozenWorld
from gateway.routing.router import Router
from gateway.routing.types import Decision
from gateway.routing.whole import TERMS, whole
from gateway.service.cases.proposals import route_for

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
    assert found["premium"] == {"CNY": {"was": COUNT * 360, "now": COUNT * 360}}
    assert found["success"] == {"was": 0.985, "now": 0.985}
    assert found["states"] == {}
    (shares,) = found["shares"].values()
    assert set(shares) == {"acme_main", "b_main"}
    for share in shares.values():
        assert share["was"] == pytest.approx(share["now"], abs=0.1)


@pytest.mark.parametrize("begins", [0, 7])
def test_with_the_same_catalogue_every_decision_falls_the_same_wherever_the_replay_begins(
    two_channels, recorded, begins
):
    replay = Replay(catalogue_of(two_channels).snapshot)
    again = [replay.again(*row) for row in recorded[begins:]]
    assert [each.now for each in again] == [each.was for each in again]
    assert {each.now for each in again} == {"acme_main", "b_main"}


@pytest.mark.parametrize(("used", "now"), [(5, "acme_main"), (20, "b_main")])
def test_a_larger_quota_is_replayed_with_what_the_day_had_used(two_channels, recorded, used, now):
    snapshot = catalogue_of(two_channels).snapshot
    product = snapshot.products["personal-accident"]
    limited = msgspec.structs.replace(
        product.bindings["acme_main"], limits=msgspec.structs.replace(product.bindings["acme_main"].limits, per_day=10)
    )
    bindings = {**product.bindings, "acme_main": limited}
    larger = msgspec.structs.replace(
        snapshot, products={product.code: msgspec.structs.replace(product, bindings=bindings)}
    )
    op, record = recorded[0]
    body = json.loads(record.body) | {"used": {"acme_main": used}, "counters": {"acme_main": 1.0, "b_main": -1.0}}
    for each in body["candidates"]:
        if each["channel"] == "acme_main":
            each |= {"ruled_out": "channel.quota", "why": "its 4 policies of the day are sold"}
    full = msgspec.structs.replace(record, body=json.dumps(body).encode())
    assert Replay(larger).again(op, full).now == now


def test_a_recorded_decision_is_explained_by_its_id_as_it_was_made(journal, recorded, insurehub):
    _, record = recorded[0]
    ended = insurehub(journal, "route", "explain", record.decision_id, "--json")
    told, made = json.loads(ended.out), json.loads(record.body)
    assert (ended.code, told) == (0, json.loads(json.dumps(whole(msgspec.json.decode(record.body, type=Decision)))))
    assert {key: value for key, value in told.items() if key in made and key != "candidates"} == {
        key: value for key, value in made.items() if key != "candidates"
    }
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


def test_what_another_choice_would_have_cost_is_told_beside_what_was(two_channels, recorded, tmp_path):
    before = catalogue_of(two_channels).snapshot
    product = two_channels / "mappings" / "products" / "personal-accident.yaml"
    text = product.read_text()
    at = text.index("  b_main:")
    product.write_text(
        text[:at] + text[at:].replace("amount: 120", "amount: 100").replace("weight: 100", "weight: 9000")
    )
    replay = Replay(catalogue_of(two_channels).snapshot, before)
    made = []
    for op, record in recorded:
        request = {key: value for key, value in json.loads(op.request).items() if key != "expected_premium"}
        quote = msgspec.structs.replace(op, operation="quote.create", request=json.dumps(request).encode())
        body = json.dumps(json.loads(record.body) | {"operation": "quote.create"}).encode()
        made.append(replay.again(quote, msgspec.structs.replace(record, body=body)))
    found = summed(made, COUNT)
    now = sum(each.now == "b_main" for each in made)
    assert (found.priced, found.differ, now) == (COUNT, COUNT // 2, COUNT)
    assert found.premium == {"CNY": Both(was=COUNT * 360, now=COUNT * 300)}
    assert found.states == {"failed": COUNT // 2}
    first = found.differing[0]
    assert (first.state, first.premium.was["amount"], first.premium.now["amount"]) == ("failed", 360, 300)


def test_the_table_tells_cost_success_and_what_became_of_what_differs(journal, insurehub, tmp_path):
    text = (journal / "mappings" / "products" / "personal-accident.yaml").read_text()
    changed = tmp_path / "personal-accident.yaml"
    changed.write_text(text.replace("weight: 100", "weight: 0", 1))
    shown = insurehub(journal, "route", "replay", "--with", str(changed)).out
    assert f"premium of {COUNT}: {COUNT * 360} -> {COUNT * 360} CNY" in shown
    assert "expected success 98.50% -> 98.50%" in shown
    assert f"what became of those that differ, where they went: {COUNT // 2} failed" in shown
    assert "360 -> 360 CNY" in shown


def test_the_success_expected_is_that_of_what_was_seen_then(two_channels, recorded):
    op, record = recorded[0]
    body = json.loads(record.body)
    for each in body["candidates"]:
        each["standing"] = {"success": 0.5 if each["channel"] == "acme_main" else 0.9}
    seen = msgspec.structs.replace(record, body=json.dumps(body | {"chosen": "acme_main"}).encode())
    made = Replay(catalogue_of(two_channels).snapshot).again(op, seen)
    assert (made.success.was, made.success.now) == (0.5, 0.9 if made.now == "b_main" else 0.5)
    nobody = Replay(msgspec.structs.replace(catalogue_of(two_channels).snapshot, products={})).again(op, seen)
    assert (nobody.success.was, nobody.success.now) == (0.5, 0.0)


def test_a_changed_product_file_may_have_any_name_and_its_faults_are_told_by_it(journal, insurehub, tmp_path):
    text = (journal / "mappings" / "products" / "personal-accident.yaml").read_text()
    changed = tmp_path / "new.yaml"
    changed.write_text(text.replace("weight: 100", "weight: 0", 1))
    (shares,) = replayed(insurehub, journal, "--with", str(changed))["shares"].values()
    assert (shares["acme_main"]["now"], shares["b_main"]["now"]) == (0.0, 1.0)
    changed.write_text(text.replace("weight: 100", "wieght: 100", 1))
    ended = insurehub(journal, "route", "replay", "--with", str(changed))
    assert ended.code == 1
    assert f"{changed}:" in ended.err
    assert "did you mean 'weight'?" in ended.err


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


def test_a_proposal_that_leaves_coverages_to_its_product_is_explained_within_the_channels_limits(
    two_channels, insurehub, proposal
):
    left = {key: value for key, value in proposal.items() if key not in ("coverages", "plan")}
    (two_channels / "proposal.json").write_text(json.dumps(left), encoding="utf-8")
    product = two_channels / "mappings" / "products" / "personal-accident.yaml"
    limits = "limits: { sum_insured: { max: { amount: 1, currency: CNY } }, "
    product.write_text(product.read_text().replace("limits: { ", limits, 1))
    told = json.loads(insurehub(two_channels, "route", "explain", "proposal.json", "--json").out)
    assert {each["channel"]: each["ruled_out"] for each in told["candidates"]} == {
        "acme_main": "channel.limit",
        "b_main": None,
    }
    (two_channels / "proposal.json").write_text(json.dumps({**left, "plan": "none"}), encoding="utf-8")
    ended = insurehub(two_channels, "route", "explain", "proposal.json")
    assert (ended.code, "plan: the product's plans are" in ended.err) == (1, True)


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
        return was, Replay(catalogue.snapshot)._decide(route, msgspec.json.decode(record.body, type=type(was)))

    router.pins = {route.product: "b_main"}
    was, now = decided_and_made_again()
    assert was.chosen == now.chosen == "b_main"
    assert [each.ruled_out for each in now.candidates] == [each.ruled_out for each in was.candidates]
    router.pins, router.needs = {}, {route.product: {"b_main": 0.6}}
    was, now = decided_and_made_again()
    paced = [[term.name for term in each.terms] for made in (was, now) for each in made.candidates]
    assert paced == [["weight"], ["weight", "pace"]] * 2


def test_a_new_workspace_has_nothing_to_route_and_nothing_wrong(empty_workspace, insurehub):
    shown = insurehub(empty_workspace, "route", "check")
    assert (shown.code, shown.err) == (0, "")
    assert "insurehub new <carrier>" in shown.out
    ended = insurehub(empty_workspace, "route", "check", "--json")
    assert (ended.code, json.loads(ended.out)["errors"]) == (0, [])


def test_a_product_that_chooses_by_commission_is_refused_until_the_settings_allow_it(workspace, insurehub):
    product = workspace / "mappings" / "products" / "personal-accident.yaml"
    earns = "  acme_main:\n    commission: { rate: 0.1, filed: 0.1 }\n"
    product.write_text(
        product.read_text().replace("rate: off", "rate: expected_value").replace("  acme_main:\n", earns)
    )
    for command in (("route", "check"), ("check",)):
        refused = insurehub(workspace, *command)
        assert refused.code == 1
        assert "personal-accident.yaml" in refused.err
        assert "set routing_by_commission: allowed in insurehub.yaml" in refused.err
    with (workspace / "insurehub.yaml").open("a") as settings:
        settings.write("\nrouting_by_commission: allowed\n")
    assert insurehub(workspace, "route", "check").code == 0
    assert insurehub(workspace, "check").code == 0


def test_the_explanation_in_json_has_every_term_of_every_channel(journal, recorded, insurehub):
    _, record = recorded[0]
    told = json.loads(insurehub(journal, "route", "explain", record.decision_id, "--json").out)
    for each in told["candidates"]:
        assert [term["name"] for term in each["terms"]] == list(TERMS)
        assert each["standing"]["half_life_s"]
