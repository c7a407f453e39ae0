"""What a test came to, with its evidence, and what the tests of a run come to together."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """What one test came to."""

    passed = "PASS"
    failed = "FAIL"
    skipped = "SKIP"
    error = "ERROR"
    could_not_check = "COULD_NOT_CHECK"


class Verdict(StrEnum):
    """What a run came to; only the first two are conformant."""

    passed = "PASS"
    conditional = "CONDITIONAL"
    failed = "FAIL"
    incomplete = "INCOMPLETE"


class Ended(Exception):
    """A test that ends before its last step; the message says why."""

    result = Result.failed


class Failed(Ended):
    """The carrier does not do what its document says."""


class Skipped(Ended):
    """The test was left out, for a reason the runner can change."""

    result = Result.skipped


class Broken(Ended):
    """The kit or the way to the carrier is at fault: nothing was learned about the carrier."""

    result = Result.error


class NotCheckable(Ended):
    """This Python cannot check it."""

    result = Result.could_not_check


class Stopped(Exception):
    """A person ended the run before its end: nothing is judged."""

    def __init__(self, done: int, of: int, what: str) -> None:
        super().__init__(f"stopped by Ctrl-C after {done} of {of} {what}: no verdict")


@dataclass(slots=True)
class Tested:
    """One test, carried out."""

    name: str
    result: Result
    clauses: tuple[str, ...]
    says: Any
    reason: str = ""
    place: str = ""
    checks: int = 0
    exchanges: int = 0
    optional: bool = False
    wait_s: float = 0.0
    evidence: list[dict[str, Any]] = field(default_factory=list)
    deviation: dict[str, str] | None = None


def judged(tests: list[Tested], today: str, deviations: dict[str, dict[str, str]], *, is_whole: bool = True) -> Verdict:
    """The verdict: a failure that nobody declared fails; so does a declared one that has passed or has expired.

    Of a run that is not the whole kit nothing better than incomplete can be said.
    """
    for tested in tests:
        tested.deviation = deviations.get(tested.name)
    if any(_is_unexpected(tested, today) for tested in tests):
        return Verdict.failed
    if not is_whole or not any(each.checks for each in tests) or any(_is_open(tested) for tested in tests):
        return Verdict.incomplete
    return Verdict.conditional if any(each.result is Result.failed for each in tests) else Verdict.passed


def _is_unexpected(tested: Tested, today: str) -> bool:
    declared = tested.deviation
    if tested.result is Result.failed:
        return declared is None or declared["expires"] < today
    return tested.result is Result.passed and declared is not None


def _is_open(tested: Tested) -> bool:
    """Whether nothing is known where something has to be."""
    return tested.result not in (Result.passed, Result.failed) and not (
        tested.optional and tested.result is Result.skipped
    )
