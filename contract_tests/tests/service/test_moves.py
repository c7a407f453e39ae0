"""Every move an operation makes exists, and a journal that cannot be reached is never an error of the gateway."""

import pytest
from msgspec.structs import replace

from gateway.errors import Unavailable
from gateway.journal.changes import Move
from gateway.journal.errors import JournalUnavailable
from gateway.journal.memory import MemoryJournal
from gateway.model import PolicyGetBody, PolicyRef
from gateway.model.states import OperationState, may_move


class Watched(MemoryJournal):
    """A journal that remembers every move, and can be switched off."""

    def __init__(self):
        super().__init__()
        self.moves, self.is_down = [], False

    async def write(self, *changes):
        await super().write(*changes)
        self.moves += [(each.from_state, each.record.state) for each in changes if isinstance(each, Move)]

    def __getattribute__(self, name):
        if name in ("operation", "operation_by_key", "object", "objects", "decision") and self.is_down:
            return _down
        return super().__getattribute__(name)


async def _down(*_given, **_named):
    raise JournalUnavailable("down")


def wants_a_token(service):
    """Both carriers want a token, and there is no way to get one."""
    for channel in service.parts.channels.values():
        make = channel.adapter._step
        channel.adapter._step = lambda *given, make=make: replace(make(*given), needs_token=True)


async def test_an_operation_that_got_no_token_ends_by_moves_that_exist(make, carriers, caller, order):
    journal = Watched()
    service = await make(journal=journal)
    wants_a_token(service)
    answer = await service.write("policy.issue", caller, order(), "k1")
    assert answer.status == 503
    assert carriers.first.requests == carriers.second.requests == []
    assert journal.moves[-1] == (OperationState.sending, OperationState.failed)
    assert all(before == after or may_move(before, after) for before, after in journal.moves)


async def test_who_reads_while_the_journal_is_down_is_told_to_come_again(make, caller, order):
    journal = Watched()
    service = await make(journal=journal)
    await service.write("policy.issue", caller, order(), "k1")
    (op,) = await journal.operations()
    journal.is_down = True
    asked = (
        lambda: service.operation(caller, op.operation_id),
        lambda: service.decision(caller, "rd_1"),
        lambda: service.list_policies(caller),
        lambda: service.read("policy.get", caller, PolicyGetBody(policy=PolicyRef(policy_id=op.subject_id))),
        lambda: service.write("policy.issue", caller, order(), "k1"),
    )
    for each in asked:
        with pytest.raises(Unavailable):
            await each()
