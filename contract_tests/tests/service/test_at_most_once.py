"""Never two policies for one order; nothing acknowledged lost."""

import asyncio
import inspect
import json

import msgspec
import pytest

from gateway.errors import Duplicate, KeyMissing, KeyReused, RequestInvalid, Unavailable
from gateway.journal.changes import Move, Open, StartAttempt
from gateway.journal.errors import JournalUnavailable
from gateway.journal.memory import MemoryJournal
from gateway.model import RoutingHints
from gateway.model.states import OperationState
from gateway.service.cases.issue import Issue
from gateway.service.parts import Caller, RecentKeys
from gateway.service.use_case import Verdict


async def issue(service, caller, body, key="k1"):
    return await service.write("policy.issue", caller, body, key)


def effects(carriers):
    return len(carriers.first.ledger) + len(carriers.second.ledger)


async def only_operation(service):
    (op,) = await service.parts.journal.operations()
    return op


async def test_an_issue_makes_one_policy_and_says_where_it_is(make, carriers, caller, order):
    service = await make()
    answer = await issue(service, caller, order())
    policy = json.loads(answer.body)
    assert answer.status == 201
    assert answer.location == f"/v1/policies/{policy['policy_id']}"
    assert policy["numbers"] == [{"kind": "policy", "no": "P-first-1"}]
    assert effects(carriers) == 1


async def test_the_same_key_gets_the_stored_answer_byte_for_byte(make, carriers, caller, order):
    service = await make()
    first = await issue(service, caller, order())
    again = await issue(service, caller, order())
    assert again.body == first.body
    assert (again.status, again.replayed) == (201, True)
    assert effects(carriers) == 1


async def test_a_repetition_decides_nothing_anew(make, carriers, caller, order):
    service = await make()
    decided = []
    service.parts.router.listeners.append(decided.append)
    await issue(service, caller, order())
    for _ in range(3):
        assert (await issue(service, caller, order())).replayed
    assert len(decided) == 1, "asking again moves no share, and takes nobody's turn to try a channel out"


async def test_only_so_many_keys_are_remembered_and_the_rest_are_in_the_journal(make, carriers, caller, order):
    service = await make()
    service.parts.recent = RecentKeys(most=2)
    first = [await issue(service, caller, order(f"o{at}"), f"k{at}") for at in range(4)]
    again = [await issue(service, caller, order(f"o{at}"), f"k{at}") for at in range(4)]
    assert [answer.body for answer in again] == [answer.body for answer in first]
    assert all(answer.replayed for answer in again)
    assert sum(len(carrier.ledger) for carrier in (carriers.first, carriers.second)) == 4


async def test_the_same_key_with_another_body_is_refused_and_changes_nothing(make, carriers, caller, order):
    service = await make()
    await issue(service, caller, order())
    with pytest.raises(KeyReused):
        await issue(service, caller, order(note="another"))
    assert effects(carriers) == 1


async def test_a_write_without_a_key_is_refused(make, carriers, caller, order):
    service = await make()
    for key in (None, "", "k" * 65):
        with pytest.raises(KeyMissing):
            await issue(service, caller, order(), key)
    assert effects(carriers) == 0


async def test_another_key_for_the_same_order_is_refused_while_it_lives(make, carriers, caller, order):
    service = await make()
    await issue(service, caller, order())
    with pytest.raises(Duplicate):
        await issue(service, caller, order(), "k2")
    assert effects(carriers) == 1


@pytest.mark.parametrize("store", ["memory", "sqlite"])
async def test_concurrent_repetitions_of_one_key_call_out_once(make, carriers, caller, order, sqlite_journal, store):
    service = await make(journal=sqlite_journal if store == "sqlite" else None)
    answers = await asyncio.gather(*(issue(service, caller, order()) for _ in range(20)))
    assert {answer.status for answer in answers} <= {201, 202}
    assert effects(carriers) == len(carriers.first.requests) + len(carriers.second.requests) == 1


