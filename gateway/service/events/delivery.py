"""One delivery: signed, sent once, judged; what follows is its next row.

2xx is success, everything else a failure, tried again on the schedule of the Standard Webhooks specification and then
dead; 410 disables the endpoint.
"""

import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
from msgspec import Struct
from msgspec.structs import replace

from gateway.journal.changes import Change, MoveDelivery, PutEndpoint
from gateway.journal.records import DeliveryRecord, EndpointRecord, EventRecord
from gateway.journal.vault import Vault, VaultError
from gateway.model.events import DeliveryState, EndpointState
from gateway.ports import World
from gateway.service.events import signature
from gateway.transport import NoReply, send
from gateway.wire.contract import Secret

GONE = 410
GONE_TEXT = "the receiver answered 410 Gone"
BUSY = (429, 502, 503, 504)
"""What a receiver says that should be sent less for a moment."""
CONNECT_S = 5.0
JITTER = 0.2
"""A wait is up to so much shorter or longer: receivers that were down are not met by everybody at once."""
RETRY_AFTER_S_MAX = 24 * 3600.0
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)
_log = logging.getLogger("insurehub.webhooks")


class Ending(Struct, frozen=True):
    """How one sending ended: the receiver's status, or the name of what came instead; how long it wants to be left."""

    status: int | None = None
    fault: str | None = None
    retry_after_s: float = 0.0

    @property
    def is_success(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """Signs events and sends them."""

    def __init__(self, transport: httpx.AsyncBaseTransport, vault: Vault, world: World, deadline_s: float) -> None:
        """Take the guarded transport and the vault that keeps the keys."""
        self._transport = transport
        self._vault = vault
        self._world = world
        self._deadline_s = deadline_s

    async def send(self, endpoint: EndpointRecord, event: EventRecord) -> Ending:
        """Send an event to an endpoint once."""
        now = self._world.now()
        try:
            keys = signature.valid(signature.opened(self._vault, endpoint.keys, endpoint.endpoint_id), now)
        except VaultError:
            return Ending(fault="key_unavailable")
        secrets = [Secret(key.text) for key in keys]
        headers = signature.headers(secrets, event.event_id, int(now.timestamp()), event.body)
        try:
            reply = await send(
                self._transport,
                "POST",
                endpoint.url,
                headers,
                event.body,
                deadline_s=self._deadline_s,
                connect_s=CONNECT_S,
            )
        except NoReply as failure:
            return Ending(fault=failure.fault.value)
        return Ending(status=reply.status, retry_after_s=retry_after_s(reply.header("retry-after"), now))


def retry_after_s(header: str | None, now: datetime) -> float:
    """The seconds a Retry-After header asks for, within a day; 0 for none and for what cannot be read."""
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), RETRY_AFTER_S_MAX)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    wait_s = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(max(wait_s, 0.0), RETRY_AFTER_S_MAX)


def after(
    delivery: DeliveryRecord, endpoint: EndpointRecord, ending: Ending, world: World, waits_s: Sequence[float]
) -> list[Change]:
    """The changes that follow a sending: delivered, tried again, or dead, and a receiver that is gone switched off."""
    now = world.now()
    row = replace(
        delivery,
        attempts=delivery.attempts + 1,
        status=ending.status,
        fault=ending.fault,
        lease_owner=None,
        lease_until=None,
        updated_at=now,
    )
    if ending.is_success:
        return [MoveDelivery(replace(row, state=DeliveryState.delivered), delivery.fence)]
    if ending.status == GONE:
        off = replace(
            endpoint, state=EndpointState.disabled, text=GONE_TEXT, version=endpoint.version + 1, updated_at=now
        )
        _log.warning("endpoint %s is disabled: %s", endpoint.endpoint_id, GONE_TEXT)
        return [PutEndpoint(off), MoveDelivery(replace(row, state=DeliveryState.dead), delivery.fence)]
    if row.attempts > len(waits_s):
        _log.warning("event %s is dead for endpoint %s", delivery.event_id, delivery.endpoint_id)
        return [MoveDelivery(replace(row, state=DeliveryState.dead), delivery.fence)]
    wait_s = waits_s[delivery.attempts] * (1 - JITTER + 2 * JITTER * world.random())
    next_at = now + timedelta(seconds=max(wait_s, ending.retry_after_s))
    return [MoveDelivery(replace(row, next_at=next_at), delivery.fence)]


def unsent(delivery: DeliveryRecord, why: str, now: datetime) -> MoveDelivery:
    """The change that lays a delivery aside which has nowhere to go."""
    row = replace(delivery, state=DeliveryState.dead, fault=why, lease_owner=None, lease_until=None, updated_at=now)
    return MoveDelivery(row, delivery.fence)
