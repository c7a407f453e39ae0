"""Reading the native wire: four words of outcome and no fifth; everything else leaves the result open.

The words are believed only in a reply that bears our number and, where a key is given, the carrier's signature. A
`declined` or `refused` counts only with a code of the interface: an unlisted no may hide a yes.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from gateway.model.errors import ErrorCode
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import UNKNOWN, Outcome, OutcomeKind
from gateway.wire.contract import Context, Inbound, Notice, Reply, WireReply
from gateway.wire.errors import Unreadable, WireError
from gateway.wire.layers.json import json_in, json_out
from gateway.wire.limits import UNMAPPED_MAX
from gateway.wire.native import native_genuine, native_number
from gateway.wire.replies import echoed
from gateway.wire.trees import dig

Errors = Mapping[str, Outcome]
"""What a carrier lists beyond the interface's own codes: its code, and the outcome it documents for it."""

_MEMBERS = frozenset({"request_no", "outcome", "code", "text", "result", "event_id", "operation"})

# Which areas of the canonical codes may come with which word.
_AREAS = {
    "declined": frozenset(
        {"quote", "application", "underwriting", "premium", "policy", "version", "endorsement", "cancellation", "claim"}
    ),
    "refused": frozenset({"request", "product"}),
}

# A yes is no yes without the number that proves it.
_PROOF = {"policy.issue": "policy", "policy.get": "policy"}

_CODES = frozenset(ErrorCode)


class _Status(Struct, frozen=True):
    """What a status other than 200 means, if the body says the code that belongs to it."""

    kind: OutcomeKind
    clause: str | None = None


_NOT_PROCESSED = "annex 9.1 of the carrier interface: not processed"

_STATUSES: Mapping[tuple[int, str], _Status] = {
    (400, "request.invalid"): _Status(OutcomeKind.refused),
    (401, "request.unauthorized"): _Status(OutcomeKind.refused),
    (403, "request.forbidden"): _Status(OutcomeKind.refused),
    (404, "channel.unsupported"): _Status(OutcomeKind.refused),
    (409, "request.duplicate"): _Status(OutcomeKind.refused),
    (413, "request.too_large"): _Status(OutcomeKind.refused),
    (409, "operation.in_progress"): _Status(OutcomeKind.pending),
    (429, "request.rate_limited"): _Status(OutcomeKind.not_executed, _NOT_PROCESSED),
    (503, "carrier.busy"): _Status(OutcomeKind.not_executed, _NOT_PROCESSED),
}


def native_parse(
    operation: str, reply: WireReply, ctx: Context, errors: Errors | None = None, *, key: str | None = "hmac_key"
) -> Reply:
    """The classified reply of an operation. Never raises; what it cannot place is `unknown`, with the reason.

    `key` names the secret the reply is signed with; None where the carrier's security is declared otherwise.
    """
    try:
        if key is not None and not native_genuine(reply, ctx, key=key):
            raise Unreadable("the reply is not signed by the carrier, or too late")
        tree = json_in(reply.body)
        return _classified(operation, tree, reply, native_number(ctx), errors or {})
    except WireError as error:
        return Reply(outcome=UNKNOWN, problems=(error.message,))


def _classified(operation: str, tree: Any, reply: WireReply, number: str, errors: Errors) -> Reply:
    if not isinstance(tree, dict):
        raise Unreadable("the reply is no JSON object")
    ours = echoed(number, tree.get("request_no"))
    if reply.status != 200:
        return _by_status(tree, reply, ours=ours)
    if not ours:
        raise Unreadable("the reply bears another request number than ours")
    return _by_word(operation, tree, errors)


def _by_status(tree: dict[str, Any], reply: WireReply, *, ours: bool) -> Reply:
    code = _told(tree, "code")
    found = _STATUSES.get((reply.status, code or ""))
    # An error may be told before the number could be read; another's number makes it another's error.
    if found is None or not (ours or "request_no" not in tree):
        raise Unreadable(f"status {reply.status} with no code the interface lists")
    polled = found.kind is OutcomeKind.pending
    outcome = Outcome(
        kind=found.kind,
        code=_canonical(code),
        carrier_code=code,
        text=_told(tree, "text"),
        then="inquiry" if polled else None,
        after_s=_retry_after_s(reply),
        because=found.clause,
        alert=found.kind is OutcomeKind.refused,
    )
    return Reply(outcome=outcome, wire=tree)


