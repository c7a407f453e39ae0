"""How much each invariant had to look at: one that examined nothing has proved nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

from contract_tests.checker.history import History
from contract_tests.checker.invariants.reading import KINDS, TERMINAL, is_final, told_no, told_yes

Count = Callable[[History], int]


def _yes(history: History) -> int:
    return sum(told_yes(call) and call.operation == "policy.issue" for call in history.calls)


def _kept(history: History) -> int:
    return sum(is_final(call) or call.status == 202 for call in history.calls)


def _repeated(history: History) -> int:
    finals = Counter((call.client, call.operation, call.key) for call in history.calls if is_final(call))
    return sum(count > 1 for count in finals.values())


def _seconds(history: History) -> int:
    made = Counter(row.operation_id for row in history.rows.attempts if row.purpose == "effect")
    return sum(count > 1 for count in made.values())


def _of_versions(history: History) -> int:
    """Operations a channel was asked about more than once, at carriers of which several versions were spoken."""
    spoken: defaultdict[str, set[str]] = defaultdict(set)
    calls: Counter[tuple[str, str]] = Counter()
    for row in history.rows.attempts:
        spoken[row.channel].add(row.adapter_version)
        calls[row.operation_id, row.channel] += 1
    return sum(count > 1 and len(spoken[channel]) > 1 for (_, channel), count in calls.items())


def _refused(history: History) -> int:
    ended = sum(row.state in TERMINAL and row.state != "succeeded" for row in history.rows.operations)
    return ended + sum(told_no(call) for call in history.calls)


EXAMINED: Mapping[str, tuple[str, Count]] = {
    "S1": ("effects in ledgers", lambda h: sum(each.kind in KINDS.values() for each in h.effects)),
    "S2": ("effects in ledgers", lambda h: sum(each.kind in KINDS.values() for each in h.effects)),
    "S3": ("answers that told of a policy", _yes),
    "S4": ("ends without effect", _refused),
    "S5": ("acknowledgements", _kept),
    "S6": ("keys answered more than once", _repeated),
    "S7": ("looks at operations", lambda h: len(h.seen)),
    "S8": ("writes on the wire", lambda h: len(h.arrivals)),
    "S9": ("operations with further attempts", _seconds),
    "S10": ("callbacks", lambda h: len(h.callbacks)),
    "S11": ("stored policies", lambda h: sum(row.kind == "policy" for row in h.rows.objects)),
    "S12": ("stored policies", lambda h: sum(row.kind == "policy" for row in h.rows.objects)),
    "S13": ("operations with several calls, between two versions", _of_versions),
    "V1": ("operations", lambda h: len(h.rows.operations)),
    "V4": ("comparisons of the journal", lambda h: len(h.steady)),
}
"""By the promise's name: what is counted, and the count."""
