"""A client's endpoints: made, listed, tried out, their keys changed, removed; and its events as a list."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from gateway.errors import EndpointKnown, NotAllowedNow, NotFound, RequestInvalid
from gateway.journal.changes import MoveDelivery, PutEndpoint
from gateway.journal.protocol import Journal
from gateway.journal.records import DeliveryRecord, EndpointRecord, EventRecord
from gateway.journal.vault import Vault, VaultError
from gateway.model.events import (
    DeliveryState,
    EndpointState,
    Event,
    EventPage,
    EventType,
    PingResult,
    SignatureKind,
    ToldEvent,
    WebhookEndpoint,
    WebhookEndpointBody,
)
from gateway.model.validate import Fault, FaultCode
from gateway.ports import World
from gateway.service.events import signature, telling
from gateway.service.events.delivery import Sender
from gateway.service.events.subscriptions import ANY, Subscriptions
from gateway.transport import Reach, UrlRefused

ENDPOINTS_MAX = 10
_log = logging.getLogger("insurehub.webhooks")
_TYPES = (*map(str, EventType), *sorted({each.partition(".")[0] + ANY for each in EventType}))


class Endpoints:
    """What may be done with endpoints, by their client or by an operator for it."""

    def __init__(
        self, journal: Journal, subscriptions: Subscriptions, vault: Vault, world: World, reach: Reach
    ) -> None:
        """Take the parts."""
        self._journal = journal
        self._subscriptions = subscriptions
        self._vault = vault
        self._world = world
        self._reach = reach

    async def add(self, client: str, body: WebhookEndpointBody) -> WebhookEndpoint:
        """Make an endpoint; its secret is shown now and never again. Raises RequestInvalid, EndpointKnown."""
        self._must_be_sound(body)
        there = await self._journal.endpoints(client)
        for known in there:
            if known.url == body.url:
                raise EndpointKnown(f"endpoint {known.endpoint_id} has this address already")
        if len(there) >= ENDPOINTS_MAX:
            raise NotAllowedNow(f"a client has at most {ENDPOINTS_MAX} endpoints", code="request.too_large")
        now = self._world.now()
        endpoint_id = self._world.new_id("whe")
        keys = (signature.SigningKey(signature.new_key(body.signature, self._vault.chance)),)
        record = EndpointRecord(
            endpoint_id=endpoint_id,
            client=client,
            url=body.url,
            types=" ".join(body.types),
            ordering=body.ordering,
            signature=body.signature,
            keys=signature.sealed(self._vault, keys, endpoint_id),
            created_at=now,
            updated_at=now,
        )
        await self._put(record)
        return self.view(record, shows_secret=True)

    async def listed(self, client: str | None = None) -> list[EndpointRecord]:
        """The endpoints of a client, or of all."""
        return await self._journal.endpoints(client)

    async def one(self, endpoint_id: str, client: str | None = None) -> EndpointRecord:
        """An endpoint; with a client, its own only. Raises NotFound."""
        found = await self._journal.endpoint(endpoint_id)
        if found is None or found.state is EndpointState.deleted or client not in (None, found.client):
            raise NotFound(f"there is no webhook endpoint {endpoint_id}")
        return found

    async def rotate(self, endpoint_id: str, client: str | None = None) -> WebhookEndpoint:
        """Give an endpoint a new key; the former one signs beside it for a day. Raises NotFound."""
        found = await self.one(endpoint_id, client)
        now = self._world.now()
        fresh = signature.new_key(found.signature, self._vault.chance)
        keys = signature.rotated(self._keys(found), fresh, now)
        record = replace(found, keys=signature.sealed(self._vault, keys, endpoint_id))
        return self.view(await self._changed(record), shows_secret=True)

    async def switch(
        self, endpoint_id: str, state: EndpointState, text: str | None = None, client: str | None = None
    ) -> EndpointRecord:
        """Enable, disable or delete an endpoint. Raises NotFound."""
        found = await self.one(endpoint_id, client)
        return await self._changed(replace(found, state=state, text=text))

    async def ping(self, sender: Sender, endpoint_id: str, client: str | None = None) -> PingResult:
        """Send a test event now, once; how it was answered. Raises NotFound."""
        found = await self.one(endpoint_id, client)
        ending = await sender.send(found, telling.ping(found.client, endpoint_id, self._world))
        return PingResult(delivered=ending.is_success, status=ending.status, fault=ending.fault)

    async def events(self, client: str, after: str | None, limit: int) -> EventPage:
        """A client's events behind a cursor. Raises RequestInvalid."""
        if after is not None and not (after.isascii() and after.isdigit() and len(after) < 19):
            fault = Fault("after", FaultCode.malformed, "give the 'next' of an earlier page")
            raise RequestInvalid("the cursor is not one of ours", faults=(fault,))
        rows = await self._journal.events(client, after=int(after or 0), limit=limit)
        return EventPage(events=tuple(map(told, rows)), next=str(rows[-1].place) if rows else after or "0")

    async def replay(self, events: Sequence[EventRecord], endpoint: EndpointRecord) -> int:
        """Have events sent to an endpoint (again), with all tries; gives how many. What waits already is left alone."""
        sent = await asyncio.gather(*(self._replay(event, endpoint) for event in events))
        self._subscriptions.written.set()
        return sum(sent)

    async def _replay(self, event: EventRecord, endpoint: EndpointRecord) -> bool:
        before = await self._journal.delivery(event.event_id, endpoint.endpoint_id)
        now = self._world.now()
        if before is not None and before.state is DeliveryState.waiting:
            return False
        await self._journal.write(_again(before, now) if before else telling.sending(event, endpoint, now))
        return True

    def view(self, record: EndpointRecord, *, shows_secret: bool = False) -> WebhookEndpoint:
        """An endpoint as its client sees it."""
        shown = [signature.shown(key.text) for key in signature.valid(self._keys(record), self._world.now())]
        is_public = record.signature is SignatureKind.ed25519
        return WebhookEndpoint(
            endpoint_id=record.endpoint_id,
            url=record.url,
            types=tuple(record.types.split()),
            ordering=record.ordering,
            signature=record.signature,
            state=record.state,
            reason=record.text,
            secret=shown[0] if shows_secret and not is_public else None,
            public_keys=tuple(shown) if is_public else (),
            created_at=record.created_at,
            updated_at=record.updated_at,
        )

    def _keys(self, record: EndpointRecord) -> tuple[signature.SigningKey, ...]:
        """An endpoint's keys; none where the key that sealed them is lost, and a new one may take their place."""
        try:
            return signature.opened(self._vault, record.keys, record.endpoint_id)
        except VaultError as lost:
            _log.warning("the keys of endpoint %s cannot be opened: %s", record.endpoint_id, lost)
            return ()

    async def _changed(self, record: EndpointRecord) -> EndpointRecord:
        record = replace(record, version=record.version + 1, updated_at=self._world.now())
        await self._put(record)
        return record

    async def _put(self, record: EndpointRecord) -> None:
        await self._journal.write(PutEndpoint(record))
        await self._subscriptions.refresh(self._journal)
        self._subscriptions.written.set()

    def _must_be_sound(self, body: WebhookEndpointBody) -> None:
        faults = []
        try:
            self._reach.must_take(body.url)
        except UrlRefused as refused:
            faults.append(Fault("url", FaultCode.malformed, f"this address is not taken: {refused}"))
        for at, name in enumerate(body.types):
            if name not in _TYPES:
                hint = f"there is no such type; types are: {', '.join(_TYPES)}"
                faults.append(Fault(f"types.{at}", FaultCode.malformed, hint))
        if faults:
            raise RequestInvalid("the endpoint is not one that can be sent to", faults=faults)


def told(row: EventRecord) -> ToldEvent:
    """An event as it is listed."""
    event = msgspec.json.decode(row.body, type=Event)
    return ToldEvent(event_id=row.event_id, type=event.type, timestamp=event.timestamp, data=event.data)


def _again(delivery: DeliveryRecord, now: datetime) -> MoveDelivery:
    row = replace(
        delivery,
        state=DeliveryState.waiting,
        attempts=0,
        next_at=now,
        fence=delivery.fence + 1,
        lease_owner=None,
        lease_until=None,
        updated_at=now,
    )
    return MoveDelivery(row, delivery.fence)
