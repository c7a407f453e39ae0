"""All gateways of a journal go by its clock: whatever their machines' show, nobody takes what another is at too early."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.build import catalogue_of
from contract_tests.tests.servers import own_database
from gateway.app import Gateway
from gateway.journal.changes import Open
from gateway.journal.errors import JournalUnavailable
from gateway.journal.memory import MemoryJournal
from gateway.journal.postgres import PostgresJournal
from gateway.journal.records import OperationRecord
from gateway.model.states import OperationState
from gateway.ports import FrozenWorld, World, time_of_id
from gateway.service import clock as rules
from gateway.service.clock import CommonClock, agree
from gateway.settings import Settings

ROOT = Path(__file__).parents[3]
RIGHT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class Machine(FrozenWorld):
    """A machine whose clock is wrong, and can be set."""

    def __init__(self, wrong_by: timedelta = timedelta()) -> None:
        super().__init__(RIGHT)
        self.wrong_by = wrong_by

    def now(self) -> datetime:
        return super().now() + self.wrong_by


class HalfAnHourAhead(World):
    """A real machine with the wrong time."""

    def now(self) -> datetime:
        return super().now() + timedelta(minutes=30)


class Shared(MemoryJournal):
    """A journal with a clock of its own; `asked` counts the looks at it."""

    def __init__(self, time: FrozenWorld, takes_s: float = 0.0) -> None:
        super().__init__()
        self.time, self.takes_s, self.asked = time, takes_s, 0

    async def clock(self) -> datetime:
        self.asked += 1
        self.time.advance(self.takes_s)
        return self.time.now()


@pytest.mark.parametrize("minutes", [-15, -1, 1, 15])
async def test_a_clock_that_is_wrong_by_minutes_has_no_say(minutes):
    machine = Machine(timedelta(minutes=minutes))
    world = CommonClock(machine)
    assert world.now() == RIGHT + timedelta(minutes=minutes), "until the journal was asked"
    await agree(world, Shared(machine_time(machine)))
    assert world.now() == RIGHT
    machine.advance(90.0)
    assert world.now() == RIGHT + timedelta(seconds=90)
    assert abs(time_of_id(world.new_id("op")) - world.now()) < timedelta(milliseconds=1)


def machine_time(machine: Machine) -> FrozenWorld:
    """The right time, which passes with the machine's count of seconds."""
    right = FrozenWorld(RIGHT)
    right.monotonic = machine.monotonic
    right.now = lambda: RIGHT + timedelta(seconds=machine.monotonic())
    right.advance = machine.advance
    return right


async def test_it_is_asked_now_and_then_and_at_once_after_the_machine_slept_or_its_clock_was_set():
    machine = Machine()
    world, journal = CommonClock(machine), Shared(machine_time(machine))
    for _ in range(5):
        await world.agree(journal)
    assert journal.asked == 1
    machine.advance(rules.AGREES_EVERY_S)
    await world.agree(journal)
    assert journal.asked == 2
    machine.wrong_by = timedelta(minutes=7)
    await world.agree(journal)
    assert journal.asked == 3
    assert world.now() == RIGHT + timedelta(seconds=rules.AGREES_EVERY_S)


async def test_it_is_never_early_and_late_by_no_more_than_the_answers_way():
    machine = Machine()
    world = CommonClock(machine)

    class OnItsWay(Shared):
        async def clock(self) -> datetime:
            shown = await super().clock()
            machine.advance(0.4)
            return shown

    await world.agree(OnItsWay(machine_time(machine)))
    assert world.now() == RIGHT, "0.4 s late"


async def test_an_answer_that_took_long_tells_less_than_what_is_known():
    machine = Machine()
    world = CommonClock(machine)
    await world.agree(Shared(machine_time(machine)))
    machine.advance(rules.AGREES_EVERY_S)
    await world.agree(Shared(machine_time(machine), takes_s=8.0))
    assert world.now() == RIGHT + timedelta(seconds=rules.AGREES_EVERY_S + 8.0)


async def test_where_the_journal_has_no_clock_the_machines_is_the_only_one():
    machine = Machine(timedelta(minutes=5))
    world = CommonClock(machine)
    await agree(world, MemoryJournal())
    assert world.now() == RIGHT + timedelta(minutes=5)


async def test_on_postgres_a_gateway_ahead_by_minutes_leaves_the_others_lease_alone(tmp_path, private_dsn):
    journal = PostgresJournal(private_dsn)
    await journal.start()
    at = (await journal.clock()).replace(microsecond=0)
    row = OperationRecord(
        operation_id=World().new_id("op"), client="shop", operation="policy.issue", idem_key="k", request_hash="h",
        state=OperationState.sending, request=b"{}", deadline_at=at, created_at=at, updated_at=at,
        lease_owner="the other", lease_until=at + timedelta(seconds=45),
    )  # fmt: skip
    await journal.write(Open(row))
    gateway = Gateway(
        Settings(workspace=tmp_path, journal=private_dsn, key="k1:" + "QUFB" * 10 + "QUE="),
        catalogue_of(ROOT),
    )
    assert isinstance(gateway.parts.world, CommonClock), "what a gateway goes by when it is given no world"
    gateway.parts.world.__init__(HalfAnHourAhead())
    await gateway.start()
    try:
        assert abs(gateway.parts.world.now() - at) < timedelta(seconds=20)
        assert await gateway.service.worker.round() == 0
        assert await journal.operation(row.operation_id) == row
    finally:
        await gateway.stop()
        await journal.close()


@pytest.fixture
async def private_dsn():
    async with own_database() as dsn:
        yield dsn


async def test_a_journal_that_does_not_tell_the_time_lets_no_worker_guess_it():
    class Silent(MemoryJournal):
        async def clock(self):
            raise JournalUnavailable("gone")

    with pytest.raises(JournalUnavailable):
        await agree(CommonClock(Machine()), Silent())
