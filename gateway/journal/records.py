"""The rows of the journal, as frozen data; every store keeps exactly these.

Instants are aware datetimes. `bytes` fields of `Message` are sealed before they reach a store.
"""

from datetime import datetime

from msgspec import Struct

from gateway.model.events import DeliveryState, EndpointState, EventType, Ordering, SignatureKind
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState, OrphanState


class Record(Struct, frozen=True, kw_only=True):
    """Base of all rows."""


class OperationRecord(Record, frozen=True, kw_only=True):
    """One intent of a caller: its identity, its state, and the answer every repetition of its key gets.

    `business_key` is the identity that must not happen twice (a client's order, a policy's cancellation); it is free
    again only when the operation ended without effect. `request` is the complete canonical request as an adapter sees
    it, in JSON. `answer_status` and `answer` are stored when the operation is terminal and are replayed byte for byte;
    an answer that is the first version of the object it made (`answer_object` names its kind) is stored once, as that.
    `lease_until` and `fence` say who may work on it: a writer with an older fence is refused. `unknown_since` starts
    the clock of the ladder; `inquiries` counts its questions. `missing_since` is the first "not found" of a row of
    them. `subject_id` is the policy, claim, quote or application this operation makes or concerns. Once its retention
    is over its request, answer and result are gone (`pruned_at`); key, hash, identity and state stay.
    """

    operation_id: str
    client: str
    operation: str
    idem_key: str | None
    request_hash: str
    business_key: str | None = None
    state: OperationState
    request: bytes
    channel: str | None = None
    adapter_version: str | None = None
    variant: str = ""
    binding: bytes | None = None
    refs: bytes | None = None
    subject_id: str | None = None
    client_ref: str | None = None
    answer_status: int | None = None
    answer: bytes | None = None
    answer_object: str | None = None
    answer_location: str | None = None
    result: bytes | None = None
    code: str | None = None
    text: str | None = None
    attempts: int = 0
    tried: str = ""
    inquiries: int = 0
    unknown_since: datetime | None = None
    resolve_by: datetime | None = None
    next_check_at: datetime | None = None
    deadline_at: datetime
    created_at: datetime
    updated_at: datetime
    lease_owner: str | None = None
    lease_until: datetime | None = None
    fence: int = 0
    pruned_at: datetime | None = None


class DecisionRecord(Record, frozen=True, kw_only=True):
    """Why a channel was chosen: the whole decision, in JSON, recorded before the call."""

    decision_id: str
    operation_id: str
    client: str
    created_at: datetime
    channel: str | None
    body: bytes


class AttemptRecord(Record, frozen=True, kw_only=True):
    """One call to one carrier, written before its bytes leave.

    `purpose` is `effect` for the operation's own call, `inquiry` for a question of the ladder. Two kinds of rows stand
    among them that are no calls: `needed`, the step that waits for its caller, and `answer`, what the caller then gave
    (sealed as its message). `request_no` is the carrier request number, the same for every resend of (operation,
    channel). A call that carries several operations is one attempt with a row for each of them: `attempt_id` is the
    same, and so are its messages.
    """

    attempt_id: str
    operation_id: str
    step: str
    purpose: str
    number: int
    channel: str
    request_no: str
    adapter_version: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: OutcomeKind | None = None
    code: str | None = None
    fault: str | None = None
    text: str | None = None
    result: bytes | None = None


class MessageRecord(Record, frozen=True, kw_only=True):
    """Raw bytes of one direction of an attempt or callback, sealed; `direction` is `request` or `reply`."""

    owner_id: str
    direction: str
    at: datetime
    sealed: bytes


class ObjectRecord(Record, frozen=True, kw_only=True):
    """A quote, application, policy, endorsement, cancellation or claim of a client, in JSON, versioned.

    `binding` is what a policy was issued under at its carrier; `refs` what the carrier wants back in later calls.
    """

    kind: str
    object_id: str
    client: str
    client_ref: str | None = None
    channel: str | None = None
    operation_id: str
    status: str
    version: int = 1
    data: bytes
    binding: bytes | None = None
    refs: bytes | None = None
    created_at: datetime
    updated_at: datetime


class NumberRecord(Record, frozen=True, kw_only=True):
    """A carrier's number on a channel and the one object of ours that holds it."""

    channel: str
    number_kind: str
    no: str
    kind: str
    object_id: str
    client: str


class InboundRecord(Record, frozen=True, kw_only=True):
    """A callback, kept raw before it is acknowledged; `state` is received, applied, ignored, forged or unmatched.

    `event_key` is the hash of all that came; a forged one has its own id behind it, and stands in nobody's way.
    `event_id` is the carrier's own key of the event, where its mapping declares one; only a genuine callback that was
    dealt with has it, and no other of its kind on the channel then does.
    """

    inbound_id: str
    channel: str
    name: str
    event_key: str
    received_at: datetime
    sealed: bytes
    state: str = "received"
    operation_id: str | None = None
    text: str | None = None
    event_id: str | None = None
    ended_at: datetime | None = None


