"""The journal as the service sees it: a group that moves something its client is told of carries the event as well.

It stands where groups are written, so no use case, callback or rung of the ladder can forget to tell, and none waits
for it: for a client without an endpoint a group is looked through and written as it came.
"""

from collections.abc import Sequence
from typing import Any, cast

from gateway.journal.changes import Change, Emit, Move, Open, Put
from gateway.journal.protocol import Journal
from gateway.ports import World
from gateway.service.events import telling
from gateway.service.events.subscriptions import Subscriptions

_TELLING = frozenset({Move, Open, Put, Emit})
"""The changes that may tell a client something; all of them name it."""


class Outbox:
    """A journal that adds events to groups; all else is the journal's own."""

    def __init__(self, journal: Journal, subscriptions: Subscriptions, world: World) -> None:
        """Take the journal, and who is told of what."""
        self._journal = journal
        self._subscriptions = subscriptions
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    async def write(self, *changes: Change) -> None:
        """Write a group, with the events it makes and their deliveries."""
        clients = self._subscriptions.clients
        if not clients:
            return await self._journal.write(*changes)
        for change in changes:
            if change.__class__ in _TELLING and change.record.client in clients:
                return await self._write_told(changes)
        return await self._journal.write(*changes)

    async def _write_told(self, changes: Sequence[Change]) -> None:
        events = await self._events(changes)
        told = [each for each in changes if isinstance(each, Emit)] + events
        now = self._world.now()
        sent = [
            telling.sending(event.record, endpoint, now)
            for event in told
            for endpoint in self._subscriptions.taking(event.record.client, event.record.type)
        ]
        await self._journal.write(*changes, *events, *sent)
        if sent:
            self._subscriptions.written.set()

    async def _events(self, changes: Sequence[Change]) -> list[Emit]:
        clients = self._subscriptions.clients
        events = [telling.of_operation(op, self._world) for op in telling.moved(changes, clients)]
        for change in changes:
            if isinstance(change, Put) and change.record.version > 1 and change.record.client in clients:
                events += await self._of_change(change)
        return events

    async def _of_change(self, change: Put) -> list[Emit]:
        row = change.record
        if row.kind not in telling.CHANGED:
            return []
        # The group's guard holds only if this is still the version before.
        before = await self._journal.object(row.kind, row.object_id)
        return [telling.of_object(row, before, self._world)] if before and before.status != row.status else []


def with_events(journal: Journal, subscriptions: Subscriptions, world: World) -> Journal:
    """The journal with its outbox in front."""
    return cast(Journal, Outbox(journal, subscriptions, world))
