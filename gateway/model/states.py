"""Every state machine of the vocabulary, as data: the moves that exist, and no others."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from gateway.model.code import Code
from gateway.model.enums_contract import (
    ApplicationStatus,
    ClaimDecision,
    ClaimProcess,
    EndorsementStatus,
    PolicyStatus,
    SettlementStatus,
)

S = TypeVar("S", bound=StrEnum)


class OperationState(Code):
    """Where one intent of a caller stands; `needs_review` waits for a person."""

    created = "created"
    routed = "routed"
    sending = "sending"
    pending = "pending"
    unknown = "unknown"
    resolving = "resolving"
    needs_review = "needs_review"
    succeeded = "succeeded"
    declined = "declined"
    failed = "failed"
    expired = "expired"


class OrphanState(Code):
    """What becomes of a success that a carrier told of after its operation had ended as not done."""

    found = "found"
    review = "review"
    adopted = "adopted"
    voiding = "voiding"
    voided = "voided"


def _moves(states: type[S], table: Mapping[str, str]) -> frozenset[tuple[S, S]]:
    return frozenset((states[start], states[end]) for start, ends in table.items() for end in ends.split())


MOVES = _moves(OperationState, {
    "created": "routed failed",
    "routed": "sending",
    "sending": "succeeded declined pending unknown routed failed",
    "pending": "succeeded declined failed expired unknown",
    "unknown": "resolving",
    "resolving": "succeeded declined pending failed needs_review routed",
    "needs_review": "succeeded declined failed",
})  # fmt: skip
"""Every move of an operation."""

TERMINAL = frozenset(OperationState) - {start for start, _ in MOVES}
"""Where an operation stays for ever: succeeded, declined, failed, expired."""

IN_FLIGHT = frozenset(OperationState) - TERMINAL - {OperationState.created, OperationState.routed}
"""Where something may be happening, or have happened, at a carrier: at most one operation per business identity."""

ORPHAN_MOVES = _moves(OrphanState, {
    "found": "review adopted voiding",
    "review": "adopted voiding",
    "voiding": "voided review",
})  # fmt: skip

APPLICATION_MOVES = _moves(ApplicationStatus, {
    "draft": "validated submitted withdrawn",
    "validated": "submitted withdrawn",
    "submitted": "accepted accepted_conditional referred need_info declined postponed expired withdrawn",
    "referred": "accepted accepted_conditional need_info declined postponed expired withdrawn",
    "need_info": "submitted declined expired withdrawn",
    "accepted": "awaiting_payment paid issuing not_taken_up withdrawn",
    "accepted_conditional": "awaiting_payment paid issuing not_taken_up withdrawn",
    "awaiting_payment": "paid not_taken_up withdrawn",
    "paid": "issuing withdrawn",
    "issuing": "issued issue_failed",
})  # fmt: skip

POLICY_MOVES = _moves(PolicyStatus, {
    "issuing": "issued_not_effective in_force",
    "issued_not_effective": "in_force void cancelled",
    "in_force": "expired cancelled lapsed exhausted terminated_by_claim suspended void",
    "suspended": "in_force cancelled expired",
    "lapsed": "in_force cancelled expired",
    # The carrier may void from the start a contract that had run out long ago.
    "expired": "void",
    "exhausted": "expired void",
    "terminated_by_claim": "void",
})  # fmt: skip

ENDORSEMENT_MOVES = _moves(EndorsementStatus, {
    "draft": "quoted submitted withdrawn",
    "quoted": "submitted withdrawn",
    "submitted": "pending_uw pending_payment pending_refund pending_carrier effective rejected withdrawn",
    "pending_uw": "pending_payment pending_refund pending_carrier effective rejected withdrawn",
    "pending_payment": "pending_carrier effective rejected withdrawn",
    "pending_refund": "pending_carrier effective rejected withdrawn",
    "pending_carrier": "pending_uw pending_payment pending_refund effective rejected withdrawn",
    "effective": "reversed",
})  # fmt: skip

CLAIM_MOVES = _moves(ClaimProcess, {
    "reported": "docs_required under_review decided withdrawn",
    "docs_required": "under_review withdrawn",
    "under_review": "docs_required decided withdrawn",
    "decided": "settling closed",
    "settling": "settled",
    "settled": "closed",
    "closed": "reopened",
    "reopened": "under_review",
})  # fmt: skip

DECISION_MOVES = _moves(ClaimDecision, {"undecided": "approved partially_approved ex_gratia rejected no_claim"})

SETTLEMENT_MOVES = _moves(SettlementStatus, {
    "instructed": "sent",
    "sent": "paid failed unknown",
    "unknown": "paid failed",
    "failed": "instructed",
    "paid": "returned",
    "returned": "instructed",
})  # fmt: skip

_ALL: Mapping[type[StrEnum], Iterable[tuple[StrEnum, StrEnum]]] = MappingProxyType({
    OperationState: MOVES,
    OrphanState: ORPHAN_MOVES,
    ApplicationStatus: APPLICATION_MOVES,
    PolicyStatus: POLICY_MOVES,
    EndorsementStatus: ENDORSEMENT_MOVES,
    ClaimProcess: CLAIM_MOVES,
    ClaimDecision: DECISION_MOVES,
    SettlementStatus: SETTLEMENT_MOVES,
})  # fmt: skip


def may_move(start: StrEnum, end: StrEnum) -> bool:
    """True when the machine both states belong to has this move; False for states of two machines.

    Raises TypeError for an enum that is no state.
    """
    moves = _ALL.get(start.__class__)
    if moves is None:
        raise TypeError(f"{start.__class__.__name__} is not a state")
    return (start, end) in moves and end.__class__ is start.__class__