@pytest.mark.parametrize("fault", ["commit reset", "reset", "commit 502", "502", "commit swapped", "commit numberless"])
async def test_an_ambiguous_write_is_unknown_and_no_other_carrier_is_called(make, carriers, caller, order, fault):
    service = await make()
    carriers.first.plan(fault)
    answer = await issue(service, caller, order())
    assert answer.status == 202
    assert (await only_operation(service)).state is OperationState.unknown
    assert len(carriers.first.requests) == 1
    assert carriers.second.requests == []


async def test_found_by_our_reference_becomes_the_policy_it_is(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("commit reset")
    await issue(service, caller, order())
    await pass_time(service, 29)
    assert [r["op"] for r in carriers.first.requests] == ["policy.issue"]
    await pass_time(service, 10)
    answer = await issue(service, caller, order())
    assert answer.status == 201
    assert json.loads(answer.body)["numbers"][0]["no"] == "P-first-1"
    assert effects(carriers) == 1


async def test_not_found_proves_nothing_before_the_declared_horizon(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("reset")
    await issue(service, caller, order())
    await pass_time(service, 58)
    op = await only_operation(service)
    assert op.state is OperationState.resolving
    assert op.inquiries >= 3
    assert carriers.second.requests == []


async def test_not_found_after_the_horizon_frees_the_order(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("reset")
    pinned = order(routing=RoutingHints(pin="first_main"))
    await issue(service, caller, pinned)
    await pass_time(service, 70)
    answer = await issue(service, caller, pinned)
    assert answer.status == 503
    assert (await only_operation(service)).state is OperationState.failed
    assert (await issue(service, caller, pinned, "k2")).status == 201
    assert effects(carriers) == 1


async def test_a_late_commit_before_the_horizon_is_found_and_kept(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("reset")
    await issue(service, caller, order())
    await pass_time(service, 45)
    carriers.first.issue(carriers.first.requests[0]["request_no"])
    await pass_time(service, 30)
    assert (await issue(service, caller, order())).status == 201
    assert effects(carriers) == 1


@pytest.mark.parametrize("fault", ["commit reset", "reset"])
async def test_a_replaying_carrier_gets_identical_bytes_again_and_no_other_is_asked(
    make, carriers, caller, order, pass_time, fault
):
    service = await make("replay")
    carriers.first.plan(fault, "502", "ok")
    await issue(service, caller, order())
    await pass_time(service, 10)
    assert (await issue(service, caller, order())).status == 201
    assert len({request["raw"] for request in carriers.first.requests}) == 1
    assert len(carriers.first.requests) == 3
    assert effects(carriers) == 1
    assert carriers.second.requests == []


async def test_a_refused_resend_says_nothing_about_the_first_sending(make, carriers, caller, order, pass_time):
    service = await make("replay")
    carriers.first.plan("commit reset", "refused", "not_executed", "refuse", "ok")
    await issue(service, caller, order())
    await pass_time(service, 5)
    assert (await only_operation(service)).state is OperationState.resolving
    await pass_time(service, 20)
    assert (await issue(service, caller, order())).status == 201


async def test_after_its_time_to_live_a_replay_is_an_inquiry(make, carriers, caller, order, pass_time):
    service = await make("replay", ttl_s=3.0, lag_s=1.0)
    carriers.first.plan("commit reset", "502", "502", "502", "502")
    await issue(service, caller, order())
    await pass_time(service, 30)
    assert "policy.get" in [request["op"] for request in carriers.first.requests]
    assert (await issue(service, caller, order())).status == 201


async def test_a_record_that_does_not_tell_sends_nobody_to_a_person_while_the_carrier_replays(
    make, carriers, caller, order, pass_time, monkeypatch
):
    monkeypatch.setattr(Issue, "verdict", lambda *_, **__: Verdict(kind="partial", why="the record does not tell"))
    service = await make("replay", lag_s=1.0)
    carriers.first.plan("commit reset", "502", "502", "502", "502", "ok")
    await issue(service, caller, order())
    await pass_time(service, 120)
    assert "policy.get" in [request["op"] for request in carriers.first.requests]
    assert (await issue(service, caller, order())).status == 201
    assert effects(carriers) == 1


async def test_a_blind_write_goes_to_a_person_with_a_reason(make, carriers, caller, order, pass_time):
    service = await make("none")
    carriers.first.plan("commit reset")
    await issue(service, caller, order())
    await pass_time(service, 5)
    op = await only_operation(service)
    assert op.state is OperationState.needs_review
    assert "neither" in op.text
    assert len(carriers.first.requests) == 1


async def test_certainly_not_executed_goes_to_the_next_channel(make, carriers, caller, order):
    service = await make()
    carriers.first.plan("refuse")
    answer = await issue(service, caller, order())
    assert answer.status == 201
    assert len(carriers.second.ledger) == 1
    attempts = await service.parts.journal.attempts((await only_operation(service)).operation_id)
    assert [(a.channel, a.outcome) for a in attempts] == [("first_main", "not_executed"), ("second_main", "accepted")]


async def test_the_way_to_the_next_channel_leads_through_routed(make, carriers, caller, order, monkeypatch):
    service = await make()
    moves = []
    write = service.parts.journal.write

    async def listening(*changes):
        moves.extend(
            (getattr(change, "from_state", None), change.record.state)
            for change in changes
            if isinstance(change, Open | Move)
        )
        await write(*changes)

    monkeypatch.setattr(service.parts.journal, "write", listening)
    carriers.first.plan("refuse")
    assert (await issue(service, caller, order())).status == 201
    states = [None, "sending", "routed", "sending", "succeeded"]
    assert moves == list(zip([None, *states[1:-1]], states[1:], strict=True))


async def test_what_was_recorded_too_late_is_not_sent(make, carriers, caller, order, monkeypatch):
    """A gateway that stood still beyond its lease sends nothing: another may have taken the operation over."""
    service = await make()
    write = service.parts.journal.write

    async def slow(*changes):
        await write(*changes)
        if any(isinstance(change, StartAttempt) for change in changes):
            service.parts.world.advance(service.parts.policy.lease_s + 1)

    monkeypatch.setattr(service.parts.journal, "write", slow)
    answer = await issue(service, caller, order())
    assert answer.status == 202
    assert carriers.first.requests == carriers.second.requests == []


async def test_when_no_channel_executed_the_caller_is_told_and_the_order_is_free(make, carriers, caller, order):
    service = await make()
    carriers.first.plan("refuse")
    carriers.second.plan("refused")
    answer = await issue(service, caller, order())
    assert answer.status == 503
    assert json.loads(answer.body)["code"] == "channel.not_executed"
    assert (await issue(service, caller, order())).body == answer.body
    assert (await issue(service, caller, order(), "k2")).status == 201


async def test_a_decline_is_the_carriers_no_and_is_not_tried_elsewhere(make, carriers, caller, order):
    service = await make()
    carriers.first.plan("declined")
    answer = await issue(service, caller, order())
    problem = json.loads(answer.body)
    assert (answer.status, problem["source"], problem["code"]) == (422, "carrier", "carrier.declined")
    assert carriers.second.requests == []


async def test_a_product_may_let_a_decline_be_rerouted(make, carriers, caller, order, product_text):
    rerouting = product_text.replace("reroute_on_decline: false", "reroute_on_decline: true")
    service = await make(product=rerouting)
    carriers.first.plan("declined")
    assert (await issue(service, caller, order())).status == 201
    assert len(carriers.second.ledger) == 1


async def test_pending_is_polled_until_it_is_decided(make, carriers, caller, order, pass_time):
    service = await make()
    carriers.first.plan("pending")
    assert (await issue(service, caller, order())).status == 202
    assert (await only_operation(service)).state is OperationState.pending
    carriers.first.issue(carriers.first.requests[0]["request_no"])
    await pass_time(service, 40)
    assert (await issue(service, caller, order())).status == 201


async def test_a_policy_number_of_another_order_is_not_taken(make, carriers, caller, order):
    service = await make()
    carriers.first.plan("stranger", "stranger")
    assert (await issue(service, caller, order("a"), "k1")).status == 201
    service.parts.router.decide = _always(service.parts.router, "first_main")
    answer = await issue(service, caller, order("b"), "k2")
    assert answer.status == 202
    second = await service.parts.journal.operation_by_key(caller.client, "policy.issue", "k2")
    assert second.state is OperationState.unknown


def _always(router, channel):
    made = router.decide

    def decide(request, *, dry=False):
        return msgspec.structs.replace(made(request, dry=dry), chosen=channel)

    return decide


async def test_everything_is_durable_before_the_first_byte_leaves(make, carriers, caller, order):
    service = await make()
    seen = []

    async def look(carrier, wire):
        (op,) = await service.parts.journal.operations()
        attempts = await service.parts.journal.attempts(op.operation_id)
        decisions = await service.parts.journal.decisions(op.operation_id)
        messages = await service.parts.journal.messages(attempts[0].attempt_id)
        seen.append((op.state, len(attempts), len(decisions), [m.direction for m in messages], attempts[0].request_no))
        carrier.issue(wire["request_no"])
        return carrier._reply(wire, outcome="accepted", numbers={"policy": "P1"})

    carriers.first.plan(look)
    await issue(service, caller, order())
    request_no = carriers.first.requests[0]["request_no"]
    assert seen == [(OperationState.sending, 1, 1, ["request"], request_no)]


class BrokenJournal(MemoryJournal):
    """Refuses writes that hold a change of a type, as often as told."""

    def __init__(self, change_type, times):
        super().__init__()
        self.change_type, self.times = change_type, times

    async def write(self, *changes):
        if self.times and any(isinstance(change, self.change_type) for change in changes):
            self.times -= 1
            raise JournalUnavailable("database is locked")
        await super().write(*changes)


async def test_without_a_journal_nothing_is_sent(make, carriers, caller, order):
    service = await make(journal=BrokenJournal(StartAttempt, 1))
    with pytest.raises(Unavailable):
        await issue(service, caller, order())
    assert effects(carriers) == 0
    assert (await issue(service, caller, order())).status == 201


class FailingAfterSending(MemoryJournal):
    """Answers nobody, for so many calls after the row that lets the bytes leave."""

    def __init__(self, calls):
        super().__init__()
        self._calls, self._sent = calls, False

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name.startswith("_") or name == "close" or not inspect.iscoroutinefunction(found):
            return found

        async def asked(*values, **more):
            if self._sent and self._calls:
                self._calls -= 1
                raise JournalUnavailable("ConnectionRefusedError")
            answer = await found(*values, **more)
            self._sent |= any(isinstance(value, StartAttempt) for value in values)
            return answer

        return asked


@pytest.mark.parametrize("calls", [1, 2, 5])
async def test_a_carriers_yes_outlasts_a_journal_that_fails_for_a_moment(make, carriers, caller, order, calls):
    service = await make(journal=FailingAfterSending(calls))
    answer = await issue(service, caller, order())
    assert answer.status == 201
    assert effects(carriers) == 1
    (attempt,) = await service.parts.journal.attempts((await only_operation(service)).operation_id)
    assert (attempt.purpose, attempt.outcome) == ("effect", "accepted")


async def test_nobody_is_told_that_nothing_was_sent_when_the_journal_fails_after_sending(make, carriers, caller, order):
    service = await make(journal=FailingAfterSending(10_000))
    answer = await issue(service, caller, order())
    assert effects(carriers) == 1
    told = json.loads(answer.body)
    assert (answer.status, told["state"]) == (202, "sending")
    assert "result" not in told


async def test_an_invalid_request_leaves_nothing_behind(make, carriers, caller, order):
    service = await make()
    body = order(insureds=())
    bad = msgspec.structs.replace(
        body, policyholder=msgspec.structs.replace(body.policyholder, id_docs=()), plan="gold"
    )
    with pytest.raises(RequestInvalid) as refused:
        await issue(service, caller, bad)
    assert refused.value.faults
    assert await service.parts.journal.operations() == []
    assert effects(carriers) == 0


async def test_another_clients_operation_key_and_policy_are_not_seen(make, caller, order):
    service = await make()
    await issue(service, caller, order())
    other = Caller(client="other", scopes=frozenset({"issue"}))
    answer = await issue(service, other, order())
    assert answer.status == 201
    assert len(await service.parts.journal.operations()) == 2
    mine = json.loads((await service.list_policies(caller)).body)["policies"]
    assert len(mine) == 1
