"""`insurehub test`: the contract tests of a workspace, by the runner alone."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.coverage import Measured
from cli.here import workspace_root
from cli.mapping.workspace import CarrierFolder, carrier_folders
from cli.out import Exit, emit_json, err, leave, out, table
from cli.reporting import prepare_or_leave, write_or_leave
from contract_tests.derive.checks import read_derived
from contract_tests.report import Lack, case_of, lack_of
from contract_tests.runner.check import Check
from contract_tests.runner.completeness import Missing, missing_of
from contract_tests.runner.daily import read_daily
from contract_tests.runner.expand import LEVEL_MAX, checks_of
from contract_tests.runner.fresh import stale_modules
from contract_tests.runner.reading import read_examples
from contract_tests.runner.run import Verdict, failure_text, run_checks
from contract_tests.runner.subject import Subject
from contract_tests.runner.vectors import read_vectors
from contract_tests.runner.wanted import BadWish, wanted
from gateway.catalogue.marks import Diagnostic

app = typer.Typer(add_completion=False)

PROGRESS_FROM_CHECKS = 300


class _Carrier:
    """One carrier's examples, and what became of them."""

    def __init__(self, folder: CarrierFolder, level: int, keep: Callable[[str], bool]) -> None:
        self.subject = Subject(folder.path, folder.root)
        files, wrong = read_examples(folder.path, folder.root)
        vectors, more = read_vectors(self.subject)
        daily, yet_more = read_daily(self.subject)
        derived, old = read_derived(self.subject)
        self.faults: tuple[Diagnostic, ...] = tuple(
            each for each in (*wrong, *more, *yet_more, *old) if each.severity == "error"
        )
        found = [
            *(check for file in files for check in checks_of(file, self.subject, level)),
            *vectors,
            *daily,
            *derived,
        ]
        self.checks: list[Check] = [check for check in found if keep(check.id)]
        self.missing: tuple[Missing, ...] = missing_of(self.subject, files)
        self.drafts = [f"{draft.mark.file}:{draft.mark.line} {draft.id}" for file in files for draft in file.drafts]
        self.verdicts: list[Verdict] = []

    @property
    def lacks(self) -> list[Lack]:
        """What is malformed and what is missing."""
        told: tuple[Diagnostic | Missing, ...] = (*self.faults, *self.missing)
        return [lack_of(each, self.subject.carrier) for each in told]

    @property
    def is_right(self) -> bool:
        """Whether nothing failed and nothing is missing."""
        return not self.faults and not self.missing and all(verdict.passed for verdict in self.verdicts)


