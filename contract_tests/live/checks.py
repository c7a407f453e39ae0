"""The check of a live run (level 4): the same verdict as on a mock, from a sandbox's own words."""

import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager

from msgspec.structs import replace

from contract_tests.examples.check import Check, Prove, Run
from contract_tests.examples.example import ExampleFile
from contract_tests.examples.proof import Proof
from contract_tests.examples.subject import Subject
from contract_tests.live.alike import compare_alike
from contract_tests.live.chain import Chain, LiveCourse
from contract_tests.live.renew import Renewal
from contract_tests.live.sandbox import Sandbox, opened
from contract_tests.runner.checks_reply import compare_outcome
from contract_tests.runner.matched import compare_matches, loosened
from contract_tests.runner.prior import common_words
from gateway.wire.errors import WireError

LEVEL, NAME = 4, "live"
Look = Callable[[Run, LiveCourse], None]


def live_checks(
    files: Iterable[ExampleFile], subject: Subject, sandbox: Sandbox, look: Look | None = None
) -> Iterator[Check]:
    """A check for each example that says it is safe; `look` sees each course that was as written."""
    for file in files:
        for example in file.examples:
            if example.is_live:
                prove = _prove(sandbox, look)
                yield Check(
                    run=Run(file, example, subject),
                    name=NAME,
                    level=LEVEL,
                    promise="C04",
                    prove=prove,
                    live_at=sandbox.origin,
                )


def _prove(sandbox: Sandbox, look: Look | None) -> Prove:
    async def live(run: Run, proof: Proof) -> None:
        try:
            async with carried_out(run, sandbox, proof) as course:
                compare_live(run, course, proof)
                if look is not None and not proof.differences:
                    look(run, course)
        except WireError as refusal:
            proof.raised(refusal, at="request", mark=run.example.mark, expected="a request")

    return live


@asynccontextmanager
async def carried_out(run: Run, sandbox: Sandbox, proof: Proof) -> AsyncIterator[LiveCourse]:
    """The example carried out, with what goes before it; what was made is undone at the end, whatever happens.

    Raises Unprepared where what goes before does not come about, and WireError.
    """
    example, world = run.example, sandbox.world
    chance = random.Random(int.from_bytes(world.token(8)))
    async with opened(run.subject, sandbox, dict(example.secrets), example.config) as channel:
        chain = Chain(run, channel, Renewal(world.now(), chance), world)
        try:
            await chain.bring_about()
            yield await chain.play(example)
        finally:
            for told in await chain.tidy():
                proof.fails(at="cleanup", mark=example.mark, expected="nothing left behind", actual=told)


def compare_live(run: Run, course: LiveCourse, proof: Proof) -> None:
    """Outcome and shape of the result, beside what is written."""
    expect = replace(run.example.expect, words=common_words(run.example))
    compare_outcome(proof, expect, course.reply, course.step.safety)
    compare_matches(proof, run.example, course.answered)
    compare_alike(proof, run.example, course.result, run.subject, loosened(run))
