"""Small readings of an operation's row and a carrier's reply that several use cases need."""

from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.journal.records import OperationRecord
from gateway.model import Reason
from gateway.wire.contract import Reply


def binding_of(op: OperationRecord) -> dict[str, Any]:
    """The product's entry for the channel, as it was when the operation was routed."""
    return msgspec.json.decode(op.binding, type=dict[str, Any]) if op.binding else {}


def refs_of(op: OperationRecord, reply: Reply) -> dict[str, str]:
    """What the carrier wants back: from earlier operations, and from this reply."""
    before = msgspec.json.decode(op.refs, type=dict[str, str]) if op.refs else {}
    return {**before, **getattr(reply.result, "refs", {})}


def reasons_of(reply: Reply) -> tuple[Reason, ...]:
    """The carrier's reasons with the outcome's code, unless they must not be disclosed."""
    outcome = reply.outcome
    if not outcome.disclose:
        return ()
    told: tuple[Reason, ...] = getattr(reply.result, "reasons", ())
    if told:
        return tuple(replace(reason, code=reason.code or outcome.code) for reason in told)
    return (Reason(code=outcome.code, text=outcome.text),) if outcome.code or outcome.text else ()


def or_else(result: Any, name: str, otherwise: Any) -> Any:
    """A result's field when it says anything, else what we know ourselves."""
    value = getattr(result, name, None)
    return otherwise if value in (None, ()) else value
