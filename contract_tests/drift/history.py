"""What earlier runs saw: a file of one JSON line for each, from which a run knows since when, and how fast it was."""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from contract_tests.drift.certificate import Shown, certificate_findings
from contract_tests.drift.finding import Finding, sorted_findings
from contract_tests.drift.probe import Probed

RUNS_MAX = 2_000
RUNS_BEFORE_LATENCY = 5
SLOWER_TIMES, SLOWER_LEAST_S = 2.0, 0.2


class Entry(Struct, frozen=True, kw_only=True):
    """One run against one host: what was found, how long each example took, the certificate where there was one."""

    at: datetime
    carrier: str
    host: str
    mapping: str
    findings: tuple[Finding, ...]
    wait_s: Mapping[str, float] = {}
    certificate: Shown | None = None


class HistoryDamaged(Exception):
    """A line of the history that no run wrote: the file and the line are named."""


def read_history(path: Path, carrier: str, host: str) -> tuple[Entry, ...]:
    """The latest runs of a carrier at a host, the oldest first. Raises HistoryDamaged and OSError."""
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            entry = msgspec.json.decode(line, type=Entry)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise HistoryDamaged(f"{path}:{number} is no run of insurehub drift: move the file away") from None
        if (entry.carrier, entry.host) == (carrier, host):
            found.append(entry)
    return tuple(found[-RUNS_MAX:])


def append(path: Path, entry: Entry) -> None:
    """Write a run behind the others, down to the disk. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, msgspec.json.encode(entry) + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def entry_of(
    probed: Iterable[Probed], earlier: tuple[Entry, ...], *, at: datetime, carrier: str, host: str, mapping: str,
    certificate: Shown | None = None,
) -> Entry:  # fmt: skip
    """This run, with what became slow and what of the certificate is another."""
    probed = tuple(probed)
    wait_s = {each.example: round(each.wait_s, 4) for each in probed if each.wait_s is not None}
    findings = [finding for each in probed for finding in each.findings]
    findings += slower(wait_s, earlier, carrier)
    before = next((each.certificate for each in reversed(earlier) if each.certificate is not None), None)
    findings += certificate_findings(carrier, certificate, before, at)
    return Entry(
        at=at, carrier=carrier, host=host, mapping=mapping, findings=sorted_findings(findings), wait_s=wait_s,
        certificate=certificate,
    )  # fmt: skip


def slower(wait_s: Mapping[str, float], earlier: tuple[Entry, ...], carrier: str) -> Iterator[Finding]:
    """Examples that took more than twice what nineteen of twenty earlier runs took."""
    for example, now in wait_s.items():
        before = sorted(entry.wait_s[example] for entry in earlier if example in entry.wait_s)
        if len(before) < RUNS_BEFORE_LATENCY:
            continue
        usual = before[min(int(len(before) * 0.95), len(before) - 1)]
        if now > usual * SLOWER_TIMES and now - usual > SLOWER_LEAST_S:
            operation, _, name = example.partition("/")
            said = f"took {now:.2f} s; 95 of 100 earlier runs took {usual:.2f} s or less"
            yield Finding(
                severity="warn", kind="latency", carrier=carrier, operation=operation, example=name, said=said
            )


def since(finding: Finding, earlier: tuple[Entry, ...]) -> datetime | None:
    """Since when every run that looked saw it; None when the last that looked did not."""
    first = None
    for entry in reversed(earlier):
        if finding.key in {each.key for each in entry.findings}:
            first = entry.at
        elif looked(entry, finding):
            break
    return first


def gone(now: Entry, earlier: tuple[Entry, ...]) -> tuple[Finding, ...]:
    """What the last run that looked saw, and this one looked at and does not see."""
    seen = {each.key for each in now.findings}
    known = {each.key: each for entry in earlier for each in entry.findings}
    return tuple(
        each
        for each in known.values()
        if each.key not in seen and looked(now, each) and since(each, earlier) is not None
    )


def looked(entry: Entry, finding: Finding) -> bool:
    """Whether a run could have seen a finding: an example that was left out or not answered tells nothing."""
    if not finding.example:
        return entry.certificate is not None
    about = [each for each in entry.findings if (each.operation, each.example) == (finding.operation, finding.example)]
    if finding.severity == "could-not-check":
        return bool(about) or f"{finding.operation}/{finding.example}" in entry.wait_s
    unchecked = any(each.severity == "could-not-check" for each in about)
    return f"{finding.operation}/{finding.example}" in entry.wait_s and not unchecked
