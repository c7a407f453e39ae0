"""The contract tests of carriers: read, run, and told as text, as a table, or as one JSON document."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.mapping.workspace import CarrierFolder
from cli.out import err, out, table
from contract_tests.derive.checks import read_derived
from contract_tests.examples.check import Check, Run
from contract_tests.examples.daily import read_daily
from contract_tests.examples.example import ExampleFile
from contract_tests.examples.reading import read_examples
from contract_tests.examples.subject import Subject
from contract_tests.live.chain import LiveCourse
from contract_tests.live.checks import live_checks
from contract_tests.live.sandbox import FLAG, Sandbox
from contract_tests.report import Lack, lack_of
from contract_tests.runner.completeness import Missing, missing_of
from contract_tests.runner.expand import checks_of
from contract_tests.runner.expected import Expected, held_against
from contract_tests.runner.matched import unkept
from contract_tests.runner.run import Verdict, failure_text, run_checks
from contract_tests.runner.vectors import read_vectors
from contract_tests.scenarios import live_scenarios, scenario_checks
from gateway.catalogue.marks import Diagnostic

PROGRESS_FROM_CHECKS = 300
Found = tuple[Sequence[Check], tuple[Diagnostic, ...]]


class Examined:
    """One carrier's examples, and what became of them."""

    def __init__(
        self,
        folder: CarrierFolder,
        level: int,
        keep: Callable[[str], bool],
        live: Sandbox | None = None,
        *,
        is_part: bool = False,
    ) -> None:
        """Read everything, run nothing; with a sandbox only what is run there. A part cannot be complete."""
        self.subject = Subject(folder.path, folder.root)
        self.courses: dict[str, tuple[Run, LiveCourse]] = {}
        files, wrong = read_examples(folder.path, folder.root)
        found, faults = self._live(files, live) if live is not None else self._all(files, level)
        unmet = (each for file in files for each in unkept(file, self.subject))
        self.faults = tuple(each for each in (*wrong, *faults, *unmet) if each.severity == "error")
        self.checks: list[Check] = [check for check in found if keep(check.id)]
        self.missing: tuple[Missing, ...] = () if live or is_part else missing_of(self.subject, files)
        self.drafts = [f"{draft.mark.file}:{draft.mark.line} {draft.id}" for file in files for draft in file.drafts]
        self.verdicts: list[Verdict] = []

    def _all(self, files: Sequence[ExampleFile], level: int) -> Found:
        parts: list[Found] = [read_vectors(self.subject), read_daily(self.subject), read_derived(self.subject)]
        stated = [check for file in files for check in checks_of(file, self.subject, level)]
        parts += [scenario_checks(file, self.subject, level) for file in files]
        checks = [*stated, *(check for found, _ in parts for check in found)]
        return checks, tuple(fault for _, faults in parts for fault in faults)

    def _live(self, files: Sequence[ExampleFile], sandbox: Sandbox) -> Found:
        parts = [live_scenarios(file, self.subject, sandbox) for file in files]
        alone = live_checks(files, self.subject, sandbox, self._keep)
        checks = [*alone, *(check for found, _ in parts for check in found)]
        return checks, tuple(fault for _, faults in parts for fault in faults)

    def _keep(self, run: Run, course: LiveCourse) -> None:
        self.courses[f"{run.file.shown}::{run.example.id}"] = (run, course)

    @property
    def lacks(self) -> list[Lack]:
        """What is malformed and what is missing."""
        told: tuple[Diagnostic | Missing, ...] = (*self.faults, *self.missing)
        return [lack_of(each, self.subject.carrier) for each in told]

    @property
    def is_right(self) -> bool:
        """Whether nothing failed and nothing is missing."""
        return not self.faults and not self.missing and all(verdict.is_right for verdict in self.verdicts)


