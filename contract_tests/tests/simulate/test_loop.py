"""Virtual time jumps, the seed orders what could run, and a process that vanished does nothing any more."""

import asyncio
from random import Random

import pytest

from contract_tests.simulate.loop import Deadlock, VirtualLoop, outside
from contract_tests.simulate.process import ConnectionLost, Process


def loop_of(seed=0):
    return VirtualLoop(Random(seed))


def test_a_day_passes_at_once():
    loop = loop_of()
    loop.run_until_complete(asyncio.sleep(86_400))
    assert loop.time() == 86_400


def test_timers_run_in_the_order_of_their_instants():
    loop, order = loop_of(), []

    async def at(wait_s):
        await asyncio.sleep(wait_s)
        order.append(wait_s)

    async def all_():
        await asyncio.gather(*(at(wait_s) for wait_s in (3, 1, 2)))

    loop.run_until_complete(all_())
    assert order == [1, 2, 3]


def _order_of(seed):
    loop, order = loop_of(seed), []

    async def step(name):
        for _ in range(3):
            await asyncio.sleep(0)
            order.append(name)

    async def all_():
        await asyncio.gather(*(step(name) for name in "abc"))

    loop.run_until_complete(all_())
    return "".join(order)


def test_the_seed_decides_who_runs_next():
    assert _order_of(1) == _order_of(1)
    assert len({_order_of(seed) for seed in range(20)}) > 10


def test_waiting_for_what_never_comes_is_an_error_and_not_a_hang():
    loop = loop_of()

    async def forever():
        await loop.create_future()

    with pytest.raises(Deadlock):
        loop.run_until_complete(forever())


def test_a_vanished_process_runs_no_handler_and_no_clean_up():
    loop, done = loop_of(), []

    async def work():
        try:
            await asyncio.sleep(10)
            done.append("finished")
        except BaseException:
            done.append("handled")
            raise
        finally:
            done.append("cleaned up")

    async def story():
        process = Process(loop, "gw")
        asked = outside(loop, process.call("call", work))
        await asyncio.sleep(1)
        process.vanish()
        with pytest.raises(ConnectionLost):
            await asked
        await asyncio.sleep(100)
        return process

    process = loop.run_until_complete(story())
    assert done == []
    process.bury()
    assert loop.complaints == []


def test_a_process_that_stands_still_goes_on_as_if_no_time_had_passed():
    loop, woke = loop_of(), []

    async def work():
        await asyncio.sleep(1)
        woke.append(loop.time())

    async def story():
        process = Process(loop, "gw")
        asked = outside(loop, process.call("call", work))
        await asyncio.sleep(0.5)
        process.pause()
        await asyncio.sleep(60)
        assert woke == []
        process.resume()
        await asked

    loop.run_until_complete(story())
    assert woke == [60.5]


def test_what_a_process_starts_outside_of_itself_outlives_it():
    loop, arrived = loop_of(), []

    async def network():
        await asyncio.sleep(5)
        arrived.append("bytes")

    async def work():
        outside(loop, network())
        await asyncio.sleep(60)

    async def story():
        process = Process(loop, "gw")
        asked = outside(loop, process.call("call", work))
        await asyncio.sleep(1)
        process.vanish()
        await asyncio.gather(asked, return_exceptions=True)
        await asyncio.sleep(60)

    loop.run_until_complete(story())
    assert arrived == ["bytes"]


def test_a_call_under_a_deadline_ends_in_virtual_time():
    loop = loop_of()

    async def late():
        async with asyncio.timeout(30):
            await loop.create_future()

    with pytest.raises(TimeoutError):
        loop.run_until_complete(late())
    assert loop.time() == 30
