"""What every journal offers: atomic groups of changes (`changes.py`), reads, and claims with leases.

A group is written whole or not at all, and `write` returns only when it is durable. A change whose guard fails (a key
already taken, another state or fence than expected) refuses its whole group with an error of
`errors.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.journal.changes import Change
from gateway.journal.records import (
    AttemptRecord,
    AuditRecord,
    CallsRecord,
    ChosenRecord,
    ClientRecord,
    DecisionRecord,
    DeliveryRecord,
    EndpointRecord,
    EventRecord,
    InboundRecord,
    MessageRecord,
    NoteRecord,
    NumberRecord,
    ObjectRecord,
    OperationRecord,
    OrphanRecord,
    SoldRecord,
    SteeringRecord,
)
from gateway.journal.sealing import Sample
from gateway.model.events import DeliveryState, Ordering
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState, OrphanState

LIVE_STATES = (
    OperationState.created,
    OperationState.routed,
    OperationState.sending,
    OperationState.pending,
    OperationState.unknown,
    OperationState.resolving,
)
"""States in which an operation waits for the gateway; `needs_review` waits for a person."""

WITHOUT_EFFECT = (OperationState.failed, OperationState.declined, OperationState.expired)
"""Terminal states in which nothing happened at the carrier: the business key is free again."""


class Journal(Protocol):
    """A store of the gateway's records; memory and SQLite pass the same conformance suite."""

    async def start(self) -> None:
        """Open the store, bring its schema up to date. Raises JournalUnavailable."""

    async def close(self) -> None:
        """Write what is queued, then close."""

    async def clock(self) -> datetime | None:
        """What the store's own clock shows, the same to all who share it; None where it has none but the machine's.

        Raises JournalUnavailable.
        """

    async def look_ahead(self, now: datetime) -> None:
        """Make room for what is to come, where a store needs it; asked now and then. Raises JournalUnavailable."""

    async def write(self, *changes: Change) -> None:
        """Write a group of changes atomically and durably. Raises a JournalError; then nothing of it was written."""

    async def try_writing(self, now: datetime) -> None:
        """Write something small that tells nothing, as durably as all else. Raises JournalUnavailable, and says why."""

    async def claim_due(self, now: datetime, owner: str, lease_until: datetime, limit: int) -> list[OperationRecord]:
        """Take live operations whose lease has ended and whose next check is due; their fence goes up by one."""

    async def operation(self, operation_id: str) -> OperationRecord | None:
        """An operation by its id."""

    async def operation_by_key(self, client: str, operation: str, idem_key: str) -> OperationRecord | None:
        """The operation a client's idempotency key names."""

    async def operation_by_business_key(self, business_key: str) -> OperationRecord | None:
        """The operation that holds a business identity now."""

    async def operation_by_request_no(self, channel: str, request_no: str) -> OperationRecord | None:
        """The operation whose attempts on this channel bear a carrier request number (or begin with it)."""

    async def operations(
        self,
        *,
        states: Sequence[OperationState] = (),
        client: str | None = None,
        channel: str | None = None,
        operation: str | None = None,
        before: datetime | None = None,
        limit: int = 100,
    ) -> list[OperationRecord]:
        """Operations, the newest first; `before`: only those made before an instant."""

    async def open_operations(self) -> dict[OperationState, int]:
        """How many operations are not over, by state; terminal ones are not counted, so that it stays cheap."""

    async def operations_of(self, subject_id: str) -> list[OperationRecord]:
        """Operations on one object, the oldest first."""

    async def attempts(self, operation_id: str) -> list[AttemptRecord]:
        """An operation's attempts in the order they were made."""

    async def attempt_count(self, since: datetime, outcome: OutcomeKind | None = None) -> int:
        """How many attempts began after an instant, of one outcome or of all."""

    async def recent_attempts(self, since: datetime, limit: int) -> list[AttemptRecord]:
        """The latest ended attempts, the oldest first: what routing learns from after a restart."""

    async def sealed_samples(self) -> list[Sample]:
        """A few of the sealed texts, the oldest and the newest: what a gateway tries its keys on when it starts."""

    async def messages(self, owner_id: str) -> list[MessageRecord]:
        """The sealed bytes of an attempt or callback."""

    async def decision(self, decision_id: str) -> DecisionRecord | None:
        """A routing decision by its id."""

    async def decisions(self, operation_id: str) -> list[DecisionRecord]:
        """An operation's routing decisions, the oldest first."""

    async def object(self, kind: str, object_id: str) -> ObjectRecord | None:
        """An object by its id."""

    async def object_known_at(self, kind: str, object_id: str, at: datetime) -> ObjectRecord | None:
        """The version of an object that was known at an instant; its status and references are those of today."""

    async def object_by_client_ref(self, kind: str, client: str, client_ref: str) -> ObjectRecord | None:
        """A client's object by the client's own reference, the newest if several."""

    async def object_by_number(self, kind: str, client: str, no: str) -> ObjectRecord | None:
        """A client's object by any carrier number it has ever had."""

    async def number(self, channel: str, number_kind: str, no: str) -> NumberRecord | None:
        """Who holds a carrier number."""

    async def objects(
        self, kind: str, client: str, *, after: str | None = None, limit: int = 100
    ) -> list[ObjectRecord]:
        """A client's objects of one kind, the newest first, from behind `after` (an object id)."""

    async def inbound(self, inbound_id: str) -> InboundRecord | None:
        """A callback by its id."""

    async def inbound_of(self, operation_id: str) -> list[InboundRecord]:
        """The callbacks that were found to speak of an operation, in the order they came."""

    async def waiting_inbound(self, limit: int, *, after: InboundRecord | None = None) -> list[InboundRecord]:
        """Callbacks received and not yet applied, the oldest first; from behind `after`, one of them."""

    async def notes(self, operation_id: str) -> list[NoteRecord]:
        """An operation's history, the oldest first."""

    async def audits(self, operation_id: str | None = None, *, limit: int = 100) -> list[AuditRecord]:
        """What people did, to one operation or to all, the newest first."""

    async def steering(self) -> list[SteeringRecord]:
        """What operators have set for channels and products, each as it stands, by kind and name."""

    async def calls(self, channel: str, since: datetime) -> list[CallsRecord]:
        """The calls of a channel for operations that began since an instant, counted; the ladder's questions not."""

    async def chosen(self, since: datetime) -> list[ChosenRecord]:
        """The channels that decisions about new business chose since an instant, counted; requests for prices not."""

    async def issued(self, since: datetime) -> list[ChosenRecord]:
        """The channels of the policies whose orders came since an instant, counted; `product` without its version.

        However an order found its channel: by a decision, by a quote or an application that it takes up.
        """

    async def sold(self, product: str, since: str) -> list[SoldRecord]:
        """What each channel has sold of a product since a day (`2026-03-01`), that day included, by channel."""

    async def orphan(self, operation_id: str, channel: str) -> OrphanRecord | None:
        """The orphan of an operation on a channel."""

    async def orphans(
        self,
        *,
        states: Sequence[OrphanState] = (),
        operation_id: str | None = None,
        client: str | None = None,
        limit: int = 100,
    ) -> list[OrphanRecord]:
        """Orphans, the oldest first: each waits for something."""

    async def orphan_counts(self) -> dict[OrphanState, int]:
        """How many orphans there are, by state."""

    async def client_by_key(self, key_hash: str) -> ClientRecord | None:
        """The client an API key belongs to."""

    async def clients(self) -> list[ClientRecord]:
        """All keys of all clients."""

    async def endpoints(self, client: str | None = None) -> list[EndpointRecord]:
        """The endpoints of a client, or all; the oldest first, without those that were deleted."""

    async def endpoint(self, endpoint_id: str) -> EndpointRecord | None:
        """An endpoint by its id, also one that was deleted."""

    async def event(self, event_id: str) -> EventRecord | None:
        """An event by its id."""

    async def events(
        self, client: str, *, after: int = 0, since: datetime | None = None, limit: int = 100
    ) -> list[EventRecord]:
        """A client's events behind a place, the oldest first; none will ever appear before one that was given."""

    async def due_endpoints(self, now: datetime) -> list[str]:
        """The endpoints that have deliveries which are due and which nobody is at."""

    async def claim_deliveries(
        self, endpoint_id: str, ordering: Ordering, now: datetime, owner: str, lease_until: datetime, limit: int
    ) -> list[DeliveryRecord]:
        """Take due deliveries of an endpoint whose turn it is; their fence goes up by one."""

    async def delivery(self, event_id: str, endpoint_id: str) -> DeliveryRecord | None:
        """The sending of an event to an endpoint."""

    async def deliveries(
        self, *, state: DeliveryState | None = None, endpoint_id: str | None = None, limit: int = 100
    ) -> list[DeliveryRecord]:
        """Deliveries, the newest first."""

    async def undelivered(self) -> dict[str, dict[DeliveryState, int]]:
        """How many deliveries wait and how many are dead, by endpoint; those without any are left out."""

    async def waiting_deliveries(self) -> tuple[dict[DeliveryState, int], datetime | None]:
        """How many deliveries wait and how many are dead, and since when the oldest waits."""
