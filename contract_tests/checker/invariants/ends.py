"""S10, V1, V4: how everything ends when faults have stopped."""

from collections import Counter
from collections.abc import Iterator

from contract_tests.checker.batches import waits_for_a_person
from contract_tests.checker.history import History, Violation
from contract_tests.checker.invariants.reading import NOTHING_HAPPENED, TERMINAL
from gateway.service.engine.flow import BATCH

REPLAYED, RECOVERED = "callbacks again", "recovery again"
"""Names under which a run compares the journal before and after something that must not change it."""


def callbacks_count_as_a_set(history: History) -> Iterator[Violation]:
    """S10: the end depends on the set of genuine callbacks: not on forged ones, repetitions or their order."""
    forged = {(each.channel, each.digest) for each in history.callbacks if not each.genuine}
    applied: Counter[str] = Counter()
    for row in history.rows.inbound:
        if row.state != "applied":
            continue
        applied[row.operation_id or ""] += 1
        if (row.channel, history.rows.digests.get(row.inbound_id, "")) in forged:
            yield Violation(invariant="S10", subject=row.inbound_id, text="a forged callback was applied")
    for operation_id, count in applied.items():
        if count > 1:
            yield Violation(invariant="S10", subject=operation_id, text=f"{count} callbacks were applied")
    yield from _contradicted(history)
    yield from _changed(history, "S10", REPLAYED)


def _contradicted(history: History) -> Iterator[Violation]:
    """What a carrier said in a genuine callback and how the operation ended."""
    names = {row.operation_id: row for row in history.rows.operations}
    sent = [(row.channel, row.request_no, row.operation_id) for row in history.rows.attempts]
    for said in history.callbacks:
        if not said.genuine or not said.request_no or said.word not in ("accepted", "declined"):
            continue
        ids = {each for channel, no, each in sent if channel == said.channel and no.startswith(said.request_no)}
        for operation_id in ids & set(names):
            state = names[operation_id].state
            wrong = state in NOTHING_HAPPENED if said.word == "accepted" else state == "succeeded"
            if wrong:
                text = f"{said.channel} called back that it was {said.word}; it ended {state}"
                yield Violation(invariant="S10", subject=operation_id, text=text)


def nothing_is_stuck(history: History) -> Iterator[Violation]:
    """V1: every operation is over, or waits for a person because nobody else could have resolved it.

    A batch is as far as its orders are.
    """
    states = {row.operation_id: row.state.value for row in history.rows.operations}
    for row in history.rows.operations:
        if row.state in TERMINAL or (row.operation == BATCH and waits_for_a_person(row, states)):
            continue
        if row.state != "needs_review":
            yield Violation(invariant="V1", subject=row.operation_id, text=f"is still {row.state}: {row.text or ''}")
            continue
        terms = history.terms.get((row.channel or "", row.operation))
        if not row.text:
            yield Violation(invariant="V1", subject=row.operation_id, text="waits for a person without a reason")
        elif terms is not None and terms.safety != "write_blind":
            text = f"waits for a person, and {row.channel} can be asked ({terms.safety}): {row.text}"
            yield Violation(invariant="V1", subject=row.operation_id, text=text)


def recovery_is_idempotent(history: History) -> Iterator[Violation]:
    """V4: recovering once more changes nothing."""
    yield from _changed(history, "V4", RECOVERED)


def _changed(history: History, invariant: str, name: str) -> Iterator[Violation]:
    for what, before, after in history.steady:
        if what == name and before != after:
            yield Violation(invariant=invariant, subject=name, text="the journal is another than before")
