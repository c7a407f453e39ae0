"""A scenario against the carrier's mock: one carrier with one memory, from its first step to its last."""

from contract_tests.examples.frozen import STILL, context_of
from contract_tests.runner.level2 import course_of, mock_of, shown_certificate
from contract_tests.runner.prior import Known
from contract_tests.scenarios.script import with_texts
from contract_tests.scenarios.stage import Performance
from gateway.transport import CarrierTransport
from gateway.wire.errors import WireError


async def on_mock(performance: Performance) -> None:
    """Every step with the numbers the mock gave, until one does not come to what it says."""
    script = performance.script
    first = script.run_of(script.parts[0])
    known = Known()
    async with mock_of(first, None) as mock:
        world = mock.world()
        world.lag_s = 0.0
        world.timers.freeze((first.example.begins_at or STILL).timestamp())
        async with CarrierTransport(tls=shown_certificate(first, mock)) as transport:
            for part in script.parts:
                example = with_texts(known.named_in(part.example), performance.texts)
                course = await course_of(script.run_of(part, example), mock, transport)
                context = context_of(example, example.freeze, {})
                refusal = None
                try:
                    await course.go(script.subject.operation(example, context))
                except WireError as error:
                    refusal = error
                for reply in course.replies:
                    known.hear(reply.result)
                if not performance.keep(part, example, course, refusal):
                    break
        performance.wrong += mock.errors()
