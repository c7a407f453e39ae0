"""Batches: no more items than a carrier takes, and an answer to each item that was sent, to no other."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from gateway.model.enums_party import MemberOutcome
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.model.requests_new import BatchItem, PolicyIssueBatchRequest
from gateway.model.results import BatchItemResult, PolicyIssueBatchResult
from gateway.model.roles import MemberResult
from gateway.wire.classified import item_outcome
from gateway.wire.errors import CannotSend

REF_CHARACTERS_MIN = 12
"""So much of a reference tells it from any other: a carrier may take no more than the beginning (`cut`)."""


def batch_of(items: Sequence[BatchItem], most: int) -> None:
    """Refuse a batch that is empty, larger than the carrier takes, or has two items under one reference."""
    if not 0 < len(items) <= most:
        raise CannotSend(f"a batch of {len(items)} items: this carrier takes 1 to {most}")
    if len({item.ref for item in items}) < len(items) or not all(item.ref for item in items):
        raise CannotSend("two items of the batch bear one reference, or one bears none")


def matched_items(
    req: PolicyIssueBatchRequest, result: PolicyIssueBatchResult, outcome: Outcome, problems: list[str]
) -> PolicyIssueBatchResult:
    """The reply's items in the order of the request, each under our whole reference.

    An item the reply names twice or not at all is unknown: it may have been issued. An answer to a reference nobody
    sent is a problem and nobody's answer. Where the whole batch was not accepted, its outcome is that of every item.
    """
    ours = sorted(item.ref for item in req.items)
    named = [(_ref_of(item.ref, ours), item) for item in result.items]
    counted = Counter(ref for ref, _ in named)
    told = {ref: item for ref, item in named if counted[ref] == 1}
    if counted[None]:
        problems.append(f"the reply answers {counted[None]} items that were not in the batch")
    whole = None if outcome.kind is OutcomeKind.accepted else MemberResult(code=item_outcome(outcome.kind))
    found = tuple([_answer(item, told.get(item.ref), whole, problems) for item in req.items])
    return replace(result, items=found)


def _ref_of(told: str | None, ours: Sequence[str]) -> str | None:
    """Which of our references, sorted, a reply means: the one it names, or the one it names as far as that was sent."""
    if not told:
        return None
    at = bisect_left(ours, told)
    fitting = [ref for ref in ours[at : at + 2] if ref.startswith(told)]
    if told in fitting:
        return told
    return fitting[0] if len(fitting) == 1 and len(told) >= REF_CHARACTERS_MIN else None


def _answer(
    item: BatchItem, told: BatchItemResult | None, whole: MemberResult | None, problems: list[str]
) -> BatchItemResult:
    if whole is not None:
        return replace(told or BatchItemResult(), ref=item.ref, result=whole)
    if told is not None and told.result is not None:
        return replace(told, ref=item.ref)
    problems.append("an item of the batch has no answer of its own")
    return BatchItemResult(ref=item.ref, result=MemberResult(code=MemberOutcome.unknown))


__all__ = ["batch_of", "matched_items"]