@app.command("test")
def run_contract_tests(
    carriers: Annotated[list[str] | None, typer.Argument(help="Only these carriers; all when left out.")] = None,
    level: Annotated[
        int | None,
        typer.Option(min=0, max=LEVEL_MAX, help="0: pure; 1: and the client stack; 2, as without: and the mock."),
    ] = None,
    keyword: Annotated[str, typer.Option("-k", help="Only checks whose name fits: 'issue and not fault'.")] = "",
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Instead: which lines of the mappings the written examples carry out.")
    ] = False,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, help="With --coverage: less than this part of the lines fails.")
    ] = None,
    mutated: Annotated[
        bool, typer.Option("--mutate", help="Instead: make the mappings wrong line by line; who notices?")
    ] = False,
    update_lock: Annotated[
        bool, typer.Option("--update-lock", help="Instead: derive cases from the examples anew and freeze them.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write junit.xml, report.json, report.html, report.sarif.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the contract tests made from the examples beside the mappings.

    Example: insurehub test lotus --level 1 -k "policy_issue and bytes"
    Example: insurehub test --report build/contract
    Example: insurehub test --coverage --fail-under 0.95
    Example: insurehub test lotus --mutate
    Example: insurehub test lotus --update-lock
    """
    if coverage + mutated + update_lock > 1:
        leave(Exit.usage, "--coverage, --mutate or --update-lock, one of the three")
    if report is not None and (coverage or mutated or update_lock):
        leave(Exit.usage, "--report is about the checks: not beside --coverage, --mutate or --update-lock")
    if update_lock:
        _refuse_beside("--update-lock", level, keyword or fail_under)
        _freeze(_folders(carriers), json=json)
    if mutated:
        _refuse_beside("--mutate", level, keyword or fail_under)
        _mutate(_folders(carriers), json=json)
    if coverage:
        _refuse_beside("--coverage", level, keyword)
        _measure(_folders(carriers), fail_under or 0.0, json=json)
    if fail_under is not None:
        leave(Exit.usage, "--fail-under is about --coverage")
    began, began_at = time.perf_counter(), datetime.now(UTC)
    level = LEVEL_MAX if level is None else level
    try:
        keep = wanted(keyword)
    except BadWish as bad:
        leave(Exit.usage, f"-k: {bad}", "for example: -k 'policy_issue and not fault'")
    if level > 0 and find_spec("respx") is None:
        leave(Exit.missing, "levels 1 and 2 need the package respx", "pip install 'insurehub[test]', or --level 0")
    folders = _folders(carriers)
    _refuse_stale(folders, json=json)
    prepare_or_leave(report)
    examined = [_Carrier(folder, level, keep) for folder in folders]
    if keyword:
        # A part of the examples cannot be complete.
        for each in examined:
            each.missing = ()
    _run(examined, quiet=json)
    wait_s = time.perf_counter() - began
    if report is not None:
        cases = (case_of(verdict, _rerun(verdict.check)) for each in examined for verdict in each.verdicts)
        lacks = (lack for each in examined for lack in each.lacks)
        write_or_leave(report, cases, lacks, began_at, wait_s)
    ran = sum(len(each.verdicts) for each in examined)
    if not ran and not any(each.faults or each.missing for each in examined):
        leave(Exit.wrong, "no check was run: that proves nothing", "insurehub test --help")
    if json:
        emit_json(_document(examined, wait_s))
    else:
        _show(examined, wait_s)
    raise typer.Exit(Exit.ok if all(each.is_right for each in examined) else Exit.wrong)


def _refuse_beside(option: str, level: int | None, other: str | float | None) -> None:
    if level is not None or other:
        leave(Exit.usage, f"{option} takes all written examples, pure: no --level, -k or other gate beside it")


def _mutate(folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Tell what the examples notice, and end the command."""
    from cli.mutation import mutate  # noqa: PLC0415 - brings the generator along, which the other tests do without

    _refuse_stale(folders, json=json)
    mutate(folders, json=json)


def _freeze(folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Derive and freeze, and end the command."""
    from cli.lock import freeze  # noqa: PLC0415 - brings the generator's tables along, which the other tests do without

    _refuse_stale(folders, json=json)
    freeze(folders, json=json)


def _measure(folders: Sequence[CarrierFolder], least: float, *, json: bool) -> NoReturn:
    """Tell the coverage, and end the command."""
    _refuse_stale(folders, json=json)
    measured = Measured(Subject(folder.path, folder.root) for folder in folders)
    if json:
        emit_json(measured.document())
    else:
        measured.show()
    enough = measured.coverage >= least
    if not enough:
        err.print(f"the examples cover {measured.coverage}, less than {least}", style="red", markup=False)
    raise typer.Exit(Exit.ok if enough and measured.is_right else Exit.wrong)


def _folders(names: list[str] | None) -> Sequence[CarrierFolder]:
    root = workspace_root()
    found, faults = carrier_folders(root, tuple(names) if names else None)
    if faults:
        leave(Exit.usage, str(faults[0]))
    mine = [each for each in found if names or each.root == root]
    with_mapping = [each for each in mine if (each.path / "carrier.yaml").is_file()]
    without = sorted({each.id for each in mine} - {each.id for each in with_mapping})
    if names and without:
        leave(Exit.missing, f"{', '.join(without)} has no carrier.yaml", "insurehub new")
    if not with_mapping:
        leave(Exit.missing, "no carrier with a mapping in this workspace", "insurehub new")
    return with_mapping


def _refuse_stale(folders: Sequence[CarrierFolder], *, json: bool) -> None:
    """Tests of an adapter that its mapping no longer gives would prove nothing: end the command."""
    stale = [path for folder in folders for path in stale_modules(Subject(folder.path, folder.root))]
    if stale and json:
        emit_json({"passed": 0, "failed": 0, "stale": stale})
        raise typer.Exit(Exit.wrong)
    if stale:
        text = "\n".join(f"{path} is not what its mapping gives now" for path in stale)
        leave(Exit.wrong, f"{text}\nnothing was tested", "insurehub generate")


def _run(examined: Sequence[_Carrier], *, quiet: bool) -> None:
    total = sum(len(each.checks) for each in examined)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=quiet or total < PROGRESS_FROM_CHECKS) as progress:
        task = progress.add_task("contract tests", total=total)
        for each in examined:
            progress.update(task, description=each.subject.carrier)
            each.verdicts = run_checks(each.checks, lambda _: progress.advance(task))


def _rerun(check: Check) -> str:
    return f"insurehub test {check.run.file.carrier} -k '{check.run.example.id} and {check.name}'"


def _show(examined: Sequence[_Carrier], wait_s: float) -> None:
    for each in examined:
        for verdict in each.verdicts:
            if not verdict.passed:
                out.print(failure_text(verdict, _rerun(verdict.check)), markup=False, soft_wrap=True)
                out.print()
        for told in (*each.faults, *each.missing):
            out.print(str(told), markup=False, soft_wrap=True)
    for each in examined:
        _table(each)
    checks = sum(len(each.verdicts) for each in examined)
    failed = sum(not verdict.passed for each in examined for verdict in each.verdicts)
    missing = sum(len(each.missing) + len(each.faults) for each in examined)
    drafts = sum(len(each.drafts) for each in examined)
    if drafts:
        out.print(f"{drafts} drafts were not run: they say neither what goes in nor what must come of it")
    word = "[green]" if all(each.is_right for each in examined) else "[red]"
    out.print(f"{word}{checks - failed} passed, {failed} failed, {missing} missing or malformed[/] in {wait_s:.1f} s")


def _table(carrier: _Carrier) -> None:
    passed = Counter(each.check.operation for each in carrier.verdicts if each.passed)
    failed = Counter(each.check.operation for each in carrier.verdicts if not each.passed)
    missing = Counter(each.operation or "over the carrier" for each in carrier.missing)
    rows = [[name, passed[name], failed[name] or None, missing[name] or None] for name in _names(carrier, missing)]
    table(carrier.subject.carrier, ["operation", "passed", "failed", "missing"], rows, right=(1, 2, 3))
    out.print()


def _names(carrier: _Carrier, missing: Counter[str]) -> list[str]:
    mapped = [each.name for each in carrier.subject.tree.operations] if carrier.subject.tree is not None else []
    seen = [each.check.operation for each in carrier.verdicts]
    return list(dict.fromkeys((*mapped, *seen, *missing)))


def _document(examined: Sequence[_Carrier], wait_s: float) -> dict[str, Any]:
    return {
        "passed": sum(verdict.passed for each in examined for verdict in each.verdicts),
        "failed": sum(not verdict.passed for each in examined for verdict in each.verdicts),
        "wait_s": round(wait_s, 3),
        "carriers": [
            {
                "carrier": each.subject.carrier,
                "drafts": each.drafts,
                "missing": [str(missing) for missing in each.missing],
                "malformed": [str(fault) for fault in each.faults],
                "checks": [_told(verdict) for verdict in each.verdicts],
            }
            for each in examined
        ],
    }


def _told(verdict: Verdict) -> dict[str, Any]:
    told = {**verdict.check.words(), "passed": verdict.passed, "compared": verdict.compared}
    if not verdict.passed:
        told["failure"] = failure_text(verdict, _rerun(verdict.check))
    return told
