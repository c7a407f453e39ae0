"""Many orders under one key: each is issued at most once, and has an end of its own."""

import asyncio
import json

import pytest
from msgspec.structs import replace

from gateway.channel.pipe import request_no
from gateway.errors import KeyReused
from gateway.journal.changes import Keep, StartAttempt
from gateway.journal.errors import JournalUnavailable
from gateway.journal.memory import MemoryJournal
from gateway.model import PolicyIssueBatchBody, QuoteCreateBody, RoutingHints
from gateway.model.states import MOVES, OperationState
from gateway.service.entrance.batch import begin_again, look
from gateway.service.recovery.pack import evidence_of

FIRST = RoutingHints(pin="first_main")


@pytest.fixture
def batch(order):
    """A batch of orders that go to the first carrier."""

    def body(*refs, **fields):
        items = tuple(order(ref, **{"routing": FIRST, **fields}) for ref in refs or ("o1", "o2", "o3"))
        return PolicyIssueBatchBody(client_ref="b1", items=items)

    return body


@pytest.fixture
def send(caller):
    async def write(service, body, key="k1", wait_s=None):
        return await service.write("policy.issue_batch", replace(caller, wait_s=wait_s), body, key)

    return write


def said(*codes, issued=()):
    """A reply that names what became of each item by its place; None leaves it out, `issued` names who was sold."""

    async def answer(carrier, wire):
        for at in issued:
            carrier.issue(wire["items"][at])
        named = {ref: code for ref, code in zip(wire["items"], codes, strict=True) if code is not None}
        return carrier.answers(wire, named)

    return answer


def items(answer):
    return json.loads(answer.body)["items"]


def states(answer):
    return [item.get("state") for item in items(answer)]


def sent(carrier, op):
    return [request for request in carrier.requests if request["op"] == op]


async def orders_of(service):
    found = await service.parts.journal.operations()
    return [op for op in found if op.operation == "policy.issue"]


# -- one message ----------------------------------------------------------------------------------------------------


async def test_one_message_carries_all_and_each_order_gets_its_policy_in_order(make, carriers, batch, send):
    service = await make(batch_max=10)
    answer = await send(service, batch())
    assert answer.status == 200
    assert states(answer) == ["succeeded"] * 3
    assert [item["client_ref"] for item in items(answer)] == ["o1", "o2", "o3"]
    assert [item["policy"]["client_ref"] for item in items(answer)] == ["o1", "o2", "o3"]
    assert len({item["policy"]["numbers"][0]["no"] for item in items(answer)}) == 3
    assert [request["op"] for request in carriers.first.requests] == ["policy.issue_batch"]


async def test_each_order_is_sent_under_the_number_it_would_have_alone(make, carriers, batch, send):
    service = await make(batch_max=10)
    answer = await send(service, batch())
    (message,) = carriers.first.requests
    numbers = [request_no(item["operation_id"], "first_main") for item in items(answer)]
    assert message["items"] == numbers
    assert message["request_no"] not in numbers
    for item, number in zip(items(answer), numbers, strict=True):
        (attempt,) = await service.parts.journal.attempts(item["operation_id"])
        assert (attempt.request_no, attempt.outcome) == (number, "accepted")


async def test_no_message_holds_more_than_its_carrier_takes(make, carriers, batch, send):
    service = await make(batch_max=2)
    answer = await send(service, batch("a", "b", "c", "d", "e"))
    assert states(answer) == ["succeeded"] * 5
    assert sorted(len(request["items"]) for request in sent(carriers.first, "policy.issue_batch")) == [2, 2]
    assert len(sent(carriers.first, "policy.issue")) == 1, "the one that is left goes as it would alone"
    numbers = [request["request_no"] for request in carriers.first.requests]
    assert len(set(numbers)) == 3


async def test_a_carrier_without_batches_is_sent_single_issues(make, carriers, batch, send):
    service = await make()
    answer = await send(service, batch())
    assert states(answer) == ["succeeded"] * 3
    assert [request["op"] for request in carriers.first.requests] == ["policy.issue"] * 3


