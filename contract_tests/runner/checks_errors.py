"""C05: every row of a carrier's error table, and a code that is in none, proven on a reply of the example.

The example's reply bears a code that the mapping looks up; the code is replaced in the decoded message and the
generated classification asked again. Signatures are not in the way: they are checked before a reply is decoded.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from contract_tests.runner.check import Run
from contract_tests.runner.flow import Played
from contract_tests.runner.proof import Proof
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.wire.contract import WireReply

OTHER = "other"


class ErrorRow:
    """The check of one row; `other` is a code that no row lists."""

    def __init__(self, code: str) -> None:
        """Take the row's code as the mapping writes it; one that ends in `*` stands for all that begin so."""
        self.code = code

    def __call__(self, run: Run, proof: Proof) -> None:
        played = looked_up(run)
        row = run.subject.error_rows[self.code]
        if played is None or played.reply is None or played.exchange.reply is None:
            proof.fails(
                at=f"error row {self.code}",
                mark=run.example.mark,
                expected="a reply whose code the mapping looks up",
                actual="the outcome table did not look a code up in this example",
            )
            return
        known = str(played.reply.outcome.carrier_code)
        code = code_like(self.code, known, run.subject.error_rows)
        found = self._classified(run, played, known, code)
        mark = played.exchange.reply.mark
        line = run.subject.lines.shown(row.mark)
        if found.carrier_code != code:
            decided = found.kind is not OutcomeKind.accepted
            proof.holds(decided, at=f"code {code}", mark=mark, expected="no yes", actual=found.kind.value)
            return
        proof.same(row.kind.value, found.kind.value, at=f"outcome of code {code}", mark=mark, mapping=line)
        wanted = None if row.code is None else row.code.value
        proof.same(wanted, found.code, at=f"canonical code of {code}", mark=mark, mapping=line)
        if self.code == OTHER:
            honest = found.kind is OutcomeKind.unknown and found.code == "carrier.unmapped"
            actual = f"{found.kind.value}, {found.code}"
            proof.holds(honest, at=f"code {code}", mark=mark, expected="unknown, carrier.unmapped", actual=actual)

    def _classified(self, run: Run, played: Played, known: str, code: str) -> Outcome:
        assert played.reply is not None
        assert played.exchange.reply is not None
        if run.subject.adapter.carrier.native:
            reply = native_with_code(played.exchange.reply.reply, known, code, run.example.secrets)
            parsed: Outcome = played.step.parse(reply, run.example.request, played.context).outcome
            return parsed
        classify = run.subject.classify(run.flow.operation, played.step.name)
        if classify is None:
            raise LookupError(f"the generated module of {run.flow.operation.name} does not classify by itself")
        wire = with_code(played.reply.wire, known, code)
        found: Outcome = classify(wire, played.exchange.reply.reply, run.example.request, played.context)
        return found


def code_like(row: str, known: str, rows: Iterable[str]) -> str:
    """A code that a row is about; for `other` one of the known code's form that no row is about."""
    if row == OTHER:
        return next(code for code in codes_unlike(known) if not is_listed(code, rows))
    return row.removesuffix("*") + "1" if row.endswith("*") else row


def looked_up(run: Run) -> Played | None:
    """The step whose reply bears a code that was looked up."""
    return next((each for each in run.flow.played if each.reply and each.reply.outcome.carrier_code), None)


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
