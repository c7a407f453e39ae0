"""The evidence pack: everything the journal holds of one operation, in the order a person reads it.

Personal values are hidden and raw messages are shown by their shape, unless the reader gave a reason that was recorded.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from gateway.journal.protocol import Journal
from gateway.journal.records import AttemptRecord, AuditRecord, InboundRecord, OperationRecord
from gateway.journal.vault import RawMessage, Vault, VaultError
from gateway.model.operations import OPERATIONS
from gateway.service.engine.flow import BATCH
from gateway.service.entrance.batch_row import orders_of
from gateway.service.recovery.redacted import Keep, masked, message_plain, message_shape

STATEMENT = "statement"
"""The kind of a note that is a line of a carrier's daily file."""

EACH_ALONE = "each order is an operation of its own"
PERHAPS_ITS = "which orders it opened cannot be read: listed are those without a key that its client opened just then"
LOOKED_AT_MAX = 1_000

_ORDER = ("client_ref", "operation_id", "state", "code", "text")
_ABOUT = ("operation_id", "operation", "client", "client_ref", "state", "channel", "code", "text", "subject_id")
_CLOCKS = ("created_at", "deadline_at", "unknown_since", "resolve_by", "next_check_at", "updated_at")
_ATTEMPT = (
    "attempt_id", "step", "number", "channel", "request_no", "adapter_version", "started_at", "ended_at", "outcome",
    "code", "fault", "text",
)  # fmt: skip
_INBOUND = ("inbound_id", "channel", "name", "received_at", "state", "text", "ended_at")
_ORPHAN = (
    "orphan_id", "channel", "found_by", "found_at", "state", "text", "policy_id", "resolution_id", "updated_at",
)  # fmt: skip


class EvidencePack(Struct, frozen=True, kw_only=True):
    """One operation with all that is known of it: what was asked, decided, tried, told, noted, and done by people."""

    operation: Mapping[str, Any]
    clocks: Mapping[str, Any]
    tried: str
    request: Any
    decisions: tuple[Any, ...] = ()
    attempts: tuple[Any, ...] = ()
    inquiries: tuple[Any, ...] = ()
    callbacks: tuple[Any, ...] = ()
    statement_lines: tuple[Any, ...] = ()
    history: tuple[Any, ...] = ()
    orphans: tuple[Any, ...] = ()
    audit: tuple[Any, ...] = ()
    orders: tuple[Any, ...] = ()


async def evidence_of(
    journal: Journal, op: OperationRecord, vault: Vault | None, *, is_raw: bool = False
) -> EvidencePack:
    """The pack of an operation; without a vault the raw messages stay sealed."""
    attempts = await journal.attempts(op.operation_id)
    opener = _Opener(journal, vault, frozenset(each.request_no for each in attempts if each.request_no), is_raw=is_raw)
    made = [each for each in attempts if each.purpose != "inquiry"]
    asked = [each for each in attempts if each.purpose == "inquiry"]
    notes = await journal.notes(op.operation_id)
    lines = [{"at": note.at, "kind": note.kind, "text": note.text} for note in notes]
    return EvidencePack(
        operation=_picked(op, _ABOUT),
        clocks=_picked(op, _CLOCKS),
        tried=tried(attempts) if op.operation != BATCH else EACH_ALONE if orders_of(op) is not None else PERHAPS_ITS,
        request=_request(op, is_raw=is_raw),
        decisions=tuple(msgspec.json.decode(each.body) for each in await journal.decisions(op.operation_id)),
        attempts=tuple([await opener.attempt(each) for each in made]),
        inquiries=tuple([await opener.attempt(each) for each in asked]),
        callbacks=tuple([opener.callback(each) for each in await journal.inbound_of(op.operation_id)]),
        statement_lines=tuple(line for line in lines if line["kind"] == STATEMENT),
        history=tuple(line for line in lines if line["kind"] != STATEMENT),
        orphans=tuple(_picked(each, _ORPHAN) for each in await journal.orphans(operation_id=op.operation_id)),
        audit=tuple(audited(each) for each in reversed(await journal.audits(op.operation_id))),
        orders=tuple(await _orders(journal, op)) if op.operation == BATCH else (),
    )


