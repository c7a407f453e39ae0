"""Issuing: from an application, a quote or a full proposal to one policy, never two."""

from typing import Any

from msgspec.structs import replace

from gateway.errors import NotAllowedNow, PremiumMismatch
from gateway.journal.records import OperationRecord
from gateway.model import (
    Money,
    Period,
    Policy,
    PolicyGetRequest,
    PolicyIssueBody,
    PolicyIssueRequest,
    PolicyStatus,
    Premium,
    Transaction,
    TransactionPurpose,
)
from gateway.service.answers import done
from gateway.service.cases.proposals import completed_proposal, route_for, taken_up
from gateway.service.cases.reading import or_else, reasons_of, refs_of
from gateway.service.cases.stored import StoredApplication, crossed, fetch, made, number_of, united
from gateway.service.cases.underwrite import quote_target, usable_quote
from gateway.service.cases.volumes import counted
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import ActUseCase, AskedBy, Completion, Intent, Target, Verdict
from gateway.wire.contract import Reply

_NOT_ISSUED = (PolicyStatus.issuing, PolicyStatus.void)


class Issue(ActUseCase):
    """`policy.issue`: the business identity is the client's own reference of the order."""

    operation = "policy.issue"

    async def prepare(self, parts: Parts, caller: Caller, body: PolicyIssueBody) -> Intent:
        """From an application or a quote, which bind their channel, or from a full proposal."""
        request, fixed = await self._request(parts, caller, body)
        key = f"policy:{caller.client}:{body.client_ref}"
        route = None if fixed else route_for(self.operation, request, parts.world.now(), key)
        return Intent(request=request, business_key=key, client_ref=body.client_ref, fixed=fixed, route=route)

    async def _request(self, parts: Parts, caller: Caller, body: PolicyIssueBody) -> tuple[Any, Target | None]:
        more = {
            "client_ref": body.client_ref,
            "expected_premium": body.expected_premium,
            "receipt": body.receipt,
            "credit_terms": body.credit_terms,
        }
        if body.application_id is not None:
            return await self._from_application(parts, caller, body, more)
        if body.quote_id is not None:
            quote = await usable_quote(parts, caller, body.quote_id)
            _premium_agrees(quote.value.view.premium, body.expected_premium)
            more["numbers"] = quote.value.numbers
            return taken_up(parts, quote.value.request, body, PolicyIssueRequest, **more), quote_target(quote)
        return completed_proposal(parts, body, PolicyIssueRequest, **more), None

    async def _from_application(
        self, parts: Parts, caller: Caller, body: PolicyIssueBody, more: dict[str, Any]
    ) -> tuple[Any, Target]:
        loaded = await fetch(parts, caller, "application", body.application_id or "")
        application: StoredApplication = loaded.value
        if application.view.status not in ("accepted", "accepted_conditional", "awaiting_payment", "paid"):
            raise NotAllowedNow(f"the application is {application.view.status}", code="underwriting.not_accepted")
        _premium_agrees(application.view.premium, body.expected_premium)
        more["numbers"] = united(application.request.numbers, application.view.numbers)
        request = taken_up(parts, application.request, body, PolicyIssueRequest, **more)
        return request, Target(channel=application.channel, binding=application.binding, refs=loaded.refs)

    def is_complete(self, reply: Reply) -> bool:
        """Success without a policy number is no success."""
        return bool(number_of(getattr(reply.result, "numbers", ()), "policy", "compulsory_policy"))

    async def succeeded(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """The policy, version 1, with every number it bears."""
        now = parts.world.now()
        policy_id = parts.world.new_id("pol")
        view = _policy(parts, policy_id, op, request, reply)
        answer = done(201, view, f"/v1/policies/{policy_id}")
        channel = op.channel or ""
        refs = refs_of(op, reply)
        return Completion(
            answer=answer,
            answer_object="policy",
            changes=(
                made(
                    op,
                    "policy",
                    policy_id,
                    data=answer.body,
                    binding=op.binding,
                    status=view.status,
                    now=now,
                    refs=refs,
                ),
                *crossed(reply.result.numbers, channel, "policy", policy_id, op.client),
                *counted(parts, view),
            ),
            subject_id=policy_id,
        )

    def inquiry_request(self, op: OperationRecord, request: Any, operation: str) -> Any:
        """Who, what, when and which product, as the issue said it, with our numbers."""
        if operation == "policy.get":
            return PolicyGetRequest.after_issue(request)
        return super().inquiry_request(op, request, operation)

    def verdict(self, request: Any, reply: Reply, *, asked_by: AskedBy) -> Verdict:
        """By our reference the echo has been checked; by natural key every field both sides carry must agree."""
        result = reply.result
        if asked_by == "our_reference" and getattr(result, "status", None) is PolicyStatus.void:
            return Verdict(kind="undone", why="the insurer's record of it is void: it was given up there")
        if not self.is_complete(reply) or result.status in _NOT_ISSUED:
            return Verdict(kind="not_found", why="the record is no issued policy")
        differing = _differences(request, result) if asked_by == "natural_key" else []
        if differing:
            return Verdict(kind="partial", why=f"a record was found that differs in {', '.join(differing)}")
        return Verdict(kind="found")


def _premium_agrees(premium: Premium | None, expected: Money) -> None:
    if premium is not None and premium.gross is not None and premium.gross != expected:
        detail = (
            f"expected {expected.amount} {expected.currency}, offered {premium.gross.amount} {premium.gross.currency}"
        )
        raise PremiumMismatch(detail)


def _policy(parts: Parts, policy_id: str, op: OperationRecord, request: PolicyIssueRequest, reply: Reply) -> Policy:
    result = reply.result
    now = parts.world.now()
    period: Period | None = or_else(result, "period", request.period)
    premium = or_else(result, "premium", Premium(gross=request.expected_premium))
    channel = parts.catalogue.snapshot.channels.get(op.channel or "")
    return Policy(
        policy_id=policy_id,
        client_ref=request.client_ref,
        product=request.product,
        plan=request.plan,
        insurer=channel.insurer if channel else None,
        channel=op.channel,
        numbers=united(request.numbers, result.numbers),
        status=or_else(result, "status", status_at(period, now)),
        period=period,
        issued_at=or_else(result, "issued_at", now),
        signed_at=result.signed_at,
        policyholder=request.policyholder,
        insureds=_insureds(request, result),
        beneficiaries=request.beneficiaries,
        objects=request.objects,
        coverages=or_else(result, "coverages", request.coverages),
        premium=premium,
        commission=result.commission,
        documents=result.documents,
        payment_links=result.payment_links,
        transactions=(
            Transaction(
                seq=1,
                purpose=TransactionPurpose.new_business,
                request_at=op.created_at,
                effective_at=period.start if period else now,
                delta=premium.gross,
            ),
        ),
        reasons=reasons_of(reply) if reply.incomplete else (),
        ext=result.ext,
    )


def status_at(period: Period | None, now: Any) -> PolicyStatus:
    """What an issued policy is by the clock alone."""
    if period is None or period.start <= now < period.end:
        return PolicyStatus.in_force
    return PolicyStatus.issued_not_effective if now < period.start else PolicyStatus.expired


def _insureds(request: PolicyIssueRequest, result: Any) -> tuple[Any, ...]:
    """The insured persons as asked for, each with the certificate and result the carrier gave it."""
    told = {insured.ref: insured for insured in result.insureds}
    return tuple(
        replace(
            insured,
            certificate_no=told[insured.ref].certificate_no or insured.certificate_no,
            result=told[insured.ref].result or insured.result,
        )
        if insured.ref in told
        else insured
        for insured in request.insureds
    )


def _differences(request: PolicyIssueRequest, result: Any) -> list[str]:
    """The fields both messages carry that do not agree; nothing in common counts as a difference."""
    pairs = [
        ("policyholder", _identity(request.policyholder), _identity(result.policyholder)),
        ("period start", request.period and request.period.start, result.period and result.period.start),
        ("premium", request.expected_premium, result.premium and result.premium.gross),
        ("insureds", _identities(request.insureds), _identities(result.insureds)),
    ]
    both = [(name, ours, theirs) for name, ours, theirs in pairs if ours and theirs]
    if not both:
        return ["everything: it carries nothing to compare"]
    return [name for name, ours, theirs in both if ours != theirs]


def _identity(party: Any) -> tuple[str, ...] | None:
    if party is None:
        return None
    numbers = tuple(sorted(document.number.upper() for document in party.id_docs))
    return numbers or ((party.name,) if party.name else None)


def _identities(insureds: Any) -> tuple[Any, ...] | None:
    found = [_identity(insured.party) for insured in insureds if insured.party is not None]
    return tuple(sorted(each for each in found if each)) or None
