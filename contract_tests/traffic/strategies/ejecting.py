"""Those who put a channel out for a while: LiteLLM's cooldown, Envoy's outlier detection, nginx, and breakers."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping

from contract_tests.traffic.strategies.base import Plain
from contract_tests.traffic.world import REPLICAS, Call

Key = tuple[int, str]
"""Replica and channel: what keeps its state in the process."""


class Ejecting(Plain):
    """Weighted random among the channels that are not out; when all are out, all are asked."""

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Nobody is out."""
        super().__init__(weights, seed)
        self.out_until: dict[Key, float] = {}

    def is_out(self, replica: int, channel: str, now_s: float) -> bool:
        """Whether a channel is out for a replica."""
        return self.out_until.get((replica, channel), 0.0) > now_s

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """By weight among those that are in."""
        left = {name: weight for name, weight in self.weights.items() if name not in tried}
        standing = {name: weight for name, weight in left.items() if not self.is_out(replica, name, now_s)}
        return self.weighted(standing or left)


class LiteLlmDefault(Ejecting):
    """LiteLLM's router as installed: in each process more than half of at least five calls of a minute failed: out for
    five seconds; so is at once who turns a call away (429).
    """

    WINDOW_S, CALLS_MIN, FAIL_RATE, OUT_S = 60.0, 5, 0.5, 5.0

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Count from nought."""
        super().__init__(weights, seed)
        self._counts: dict[tuple[int, str, int], list[int]] = {}

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Count this minute's calls; put the channel out when too many failed."""
        counts = self._counts.setdefault((replica, channel, int(now_s // self.WINDOW_S)), [0, 0])
        counts[0 if call.ok else 1] += 1
        total = sum(counts)
        fails = not call.ok and total >= self.CALLS_MIN and counts[1] / total > self.FAIL_RATE
        if call.refused or fails:
            self.out_until[(replica, channel)] = now_s + self.OUT_S


class LiteLlmTuned(Ejecting):
    """LiteLLM with `allowed_fails: 3, cooldown_time: 60` and Redis: more than three failures within a minute, counted
    over all replicas: out for a minute everywhere.
    """

    ALLOWED, WINDOW_S, OUT_S = 3, 60.0, 60.0

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Count from nought."""
        super().__init__(weights, seed)
        self._fails: dict[str, tuple[float, int]] = {}

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Count failures until their minute is over."""
        if call.ok:
            return
        began_s, fails = self._fails.get(channel, (now_s, 0))
        began_s, fails = (now_s, 0) if now_s - began_s >= self.WINDOW_S else (began_s, fails)
        self._fails[channel] = (began_s, fails + 1)
        if fails + 1 > self.ALLOWED:
            self._fails.pop(channel)
            for each in range(REPLICAS):
                self.out_until[(each, channel)] = now_s + self.OUT_S


class Envoy(Ejecting):
    """Envoy's outlier detection: five failures in a row, out for 30 s times the number of ejections; a sweep every 10 s
    takes back whose time is over; at most `ejection_max` of the hosts are out at once; below 50 % of healthy weight
    (panic) all are asked.
    """

    CONSECUTIVE, BASE_S, SWEEP_S, PANIC = 5, 30.0, 10.0, 0.5
    OUT_MAX_S = 300.0

    def __init__(
        self, weights: Mapping[str, float], seed: int, *, ejection_max: float = 0.10, ejects_one: bool = False,
        by_rate: bool = False,
    ) -> None:  # fmt: skip
        """Take what is tuned: how many may be out, whether one always may, and ejection by failure percentage."""
        super().__init__(weights, seed)
        self._ejection_max, self._ejects_one, self._by_rate = ejection_max, ejects_one, by_rate
        self._row: dict[Key, int] = {}
        self._ejected: dict[Key, float] = {}
        self._times: dict[Key, int] = {}
        self._interval: dict[Key, list[int]] = {}

    def is_out(self, replica: int, channel: str, now_s: float) -> bool:
        """A host stays out until a sweep finds its time over."""
        return (replica, channel) in self._ejected

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """By weight among the healthy, or among all in panic."""
        healthy = [name for name in self.weights if not self.is_out(replica, name, now_s)]
        if len(healthy) / len(self.weights) < self.PANIC:
            return self.weighted({name: weight for name, weight in self.weights.items() if name not in tried})
        return super().pick(replica, product, now_s, tried)

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Count failures in a row."""
        key = (replica, channel)
        self._interval.setdefault(key, [0, 0])[0 if call.ok else 1] += 1
        self._row[key] = 0 if call.ok else self._row.get(key, 0) + 1
        if self._row[key] >= self.CONSECUTIVE:
            self._row[key] = 0
            self._eject(key, now_s)

    def tick(self, now_s: float) -> None:
        """Sweep: take back whose time is over; eject by failure percentage (85 % of at least 50 calls, 5 hosts)."""
        if now_s % self.SWEEP_S:
            return
        for key, since_s in list(self._ejected.items()):
            if now_s - since_s >= min(self.BASE_S * self._times[key], self.OUT_MAX_S):
                del self._ejected[key]
        for key, (good, bad) in self._interval.items() if self._by_rate else ():
            if good + bad >= 50 and bad / (good + bad) >= 0.85:
                self._eject(key, now_s)
            elif key not in self._ejected and bad == 0:
                self._times[key] = max(0, self._times.get(key, 0) - 1)
        self._interval = {}

    def _eject(self, key: Key, now_s: float) -> None:
        out = sum(1 for replica, _ in self._ejected if replica == key[0])
        may = out / len(self.weights) < self._ejection_max and (out + 1) / len(self.weights) <= self._ejection_max
        if key in self._ejected or not (may or (self._ejects_one and out == 0)):
            return
        self._ejected[key] = now_s
        self._times[key] = self._times.get(key, 0) + 1


class Nginx(Ejecting):
    """nginx's upstream: `max_fails=1 fail_timeout=10s`: one failure within ten seconds: out for ten."""

    OUT_S = 10.0

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """One failure is enough."""
        if not call.ok:
            self.out_until[(replica, channel)] = now_s + self.OUT_S


class Breaker(Ejecting, ABC):
    """A breaker for each channel in each process; how it trips is the library's."""

    OPEN_S = 60.0
    PROBES = 10

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """All are closed."""
        super().__init__(weights, seed)
        self._probing: dict[Key, list[bool]] = {}
        self._asked: dict[Key, int] = {}

    @abstractmethod
    def trips(self, key: Key, now_s: float, *, ok: bool) -> bool:
        """Whether the breaker opens after one more call."""

    def opened(self, key: Key) -> None:
        """Forget what led to it."""

    def probes_good(self, results: list[bool]) -> bool:
        """Whether the calls let through half open say that all is well."""
        return all(results)

    def is_out(self, replica: int, channel: str, now_s: float) -> bool:
        """Open, or half open with all its probes under way."""
        key = (replica, channel)
        if super().is_out(replica, channel, now_s):
            return True
        if key in self.out_until and key not in self._probing:
            self._probing[key], self._asked[key] = [], 0
        return key in self._probing and self._asked[key] >= self.PROBES

    def began(self, replica: int, product: int, channel: str, now_s: float, serial: int) -> None:
        """Half open, only so many calls are let through."""
        if (replica, channel) in self._probing:
            self._asked[(replica, channel)] += 1

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Closed: count; half open: judge once all probes have ended."""
        key = (replica, channel)
        if key in self._probing:
            self._probing[key].append(call.ok)
            if len(self._probing[key]) >= self.PROBES:
                results = self._probing.pop(key)
                self.out_until.pop(key, None)
                if not self.probes_good(results):
                    self.out_until[key] = now_s + self.OPEN_S
        elif key not in self.out_until and self.trips(key, now_s, ok=call.ok):
            self.opened(key)
            self.out_until[key] = now_s + self.OPEN_S


class Resilience4j(Breaker):
    """resilience4j's defaults: half of the last 100 calls failed: open for 60 s, then ten calls are let through."""

    WINDOW, FAIL_RATE = 100, 0.5

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Begin with an empty window: below 100 calls no rate is worked out."""
        super().__init__(weights, seed)
        self._windows: dict[Key, deque[bool]] = {}

    def trips(self, key: Key, now_s: float, *, ok: bool) -> bool:
        """Half of the window."""
        window = self._windows.setdefault(key, deque(maxlen=self.WINDOW))
        window.append(ok)
        return len(window) == self.WINDOW and window.count(False) / self.WINDOW >= self.FAIL_RATE

    def opened(self, key: Key) -> None:
        """A closed breaker begins with an empty window."""
        self._windows[key].clear()

    def probes_good(self, results: list[bool]) -> bool:
        """Fewer than half of the probes failed."""
        return results.count(False) / len(results) < self.FAIL_RATE


class Polly(Breaker):
    """Polly's defaults: a tenth of at least 100 calls within 30 s failed: open for 5 s, then one call tries it."""

    OPEN_S, PROBES = 5.0, 1
    WINDOW_S, CALLS_MIN, FAIL_RATE = 30.0, 100, 0.1

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Begin with an empty window."""
        super().__init__(weights, seed)
        self._windows: dict[Key, deque[tuple[float, bool]]] = {}

    def trips(self, key: Key, now_s: float, *, ok: bool) -> bool:
        """A tenth of the calls within the window."""
        window = self._windows.setdefault(key, deque())
        window.append((now_s, ok))
        while window[0][0] <= now_s - self.WINDOW_S:
            window.popleft()
        bad = sum(1 for _, good in window if not good)
        return len(window) >= self.CALLS_MIN and bad / len(window) >= self.FAIL_RATE

    def opened(self, key: Key) -> None:
        """A closed breaker begins with an empty window."""
        self._windows[key].clear()
