"""The mapping of one carrier as a tree: what was written, where, and nothing guessed.

The loader makes it from YAML (form only), the checker resolves it against the canonical model and reports every fault
at once, the generator turns it into modules. Every node carries its `Mark`, so that each diagnostic and each generated
line can name the line it comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cli.mapping.message_tree import (
    Case,
    Codec,
    Expression,
    Message,
    OutcomeRow,
    Path,
    Pattern,
    Result,
    Row,
    Segment,
    Selector,
    Send,
    Text,
    Value,
)
from gateway.catalogue.marks import Mark


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """Carrier codes with their results (a code may end in `*`), and `other`."""

    mark: Mark
    rows: tuple[tuple[Text, Result], ...] = ()
    other: Result | None = None


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A named code table: canonical value against carrier code.

    With `by` (`binding.line`, `config.line`, `req.plan`) it has no codes of its own: it stands for one of `tables`, by
    that value.
    """

    mark: Mark
    name: str
    of: Text | None
    pairs: tuple[tuple[Text, Text], ...]
    read_also: tuple[tuple[Text, Text], ...] = ()
    send_other: Text | None = None
    read_other: Text | None = None
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    by: Text | None = None
    tables: tuple[tuple[Text, Text], ...] = ()


Constants = Mapping[str, Text]
Headers = tuple[tuple[Text, Value], ...]
"""What one call says in the layers and headers that all calls share, by name: `=constant.type`."""


@dataclass(frozen=True, slots=True)
class CallHeader:
    """A header of one call; where it is `needed` and not there nothing is sent (`missing: error`)."""

    name: Text
    value: Value
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """One wire layer: its name and its options as typed (nested maps and lists of `Text`, `Value`)."""

    mark: Mark
    name: str
    options: Mapping[str, "Option"] = field(default_factory=dict)
    key_marks: Mapping[str, Mark] = field(default_factory=dict)


Option = Text | Expression | tuple["Option", ...] | Mapping[str, "Option"]


@dataclass(frozen=True, slots=True)
class Echo:
    """One line of `correlate`: what is ours, where the carrier says it, and the codec it says it by."""

    ours: Text
    path: Path
    codec: Codec | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """How a reply is classified, checked to be ours, and read.

    `correlate` names what must come back; `echo_none` says that nothing does, `echo_yes` that a carrier's errors do not
    bear it while every yes does.
    """

    mark: Mark
    message: Message
    outcome: tuple[OutcomeRow, ...]
    correlate: tuple[Echo, ...] = ()
    echo_none: bool = False
    echo_yes: bool = False
    outcome_mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class IdempotencyDecl:
    """`idempotency:` as written."""

    mark: Mark
    kind: Text
    key: Text | None = None
    ttl_s: float | None = None


@dataclass(frozen=True, slots=True)
class InquiryDecl:
    """`inquiry:` as written."""

    mark: Mark
    operation: Text
    by: Text | None = None
    visibility_lag_s: float = 0.0
    not_found_is_final_after_s: float | None = None
    every_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class TransportDecl:
    """Where to and how long; `method` and `path` are an operation's `call` (its path holds `{expression}` parts)."""

    mark: Mark
    url: Text | None = None
    connect_s: float | None = None
    total_s: float | None = None
    tls: Mapping[str, Option] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NeedsDecl:
    """`needs:` as written: what only the caller can supply before a step is sent."""

    mark: Mark
    kind: Text
    ref: Value | None = None
    text: Value | None = None
    for_s: float | None = None
    because: Text | None = None


