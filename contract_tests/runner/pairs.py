"""Two operations at one carrier: replies that are exchanged, callbacks that come the wrong way round (C17, C19)."""

import asyncio
from typing import Any

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Example, Freeze
from contract_tests.examples.frozen import ATTEMPT_NO, REQUEST_NO
from contract_tests.examples.proof import Proof
from contract_tests.mock.faults import FAULTS
from contract_tests.runner.checks_reply import compare_outcome
from contract_tests.runner.level1 import Course, struck_at
from contract_tests.runner.level2 import Played, course_of, effects_of, no_fault_of_its_own, resent, staged
from contract_tests.runner.prior import common_words, find_example
from gateway.model.outcome import SafetyClass
from gateway.wire.contract import Context
from gateway.wire.errors import WireError

PATIENCE_S = 20.0


async def swapped(run: Run, proof: Proof) -> None:
    """Two requests get each other's reply: neither is believed, and neither is another's."""
    fault = run.example.fault
    assert fault is not None
    async with staged(run) as played:
        pair = (played.course, await beside(played))
        played.mock.requests.clear()
        before = len(played.mock.ledger())
        if not await _both_sent(played, pair, proof):
            return
        for course in pair:
            expect = replace(run.example.expect, words=common_words(run.example))
            compare_outcome(proof, expect, course.reply, course.step.safety)
            _one_effect(played, course, proof, before)
        await resent(played, proof, before)
        no_fault_of_its_own(played, proof)


async def beside(played: Played) -> Course:
    """The other operation: the example that the fault names, else the same message under other numbers."""
    run, fault = played.run, played.run.example.fault
    named = fault.other if fault is not None else ""
    example = find_example(run, named, "fault.other") if named else renumbered(played.course.run.example)
    return await course_of(Run(run.file, example, run.subject), played.mock, played.transport)


async def _both_sent(played: Played, pair: tuple[Course, Course], proof: Proof) -> bool:
    """Both operations at one time; the fault strikes where both have come to their last request."""
    run, fault = played.run, played.run.example.fault
    assert fault is not None
    struck, together = struck_at(run), asyncio.Barrier(len(pair))
    for course in pair:
        course.before_send = _meeting(played, course, struck, together)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(course.go(played.operation_of(course)) for course in pair))
    except WireError as refusal:
        proof.raised(refusal, at="request", mark=run.example.mark, expected="a request")
        return False
    except TimeoutError:
        actual = "one of them ended before its last request"
        proof.fails(at="two requests at one time", mark=fault.mark, expected="two requests", actual=actual)
        return False
    return True


def _meeting(played: Played, course: Course, struck: int, together: asyncio.Barrier) -> Any:
    fault = played.run.example.fault
    assert fault is not None
    before = course.before_send

    async def meet(context: Context) -> None:
        before(context)
        if len(course.sent) - 1 == struck:
            if await together.wait() == 0:
                await played.mock.plan({"fault": fault.name, "with": known_params(fault.name, fault.params)})
            await together.wait()

    return meet


def _one_effect(played: Played, course: Course, proof: Proof, before: int) -> None:
    step, wire = course.sent[-1]
    if step.safety is SafetyClass.read:
        return
    effects = effects_of(played, wire, before)
    told, mark = str(len(effects)), played.run.example.mark
    proof.holds(len(effects) <= 1, at="ledger", mark=mark, expected="at most one effect", actual=told)


def known_params(fault: str, params: Any) -> dict[str, Any]:
    """The parameters that are the mock's, with its own waits made short."""
    short = {"wait": 10.0} if "wait" in FAULTS[fault].params else {}
    return {**short, **params}


def renumbered(example: Example) -> Example:
    """The same message as another operation sends it: other numbers, other nonces."""
    exchanges = tuple(replace(each, freeze=_other(each.freeze)) for each in example.exchanges)
    return replace(example, freeze=_other(example.freeze), exchanges=exchanges)


def _other(freeze: Freeze) -> Freeze:
    return replace(
        freeze,
        nonce=tuple(map(_next, freeze.nonce)),
        request_no=_next(freeze.request_no or REQUEST_NO),
        attempt_no=_next(freeze.attempt_no or ATTEMPT_NO),
    )


def _next(text: str) -> str:
    """The text with another last digit: as long as before, and of the same characters."""
    at = next((at for at in reversed(range(len(text))) if text[at].isdigit() and text[at].isascii()), None)
    return text[:-1] + "x" if at is None else text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
