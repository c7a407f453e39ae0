"""Endorsements: a change of a policy, on the version the caller has seen."""

from typing import Any

from msgspec.structs import replace

from gateway.errors import VersionConflict
from gateway.journal.records import OperationRecord
from gateway.model import (
    Endorsement,
    EndorsementStatus,
    EndorsementSubmitBody,
    EndorsementSubmitRequest,
    EndorsementSubmitResult,
    Policy,
    Transaction,
    TransactionPurpose,
)
from gateway.service.answers import done
from gateway.service.cases.changes import with_changes
from gateway.service.cases.policies import find_policy, must_be_alive, on_policy, policy_target
from gateway.service.cases.reading import or_else, reasons_of, refs_of
from gateway.service.cases.stored import (
    StoredEndorsement,
    StoredPolicy,
    changed,
    crossed,
    fetch,
    load,
    made,
    number_of,
    united,
)
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import ActUseCase, AskedBy, Completion, Intent, Verdict, shared_fields
from gateway.wire.contract import Reply


class Endorse(ActUseCase):
    """`endorsement.submit`: at most one change on one version of a policy."""

    operation = "endorsement.submit"

    async def prepare(self, parts: Parts, caller: Caller, body: EndorsementSubmitBody) -> Intent:
        """On the policy's channel; the refs of an endorsement quote are given back to the carrier."""
        loaded = await find_policy(parts, caller, body.policy)
        policy: Policy = loaded.value.view
        must_be_alive(policy)
        if loaded.row.version != body.basis_version:
            raise VersionConflict(f"the policy is at version {loaded.row.version}, not {body.basis_version}")
        # Refused before the carrier hears of it, not when its yes is to be kept.
        with_changes(policy, body.changes)
        refs = {}
        if body.quote_id is not None:
            refs = (await fetch(parts, caller, "endorsement_quote", body.quote_id)).refs
        request = on_policy(policy, EndorsementSubmitRequest, body, client_ref=body.client_ref or policy.client_ref)
        return Intent(
            request=request,
            business_key=f"endorsement:{policy.policy_id}:{body.basis_version}",
            client_ref=body.client_ref,
            subject_id=policy.policy_id,
            fixed=policy_target(loaded, policy, refs),
        )

    async def succeeded(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """The endorsement, and the policy's next version with the change, its number and its transaction."""
        now = parts.world.now()
        reply = _as_answer(reply)
        row = await parts.journal.object("policy", op.subject_id or "")
        assert row is not None, "an endorsement's policy is in the journal"
        loaded = load(row)
        stored: StoredPolicy = loaded.value
        endorsement_id = parts.world.new_id("end")
        view = _endorsement(endorsement_id, stored.view, request, reply, loaded.row.version + 1)
        policy = _changed_policy(stored.view, request, reply, view, now, op)
        channel = op.channel or ""
        return Completion(
            answer=done(201, view, f"/v1/policies/{policy.policy_id}"),
            changes=(
                made(op, "endorsement", endorsement_id, StoredEndorsement(view=view), status=view.status, now=now),
                changed(loaded, replace(stored, view=policy), status=policy.status, now=now, refs=refs_of(op, reply)),
                *crossed(reply.result.numbers, channel, "endorsement", endorsement_id, op.client),
                *crossed(reply.result.numbers, channel, "policy", policy.policy_id, op.client),
            ),
        )

    def verdict(self, request: Any, reply: Reply, *, asked_by: AskedBy) -> Verdict:
        """By our reference a record that bears an endorsement's number is this change; a policy alone tells nothing."""
        if asked_by == "our_reference" and number_of(getattr(reply.result, "numbers", ()), "endorsement") is not None:
            return Verdict(kind="found")
        return super().verdict(request, reply, asked_by=asked_by)


def _as_answer(reply: Reply) -> Reply:
    """An inquiry's record of the policy as the answer to the change: its status and dates are the policy's own."""
    if isinstance(reply.result, EndorsementSubmitResult):
        return reply
    told = shared_fields(reply.result, EndorsementSubmitResult)
    kept = {name: told[name] for name in ("numbers", "refs", "reasons", "premium", "insureds", "documents")}
    return replace(reply, result=EndorsementSubmitResult(**kept))


def _endorsement(endorsement_id: str, policy: Policy, request: Any, reply: Reply, version: int) -> Endorsement:
    result = reply.result
    new_no = number_of(result.numbers, "policy")
    return Endorsement(
        endorsement_id=endorsement_id,
        client_ref=request.client_ref,
        policy_id=policy.policy_id,
        no=number_of(result.numbers, "endorsement"),
        kind=request.kind,
        status=or_else(result, "status", EndorsementStatus.effective),
        effective_at=or_else(result, "effective_at", request.effective_at),
        premium_delta=result.premium_delta,
        policy_version=version,
        new_policy_no=new_no if new_no != number_of(policy.numbers, "policy") else None,
        numbers=result.numbers,
        insureds=result.insureds,
        documents=result.documents,
        payment_links=result.payment_links,
        reasons=reasons_of(reply) if reply.incomplete else (),
    )


def _changed_policy(
    policy: Policy, request: Any, reply: Reply, view: Endorsement, now: Any, op: OperationRecord
) -> Policy:
    transaction = Transaction(
        seq=len(policy.transactions) + 1,
        purpose=TransactionPurpose.change,
        request_at=op.created_at,
        effective_at=view.effective_at or now,
        endorsement_no=view.no,
        delta=view.premium_delta,
    )
    return replace(
        with_changes(policy, request.changes),
        numbers=united(policy.numbers, tuple(n for n in reply.result.numbers if n.kind == "policy")),
        premium=reply.result.premium or policy.premium,
        transactions=(*policy.transactions, transaction),
        version=view.policy_version or policy.version + 1,
    )