@dataclass(frozen=True, slots=True)
class StepDecl:
    """One call of an operation. A one-call operation has one step named after the operation."""

    mark: Mark
    name: str
    operation: str
    request: Message
    response: Response
    call: Text | None = None
    when: Expression | None = None
    needs: NeedsDecl | None = None
    transport: TransportDecl | None = None
    wire: tuple[Layer, ...] | None = None
    reply: tuple[tuple[Layer, ...], ...] | None = None
    constants: Constants = field(default_factory=dict)
    headers: tuple[CallHeader, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationFile:
    """One `<operation>[.<variant>].yaml`."""

    mark: Mark
    file: str
    name: str
    variant: str
    steps: tuple[StepDecl, ...]
    when: Expression | None = None
    idempotency: IdempotencyDecl | None = None
    inquiry: InquiryDecl | None = None


@dataclass(frozen=True, slots=True)
class StatementRowsDecl:
    """One kind of line of a statement: among which records, when it is one, what it means; or why it is skipped."""

    mark: Mark
    items: Path
    kind: Text | None
    when: Expression | None
    skip: Text | None
    message: Message


@dataclass(frozen=True, slots=True)
class StatementCheckDecl:
    """What a statement says of itself, for some kinds of record or for all."""

    mark: Mark
    kinds: tuple[Text, ...]
    message: Message


@dataclass(frozen=True, slots=True)
class StatementDecl:
    """`statement.yaml`: the layers of the file, its header and trailer, its lines, what must add up."""

    mark: Mark
    file: str
    wire: tuple[Layer, ...]
    head: Message
    rows: tuple[StatementRowsDecl, ...]
    checks: tuple[StatementCheckDecl, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenDecl:
    """`security.token` as written: `grant` client_credentials or login, with its own request, wire and read rows.

    `assertion`: how the token is signed that says who asks, as a `jws` layer; `constants` are those of a login call.
    """

    mark: Mark
    options: Mapping[str, Option]
    key_marks: Mapping[str, Mark] = field(default_factory=dict)
    request: Message | None = None
    wire: tuple[Layer, ...] | None = None
    reply: tuple[tuple[Layer, ...], ...] | None = None
    assertion: Layer | None = None
    constants: Constants = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswerDecl:
    """What a carrier wants to hear after its callback: fields of a message, or the text `told` as it is.

    `wire` are the answer's own layers; without them it goes through those of the carrier.
    """

    fields: Mapping[str, Option] = field(default_factory=dict)
    told: Text | None = None
    status: int = 200
    wire: tuple[Layer, ...] | None = None


@dataclass(frozen=True, slots=True)
class CallbackDecl:
    """One kind of callback: when it matches, how it is verified, deduplicated, correlated, read and answered."""

    mark: Mark
    name: str
    operation: str
    response: Response
    match: Expression | None = None
    verify_same: bool = False
    dedup: Expression | None = None
    correlate: tuple[Echo, ...] = ()
    wire: tuple[Layer, ...] | None = None
    constants: Constants = field(default_factory=dict)
    answer: AnswerDecl = field(default_factory=AnswerDecl)


@dataclass(frozen=True, slots=True)
class SourceDecl:
    """`source:` the document a mapping was read from, and what it hashed to then."""

    file: Text
    sha256: Text | None = None


@dataclass(frozen=True, slots=True)
class CarrierFile:
    """`carrier.yaml` with `codes.yaml` folded in: what all operations of a carrier share."""

    mark: Mark
    file: str
    id: str
    name: str
    version: str
    canonical: str
    native: bool = False
    transport: TransportDecl | None = None
    wire: tuple[Layer, ...] = ()
    reply: tuple[tuple[Layer, ...], ...] = ()
    headers: tuple[tuple[Text, Value], ...] = ()
    token: TokenDecl | None = None
    defaults: Mapping[str, Text] = field(default_factory=dict)
    tables: Mapping[str, CodeTable] = field(default_factory=dict)
    shapes: Mapping[str, Message] = field(default_factory=dict)
    errors: ErrorTable | None = None
    callbacks: tuple[CallbackDecl, ...] = ()
    unsupported: Mapping[str, Text] = field(default_factory=dict)
    limits: Mapping[str, Option] = field(default_factory=dict)
    source: SourceDecl | None = None


@dataclass(frozen=True, slots=True)
class WireField:
    """What the carrier's document says of one field: `path` from the message's root, without positions.

    `length` counts characters, `bytes_max` bytes of the wire's charset.
    """

    path: Path
    type: str = "any"
    length: int | None = None
    bytes_max: int | None = None
    required: bool = False
    label: str = ""


WireMessage = tuple[WireField, ...]
"""The fields of one message, in the carrier's order."""


@dataclass(frozen=True, slots=True)
class WireSchema:
    """`wire.schema.yaml`: messages by `(operation[/variant], step, side)`; a one-call operation's step is empty."""

    mark: Mark
    messages: Mapping[tuple[str, str, str], WireMessage] = field(default_factory=dict)
    marks: Mapping[tuple[str, str, str], Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CarrierTree:
    """Everything in one carrier's folder that the generator reads."""

    carrier: CarrierFile
    operations: tuple[OperationFile, ...]
    sha256: Mapping[str, str] = field(default_factory=dict)
    wire_schema: WireSchema | None = None
    statement: StatementDecl | None = None


__all__ = [
    "AnswerDecl",
    "CallbackDecl",
    "CarrierFile",
    "CarrierTree",
    "Case",
    "CodeTable",
    "Codec",
    "Constants",
    "Echo",
    "ErrorTable",
    "Expression",
    "IdempotencyDecl",
    "InquiryDecl",
    "Layer",
    "Message",
    "NeedsDecl",
    "OperationFile",
    "Option",
    "OutcomeRow",
    "Path",
    "Pattern",
    "Response",
    "Result",
    "Row",
    "Segment",
    "Selector",
    "Send",
    "SourceDecl",
    "StatementCheckDecl",
    "StatementDecl",
    "StatementRowsDecl",
    "StepDecl",
    "Text",
    "TokenDecl",
    "TransportDecl",
    "Value",
    "WireField",
    "WireMessage",
    "WireSchema",
]
