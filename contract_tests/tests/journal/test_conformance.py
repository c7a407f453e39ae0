"""What every journal promises; each test runs over all of them."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.journal.changes import (
    Cross,
    Decide,
    EndAttempt,
    Keep,
    Move,
    Note,
    Open,
    Put,
    PutClient,
    Receive,
    Settle,
    StartAttempt,
)
from gateway.journal.errors import BusinessKeyTaken, KeyTaken, NumberTaken, Stale
from gateway.journal.records import ClientRecord, DecisionRecord, InboundRecord, MessageRecord, NoteRecord
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState


async def test_an_operation_is_read_back_as_it_was_written(journal, operation, now):
    record = operation(
        business_key="b", unknown_since=now, answer=b"\x00\xff", next_check_at=now + timedelta(seconds=1)
    )
    await journal.write(Open(record))
    assert await journal.operation(record.operation_id) == record
    assert await journal.operation_by_key("shop", "policy.issue", record.idem_key) == record
    assert await journal.operation("op_unknown") is None


async def test_a_key_names_one_operation_for_ever(journal, operation):
    first = operation(idem_key="k")
    await journal.write(Open(first))
    with pytest.raises(KeyTaken):
        await journal.write(Open(operation(idem_key="k")))
    assert (await journal.operation_by_key("shop", "policy.issue", "k")).operation_id == first.operation_id


async def test_the_same_key_of_another_client_or_operation_is_another_key(journal, operation):
    await journal.write(Open(operation(idem_key="k")))
    await journal.write(Open(operation(idem_key="k", client="other")))
    await journal.write(Open(operation(idem_key="k", operation="claim.report")))
    assert len(await journal.operations()) == 3


async def test_an_opening_whose_key_and_identity_are_both_taken_is_told_of_its_key(journal, operation):
    await journal.write(Open(operation(idem_key="k", business_key="order-1")))
    again = operation(idem_key="k", business_key="order-1")
    with pytest.raises(KeyTaken):
        await journal.write(Open(again))
    sending = replace(again, state=OperationState.routed)
    with pytest.raises(KeyTaken):
        await journal.write(Open(sending), Move(replace(sending, state=OperationState.sending), OperationState.routed))


async def test_concurrent_openings_of_one_key_make_one_row(journal, operation):
    attempts = [journal.write(Open(operation(idem_key="k"))) for _ in range(50)]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert results.count(None) == 1
    assert all(isinstance(result, KeyTaken) for result in results if result is not None)
    assert len(await journal.operations()) == 1


@pytest.mark.parametrize("state", ["sending", "pending", "unknown", "resolving", "needs_review", "succeeded"])
async def test_a_business_identity_is_held_while_it_may_have_happened(journal, operation, state):
    await journal.write(Open(operation(business_key="order-1", state=OperationState(state))))
    with pytest.raises(BusinessKeyTaken):
        await journal.write(Open(operation(business_key="order-1")))


@pytest.mark.parametrize("state", ["failed", "declined", "expired"])
async def test_a_business_identity_is_free_again_when_certainly_nothing_happened(journal, operation, state):
    await journal.write(Open(operation(business_key="order-1", state=OperationState(state))))
    second = operation(business_key="order-1")
    await journal.write(Open(second))
    assert (await journal.operation_by_business_key("order-1")).operation_id == second.operation_id


async def test_a_move_from_another_state_changes_nothing(journal, operation):
    record = operation()
    await journal.write(Open(record))
    moved = replace(record, state=OperationState.unknown)
    await journal.write(Move(moved, OperationState.sending))
    with pytest.raises(Stale):
        await journal.write(Move(replace(record, state=OperationState.succeeded), OperationState.sending))
    assert (await journal.operation(record.operation_id)).state is OperationState.unknown


async def test_an_operation_that_moves_on_in_the_group_that_opens_it_stands_where_the_group_leaves_it(
    journal, operation, now
):
    routed = operation(state=OperationState.routed, business_key="order-1")
    sending = replace(routed, state=OperationState.sending, attempts=1, lease_owner="us", lease_until=now)
    await journal.write(Open(routed), Move(sending, OperationState.routed))
    assert await journal.operation(routed.operation_id) == sending
    again = operation(state=OperationState.routed, idem_key=routed.idem_key)
    with pytest.raises(KeyTaken):
        await journal.write(Open(again), Move(replace(again, state=OperationState.sending), OperationState.routed))
    second = operation(state=OperationState.routed, business_key="order-1")
    with pytest.raises(BusinessKeyTaken):
        await journal.write(Open(second), Move(replace(second, state=OperationState.sending), OperationState.routed))


@pytest.mark.parametrize("differs", [{"fence": 1}, {"operation_id": "op_another"}])
async def test_a_move_in_the_group_that_opens_an_operation_is_guarded_as_any_other(journal, operation, differs):
    routed = operation(state=OperationState.routed)
    moved = replace(routed, state=OperationState.sending, **differs)
    with pytest.raises(Stale):
        await journal.write(Open(routed), Move(moved, OperationState.routed))
    with pytest.raises(Stale):
        await journal.write(Open(routed), Move(replace(routed, state=OperationState.unknown), OperationState.sending))
    assert await journal.operations() == []


async def test_an_operation_that_ends_in_the_group_that_opens_it_was_still_refused_a_taken_identity(journal, operation):
    await journal.write(Open(operation(business_key="order-1")))
    second = operation(state=OperationState.created, business_key="order-1")
    with pytest.raises(BusinessKeyTaken):
        await journal.write(Open(second), Move(replace(second, state=OperationState.failed), OperationState.created))


async def test_a_zombie_whose_lease_was_taken_cannot_write(journal, operation, now):
    record = operation(lease_owner="zombie", lease_until=now)
    await journal.write(Open(record))
    taken = await journal.claim_due(now + timedelta(seconds=1), "heir", now + timedelta(seconds=60), 10)
    assert [each.fence for each in taken] == [1]
    with pytest.raises(Stale):
        await journal.write(Move(replace(record, state=OperationState.succeeded), OperationState.sending))
    await journal.write(Move(replace(taken[0], state=OperationState.unknown), OperationState.sending))


async def test_only_what_is_due_and_not_leased_is_claimed(journal, operation, now):
    leased = operation(lease_owner="a", lease_until=now + timedelta(seconds=30))
    later = operation(state=OperationState.unknown, next_check_at=now + timedelta(seconds=30))
    done = operation(state=OperationState.succeeded)
    review = operation(state=OperationState.needs_review)
    due = operation(state=OperationState.unknown, next_check_at=now - timedelta(seconds=1))
    for record in (leased, later, done, review, due):
        await journal.write(Open(record))
    claimed = await journal.claim_due(now, "me", now + timedelta(seconds=60), 10)
    assert [each.operation_id for each in claimed] == [due.operation_id]
    assert await journal.claim_due(now, "me", now + timedelta(seconds=60), 10) == []


async def test_a_refused_change_refuses_its_whole_group(journal, operation, policy, number):
    mine, other = policy(), policy()
    await journal.write(Put(mine), Cross(number(mine.object_id)))
    record = operation()
    with pytest.raises(NumberTaken):
        await journal.write(Open(record), Put(other), Cross(number(other.object_id)))
    assert await journal.operation(record.operation_id) is None
    assert await journal.object("policy", other.object_id) is None


async def test_one_refused_group_of_a_batch_leaves_the_others(journal, operation):
    keys = ["a", "a", "b", "c", "b", "d"]
    results = await asyncio.gather(
        *(journal.write(Open(operation(idem_key=key))) for key in keys), return_exceptions=True
    )
    assert sum(result is None for result in results) == 4
    assert {each.idem_key for each in await journal.operations()} == {"a", "b", "c", "d"}


async def test_a_number_given_twice_to_one_object_is_no_change(journal, policy, number):
    mine = policy()
    await journal.write(Put(mine), Cross(number(mine.object_id)))
    await journal.write(Cross(number(mine.object_id)))
    assert (await journal.number("lotus_main", "policy", "P1")).object_id == mine.object_id


async def test_a_policy_is_found_by_any_number_it_ever_had(journal, policy, number):
    mine = policy()
    await journal.write(Put(mine), Cross(number(mine.object_id, "P1")), Cross(number(mine.object_id, "P2")))
    for no in ("P1", "P2"):
        assert (await journal.object_by_number("policy", "shop", no)).object_id == mine.object_id
    assert await journal.object_by_number("policy", "another", "P1") is None


async def test_an_object_changes_one_version_at_a_time(journal, policy):
    first = policy()
    await journal.write(Put(first))
    with pytest.raises(Stale):
        await journal.write(Put(replace(first, version=3)))
    await journal.write(Put(replace(first, version=2, status="cancelled")))
    with pytest.raises(Stale):
        await journal.write(Put(replace(first, version=2)))
    stored = await journal.object("policy", first.object_id)
    assert (stored.version, stored.status) == (2, "cancelled")


async def test_an_object_is_read_as_it_was_known_at_an_instant(journal, policy, now):
    first = policy(data=b'{"no":1}', created_at=now, updated_at=now)
    for version in (1, 2, 3):
        later = now + timedelta(hours=version - 1)
        await journal.write(Put(replace(first, version=version, data=b'{"no":%d}' % version, updated_at=later)))

    async def known(**after):
        found = await journal.object_known_at("policy", first.object_id, now + timedelta(**after))
        return found and (found.version, found.data, found.updated_at)

    assert await known(microseconds=-1) is None
    assert await known() == (1, b'{"no":1}', now)
    assert await known(minutes=59) == (1, b'{"no":1}', now)
    assert await known(hours=1) == (2, b'{"no":2}', now + timedelta(hours=1))
    assert await known(hours=2) == (3, b'{"no":3}', now + timedelta(hours=2))
    assert await known(days=9) == (3, b'{"no":3}', now + timedelta(hours=2))
    assert await journal.object_known_at("policy", "pol_nobody", now) is None


async def test_objects_are_listed_newest_first_in_pages(journal, policy):
    made = [policy(client_ref=f"o{i}") for i in range(5)]
    for each in made:
        await journal.write(Put(each))
    page = await journal.objects("policy", "shop", limit=2)
    rest = await journal.objects("policy", "shop", after=page[-1].object_id, limit=10)
    assert [o.object_id for o in (*page, *rest)] == [o.object_id for o in reversed(made)]
    assert (await journal.object_by_client_ref("policy", "shop", "o3")).object_id == made[3].object_id


async def test_an_attempt_ends_once(journal, operation, attempt, now):
    record = operation()
    started = attempt(record.operation_id)
    await journal.write(Open(record), StartAttempt(started))
    ended = replace(started, ended_at=now, outcome=OutcomeKind.unknown, fault="reset")
    await journal.write(EndAttempt(ended))
    with pytest.raises(Stale):
        await journal.write(EndAttempt(replace(ended, outcome=OutcomeKind.accepted)))
    assert await journal.attempts(record.operation_id) == [ended]
    assert await journal.attempt_count(now) == await journal.attempt_count(now, OutcomeKind.unknown) == 1


async def test_one_call_may_be_an_attempt_of_several_operations_each_with_its_own_end(journal, operation, attempt, now):
    one, other = operation(), operation()
    first = attempt(one.operation_id, request_no="ONE")
    second = replace(first, operation_id=other.operation_id, request_no="OTHER")
    await journal.write(Open(one), Open(other), StartAttempt(first), StartAttempt(second))
    ended = replace(first, ended_at=now, outcome=OutcomeKind.accepted)
    await journal.write(EndAttempt(ended))
    assert await journal.attempts(one.operation_id) == [ended]
    assert await journal.attempts(other.operation_id) == [second]
    assert (await journal.operation_by_request_no(first.channel, "OTHER")).operation_id == other.operation_id
    with pytest.raises(Stale):
        await journal.write(StartAttempt(second))


async def test_operations_that_are_not_over_are_counted_by_state(journal, operation):
    states = [OperationState.sending, OperationState.sending, OperationState.needs_review, OperationState.failed]
    await journal.write(*(Open(operation(state=state)) for state in states))
    assert await journal.open_operations() == {OperationState.sending: 2, OperationState.needs_review: 1}


async def test_an_operation_is_found_by_the_request_number_a_carrier_echoes(journal, operation, attempt):
    record, other = operation(), operation()
    await journal.write(Open(record), StartAttempt(attempt(record.operation_id, request_no="ABCDEF123456")))
    await journal.write(Open(other), StartAttempt(attempt(other.operation_id, request_no="ZZZ")))
    for echoed in ("ABCDEF123456", "ABCDEF"):
        assert (await journal.operation_by_request_no("lotus_main", echoed)).operation_id == record.operation_id
    assert await journal.operation_by_request_no("bamboo_main", "ABCDEF") is None


async def test_a_callback_is_kept_once_and_dealt_with_once(journal, now):
    first = InboundRecord(inbound_id="in_1", channel="c", name="issued", event_key="e", received_at=now, sealed=b"raw")
    await journal.write(Receive(first))
    await journal.write(Receive(replace(first, inbound_id="in_2")))
    assert [each.inbound_id for each in await journal.waiting_inbound(10)] == ["in_1"]
    await journal.write(Settle(replace(first, state="applied", ended_at=now)))
    with pytest.raises(Stale):
        await journal.write(Settle(replace(first, state="forged")))
    assert await journal.waiting_inbound(10) == []
    assert (await journal.inbound("in_1")).state == "applied"


async def test_a_callback_that_is_laid_aside_as_forged_may_give_its_event_key_free(journal, now):
    first = InboundRecord(inbound_id="in_1", channel="c", name="issued", event_key="e", received_at=now, sealed=b"raw")
    await journal.write(Receive(first))
    await journal.write(Settle(replace(first, state="forged", event_key="e:in_1", ended_at=now)))
    again = replace(first, inbound_id="in_2")
    await journal.write(Receive(again))
    assert await journal.waiting_inbound(10) == [again]


async def test_decisions_messages_notes_and_clients_are_read_back(journal, now):
    decision = DecisionRecord(
        decision_id="rd_1", operation_id="op_1", client="shop", created_at=now, channel="c", body=b"{}"
    )
    message = MessageRecord(owner_id="att_1", direction="reply", at=now, sealed=b"\x00\x01")
    note = NoteRecord(note_id="note_1", operation_id="op_1", at=now, kind="unknown", text="reset after sending")
    client = ClientRecord(key_hash="h", client="shop", scopes="issue", created_at=now)
    await journal.write(Decide(decision), Keep(message), Note(note), PutClient(client))
    await journal.write(PutClient(replace(client, revoked_at=now)))
    assert await journal.decision("rd_1") == decision
    assert await journal.decisions("op_1") == [decision]
    assert await journal.messages("att_1") == [message]
    assert await journal.notes("op_1") == [note]
    assert (await journal.client_by_key("h")).revoked_at == now
    assert len(await journal.clients()) == 1
