"""A scenario at a sandbox: made new as a whole, undone as a whole."""

import random

from contract_tests.live.chain import Chain
from contract_tests.live.renew import Renewal
from contract_tests.live.sandbox import Sandbox, opened
from contract_tests.scenarios.script import with_texts
from contract_tests.scenarios.stage import Performance
from gateway.wire.errors import WireError


async def at_sandbox(performance: Performance, sandbox: Sandbox) -> None:
    """Every step in one run, then all of it tidied away, whatever happened."""
    script, world = performance.script, sandbox.world
    first = script.run_of(script.parts[0])
    chance = random.Random(int.from_bytes(world.token(8)))
    async with opened(script.subject, sandbox, dict(first.example.secrets), first.example.config) as channel:
        chain = Chain(first, channel, Renewal(world.now(), chance), world)
        try:
            for part in script.parts:
                course, refusal = None, None
                try:
                    course = await chain.play(with_texts(part.example, performance.texts))
                except WireError as error:
                    refusal = error
                if not performance.keep(part, part.example, course, refusal):
                    break
        finally:
            performance.wrong += await chain.tidy()
