"""Who is told of what, in memory: a write asks for it every time, the journal is asked every other second."""

import asyncio
from collections.abc import Collection, Mapping

from gateway.journal.protocol import Journal
from gateway.journal.records import EndpointRecord
from gateway.model.events import EndpointState

ANY = ".*"


class Subscriptions:
    """The endpoints of all clients as they were when last read; another gateway's are known a moment later."""

    def __init__(self) -> None:
        """Know of none."""
        self._of: Mapping[str, tuple[EndpointRecord, ...]] = {}
        self.written = asyncio.Event()
        """Set when deliveries were written here, or endpoints changed: there may be something to send."""

    @property
    def clients(self) -> Collection[str]:
        """The clients that have an endpoint."""
        return self._of.keys()

    def taking(self, client: str, event_type: str) -> list[EndpointRecord]:
        """The endpoints of a client that want an event of this type now."""
        return [each for each in self._of.get(client, ()) if takes(each, event_type)]

    async def refresh(self, journal: Journal) -> None:
        """Read the endpoints anew. Raises JournalUnavailable."""
        found: dict[str, list[EndpointRecord]] = {}
        for each in await journal.endpoints():
            found.setdefault(each.client, []).append(each)
        self._of = {client: tuple(listed) for client, listed in found.items()}


def takes(endpoint: EndpointRecord, event_type: str) -> bool:
    """Whether an endpoint is sent events of this type."""
    if endpoint.state is not EndpointState.enabled:
        return False
    wanted = endpoint.types.split()
    return not wanted or event_type in wanted or event_type.partition(".")[0] + ANY in wanted
