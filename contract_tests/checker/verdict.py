"""From what a run found to its report: every promise with what was examined, and how often everything was met."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from msgspec import Struct

from contract_tests.checker.faults import PLANNED
from contract_tests.checker.history import History, Violation
from contract_tests.checker.invariants import ALL
from contract_tests.checker.invariants.effects import unstored
from contract_tests.checker.invariants.examined import EXAMINED
from contract_tests.checker.invariants.refunds import compared
from contract_tests.checker.nemeses import CALLBACKS, OF_STORE, SHARES
from contract_tests.checker.notes import Read
from contract_tests.checker.report import NOT_EXAMINED, Judged, Report, judged
from contract_tests.checker.shown import sick_carrier_slows_no_other
from gateway.service.engine.flow import BATCH, is_in_batch

CONNECTING = ("refused", "dns", "tls", "pool", "reset", "closed", "total_timeout")
"""How attempts end under faults that no request meets."""

IN_FLIGHT_SHARE = 0.9
"""So many of the kills must end a gateway that was at an order: an idle one that dies proves nothing."""


@dataclass
class Findings:
    """What a run itself has seen, beside the history that the invariants read."""

    found: list[Violation] = field(default_factory=list)
    kept_checks: int = 0
    unacknowledged: int = 0
    events: int = 0
    characters: int = 0
    waits: dict[str, list[float]] = field(default_factory=lambda: {"well": [], "sick": []})
    played: Mapping[str, int] = field(default_factory=dict)
    reads: Sequence[Read] = ()


class Made(Struct, frozen=True, kw_only=True):
    """What was done, in numbers; `missed_counts` says that the run was long enough to meet everything."""

    db: str
    seed: int
    keys: int
    acknowledged: int
    unforeseen: int
    kills: int
    kills_in_flight: int
    nemeses: Mapping[str, int]
    crash_points: Mapping[str, int]
    missed_counts: bool
    evidence: str


def reported(made: Made, findings: Findings, evidence: History, wait_s: float) -> Report:
    """The report of a run."""
    broken = _broken(findings, evidence)
    verdicts = _verdicts(findings, evidence, broken)
    counts = faults_met(findings, evidence)
    nemeses = {**made.nemeses, **callbacks_met(findings.played)}
    struck = {name: nemeses.get(name, 0) for name in {**SHARES, **OF_STORE[made.db], **CALLBACKS}}
    missed = [name for name, count in {**made.crash_points, **struck, **counts}.items() if not count]
    if made.kills_in_flight < IN_FLIGHT_SHARE * made.kills:
        missed.append(f"in flight: {made.kills_in_flight} of {made.kills} kills")
    missed += [f"{name}: nothing examined" for name, each in verdicts.items() if each.verdict == NOT_EXAMINED]
    return Report(
        db=made.db,
        seed=made.seed,
        keys=made.keys,
        acknowledged=made.acknowledged,
        lost=len(_lost(broken, evidence)),
        doubled=len(broken.get("S1", ())),
        stuck=len(broken.get("V1", ())),
        stored_unacknowledged=findings.unacknowledged,
        unforeseen=made.unforeseen,
        kills=made.kills,
        kills_in_flight=made.kills_in_flight,
        needs_review=sum(row.state == "needs_review" for row in evidence.rows.operations),
        nemeses=nemeses,
        crash_points=made.crash_points,
        faults=counts,
        missed=tuple(missed) if made.missed_counts else (),
        invariants=verdicts,
        wait_s=wait_s,
        evidence=made.evidence,
    )


def _lost(broken: Mapping[str, Sequence[Violation]], evidence: History) -> set[str]:
    """What is not in the journal, has no effect, or no policy."""
    kept_by_nobody = {row.client_ref or row.operation_id for row in unstored(evidence)}
    return kept_by_nobody | {each.subject for name in ("S3", "S5") for each in broken.get(name, ())}


def _broken(findings: Findings, evidence: History) -> dict[str, list[Violation]]:
    waits = findings.waits
    found = [*findings.found, *sick_carrier_slows_no_other(waits["well"], waits["sick"])]
    found += [each for invariant in ALL.values() for each in invariant(evidence)]
    broken: dict[str, list[Violation]] = {}
    for each in found:
        broken.setdefault(each.invariant, []).append(each)
    return broken


def _verdicts(findings: Findings, evidence: History, broken: Mapping[str, Sequence[Violation]]) -> dict[str, Judged]:
    examined = {name: (of, count(evidence)) for name, (of, count) in EXAMINED.items()}
    examined["S5"] = (examined["S5"][0], examined["S5"][1] + findings.kept_checks)
    examined["S14"] = ("characters of logs, metrics, errors", findings.characters)
    examined["V2"] = ("events", findings.events)
    examined["V3"] = ("waits at other carriers", min(map(len, findings.waits.values())))
    return {
        name: judged(name, count, of, [f"{each.subject}: {each.text}" for each in broken.get(name, ())])
        for name, (of, count) in sorted(examined.items(), key=lambda item: (item[0][0], int(item[0][1:])))
    }


def faults_met(findings: Findings, evidence: History) -> dict[str, int]:
    """How often each planned fault was played, as the carriers counted it; and how attempts ended that got no reply."""
    ends = Counter(f"attempt: {each.fault}" for each in evidence.rows.attempts if each.fault)
    return {
        **{name: findings.played.get(name, 0) for name in PLANNED},
        **ways_met(findings.reads, evidence),
        **{f"attempt: {name}": 0 for name in CONNECTING},
        **dict(sorted(ends.items())),
    }


def ways_met(reads: Iterable[Read], evidence: History) -> dict[str, int]:
    """How often what is not a plain order was met: batches, reads nobody answers, applications, other channels, ..."""
    operations, asked = evidence.rows.operations, list(reads)
    channels: defaultdict[str, set[str]] = defaultdict(set)
    for row in evidence.rows.attempts:
        if row.purpose == "effect":
            channels[row.operation_id].add(row.channel)
    return {
        "batch: orders in one message": sum(is_in_batch(each) for each in operations),
        "batch: over": sum(each.operation == BATCH and each.state == "succeeded" for each in operations),
        "read: from the insurer": sum(each.status == HTTPStatus.OK and not each.is_last_known for each in asked),
        "read: as last known": sum(each.is_last_known for each in asked),
        "claim: kept until its channel can be asked": sum(each.kind == "queued" for each in evidence.rows.notes),
        "application: underwritten": sum(
            each.operation == "underwriting.submit" and each.state == "succeeded" for each in operations
        ),
        "cancellation: refund told, stored and given back": compared(evidence),
        "order: went to another channel": sum(len(each) > 1 for each in channels.values()),
    }


def callbacks_met(played: Mapping[str, int]) -> dict[str, int]:
    """How often callbacks came late, in reverse, again or from somebody else: a carrier without any plays none."""
    return {name: count for name, verb in CALLBACKS.items() if (count := played.get(verb, 0))}
