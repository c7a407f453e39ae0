"""The router's edge: holds the statistics, the counters and the clock, and calls the pure decision."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from gateway.catalogue.load import Catalogue
from gateway.catalogue.snapshot import Snapshot
from gateway.model.outcome import OutcomeKind
from gateway.model.period import local_date
from gateway.ports import World
from gateway.routing.decide import Seen, decide, unsold
from gateway.routing.filter import MAINTAINED, USABLE, Sale, compiled
from gateway.routing.gossip import Key, News, heard, told
from gateway.routing.health import Health, Tally, observe, overdue_after_s, probing, standing_of, tallied
from gateway.routing.places import Patience, Places, Wanted
from gateway.routing.quota import DayCounts
from gateway.routing.serve import Connection, Mode, Serving, serve
from gateway.routing.types import GROUP_OF_FAMILY, Decision, Group, RouteRequest, Ruled, Standing

CARRIER: Group = "carrier"
HEALTHY = Health()
FORGOTTEN_S = 120.0
HEARD_S = 5.0
"""For so long the hanging calls of another replica count that tells of none any more: it may have died with them."""


class Router:
    """Decisions of one gateway process, learning from every attempt it sees."""

    def __init__(
        self,
        catalogue: Catalogue,
        world: World,
        offers: Mapping[str, frozenset[str]],
        margins: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Take the catalogue and, per channel, the operations its carrier offers and how many seconds before a
        maintenance window its writes stop.
        """
        self._catalogue = catalogue
        self._world = world
        self._offers = offers
        self._margins = margins
        self._sales: dict[str, Sale] = {}
        self._health: dict[Key, Health] = {}
        self._waiting: dict[Key, dict[str, float]] = {}
        self._counters: dict[str, Mapping[str, float]] = {}
        self.quotas = DayCounts()
        self.needs: Mapping[str, Mapping[str, float]] = {}
        """Per product and channel the share of the business to come that keeps its commitment."""
        self.held: Mapping[str, Ruled] = {}
        self.pins: Mapping[str, str] = {}
        """Channels an operator holds back, and the channel an operator pins a product to."""
        self.stopped: Mapping[str, Ruled] = {}
        """Of those held back, whom nothing at all is sent but inquiries after what is not resolved."""
        self.shares = False
        """Whether replicas tell each other what they see; then a breaker is tried out only under its lease."""
        self.replica = ""
        self.places: Places | None = None
        self.tells_overdue = False
        self.leased: set[Key] = set()
        self._elsewhere: dict[str, tuple[float, Mapping[Key, int]]] = {}
        self._tallies: dict[Key, Tally] = {}
        self._turned: dict[Key, Health] = {}
        self.listeners: list[Callable[[Decision], None]] = []

    @property
    def snapshot(self) -> Snapshot:
        """The catalogue decisions are made with now."""
        return self._catalogue.snapshot

    def decide(self, request: RouteRequest, *, dry: bool = False) -> Decision:
        """Choose a channel; a dry decision explains without moving the round robin or taking a place of a quota."""
        if request.product not in self.snapshot.products:
            return unsold(self._world.new_id("rd"), request, self.snapshot.number)
        now_s = self._world.monotonic()
        sale = self._sale(request.product)
        seen = self._seen(request, sale, now_s)
        made = decide(self._world.new_id("rd"), request, sale, replace(seen, prices=True) if dry else seen)
        if not dry:
            self._take(made.decision, request, sale, now_s, probe=made.probe)
            self._counters[request.product] = made.counters
        return made.decision

    def serve(self, home: str, family: str, otherwise: Mode, *, alone: bool = False) -> Serving:
        """How existing business of a channel is served: by it or, unless `alone`, its insurer's other connections."""
        others = () if alone else self._connections(home)
        return serve([self._connection(name, GROUP_OF_FAMILY[family]) for name in (home, *others)], otherwise)

    def tries(self, channel: str, family: str) -> None:
        """A channel is about to be asked for existing business: where its breaker is half open, that is its probe."""
        group = GROUP_OF_FAMILY[family]
        if self.standing(channel, group).breaker == "half_open":
            self._probe(channel, group, self._world.monotonic())

    def opens_in_s(self, channel: str, family: str) -> float:
        """How long a channel's breaker stays open; 0 when it is not."""
        now_s = self._world.monotonic()
        both = [self.health(channel, group) for group in (GROUP_OF_FAMILY[family], CARRIER)]
        return max(0.0, *(each.until_s - now_s if each.state == "open" else 0.0 for each in both))

    def began(self, channel: str, family: str, attempt_id: str) -> None:
        """A call has left: while it has no answer, its age is evidence too."""
        self._waiting.setdefault((channel, GROUP_OF_FAMILY[family]), {})[attempt_id] = self._world.monotonic()

    def observe(
        self,
        channel: str,
        family: str,
        kind: OutcomeKind,
        wait_s: float,
        hold_s: float = 0.0,
        *,
        attempt_id: str = "",
        unreached: bool = False,
    ) -> None:
        """Learn from one attempt, whoever chose its channel; `unreached`: no connection came about at all."""
        group = GROUP_OF_FAMILY[family]
        self._waiting.get((channel, group), {}).pop(attempt_id, None)
        self._learn((channel, group), kind, wait_s, hold_s)
        # The carrier as a whole is judged by whether it can be reached, from the first time that it cannot.
        if unreached or (channel, CARRIER) in self._health:
            self._learn((channel, CARRIER), kind if unreached else OutcomeKind.accepted, 0.0, 0.0)

    def tell(self) -> News:
        """What was seen here since this was last asked, for other replicas."""
        now_s = self._world.monotonic()
        overdue = {key: self._overdue(key, now_s) for key, waiting in self._waiting.items() if waiting}
        news = News(
            replica=self.replica,
            tallies=self._tallies,
            breakers={key: told(each, now_s) for key, each in self._turned.items()},
            overdue={key: count for key, count in overdue.items() if count},
        )
        self._tallies, self._turned = {}, {}
        return news

    def hear(self, news: News) -> None:
        """Learn what another replica saw."""
        now_s = self._world.monotonic()
        self._elsewhere[news.replica] = (now_s, news.overdue)
        self._elsewhere = {name: told for name, told in self._elsewhere.items() if told[1] and _counts(told[0], now_s)}
        for key in {**news.tallies, **news.breakers}:
            before = self._known(key, now_s)
            tally, breaker = news.tallies.get(key), news.breakers.get(key)
            self._health[key] = heard(before, tally, breaker, now_s, self._world.random())

    def alone(self) -> None:
        """Go on by what is seen here: nothing of the others counts, and every breaker may be tried out."""
        self.shares, self.leased = False, set()
        self._elsewhere = {}

    def wants_probe(self) -> list[Key]:
        """Breakers whose time is over: one replica should try each out."""
        now_s = self._world.monotonic()
        return [key for key, each in self._health.items() if each.at(now_s) == "half_open"]

    def tried_at_s(self, key: Key) -> float:
        """When this replica last sent a call to try a breaker out, by its world's monotonic clock; long ago: never."""
        return self._health.get(key, HEALTHY).probe_at_s

    async def place(self, request: RouteRequest, patience: Patience | None = None) -> Decision:
        """Choose a channel, and hold a place of its daily quota where replicas share those.

        `patience` is what all choices for one operation may wait together.
        """
        patience = patience or Patience()
        decision = self.decide(request)
        while self.places is not None and (limit := self._limit(decision, request)) is not None:
            assert decision.chosen is not None, "only a chosen channel has a limit"
            day = local_date(request.at, self._sale(request.product).product.period.zone)
            wanted = Wanted(
                decision_id=decision.decision_id,
                place=f"{request.product}:{decision.chosen}:{day.isoformat()}",
                limit=limit,
                taken=self.quotas.taken(request.product, decision.chosen),
                held=self.quotas.held(request.product, decision.chosen, decision.decision_id),
                is_counted=self.quotas.is_counted(request.product, day),
            )
            if await self.places.reserve(wanted, patience):
                break
            self.quotas.settle(decision.decision_id, took=False)
            self.quotas.full(request.product, decision.chosen, limit, self._world.monotonic())
            decision = self.decide(request)
        return decision

    def settle(self, decision_id: str, *, took: bool) -> None:
        """Tell what became of a decision: the channel took the business or may have, or certainly did not."""
        self.quotas.settle(decision_id, took=took)
        if self.places is not None:
            self.places.settle(decision_id, took=took)

    def health(self, channel: str, group: Group) -> Health:
        """What is known of a channel now."""
        return self._health.get((channel, group), HEALTHY)

    def standing(self, channel: str, group: Group) -> Standing:
        """How a channel stands now."""
        return self._standing(channel, group, self._world.monotonic())

    def health_view(self, channel: str, group: Group) -> dict[str, object]:
        """The same in words: breaker and when an open one is tried out, expected success, latency."""
        standing, now_s = self.standing(channel, group), self._world.monotonic()
        until_s = max(self.health(channel, each).until_s for each in (group, CARRIER))
        return {
            "breaker": "half_open" if standing.breaker == "probed" else standing.breaker,
            "expected_success": round(standing.success, 4),
            "latency_s": standing.latency_s and round(standing.latency_s, 4),
            "memory_s": round(standing.half_life_s),
            "tried_again_in_s": round(until_s - now_s) if standing.breaker == "open" and until_s > now_s else None,
        }

    def reroutes_declines(self, product: str) -> bool:
        """Whether a product lets another channel be asked after a decline; one that is sold no longer does not."""
        found = self.snapshot.products.get(product)
        return found is not None and found.routing.reroute_on_decline

    def channels_max(self, product: str) -> int:
        """How many channels one operation of a product may try; none of one that is sold no longer."""
        found = self.snapshot.products.get(product)
        return 0 if found is None else found.routing.attempts

    def _connections(self, home: str) -> list[str]:
        """The other channels of the same insurer over the same carrier that are set up here and in use."""
        channels = self.snapshot.channels
        if (own := channels.get(home)) is None:
            return []
        return [
            each.name
            for each in channels.values()
            if (each.insurer, each.carrier) == (own.insurer, own.carrier)
            and each.name != home
            and each.name in self._offers
            and each.state in USABLE
        ]

    def _connection(self, channel: str, group: Group) -> Connection:
        entry = self.snapshot.channels.get(channel)
        closed = self.stopped.get(channel)
        if closed is None and entry is not None and entry.in_maintenance(self._world.now()):
            closed = MAINTAINED
        return Connection(channel, self.standing(channel, group), closed)

    def _probe(self, channel: str, group: Group, now_s: float) -> None:
        for key in ((channel, group), (channel, CARRIER)):
            self._health[key] = probing(self._health.get(key, HEALTHY), now_s)

    def _sale(self, product: str) -> Sale:
        sale = self._sales.get(product)
        if sale is None or sale.product is not self.snapshot.products[product] or sale.number != self.snapshot.number:
            sale = self._sales[product] = compiled(self.snapshot, product)
        return sale

    def _limit(self, decision: Decision, request: RouteRequest) -> int | None:
        if decision.chosen is None or request.family == "quote":
            return None
        return self._sale(request.product).product.bindings[decision.chosen].limits.per_day

    def _seen(self, request: RouteRequest, sale: Sale, now_s: float) -> Seen:
        group = GROUP_OF_FAMILY[request.family]
        return Seen(
            offers=self._offers,
            standings=self._standings(sale, group, now_s),
            used=self._used(request, sale, now_s) if sale.has_quota else {},
            needs=self.needs.get(request.product, {}),
            held=self.held,
            pins=self.pins,
            counters=self._counters.get(request.product, {}),
            chance=self._world.random(),
            margins=self._margins,
        )

    def _standings(self, sale: Sale, group: Group, now_s: float) -> dict[str, Standing]:
        """Of every channel of which anything is known."""
        health, waiting = self._health, self._waiting
        return {
            name: self._standing(name, group, now_s)
            for name in [line.name for line in sale.lines]
            if (name, group) in health or (name, group) in waiting or (name, CARRIER) in health
        }

    def _used(self, request: RouteRequest, sale: Sale, now_s: float) -> Mapping[str, int]:
        return self.quotas.used(request.product, local_date(request.at, sale.product.period.zone), now_s)

    def _standing(self, channel: str, group: Group, now_s: float) -> Standing:
        key = (channel, group)
        own, carrier = self._health.get(key, HEALTHY), self._health.get((channel, CARRIER), HEALTHY)
        overdue = self._overdue(key, now_s)
        for heard_s, others in self._elsewhere.values():
            if _counts(heard_s, now_s):
                overdue += others.get(key, 0)
        standing = standing_of(own, carrier, now_s, overdue)
        if standing.breaker == "half_open" and self.shares:
            # Who holds the lease of what is half open: the group, or the carrier where calls of several groups shut it.
            tried = key if own.at(now_s) == "half_open" else (channel, CARRIER)
            if tried not in self.leased:
                return replace(standing, breaker="probed")  # another replica tries it out, or will
        return standing

    def _overdue(self, key: Key, now_s: float) -> int:
        waiting = self._waiting.get(key)
        return _overdue(waiting, overdue_after_s(self._health.get(key, HEALTHY)), now_s) if waiting else 0

    def _learn(self, key: Key, kind: OutcomeKind, wait_s: float, hold_s: float) -> None:
        now_s = self._world.monotonic()
        before = self._known(key, now_s)
        after = observe(before, kind, wait_s, now_s, chance=self._world.random(), hold_s=hold_s)
        self._health[key] = after
        if self.shares and kind is not OutcomeKind.refused:
            self._tallies[key] = tallied(before, self._tallies.get(key), kind, wait_s)
            if after.state != before.state or after.until_s != before.until_s:
                self._turned[key] = after

    def _known(self, key: Key, now_s: float) -> Health:
        """What is known; a carrier of which nothing is known yet is called as often as its busiest group."""
        if (found := self._health.get(key)) is not None:
            return found
        groups = self._health.items() if key[1] == CARRIER else ()
        gaps = [each.every_s for (channel, _), each in groups if channel == key[0] and each.every_s]
        return Health(seen_at_s=now_s, every_s=min(gaps, default=0.0))

    def _take(self, decision: Decision, request: RouteRequest, sale: Sale, now_s: float, *, probe: bool) -> None:
        chosen = decision.chosen
        if chosen is not None and probe:
            self._probe(chosen, GROUP_OF_FAMILY[request.family], now_s)
        if chosen is not None and sale.has_quota and request.family != "quote":
            self.quotas.reserve(decision.decision_id, request.product, chosen, now_s)
        for listen in self.listeners:
            listen(decision)


def _counts(heard_s: float, now_s: float) -> bool:
    return now_s - heard_s < HEARD_S


def _overdue(waiting: dict[str, float], after_s: float, now_s: float) -> int:
    """How many calls wait for longer than they may; one that was broken off and never ended is forgotten."""
    overdue = 0
    for attempt_id, began_s in list(waiting.items()):  # in the order they began
        if began_s > now_s - after_s:
            break
        if began_s < now_s - FORGOTTEN_S:
            del waiting[attempt_id]
        else:
            overdue += 1
    return overdue
