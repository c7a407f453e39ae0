"""The published carrier interface as an OpenAPI 3.1 document: who implements it is reached without a mapping.

Made from the canonical model and the constants of the native wire; clause numbers are those of cedar's document.
"""

from functools import cache
from typing import Any

import msgspec

from gateway import __version__
from gateway.model.operations import OPERATIONS
from gateway.model.schema import components
from gateway.wire.native import NONCE_LENGTH, NUMBER_CHARACTERS, SKEW_S_MAX

_REF = "#/components/schemas/{name}"
_BATCH = "policy.issue_batch"
"""A native carrier is sent single orders."""
_OUTCOMES = ["accepted", "declined", "pending", "refused"]
_SIGNATURE = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_STAMP = {"type": "string", "pattern": "^[0-9]{1,12}$"}
_DESCRIPTION = (
    "One endpoint per operation. Writes are idempotent by `request_no` for 7 days (5.1). Requests, replies and "
    "callbacks are signed with HMAC-SHA256 (3.2, 3.3). Clause numbers are those of the interface's document."
)


@cache
def document() -> dict[str, Any]:
    """The whole document, as plain JSON values."""
    names = [name for name in OPERATIONS if name != _BATCH]
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Carrier interface of insurehub",
            "version": f"1 (insurehub {__version__})",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": {f"/carrier/v1/{name.replace('.', '/')}": {"post": _operation(name)} for name in names},
        "webhooks": {"operation_result": {"post": _callback()}},
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "Agreed beforehand (3.1)."}
            },
            "schemas": {**components(_REF), **_envelopes()},
            "parameters": _parameters(),
            "headers": _headers(),
        },
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(whole))
    return plain


def _operation(name: str) -> dict[str, Any]:
    row = OPERATIONS[name]
    request = {"allOf": [_ref("Sent")], "type": "object", "properties": {"request": _ref(row.request.__name__)}}
    reply = {"allOf": [_ref("Decided")], "type": "object", "properties": {"result": _result_of(row.result.__name__)}}
    return {
        "operationId": name.replace(".", "_"),
        "summary": name + (": changes nothing" if row.is_read else ": a write"),
        "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in _parameters()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": request}}},
        "responses": {
            "200": _reply("What was decided (2.4).", reply),
            "default": _reply("Not taken, or open (9.1).", _ref("NotTaken")),
        },
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": _REF.format(name=name)}


def _result_of(name: str) -> dict[str, Any]:
    """A result may be empty where nothing was done."""
    return {"anyOf": [_ref(name), {"type": "object", "maxProperties": 0}]}


def _reply(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _headers()}
    return {"description": description, "headers": headers, "content": {"application/json": {"schema": schema}}}


def _envelopes() -> dict[str, Any]:
    number = {"type": "string", "pattern": f"^[0-9A-Za-z]{{1,{NUMBER_CHARACTERS}}}$"}
    text, code = {"type": "string", "maxLength": 500}, {"type": "string", "description": "Annex 9."}
    sent = {"request_no": number, "sent_at": {"type": "string", "format": "date-time"}, "request": {"type": "object"}}
    decided = {
        "request_no": number,
        "outcome": {"enum": _OUTCOMES},
        "code": code,
        "text": text,
        "result": {"type": "object"},
    }
    told = {**decided, "event_id": {"type": "string", "maxLength": 32}, "operation": {"enum": list(OPERATIONS)},
            "outcome": {"enum": _OUTCOMES[:2]}}  # fmt: skip
    return {
        "Sent": {"type": "object", "required": list(sent), "properties": sent},
        "Decided": {"type": "object", "required": ["request_no", "outcome"], "properties": decided},
        "NotTaken": {
            "type": "object",
            "required": ["code"],
            "properties": {"request_no": number, "code": code, "text": text},
        },
        "Told": {"type": "object", "required": ["event_id", "operation", "request_no", "outcome"], "properties": told},
    }


def _parameters() -> dict[str, Any]:
    nonce = {"type": "string", "pattern": f"^[0-9A-Za-z]{{{NONCE_LENGTH}}}$"}
    told = {
        "X-Timestamp": (_STAMP, f"Seconds since 1970, within {SKEW_S_MAX} s of the carrier's clock (3.2)."),
        "X-Nonce": (nonce, "New for every sending (3.2)."),
        "X-Signature": (_SIGNATURE, "HMAC-SHA256 over method, path, timestamp, nonce and the body's SHA-256 (3.2)."),
    }
    return {
        name: {"name": name, "in": "header", "required": True, "schema": schema, "description": about}
        for name, (schema, about) in told.items()
    }


def _headers() -> dict[str, Any]:
    about = "HMAC-SHA256 over the timestamp, a line feed, and the body's SHA-256 (3.3)."
    return {"X-Timestamp": {"schema": _STAMP}, "X-Signature": {"schema": _SIGNATURE, "description": about}}


def _callback() -> dict[str, Any]:
    received = {"type": "object", "required": ["received"], "properties": {"received": {"const": True}}}
    acknowledged = {
        "description": "Received (6.2); else it comes again.",
        "content": {"application/json": {"schema": received}},
    }
    return {
        "operationId": "operation_result",
        "summary": "The result of what was answered pending (6.1); repeated every 5 minutes, 12 times",
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("Told")}}},
        "responses": {"200": acknowledged},
    }
