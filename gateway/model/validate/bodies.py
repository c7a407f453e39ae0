"""Whether a whole request says what its operation needs: this or that, but not both."""

from collections.abc import Callable
from functools import cache
from typing import Any

from gateway.model.base import Model
from gateway.model.context import OnClaim, OnPolicy
from gateway.model.proposal import ADDITIONS, Proposal, ProposalOrQuote, ProposalTerms
from gateway.model.requests_claim import ClaimReportBody, ClaimReportRequest, ClaimSupplementBody
from gateway.model.requests_new import PolicyIssueBody, PolicyIssueRequest
from gateway.model.requests_policy import EndorsementQuoteBody, EndorsementSubmitBody
from gateway.model.validate.contract import check_contract, check_refs
from gateway.model.validate.fault import ROOT, FaultCode, Findings
from gateway.model.validate.shares import check_beneficiaries

_BESIDE_REFERENCE = ADDITIONS | {"client_ref", "expected_premium", "receipt", "credit_terms"}


def check_body(body: Model, found: Findings) -> None:
    """What only the request as a whole shows is right."""
    for check in _checks_of(body.__class__):
        check(body, found)


@cache
def _checks_of(cls: type[Model]) -> tuple[Callable[[Any, Findings], None], ...]:
    return tuple(check for classes, check in _CHECKS if issubclass(cls, classes))


def _check_proposal(body: Proposal, found: Findings) -> None:
    check_contract(body, body.policyholder, found)


def _check_choice(body: ProposalOrQuote, found: Findings) -> None:
    references = [name for name in ("application_id", "quote_id") if getattr(body, name, None) is not None]
    if len(references) > 1:
        message = "an application already holds its quote: give one of the two"
        found.add(FaultCode.exactly_one, message, ROOT, "quote_id")
    elif references:
        _check_terms(body, references[0], found)
        # Refs of additions are looked up when the stored proposal has joined them, in the request.
        check_beneficiaries(body.beneficiaries, (ROOT, "beneficiaries"), found)
    else:
        check_contract(body, body.policyholder, found)
        for name in ("product", "policyholder"):
            if getattr(body, name) is None:
                message = f"give {' or '.join(_references(body))}, or a full proposal"
                found.add(FaultCode.missing, message, ROOT, name)


def _check_terms(body: ProposalOrQuote, reference: str, found: Findings) -> None:
    # Silently preferring the stored terms would issue another contract than the caller wrote down.
    message = f"the {reference} fixes this: leave it out, or leave out {reference}"
    for name in (*ProposalTerms.__struct_fields__, "product", "policyholder"):
        if name not in _BESIDE_REFERENCE and getattr(body, name) not in (None, (), {}):
            found.add(FaultCode.not_both, message, ROOT, name)


def _references(body: ProposalOrQuote) -> tuple[str, ...]:
    return ("application_id", "quote_id") if isinstance(body, PolicyIssueBody) else ("quote_id",)


def _check_payment(body: PolicyIssueBody | PolicyIssueRequest, found: Findings) -> None:
    if body.receipt and body.credit_terms:
        message = "the premium is received or owed, not both: leave one out"
        found.add(FaultCode.not_both, message, ROOT, "credit_terms")


def _check_claim(body: ClaimReportBody | ClaimReportRequest, found: Findings) -> None:
    if not body.insured_refs and not body.object_refs:
        found.add(FaultCode.missing, "say who or what was hit", ROOT, "insured_refs")
    if body.notified_at is not None and body.notified_at < body.occurrence.at:
        found.add(FaultCode.order, "nobody can be told before it happens", ROOT, "notified_at")
    if isinstance(body, OnPolicy):
        _check_claim_refs(body, found)


def _check_claim_refs(request: "ClaimReportRequest | OnClaim", found: Findings) -> None:
    insureds = {each.ref for each in request.insureds if each.ref}
    objects = {each.ref for each in request.objects if each.ref}
    check_refs(request.insured_refs, insureds, (ROOT, "insured_refs"), "insured", found)
    check_refs(request.object_refs, objects, (ROOT, "object_refs"), "object", found)


def _check_change(body: EndorsementQuoteBody | EndorsementSubmitBody, found: Findings) -> None:
    if not body.changes:
        found.add(FaultCode.missing, "say what is to change", ROOT, "changes")
    if not isinstance(body, EndorsementSubmitBody):
        return
    if body.basis_version < 1:
        found.add(FaultCode.range, "versions are counted from 1", ROOT, "basis_version")
    if body.payment is not None and body.refund_account is not None:
        found.add(FaultCode.not_both, "a change is paid for or refunded, not both", ROOT, "refund_account")


def _check_supplement(body: ClaimSupplementBody, found: Findings) -> None:
    if not (body.documents or body.answers):
        found.add(FaultCode.missing, "give documents or answers", ROOT, "documents")


_CHECKS: tuple[tuple[tuple[type[Model], ...], Callable[[Any, Findings], None]], ...] = (
    ((Proposal,), _check_proposal),
    ((ProposalOrQuote,), _check_choice),
    ((PolicyIssueBody, PolicyIssueRequest), _check_payment),
    ((ClaimReportBody, ClaimReportRequest), _check_claim),
    ((EndorsementQuoteBody, EndorsementSubmitBody), _check_change),
    ((ClaimSupplementBody,), _check_supplement),
)
