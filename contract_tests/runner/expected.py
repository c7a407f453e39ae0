"""Failures that are known: listed with a reason and a last day, and wrong as soon as they are no failures any more.

expected: 1
failures:
  - check: "*/cedar/examples/policy_issue.yaml::issued::live"     # a check's whole name; * and ? stand for any
    reason: the sandbox answers 500 since its release of May
    expires: 2026-08-01
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.examples.proof import Difference
from contract_tests.examples.shown import masked_fields
from contract_tests.runner.run import Verdict
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import ListNode, MapNode
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults, as_map, as_text, unknown_keys

ENTRIES_MAX = 1_000


class Expected(Struct, frozen=True, kw_only=True):
    """One failure that is known; after `expires` it excuses nothing."""

    mark: Mark
    check: str
    reason: str
    expires: date

    def fits(self, verdict: Verdict) -> bool:
        """Whether it is about this check."""
        return self.names(verdict.check.id)

    def names(self, check: str) -> bool:
        """Whether it is about the check of this whole name."""
        return fnmatchcase(check, self.check)


def read_expected(path: Path) -> tuple[tuple[Expected, ...], tuple[Diagnostic, ...]]:
    """The entries of a file, and what is wrong with it."""
    faults = Faults("E711")
    node, found = read_file(path, path.as_posix())
    faults.extend(each for each in found if each.severity == "error")
    top = as_map(node, faults, "the file") if node is not None else None
    if top is None:
        return (), faults.all()
    unknown_keys(top, ("expected", "failures"), faults, "a file of expected failures")
    items, version = top.get("failures"), top.get("expected")
    if version is None or as_text(version, faults, "expected") != "1":
        faults.add(top.mark, "a file of expected failures begins with expected: 1")
    if not isinstance(items, ListNode) or len(items) > ENTRIES_MAX:
        faults.add(top.mark_of("failures"), f"failures is a list of at most {ENTRIES_MAX}")
        return (), faults.all()
    entries = [_entry(entry, faults) for item in items if (entry := as_map(item, faults, "a failure")) is not None]
    return tuple(entry for entry in entries if entry is not None), faults.all()


def _entry(node: MapNode, faults: Faults) -> Expected | None:
    unknown_keys(node, ("check", "reason", "expires"), faults, "a failure")
    words = {}
    for key in ("check", "reason", "expires"):
        value = node.get(key)
        words[key] = (as_text(value, faults, key) or "") if value is not None else ""
        if not words[key]:
            faults.add(node.mark, f"an expected failure needs '{key}'", "check, reason, expires: 2026-08-01")
            return None
    try:
        expires = date.fromisoformat(words["expires"])
    except ValueError:
        faults.add(node.mark_of("expires"), "expires is a day", "2026-08-01")
        return None
    return Expected(mark=node.mark, check=words["check"], reason=words["reason"], expires=expires)


def held_against(verdict: Verdict, entries: Sequence[Expected], today: date) -> Verdict:
    """The verdict with what is expected: a listed failure is excused, a listed check that passed has failed.

    A crash of the machinery is never excused.
    """
    entry = next((each for each in entries if each.fits(verdict)), None)
    if entry is None or verdict.crash:
        return verdict
    if entry.expires < today:
        told = f"{entry.mark.file}:{entry.mark.line} expired on {entry.expires}"
        return verdict if not verdict.passed else _wrong(verdict, entry, f"passed; {told}: take it out")
    if verdict.passed:
        return _wrong(verdict, entry, f"passed: take {entry.mark.file}:{entry.mark.line} out")
    return replace(verdict, excused=masked_fields(entry.reason))


def unmet(entries: Sequence[Expected], verdicts: Iterable[Verdict]) -> tuple[Expected, ...]:
    """The entries that are about no check that ran."""
    ran = tuple(verdicts)
    return tuple(entry for entry in entries if not any(entry.fits(each) for each in ran))


def _wrong(verdict: Verdict, entry: Expected, actual: str) -> Verdict:
    difference = Difference(
        mark=verdict.check.run.example.mark,
        at="an expected failure",
        expected=f"a failure: {entry.reason}",
        actual=actual,
    )
    return replace(verdict, differences=(difference,))
