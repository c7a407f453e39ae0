"""What an example says, as frozen data: every part knows the place it was written at."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import Node
from gateway.wire.contract import Inbound, WireReply


class Stated(Struct, frozen=True):
    """A value with the place where it stands."""

    value: Any
    mark: Mark


class Provenance(Struct, frozen=True, kw_only=True):
    """Where an example comes from: a clause, a recording, another tool's file, or a person who reasoned about it.

    Of a recording also when, from which host and by which version it was made, and the hash of what went over the wire.
    """

    kind: Literal["spec", "recorded", "imported", "hand"]
    source: str = ""
    scrubbed: bool = False
    sha256: str = ""
    when: str = ""
    host: str = ""
    by: str = ""


class Freeze(Struct, frozen=True, kw_only=True):
    """What stands still while an example runs: the clock, the nonces in the order they are asked for, the numbers."""

    now: datetime | None = None
    nonce: tuple[str, ...] = ()
    request_no: str = ""
    attempt_no: str = ""


class WantedRequest(Struct, frozen=True, kw_only=True):
    """What must be on the wire; what is None is not looked at."""

    mark: Mark
    method: Stated | None = None
    target: Stated | None = None
    headers: tuple[tuple[str, Stated], ...] = ()
    ordered: bool = False
    body: Stated | None = None

    @property
    def says_something(self) -> bool:
        """Whether anything of a request is asserted."""
        return bool(self.method or self.target or self.headers or self.body)


class GivenReply(Struct, frozen=True):
    """What the carrier answers."""

    reply: WireReply
    mark: Mark


class Exchange(Struct, frozen=True, kw_only=True):
    """One call of an operation: `step` is empty where the operation has one call only."""

    mark: Mark
    step: str = ""
    freeze: Freeze = Freeze()
    request: WantedRequest | None = None
    reply: GivenReply | None = None


class Expect(Struct, frozen=True, kw_only=True):
    """What must come of it: `words` are plain facts by name, `canonical` the whole result.

    `canonical_node` is the text the result was read from, for naming lines. `answer` is what a callback is told.
    """

    mark: Mark
    words: Mapping[str, Stated] = {}
    canonical: Stated | None = None
    canonical_node: Node | None = None
    answer: WantedRequest | None = None
    answer_status: Stated | None = None

    def word(self, name: str) -> Any:
        """The value of a fact, or None when nothing is said about it."""
        found = self.words.get(name)
        return None if found is None else found.value


class FaultGiven(Struct, frozen=True, kw_only=True):
    """A fault of the network or the carrier, by its stable name, with its parameters.

    `other` names the example of the second operation, where a fault is about two.
    """

    name: str
    mark: Mark
    step: str = ""
    other: str = ""
    params: Mapping[str, Any] = {}


class Given(Struct, frozen=True, kw_only=True):
    """The mock carrier's state before the exchange; `here` when the example says so itself and did not inherit it.

    `own` are members of a recorded reply that the mock makes up itself.
    """

    mark: Mark
    here: bool = True
    state: str | None = None
    params: Mapping[str, Any] = {}
    after: tuple[str, ...] = ()
    serials: Mapping[str, int] = {}
    nonces: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


class Live(Struct, frozen=True, kw_only=True):
    """What a person says of running an example against a sandbox; nothing said is no.

    `unique` are canonical paths of the request whose values are new in every run, `same` those of the result that must
    be as written, `cleanup` names the examples (`operation/id`) that undo it, in order.
    """

    mark: Mark
    safe: bool = False
    unique: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    cleanup: tuple[str, ...] = ()


class Rule(Struct, frozen=True, kw_only=True):
    """What holds of a member of a reply whose value is the carrier's own: `part` is body or headers, `path` from there.

    An empty `step` is every call. What is not said is not looked at; a member that is not `optional` must be there.
    """

    mark: Mark
    shown: str
    part: str
    path: tuple[str, ...]
    step: str = ""
    regex: str = ""
    type: str = ""
    one_of: tuple[Any, ...] = ()
    optional: bool = False
    nullable: bool = False


class CallbackGiven(Struct, frozen=True, kw_only=True):
    """A callback as it comes in."""

    name: str
    mark: Mark
    inbound: Inbound


class Example(Struct, frozen=True, kw_only=True):
    """One example, overlays applied."""

    id: str
    mark: Mark
    operation: str
    variant: str
    provenance: Provenance
    expect: Expect
    freeze: Freeze = Freeze()
    covers: tuple[str, ...] = ()
    variety: tuple[int, ...] = ()
    secrets: Mapping[str, str] = {}
    config: Mapping[str, Any] = {}
    binding: Mapping[str, Any] = {}
    refs: Mapping[str, str] = {}
    token: str = ""
    request: Any = None
    request_node: Node | None = None
    exchanges: tuple[Exchange, ...] = ()
    given: Given | None = None
    fault: FaultGiven | None = None
    callback: CallbackGiven | None = None
    live: Live | None = None
    match: tuple[Rule, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether somebody said that it may be carried out against a sandbox."""
        return self.live is not None and self.live.safe

    @property
    def gives_cases(self) -> bool:
        """Whether anything can be derived from it: its message is whole, and the carrier has the operation."""
        return self.fault is None and self.expect.word("not_offered") is None

    @property
    def is_answered(self) -> bool:
        """Whether a reply of the carrier is given and reaches us whole."""
        return self.fault is None and any(exchange.reply for exchange in self.exchanges)

    @property
    def begins_at(self) -> datetime | None:
        """The instant its first call is made at."""
        first = next((each.freeze.now for each in self.exchanges if each.freeze.now is not None), None)
        return first or self.freeze.now

    @property
    def outcome(self) -> str | None:
        """The outcome expected, if one is."""
        found: str | None = self.expect.word("outcome")
        return found


class Carry(Struct, frozen=True, kw_only=True):
    """A text of one step's result that later steps give: what stands for it in them is what its example reads there."""

    name: str
    mark: Mark
    step: int
    path: str


class Scenario(Struct, frozen=True, kw_only=True):
    """Examples carried out one after the other at one carrier; steps are names, `operation/id`."""

    id: str
    mark: Mark
    steps: tuple[Stated, ...]
    carry: tuple[Carry, ...] = ()


class Draft(Struct, frozen=True):
    """An example that is not finished: read and looked through for real people, and not run."""

    id: str
    mark: Mark


class ExampleFile(Struct, frozen=True, kw_only=True):
    """One `examples/*.yaml`; `shown` is how messages name it. `drafts` are not among the examples."""

    path: Path
    shown: str
    carrier: str
    operation: str
    variant: str
    examples: tuple[Example, ...]
    drafts: tuple[Draft, ...] = ()
    scenarios: tuple[Scenario, ...] = ()

    def first(self, *outcomes: str) -> Example | None:
        """The first example with a whole reply and one of these outcomes."""
        return next((each for each in self.examples if each.is_answered and each.outcome in outcomes), None)
