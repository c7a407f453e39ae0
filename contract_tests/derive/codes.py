"""The code of a reply that the mapping looks up: whether there is one, others of its form, and another in its place."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.flow import Played
from gateway.wire.contract import WireReply

OTHER = "other"


def code_like(row: str, known: str, rows: Iterable[str]) -> str:
    """A code that a row is about; for `other` one of the known code's form that no row is about."""
    if row == OTHER:
        return next(code for code in codes_unlike(known) if not is_listed(code, rows))
    return row.removesuffix("*") + "1" if row.endswith("*") else row


def looked_up(run: Run) -> Played | None:
    """The step whose reply bears a code that was looked up."""
    return next((each for each in run.flow.played if each.reply and each.reply.outcome.carrier_code), None)


def bears_code(run: Run) -> bool:
    """Whether a code was looked up in this example; one that cannot be carried out bears none."""
    try:
        return looked_up(run) is not None
    except Exception:  # noqa: BLE001 - what is wrong with it, its own checks tell
        return False


def codes_unlike(code: str) -> Iterator[str]:
    """Codes of the same form: other digits, other letters."""
    for digit, letter in ("9Z", "8Q", "7X", "6J", "5V"):
        lower = letter.lower()
        yield "".join(
            digit if each.isdigit() else letter if each.isupper() else lower if each.islower() else each
            for each in code
        )
    yield from (f"{code}{number}" for number in range(1, 1_000))


def is_listed(code: str, rows: Iterable[str]) -> bool:
    """Whether a row of the error table is about the code."""
    return any(code == row or (row.endswith("*") and code.startswith(row[:-1])) for row in rows)


def with_code(wire: Any, known: str, code: str) -> Any:
    """The message with another code wherever the known one stands alone; else wherever it stands in a text."""
    if _holds(wire, known):
        return _replaced(wire, known, code, whole=True)
    return _replaced(wire, known, code, whole=False)


def native_with_code(reply: WireReply, known: str, code: str, secrets: Mapping[str, str]) -> WireReply:
    """A reply of the native wire with another code, signed again as its interface says."""
    body = reply.body.replace(f'"{known}"'.encode(), f'"{code}"'.encode())
    stamp = reply.header("X-Timestamp") or ""
    signed = f"{stamp}\n{hashlib.sha256(body).hexdigest()}".encode()
    signature = hmac.digest(secrets.get("hmac_key", "").encode(), signed, "sha256").hex()
    headers = [(name, value) for name, value in reply.headers if name.lower() != "x-signature"]
    return replace(reply, headers=(*headers, ("X-Signature", signature)), body=body)


def _holds(wire: Any, text: str) -> bool:
    if isinstance(wire, dict | list):
        return any(_holds(each, text) for each in (wire.values() if isinstance(wire, dict) else wire))
    return str(wire) == text and not isinstance(wire, bool)


def _replaced(wire: Any, known: str, code: str, *, whole: bool) -> Any:
    if isinstance(wire, dict):
        return {name: _replaced(value, known, code, whole=whole) for name, value in wire.items()}
    if isinstance(wire, list):
        return [_replaced(item, known, code, whole=whole) for item in wire]
    if whole:
        return code if str(wire) == known and not isinstance(wire, bool) else wire
    return wire.replace(known, code) if isinstance(wire, str) else wire
