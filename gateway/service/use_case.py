"""What one use case decides for itself; how it is made to happen at most once is the engine's."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Protocol

from msgspec import Struct

from gateway.errors import CarrierSaidNo, Said
from gateway.journal.changes import Change
from gateway.journal.records import OperationRecord
from gateway.model.operations import OPERATIONS, OperationSpec
from gateway.routing.types import RouteRequest
from gateway.service.answers import Answer, problem
from gateway.service.parts import Caller, Parts
from gateway.wire.contract import Reply


class Target(Struct, frozen=True, kw_only=True):
    """A channel for one operation, with what the product and earlier replies say for it."""

    channel: str
    binding: Mapping[str, Any] = {}
    refs: Mapping[str, str] = {}


class Intent(Struct, frozen=True, kw_only=True):
    """A prepared operation: the complete canonical request and how its channel is found.

    `fixed` is set when something existing (a quote, an application, a policy) already decides the channel; otherwise
    `route` asks the router. `business_key` must not happen twice; `subject_id` is the object concerned.
    """

    request: Any
    business_key: str | None = None
    client_ref: str | None = None
    subject_id: str | None = None
    fixed: Target | None = None
    route: RouteRequest | None = None


class Completion(Struct, frozen=True, kw_only=True):
    """What an operation's end makes: the caller's answer, and the objects and numbers written with it.

    `answer_object`: the answer's bytes are the first version of the subject, an object of this kind.
    """

    answer: Answer
    answer_object: str | None = None
    changes: tuple[Change, ...] = ()
    subject_id: str | None = None
    code: str | None = None


AskedBy = Literal["our_reference", "number", "natural_key"]
"""By what a carrier was asked: what we sent (its record is of that request), a number of its own, or who and what."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What an inquiry's record says of the operation: `found`, `not_found`, `partial` (agrees only in part).

    `undone`: the record is of this very operation, and says that it came to nothing; no more than `not_found` while it
    is not known whether another message of ours is under way.
    """

    kind: str
    why: str = ""


class UseCase(Protocol):
    """One operation of the standard insurer."""

    operation: str

    async def prepare(self, parts: Parts, caller: Caller, body: Any) -> Intent:
        """Make the complete request from a caller's body; raises HubError, and nothing is recorded then."""

    async def succeeded(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """What to answer and write when the carrier did it."""

    async def declined(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """What to answer and write when the carrier decided no."""

    def is_complete(self, reply: Reply) -> bool:
        """Whether an accepted reply holds what makes it a success at all (an issue: a policy number)."""

    def inquiry_request(self, op: OperationRecord, request: Any, operation: str) -> Any:
        """The canonical request of the inquiry that asks after this operation."""

    def verdict(self, request: Any, reply: Reply, *, asked_by: AskedBy) -> Verdict:
        """Read an inquiry's accepted reply as evidence about this operation."""


class ActUseCase:
    """The common half of acts (issue, endorse, cancel): a carrier's no is a problem document, nothing is made."""

    operation: str = ""

    @property
    def spec(self) -> OperationSpec:
        """The operation's row in the model."""
        return OPERATIONS[self.operation]

    async def declined(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """A 422 problem whose source is the carrier."""
        _ = parts, request
        error = CarrierSaidNo(said_text(reply), code=reply.outcome.code, reasons=said(reply))
        return Completion(answer=problem(error, op.operation_id), code=reply.outcome.code)

    def is_complete(self, reply: Reply) -> bool:
        """An act is complete when the carrier said yes."""
        return reply.result is not None

    def inquiry_request(self, op: OperationRecord, request: Any, operation: str) -> Any:
        """The fields that the inquiry's request and this request share, under the same names."""
        _ = op
        spec = OPERATIONS[operation]
        return spec.request(**shared_fields(request, spec.request))

    def verdict(self, request: Any, reply: Reply, *, asked_by: AskedBy) -> Verdict:
        """Without a better reading a record proves nothing either way."""
        _ = request, reply, asked_by
        return Verdict(kind="partial", why="the record does not tell whether this was executed")


def shared_fields(request: Any, target: type[Struct]) -> dict[str, Any]:
    """Field values of one Struct that another one has too, by name."""
    own: type[Struct] = request.__class__
    return {name: getattr(request, name) for name in _shared(own, target)}


@cache
def _shared(one: type[Struct], other: type[Struct]) -> tuple[str, ...]:
    return tuple(name for name in one.__struct_fields__ if name in other.__struct_fields__)


def said(reply: Reply) -> tuple[Said, ...]:
    """The carrier's reasons, unless it asked us not to disclose them."""
    outcome = reply.outcome
    if not outcome.disclose:
        return ()
    reasons = getattr(reply.result, "reasons", ())
    if reasons:
        return tuple(Said(code=r.code or outcome.code or "", source="carrier", text=r.text) for r in reasons)
    return (Said(code=outcome.code or "carrier.declined", source="carrier", text=outcome.text),)


def said_text(reply: Reply) -> str:
    """One sentence for a carrier's no."""
    outcome = reply.outcome
    if outcome.disclose and outcome.text:
        return f"the insurer declined: {outcome.text}"
    return "the insurer declined"