class NoteRecord(Record, frozen=True, kw_only=True):
    """One line of an operation's history: a rung of the ladder, a decision of a person, an alert."""

    note_id: str
    operation_id: str
    at: datetime
    kind: str
    text: str


class AuditRecord(Record, frozen=True, kw_only=True):
    """What a person did: who, when, what, to what and why, and how it stood before and after, in JSON.

    Written once, never changed. `client` names the API key's client, None at the command line. `operation_id` is what
    it was done to: an operation, or `channel:<name>`, `product:<code>`, `catalogue`.
    """

    audit_id: str
    at: datetime
    actor: str
    client: str | None = None
    action: str
    operation_id: str
    reason: str
    before: bytes | None = None
    after: bytes | None = None


class SteeringRecord(Record, frozen=True, kw_only=True):
    """What an operator has set for new business, as it stands; what was set before is in the audit.

    Of a `channel` that it is `drained` or `disabled`, of a `product` the channel it is pinned to; `value` None: nothing
    is set any more.
    """

    kind: str
    name: str
    value: str | None
    actor: str
    client: str | None = None
    reason: str
    at: datetime
    version: int = 1


class TallyRecord(Record, frozen=True, kw_only=True):
    """What one gateway has made of a product through a channel on a day: policies, their premium in minor units.

    `day` is one of the product's zone, `2026-03-01`. Each gateway counts in rows of its own (`writer`), so that none
    waits for another; what a channel has sold is the sum of them.
    """

    product: str
    day: str
    channel: str
    currency: str
    writer: str
    policies: int
    premium: int


class SoldRecord(Record, frozen=True, kw_only=True):
    """What a channel has sold of a product since a day, in one currency, by all gateways."""

    channel: str
    currency: str
    policies: int
    premium: int


class CallsRecord(Record, frozen=True, kw_only=True):
    """How many calls of one kind ended so on a channel, within a step of time: `within_ms` is the end of that step."""

    operation: str
    outcome: OutcomeKind
    within_ms: int
    calls: int


class ChosenRecord(Record, frozen=True, kw_only=True):
    """How often a channel was chosen for new business of a product, None: nobody could be."""

    product: str
    channel: str | None
    times: int


class OrphanRecord(Record, frozen=True, kw_only=True):
    """A success that a carrier told of after its operation had ended as not done: one per operation and channel.

    `result` is what the carrier said, the result of the operation `told_as` in JSON; `found_by` the source. `policy_id`
    is the object made of it, `resolution_id` the operation that adopted or cancelled it, `cancel_kind` how it is to be
    cancelled.
    """

    orphan_id: str
    operation_id: str
    client: str
    operation: str
    channel: str
    found_by: str
    found_at: datetime
    told_as: str
    result: bytes
    state: OrphanState
    policy_id: str | None = None
    resolution_id: str | None = None
    cancel_kind: str | None = None
    text: str | None = None
    updated_at: datetime


class ClientRecord(Record, frozen=True, kw_only=True):
    """A client of the gateway and one API key of it, hashed."""

    key_hash: str
    client: str
    scopes: str
    created_at: datetime
    revoked_at: datetime | None = None


class EndpointRecord(Record, frozen=True, kw_only=True):
    """Where a client wants its events: one address, what it takes, in which order, and its keys, sealed.

    `types` are the event types it takes, separated by spaces, `policy.*` for all of a kind; empty takes everything.
    `keys` are sealed for the endpoint's id. `text` says why it is disabled.
    """

    endpoint_id: str
    client: str
    url: str
    types: str = ""
    ordering: Ordering = Ordering.none
    signature: SignatureKind = SignatureKind.hmac
    state: EndpointState = EndpointState.enabled
    text: str | None = None
    keys: bytes
    version: int = 1
    created_at: datetime
    updated_at: datetime


class EventRecord(Record, frozen=True, kw_only=True):
    """Something a client is told of, written with the move it tells of; `body` is what is sent, byte for byte.

    `place` is the store's: a later event of the same object has the greater one.
    """

    event_id: str
    client: str
    type: EventType
    object_id: str
    at: datetime
    body: bytes
    place: int = 0


class DeliveryRecord(Record, frozen=True, kw_only=True):
    """The sending of one event to one endpoint: how often it was tried, how it ended, who is at it now.

    `status` is the receiver's last HTTP status, `fault` the name of what came instead of one.
    """

    event_id: str
    endpoint_id: str
    client: str
    object_id: str
    state: DeliveryState = DeliveryState.waiting
    attempts: int = 0
    next_at: datetime
    status: int | None = None
    fault: str | None = None
    lease_owner: str | None = None
    lease_until: datetime | None = None
    fence: int = 0
    created_at: datetime
    updated_at: datetime
    place: int = 0