def tried(attempts: Iterable[AttemptRecord]) -> str:
    """What was done to find out, in one line: `2 sendings (refused, unknown), 3 inquiries (3 unknown)`."""
    kinds = {"effect": ("sending", "sendings"), "inquiry": ("inquiry", "inquiries"), "answer": ("answer", "answers")}
    told = []
    for purpose, (one, many) in kinds.items():
        found = Counter(
            each.outcome.value if each.outcome else "not ended" for each in attempts if each.purpose == purpose
        )
        if found:
            outcomes = ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in sorted(found.items()))
            told.append(f"{found.total()} {one if found.total() == 1 else many} ({outcomes})")
    return ", ".join(told) or "nothing was sent"


def audited(record: AuditRecord) -> dict[str, Any]:
    """An audit entry as people read it."""
    before, after = (msgspec.json.decode(each) if each else None for each in (record.before, record.after))
    names = ("audit_id", "at", "actor", "client", "action", "operation_id", "reason")
    return {**_picked(record, names), "before": before, "after": after}


async def _orders(journal: Journal, batch: OperationRecord) -> list[dict[str, Any]]:
    """The orders of a batch: each one's operation and where it stands, or why it was refused."""
    orders = orders_of(batch)
    if orders is None:
        return [_picked(op, _ORDER) for op in await _perhaps_its(journal, batch)]
    told = []
    for order in orders:
        op = await journal.operation(order.operation_id) if order.operation_id is not None else None
        refused = msgspec.json.decode(order.problem).get("code") if order.problem is not UNSET else None
        row = dict.fromkeys(_ORDER) | {"client_ref": order.client_ref, "code": refused}
        told.append(row if op is None else _picked(op, _ORDER))
    return told


async def _perhaps_its(journal: Journal, batch: OperationRecord) -> list[OperationRecord]:
    """Its client's orders without a key of the minute before it: a batch's orders are opened with it, in one group."""
    since, until = batch.created_at - timedelta(seconds=60), batch.created_at + timedelta(seconds=1)
    found = await journal.operations(client=batch.client, operation="policy.issue", before=until, limit=LOOKED_AT_MAX)
    return [op for op in reversed(found) if op.idem_key is None and op.created_at >= since]


def _picked(record: Struct, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _request(op: OperationRecord, *, is_raw: bool) -> Any:
    spec = OPERATIONS.get(op.operation)
    if not op.request or (spec is None and not is_raw):  # forgotten, or of no kind whose personal fields are known
        return None
    if is_raw or spec is None:
        return msgspec.json.decode(op.request)
    try:
        return masked(msgspec.json.decode(op.request, type=spec.request))
    except msgspec.ValidationError:  # a row that holds another operation's answer has no request of its own
        return None


class _Opener:
    """Opens raw messages and shows them as they may be seen."""

    def __init__(self, journal: Journal, vault: Vault | None, keep: Keep, *, is_raw: bool) -> None:
        self._journal = journal
        self._vault = vault
        self._keep = keep
        self._is_raw = is_raw

    async def attempt(self, record: AttemptRecord) -> dict[str, Any]:
        sealed = await self._journal.messages(record.attempt_id)
        messages = {each.direction: self._shown(each.sealed, record.attempt_id) for each in sealed}
        return {**_picked(record, _ATTEMPT), "purpose": record.purpose, "messages": messages}

    def callback(self, record: InboundRecord) -> dict[str, Any]:
        return {**_picked(record, _INBOUND), "message": self._shown(record.sealed, record.inbound_id)}

    def _shown(self, sealed: bytes, owner_id: str) -> Any:
        if self._vault is None:
            return "sealed: the key is not here"
        try:
            raw = RawMessage.unpack(self._vault.open(sealed, owner_id))
        except VaultError as cannot:
            return f"sealed: {cannot}"
        except msgspec.MsgspecError:  # what a caller answered is kept as it was given, not as a message
            return "sealed: an answer of the caller"
        return message_plain(raw) if self._is_raw else message_shape(raw, self._keep)
