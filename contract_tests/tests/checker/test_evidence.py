"""Notes, ledgers and callbacks become the evidence of a run without a value getting lost or invented."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from contract_tests.checker.carriers import Delivery, Met
from contract_tests.checker.clients import Clients
from contract_tests.checker.clock import ClockFile, SharedWorld, real_time
from contract_tests.checker.evidence import history, said_in, terms
from contract_tests.checker.faults import PLANNED
from contract_tests.checker.history import Rows
from contract_tests.checker.invariants.examined import EXAMINED
from contract_tests.checker.nemeses import CALLBACKS
from contract_tests.checker.notes import Notes, Read, Told, hash_of
from contract_tests.checker.orders import CHANNELS, OFFERS, Orders, cancellation
from contract_tests.checker.report import BROKEN, NOT_EXAMINED, PASSED, judged, summed
from contract_tests.checker.verdict import CONNECTING, Findings, Made, reported
from contract_tests.tests.checker import histories as made_up

NO_ROWS = Rows(operations=(), attempts=(), objects=(), inbound=())
PRICES = {(offer.product, offer.plan, offer.channels[0]): 60 for offer in OFFERS}


def told(key, status=None, **document):
    return Told(key=key, began_at=1, ended_at=2, status=status, body=json.dumps(document).encode())


@pytest.fixture
def orders():
    return Orders("t", 7, PRICES)


def test_every_order_has_values_of_its_own(orders):
    made = [orders.order(OFFERS[number % len(OFFERS)]) for number in range(3000)]
    for values in zip(*(each.personal for each in made), strict=True):
        assert len({value for value in values if value}) == len(made)
    assert len({canary for each in made for canary in each.canaries}) == sum(len(each.canaries) for each in made)


def test_the_same_seed_makes_the_same_orders():
    one, two = (iter(Orders("t", 7, PRICES)) for _ in range(2))
    names = [(first[0].fate, first[0].channels) for first, _ in zip(one, range(50), strict=False)]
    assert names == [(second[0].fate, second[0].channels) for second, _ in zip(two, range(50), strict=False)]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (told("k", 201, policy_id="pol_1"), "succeeded"),
        (told("k", 202, operation_id="op_1", state="unknown"), "unknown"),
        (told("k", 422, operation_id="op_1", code="underwriting.refused", source="carrier"), "declined"),
        (told("k", 503, operation_id="op_1", code="channel.not_executed", source="gateway"), "failed"),
        (told("k", 503, code="gateway.unavailable", source="gateway"), None),
        (told("k", 409, operation_id="op_2", code="request.duplicate"), None),
        (told("k"), None),
    ],
)
def test_an_answer_promises_what_it_says_and_a_broken_connection_nothing(answer, state):
    assert (answer.state, answer.acknowledges) == (state, state is not None)


PARCELS = next(offer for offer in OFFERS if offer.batches)


def test_each_order_of_a_batch_becomes_a_call_with_what_was_said_of_it(orders):
    notes, batch = Notes(), orders.batch(PARCELS)
    notes.ask(batch)
    first, second = batch.items[:2]
    items = [
        {"client_ref": first.key, "operation_id": "op_1", "policy": {"policy_id": "pol_1"}},
        {"client_ref": second.key, "operation_id": "op_2", "problem": {"status": 422, "operation_id": "op_2"}},
    ]
    notes.tell(told(batch.key, 202, operation_id="op_0", items=items))
    notes.tell(told(batch.key))
    whole, *each = history(notes, {}, Rows(operations=())).calls[: len(batch.items) + 1]
    assert (whole.operation, whole.key, whole.status, whole.within) == ("policy.issue_batch", batch.key, 202, None)
    assert {call.within for call in each} == {batch.key}
    assert [call.status for call in each] == [201, 422] + [None] * (len(batch.items) - 2)
    assert [call.canaries for call in each] == [frozenset(item.canaries) for item in batch.items]
    assert json.loads(each[0].answer) == {"policy_id": "pol_1"}
    unanswered = history(notes, {}, Rows(operations=())).calls[-1]
    assert (unanswered.status, unanswered.identity) == (None, batch.items[-1].key)


def test_a_policy_read_afresh_is_the_one_that_was_asked_for():
    def read(status=200, policy_id="pol_1", no="P1", **more):
        body = {"policy_id": policy_id, "numbers": [{"kind": "policy", "no": no}], **more}
        return Read(policy_id="pol_1", no="P1", status=status, body=json.dumps(body, separators=(",", ":")).encode())

    assert not read().is_another
    assert read(policy_id="pol_2").is_another
    assert read(no="P2").is_another
    assert not read(status=503, no="P2").is_another
    assert read(reasons=[{"code": "channel.last_known"}]).is_last_known


def test_notes_and_ledgers_become_calls_and_effects(orders):
    notes, intent = Notes(), orders.order(OFFERS[0], fate=None)
    notes.ask(intent)
    notes.tell(told(intent.key, 201, policy_id="pol_1"))
    line = {
        "effect": "issue", "number": "P1", "time": "2026-03-01T00:00:00+00:00", "request_no": "R",
        "premium": {"amount": 60, "currency": "CNY"}, "canaries": {"order_no": "O1", "insured_ids": ["I1", None]},
    }  # fmt: skip
    met = [Met(channel="cedar_main", at=1, operation=name, digest="d") for name in ("policy.issue", "policy.get")]
    found = history(notes, {"cedar_main": [line]}, Rows(operations=()), met)
    (call,), (effect,), (arrival,) = found.calls, found.effects, found.arrivals
    assert (call.key, call.identity, call.premium, call.canaries) == (
        intent.key, intent.key, 60, frozenset(intent.canaries),
    )  # fmt: skip
    assert (effect.number, effect.premium, effect.canaries) == ("P1", 60, frozenset({"O1", "I1"}))
    assert arrival.operation == "policy.issue"


def test_a_cancellation_is_about_the_carriers_number(orders):
    intent = orders.order(OFFERS[0], fate=None)
    policy = {"policy_id": "pol_1", "channel": "cedar_main", "numbers": [{"kind": "policy", "no": "P1"}]}
    notes, wanted = Notes(), cancellation(intent, policy, "pro_rata")
    notes.ask(wanted)
    notes.tell(told(wanted.key))
    (call,) = history(notes, {}, Rows(operations=())).calls
    assert (call.target, call.operation, call.status) == ("P1", "cancellation.submit", None)


def test_a_callbacks_word_is_read_as_the_carriers_documents_have_it():
    assert said_in("cedar_main", b'{"request_no": "R", "outcome": "declined"}') == ("R", "declined")
    aurora = b'{"eventType": "POLICY_ISSUED", "data": {"partnerOrderId": "R"}}'
    assert said_in("aurora_main", aurora) == ("R", "accepted")
    lotus = b"bizContent=%7B%22body%22%3A%7B%22origRequestNo%22%3A%22R%22%2C%22policyNo%22%3A%22P%22%7D%7D&sign=x"
    assert said_in("lotus_main", lotus) == ("R", "accepted")


def test_a_forged_copy_of_a_genuine_callback_is_not_held_against_the_genuine_one():
    body = b'{"request_no": "R", "outcome": "accepted"}'
    sent = [
        Delivery(channel="cedar_main", forged=forged, state="x", attempts=((body, not forged),))
        for forged in (True, False)
    ]
    assert [each.genuine for each in history(Notes(), {}, Rows(operations=()), (), sent).callbacks] == [True]
    died = [sent[0], replace(sent[1], attempts=((body, False),))]
    assert history(Notes(), {}, Rows(operations=()), (), died).callbacks == ()
    assert [each.genuine for each in history(Notes(), {}, Rows(operations=()), (), sent[:1]).callbacks] == [False]


def test_every_kind_of_idempotency_is_under_torture():
    safety = {terms()[channel, "policy.issue"].safety for channel in CHANNELS}
    assert safety == {"write_replay", "write_inquiry", "write_blind"}


def test_time_that_was_skipped_is_taken_back_out_of_the_journals_times(tmp_path):
    clock = ClockFile(tmp_path / "clock")
    world = SharedWorld(tmp_path / "clock")
    before = datetime.now(UTC).timestamp()
    clock.forward(600.0)
    shown = world.now()
    assert shown.timestamp() > before + 599
    assert abs(real_time(shown, clock.moves) - datetime.now(UTC).timestamp()) < 1


@pytest.mark.parametrize("late_s", [0.01, 0.4])
def test_a_clock_that_is_a_little_late_when_time_is_skipped_dates_nothing_after_it_happened(late_s):
    moves, happened_at = [(0.0, 0.0), (1000.0, 60.0), (1001.0, 120.0)], 1000.005
    shown = datetime.fromtimestamp(happened_at + 60.0 - late_s, UTC)
    assert happened_at - late_s <= real_time(shown, moves) <= happened_at


def test_a_promise_of_which_nothing_was_examined_is_not_kept():
    assert judged("S1", 0, "effects", []).verdict == NOT_EXAMINED
    assert judged("S1", 3, "effects", []).verdict == PASSED
    assert judged("S1", 3, "effects", ["x"]).verdict == BROKEN


LONG_RUN = Made(
    db="sqlite", seed=1, keys=0, acknowledged=0, unforeseen=0, kills=60, kills_in_flight=0, nemeses={}, crash_points={},
    missed_counts=True, evidence="",
)  # fmt: skip


def test_a_long_run_that_gave_a_promise_nothing_to_examine_has_failed():
    nothing = history(Notes(), {}, NO_ROWS)
    long = reported(LONG_RUN, Findings(), nothing, 1.0)
    assert "S13: nothing examined" in long.missed
    assert not long.ok
    assert reported(replace(LONG_RUN, missed_counts=False), Findings(), nothing, 1.0).missed == ()
    assert "in flight: 0 of 60 kills" in long.missed
    busy = reported(replace(LONG_RUN, kills_in_flight=54), Findings(), nothing, 1.0)
    assert not any("in flight" in each for each in busy.missed)
    assert summed([long, busy])["kills_in_flight"] == 54


@pytest.mark.parametrize("name", PLANNED)
def test_a_long_run_in_which_the_carriers_never_played_a_planned_fault_has_failed(name):
    played = dict.fromkeys(PLANNED, 1)
    nothing = history(Notes(), {}, NO_ROWS)
    whole = reported(LONG_RUN, Findings(played=played), nothing, 1.0)
    assert not set(whole.missed) & set(PLANNED)
    assert whole.faults[name] == 1
    lacking = reported(LONG_RUN, Findings(played={**played, name: 0}), nothing, 1.0)
    assert set(lacking.missed) & set(PLANNED) == {name}


@pytest.mark.parametrize(("name", "verb"), CALLBACKS.items())
def test_a_long_run_in_which_nothing_was_done_to_callbacks_has_failed(name, verb):
    nothing = history(Notes(), {}, NO_ROWS)
    assert name in reported(LONG_RUN, Findings(), nothing, 1.0).missed
    done = reported(LONG_RUN, Findings(played={verb: 3}), nothing, 1.0)
    assert (done.nemeses[name], name in done.missed) == (3, False)


@pytest.mark.parametrize("fault", CONNECTING)
def test_a_long_run_in_which_no_attempt_ended_so_has_failed(fault):
    def missed(*attempts):
        rows = replace(NO_ROWS, attempts=attempts)
        return reported(LONG_RUN, Findings(), history(Notes(), {}, rows), 1.0).missed

    assert f"attempt: {fault}" in missed()
    assert f"attempt: {fault}" not in missed(made_up.attempt(fault=fault))


async def test_a_gateway_is_at_an_order_when_it_has_one_to_answer_itself_and_a_look_is_none():
    came = asyncio.Event()

    async def hang(_reader, _writer):
        came.set()
        await asyncio.sleep(60)

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    clients = Clients(Notes(), lambda: [url], "key", 1)
    for work, count in ((clients.get("/v1/operations/op_1"), 0), (clients.post("/v1/quotes", {}, "k1"), 1)):
        came.clear()
        asking = asyncio.create_task(work)
        await came.wait()
        assert (clients.in_flight(url), clients.in_flight("http://another")) == (count, 0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert clients.in_flight(url) == 0
    await clients.close()
    server.close()


@pytest.mark.parametrize(
    ("second", "examined"),
    [({}, 0), ({"operation_id": "op_2", "adapter_version": "2+b"}, 1), ({"operation_id": "op_2", "channel": "x"}, 0)],
)
def test_one_version_is_proved_by_operations_that_spoke_twice_between_two_versions(second, examined):
    again = made_up.attempt(attempt_id="att_2", purpose="inquiry")
    rows = replace(NO_ROWS, attempts=(made_up.attempt(), again, made_up.attempt(attempt_id="att_3", **second)))
    assert EXAMINED["S13"][1](history(Notes(), {}, rows)) == examined


def test_applications_are_among_what_is_asked_for_and_bear_their_policyholder_alone(orders):
    made = [intent for intent, _ in zip((intent for intent, _ in orders), range(800), strict=False)]
    asked = [each for each in made if each.operation == "underwriting.submit"]
    assert {each.channels for each in asked} == {offer.channels for offer in OFFERS if offer.underwrites}
    assert {len(each.canaries) for each in asked} == {1}
    assert any(each.fate is not None for each in asked)
    assert all(hash_of(each) for each in asked), "each is a body that its operation takes"


def test_a_cancellation_within_the_free_look_must_give_the_whole_premium_back(orders):
    policy = {
        "policy_id": "pol_1", "channel": "lotus_main", "numbers": [{"kind": "policy", "no": "P1"}],
        "premium": {"gross": {"amount": 900, "currency": "CNY"}},
    }  # fmt: skip
    intent = orders.order(OFFERS[0], fate=None)
    assert [cancellation(intent, policy, kind).amount for kind in ("free_look", "pro_rata")] == [900, None]
