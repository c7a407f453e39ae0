"""Strategies whose replicas share over a server, in the scenarios in which something befalls it or their clocks.

The product's replicas run their own exchange (`gateway.routing.sharing`) over the simulated server, second for second.
Of the others only LiteLLM with Redis shares anything; everyone else is what it is without a server.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from contract_tests.simulate.loop import VirtualLoop
from contract_tests.traffic.server import Server
from contract_tests.traffic.strategies.ejecting import LiteLlmTuned
from contract_tests.traffic.strategies.hub import BEGIN, Clock, Hub
from contract_tests.traffic.world import REPLICAS, Call, Scenario
from gateway.routing.sharing import Sharing


def virtual_loop(seed: str) -> VirtualLoop:
    """A loop whose time jumps, as a seed decides."""
    return VirtualLoop(Random(seed))  # type: ignore[abstract]  # it has neither sockets nor signals


class LoopClock(Clock):
    """The time of a virtual loop as one host has it: its wall clock is wrong, its monotonic began at another time."""

    def __init__(self, seed: str, loop: VirtualLoop, skew_s: float = 0.0, begin: datetime = BEGIN) -> None:
        """Take the loop and by how much this host's clocks differ."""
        super().__init__(seed, begin)
        self._loop, self._skew_s = loop, skew_s

    def now(self) -> datetime:
        """What this host believes the time is."""
        return (self._begin + timedelta(seconds=self._loop.time() + self._skew_s)).astimezone(UTC)

    def monotonic(self) -> float:
        """Seconds since this host began, some time before the run."""
        return 10_000.0 + 7.0 * self._skew_s + self._loop.time()


class ServedHub(Hub):
    """The product's routing on replicas that exchange over a server, with what befalls it."""

    def __init__(
        self, seed: int, scenario: Scenario, *, preset: str = "default", operation: str = "quote.create"
    ) -> None:
        """Start every replica and its exchange."""
        self._loop = virtual_loop(f"served-{seed}")
        self._skews_s = scenario.skews_s or (0.0,) * REPLICAS
        super().__init__(seed, preset=preset, shares=False, operation=operation)
        self._server = Server(self._loop.time, scenario.server)
        self._loop.run_until_complete(self._start())

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """The product's decision."""
        self.tick(now_s)
        return super().pick(replica, product, now_s, tried)

    def began(self, replica: int, product: int, channel: str, now_s: float, serial: int) -> None:
        """A call has left."""
        self.tick(now_s)
        super().began(replica, product, channel, now_s, serial)

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """A call has ended."""
        self.tick(now_s)
        super().ended(replica, product, channel, now_s, serial, call)

    def tick(self, now_s: float) -> None:
        """Let the replicas exchange until an instant."""
        if now_s > self._loop.time():
            self._loop.run_until(now_s)

    def clock(self, seed: int, replica: int) -> Clock:
        """The clock of one host."""
        return LoopClock(f"hub-{seed}-{replica}", self._loop, self._skews_s[replica])

    async def _start(self) -> None:
        for number, (router, clock) in enumerate(zip(self._routers, self._clocks, strict=True)):
            Sharing(router, clock, self._server, replica=str(number)).start()


class LiteLlmServed(LiteLlmTuned):
    """LiteLLM with Redis, which may be away: then each process counts for itself and puts out for itself. What comes
    late is met late. Its entries end by the server's clock, so that wrong clocks of hosts change nothing.
    """

    def __init__(self, weights: Mapping[str, float], seed: int, scenario: Scenario) -> None:
        """Count from nought, in Redis and in each process."""
        super().__init__(weights, seed)
        self._server = scenario.server
        self._out_from: dict[tuple[int, str], float] = {}
        self._alone: list[dict[str, tuple[float, int]]] = [{} for _ in range(REPLICAS)]
        self._shared = self._fails

    def is_out(self, replica: int, channel: str, now_s: float) -> bool:
        """Whether a channel is out for a replica, and it knows by now."""
        return super().is_out(replica, channel, now_s) and self._out_from.get((replica, channel), 0.0) <= now_s

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Count failures where they can be counted now."""
        struck = [each for each in self._server if each.start_s <= now_s < each.end_s]
        is_away = any(each.is_away for each in struck)
        before = dict(self.out_until)
        self._fails = self._alone[replica] if is_away else self._shared
        super().ended(replica, product, channel, now_s, serial, call)
        for key in [key for key, until_s in self.out_until.items() if until_s != before.get(key)]:
            if is_away and key[0] != replica:
                self.out_until[key] = before.get(key, 0.0)
            elif key[0] != replica:
                self._out_from[key] = now_s + max((each.late_s for each in struck), default=0.0)
