"""What a checker looks at when a run is over: clients' own notes, carriers' ledgers, the journal's rows; all frozen.

Whoever made the run (real processes, a simulation) fills these; the invariants know nothing else of it. Times are
seconds of one clock; a share of the evidence that a run cannot give (what passed the wire, say) is left empty, and the
invariants that need it then have nothing to say.
"""

from collections.abc import Mapping

from msgspec import Struct

from gateway.journal.records import AttemptRecord, InboundRecord, NoteRecord, ObjectRecord, OperationRecord


class Call(Struct, frozen=True, kw_only=True):
    """One call of a client as it saw it; `status` is None when no answer came (the connection broke).

    `identity` is what must not happen twice: the client's order of an issue, the carrier's number of the policy that
    a cancellation or claim is about (`target`). `canaries` are values no other intent carries; `premium` is in minor
    units of `currency`: of a cancellation what it must give back, where the request settles that. `body_hash` is the
    gateway's `request_hash` of the body. An order of a batch is a call as well: `within` is then the batch's key, and
    the order has none in the journal.
    """

    client: str
    operation: str
    key: str
    body_hash: str
    identity: str
    at: float
    answered_at: float | None = None
    status: int | None = None
    answer: bytes = b""
    canaries: frozenset[str] = frozenset()
    target: str | None = None
    premium: int | None = None
    currency: str = "CNY"
    within: str | None = None


class Seen(Struct, frozen=True, kw_only=True):
    """A state of an operation: read between `since` and `at`, or (`complete`) noted at every one of its moves."""

    at: float
    since: float | None = None
    operation_id: str
    state: str
    complete: bool = False


class Effect(Struct, frozen=True, kw_only=True):
    """A line of a carrier's ledger: what it really did. `kind` is issue, cancel, endorse, claim_report, ..."""

    channel: str
    kind: str
    number: str | None
    request_no: str | None = None
    business_key: str | None = None
    policy_no: str | None = None
    premium: int | None = None
    currency: str | None = None
    canaries: frozenset[str] = frozenset()
    at: float = 0.0


class Arrival(Struct, frozen=True, kw_only=True):
    """A write as it reached a carrier: when, and the SHA-256 of its body."""

    channel: str
    operation: str
    at: float
    digest: str


class Callback(Struct, frozen=True, kw_only=True):
    """A callback that reached the gateway: a digest of its headers and body, to know its row by, and what it said."""

    channel: str
    digest: str
    genuine: bool
    request_no: str | None = None
    word: str = ""


class Terms(Struct, frozen=True, kw_only=True):
    """What a carrier promises for an operation on a channel: its safety class and the horizons that go with it."""

    safety: str
    ttl_s: float | None = None
    final_after_s: float | None = None


class Rows(Struct, frozen=True, kw_only=True):
    """The journal as it stands after the run.

    `durable_at` says by attempt when its row was committed (where unknown, it is when the attempt began); `digests`
    the SHA-256 of the request body by attempt, and of a callback's headers and body (those the carrier set) by row.
    """

    operations: tuple[OperationRecord, ...]
    attempts: tuple[AttemptRecord, ...] = ()
    objects: tuple[ObjectRecord, ...] = ()
    inbound: tuple[InboundRecord, ...] = ()
    notes: tuple[NoteRecord, ...] = ()
    durable_at: Mapping[str, float] = {}
    digests: Mapping[str, str] = {}


class History(Struct, frozen=True, kw_only=True):
    """Everything of one run. `steady` compares what should be equal: a name, and the digest before and after."""

    calls: tuple[Call, ...]
    effects: tuple[Effect, ...]
    rows: Rows
    seen: tuple[Seen, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    terms: Mapping[tuple[str, str], Terms] = {}
    steady: tuple[tuple[str, str, str], ...] = ()


class Violation(Struct, frozen=True, kw_only=True):
    """A broken promise: which, of what, and how."""

    invariant: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.subject}: {self.text}"
