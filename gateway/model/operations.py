"""The table of operations: the one source of what exists, what it takes, what it gives and how careful to be."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from gateway.model import requests_claim as claims
from gateway.model import requests_new as new
from gateway.model import requests_policy as policies
from gateway.model import results, views
from gateway.model.base import Model
from gateway.model.errors import ErrorCode


class OperationClass(StrEnum):
    """What an accidental duplicate would do: nothing (R), nothing with our key (IW), harm at most carriers (NIW)."""

    R = "R"
    IW = "IW"
    NIW = "NIW"


class Family(StrEnum):
    """How routing groups operations; only the first three choose a channel, the others resolve to the policy's."""

    quote = "quote"
    underwrite = "underwrite"
    issue = "issue"
    endorse = "endorse"
    cancel = "cancel"
    claim = "claim"
    query = "query"


class OperationSpec(Struct, frozen=True, kw_only=True):
    """One operation: its types, its class, its family, and the code that says its record does not exist.

    `is_read` says that it has no effect at a carrier, whatever its class towards the caller: a quote gets an id of ours
    and an idempotency key, and is a read all the same. `is_optional` is another way to do what a carrier offers one by
    one: it need not say that it lacks it, and callers have no such operation of their own.
    """

    name: str
    operation_class: OperationClass
    family: Family
    body: type[Model]
    request: type[Model]
    result: type[Model]
    view: type[Model]
    not_found: ErrorCode
    is_read: bool
    is_optional: bool = False

    @property
    def needs_key(self) -> bool:
        """True when a caller must send an idempotency key."""
        return self.operation_class is not OperationClass.R

    @property
    def keys_never_expire(self) -> bool:
        """True when an idempotency key is kept for ever, because a duplicate would harm."""
        return self.operation_class is OperationClass.NIW


# fmt: off
_ROWS = (
    OperationSpec(
        name="quote.create", operation_class=OperationClass.IW, family=Family.quote,
        body=new.QuoteCreateBody,
        request=new.QuoteCreateRequest, result=results.QuoteCreateResult,
        view=views.QuoteSet,
        not_found=ErrorCode.quote_not_found, is_read=True,
    ),
    OperationSpec(
        name="underwriting.submit", operation_class=OperationClass.NIW, family=Family.underwrite,
        body=new.UnderwritingSubmitBody,
        request=new.UnderwritingSubmitRequest, result=results.UnderwritingSubmitResult,
        view=views.Application,
        not_found=ErrorCode.application_not_found, is_read=False,
    ),
    OperationSpec(
        name="underwriting.get", operation_class=OperationClass.R, family=Family.query,
        body=new.UnderwritingGetBody,
        request=new.UnderwritingGetRequest, result=results.UnderwritingGetResult,
        view=views.Application,
        not_found=ErrorCode.application_not_found, is_read=True,
    ),
    OperationSpec(
        name="policy.issue", operation_class=OperationClass.NIW, family=Family.issue,
        body=new.PolicyIssueBody,
        request=new.PolicyIssueRequest, result=results.PolicyIssueResult,
        view=views.Policy,
        not_found=ErrorCode.policy_not_found, is_read=False,
    ),
    OperationSpec(
        name="policy.issue_batch", operation_class=OperationClass.NIW, family=Family.issue,
        body=new.PolicyIssueBatchBody,
        request=new.PolicyIssueBatchRequest, result=results.PolicyIssueBatchResult,
        view=views.PolicyBatch,
        not_found=ErrorCode.policy_not_found, is_read=False, is_optional=True,
    ),
    OperationSpec(
        name="policy.get", operation_class=OperationClass.R, family=Family.query,
        body=policies.PolicyGetBody,
        request=policies.PolicyGetRequest, result=results.PolicyGetResult,
        view=views.Policy,
        not_found=ErrorCode.policy_not_found, is_read=True,
    ),
    OperationSpec(
        name="policy.document", operation_class=OperationClass.R, family=Family.query,
        body=policies.PolicyDocumentBody,
        request=policies.PolicyDocumentRequest, result=results.PolicyDocumentResult,
        view=views.PolicyDocuments,
        not_found=ErrorCode.policy_not_found, is_read=True,
    ),
    OperationSpec(
        name="endorsement.quote", operation_class=OperationClass.R, family=Family.endorse,
        body=policies.EndorsementQuoteBody,
        request=policies.EndorsementQuoteRequest, result=results.EndorsementQuoteResult,
        view=views.EndorsementQuote,
        not_found=ErrorCode.policy_not_found, is_read=True,
    ),
    OperationSpec(
        name="endorsement.submit", operation_class=OperationClass.NIW, family=Family.endorse,
        body=policies.EndorsementSubmitBody,
        request=policies.EndorsementSubmitRequest, result=results.EndorsementSubmitResult,
        view=views.Endorsement,
        not_found=ErrorCode.policy_not_found, is_read=False,
    ),
    OperationSpec(
        name="cancellation.quote", operation_class=OperationClass.R, family=Family.cancel,
        body=policies.CancellationQuoteBody,
        request=policies.CancellationQuoteRequest, result=results.CancellationQuoteResult,
        view=views.CancellationQuote,
        not_found=ErrorCode.policy_not_found, is_read=True,
    ),
    OperationSpec(
        name="cancellation.submit", operation_class=OperationClass.NIW, family=Family.cancel,
        body=policies.CancellationSubmitBody,
        request=policies.CancellationSubmitRequest, result=results.CancellationSubmitResult,
        view=views.Cancellation,
        not_found=ErrorCode.policy_not_found, is_read=False,
    ),
    OperationSpec(
        name="claim.report", operation_class=OperationClass.NIW, family=Family.claim,
        body=claims.ClaimReportBody,
        request=claims.ClaimReportRequest, result=results.ClaimReportResult,
        view=views.Claim,
        not_found=ErrorCode.policy_not_found, is_read=False,
    ),
    OperationSpec(
        name="claim.submit", operation_class=OperationClass.NIW, family=Family.claim,
        body=claims.ClaimSubmitBody,
        request=claims.ClaimSubmitRequest, result=results.ClaimSubmitResult,
        view=views.Claim,
        not_found=ErrorCode.claim_not_found, is_read=False,
    ),
    OperationSpec(
        name="claim.supplement", operation_class=OperationClass.IW, family=Family.claim,
        body=claims.ClaimSupplementBody,
        request=claims.ClaimSupplementRequest, result=results.ClaimSupplementResult,
        view=views.Claim,
        not_found=ErrorCode.claim_not_found, is_read=False,
    ),
    OperationSpec(
        name="claim.modify", operation_class=OperationClass.IW, family=Family.claim,
        body=claims.ClaimModifyBody,
        request=claims.ClaimModifyRequest, result=results.ClaimModifyResult,
        view=views.Claim,
        not_found=ErrorCode.claim_not_found, is_read=False,
    ),
    OperationSpec(
        name="claim.withdraw", operation_class=OperationClass.IW, family=Family.claim,
        body=claims.ClaimWithdrawBody,
        request=claims.ClaimWithdrawRequest, result=results.ClaimWithdrawResult,
        view=views.Claim,
        not_found=ErrorCode.claim_not_found, is_read=False,
    ),
    OperationSpec(
        name="claim.get", operation_class=OperationClass.R, family=Family.query,
        body=claims.ClaimGetBody,
        request=claims.ClaimGetRequest, result=results.ClaimGetResult,
        view=views.Claim,
        not_found=ErrorCode.claim_not_found, is_read=True,
    ),
)
# fmt: on

OPERATIONS: Mapping[str, OperationSpec] = MappingProxyType({row.name: row for row in _ROWS})
