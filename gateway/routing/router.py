"""The router's edge: holds the statistics, the counters and the clock, and calls the pure decision."""

from collections.abc import Callable, Mapping

from gateway.catalogue.load import Catalogue
from gateway.catalogue.snapshot import Snapshot
from gateway.model.outcome import OutcomeKind
from gateway.ports import World
from gateway.routing.decide import Seen, decide
from gateway.routing.health import Health, observe, probing
from gateway.routing.types import GROUP_OF_FAMILY, Decision, Group, RouteRequest


class Router:
    """Decisions of one gateway process, learning from every attempt it sees."""

    def __init__(self, catalogue: Catalogue, world: World, offers: Mapping[str, frozenset[str]]) -> None:
        """Take the catalogue and, per channel, the operations its carrier offers."""
        self._catalogue = catalogue
        self._world = world
        self._offers = offers
        self._health: dict[tuple[str, Group], Health] = {}
        self._counters: dict[str, Mapping[str, float]] = {}
        self._used: dict[str, int] = {}
        self.listeners: list[Callable[[Decision], None]] = []

    @property
    def snapshot(self) -> Snapshot:
        """The catalogue decisions are made with now."""
        return self._catalogue.snapshot

    def decide(self, request: RouteRequest, *, dry: bool = False) -> Decision:
        """Choose a channel; a dry decision explains without moving the round robin."""
        now_s = self._world.monotonic()
        seen = Seen(
            health=self._health,
            offers=self._offers,
            used=self._used,
            counters=self._counters.get(request.product, {}),
            now_s=now_s,
            chance=self._world.random(),
        )
        made = decide(self._world.new_id("rd"), request, self.snapshot, seen)
        if not dry:
            self._counters[request.product] = made.counters
            if made.probe and made.decision.chosen:
                self._note_probe(made.decision.chosen, GROUP_OF_FAMILY[request.family], now_s)
            for listen in self.listeners:
                listen(made.decision)
        return made.decision

    def observe(self, channel: str, family: str, kind: OutcomeKind, wait_s: float, hold_s: float = 0.0) -> None:
        """Learn from one attempt, whoever chose its channel."""
        key = (channel, GROUP_OF_FAMILY[family])
        now_s = self._world.monotonic()
        before = self._health.get(key, Health(seen_at_s=now_s))
        self._health[key] = observe(before, kind, wait_s, now_s, chance=self._world.random(), hold_s=hold_s)

    def health(self, channel: str, group: Group) -> Health:
        """What is known of a channel now."""
        return self._health.get((channel, group), Health())

    def health_view(self, channel: str, group: Group) -> dict[str, object]:
        """The same in words: breaker, expected success, latency."""
        health = self.health(channel, group)
        now_s = self._world.monotonic()
        return {
            "breaker": health.at(now_s),
            "expected_success": round(health.success(now_s), 4),
            "latency_s": health.latency_s and round(health.latency_s, 4),
        }

    def count_used(self, used: Mapping[str, int]) -> None:
        """Set how many policies each channel has made today."""
        self._used = dict(used)

    def reroutes_declines(self, product: str) -> bool:
        """Whether a product lets another channel be asked after a decline."""
        return self.snapshot.products[product].routing.reroute_on_decline

    def _note_probe(self, channel: str, group: Group, now_s: float) -> None:
        key = (channel, group)
        self._health[key] = probing(self._health.get(key, Health()), now_s)
