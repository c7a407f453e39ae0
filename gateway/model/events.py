"""What the gateway tells of by itself: events, where they are sent, and how each sending stands.

An event is thin: ids, a state, and where to read the rest. Its JSON is the payload of the Standard Webhooks
specification, `{type, timestamp, data}`.
"""

from typing import Annotated

from msgspec import Meta, field

from gateway.model.base import Model
from gateway.model.code import Code
from gateway.model.period import Instant


class EventType(Code):
    """What happened; the words before the full stop say to what."""

    operation_succeeded = "operation.succeeded"
    operation_declined = "operation.declined"
    operation_failed = "operation.failed"
    operation_expired = "operation.expired"
    operation_pending = "operation.pending"
    operation_needs_review = "operation.needs_review"
    operation_orphan_adopted = "operation.orphan_adopted"
    operation_orphan_voided = "operation.orphan_voided"
    policy_status_changed = "policy.status_changed"
    claim_status_changed = "claim.status_changed"
    application_status_changed = "application.status_changed"
    webhook_ping = "webhook.ping"


class Ordering(Code):
    """Whether a later event waits for an earlier one until that was taken or given up."""

    none = "none"
    per_object = "per_object"
    per_client = "per_client"


class SignatureKind(Code):
    """How deliveries are signed: with a secret both sides know, or with a key only the gateway has."""

    hmac = "hmac"
    ed25519 = "ed25519"


class EndpointState(Code):
    """Whether an endpoint is sent to."""

    enabled = "enabled"
    disabled = "disabled"
    deleted = "deleted"


class DeliveryState(Code):
    """How the sending of one event to one endpoint stands; a dead one is tried again only when told to."""

    waiting = "waiting"
    delivered = "delivered"
    dead = "dead"


class EventData(Model, frozen=True, kw_only=True):
    """What an event is about: ids, a state, and the path that reads the rest under the client's own key.

    `status` is the recorded one: a policy cancelled as of next month is `cancelled`, and reads as in force until then.
    """

    operation_id: str | None = None
    operation: str | None = None
    client_ref: str | None = None
    policy_id: str | None = None
    claim_id: str | None = None
    application_id: str | None = None
    status: str | None = None
    previous_status: str | None = None
    version: int | None = None
    code: str | None = None
    url: str | None = None


class Event(Model, frozen=True, kw_only=True):
    """The payload of a delivery, byte for byte what is sent and signed."""

    type: EventType
    timestamp: Instant
    data: EventData = field(default_factory=EventData)


Address = Annotated[str, Meta(min_length=1, max_length=2048)]
TypeName = Annotated[str, Meta(pattern=r"^[a-z_]+\.([a-z_]+|\*)$", max_length=64)]


class WebhookEndpointBody(Model, frozen=True, kw_only=True):
    """An address that wants events: of all types, or of those named (`policy.*` is every type that begins so)."""

    url: Address
    types: Annotated[tuple[TypeName, ...], Meta(max_length=20)] = ()
    ordering: Ordering = Ordering.none
    signature: SignatureKind = SignatureKind.hmac


class WebhookEndpoint(Model, frozen=True, kw_only=True):
    """An endpoint as its client sees it.

    `secret` stands in the answer that makes or changes it, and never again; `public_keys` verify `v1a` signatures.
    """

    endpoint_id: str
    url: str
    types: tuple[str, ...] = ()
    ordering: Ordering = Ordering.none
    signature: SignatureKind = SignatureKind.hmac
    state: EndpointState = EndpointState.enabled
    reason: str | None = None
    secret: str | None = None
    public_keys: tuple[str, ...] = ()
    created_at: Instant
    updated_at: Instant


class PingResult(Model, frozen=True, kw_only=True):
    """How an endpoint answered a test: its HTTP status, or the name of what came instead of one."""

    delivered: bool
    status: int | None = None
    fault: str | None = None


class ToldEvent(Model, frozen=True, kw_only=True):
    """An event as it is listed: its id is the `webhook-id` of its deliveries."""

    event_id: str
    type: EventType
    timestamp: Instant
    data: EventData


class EventPage(Model, frozen=True, kw_only=True):
    """Events, the oldest first; `next` is the `after` of the following page, also when that is still empty."""

    events: tuple[ToldEvent, ...]
    next: str


class WebhookEndpoints(Model, frozen=True, kw_only=True):
    """The endpoints of a client."""

    endpoints: tuple[WebhookEndpoint, ...]
