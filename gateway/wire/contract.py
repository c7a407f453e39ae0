"""What an adapter is: pure functions between canonical requests and a carrier's bytes, and data about the carrier.

A generated adapter module exports one `Operation`; its `carrier.py` exports one `Carrier`. `build` and `parse` touch no
socket, clock, random source or environment: all of that reaches them through the `Context`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from msgspec import Struct

from gateway.model.outcome import Outcome, OutcomeKind, SafetyClass
from gateway.model.records import Needed
from gateway.wire.hours import Hours

Wire = dict[str, Any]
"""A decoded message: dicts, lists, text, numbers. XML attributes stand under `@name`, element text under `#text`."""

Headers = tuple[tuple[str, str], ...]


Made = TypeVar("Made")


class Secret:
    """A secret text that cannot be printed: `reveal()` is the only way out."""

    __slots__ = ("_made", "_text", "former")

    def __init__(self, text: str, former: "Secret | None" = None) -> None:
        """Take the text, and the secret this one takes the place of while both are valid."""
        self._text = text
        self.former = former
        self._made: dict[Callable[[str], Any], Any] = {}

    def reveal(self) -> str:
        """The text itself, for signing and sending only."""
        return self._text

    def made(self, load: Callable[[str], Made]) -> Made:
        """What `load` makes of the text, a key for instance: made once, for a channel keeps its secrets as it runs."""
        if load not in self._made:
            self._made[load] = load(self._text)
        return cast(Made, self._made[load])

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return "***"

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not pickled")


class Framing(Struct, frozen=True, kw_only=True):
    """Where a reply over raw TCP ends: a head of `head_bytes` holds a length of `width` bytes at `at`.

    What follows the head is that length and `beyond_head` more (negative where the length counts part of the head).
    """

    head_bytes: int
    at: int
    width: int
    binary: bool = False
    beyond_head: int = 0

    def rest_of(self, head: bytes) -> int | None:
        """How many bytes follow this head; None when it tells no length."""
        part = head[self.at : self.at + self.width]
        if not self.binary and not part.strip(b" ").isdigit():
            return None
        rest = (int.from_bytes(part, "big") if self.binary else int(part)) + self.beyond_head
        return rest if rest >= 0 else None


class WireRequest(Struct, frozen=True, kw_only=True):
    """Bytes ready to leave: an absolute URL already percent-encoded, headers in order, the exact body.

    Over `tcp://` there are no headers, and `framing` tells where the reply ends; without it the host closes. `session`
    is what was made for this message alone and opens its reply: its key (and initialisation vector), as hex digits.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    framing: Framing | None = None
    session: Mapping[str, Secret] = {}


class WireReply(Struct, frozen=True, kw_only=True):
    """Bytes as they came back (or came in, for a callback), undecoded."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Inbound(Struct, frozen=True, kw_only=True):
    """A request a carrier sent to us: a callback, raw."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Context(Struct, frozen=True, kw_only=True):
    """Everything an adapter may know beside the request itself.

    `request_no` is the operation's carrier request number, the same on every resend to this carrier (an adapter takes
    its first n characters); `attempt_no` is new for every attempt. `nonce(n)` gives n unpredictable characters.
    `config`, `secrets` are the channel's settings, `binding` the product's entry for this channel, `refs` what an
    earlier operation's reply asked to be given back, `steps` the decoded replies of earlier steps, `token` the
    access token when the carrier wants one. `session` is that of the `WireRequest` whose reply is read.
    """

    now: datetime
    request_no: str = ""
    attempt_no: str = ""
    nonce: Callable[[int], str]
    config: Mapping[str, Any] = {}
    secrets: Mapping[str, Secret] = {}
    binding: Mapping[str, Any] = {}
    refs: Mapping[str, str] = {}
    steps: Mapping[str, Wire] = {}
    token: str = ""
    session: Mapping[str, Secret] = {}


class Reply(Struct, frozen=True, kw_only=True):
    """A carrier's reply, classified first and mapped second.

    `result` is the operation's canonical result Struct, also when the carrier said no (its words are in `reasons`).
    `incomplete` says that the outcome stands but something of the result could not be read; `problems` tell what, with
    the mapping line and personal values masked. `unmapped` lists wire paths that no row names. `wire` is the decoded
    message, for the steps that follow.
    """

    outcome: Outcome
    result: Any = None
    incomplete: bool = False
    problems: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    wire: Wire | None = None


