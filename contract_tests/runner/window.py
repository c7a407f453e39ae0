"""A carrier under maintenance for a while: nothing is done and nothing proven before it is over, and then it is."""

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.flow import next_step
from contract_tests.examples.proof import Proof
from contract_tests.runner.checks_reply import compare_outcome
from contract_tests.runner.inquired import compare_inquiry, proves_nothing
from contract_tests.runner.level2 import Played, no_fault_of_its_own, sent_again, staged, went
from contract_tests.runner.prior import common_words


async def maintained(run: Run, proof: Proof) -> None:
    """The page, again for the inquiry, and once it is over what the mapping says comes next."""
    fault = run.example.fault
    assert fault is not None
    async with staged(run) as played:
        before = len(played.mock.ledger())
        await played.mock.plan({"fault": fault.name, "with": dict(fault.params)})
        if not await went(played, proof):
            return
        expect = replace(run.example.expect, words=common_words(run.example))
        compare_outcome(proof, expect, played.course.reply, played.course.step.safety)
        done = len(played.mock.ledger()) - before
        proof.holds(done == 0, at="ledger meanwhile", mark=fault.mark, expected="no effect", actual=str(done))
        await proves_nothing(played, proof)
        played.mock.world().timers.advance(float(fault.params["window"]))
        await _it_is_over(played, proof, before)
        no_fault_of_its_own(played, proof)


async def _it_is_over(played: Played, proof: Proof, before: int) -> None:
    """A request that may be sent again is taken; one that is asked after comes to what the example says."""
    step = next_step(played.course.reply.outcome, played.course.step.safety)
    if step in ("resend", "retry"):
        await sent_again(played, proof, before)
    await compare_inquiry(played, proof)