def run(examined: Sequence[Examined], known: Sequence[Expected] = (), *, quiet: bool) -> None:
    """Carry out every check, with a bar where that takes a while; `known` are failures that are expected."""
    today = datetime.now(UTC).date()
    total = sum(len(each.checks) for each in examined)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=quiet or total < PROGRESS_FROM_CHECKS) as progress:
        task = progress.add_task("contract tests", total=total)
        for each in examined:
            progress.update(task, description=each.subject.carrier)
            verdicts = run_checks(each.checks, lambda _: progress.advance(task))
            each.verdicts = [held_against(verdict, known, today) for verdict in verdicts]


def rerun(check: Check) -> str:
    """The command that runs a check alone."""
    if check.is_live:
        host = urlsplit(check.live_at).hostname
        there = f"--live {check.live_at} --allow-host {host} {FLAG}"
        return f"insurehub test {check.run.file.carrier} {there} -k '{check.run.example.id} and {check.name}'"
    return f"insurehub test {check.run.file.carrier} -k '{check.run.example.id} and {check.name}'"


def show(examined: Sequence[Examined], wait_s: float) -> None:
    """Failures as blocks, then a table for each carrier and the sum."""
    for each in examined:
        for verdict in each.verdicts:
            if not verdict.is_right:
                out.print(failure_text(verdict, rerun(verdict.check)), markup=False, soft_wrap=True)
                out.print()
        for told in (*each.faults, *each.missing):
            out.print(str(told), markup=False, soft_wrap=True)
    for each in examined:
        _table(each)
    checks = sum(len(each.verdicts) for each in examined)
    failed = sum(not verdict.is_right for each in examined for verdict in each.verdicts)
    known = sum(bool(verdict.excused) for each in examined for verdict in each.verdicts)
    missing = sum(len(each.missing) + len(each.faults) for each in examined)
    drafts = sum(len(each.drafts) for each in examined)
    if drafts:
        out.print(f"{drafts} drafts were not run: they say neither what goes in nor what must come of it")
    word = "[green]" if all(each.is_right for each in examined) else "[red]"
    out.print(
        f"{word}{checks - failed - known} passed, {failed} failed, {missing} missing or malformed[/] in {wait_s:.1f} s"
    )
    if known:
        out.print(f"[yellow]{known} failed as expected[/]")


def _table(carrier: Examined) -> None:
    passed = Counter(each.check.operation for each in carrier.verdicts if each.passed)
    failed = Counter(each.check.operation for each in carrier.verdicts if not each.is_right)
    missing = Counter(each.operation or "over the carrier" for each in carrier.missing)
    rows = [[name, passed[name], failed[name] or None, missing[name] or None] for name in _names(carrier, missing)]
    table(carrier.subject.carrier, ["operation", "passed", "failed", "missing"], rows, right=(1, 2, 3))
    out.print()


def _names(carrier: Examined, missing: Counter[str]) -> list[str]:
    mapped = [each.name for each in carrier.subject.tree.operations] if carrier.subject.tree is not None else []
    seen = [each.check.operation for each in carrier.verdicts]
    return list(dict.fromkeys((*mapped, *seen, *missing)))


def document(examined: Sequence[Examined], wait_s: float) -> dict[str, Any]:
    """The run as one JSON document."""
    return {
        "passed": sum(verdict.passed for each in examined for verdict in each.verdicts),
        "failed": sum(not verdict.is_right for each in examined for verdict in each.verdicts),
        "expected": sum(bool(verdict.excused) for each in examined for verdict in each.verdicts),
        "wait_s": round(wait_s, 3),
        "carriers": [
            {
                "carrier": each.subject.carrier,
                "missing": [str(missing) for missing in each.missing],
                "malformed": [str(fault) for fault in each.faults],
                "drafts": each.drafts,
                "checks": [_told(verdict) for verdict in each.verdicts],
            }
            for each in examined
        ],
    }


def _told(verdict: Verdict) -> dict[str, Any]:
    told = {**verdict.check.words(), "passed": verdict.passed, "compared": verdict.compared}
    if verdict.excused:
        told["expected"] = verdict.excused
    if not verdict.passed:
        told["failure"] = failure_text(verdict, rerun(verdict.check))
    return told