async def test_everything_about_every_order_is_durable_before_the_message_leaves(make, carriers, batch, send):
    service = await make(batch_max=10)
    seen = []

    async def look(carrier, wire):
        for op in await orders_of(service):
            (attempt,) = await service.parts.journal.attempts(op.operation_id)
            kept = await service.parts.journal.messages(attempt.attempt_id)
            decided = await service.parts.journal.decisions(op.operation_id)
            seen.append((op.state, attempt.ended_at, len(kept), len(decided), attempt.request_no in wire["items"]))
        return await said("accepted", "accepted", "accepted", issued=(0, 1, 2))(carrier, wire)

    carriers.first.plan(look)
    await send(service, batch())
    assert seen == [(OperationState.sending, None, 1, 1, True)] * 3


async def test_the_bytes_of_a_message_are_kept_once(make, batch, send):
    kept = []

    class Watching(MemoryJournal):
        async def write(self, *changes):
            kept.extend(change.record.direction for change in changes if isinstance(change, Keep))
            await super().write(*changes)

    service = await make(batch_max=10, journal=Watching())
    await send(service, batch())
    assert kept == ["request", "reply"]


async def test_the_way_of_every_order_is_one_of_the_allowed(make, carriers, batch, send, pass_time, monkeypatch):
    service = await make(batch_max=10)
    moves, write = [], service.parts.journal.write

    async def watch(*changes):
        moves.extend((c.from_state, c.record.state) for c in changes if hasattr(c, "from_state"))
        await write(*changes)

    monkeypatch.setattr(service.parts.journal, "write", watch)
    carriers.first.plan(said("accepted", "declined", None, "pending", issued=(0, 2, 3)))
    await send(service, batch("a", "b", "c", "d"))
    await pass_time(service, 70)
    moved = {move for move in moves if move[0] != move[1]}
    assert moved <= MOVES
    assert (OperationState.created, OperationState.routed) in moved


# -- each its own end -----------------------------------------------------------------------------------------------


async def test_each_order_ends_with_its_own_answer(make, carriers, batch, send, pass_time):
    service = await make(batch_max=10)
    carriers.first.plan(said("accepted", "declined", "pending", issued=(0, 2)))
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (202, ["succeeded", "declined", "pending"])
    assert items(answer)[1]["problem"]["code"] == "underwriting.age"
    await pass_time(service, 60)
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (200, ["succeeded", "declined", "succeeded"])
    assert carriers.second.requests == []


@pytest.mark.parametrize("line", ["commit reset", "commit 502", "commit swapped"])
async def test_a_lost_reply_leaves_each_order_unknown_until_its_inquiry(make, carriers, batch, send, pass_time, line):
    service = await make(batch_max=10)
    carriers.first.plan(line)
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (202, ["unknown"] * 3)
    await pass_time(service, 40)
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (200, ["succeeded"] * 3)
    assert len(carriers.first.ledger) == 3
    assert len(sent(carriers.first, "policy.issue_batch")) == 1
    assert sent(carriers.first, "policy.issue") == []
    assert carriers.second.requests == []


async def test_an_order_the_reply_left_out_is_asked_after_and_the_others_are_done(
    make, carriers, batch, send, pass_time
):
    service = await make(batch_max=10)
    carriers.first.plan(said("accepted", None, "accepted", issued=(0, 1, 2)))
    answer = await send(service, batch())
    assert states(answer) == ["succeeded", "unknown", "succeeded"]
    await pass_time(service, 40)
    assert states(await send(service, batch())) == ["succeeded"] * 3
    asked = sent(carriers.first, "policy.get")
    assert {request["request_no"] for request in asked} == {sent(carriers.first, "policy.issue_batch")[0]["items"][1]}


async def test_an_answer_under_a_foreign_reference_is_nobodys(make, carriers, batch, send, pass_time):
    async def foreign(carrier, wire):
        carrier.issue(wire["items"][0])
        carrier.ledger["STRANGER"] = "P-OTHER"
        return carrier.answers(wire, {wire["items"][0]: "accepted", "STRANGER": "accepted"})

    service = await make(batch_max=10)
    carriers.first.plan(foreign)
    answer = await send(service, batch("a", "b"))
    assert states(answer) == ["succeeded", "unknown"]
    await pass_time(service, 100)
    answer = await send(service, batch("a", "b"))
    assert states(answer) == ["succeeded", "failed"], "past the horizon the carrier does not know it"
    assert b"P-OTHER" not in answer.body


