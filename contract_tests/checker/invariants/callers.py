"""S5 to S7: what callers were promised, beside what the journal keeps and what they were told later."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from contract_tests.checker.history import Call, History, Seen, Violation
from contract_tests.checker.invariants.reading import TERMINAL, document, is_final

MOVES = {
    "created": "routed failed",
    "routed": "sending",
    "sending": "succeeded declined pending unknown routed failed",
    "pending": "succeeded declined failed expired unknown",
    "unknown": "resolving",
    "resolving": "succeeded declined pending failed needs_review routed",
    "needs_review": "succeeded declined failed",
}
"""The moves of an operation, written down a second time: the gateway's own table is not asked about itself."""


def acknowledged_is_kept(history: History) -> Iterator[Violation]:
    """S5: every acknowledged key is in the journal, with the hash of the body it was acknowledged for."""
    rows = {(row.client, row.operation, row.idem_key): row for row in history.rows.operations}
    for call in history.calls:
        if call.within is not None or not (is_final(call) or call.status == 202):
            continue  # an order of a batch is acknowledged with the batch's key
        row = rows.get((call.client, call.operation, call.key))
        if row is None:
            yield Violation(invariant="S5", subject=call.key, text=f"acknowledged with {call.status}, and not there")
        elif row.request_hash != call.body_hash:
            yield Violation(invariant="S5", subject=call.key, text="acknowledged for another body than it is kept for")


def one_answer(history: History) -> Iterator[Violation]:
    """S6: all final answers for one key are equal; the same key with another body changes nothing."""
    of_key: defaultdict[tuple[str, str, str], list[Call]] = defaultdict(list)
    for call in history.calls:
        of_key[call.client, call.operation, call.key].append(call)
    kept: defaultdict[tuple[str, str, str | None], set[str]] = defaultdict(set)
    for row in history.rows.operations:
        kept[row.client, row.operation, row.idem_key].add(row.operation_id)
    for name, calls in of_key.items():
        final = {(call.body_hash, call.status, call.answer) for call in calls if is_final(call)}
        if len(final) > 1:
            statuses = sorted(str(status) for _, status, _ in final)
            yield Violation(invariant="S6", subject=name[2], text=f"{len(final)} final answers: {', '.join(statuses)}")
        named = {document(call).get("operation_id") for call in calls if call.status == 202}
        if len(named | kept[name]) > 1:
            yield Violation(invariant="S6", subject=name[2], text="one key, several operations")
        begun = {call.body_hash for call in calls if is_final(call) or call.status == 202}
        if len(begun) > 1:
            yield Violation(invariant="S6", subject=name[2], text="one key was accepted for two bodies")


def states_form_a_path(history: History) -> Iterator[Violation]:
    """S7: states form a path of the allowed moves, a terminal one stays, and nobody reads what was over before."""
    of_operation: defaultdict[str, list[Seen]] = defaultdict(list)
    for seen in sorted(history.seen, key=lambda each: each.at):
        of_operation[seen.operation_id].append(seen)
    for row in history.rows.operations:
        states = of_operation[row.operation_id]
        last = states[-1].at + 1.0 if states else 0.0
        states.append(Seen(at=last, operation_id=row.operation_id, state=row.state))
    for operation_id, states in of_operation.items():
        for before, after in pairwise(each for each in states if each.complete):
            if before.state != after.state and after.state not in MOVES.get(before.state, "").split():
                yield _no_path(operation_id, before, after)
        for after in states:
            if not after.complete:
                earlier = [each for each in states if each.at < (after.at if after.since is None else after.since)]
                for before in earlier:
                    if before.state != after.state and after.state not in reachable(before.state):
                        yield _no_path(operation_id, before, after)
                        break


def _no_path(operation_id: str, before: Seen, after: Seen) -> Violation:
    kind = "terminal" if before.state in TERMINAL else "no move"
    return Violation(invariant="S7", subject=operation_id, text=f"{before.state}, then {after.state} ({kind})")


@cache
def reachable(state: str) -> frozenset[str]:
    """The states an operation can be in after a while."""
    found: set[str] = set()
    waiting = MOVES.get(state, "").split()
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += MOVES.get(here, "").split()
    return frozenset(found)
