"""Whether a whole request says what its operation needs: this or that, but not both."""

from datetime import datetime

from gateway.model.base import Model
from gateway.model.context import OnClaim, OnPolicy
from gateway.model.proposal import ADDITIONS, Proposal, ProposalOrQuote, ProposalTerms
from gateway.model.requests_claim import ClaimReportBody, ClaimReportRequest, ClaimSupplementBody
from gateway.model.requests_new import PolicyIssueBody, PolicyIssueRequest
from gateway.model.requests_policy import EndorsementQuoteBody, EndorsementSubmitBody, PolicyRef
from gateway.model.validate.contract import contract_faults, unknown_refs
from gateway.model.validate.fault import Fault, FaultCode, Faults
from gateway.model.validate.shares import beneficiary_faults

_BESIDE_REFERENCE = ADDITIONS | {"client_ref", "expected_premium", "receipt", "credit_terms"}


def body_faults(body: Model) -> Faults:
    """Faults that only the request as a whole shows."""
    if isinstance(body, Proposal):
        yield from contract_faults(body, "", body.policyholder)
    elif isinstance(body, ProposalOrQuote):
        yield from _choice_faults(body)
    if isinstance(body, PolicyIssueBody | PolicyIssueRequest) and body.receipt and body.credit_terms:
        yield Fault("credit_terms", FaultCode.not_both, "the premium is received or owed, not both: leave one out")
    if isinstance(body, ClaimReportBody | ClaimReportRequest):
        yield from _claim_faults(body)
    yield from _change_faults(body)
    if isinstance(body, ClaimSupplementBody) and not (body.documents or body.answers):
        yield Fault("documents", FaultCode.missing, "give documents or answers")


def policy_ref_faults(ref: PolicyRef, path: str, _now: datetime) -> Faults:
    """Faults of how a policy is named."""
    given = [name for name in ref.__struct_fields__ if getattr(ref, name) is not None]
    if len(given) != 1:
        yield Fault(path, FaultCode.exactly_one, "say exactly one of policy_id, client_ref, number")


def _choice_faults(body: ProposalOrQuote) -> Faults:
    references = [name for name in ("application_id", "quote_id") if getattr(body, name, None) is not None]
    if len(references) > 1:
        yield Fault("quote_id", FaultCode.exactly_one, "an application already holds its quote: give one of the two")
    elif references:
        yield from _repeated_terms(body, references[0])
        # Refs of additions are looked up when the stored proposal has joined them, in the request.
        yield from beneficiary_faults(body.beneficiaries, "beneficiaries")
    else:
        yield from contract_faults(body, "", body.policyholder)
        for name in ("product", "policyholder"):
            if getattr(body, name) is None:
                yield Fault(name, FaultCode.missing, f"give {' or '.join(_references(body))}, or a full proposal")


def _repeated_terms(body: ProposalOrQuote, reference: str) -> Faults:
    # Silently preferring the stored terms would issue another contract than the caller wrote down.
    for name in (*ProposalTerms.__struct_fields__, "product", "policyholder"):
        if name not in _BESIDE_REFERENCE and getattr(body, name) not in (None, (), {}):
            yield Fault(name, FaultCode.not_both, f"the {reference} fixes this: leave it out, or leave out {reference}")


def _references(body: ProposalOrQuote) -> tuple[str, ...]:
    return ("application_id", "quote_id") if isinstance(body, PolicyIssueBody) else ("quote_id",)


def _claim_faults(body: ClaimReportBody | ClaimReportRequest) -> Faults:
    if not body.insured_refs and not body.object_refs:
        yield Fault("insured_refs", FaultCode.missing, "say who or what was hit")
    if body.notified_at is not None and body.notified_at < body.occurrence.at:
        yield Fault("notified_at", FaultCode.order, "nobody can be told before it happens")
    if isinstance(body, OnPolicy):
        yield from claim_ref_faults(body)


def claim_ref_faults(request: "ClaimReportRequest | OnClaim") -> Faults:
    """Faults of who and what was hit, once the policy is known."""
    insureds = {each.ref for each in request.insureds if each.ref}
    objects = {each.ref for each in request.objects if each.ref}
    yield from unknown_refs(request.insured_refs, insureds, "insured_refs", "insured")
    yield from unknown_refs(request.object_refs, objects, "object_refs", "object")


def _change_faults(body: Model) -> Faults:
    if not isinstance(body, EndorsementQuoteBody | EndorsementSubmitBody):
        return
    if not body.changes:
        yield Fault("changes", FaultCode.missing, "say what is to change")
    if isinstance(body, EndorsementSubmitBody):
        if body.basis_version < 1:
            yield Fault("basis_version", FaultCode.range, "versions are counted from 1")
        if body.payment is not None and body.refund_account is not None:
            yield Fault("refund_account", FaultCode.not_both, "a change is paid for or refunded, not both")