def _retry_after_s(reply: WireReply) -> float | None:
    text = reply.header("Retry-After") or ""
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 5 else None


def _by_word(operation: str, tree: dict[str, Any], errors: Errors) -> Reply:
    outcome = _outcome(tree, errors)
    if outcome.kind is OutcomeKind.unknown:
        return Reply(outcome=outcome, problems=("the reply says nothing the interface lists",), wire=tree)
    result, problems = _result(operation, tree.get("result"))
    proof = _PROOF.get(operation)
    if outcome.kind is OutcomeKind.accepted and proof is not None and not _has_number(result, proof):
        return Reply(outcome=UNKNOWN, problems=(f"accepted without a {proof} number", *problems), wire=tree)
    unmapped = tuple(name for name in tree if name not in _MEMBERS)[:UNMAPPED_MAX]
    return Reply(
        outcome=outcome, result=result, incomplete=bool(problems), problems=problems, unmapped=unmapped, wire=tree
    )


def _outcome(tree: dict[str, Any], errors: Errors) -> Outcome:
    word, told, text = _told(tree, "outcome"), _told(tree, "code"), _told(tree, "text")
    if word == "accepted":
        return Outcome(kind=OutcomeKind.accepted, carrier_code=told, text=text)
    if word == "pending":
        canonical = _canonical(told)
        return Outcome(kind=OutcomeKind.pending, code=canonical, carrier_code=told, text=text, then="inquiry")
    if word not in _AREAS or told is None:
        return Outcome(kind=OutcomeKind.unknown, carrier_code=told, text=text)
    listed = errors.get(told)
    if listed is not None and listed.kind == word:
        return msgspec.structs.replace(listed, carrier_code=told, text=text)
    if told in _CODES and told.partition(".")[0] in _AREAS[word]:
        kind = OutcomeKind(word)
        return Outcome(kind=kind, code=told, carrier_code=told, text=text, alert=kind is OutcomeKind.refused)
    code = ErrorCode.carrier_unmapped.value
    return Outcome(kind=OutcomeKind.unknown, code=code, carrier_code=told, text=text, alert=True)


def _canonical(code: str | None) -> str:
    return code if code in _CODES else ErrorCode.carrier_unmapped.value


def _told(tree: Any, name: str) -> str | None:
    """The text of a member, or None for anything that is no text."""
    text = dig(tree, name)
    return text if isinstance(text, str) else None


def _has_number(result: Any, kind: str) -> bool:
    return any(number.kind == kind and number.no.strip() for number in getattr(result, "numbers", ()))


def _result(operation: str, tree: Any) -> tuple[Any, tuple[str, ...]]:
    """The canonical result and what of it could not be read: one bad member does not cost the others."""
    kind = OPERATIONS[operation].result
    if tree is None:
        return kind(), ()
    if not isinstance(tree, dict):
        return kind(), ("result is no object",)
    try:
        return msgspec.convert(tree, kind), ()
    except (msgspec.ValidationError, ValueError):
        return _salvaged(kind, tree)


def _salvaged(kind: type[Struct], tree: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    kept: dict[str, Any] = {}
    problems = []
    for name, value in tree.items():
        try:
            msgspec.convert({name: value}, kind)
        except (msgspec.ValidationError, ValueError):
            # The message of a validation error can quote a value; the member's name cannot.
            problems.append(f"result.{name} is not what the interface says" if name.isidentifier() else "a member")
        else:
            kept[name] = value
    return msgspec.convert(kept, kind), tuple(problems)


# --- callbacks -------------------------------------------------------------------------------------------------------


def native_notice(inbound: Inbound, ctx: Context, errors: Errors | None = None, *, key: str = "hmac_key") -> Notice:
    """A callback `operation_result`, read: the answer to a write that was pending. Never raises."""
    genuine = native_genuine(inbound, ctx, key=key)
    try:
        tree = json_in(inbound.body)
    except Unreadable:
        return Notice(matched=False, genuine=genuine)
    operation, number, event = (_told(tree, name) for name in ("operation", "request_no", "event_id"))
    if operation is None or operation not in OPERATIONS or number is None or event is None:
        return Notice(matched=False, genuine=genuine)
    reply = _by_word(operation, tree, errors or {})
    return Notice(matched=True, genuine=genuine, event_id=event, correlate={"request_no": number}, reply=reply)


def native_answer() -> WireReply:
    """The acknowledgement of a callback."""
    return WireReply(status=200, headers=(("Content-Type", "application/json"),), body=json_out({"received": True}))
