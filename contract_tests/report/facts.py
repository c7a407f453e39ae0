"""What a report tells, as plain data that crosses processes: cases, what differed in them, and what is missing."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from contract_tests.examples.check import Check
from contract_tests.examples.proof import Difference
from contract_tests.examples.shown import masked_fields
from contract_tests.report.masking import hider, printable
from contract_tests.runner.completeness import Missing
from contract_tests.runner.run import Verdict
from gateway.catalogue.marks import Diagnostic

Status = Literal["passed", "failed", "error", "expected"]
"""`error` is a fault of the machinery; `expected` a failure that a file of expected failures lists."""

_PLACE = re.compile(r"(?P<file>.+?\.yaml):(?P<line>\d+)(?::\d+)?(?:\s+(?P<text>.*))?", re.DOTALL)


class Finding(Struct, frozen=True, kw_only=True):
    """One difference: where in the example, what, and the mapping line behind it where one is known.

    `offset` counts bytes of what was expected, from 0.
    """

    file: str
    line: int
    at: str
    expected: str
    actual: str
    offset: int | None = None
    mapping_file: str = ""
    mapping_line: int = 0
    mapping_text: str = ""


class Case(Struct, frozen=True, kw_only=True):
    """One check and how it ended; `rerun` is the command that runs it alone."""

    id: str
    carrier: str
    operation: str
    example: str
    check: str
    file: str
    line: int
    level: int
    promise: str
    provenance: str
    status: Status
    fault: str = ""
    compared: int = 0
    wait_s: float = 0.0
    findings: tuple[Finding, ...] = ()
    crash: str = ""
    reason: str = ""
    rerun: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether it makes the run fail."""
        return self.status in ("failed", "error")


class Lack(Struct, frozen=True, kw_only=True):
    """Something no example shows, or a file that cannot be read."""

    kind: Literal["missing", "malformed"]
    carrier: str
    file: str
    line: int
    what: str


class Report(Struct, frozen=True, kw_only=True):
    """A whole run: what ran, what is missing, when it began and how long it took."""

    cases: tuple[Case, ...]
    lacks: tuple[Lack, ...] = ()
    began_at: datetime
    wait_s: float = 0.0

    @property
    def failed(self) -> tuple[Case, ...]:
        """The cases that make the run fail."""
        return tuple(case for case in self.cases if case.is_wrong)

    @property
    def is_right(self) -> bool:
        """Whether something ran, nothing failed and nothing is missing."""
        return bool(self.cases) and not self.failed and not self.lacks


def case_of(verdict: Verdict, rerun: str) -> Case:
    """A verdict as a case; nothing personal or secret of its example is left in it."""
    check = verdict.check
    if verdict.passed:
        return case_for(check, "passed", rerun, compared=verdict.compared, wait_s=verdict.wait_s)
    hide = hider(check.run)
    return case_for(
        check,
        "error" if verdict.crash else "expected" if verdict.excused else "failed",
        rerun,
        reason=verdict.excused,
        compared=verdict.compared,
        wait_s=verdict.wait_s,
        findings=tuple(_finding(each, hide) for each in verdict.differences),
        crash=hide(verdict.crash),
    )


def case_for(
    check: Check,
    status: Status,
    rerun: str,
    *,
    compared: int = 0,
    wait_s: float = 0.0,
    findings: tuple[Finding, ...] = (),
    crash: str = "",
    reason: str = "",
) -> Case:
    """A case of a check, however it was carried out."""
    run = check.run
    return Case(
        id=printable(check.id),
        carrier=run.file.carrier,
        operation=check.operation,
        example=printable(run.example.id),
        check=printable(check.name),
        file=printable(run.example.mark.file),
        line=run.example.mark.line,
        level=check.level,
        promise=check.promise,
        provenance=check.backing,
        fault=check.fault,
        status=status,
        compared=compared,
        wait_s=round(wait_s, 6),
        findings=findings,
        crash=crash,
        reason=printable(reason),
        rerun=printable(rerun),
    )


def lack_of(told: Missing | Diagnostic, carrier: str) -> Lack:
    """What is missing or malformed, with its place."""
    missing = isinstance(told, Missing)
    what = told.what if isinstance(told, Missing) else _words(told)
    return Lack(
        kind="missing" if missing else "malformed",
        carrier=carrier,
        file=told.mark.file,
        line=told.mark.line,
        what=masked_fields(printable(what)),
    )


def _words(told: Diagnostic) -> str:
    return f"{told.code}: {told.message}" + (f"; {told.hint}" if told.hint else "")


def _finding(difference: Difference, hide: Callable[[str], str]) -> Finding:
    place = _PLACE.fullmatch(difference.mapping or "")
    return Finding(
        file=difference.mark.file,
        line=difference.mark.line,
        at=hide(difference.at),
        expected=hide(difference.expected),
        actual=hide(difference.actual),
        offset=difference.offset,
        mapping_file=place["file"] if place else "",
        mapping_line=int(place["line"]) if place else 0,
        mapping_text=hide(place["text"] or "") if place else "",
    )