async def test_a_yes_without_a_policy_number_is_unknown(make, carriers, batch, send):
    async def numberless(carrier, wire):
        told = [{"ref": ref, "result": {"code": "accepted"}} for ref in wire["items"]]
        return carrier._reply(wire, outcome="accepted", result={"items": told})

    service = await make(batch_max=10)
    carriers.first.plan(numberless)
    assert states(await send(service, batch())) == ["unknown"] * 3


async def test_one_number_told_to_two_orders_is_believed_of_one_at_most(make, carriers, batch, send):
    async def same(carrier, wire):
        carrier.ledger |= dict.fromkeys(wire["items"], "P-SAME")
        return carrier.answers(wire, dict.fromkeys(wire["items"], "accepted"))

    service = await make(batch_max=10)
    carriers.first.plan(same)
    assert sorted(states(await send(service, batch("a", "b")))) == ["succeeded", "unknown"]


async def test_a_carrier_that_replays_single_issues_is_asked_and_never_resent_a_batch(
    make, carriers, batch, send, pass_time
):
    service = await make(kind="replay", batch_max=10)
    carriers.first.plan("commit reset")
    assert states(await send(service, batch())) == ["unknown"] * 3
    await pass_time(service, 60)
    assert states(await send(service, batch())) == ["succeeded"] * 3
    assert {request["op"] for request in carriers.first.requests} == {"policy.issue_batch", "policy.get"}
    assert len(sent(carriers.first, "policy.issue_batch")) == 1


async def test_where_nothing_can_be_asked_each_order_goes_to_a_person(make, carriers, batch, send, pass_time):
    service = await make(kind="none", batch_max=10)
    carriers.first.plan("commit reset")
    await send(service, batch())
    await pass_time(service, 10)
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (202, ["needs_review"] * 3)


@pytest.mark.parametrize("line", ["refuse", "not_executed", "refused"])
async def test_a_message_that_was_certainly_not_executed_lets_each_order_go_elsewhere(
    make, carriers, order, send, line, caller
):
    service = await make(batch_max=10)
    body = PolicyIssueBatchBody(client_ref="b1", items=tuple(order(f"o{at}") for at in range(5)))
    carriers.first.plan(line)
    answer = await send(service, body)
    assert (answer.status, states(answer)) == (200, ["succeeded"] * 5)
    assert carriers.first.ledger == {}
    assert len(carriers.second.ledger) == 5


async def test_a_pinned_order_that_was_not_executed_has_failed_and_is_free_again(make, carriers, batch, send):
    service = await make(batch_max=10)
    carriers.first.plan("refuse")
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (200, ["failed"] * 3)
    assert {item["problem"]["status"] for item in items(answer)} == {503}
    assert states(await send(service, batch(), key="k2")) == ["succeeded"] * 3


async def test_what_cannot_be_said_is_refused_alone_and_the_rest_travels_without_it(make, carriers, batch, order, send):
    service = await make(batch_max=10)
    plain = batch("a", "b", "c")
    odd = replace(plain.items[1], policyholder=replace(plain.items[1].policyholder, name="\u2603"))
    answer = await send(service, replace(plain, items=(plain.items[0], odd, plain.items[2])))
    assert states(answer) == ["succeeded", "failed", "succeeded"]
    assert "a snowman" in json.dumps(items(answer)[1]["problem"])
    (message,) = carriers.first.requests
    assert len(message["items"]) == 2


# -- keys and identities --------------------------------------------------------------------------------------------


async def test_a_repeated_key_gets_the_same_bytes(make, carriers, batch, send):
    service = await make(batch_max=10)
    carriers.first.plan(said("accepted", "declined", "accepted", issued=(0, 2)))
    first = await send(service, batch())
    again = await send(service, batch())
    assert again.body == first.body
    assert (first.status, again.status, again.replayed) == (200, 200, True)
    assert len(carriers.first.requests) == 1