class Idempotency(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the carrier declares to do with a second identical request."""

    kind: Literal["replay", "reject_duplicate", "query_only", "none"] = "none"
    key: str | None = None
    ttl_s: float | None = None


class Inquiry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an unknown write is asked after, and when "not found" becomes final.

    Waits are counted from the end of the attempt. `every_s` are the gaps between questions, the last one repeats.
    """

    operation: str
    by: Literal["our_reference", "natural_key"] = "our_reference"
    visibility_lag_s: float = 0.0
    not_found_is_final_after_s: float | None = None
    every_s: tuple[float, ...] = (2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0)


def safety_class(*, is_read: bool, idempotency: Idempotency, inquiry: Inquiry | None) -> SafetyClass:
    """Derive the safety class of an operation from its declarations; nothing declared means the most cautious."""
    if is_read:
        return SafetyClass.read
    if idempotency.kind == "replay":
        return SafetyClass.write_replay
    if idempotency.kind in ("reject_duplicate", "query_only") and inquiry is not None:
        return SafetyClass.write_inquiry
    return SafetyClass.write_blind


class Timeout(Struct, frozen=True, kw_only=True):
    """Limits of one attempt, in seconds: connecting, and everything together."""

    connect_s: float = 3.0
    total_s: float = 20.0


Build = Callable[[Any, Context], WireRequest]
Parse = Callable[[WireReply, Any, Context], Reply]


class Needs(Struct, frozen=True, kw_only=True):
    """What only the caller can supply before a step is sent, a code the carrier sent to its customer for instance.

    `ask` says what, in words for the caller. Nobody answers within `for_s`: the operation has expired where `because`
    quotes the carrier's clause that says so, else what became of it is asked after.
    """

    ask: Callable[[Any, Context], Needed]
    for_s: float | None = None
    because: str | None = None


class Tls(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The settings, `secret.x` or `config.x`, that hold our certificate, its key and the carrier's authority."""

    cert: str | None = None
    key: str | None = None
    ca: str | None = None
    version: Literal["1.2", "1.3"] = "1.2"


class Step(Struct, frozen=True, kw_only=True):
    """One call to the carrier inside an operation; a one-call operation has one step.

    `operation` is the canonical operation this call is, which gives it its safety class: a flow's first step may be a
    mere read. `when` skips the step if false, `needs` makes it wait for its caller. `build` raises `CannotSend` for
    what the wire cannot carry; `parse` never raises. `needs_token` asks the channel for an access token first.
    """

    name: str
    operation: str
    safety: SafetyClass
    build: Build
    parse: Parse
    when: Callable[[Any, Context], bool] | None = None
    timeout: Timeout = Timeout()
    needs_token: bool = False
    needs: Needs | None = None


class Operation(Struct, frozen=True, kw_only=True):
    """One canonical operation at one carrier, or one variant of it (`when` decides which variant serves a request)."""

    carrier: str
    name: str
    variant: str = ""
    steps: tuple[Step, ...]
    idempotency: Idempotency = Idempotency()
    inquiry: Inquiry | None = None
    safety: SafetyClass
    when: Callable[[Any, Context], bool] | None = None


class Token(Struct, frozen=True, kw_only=True):
    """An access token and how long it lives; its text is a secret."""

    value: Secret
    expires_in_s: float | None = None


class TokenSource(Struct, frozen=True, kw_only=True):
    """How a channel gets an access token: one call, cached and renewed `refresh_before_s` seconds before it ends.

    `read` raises `Unreadable` when the reply holds no token.
    """

    build: Callable[[Context], WireRequest]
    read: Callable[[WireReply, Context], Token]
    refresh_before_s: float = 60.0
    lifetime_s: float | None = None
    refresh_on_statuses: tuple[int, ...] = (401,)


class Notice(Struct, frozen=True, kw_only=True):
    """A carrier's callback, read: whether it is genuine, which operation it speaks of, what it says.

    `correlate` maps `request_no`, `attempt_no` or a number kind (`policy`, ...) to the value on the wire.
    `event_id` is the carrier's own id of the event, for deduplication; without one the body's hash serves.
    """

    matched: bool
    genuine: bool
    event_id: str | None = None
    correlate: Mapping[str, str] = {}
    reply: Reply | None = None


class Callback(Struct, frozen=True, kw_only=True):
    """One kind of callback a carrier sends, and the acknowledgement it demands."""

    name: str
    operation: str
    read: Callable[[Inbound, Context], Notice]
    answer: Callable[[Notice, Context], WireReply]


class Carrier(Struct, frozen=True, kw_only=True):
    """What the gateway knows of a carrier at run time; data, generated from its mapping.

    `operations` maps a canonical operation to the adapter modules that serve it (several when it has variants);
    `unsupported` maps the others to the reason. `statement` names the module that reads the carrier's daily file.
    `version` names the carrier's document, `mapping_sha256` the mapping.
    `extras` are the extras of the distribution its algorithms need.
    """

    id: str
    name: str
    version: str
    mapping_sha256: str
    native: bool = False
    operations: Mapping[str, tuple[str, ...]]
    unsupported: Mapping[str, str] = {}
    timeout: Timeout = Timeout()
    tls: Tls | None = None
    token: TokenSource | None = None
    callbacks: Mapping[str, Callback] = {}
    config_keys: tuple[str, ...] = ()
    secret_keys: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    rate_per_s: float | None = None
    concurrent_max: int | None = None
    batch_max: int | None = None
    window: tuple[Hours, ...] = ()
    maintenance: tuple[Hours, ...] = ()
    zone: str = "+00:00"
    statement: str | None = None


def not_executed(code: str, text: str | None = None) -> Outcome:
    """An outcome for what certainly did not reach the carrier."""
    return Outcome(kind=OutcomeKind.not_executed, code=code, text=text)
