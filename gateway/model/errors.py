"""The one list of error codes a caller may meet: lower case, `area.reason`, each with a title for people."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """Why something was not done; a caller may branch on these and on nothing else."""

    heading: str

    def __new__(cls, code: str, heading: str) -> "ErrorCode":
        """A member is its code; `heading` says the same to a person, without any personal value."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.heading = heading
        return member

    request_invalid = "request.invalid", "The request does not fit the schema or contradicts itself"
    request_duplicate = "request.duplicate", "The carrier has seen this request before"
    request_too_large = "request.too_large", "The request is larger than allowed"
    request_unauthorized = "request.unauthorized", "No valid API key"
    request_forbidden = "request.forbidden", "The API key does not allow this"
    request_rate_limited = "request.rate_limited", "Too many requests"
    request_not_found = "request.not_found", "There is nothing at this address"
    request_unsupported_media = "request.unsupported_media", "The body is not JSON"
    request_method_not_allowed = "request.method_not_allowed", "This address does not take this method"
    idempotency_key_missing = "idempotency.key_missing", "A write needs an Idempotency-Key header"
    idempotency_key_reused = "idempotency.key_reused", "The idempotency key was used with another request"
    version_conflict = "version.conflict", "The record has changed since it was read"
    operation_not_found = "operation.not_found", "No such operation"
    operation_forgotten = "operation.forgotten", "The operation's answer is no longer kept"
    operation_in_progress = "operation.in_progress", "Another operation of the same contract is not over"
    operation_not_waiting = "operation.not_waiting", "The operation waits for no answer of its caller"
    operation_not_in_review = "operation.not_in_review", "The operation waits for no person's decision"
    operation_number_taken = "operation.number_taken", "The carrier's number already belongs to something else"
    operation_no_orphan = "operation.no_orphan", "No success of the operation waits to be adopted or voided"
    operation_superseded = "operation.superseded", "Another operation has already done what this one was for"
    product_not_found = "product.not_found", "No such product or version"
    product_not_offered = "product.not_offered", "The product is not sold now"
    quote_not_found = "quote.not_found", "No such quote"
    quote_expired = "quote.expired", "The quote is no longer valid"
    quote_refused = "quote.refused", "The carrier does not quote this risk"
    application_not_found = "application.not_found", "No such application"
    application_expired = "application.expired", "The application has lapsed"
    underwriting_age = "underwriting.age", "The age is outside what the carrier accepts"
    underwriting_sum_limit = "underwriting.sum_limit", "The sum insured is above what the carrier accepts"
    underwriting_occupation = "underwriting.occupation", "The carrier does not accept the occupation"
    underwriting_health = "underwriting.health", "The carrier does not accept the health declaration"
    underwriting_region = "underwriting.region", "The carrier does not accept the region"
    underwriting_identity = "underwriting.identity", "The carrier could not confirm the identity"
    underwriting_relationship = "underwriting.relationship", "The carrier does not accept the relationship"
    underwriting_beneficiary = "underwriting.beneficiary", "The carrier does not accept the beneficiaries"
    underwriting_period = "underwriting.period", "The carrier does not accept the period of cover"
    underwriting_blacklist = "underwriting.blacklist", "The carrier does not insure this party"
    underwriting_duplicate_cover = "underwriting.duplicate_cover", "The same cover is already in force"
    underwriting_refused = "underwriting.refused", "The carrier declined the risk"
    underwriting_manual = "underwriting.manual", "The carrier wants to look at the risk in person"
    underwriting_not_accepted = "underwriting.not_accepted", "The application has not been accepted"
    underwriting_answer_wrong = "underwriting.answer_wrong", "The carrier does not accept the code or answer"
    underwriting_answer_expired = "underwriting.answer_expired", "The code or answer came too late for the carrier"
    premium_mismatch = "premium.mismatch", "The carrier's premium is not the expected one"
    premium_unpaid = "premium.unpaid", "The premium has not been received"
    policy_not_found = "policy.not_found", "No such policy"
    policy_not_in_force = "policy.not_in_force", "The policy is not in force"
    policy_already_cancelled = "policy.already_cancelled", "The policy is already cancelled"
    policy_refused = "policy.refused", "The carrier refused to issue the policy"
    policy_document_not_ready = "policy.document_not_ready", "The document is not ready yet"
    policy_document_not_found = "policy.document_not_found", "The policy has no such document"
    policy_wrong_state = "policy.wrong_state", "The policy is in a state that does not allow this"
    policy_free_look_over = "policy.free_look_over", "The free-look period is over"
    policy_lapsed = "policy.lapsed", "The application lapsed before the carrier decided"
    endorsement_not_allowed = "endorsement.not_allowed", "The policy cannot be changed so"
    endorsement_not_found = "endorsement.not_found", "No such endorsement"
    endorsement_refused = "endorsement.refused", "The carrier refused the change"
    cancellation_not_allowed = "cancellation.not_allowed", "The policy cannot be cancelled so"
    cancellation_refused = "cancellation.refused", "The carrier refused the cancellation"
    cancellation_refund_mismatch = "cancellation.refund_mismatch", "The carrier's refund is not the expected one"
    claim_not_found = "claim.not_found", "No such claim"
    claim_already_decided = "claim.already_decided", "The claim is already decided"
    claim_duplicate = "claim.duplicate", "The occurrence is already reported"
    claim_not_covered = "claim.not_covered", "The occurrence is not covered"
    claim_documents_missing = "claim.documents_missing", "Documents are missing"
    claim_refused = "claim.refused", "The carrier refused the claim"
    claim_wrong_state = "claim.wrong_state", "The claim is in a state that does not allow this"
    channel_none_eligible = "channel.none_eligible", "No channel can serve the request now"
    channel_not_executed = "channel.not_executed", "The request was certainly not executed by any channel"
    channel_unsupported = "channel.unsupported", "The channel does not offer this operation"
    channel_cannot_send = "channel.cannot_send", "The request holds something the carrier's format cannot carry"
    channel_not_offered = "channel.not_offered", "The channel's carrier does not offer this operation"
    channel_tried = "channel.tried", "The channel was tried before for this operation"
    channel_excluded_by_caller = "channel.excluded_by_caller", "The caller excludes the channel"
    channel_not_pinned = "channel.not_pinned", "The request or a rule names another channel"
    channel_not_active = "channel.not_active", "The channel is not active"
    channel_licence = "channel.licence", "The channel's insurer is not licensed for this line of business"
    channel_held = "channel.held", "An operator holds the channel back"
    channel_region = "channel.region", "The channel does not sell where the policyholder lives"
    channel_maintenance = "channel.maintenance", "The channel is in its maintenance window"
    channel_limit = "channel.limit", "The request is beyond the channel's limits for this product"
    channel_standby = "channel.standby", "The channel stands by while another one is well"
    channel_quota = "channel.quota", "The channel's quota is used up"
    channel_rule = "channel.rule", "A rule of the product excludes the channel"
    channel_breaker_open = "channel.breaker_open", "Too many of the channel's last calls failed"
    channel_probing = "channel.probing", "The channel is being tried out after failures"
    carrier_busy = "carrier.busy", "The carrier is busy"
    carrier_closed = "carrier.closed", "The carrier takes no such request at this hour"
    carrier_internal = "carrier.internal", "The carrier failed inside"
    carrier_unmapped = "carrier.unmapped", "The carrier answered with a code nobody has mapped"
    carrier_unauthorized = "carrier.unauthorized", "The carrier does not accept our credentials or signature"
    carrier_unreadable = "carrier.unreadable", "The carrier's reply could not be read"
    carrier_declined = "carrier.declined", "The carrier said no"
    carrier_incomplete = "carrier.incomplete", "The carrier's yes lacks what proves it"
    carrier_no_reply = "carrier.no_reply", "The carrier gave no reply"
    gateway_internal = "gateway.internal", "The gateway failed inside"
    gateway_overloaded = "gateway.overloaded", "The gateway is overloaded"
    gateway_catalogue_invalid = "gateway.catalogue_invalid", "The catalogue's files have errors"
    gateway_unavailable = "gateway.unavailable", "The gateway cannot keep its records now"

    @property
    def area(self) -> str:
        """The part before the dot: who or what the code is about."""
        return self.value.partition(".")[0]


_HEADINGS = {code.value: code.heading for code in ErrorCode}


def heading_of(code: str) -> str:
    """What a code says to a person; a code nobody listed speaks for itself."""
    return _HEADINGS.get(code, code)