async def test_the_same_key_with_another_body_is_refused(make, carriers, batch, send):
    service = await make(batch_max=10)
    await send(service, batch())
    with pytest.raises(KeyReused):
        await send(service, batch("o1", "o2"))
    assert len(carriers.first.ledger) == 3


async def test_while_it_runs_the_batch_is_told_as_it_stands(make, carriers, batch, send):
    hold = asyncio.Event()

    async def slowly(carrier, wire):
        await hold.wait()
        return await said("accepted", "accepted", "accepted", issued=(0, 1, 2))(carrier, wire)

    service = await make(batch_max=10)
    carriers.first.plan(slowly)
    answer = await send(service, batch(), wait_s=0.05)
    assert (answer.status, states(answer), answer.retry_after_s) == (202, ["sending"] * 3, 2)
    assert states(await send(service, batch(), wait_s=0.05)) == ["sending"] * 3
    hold.set()
    await service.drain(5)
    assert (await send(service, batch())).status == 200
    assert len(carriers.first.requests) == 1


async def test_concurrent_repetitions_make_one_batch(make, carriers, batch, send):
    service = await make(batch_max=10)
    answers = await asyncio.gather(*(send(service, batch()) for _ in range(5)))
    assert {answer.body for answer in answers if answer.status == 200}
    assert len(carriers.first.ledger) == 3
    assert len(await service.parts.journal.operations()) == 4


async def test_an_order_issued_before_is_a_duplicate_of_itself_only(make, carriers, batch, send, caller):
    service = await make(batch_max=10)
    single = await service.write("policy.issue", caller, batch("o2").items[0], "single")
    assert single.status == 201
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (200, ["succeeded", None, "succeeded"])
    problem = items(answer)[1]["problem"]
    (known,) = [op for op in await orders_of(service) if op.client_ref == "o2"]
    assert (problem["code"], problem["extra"]) == ("request.duplicate", {"operation_id": known.operation_id})
    assert len(carriers.first.ledger) == 3
    assert (await send(service, batch())).body == answer.body


async def test_an_order_that_stands_in_the_batch_twice_is_issued_once(make, carriers, batch, send):
    service = await make(batch_max=10)
    answer = await send(service, batch("o1", "o2", "o1"))
    assert states(answer) == ["succeeded", "succeeded", None]
    assert items(answer)[2]["problem"]["extra"]["operation_id"] == items(answer)[0]["operation_id"]
    assert len(carriers.first.ledger) == 2


async def test_two_batches_at_once_with_the_same_orders_issue_each_once(make, carriers, batch, send):
    service = await make(batch_max=10)
    one, two = await asyncio.gather(send(service, batch(), key="k1"), send(service, batch(), key="k2"))
    assert len(carriers.first.ledger) == 3
    assert sorted(map(str, [*states(one), *states(two)])) == ["None"] * 3 + ["succeeded"] * 3


async def test_an_unsound_order_is_refused_by_itself_and_nothing_of_it_is_recorded(make, carriers, batch, send):
    service = await make(batch_max=10)
    body = batch()
    strange = replace(body.items[1], product="no-such@1")
    answer = await send(service, replace(body, items=(body.items[0], strange, body.items[2])))
    assert states(answer) == ["succeeded", None, "succeeded"]
    assert items(answer)[1]["problem"]["code"] == "product.not_found"
    assert {op.client_ref for op in await orders_of(service)} == {"o1", "o3"}
    assert (await send(service, replace(body, items=(body.items[0], strange, body.items[2])))).body == answer.body


async def test_orders_of_quotes_go_to_their_channels_one_by_one(make, carriers, batch, caller, order, send):
    service = await make(batch_max=10)
    carriers.first.plan(("", "accepted"))
    carriers.second.plan(("", "accepted"))
    quoted = await service.write("quote.create", caller, _quote_body(order), "q")
    (quote,) = [q for q in json.loads(quoted.body)["quotes"] if q["channel_ref_public"] == "second_main"]
    plain = batch("o1", "o2")
    taken = replace(order("o3"), product=None, quote_id=quote["quote_id"], policyholder=None, insureds=())
    answer = await send(service, replace(plain, items=(*plain.items, taken)))
    assert states(answer) == ["succeeded"] * 3, items(answer)
    assert len(sent(carriers.second, "policy.issue")) == 1
    assert len(sent(carriers.first, "policy.issue_batch")) == 1


