"""C04: what a reply means, and what was read of it. C12, C13: replies that cannot be read prove nothing."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Expect
from contract_tests.examples.flow import Played, next_step
from contract_tests.examples.proof import Proof
from contract_tests.runner.canonical import compare_result
from contract_tests.runner.signed_part import signed_part
from gateway.model.outcome import OutcomeKind, SafetyClass
from gateway.wire.contract import Reply, WireReply

_FACTS = ("code", "carrier_code", "field", "text", "alert", "disclose", "once")
_SECONDS = ("every_s", "for_s", "after_s")


def outcome(run: Run, proof: Proof) -> None:
    """The reply is classified as the example says."""
    flow = run.flow
    if flow.missing:
        proof.fails(
            at=f"step {flow.missing}",
            mark=run.example.mark,
            expected="every step that is sent has its response in the example",
            actual=f"the mapping sends {flow.missing}, the example gives no response to it",
        )
        return
    if flow.reply is None:
        refusal = flow.played[-1].refusal if flow.played else None
        if refusal is not None:
            proof.raised(refusal, at="request", mark=run.example.mark, expected="a request, and then a reply")
        return
    compare_outcome(proof, run.example.expect, flow.reply, flow.played[-1].step.safety)


def compare_outcome(proof: Proof, expect: Expect, reply: Reply, safety: SafetyClass) -> None:
    """Outcome, code, next step and all else that is stated about them."""
    found = reply.outcome
    for name, stated in expect.words.items():
        if name == "outcome":
            told = "; ".join(reply.problems)
            actual = found.kind.value
            if actual != stated.value:
                detail = f"{actual}, code {found.code}" + (f" ({told})" if told else "")
                proof.fails(at="outcome", mark=stated.mark, expected=stated.value, actual=detail)
            else:
                proof.compared += 1
        elif name in _FACTS:
            proof.same(stated.value, getattr(found, name), at=name, mark=stated.mark)
        elif name in _SECONDS:
            proof.same(float(stated.value), getattr(found, name), at=name, mark=stated.mark)
        elif name == "next":
            proof.same(stated.value, next_step(found, safety), at="next", mark=stated.mark)
        elif name == "must_not":
            step = next_step(found, safety)
            proof.holds(
                step not in ("resend", "retry"),
                at="must_not",
                mark=stated.mark,
                expected="no second send of this request",
                actual=f"the next step is {step}",
            )
    _compare_reading(proof, expect, reply)


def _compare_reading(proof: Proof, expect: Expect, reply: Reply) -> None:
    incomplete = expect.words.get("incomplete")
    if incomplete is not None:
        proof.same(incomplete.value, reply.incomplete, at="incomplete", mark=incomplete.mark)
    elif reply.incomplete and reply.outcome.kind is OutcomeKind.accepted:
        told = "; ".join(reply.problems)
        proof.fails(at="reading", mark=expect.mark, expected="a result that could be read", actual=told)
    problems = expect.words.get("problems")
    for words in problems.value if problems is not None else ():
        told = "; ".join(reply.problems)
        proof.holds(words in told, at="problems", mark=problems.mark, expected=words, actual=told)  # type: ignore[union-attr]
    unmapped = expect.words.get("unmapped")
    if unmapped is not None:
        proof.same(sorted(unmapped.value), sorted(reply.unmapped), at="unmapped", mark=unmapped.mark)


def reply(run: Run, proof: Proof) -> None:
    """The canonical result is exactly the one the example gives."""
    found = run.flow.reply
    result = found.result if found is not None else None
    compare_result(proof, run.example, run.example.operation, result, run.subject)


# --- derived: the same reply, damaged ---------------------------------------------------------------------------------

_PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Sign in</h1></body></html>"


def damaged(reply: WireReply) -> Iterator[tuple[str, WireReply]]:
    """The reply as it must never be believed: another kind of body."""
    html = (("Content-Type", "text/html; charset=utf-8"),)
    yield "a web page", WireReply(status=200, headers=html, body=_PAGE)
    yield "a web page under the reply's own headers", replace(reply, body=_PAGE)
    yield "no body", replace(reply, body=b"")
    yield "bytes that are no text", replace(reply, body=b"\x16\x03\x01\xff\xfe\x00\x80" * 9)


def shortened(reply: WireReply) -> Iterator[tuple[str, WireReply]]:
    """The reply as it came before the connection ended."""
    for percent in (25, 50, 75, 99):
        kept = min(len(reply.body) * percent // 100, len(reply.body) - 1)
        if kept > 0:
            yield f"the first {percent} % of the body", replace(reply, body=reply.body[:kept])


def unreadable(run: Run, proof: Proof) -> None:
    """C13: whatever cannot be read is unknown, and certainly no yes."""
    _each_is_unknown(run, proof, damaged)


def cut(run: Run, proof: Proof) -> None:
    """C12: a reply of which only the beginning came is unknown."""
    _each_is_unknown(run, proof, shortened)


def _each_is_unknown(run: Run, proof: Proof, ways: Callable[[WireReply], Iterator[tuple[str, WireReply]]]) -> None:
    for played in _answered(run):
        assert played.exchange.reply is not None
        for what, raw in ways(played.exchange.reply.reply):
            _must_be_unknown(proof, run, played, raw, what)


_TAMPERED_MAX = 32


def tampered(run: Run, proof: Proof) -> None:
    """C02: a signed reply with one bit changed, wherever the signature covers it, proves nothing."""
    forms = run.subject.tree.carrier.reply if run.subject.tree is not None else ()
    for played in _answered(run):
        assert played.exchange.reply is not None
        raw = played.exchange.reply.reply
        covered = signed_part(forms, raw.body)
        for at in covered[:: max(len(covered) // _TAMPERED_MAX, 1)]:
            body = raw.body[:at] + bytes([raw.body[at] ^ 1]) + raw.body[at + 1 :]
            _must_be_unknown(proof, run, played, replace(raw, body=body), f"byte {at} of the reply changed")


def _answered(run: Run) -> list[Played]:
    return [played for played in run.flow.played if played.exchange.reply is not None and played.wire is not None]


def _must_be_unknown(proof: Proof, run: Run, played: Played, raw: WireReply, what: str) -> None:
    assert played.exchange.reply is not None
    mark = played.exchange.reply.mark
    try:
        found: Any = played.step.parse(raw, run.example.request, played.context)
    except Exception as error:  # noqa: BLE001 - parse promises never to raise; that it did is the finding
        proof.raised(error, at=what, mark=mark, expected="unknown")
        return
    kind = found.outcome.kind
    proof.holds(kind is OutcomeKind.unknown, at=what, mark=mark, expected="unknown", actual=kind.value)
