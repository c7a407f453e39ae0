"""C17 on a socket: where replies bear our number, one that is doubled or another request's is never taken for ours."""

from typing import Any

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Example, FaultGiven, Stated
from contract_tests.examples.proof import Proof
from contract_tests.examples.subject import Subject
from contract_tests.runner.level1 import Course
from contract_tests.runner.level2 import course_of, no_fault_of_its_own, staged
from contract_tests.runner.pairs import renumbered, swapped
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import OutcomeKind
from gateway.wire.errors import WireError


def bears_our_number(subject: Subject, example: Example) -> bool:
    """Whether one call of the example's operation says which of our numbers its reply bears.

    With `echo: success` a no bears none: then only what is sure to be a yes under another number too is asked, which a
    question about a record, or a second change of one policy, is not.
    """
    if subject.is_native:
        return True
    declared = subject.declared(example)
    steps = list(declared.steps) if declared is not None else []
    if any(each.response.echo_yes for each in steps) and example.operation not in _YES_AGAIN:
        return False
    return [any(echo.ours.value in _OURS for echo in each.response.correlate) for each in steps] == [True]


_OURS = ("request_no", "attempt_no")
"""A number of the policy is the same in two questions about it, and does not tell their replies apart."""
_YES_AGAIN = ("quote.create", "underwriting.submit", "policy.issue")
"""New business: another number makes another of it."""


def usefulness(example: Example) -> int:
    """How surely another request of the same words comes to a yes as well: a price, a question, anything else."""
    return 2 if example.operation == "quote.create" else 1 if OPERATIONS[example.operation].is_read else 0


async def swapped_replies(run: Run, proof: Proof) -> None:
    """Two requests at one time get each other's reply: both are unknown."""
    mark = run.example.mark
    fault = FaultGiven(name="swap_response", mark=mark)
    expect = replace(run.example.expect, words={"outcome": Stated("unknown", mark)}, canonical=None)
    await swapped(Run(run.file, replace(run.example, fault=fault, expect=expect), run.subject), proof)


async def doubled_reply(run: Run, proof: Proof) -> None:
    """The carrier answers twice: the requests that follow are answered by their own replies, or by none."""
    async with staged(run) as played:
        example, courses = played.course.run.example, [played.course]
        for _ in range(2):
            example = renumbered(example)
            courses.append(await course_of(Run(run.file, example, run.subject), played.mock, played.transport))
        await played.mock.plan({"fault": "dup_response", "first": 1})
        for course in courses:
            try:
                await course.go(played.operation_of(course))
            except WireError as refusal:
                proof.raised(refusal, at="request", mark=run.example.mark, expected="a request")
                return
        _each_has_its_own(run, proof, courses)
        no_fault_of_its_own(played, proof)


def _each_has_its_own(run: Run, proof: Proof, courses: list[Course]) -> None:
    seen: dict[bytes, int] = {}
    for number, course in enumerate(courses, 1):
        raw, kind = course.raw[-1], course.reply.outcome.kind
        taken: Any = seen.setdefault(raw.body, number) if raw is not None else number
        told = f"{kind.value}, by the reply to request {taken}"
        # A no may bear no number, and be the same for both.
        believed = kind in (OutcomeKind.accepted, OutcomeKind.pending)
        proof.holds(
            not believed or taken == number,
            at=f"request {number}",
            mark=run.example.mark,
            expected="its own reply, or unknown",
            actual=told,
        )
    first = courses[0].reply.outcome.kind
    proof.same(OutcomeKind.accepted.value, first.value, at="request 1", mark=run.example.mark)