def _quote_body(order):
    plain = order("o3")
    shared = set(QuoteCreateBody.__struct_fields__) & set(plain.__struct_fields__)
    return QuoteCreateBody(**{name: getattr(plain, name) for name in shared})


# -- crashes --------------------------------------------------------------------------------------------------------


class _Dies(MemoryJournal):
    """A journal whose gateway dies at the first group that holds a change of a kind; it starts again unharmed."""

    def __init__(self, kind, *, after=False):
        super().__init__()
        self.kind, self.after, self.dead = kind, after, False

    async def write(self, *changes):
        hit = any(isinstance(change, self.kind) for change in changes)
        if self.dead or (hit and not self.after):
            self.dead = True
            raise JournalUnavailable("dead")
        await super().write(*changes)
        self.dead = self.dead or hit

    def rise(self):
        self.kind, self.dead = (), False


async def test_a_crash_before_the_message_leaves_sends_each_order_once_later(
    make, carriers, batch, send, world, pass_time
):
    journal = _Dies(StartAttempt)
    service = await make(batch_max=10, journal=journal)
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (202, ["created"] * 3)
    assert carriers.first.requests == []
    journal.rise()
    await pass_time(service, 60)
    assert states(await send(service, batch())) == ["succeeded"] * 3
    assert len(carriers.first.ledger) == 3


async def test_a_crash_between_writing_and_sending_is_an_unknown_that_the_horizon_ends(
    make, carriers, batch, send, world, pass_time, monkeypatch
):
    service = await make(batch_max=10)

    async def dies(_exchange):
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(service.parts.channels["first_main"], "send", dies)
        answer = await send(service, batch())
    assert states(answer) == ["sending"] * 3
    await pass_time(service, 50)
    assert set(states(await send(service, batch()))) <= {"unknown", "resolving"}
    await pass_time(service, 100)
    assert states(await send(service, batch())) == ["failed"] * 3
    assert sent(carriers.first, "policy.issue") == []
    assert carriers.second.requests == []


async def test_a_crash_behind_the_reply_is_resolved_order_by_order(make, carriers, batch, send, world, pass_time):
    service = await make(batch_max=10)

    async def last_word(carrier, wire):
        service.parts.journal.dead = True
        return await said("accepted", "accepted", "accepted", issued=(0, 1, 2))(carrier, wire)

    journal = service.parts.journal = _Dies(())
    service.parts.policy = replace(service.parts.policy, lease_s=1.0)
    carriers.first.plan(last_word)
    answer = await send(service, batch(), wait_s=0.2)
    assert states(answer) == ["sending"] * 3
    world.advance(2)
    await service.drain(5)
    journal.rise()
    service.parts.policy = replace(service.parts.policy, lease_s=45.0)
    await pass_time(service, 60)
    assert states(await send(service, batch())) == ["succeeded"] * 3
    assert len(carriers.first.ledger) == 3
    assert [r["op"] for r in carriers.first.requests if r["op"] != "policy.get"] == ["policy.issue_batch"]


async def test_an_order_that_was_never_sent_is_not_sent_after_its_time(make, carriers, batch, send, world):
    journal = _Dies(StartAttempt)
    service = await make(batch_max=10, journal=journal)
    await send(service, batch())
    journal.rise()
    world.advance(service.parts.policy.deadline_s + 1)
    await service.worker.round()
    answer = await send(service, batch())
    assert (answer.status, states(answer)) == (200, ["failed"] * 3)
    assert carriers.first.requests == []


