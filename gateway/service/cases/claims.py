"""Claims: reported on a policy, then followed on the channel that issued it, version by version."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gateway.errors import NotAllowedNow, VersionConflict
from gateway.journal.records import OperationRecord
from gateway.model import Claim, ClaimDecision, ClaimProcess, ClaimReportBody, ClaimReportRequest, Policy
from gateway.model.operations import OPERATIONS
from gateway.service.answers import Answer, done
from gateway.service.cases.policies import find_policy, on_policy, policy_target
from gateway.service.cases.proposals import must_be_sound
from gateway.service.cases.reading import binding_of, or_else, reasons_of, refs_of
from gateway.service.cases.stored import Loaded, StoredClaim, changed, crossed, fetch, load, made, number_of, united
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import ActUseCase, AskedBy, Completion, Intent, Target, Verdict, shared_fields
from gateway.wire.contract import Reply

_OVER = (ClaimProcess.settled, ClaimProcess.closed, ClaimProcess.withdrawn)


class ReportClaim(ActUseCase):
    """`claim.report`: one occurrence on one policy becomes a claim."""

    operation = "claim.report"

    async def prepare(self, parts: Parts, caller: Caller, body: ClaimReportBody) -> Intent:
        """On the policy's channel; the insured persons and objects must be the policy's."""
        loaded = await find_policy(parts, caller, body.policy)
        policy: Policy = loaded.value.view
        request = on_policy(policy, ClaimReportRequest, body, client_ref=body.client_ref)
        must_be_sound(parts, request)
        key = f"claim:{caller.client}:{body.client_ref}" if body.client_ref else None
        return Intent(
            request=request,
            business_key=key,
            client_ref=body.client_ref,
            subject_id=policy.policy_id,
            fixed=policy_target(loaded, policy),
        )

    async def succeeded(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """The claim, reported, with the carrier's report number."""
        return _reported(parts, op, request, reply, ClaimProcess.reported, ClaimDecision.undecided)

    async def declined(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """The claim, rejected at once: a decision that was asked for."""
        return _reported(parts, op, request, reply, ClaimProcess.decided, ClaimDecision.rejected)

    def inquiry_request(self, op: OperationRecord, request: Any, operation: str) -> Any:
        """The report's own facts; the carrier knows it by our request number."""
        spec = OPERATIONS[operation]
        return spec.request(**shared_fields(request, spec.request))

    def verdict(self, request: Any, reply: Reply, *, asked_by: AskedBy) -> Verdict:
        """A record with a report or claim number is the claim."""
        _ = request, asked_by
        numbers = getattr(reply.result, "numbers", ())
        found = number_of(numbers, "report", "claim") is not None
        return Verdict(kind="found") if found else Verdict(kind="partial", why="the record has no report number")


class FollowUp(ActUseCase):
    """`claim.submit`, `.supplement`, `.modify`, `.withdraw`: the next step of a claim that is there."""

    def __init__(self, operation: str) -> None:
        """Name the operation."""
        self.operation = operation

    async def prepare(self, parts: Parts, caller: Caller, body: Any) -> Intent:
        """On the claim's channel, while it is not over."""
        loaded = await fetch(parts, caller, "claim", body.claim_id)
        stored: StoredClaim = loaded.value
        self._must_fit(stored.view, loaded, body)
        request = on_claim(stored, self.spec.request, body)
        target = Target(channel=stored.channel, binding=stored.binding, refs=loaded.refs)
        key = f"{self.operation}:{body.claim_id}:{loaded.row.version}"
        return Intent(request=request, business_key=key, subject_id=body.claim_id, fixed=target)

    def _must_fit(self, claim: Claim, loaded: Loaded, body: Any) -> None:
        if claim.process in _OVER:
            raise NotAllowedNow(f"the claim is {claim.process}", code="claim.wrong_state")
        if claim.decision is not ClaimDecision.undecided:
            raise NotAllowedNow(f"the claim is already {claim.decision}", code="claim.already_decided")
        if self.operation == "claim.modify" and body.expected_version != loaded.row.version:
            raise VersionConflict(f"the claim is at version {loaded.row.version}, not {body.expected_version}")

    async def succeeded(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """The claim's next version."""
        process = ClaimProcess.withdrawn if self.operation == "claim.withdraw" else ClaimProcess.under_review
        return await self._next(parts, op, reply, process)

    async def declined(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """A rejected application is the claim's decision; any other no is a problem."""
        if self.operation != "claim.submit":
            return await super().declined(parts, op, request, reply)
        return await self._next(parts, op, reply, ClaimProcess.decided, ClaimDecision.rejected)

    async def _next(
        self,
        parts: Parts,
        op: OperationRecord,
        reply: Reply,
        process: ClaimProcess,
        decision: ClaimDecision | None = None,
    ) -> Completion:
        row = await parts.journal.object("claim", op.subject_id or "")
        assert row is not None, "a follow-up's claim is in the journal"
        answer, changes = advance(parts, load(row), reply, process, decision)
        return Completion(
            answer=Answer(status=200, body=answer.body, location=answer.location),
            changes=(*changes, *crossed(_numbers(reply), op.channel or "", "claim", row.object_id, op.client)),
            code=reply.outcome.code,
        )

    def verdict(self, request: Any, reply: Reply, *, asked_by: AskedBy) -> Verdict:
        """A withdrawn claim proves a withdrawal; other follow-ups leave no mark of their own."""
        _ = request, asked_by
        process = getattr(reply.result, "process", None)
        if self.operation == "claim.withdraw" and process is not None:
            return Verdict(kind="found" if process is ClaimProcess.withdrawn else "not_found", why=f"it is {process}")
        if self.operation == "claim.submit" and process not in (None, ClaimProcess.reported):
            return Verdict(kind="found")
        return Verdict(kind="partial", why="the claim's record does not tell whether this step arrived")


def on_claim(stored: StoredClaim, request_type: type[Struct], body: Any) -> Any:
    """The complete request of a claim's follow-up: the report's facts, the claim's numbers, the body's own fields."""
    values = {
        **shared_fields(stored.request, request_type),
        **{k: v for k, v in shared_fields(body, request_type).items() if v not in (None, ())},
        "numbers": united(stored.request.numbers, stored.view.numbers),
    }
    return request_type(**values)


def advance(
    parts: Parts, loaded: Loaded, reply: Reply, process: ClaimProcess, decision: ClaimDecision | None = None
) -> tuple[Answer, tuple[Any, ...]]:
    """A claim's next version from what the carrier says of it, and the change that stores it."""
    stored: StoredClaim = loaded.value
    result = reply.result
    view = replace(
        stored.view,
        numbers=united(stored.view.numbers, _numbers(reply)),
        report_no=number_of(_numbers(reply), "report") or stored.view.report_no,
        case_no=number_of(_numbers(reply), "claim") or stored.view.case_no,
        process=or_else(result, "process", process),
        decision=or_else(result, "decision", decision or stored.view.decision),
        decision_reasons=or_else(result, "decision_reasons", stored.view.decision_reasons),
        amounts=or_else(result, "amounts", stored.view.amounts),
        checklist=or_else(result, "checklist", stored.view.checklist),
        settlements=or_else(result, "settlements", stored.view.settlements),
        clocks=or_else(result, "clocks", stored.view.clocks),
        reasons=reasons_of(reply) if decision is ClaimDecision.rejected else (),
        version=loaded.row.version + 1,
    )
    refs = getattr(result, "refs", {})
    put = changed(loaded, replace(stored, view=view), status=view.process, now=parts.world.now(), refs=refs)
    return done(200, view, f"/v1/claims/{view.claim_id}"), (put,)


def _reported(
    parts: Parts,
    op: OperationRecord,
    request: ClaimReportRequest,
    reply: Reply,
    process: ClaimProcess,
    decision: ClaimDecision,
) -> Completion:
    result = reply.result
    numbers = _numbers(reply)
    claim_id = parts.world.new_id("clm")
    view = Claim(
        claim_id=claim_id,
        client_ref=request.client_ref,
        policy_id=op.subject_id or "",
        report_no=number_of(numbers, "report"),
        case_no=number_of(numbers, "claim"),
        numbers=numbers,
        process=or_else(result, "process", process),
        decision=or_else(result, "decision", decision),
        decision_reasons=or_else(result, "decision_reasons", ()),
        insured_refs=request.insured_refs,
        object_refs=request.object_refs,
        occurrence=request.occurrence,
        amounts=or_else(result, "amounts", None),
        checklist=or_else(result, "checklist", ()),
        settlements=or_else(result, "settlements", ()),
        clocks=or_else(result, "clocks", None),
        reasons=reasons_of(reply) if decision is ClaimDecision.rejected else (),
    )
    stored = StoredClaim(view=view, request=request, channel=op.channel or "", binding=binding_of(op))
    return Completion(
        answer=done(201, view, f"/v1/claims/{claim_id}"),
        changes=(
            made(op, "claim", claim_id, stored, status=view.process, now=parts.world.now(), refs=refs_of(op, reply)),
            *crossed(numbers, op.channel or "", "claim", claim_id, op.client),
        ),
        subject_id=claim_id,
        code=reply.outcome.code,
    )


def _numbers(reply: Reply) -> tuple[Any, ...]:
    return tuple(getattr(reply.result, "numbers", ()))
