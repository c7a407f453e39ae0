"""A daily file is evidence: it ends what is open, finds what was told as not done, and says nothing by its silence."""

import json

import pytest

from gateway.model import Number, NumberKind, RoutingHints, Statement, StatementKind, StatementRecord
from gateway.model.money import Money
from gateway.model.states import OperationState, OrphanState
from gateway.service.recovery.statements import take_in

PINNED = RoutingHints(pin="first_main")


def file_of(*numbers, no="P-9", kind=StatementKind.issue, amount=1000):
    return Statement(
        records=tuple(
            StatementRecord(
                line=line,
                kind=kind,
                request_no=each,
                numbers=(Number(kind=NumberKind.policy, no=f"{no}-{line}"),),
                amount=Money(amount=amount, currency="CNY"),
            )
            for line, each in enumerate(numbers, 2)
        )
    )


async def counts(service, op, statement):
    done = await take_in(service.parts, service.use_cases, op.channel, statement)
    return done.counts


@pytest.fixture
def opened(make, carriers, caller, order, pass_time):
    """An issue whose carrier did something first, and the number it bears."""

    async def go(script, kind="reject_duplicate", wait_s=0, **terms):
        service = await make(kind, **terms)
        carriers.first.plan(script)
        await service.write("policy.issue", caller, order(routing=PINNED), "k1")
        await pass_time(service, wait_s)
        (op,) = await service.parts.journal.operations()
        carriers.first.script.clear()
        request = next(each for each in carriers.first.requests if each["op"] == "policy.issue")
        return service, op, request["request_no"]

    return go


@pytest.mark.parametrize(("script", "state"), [("pending", "pending"), ("reset", "unknown")])
async def test_a_line_ends_what_is_open_with_the_number_and_premium_it_bears(opened, caller, script, state):
    service, op, number = await opened(script)
    assert op.state == state
    assert await counts(service, op, file_of(number, amount=990)) == {"applied": 1}
    (policy,) = json.loads((await service.list_policies(caller)).body)["policies"]
    assert (policy["numbers"][0]["no"], policy["premium"]["gross"]["amount"]) == ("P-9-2", 990)
    assert await counts(service, op, file_of(number, amount=990)) == {"nothing": 1}, "the same file again"


async def test_a_line_about_what_was_told_as_failed_is_an_orphan_once(opened, pass_time):
    service, op, number = await opened("reset", wait_s=30, lag_s=1.0, final_s=10.0)
    assert op.state is OperationState.failed
    assert await counts(service, op, file_of(number)) == {"orphan": 1}
    await pass_time(service, 1)
    assert await counts(service, op, file_of(number)) == {"nothing": 1}
    (orphan,) = await service.parts.journal.orphans()
    assert (orphan.found_by, orphan.state) == ("statement", OrphanState.review)


async def test_a_line_about_what_a_person_looks_at_is_evidence_for_that_person_once(opened, caller):
    service, op, number = await opened("reset", kind="none", wait_s=5)
    assert op.state is OperationState.needs_review
    assert await counts(service, op, file_of(number)) == {"noted": 1}
    assert await counts(service, op, file_of(number)) == {"nothing": 1}
    pack = json.loads((await service.evidence(caller, op.operation_id)).body)
    assert [line["text"] for line in pack["statement_lines"]] == ["line 2 of a file says that it was executed"]


async def test_a_file_proves_nothing_by_what_it_does_not_hold(opened):
    service, op, _ = await opened("pending")
    assert await counts(service, op, file_of("NOBODYS")) == {"unmatched": 1}
    assert (await service.parts.journal.operation(op.operation_id)).state is OperationState.pending


async def test_a_line_of_another_kind_does_not_end_an_issue(opened):
    service, op, number = await opened("pending")
    assert await counts(service, op, file_of(number, kind=StatementKind.cancellation)) == {"unmatched": 1}
    assert await counts(service, op, file_of(number, kind=StatementKind.premium)) == {}
    assert (await service.parts.journal.operation(op.operation_id)).state is OperationState.pending


async def test_a_number_that_another_policy_holds_is_refused_and_named(opened, caller, order):
    service, op, number = await opened("pending")
    await service.write("policy.issue", caller, order("order-2", routing=PINNED), "k2")
    operations = await service.parts.journal.operations()
    other = next(each for each in operations if each.state is OperationState.succeeded)
    taken = json.loads(other.answer)["numbers"][0]["no"]
    line = StatementRecord(
        line=2, kind=StatementKind.issue, request_no=number, numbers=(Number(kind=NumberKind.policy, no=taken),)
    )
    assert await counts(service, op, Statement(records=(line,))) == {"refused": 1}
    assert (await service.parts.journal.operation(op.operation_id)).state is OperationState.pending
