"""Those who weigh channels by what they saw: latency balancers, success rates, and bandits."""

import math
from collections import deque
from collections.abc import Mapping

from contract_tests.traffic.strategies.base import Plain
from contract_tests.traffic.strategies.ejecting import Key
from contract_tests.traffic.world import Call


class PeakEwma(Plain):
    """Power of two choices by peak EWMA of latency and calls under way, as Finagle balances; weights play no part."""

    DECAY_S, PENALTY_S = 10.0, 1.0

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Nothing was seen."""
        super().__init__(weights, seed)
        self._cost: dict[Key, tuple[float, float]] = {}
        self._waiting: dict[Key, int] = {}

    def candidates(self, replica: int, now_s: float, tried: frozenset[str]) -> list[str]:
        """Whom two are drawn from."""
        return [name for name in self.weights if name not in tried]

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """The cheaper of two drawn at random."""
        left = self.candidates(replica, now_s, tried)
        if len(left) < 2:
            return left[0] if left else None
        return min(self.chance.sample(left, 2), key=lambda name: self._load((replica, name), now_s))

    def _load(self, key: Key, now_s: float) -> float:
        cost, at_s = self._cost.get(key, (0.0, now_s))
        cost *= math.exp(-(now_s - at_s) / self.DECAY_S)
        waiting = self._waiting.get(key, 0)
        return self.PENALTY_S + waiting if cost == 0.0 and waiting else cost * (waiting + 1)

    def began(self, replica: int, product: int, channel: str, now_s: float, serial: int) -> None:
        """One more is under way."""
        self._waiting[(replica, channel)] = self._waiting.get((replica, channel), 0) + 1

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """A peak counts at once, what is faster only by and by."""
        key = (replica, channel)
        self._waiting[key] -= 1
        cost, at_s = self._cost.get(key, (0.0, now_s))
        kept = math.exp(-(now_s - at_s) / self.DECAY_S)
        peak = call.takes_s > cost
        self._cost[key] = (call.takes_s if peak else cost * kept + call.takes_s * (1 - kept), now_s)


class Finagle(PeakEwma):
    """Finagle: peak EWMA with failure accrual: five failures in a row, or less than 80 % of success over 30 s: dead for
    5 s, then each time longer up to 300 s, and one request tries it out.
    """

    CONSECUTIVE, SUCCESS, WINDOW_S, DEAD_S, DEAD_MAX_S = 5, 0.8, 30.0, 5.0, 300.0
    CALLS_MIN = 5

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Nobody is dead."""
        super().__init__(weights, seed)
        self._row: dict[Key, int] = {}
        self._rate: dict[Key, tuple[float, float, int]] = {}
        self._dead: dict[Key, float] = {}
        self._for_s: dict[Key, float] = {}
        self._tried: set[Key] = set()

    def candidates(self, replica: int, now_s: float, tried: frozenset[str]) -> list[str]:
        """Those who live, or may be tried out; all when nobody is."""
        left = super().candidates(replica, now_s, tried)
        living = [name for name in left if self._lives((replica, name), now_s)]
        return living or left

    def _lives(self, key: Key, now_s: float) -> bool:
        return key not in self._dead or (self._dead[key] <= now_s and key not in self._tried)

    def began(self, replica: int, product: int, channel: str, now_s: float, serial: int) -> None:
        """A dead one whose time is over is tried out by one request."""
        super().began(replica, product, channel, now_s, serial)
        if (replica, channel) in self._dead and self._dead[(replica, channel)] <= now_s:
            self._tried.add((replica, channel))

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Accrue failures."""
        super().ended(replica, product, channel, now_s, serial, call)
        key = (replica, channel)
        self._row[key] = 0 if call.ok else self._row.get(key, 0) + 1
        rate = self._success(key, now_s, ok=call.ok)
        if key in self._tried:
            self._tried.discard(key)
            if call.ok:
                self._revive(key)
                return
        if not call.ok and (self._row[key] >= self.CONSECUTIVE or rate < self.SUCCESS or key in self._dead):
            dead_s = min(self.DEAD_MAX_S, self._for_s.get(key, self.DEAD_S / 2) * 2)
            self._for_s[key], self._dead[key] = dead_s, now_s + dead_s

    def _success(self, key: Key, now_s: float, *, ok: bool) -> float:
        mean, at_s, calls = self._rate.get(key, (1.0, now_s, 0))
        kept = math.exp(-(now_s - at_s) / self.WINDOW_S) if calls else 1.0
        weight = max(1 - kept, 1 / (calls + 1) if calls < self.CALLS_MIN else 0.0, 0.02)
        mean += weight * (float(ok) - mean)
        self._rate[key] = (mean, now_s, calls + 1)
        return mean if calls + 1 >= self.CALLS_MIN else 1.0

    def _revive(self, key: Key) -> None:
        for known in (self._dead, self._row, self._rate, self._for_s):
            known.pop(key, None)


class Juspay(Plain):
    """Juspay's success-rate routing: of each channel the success rate over its last results (a bucket of 125, of which
    it needs some), the best is taken, five in a hundred go elsewhere to keep the others' rates fresh, and who is below
    a floor is left out.
    """

    BUCKET, HEDGING, FLOOR, CALLS_MIN = 125, 0.05, 0.35, 5

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Every bucket is full of success: a new channel is given a chance."""
        super().__init__(weights, seed)
        self._buckets: dict[str, deque[bool]] = {
            name: deque([True] * self.BUCKET, maxlen=self.BUCKET) for name in weights
        }

    def rate(self, channel: str) -> float:
        """The success rate over the bucket."""
        bucket = self._buckets[channel]
        return sum(bucket) / len(bucket)

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """The best by success rate, by weight among equals; sometimes another."""
        left = [name for name in self.weights if name not in tried]
        able = [name for name in left if self.rate(name) >= self.FLOOR] or left
        if self.chance.random() < self.HEDGING:
            return self.chance.choice(left)
        best = max(self.rate(name) for name in able)
        return self.weighted({name: self.weights[name] for name in able if self.rate(name) >= best - 1e-9})

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Into the bucket, which all replicas share."""
        self._buckets[channel].append(call.ok)


class Bifrost(Plain):
    """Bifrost's adaptive weights: every five seconds a channel's weight is worked out anew from an error penalty (half;
    the last minute counts 50 %, the last five minutes 30 %, all time 20 %), how much slower it is than usual (a fifth)
    and its use (a twentieth), with a floor so that it can recover.
    """

    EVERY_S, ERRORS, LATENCY, USE, FLOOR = 5.0, 0.5, 0.2, 0.05, 0.05
    SPANS = ((12, 0.5), (60, 0.3), (0, 0.2))
    """How many of the last reckonings count how much for errors; 0 is all of them."""

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Begin with the contract's weights."""
        super().__init__(weights, seed)
        self._now = dict(weights)
        self._seen: dict[str, list[float]] = {}
        self._history: dict[str, list[tuple[float, float]]] = {name: [] for name in weights}
        self._usual_s: dict[str, float] = {}

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """By the weights as they are now."""
        return self.weighted({name: weight for name, weight in self._now.items() if name not in tried})

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Remember the call until the next reckoning."""
        seen = self._seen.setdefault(channel, [0.0, 0.0, 0.0])
        seen[0] += 1
        seen[1] += not call.ok
        seen[2] += call.takes_s

    def tick(self, now_s: float) -> None:
        """Reckon every five seconds."""
        if now_s % self.EVERY_S:
            return
        total = sum(seen[0] for seen in self._seen.values())
        for name in self.weights:
            calls, failed, waited_s = self._seen.get(name, (0.0, 0.0, 0.0))
            self._history[name].append((calls, failed))
            malus = self.ERRORS * self._errors(name)
            if calls:
                malus += self.LATENCY * self._slowness(name, waited_s / calls) + self.USE * calls / total
            share = malus / (self.ERRORS + self.LATENCY + self.USE)
            self._now[name] = self.weights[name] * max(self.FLOOR, 1.0 - share)
        self._seen = {}

    def _errors(self, name: str) -> float:
        rates = 0.0
        for last, weight in self.SPANS:
            span = self._history[name][-last:]
            calls = sum(each[0] for each in span)
            rates += weight * (sum(each[1] for each in span) / calls if calls else 0.0)
        return rates

    def _slowness(self, name: str, mean_s: float) -> float:
        usual_s = self._usual_s.setdefault(name, mean_s)
        self._usual_s[name] = usual_s + 0.02 * (mean_s - usual_s)
        return min(1.0, max(0.0, mean_s / usual_s - 1.0))


class Thompson(Plain):
    """Discounted Thompson sampling: a Beta for each channel, forgotten by a hundredth with each result; weights play
    no part.
    """

    GAMMA = 0.99

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Nothing is known."""
        super().__init__(weights, seed)
        self._counts = {name: [0.0, 0.0] for name in weights}

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """The best of one sample of each."""
        drawn = {
            name: self.chance.betavariate(1 + good, 1 + bad)
            for name, (good, bad) in self._counts.items()
            if name not in tried
        }
        return max(drawn, key=lambda name: drawn[name], default=None)

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """Forget a little of everything, then count."""
        for counts in self._counts.values():
            counts[0] *= self.GAMMA
            counts[1] *= self.GAMMA
        self._counts[channel][0 if call.ok else 1] += 1


