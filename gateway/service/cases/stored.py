"""What the journal keeps of quotes, policies and claims: the caller's view, and what adapters need later."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from gateway.errors import NotFound
from gateway.journal.changes import Change, Cross, Put
from gateway.journal.records import NumberRecord, ObjectRecord, OperationRecord
from gateway.model import (
    Application,
    Cancellation,
    Claim,
    ClaimReportRequest,
    Endorsement,
    EndorsementQuote,
    Number,
    Policy,
    Quote,
    QuoteCreateRequest,
    UnderwritingSubmitRequest,
)
from gateway.service.parts import Caller, Parts

V = TypeVar("V", bound=Struct)


class StoredQuote(Struct, frozen=True, kw_only=True):
    """A channel's quote, and the proposal and binding it was given for."""

    view: Quote
    request: QuoteCreateRequest
    channel: str
    binding: dict[str, Any] = {}
    numbers: tuple[Number, ...] = ()


class StoredApplication(Struct, frozen=True, kw_only=True):
    """An application, and the proposal and binding it was made with."""

    view: Application
    request: UnderwritingSubmitRequest
    channel: str
    binding: dict[str, Any] = {}


class StoredPolicy(Struct, frozen=True, kw_only=True):
    """A policy as its caller sees it, and the binding it was issued with.

    The row's data is the view alone: it is the answer of the issue at the same time, and so stored once.
    """

    view: Policy
    binding: dict[str, Any] = {}


class StoredClaim(Struct, frozen=True, kw_only=True):
    """A claim, and the report it began with."""

    view: Claim
    request: ClaimReportRequest
    channel: str
    binding: dict[str, Any] = {}


class StoredEndorsement(Struct, frozen=True, kw_only=True):
    """An endorsement or a cancellation as callers see it."""

    view: Endorsement | None = None
    cancellation: Cancellation | None = None


class StoredEndorsementQuote(Struct, frozen=True, kw_only=True):
    """What a change would cost; its refs are given back when the change is made."""

    view: EndorsementQuote


_TYPES: dict[str, type[Struct]] = {
    "quote": StoredQuote,
    "application": StoredApplication,
    "policy": Policy,
    "claim": StoredClaim,
    "endorsement": StoredEndorsement,
    "endorsement_quote": StoredEndorsementQuote,
}
_DECODERS = {kind: msgspec.json.Decoder(type_) for kind, type_ in _TYPES.items()}
_ENCODER = msgspec.json.Encoder()


class Loaded(Struct, frozen=True, kw_only=True):
    """A stored object with its row."""

    row: ObjectRecord
    value: Any

    @property
    def refs(self) -> dict[str, str]:
        """What the carrier wants back in later calls."""
        return msgspec.json.decode(self.row.refs, type=dict[str, str]) if self.row.refs else {}


def load(row: ObjectRecord) -> Loaded:
    """Decode a row."""
    value: Any = _DECODERS[row.kind].decode(row.data)
    if row.kind == "policy":
        value = StoredPolicy(view=value, binding=msgspec.json.decode(row.binding) if row.binding else {})
    return Loaded(row=row, value=value)


async def fetch(parts: Parts, caller: Caller, kind: str, object_id: str) -> Loaded:
    """A client's own object by id. Raises NotFound, also for another client's."""
    row = await parts.journal.object(kind, object_id)
    if row is None or row.client != caller.client:
        raise NotFound(f"there is no {kind.replace('_', ' ')} {object_id}", code=f"{kind.partition('_')[0]}.not_found")
    return load(row)


def made(
    op: OperationRecord,
    kind: str,
    object_id: str,
    value: Struct | None = None,
    *,
    status: str,
    now: datetime,
    data: bytes | None = None,
    binding: bytes | None = None,
    refs: dict[str, str] | None = None,
    client_ref: str | None = None,
    channel: str | None = None,
) -> Put:
    """The change that stores a new object of an operation; `data` is its value already in JSON."""
    return Put(
        ObjectRecord(
            kind=kind,
            object_id=object_id,
            client=op.client,
            client_ref=client_ref or op.client_ref,
            channel=channel or op.channel,
            operation_id=op.operation_id,
            status=status,
            data=data or _encoded(value),
            binding=binding,
            refs=_ENCODER.encode(refs) if refs else None,
            created_at=now,
            updated_at=now,
        )
    )


def _encoded(value: Struct | None) -> bytes:
    return _ENCODER.encode(value.view if isinstance(value, StoredPolicy) else value)


def changed(loaded: Loaded, value: Struct, *, status: str, now: datetime, refs: dict[str, str] | None = None) -> Put:
    """The change that stores an object's next version."""
    kept = {**loaded.refs, **(refs or {})}
    return Put(
        msgspec.structs.replace(
            loaded.row,
            version=loaded.row.version + 1,
            status=status,
            data=_encoded(value),
            refs=_ENCODER.encode(kept) if kept else None,
            updated_at=now,
        )
    )


def crossed(numbers: tuple[Number, ...], channel: str, kind: str, object_id: str, client: str) -> tuple[Change, ...]:
    """The changes that make an object findable by its carrier numbers, and nobody else's by them."""
    return tuple(
        Cross(
            NumberRecord(
                channel=channel,
                number_kind=number.kind,
                no=number.no,
                kind=kind,
                object_id=object_id,
                client=client,
            )
        )
        for number in numbers
        if number.kind in _OWN_NUMBERS[kind]
    )


_OWN_NUMBERS: dict[str, frozenset[str]] = {
    "quote": frozenset(),
    "application": frozenset({"application"}),
    "policy": frozenset({"policy", "compulsory_policy"}),
    "claim": frozenset({"report", "claim"}),
    "endorsement": frozenset({"endorsement"}),
}
"""Which kinds of numbers name an object of a kind: a policy carries its application's number but is not named by it."""


def united(before: tuple[Number, ...], after: tuple[Number, ...]) -> tuple[Number, ...]:
    """Numbers of both; a newer number of a kind supersedes the older one, which stays findable."""
    newer = {number.kind: number.no for number in after}
    kept = [
        msgspec.structs.replace(number, superseded_by=newer[number.kind])
        if number.kind in newer and newer[number.kind] != number.no and number.superseded_by is None
        else number
        for number in before
    ]
    known = {(number.kind, number.no) for number in before}
    return (*kept, *(number for number in after if (number.kind, number.no) not in known))


def number_of(numbers: tuple[Number, ...], *kinds: str) -> str | None:
    """The current number of the first kind that there is one of."""
    for kind in kinds:
        for number in numbers:
            if number.kind == kind and number.superseded_by is None:
                return number.no
    return None
