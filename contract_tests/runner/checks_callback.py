"""C19: a callback is read, believed only when it is genuine, and answered in the carrier's own bytes."""

from typing import Any

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.frozen import context_of
from contract_tests.examples.proof import Proof
from contract_tests.runner.canonical import compare_result
from contract_tests.runner.checks_reply import compare_outcome
from contract_tests.runner.checks_request import compare_body, compare_headers
from gateway.model.outcome import SafetyClass
from gateway.wire.contract import Callback, Context, Inbound, Notice


def called_back(run: Run, inbound: Inbound | None = None) -> tuple[Callback, Notice, Context]:
    """The callback of an example as its adapter reads it, or of other bytes. Raises LookupError for an unknown one."""
    given = run.example.callback
    assert given is not None
    callback = run.subject.adapter.callback(given.name)
    if callback is None:
        raise LookupError(f"the mapping has no callback '{given.name}'")
    context = context_of(run.example, run.example.freeze, {})
    return callback, callback.read(inbound or given.inbound, context), context


def callback(run: Run, proof: Proof) -> None:
    """Genuine or forged, whose it is, what it says."""
    expect = run.example.expect
    called, notice, _ = called_back(run)
    facts: dict[str, Any] = {"genuine": notice.genuine, "matched": notice.matched, "event_id": notice.event_id}
    for name, actual in facts.items():
        stated = expect.words.get(name)
        if stated is not None:
            proof.same(stated.value, actual, at=name, mark=stated.mark)
    correlate = expect.words.get("correlate")
    if correlate is not None:
        proof.same(correlate.value, dict(notice.correlate), at="correlate", mark=correlate.mark)
    if notice.reply is not None:
        compare_outcome(proof, expect, notice.reply, SafetyClass.read)
        compare_result(proof, run.example, called.operation, notice.reply.result, run.subject)
    elif expect.word("outcome") is not None:
        mark = expect.words["outcome"].mark
        proof.fails(at="outcome", mark=mark, expected=expect.word("outcome"), actual="the callback was not read")


def answer(run: Run, proof: Proof) -> None:
    """The acknowledgement, to the byte."""
    wanted = run.example.expect.answer
    assert wanted is not None
    called, notice, context = called_back(run)
    sent = called.answer(notice, context)
    status = run.example.expect.answer_status
    if status is not None:
        proof.same(status.value, sent.status, at="status of the answer", mark=status.mark)
    compare_headers(proof, run, wanted, sent.headers, sent.body)
    compare_body(proof, run, wanted, sent.body)


def tampered(run: Run, proof: Proof) -> None:
    """One bit of a signed callback changed: it is not believed."""
    given = run.example.callback
    assert given is not None
    body = given.inbound.body
    for at in {len(body) // 3, len(body) // 2, len(body) * 2 // 3}:
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        _, notice, _ = called_back(run, replace(given.inbound, body=changed))
        believed = notice.genuine and notice.matched
        proof.holds(not believed, at=f"byte {at} changed", mark=given.mark, expected="not believed", actual="believed")
