"""The evidence pack on a terminal, in the order it is read: how it stands, what was asked, tried, told and done."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cli.out import out, plain, table
from gateway.service.recovery.pack import EvidencePack

_LINES_MAX = 12
_ORDER = {
    "client_ref": "reference", "operation_id": "operation", "state": "state", "code": "code", "text": "why",
}  # fmt: skip
_DECISION = {"decision_id": "decision", "chosen": "channel", "sentence": "why"}
_ATTEMPT = {
    "attempt_id": "attempt", "step": "step", "channel": "channel", "request_no": "our number", "started_at": "started",
    "outcome": "outcome", "code": "code", "fault": "fault", "text": "why",
}  # fmt: skip
_CALLBACK = {"inbound_id": "callback", "name": "name", "received_at": "received", "state": "state", "text": "why"}
_NOTE = {"at": "at", "kind": "what", "text": "why"}
_ORPHAN = {
    "orphan_id": "orphan", "channel": "channel", "found_by": "found by", "found_at": "found", "state": "state",
    "policy_id": "policy", "resolution_id": "operation", "text": "why",
}  # fmt: skip
_AUDIT = {"at": "at", "actor": "who", "client": "key of", "action": "did", "reason": "why"}


def show_pack(pack: EvidencePack) -> None:
    """Print everything."""
    about = pack.operation
    _say(f"{about['operation_id']}  {about['operation']}  {about['state']}  {about['channel'] or ''}")
    _say(f"client {about['client']}  reference {about['client_ref'] or '-'}")
    if about["text"] or about["code"]:
        _say(f"why: {about['text'] or ''} {about['code'] or ''}".rstrip())
    _say(f"tried: {pack.tried}")
    table("Clocks", list(pack.clocks), [list(pack.clocks.values())])
    if pack.request is not None:
        _say("\nRequest")
        _say(_json(pack.request))
    _table("Orders", _ORDER, pack.orders)
    _table("Decisions", _DECISION, pack.decisions)
    for title, rows in (("Attempts", pack.attempts), ("Inquiries", pack.inquiries)):
        _table(title, _ATTEMPT, rows)
    _table("Callbacks", _CALLBACK, pack.callbacks)
    for title, notes in (("Statement lines", pack.statement_lines), ("History", pack.history)):
        _table(title, _NOTE, notes)
    _table("Came after its end", _ORPHAN, pack.orphans)
    _table("Audit", _AUDIT, pack.audit)
    _messages(pack)


def _messages(pack: EvidencePack) -> None:
    for row in (*pack.attempts, *pack.inquiries):
        for direction, message in row["messages"].items():
            _message(f"{direction} of {row['attempt_id']}", message)
    for row in pack.callbacks:
        _message(f"callback {row['inbound_id']}", row["message"])


def _message(title: str, message: Any) -> None:
    if isinstance(message, str):
        return _say(f"\n{title}: {message}")
    _say(f"\n{title}: {message['line']}, {message['bytes']} bytes")
    for name, value in message["headers"]:
        _say(f"  {name}: {value}")
    lines = (message["body"] or "").splitlines()
    for line in lines[:_LINES_MAX]:
        _say(f"  {line}")
    if len(lines) > _LINES_MAX:
        _say(f"  and {len(lines) - _LINES_MAX} more lines: --json prints all")
    return None


def _table(title: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        out.print()
        table(title, list(columns.values()), [[row.get(name) for name in columns] for row in rows])


def _json(document: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _say(text: str) -> None:
    out.print(plain(text), markup=False, soft_wrap=True)
