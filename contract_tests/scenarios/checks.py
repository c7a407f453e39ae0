"""The checks of scenarios: one for each step, named after it, all over one performance."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from msgspec.structs import replace

from contract_tests.examples.check import Check, Prove, Run
from contract_tests.examples.example import Example, ExampleFile
from contract_tests.examples.proof import Proof
from contract_tests.examples.subject import Subject
from contract_tests.live.alike import compare_alike
from contract_tests.live.sandbox import Sandbox
from contract_tests.runner.checks_reply import compare_outcome
from contract_tests.runner.matched import compare_matches, loosened
from contract_tests.runner.prior import common_words
from contract_tests.scenarios.atlive import at_sandbox
from contract_tests.scenarios.mocked import on_mock
from contract_tests.scenarios.script import Part, Script, scripts_of
from contract_tests.scenarios.stage import Performance, Stage
from gateway.catalogue.marks import Diagnostic

MOCK_LEVEL, LIVE_LEVEL = 2, 4
Found = tuple[list[Check], tuple[Diagnostic, ...]]


def scenario_checks(file: ExampleFile, subject: Subject, level: int = MOCK_LEVEL) -> Found:
    """A check for each step of each scenario against the mock, and what is wrong with scenarios."""
    scripts, faults = scripts_of(file, subject)
    if level < MOCK_LEVEL or not subject.has_mock:
        return [], faults
    return [check for script in scripts for check in _checks(script, on_mock, MOCK_LEVEL)], faults


def live_scenarios(file: ExampleFile, subject: Subject, sandbox: Sandbox) -> Found:
    """A check for each step of each scenario whose every step says that it is safe."""
    scripts, faults = scripts_of(file, subject)
    play = partial(at_sandbox, sandbox=sandbox)
    safe = [script for script in scripts if script.is_live]
    return [check for script in safe for check in _checks(script, play, LIVE_LEVEL, sandbox.origin)], faults


def _checks(
    script: Script, play: Callable[[Performance], Awaitable[None]], level: int, live_at: str = ""
) -> Sequence[Check]:
    performance = Performance(script, play)
    return [
        Check(
            run=Run(script.file, _named(script, part), script.subject),
            name=part.name,
            level=level,
            promise="C04",
            prove=_prove(performance, at),
            live_at=live_at,
        )
        for at, part in enumerate(script.parts)
    ]


def _named(script: Script, part: Part) -> Example:
    """The step's example under the scenario's name, at the place where the scenario names it."""
    return replace(part.example, id=script.scenario.id, mark=part.stated.mark)


def _prove(performance: Performance, at: int) -> Prove:
    async def step(run: Run, proof: Proof) -> None:
        stages = await performance.carried_out()
        if at < len(stages):
            _compare(performance, stages[at], proof)
        else:
            _not_reached(run, stages, proof)
        for told in performance.wrong:
            proof.fails(at="the scenario", mark=run.example.mark, expected="nothing wrong or left behind", actual=told)

    return step


def _not_reached(run: Run, stages: Sequence[Stage], proof: Proof) -> None:
    last = stages[-1]
    why = f"came to {last.word}, not to {last.part.example.outcome}"
    if last.uncarried:
        why = f"gave no {', '.join(last.uncarried)}"
    expected = "every step before it comes about"
    proof.fails(at="the scenario", mark=run.example.mark, expected=expected, actual=f"{last.part.name} {why}")


def _compare(performance: Performance, stage: Stage, proof: Proof) -> None:
    part, course = stage.part, stage.course
    if stage.refusal is not None:
        proof.raised(stage.refusal, at="request", mark=part.stated.mark, expected="a request")
    if course is None or not course.replies:
        return
    run = performance.script.run_of(part)
    expect = replace(part.example.expect, words=common_words(part.example))
    compare_outcome(proof, expect, course.reply, course.step.safety)
    compare_matches(proof, part.example, course.answered)
    compare_alike(proof, part.example, course.result, run.subject, loosened(run))
    for told in stage.uncarried:
        proof.fails(at="carry", mark=part.stated.mark, expected="a text in the result", actual=f"no {told}")
