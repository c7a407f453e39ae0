"""The promises as pure functions: each takes a `History` and gives what breaks it. `ALL` has them by name."""

from collections.abc import Callable, Iterator, Mapping

from contract_tests.checker.history import History, Violation
from contract_tests.checker.invariants import attempts, callers, effects, ends, sums

Invariant = Callable[[History], Iterator[Violation]]

ALL: Mapping[str, Invariant] = {
    "S1": effects.at_most_one_effect,
    "S2": effects.nothing_unasked,
    "S3": effects.told_is_true,
    "S4": effects.no_means_no,
    "S5": callers.acknowledged_is_kept,
    "S6": callers.one_answer,
    "S7": callers.states_form_a_path,
    "S8": attempts.recorded_before_sent,
    "S9": attempts.no_second_attempt_in_doubt,
    "S10": ends.callbacks_count_as_a_set,
    "S11": effects.stored_is_own,
    "S12": sums.sums_agree,
    "S13": attempts.one_adapter_version,
    "V1": ends.nothing_is_stuck,
    "V4": ends.recovery_is_idempotent,
}


def violations(history: History) -> list[Violation]:
    """Everything that is broken, in the order of the promises."""
    return [found for check in ALL.values() for found in check(history)]
