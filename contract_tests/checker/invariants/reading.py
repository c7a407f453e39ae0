"""What several invariants read off a history: whose an effect is, what an answer said."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from contract_tests.checker.history import Call, Effect, History

TERMINAL = frozenset({"succeeded", "declined", "failed", "expired"})
NOTHING_HAPPENED = frozenset({"declined", "failed", "expired"})
NOT_BEGUN = frozenset({"request.duplicate", "idempotency.key_reused"})
KINDS = {
    "policy.issue": "issue",
    "underwriting.submit": "underwrite",
    "cancellation.submit": "cancel",
    "endorsement.submit": "endorse",
    "claim.report": "claim_report",
    "claim.submit": "claim_submit",
}
"""Which effect an operation has at a carrier."""
ASKING = {"issue": ("policy.issue",), "underwrite": ("underwriting.submit", "policy.issue")}
"""Which operations ask for an effect known by its canaries; some carriers underwrite as the first step of an issue."""

Asked = tuple[str, str]
"""An operation, and the identity of what was asked by it."""

ANSWERS_KEPT = 2_048
"""A key gives one answer however often it is repeated, and every promise reads all answers."""


def document(call: Call) -> Mapping[str, Any]:
    """The JSON of an answer; empty when there is none."""
    return _read(call.answer)


@lru_cache(maxsize=ANSWERS_KEPT)
def _read(answer: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(answer) if answer else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def told_no(call: Call) -> bool:
    """Whether the caller was told that its operation ended without effect.

    A refusal to begin names no operation, or the one that has what was asked for.
    """
    if call.status is None or call.status < HTTPStatus.BAD_REQUEST:
        return False
    told = document(call)
    return told.get("operation_id") is not None and told.get("code") not in NOT_BEGUN


def told_yes(call: Call) -> bool:
    """Whether the caller was told that it was done."""
    return call.status in (200, 201)


def is_final(call: Call) -> bool:
    """Whether an answer is the operation's end."""
    return told_yes(call) or told_no(call)


def numbers_told(answer: Mapping[str, Any], kinds: Collection[str] = ("policy", "compulsory_policy")) -> set[str]:
    """The carrier's numbers of some kinds, policies when not said, in an answer or an object of ours."""
    return {each["no"] for each in answer.get("numbers", ()) if each.get("kind") in kinds}


def owners(history: History, kind: str) -> list[tuple[Effect, set[Asked]]]:
    """The ledgers' effects of a kind, each with what was asked that it carries all canaries of."""
    asked: dict[Asked, frozenset[str]] = {}
    for call in history.calls:
        if call.operation in ASKING[kind]:
            name = call.operation, call.identity
            asked[name] = asked.get(name, frozenset()) | call.canaries
    by_canary: defaultdict[str, set[Asked]] = defaultdict(set)
    for name, canaries in asked.items():
        for canary in canaries:
            by_canary[canary].add(name)
    found = []
    for effect in history.effects:
        if effect.kind == kind:
            near = {name for canary in effect.canaries for name in by_canary.get(canary, ())}
            found.append((effect, {name for name in near if asked[name] <= effect.canaries}))
    return found


def subject_of(effect: Effect) -> str:
    """What an effect other than an issue must not happen to twice."""
    return effect.business_key or effect.policy_no or effect.number or ""


def operation_ids(history: History) -> dict[tuple[str, str, str], str]:
    """The journal's operation by client, operation and key."""
    return {
        (row.client, row.operation, row.idem_key): row.operation_id
        for row in history.rows.operations
        if row.idem_key is not None
    }


def effects_of(history: History, operation_id: str, kind: str) -> list[Effect]:
    """The effects that bear a request number of an operation: on the wire it may stand cut short."""
    sent = [(row.channel, row.request_no) for row in history.rows.attempts if row.operation_id == operation_id]
    return [
        effect
        for effect in history.effects
        if effect.kind == kind
        and effect.request_no
        and any(channel == effect.channel and no.startswith(effect.request_no) for channel, no in sent)
    ]


def issues(history: History) -> list[tuple[Effect, set[str]]]:
    """The ledgers' issues, each with the identities it fits."""
    return [(effect, {identity for _, identity in found}) for effect, found in owners(history, "issue")]


def by_number(history: History, kind: str) -> dict[tuple[str, str], Effect]:
    """The ledgers' effects of a kind by channel and the carrier's number."""
    return {(each.channel, each.number): each for each in history.effects if each.kind == kind and each.number}


def view_of(data: bytes) -> dict[str, Any]:
    """A stored object; one that is kept beside what only we need stands under `view`."""
    found: dict[str, Any] = json.loads(data)
    return found["view"] if isinstance(found.get("view"), dict) else found
