"""C19 at level 1: callbacks at the gateway's endpoint: good, repeated, early, about nobody, forged, long, garbled."""

from typing import Any

import httpx
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.proof import Proof
from contract_tests.runner.checks_callback import called_back
from contract_tests.runner.endpoint import Endpoint
from gateway.journal.records import OperationRecord
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState
from gateway.wire.contract import Inbound, WireReply

LATER_S = 86_400.0
LONG_BYTES = 5_000_000
_REFUSED = (400, 401)
_TOO_LONG = 413


async def callback_endpoint(run: Run, proof: Proof) -> None:
    """What each way of calling comes to: the acknowledgement on the wire, and the operation in the journal."""
    told = _Told(run, proof)
    await _genuine_and_again(told)
    await _nobodys(told)
    await _before_the_answer(told)
    await _not_believed(told)


class _Told:
    """The callback as its carrier sends it, what the adapter makes of it, and what the carrier wants to hear."""

    def __init__(self, run: Run, proof: Proof) -> None:
        given = run.example.callback
        assert given is not None
        self.run, self.proof, self.mark = run, proof, given.mark
        self.inbound: Inbound = given.inbound
        self.callback, self.notice, context = called_back(run)
        self.answer: WireReply = self.callback.answer(self.notice, context)

    @property
    def number(self) -> str:
        """Our number that it names."""
        return self.notice.correlate.get("request_no", "")

    def gateway(self) -> Endpoint:
        """A gateway it may call."""
        return Endpoint(self.run, self.callback.operation)

    def is_acknowledged(self, response: httpx.Response, at: str) -> None:
        """The carrier is told what it demands, to the byte."""
        self.proof.same(self.answer.status, response.status_code, at=f"{at}: status", mark=self.mark)
        self.proof.same_bytes(self.answer.body, response.content, at=f"{at}: acknowledgement", mark=self.mark)

    def stands(self, expected: Any, row: OperationRecord | None, at: str) -> None:
        """The operation is as it should be."""
        actual = None if row is None else row.state.value
        self.proof.same(expected, actual, at=f"{at}: operation", mark=self.mark)


async def _genuine_and_again(told: _Told) -> None:
    """It ends the operation once: twice in a row and a day later change nothing in it."""
    async with told.gateway() as gateway:
        await gateway.expects(told.number)
        told.is_acknowledged(await gateway.called(told.inbound), "the callback")
        ended = await gateway.row()
        told.stands(_comes_to(told, gateway), ended, "the callback")
        told.is_acknowledged(await gateway.called(told.inbound), "the callback again")
        told.proof.holds(await gateway.row() == ended, at="the callback again", mark=told.mark, **_UNCHANGED)
        gateway.world.advance(LATER_S)
        await gateway.called(told.inbound)
        told.proof.holds(await gateway.row() == ended, at="the callback a day later", mark=told.mark, **_UNCHANGED)


_UNCHANGED = {"expected": "the operation as it was", "actual": "another row of the journal"}


def _comes_to(told: _Told, gateway: Endpoint) -> str:
    reply = told.notice.reply
    use_case = gateway.service.use_cases[told.callback.operation]
    kind = reply.outcome.kind if reply is not None else OutcomeKind.unknown
    if reply is not None and kind is OutcomeKind.accepted and use_case.is_complete(reply):
        return OperationState.succeeded.value
    if kind is OutcomeKind.declined:
        return OperationState.declined.value
    no_effect = reply is not None and reply.outcome.is_definite_no_effect
    return OperationState.failed.value if no_effect else OperationState.pending.value


async def _nobodys(told: _Told) -> None:
    """About no operation of ours: acknowledged as any other, and nothing comes of it."""
    async with told.gateway() as gateway:
        told.is_acknowledged(await gateway.called(told.inbound), "about nobody")
        told.proof.holds(await gateway.row() is None, at="about nobody", mark=told.mark, **_UNCHANGED)
        unknown = await gateway.called(told.inbound, "nobody_calls_so")
        told.proof.same(404, unknown.status_code, at="another name", mark=told.mark)


async def _before_the_answer(told: _Told) -> None:
    """Before the carrier's own answer: it is kept, and ends the operation when that waits."""
    async with told.gateway() as gateway:
        await gateway.expects(told.number, state=OperationState.sending)
        told.is_acknowledged(await gateway.called(told.inbound), "before the answer")
        told.stands(OperationState.sending.value, await gateway.row(), "before the answer")
        await gateway.waits()
        told.stands(_comes_to(told, gateway), await gateway.row(), "after the answer")


async def _not_believed(told: _Told) -> None:
    """Forged, garbled or too long: refused, and the operation stays; the genuine one counts after all of them."""
    async with told.gateway() as gateway:
        await gateway.expects(told.number)
        for at, inbound, statuses in _wrong(told):
            response = await gateway.called(inbound)
            fits, said = response.status_code in statuses, str(response.status_code)
            wanted = " or ".join(map(str, statuses))
            told.proof.holds(fits, at=f"{at}: status", mark=told.mark, expected=wanted, actual=said)
            told.stands(OperationState.pending.value, await gateway.row(), at)
        told.is_acknowledged(await gateway.called(told.inbound), "the callback at last")
        told.stands(_comes_to(told, gateway), await gateway.row(), "the callback at last")


def _wrong(told: _Told) -> list[tuple[str, Inbound, tuple[int, ...]]]:
    inbound, body = told.inbound, told.inbound.body
    middle = len(body) // 2
    garbled = replace(inbound, body=body[:middle] + b"\xff\xfe" + body[middle:])
    found = [
        ("another charset", garbled, _REFUSED),
        ("too long", replace(inbound, body=body + b" " * LONG_BYTES), (_TOO_LONG,)),
    ]
    if told.run.subject.verifies and body:
        forged = replace(inbound, body=body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :])
        found.insert(0, ("one bit changed", forged, _REFUSED))
    return found
