"""What a request waits for a shared quota, to the instant: under a clock that only waiting moves."""

import asyncio
from random import Random

import pytest

from contract_tests.simulate.loop import VirtualLoop
from gateway.ports import World
from gateway.routing.places import WAIT_MAX_S, Places

PER_DAY = "limits: { per_day: 10 },"


class Slow:
    """A server that has no place, and takes its time to say so; None: it never answers."""

    def __init__(self, after_s):
        self.after_s, self.asked = after_s, 0

    async def eval(self, *_):
        self.asked += 1
        await (asyncio.Event().wait() if self.after_s is None else asyncio.sleep(self.after_s))
        return [0, 10]


@pytest.fixture
def waited(route, order):
    """How long each of some requests waited, one after the other, for daily quotas that a server keeps."""

    def measure(server, rules, requests):
        loop = VirtualLoop(Random(1))
        router = route(rules=rules)
        router.places = Places(server, World(), "test")

        async def place():
            waits = []
            for _ in range(requests):
                began_s = loop.time()
                await router.place(order())
                waits.append(loop.time() - began_s)
            return waits

        return loop.run_until_complete(place())

    return measure


def test_a_server_that_never_answers_delays_one_request_by_a_tenth_of_a_second_and_the_next_ones_not_at_all(waited):
    server = Slow(None)
    assert waited(server, (PER_DAY, "", ""), 10) == [pytest.approx(WAIT_MAX_S, abs=1e-9), *[0.0] * 9]
    assert (server.asked, WAIT_MAX_S) == (1, 0.1)


@pytest.mark.parametrize(("after_s", "asked", "waits_s"), [(0.06, 2, 0.1), (0.03, 3, 0.09), (0.2, 1, 0.1)])
def test_a_slow_server_delays_a_request_by_a_tenth_of_a_second_in_all_however_many_channels_are_full(
    waited, after_s, asked, waits_s
):
    server = Slow(after_s)
    assert waited(server, (PER_DAY, PER_DAY, PER_DAY), 1) == [pytest.approx(waits_s, abs=1e-9)]
    assert server.asked == asked
