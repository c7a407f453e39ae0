"""Every state machine of the vocabulary, as data: the moves that exist, and no others."""

from enum import StrEnum


class OperationState(StrEnum):
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
