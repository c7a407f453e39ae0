"""What every use case works with, chosen in one place (`gateway.app`) and handed in."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from msgspec import Struct

from gateway.catalogue.load import Catalogue
from gateway.channel import Channel
from gateway.journal.protocol import Journal
from gateway.journal.records import SteeringRecord
from gateway.journal.vault import Vault
from gateway.ports import World
from gateway.routing.router import Router
from gateway.service.events.pace import Pace
from gateway.service.events.subscriptions import Subscriptions
from gateway.transport import Reach

RECENT_KEYS_MAX = 10_000
USEFUL_S = 5.0


class Policy(Struct, frozen=True, kw_only=True):
    """How long the service waits for what, in seconds.

    `answer_within_s`: a caller that names no wait of its own gets 202 after this. `deadline_s`: an operation makes no
    new attempt at a channel after this. `lease_s`: a worker that says nothing for so long has lost the operation.
    `unknown_max_s`: an operation unresolved for so long goes to a person. `queue_max_s`: what is kept for a channel
    that cannot be asked has failed after so long. An attempt takes `attempt_s` at most, and no more than is left of the
    operation's time; none begins when only `useful_s` of it is left.
    """

    answer_within_s: float = 10.0
    answer_within_max_s: float = 60.0
    deadline_s: float = 300.0
    attempt_s: float = 30.0
    lease_s: float = 45.0
    unknown_max_s: float = 24 * 3600.0
    queue_max_s: float = 72 * 3600.0
    worker_every_s: float = 0.5
    worker_batch: int = 64
    attempts_max: int = 3
    look_ahead_every_s: float = 3600.0

    @property
    def useful_s(self) -> float:
        """With less time an attempt would more likely be cut off, and its outcome unknown, than answered."""
        return min(USEFUL_S, self.deadline_s / 4)


class RecentKeys:
    """The keys this process has answered for lately, the oldest forgotten first.

    A new key costs no look into the journal: that it is new is found out by writing it. A repetition is looked up
    before anything is decided: it must neither move the round robin nor take the probe of a channel that is tried out.
    """

    def __init__(self, most: int = RECENT_KEYS_MAX) -> None:
        """Remember at most so many."""
        self._most = most
        # Hashes take a fifth of the room; two keys of one hash cost a look that was not needed.
        self._keys: dict[int, None] = {}

    def __contains__(self, key: tuple[str, str, str]) -> bool:
        return hash(key) in self._keys

    def add(self, key: tuple[str, str, str]) -> None:
        """Remember a key: client, operation, idempotency key."""
        self._keys[hash(key)] = None
        if len(self._keys) > self._most:
            del self._keys[next(iter(self._keys))]


@dataclass
class Parts:
    """The journal, the catalogue, the router and the channels of one running gateway.

    `receivers` is the way to webhooks' receivers; without one they are reached within `reach` alone. `steering` is what
    operators have set, by kind and name, as far as this process knows.
    """

    journal: Journal
    vault: Vault
    world: World
    catalogue: Catalogue
    router: Router
    channels: Mapping[str, Channel]
    owner: str
    policy: Policy = field(default_factory=Policy)
    running: set[asyncio.Task[None]] = field(default_factory=set)
    recent: RecentKeys = field(default_factory=RecentKeys)
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    reach: Reach = field(default_factory=Reach)
    receivers: httpx.AsyncBaseTransport | None = None
    pace: Pace = field(default_factory=Pace)
    steering: dict[tuple[str, str], SteeringRecord] = field(default_factory=dict)


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks, as proven by an API key."""

    client: str
    scopes: frozenset[str]
    wait_s: float | None = None
