"""Checks that one example of a carrier makes for all: its decoder, its mock and its client are the same for each."""

from collections.abc import Callable, Iterator

from contract_tests.examples.check import Check, Run
from contract_tests.examples.example import Example
from contract_tests.runner.desync import bears_our_number, doubled_reply, swapped_replies, usefulness

Fits = Callable[[Example], bool]


def once_for_a_carrier(run: Run) -> Iterator[Check]:
    """What is made of this example because it is the first of its carrier that fits."""
    from contract_tests.runner import checks_limits  # noqa: PLC0415 - it stands on the derived cases, and these on runs

    if is_first(run, lambda example: example.is_answered and example.outcome == "accepted"):
        yield Check(run=run, name="limits", level=0, promise="C23", prove=checks_limits.limits)
    if not run.subject.has_mock:
        return
    if is_first(run, _is_shown_by_mock):
        yield Check(run=run, name="limits-socket", level=2, promise="C23", prove=checks_limits.limits_on_socket)
    if _is_told_apart(run):
        yield Check(run=run, name="swapped-replies", level=2, promise="C17", prove=swapped_replies)
        yield Check(run=run, name="doubled-reply", level=2, promise="C17", prove=doubled_reply)


def is_first(run: Run, fits: Fits) -> bool:
    """Whether it is the first of all examples of its carrier that fit."""
    for file in run.subject.files:
        found = next((example for example in file.examples if fits(example)), None)
        if found is not None:
            return file.path == run.file.path and found.id == run.example.id
    return False


def _is_shown_by_mock(example: Example) -> bool:
    """Whether the carrier's mock says yes to an example, in the state that it states itself."""
    stands = example.given is not None and example.given.here
    return stands and example.is_answered and example.callback is None and example.outcome == "accepted"


def _is_told_apart(run: Run) -> bool:
    """Whether its reply bears our number, and of all such examples it is the best for asking twice."""

    def fits(example: Example) -> bool:
        return _is_shown_by_mock(example) and bears_our_number(run.subject, example)

    if not fits(run.example):
        return False
    examples = (example for file in run.subject.files for example in file.examples)
    best = max((usefulness(example) for example in examples if fits(example)), default=0)
    return is_first(run, lambda example: fits(example) and usefulness(example) == best)