class SlidingUcb(Plain):
    """Sliding-window UCB: over the last 500 results, the mean and what is due to what was seldom tried."""

    WINDOW, EXPLORATION = 500, 0.6

    def __init__(self, weights: Mapping[str, float], seed: int) -> None:
        """Nothing is known."""
        super().__init__(weights, seed)
        self._window: deque[tuple[str, bool]] = deque()
        self._counts = {name: [0, 0] for name in weights}

    def pick(self, replica: int, product: int, now_s: float, tried: frozenset[str]) -> str | None:
        """The highest upper bound; who was not tried within the window goes first."""
        total = max(1, len(self._window))
        left = [name for name in self.weights if name not in tried]

        def bound(name: str) -> float:
            calls, good = self._counts[name]
            if not calls:
                return math.inf
            return good / calls + math.sqrt(self.EXPLORATION * math.log(min(total, self.WINDOW)) / calls)

        return max(left, key=bound, default=None)

    def ended(self, replica: int, product: int, channel: str, now_s: float, serial: int, call: Call) -> None:
        """The oldest result leaves the window."""
        self._window.append((channel, call.ok))
        self._counts[channel][0] += 1
        self._counts[channel][1] += call.ok
        if len(self._window) > self.WINDOW:
            name, ok = self._window.popleft()
            self._counts[name][0] -= 1
            self._counts[name][1] -= ok
