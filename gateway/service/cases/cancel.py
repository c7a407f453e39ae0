"""Cancellation: cover ends when the carrier has confirmed it, and goes on until then."""

from typing import Any

from msgspec.structs import replace

from gateway.errors import NotAllowedNow
from gateway.journal.records import OperationRecord
from gateway.model import (
    Cancellation,
    CancellationSubmitBody,
    CancellationSubmitRequest,
    CancelPhase,
    Money,
    Policy,
    PolicyFlag,
    PolicyStatus,
    Transaction,
    TransactionPurpose,
)
from gateway.service.answers import done
from gateway.service.cases.policies import find_policy, must_be_alive, on_policy, policy_target
from gateway.service.cases.proposals import product_of
from gateway.service.cases.reading import or_else, reasons_of, refs_of
from gateway.service.cases.stored import StoredEndorsement, StoredPolicy, changed, crossed, load, made, number_of
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import ActUseCase, AskedBy, Completion, Intent, Verdict
from gateway.wire.contract import Reply

_ENDED = (PolicyStatus.cancelled, PolicyStatus.void)


class Cancel(ActUseCase):
    """`cancellation.submit`: at most one cancellation of a policy."""

    operation = "cancellation.submit"

    async def prepare(self, parts: Parts, caller: Caller, body: CancellationSubmitBody) -> Intent:
        """On the policy's channel, within the free-look period when that is what is asked for."""
        loaded = await find_policy(parts, caller, body.policy)
        policy: Policy = loaded.value.view
        must_be_alive(policy)
        if body.kind == "free_look":
            _within_free_look(parts, policy, body)
        request = on_policy(policy, CancellationSubmitRequest, body, client_ref=body.client_ref or policy.client_ref)
        return Intent(
            request=request,
            business_key=f"cancellation:{policy.policy_id}",
            client_ref=body.client_ref,
            subject_id=policy.policy_id,
            fixed=policy_target(loaded, policy),
        )

    async def succeeded(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """The cancellation, and the policy ended or, while only requested, flagged."""
        now = parts.world.now()
        row = await parts.journal.object("policy", op.subject_id or "")
        assert row is not None, "a cancellation's policy is in the journal"
        loaded = load(row)
        stored: StoredPolicy = loaded.value
        endorsement_id = parts.world.new_id("end")
        view = _cancellation(endorsement_id, stored.view, request, reply)
        policy = _ended_policy(stored.view, view, op, loaded.row.version + 1)
        numbers = getattr(reply.result, "numbers", ())
        kept = StoredEndorsement(cancellation=view)
        return Completion(
            answer=done(201, view, f"/v1/policies/{policy.policy_id}"),
            changes=(
                made(op, "endorsement", endorsement_id, kept, status=view.phase, now=now),
                changed(loaded, replace(stored, view=policy), status=policy.status, now=now, refs=refs_of(op, reply)),
                *crossed(numbers, op.channel or "", "endorsement", endorsement_id, op.client),
            ),
        )

    def verdict(self, request: Any, reply: Reply, *, asked_by: AskedBy) -> Verdict:
        """A record of this very request is the cancellation, though cover may last until it takes effect.

        Else the policy's own record tells: ended means done, in force means not (yet).
        """
        _ = request
        if asked_by == "our_reference":
            return Verdict(kind="found")
        status = getattr(reply.result, "status", None)
        if status in _ENDED or getattr(reply.result, "phase", None) is not None:
            return Verdict(kind="found")
        if status is None:
            return Verdict(kind="partial", why="the policy's record does not say whether it was cancelled")
        return Verdict(kind="not_found", why=f"the policy is {status}")


def _within_free_look(parts: Parts, policy: Policy, body: CancellationSubmitBody) -> None:
    ends_at = product_of(parts, policy.product).free_look_ends(policy.issued_at, policy.period)
    if ends_at is None or body.effective_at >= ends_at:
        ended = f"ended at {ends_at.isoformat()}" if ends_at else "is not part of this product"
        raise NotAllowedNow(f"the free-look period {ended}", code="policy.free_look_over")


def _cancellation(endorsement_id: str, policy: Policy, request: Any, reply: Reply) -> Cancellation:
    result = reply.result
    return Cancellation(
        endorsement_id=endorsement_id,
        client_ref=request.client_ref,
        policy_id=policy.policy_id,
        no=number_of(getattr(result, "numbers", ()), "endorsement"),
        kind=request.kind,
        phase=or_else(result, "phase", CancelPhase.confirmed),
        effective_at=or_else(result, "effective_at", request.effective_at),
        refund=or_else(result, "refund", None),
        cover_continues_until=or_else(result, "cover_continues_until", None),
        numbers=getattr(result, "numbers", ()),
        documents=getattr(result, "documents", ()),
        reasons=reasons_of(reply) if reply.incomplete else (),
    )


def _ended_policy(policy: Policy, view: Cancellation, op: OperationRecord, version: int) -> Policy:
    if view.phase is CancelPhase.requested:
        flags = tuple({*policy.flags, PolicyFlag.cancellation_requested})
        return replace(policy, flags=flags, version=version)
    started = policy.period is None or (view.effective_at or op.created_at) > policy.period.start
    refund = view.refund.amount if view.refund else None
    transaction = Transaction(
        seq=len(policy.transactions) + 1,
        purpose=TransactionPurpose.cancellation,
        request_at=op.created_at,
        effective_at=view.effective_at or op.created_at,
        endorsement_no=view.no,
        delta=Money(amount=-refund.amount, currency=refund.currency) if refund else None,
    )
    return replace(
        policy,
        status=PolicyStatus.cancelled if started else PolicyStatus.void,
        flags=tuple(flag for flag in policy.flags if flag is not PolicyFlag.cancellation_requested),
        transactions=(*policy.transactions, transaction),
        version=version,
    )