async def test_an_order_a_worker_has_taken_meanwhile_is_not_sent_twice(make, carriers, batch, send, world, monkeypatch):
    service = await make(batch_max=10)
    write, raced = service.parts.journal.write, []

    async def race(*changes):
        if not raced and any(isinstance(change, StartAttempt) for change in changes):
            raced.append(True)
            world.advance(service.parts.policy.lease_s + 1)
            _, mine = await service.parts.journal.claim_due(world.now(), "other", world.now(), 2)
            assert mine.operation == "policy.issue"
            await begin_again(service.parts, service.use_cases["policy.issue"], mine)
        await write(*changes)

    monkeypatch.setattr(service.parts.journal, "write", race)
    await send(service, batch())
    assert states(await send(service, batch())) == ["succeeded"] * 3
    assert len(carriers.first.ledger) == 3
    assert len(sent(carriers.first, "policy.issue_batch")) == 0


async def test_the_journal_out_of_reach_at_the_beginning_refuses_the_batch_and_sends_nothing(
    make, carriers, batch, send
):
    journal = _Dies(object)
    service = await make(batch_max=10, journal=journal)
    with pytest.raises(Exception, match="dead") as refused:
        await send(service, batch())
    assert refused.value.http_status == 503
    assert carriers.first.requests == []
    journal.rise()
    assert states(await send(service, batch())) == ["succeeded"] * 3


async def test_a_batch_can_be_read_as_an_operation(make, carriers, batch, send, caller, pass_time):
    service = await make(batch_max=10)
    carriers.first.plan(said("accepted", None, "accepted", issued=(0, 1, 2)))
    answer = await send(service, batch())
    batch_id = json.loads(answer.body)["operation_id"]
    assert answer.location == f"/v1/operations/{batch_id}"
    assert json.loads((await service.operation(caller, batch_id)).body)["state"] == "pending"
    assert (await service.parts.journal.operation(batch_id)).state is OperationState.pending
    await pass_time(service, 50)
    assert (await service.parts.journal.operation(batch_id)).state is OperationState.succeeded
    view = json.loads((await service.operation(caller, batch_id)).body)
    assert view["state"] == "succeeded"
    assert view["result"] == json.loads((await send(service, batch())).body)


async def test_the_evidence_of_a_batch_names_its_orders_and_where_each_stands(make, carriers, batch, send):
    service = await make(batch_max=10)
    carriers.first.plan(said("accepted", "declined", issued=(0,)))
    answer = await send(service, batch("o1", "o2", "o1"))
    journal = service.parts.journal
    row = await journal.operation(json.loads(answer.body)["operation_id"])
    pack = await evidence_of(journal, row, service.parts.vault)
    assert [(each["client_ref"], each["state"], each["code"]) for each in pack.orders] == [
        ("o1", "succeeded", None),
        ("o2", "declined", "underwriting.age"),
        ("o1", None, "request.duplicate"),
    ]
    one = await evidence_of(journal, await journal.operation(pack.orders[0]["operation_id"]), service.parts.vault)
    (attempt,) = one.attempts
    assert set(attempt["messages"]) == {"request", "reply"}


async def test_two_stores_on_disk_keep_a_batch_as_memory_does(make, carriers, batch, send, sqlite_journal, pass_time):
    service = await make(batch_max=10, journal=sqlite_journal)
    carriers.first.plan(said("accepted", None, "declined", issued=(0, 1)))
    assert states(await send(service, batch())) == ["succeeded", "unknown", "declined"]
    assert states(await send(service, batch("o1", "o4", "o3"), key="k2")) == [None, "succeeded", "succeeded"]
    await pass_time(service, 40)
    first = await send(service, batch())
    assert states(first) == ["succeeded", "succeeded", "declined"]
    assert (await send(service, batch())).body == first.body


@pytest.mark.parametrize(("age_s", "wait_s"), [(0, 10), (60, 10), (1800, 180), (86_400, 600)])
async def test_a_batch_that_waits_for_long_is_looked_at_more_rarely_and_tells_at_once_how_it_stands(
    make, carriers, batch, send, world, age_s, wait_s
):
    """One of its orders may wait for a person, for days."""
    service = await make()
    carriers.first.plan("reset")
    assert (await send(service, batch())).status == 202
    (row,) = [each for each in await service.parts.journal.operations() if each.operation == "policy.issue_batch"]
    world.advance(age_s)
    await look(service.parts, row)
    row = await service.parts.journal.operation(row.operation_id)
    assert (row.next_check_at - world.now()).total_seconds() == wait_s
    assert (await send(service, batch())).status == 202
