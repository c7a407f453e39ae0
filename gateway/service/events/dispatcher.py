"""The loop that delivers: takes what is due, a few of each endpoint at a time, and wakes when something is written."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

from gateway.journal.changes import Change, PutEndpoint
from gateway.journal.errors import JournalError, Stale
from gateway.journal.protocol import Journal
from gateway.journal.records import DeliveryRecord, EndpointRecord
from gateway.model.events import EndpointState, Ordering
from gateway.ports import World
from gateway.service.events.delivery import BUSY, Ending, Sender, after, unsent
from gateway.service.events.pace import Pace
from gateway.service.events.subscriptions import Subscriptions

Listener = Callable[[Ending], None]
_log = logging.getLogger("insurehub.webhooks")


class Dispatcher:
    """Delivers events of every client; one slow receiver holds up nobody else's."""

    def __init__(
        self, journal: Journal, subscriptions: Subscriptions, sender: Sender, world: World, owner: str, pace: Pace
    ) -> None:
        """Take the parts; `start` begins the loop."""
        self._journal = journal
        self._subscriptions = subscriptions
        self._sender = sender
        self._world = world
        self._owner = owner
        self._pace = pace
        self._at: Counter[str] = Counter()
        self._rests_until_s: dict[str, float] = {}
        self._silent: Counter[str] = Counter()
        self._refreshed_s = float("-inf")
        self._running: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = False
        self.listeners: list[Listener] = []

    def start(self) -> None:
        """Start the loop; what a crash left is due as soon as its lease ends."""
        self._is_stopping = False
        self._task = asyncio.create_task(self._loop())

    async def stop(self, drain_s: float) -> None:
        """Take nothing more, and let what is being sent end.

        A round under way ends by itself: what it has taken would else wait for its lease to end.
        """
        ends_s = self._world.monotonic() + drain_s
        if self._task is not None:
            self._is_stopping = True
            self._subscriptions.written.set()
            await asyncio.wait([self._task], timeout=drain_s)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=max(0.0, ends_s - self._world.monotonic()))
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _loop(self) -> None:
        while not self._is_stopping:
            self._subscriptions.written.clear()
            try:
                await self.round()
            except JournalError as error:
                _log.warning("the journal did not answer the dispatcher: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - a loop that ends delivers nothing any more
                # Its text may quote an address.
                _log.error("a round of the dispatcher failed: %s", type(error).__name__)
            await self._woken()

    async def _woken(self) -> None:
        """Wait until something is written here, or for a moment: another gateway wakes nobody, nor does the clock."""
        waits = [
            asyncio.ensure_future(self._subscriptions.written.wait()),
            asyncio.ensure_future(self._world.sleep(self._pace.every_s)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def round(self) -> int:
        """Take what is due and there is room for, and begin to send it; gives how many there were."""
        await self._refresh()
        taken = 0
        for endpoint_id in await self._journal.due_endpoints(self._world.now()):
            room = min(self._room(endpoint_id), self._pace.all_max - len(self._running))
            if room <= 0 or self._rests(endpoint_id):
                continue
            taken += await self._take(endpoint_id, room)
        return taken

    async def settle(self) -> None:
        """Wait for what is being sent."""
        while self._running:
            await asyncio.wait(self._running)

    async def _refresh(self) -> None:
        now_s = self._world.monotonic()
        if now_s - self._refreshed_s >= self._pace.refresh_s:
            await self._subscriptions.refresh(self._journal)
            self._refreshed_s = now_s

    def _room(self, endpoint_id: str) -> int:
        """How many more sendings an endpoint may have: one that gave no answer several times has one at a time."""
        most = 1 if self._silent[endpoint_id] >= self._pace.silent_max else self._pace.each_max
        return most - self._at[endpoint_id]

    def _rests(self, endpoint_id: str) -> bool:
        return self._rests_until_s.get(endpoint_id, 0.0) > self._world.monotonic()

    async def _take(self, endpoint_id: str, room: int) -> int:
        endpoint = await self._journal.endpoint(endpoint_id)
        now = self._world.now()
        ordering = endpoint.ordering if endpoint else Ordering.none
        until = now + timedelta(seconds=self._pace.lease_s)
        taken = await self._journal.claim_deliveries(endpoint_id, ordering, now, self._owner, until, room)
        if endpoint is None or endpoint.state is not EndpointState.enabled:
            why = f"endpoint_{endpoint.state if endpoint else 'unknown'}"
            await asyncio.gather(*(self._write([unsent(each, why, now)]) for each in taken))
            self._subscriptions.written.set()
            return len(taken)
        for delivery in taken:
            self._begin(endpoint, delivery)
        return len(taken)

    def _begin(self, endpoint: EndpointRecord, delivery: DeliveryRecord) -> None:
        task = asyncio.create_task(self._deliver(endpoint, delivery))
        self._at[endpoint.endpoint_id] += 1
        self._running.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            self._running.discard(done)
            self._at[endpoint.endpoint_id] -= 1
            # The next of its order may go now, or what there was no room for.
            self._subscriptions.written.set()

        task.add_done_callback(ended)

    async def _deliver(self, endpoint: EndpointRecord, delivery: DeliveryRecord) -> None:
        event = await self._journal.event(delivery.event_id)
        if event is None:
            return await self._write([unsent(delivery, "event_pruned", self._world.now())])
        ending = await self._sender.send(endpoint, event)
        self._silent[endpoint.endpoint_id] = 0 if ending.status else self._silent[endpoint.endpoint_id] + 1
        if ending.status in BUSY:
            rest_s = min(max(ending.retry_after_s, self._pace.rest_s), self._pace.rest_s_max)
            self._rests_until_s[endpoint.endpoint_id] = self._world.monotonic() + rest_s
        await self._write(after(delivery, endpoint, ending, self._world, self._pace.waits_s))
        for listen in self.listeners:
            listen(ending)
        return None

    async def _write(self, changes: Sequence[Change]) -> None:
        """Record an ending; a delivery that another gateway took meanwhile is that one's, and is sent again."""
        try:
            await self._journal.write(*changes)
        except Stale:
            # An endpoint that somebody changed meanwhile must not keep a delivery from ending.
            without = [each for each in changes if not isinstance(each, PutEndpoint)]
            if len(without) < len(changes):
                await self._write(without)
        except JournalError as error:
            _log.warning("the end of a delivery was not recorded: %s", type(error).__name__)
