"""A process that is armed dies at the named place, and nowhere else."""

import random
from datetime import timedelta

import httpx
import pytest
from msgspec.structs import replace

from contract_tests.checker import crashes
from contract_tests.checker.directed import TRIALS
from contract_tests.checker.nemeses import deck
from contract_tests.checker.planted import INVARIANT, Forgetful, SaysNotSent, SendsAgain, Unfenced
from contract_tests.tests.checker import histories as made
from gateway.journal.changes import EndAttempt, Move, Open, Receive, StartAttempt
from gateway.journal.errors import Stale
from gateway.journal.memory import MemoryJournal
from gateway.model.states import OperationState
from gateway.transport import Ambiguous, NotSent
from gateway.transport.errors import Fault


class Died(Exception):
    pass


def dies():
    raise Died


@pytest.fixture
async def journal():
    store = MemoryJournal()
    await store.start()
    yield store
    await store.close()


@pytest.fixture
def trap(tmp_path):
    return crashes.Trap(tmp_path / "hits", dies)


def opened(**fields):
    return made.operation(state=OperationState.sending, lease_until=made.at(2), **fields)


STARTED = replace(made.attempt(), ended_at=None, outcome=None)


@pytest.mark.parametrize(
    ("point", "changes", "written"),
    [
        (crashes.JOURNAL_SEND, (StartAttempt(STARTED),), True),
        (crashes.REPLY_JOURNAL, (EndAttempt(made.attempt()),), False),
        (crashes.JOURNAL_ANSWER, (Move(made.operation(), OperationState.sending),), True),
        (crashes.MID_CALLBACK, (Receive(made.inbound(state="received")),), True),
    ],
)
async def test_each_point_is_before_or_after_the_write_it_names(point, changes, written, journal, trap, tmp_path):
    await journal.write(Open(opened()), *([StartAttempt(STARTED)] if point == crashes.REPLY_JOURNAL else []))
    wrapped = crashes.CrashingJournal(journal, trap)
    trap.arm(point)
    with pytest.raises(Died):
        await wrapped.write(*changes)
    assert (tmp_path / "hits").read_text() == f"{point}\n"
    found = {
        crashes.JOURNAL_SEND: bool(await journal.attempts("op_1")),
        crashes.REPLY_JOURNAL: any(each.ended_at for each in await journal.attempts("op_1")),
        crashes.JOURNAL_ANSWER: (await journal.operation("op_1")).state == "succeeded",
        crashes.MID_CALLBACK: await journal.inbound("in_1") is not None,
    }
    assert found[point] is written


async def test_recovery_dies_with_what_it_has_claimed(journal, trap):
    await journal.write(Open(opened()))
    wrapped = crashes.CrashingJournal(journal, trap)
    trap.arm(crashes.MID_RECOVERY)
    with pytest.raises(Died):
        await wrapped.claim_due(made.at(60), "gw", made.at(90), 10)
    assert (await journal.operation("op_1")).lease_owner == "gw"


async def test_nothing_dies_that_is_not_armed(journal, trap):
    wrapped = crashes.CrashingJournal(journal, trap)
    await wrapped.write(Open(opened()), StartAttempt(STARTED))
    assert await wrapped.operation("op_1") is not None


async def test_the_reply_has_been_sent_for_and_nobody_has_read_it(trap):
    sent = []
    transport = httpx.MockTransport(lambda request: sent.append(request) or httpx.Response(200))
    trap.arm(crashes.SEND_REPLY)
    with pytest.raises(Died):
        await crashes.CrashingTransport(transport, trap).handle_async_request(httpx.Request("POST", "http://c/"))
    assert len(sent) == 1


@pytest.mark.parametrize("db", ["sqlite", "postgres"])
def test_a_round_of_about_fifty_meets_every_crash_point(db):
    cards = deck(db, random.Random(1))
    assert set(crashes.POINTS) <= set(cards)
    assert 40 <= len(cards) <= 50


# -- planted bugs are what they say ----------------------------------------------------------------------------------


class Silent(httpx.AsyncBaseTransport):
    calls = 0

    async def handle_async_request(self, request):
        self.calls += 1
        raise Ambiguous(Fault.total_timeout)


async def test_the_planted_transports_send_again_or_deny():
    silent, request = Silent(), httpx.Request("POST", "http://c/")
    with pytest.raises(Ambiguous):
        await SendsAgain(silent).handle_async_request(request)
    assert silent.calls == 2
    with pytest.raises(NotSent):
        await SaysNotSent(silent).handle_async_request(request)


async def test_the_planted_journals_forget_and_force(journal):
    await Forgetful(journal).write(Open(opened()), StartAttempt(STARTED))
    assert await journal.attempts("op_1") == []
    await journal.claim_due(made.at(60), "gw", made.at(60) + timedelta(seconds=45), 1)
    late = Move(replace(opened(), state=OperationState.unknown), OperationState.sending)
    with pytest.raises(Stale):
        await journal.write(late)
    await Unfenced(journal).write(late)
    assert (await journal.operation("op_1")).state == "unknown"


def test_every_planted_bug_has_a_trial_and_a_promise_it_breaks():
    assert set(TRIALS) == set(INVARIANT)
    assert len(TRIALS) == 8
