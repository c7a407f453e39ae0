"""S8, S9, S13: what was sent, beside the rows that say so."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from contract_tests.checker.history import History, Terms, Violation
from gateway.journal.records import AttemptRecord

UNDONE = frozenset({"not_executed", "refused", "declined"})
"""How an attempt ends that had no effect; everything else may have had one."""

NOT_FOUND = frozenset({"policy.not_found", "application.not_found", "claim.not_found"})
"""How a carrier says that it has no such record; any other no of an inquiry is about what there is."""


def recorded_before_sent(history: History) -> Iterator[Violation]:
    """S8: every write on the wire has an attempt row of its own that is older."""
    rows: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in history.rows.attempts:
        digest = history.rows.digests.get(row.attempt_id)
        if row.purpose == "effect" and digest is not None:
            durable_at = history.rows.durable_at.get(row.attempt_id, row.started_at.timestamp())
            rows[row.channel, digest].append(durable_at)
    sent: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for arrival in history.arrivals:
        sent[arrival.channel, arrival.digest].append(arrival.at)
    for (channel, digest), arrived in sent.items():
        durable = sorted(rows[channel, digest])
        for number, at in enumerate(sorted(arrived)):
            if number >= len(durable) or durable[number] > at:
                text = (
                    f"{len(arrived)} times on the wire, {len(durable)} attempts recorded; number {number + 1} has none"
                )
                yield Violation(invariant="S8", subject=f"{channel} {digest[:12]}", text=text)
                break


def no_second_attempt_in_doubt(history: History) -> Iterator[Violation]:
    """S9: no second attempt unless the first is proven undone, is replayed, or was asked after behind its horizon."""
    of_operation: defaultdict[str, list[AttemptRecord]] = defaultdict(list)
    for row in sorted(history.rows.attempts, key=lambda each: each.started_at):
        of_operation[row.operation_id].append(row)
    names = {row.operation_id: row.operation for row in history.rows.operations}
    for operation_id, attempts in of_operation.items():
        effects = [row for row in attempts if row.purpose == "effect"]
        for position, later in enumerate(effects):
            for earlier in effects[:position]:
                terms = history.terms.get((earlier.channel, names.get(operation_id, "")))
                why = _unsafe(earlier, later, attempts, terms)
                if why is not None:
                    yield Violation(invariant="S9", subject=operation_id, text=why)


def _unsafe(earlier: AttemptRecord, later: AttemptRecord, all_: list[AttemptRecord], terms: Terms | None) -> str | None:
    """Why the later attempt should not have been made; None when it may be."""
    same_channel = earlier.channel == later.channel
    if terms is None or terms.safety == "read" or (same_channel and earlier.step != later.step):
        return None
    if earlier.outcome in UNDONE and earlier.ended_at is not None and earlier.ended_at <= later.started_at:
        return None
    aged_s = (later.started_at - earlier.started_at).total_seconds()
    replayed = same_channel and earlier.request_no == later.request_no and terms.safety == "write_replay"
    if replayed and (terms.ttl_s is None or aged_s <= terms.ttl_s):
        return None
    if _asked_in_time(earlier, later, all_, terms):
        return None
    return f"{earlier.channel} may have done it, and {later.channel} was asked {aged_s:.1f} s later"


def _asked_in_time(earlier: AttemptRecord, later: AttemptRecord, all_: list[AttemptRecord], terms: Terms) -> bool:
    """Whether the carrier itself proved the first undone, asked behind the horizon and before the later attempt."""
    if terms.final_after_s is None:
        return False
    horizon = earlier.started_at + timedelta(seconds=terms.final_after_s)
    asked = [row for row in all_ if row.purpose == "inquiry" and row.channel == earlier.channel]
    return any(_proves(row, earlier, later) and horizon <= row.started_at <= later.started_at for row in asked)


def _proves(asked: AttemptRecord, earlier: AttemptRecord, later: AttemptRecord) -> bool:
    """What the first carrier's reply proves: "no such record", or a flow that stands before the step in question.

    The latter only lets that carrier's own flow go on: it has begun something there, which no other may do again.
    """
    if asked.outcome == "declined":
        return asked.code in NOT_FOUND
    return asked.outcome == "pending" and bool(earlier.step) and later.channel == earlier.channel


def one_adapter_version(history: History) -> Iterator[Violation]:
    """S13: every attempt of an operation uses the adapter version it began with, channel by channel."""
    used: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in history.rows.attempts:
        used[row.operation_id, row.channel].add(row.adapter_version)
    for (operation_id, channel), versions in used.items():
        if len(versions) > 1:
            text = f"{channel} was spoken to with {', '.join(sorted(versions))}"
            yield Violation(invariant="S13", subject=operation_id, text=text)
