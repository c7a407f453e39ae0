"""SIGTERM in the middle of trade: who waits is answered, the process ends by itself with 0, and nothing is left over."""

import asyncio
from collections import Counter

import httpx
import pytest

from contract_tests.tests.e2e.served import ORDERS, a_served_gateway, orders, send, slow_down
from gateway.journal.sqlite import SqliteJournal

pytestmark = pytest.mark.asyncio(loop_scope="session")

STOP_AT_EFFECTS = 4
ENDS_WITHIN_S = 40
"""Callers wait for 20 s at most, and what they began has 20 s more."""


async def test_stopped_while_twenty_issues_are_in_flight_it_answers_them_and_leaves_nothing_under_way(
    tmp_path, mocks, catalogue, repository
):
    async with a_served_gateway(repository, tmp_path, mocks, catalogue, "stopped") as served:
        key, placed = await served.client("shop"), list(orders())
        await slow_down(served)
        await served.start()
        headers = {"Authorization": f"Bearer {key}", "Prefer": "wait=20"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30) as http:
            sending = [asyncio.ensure_future(send(http, plan, body)) for plan, body in placed]
            async with asyncio.timeout(10):
                while len(served.ledger("issue")) < STOP_AT_EFFECTS:  # noqa: ASYNC110 - the mocks tell nobody
                    await asyncio.sleep(0.01)
            assert not all(each.done() for each in sending)
            served.process.terminate()
            told = await asyncio.gather(*sending)
            code = await asyncio.wait_for(served.process.wait(), ENDS_WITHIN_S)
        assert code == 0
        issued = [answer for answer in told if answer is not None]
        assert {answer.status_code for answer in issued} <= {201, 202}, [answer.text for answer in issued]
        done = sum(answer.status_code == 201 for answer in issued)
        assert done > STOP_AT_EFFECTS, [answer.text for answer in issued]
        assert done <= len(served.ledger("issue")) <= len(issued) <= ORDERS, "no order was done without an answer"
        await _nothing_is_under_way(served, len(issued), in_doubt=len(issued) - done)


async def _nothing_is_under_way(served, count, in_doubt):
    """What a carrier left in doubt, on a machine too busy for it, is for the next process to settle."""
    journal = SqliteJournal(served.folder / "journal.db")
    await journal.start()
    try:
        operations = await journal.operations(limit=200)
        states = Counter(op.state.value for op in operations)
        assert states.pop("succeeded") >= count - in_doubt
        assert set(states) <= {"unknown", "pending", "resolving"}
        assert {op.lease_owner for op in operations} == {None}
        assert len(operations) == count
        attempts = [each for op in operations for each in await journal.attempts(op.operation_id)]
        assert [each for each in attempts if each.ended_at is None] == []
    finally:
        await journal.close()
