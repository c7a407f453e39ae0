"""Running the checks made from the examples, here or against a sandbox, and telling what became of them."""

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import typer

from cli.mapping.workspace import CarrierFolder
from cli.out import Exit, emit_json, err, leave
from cli.testing.contracts import Examined, document, rerun, run, show
from cli.testing.folders import folders_of, refuse_unfit
from cli.testing.live import expected_or_leave, refusal_in_builds, sandbox_or_leave
from cli.testing.reporting import prepare_or_leave, write_or_leave
from cli.testing.wish import Wish
from contract_tests.live.sandbox import Sandbox
from contract_tests.report import case_of
from contract_tests.runner.expand import LEVEL_MAX
from contract_tests.runner.expected import Expected, unmet
from contract_tests.runner.wanted import BadWish, wanted


def run_wanted(wish: Wish) -> NoReturn:
    """Run what is wanted, tell and write it down, and end the command: 1 where something failed or is missing."""
    began, began_at = time.perf_counter(), datetime.now(UTC)
    keep = _kept(wish.keyword)
    level = _level(wish.level)
    folders = folders_of(wish.carriers)
    sandbox = _sandbox(wish, folders)
    known = expected_or_leave(wish.expected)
    refuse_unfit(folders, json=wish.json)
    prepare_or_leave(wish.report)
    examined = [Examined(folder, level, keep, sandbox, is_part=bool(wish.keyword)) for folder in folders]
    run(examined, known, quiet=wish.json)
    wait_s = time.perf_counter() - began
    if wish.report is not None:
        _write(wish.report, examined, began_at, wait_s)
    _refuse_nothing(examined, wish)
    stale = () if wish.keyword else unmet(known, (verdict for each in examined for verdict in each.verdicts))
    _tell(examined, stale, wait_s, json=wish.json)
    if wish.update and sandbox is not None:
        _record(examined, sandbox)
    right = all(each.is_right for each in examined) and not stale
    raise typer.Exit(Exit.ok if right else Exit.wrong)


def _kept(keyword: str) -> Callable[[str], bool]:
    try:
        return wanted(keyword)
    except BadWish as bad:
        leave(Exit.usage, f"-k: {bad}", "for example: -k 'policy_issue and not fault'")


def _level(asked: int | None) -> int:
    level = LEVEL_MAX if asked is None else asked
    if level > 0 and find_spec("respx") is None:
        leave(Exit.missing, "levels 1 and 2 need the package respx", "pip install 'insurehub[test]', or --level 0")
    return level


def _sandbox(wish: Wish, folders: Sequence[CarrierFolder]) -> Sandbox | None:
    """The carrier's system that is meant by `--live`; None where the checks are run here."""
    if wish.live is None:
        return None
    if len(folders) != 1:
        leave(Exit.usage, "--live is about one carrier: name it")
    if wish.update and (refusal := refusal_in_builds(dict(os.environ))) is not None:
        leave(Exit.usage, refusal)
    return sandbox_or_leave(wish.live, wish.allow_host, wish.channel, understood=wish.understood)


def _write(folder: Path, examined: Sequence[Examined], began_at: datetime, wait_s: float) -> None:
    cases = (case_of(verdict, rerun(verdict.check)) for each in examined for verdict in each.verdicts)
    write_or_leave(folder, cases, (lack for each in examined for lack in each.lacks), began_at, wait_s)


def _refuse_nothing(examined: Sequence[Examined], wish: Wish) -> None:
    """A run in which nothing was checked proves nothing: end the command."""
    if not any(each.verdicts or each.faults or each.missing for each in examined):
        hint = "insurehub test --help" if wish.live is None else "say live: { safe: true } in an example"
        leave(Exit.wrong, "no check was run: that proves nothing", hint)


def _tell(examined: Sequence[Examined], stale: Sequence[Expected], wait_s: float, *, json: bool) -> None:
    places = [f"{entry.mark.file}:{entry.mark.line}" for entry in stale]
    if json:
        emit_json({**document(examined, wait_s), "unmet": places})
    else:
        show(examined, wait_s)
    for place, entry in zip(places, stale, strict=True):
        err.print(f"{place} expects a failure of no check: {entry.check}", markup=False, soft_wrap=True)


def _record(examined: Sequence[Examined], sandbox: Sandbox) -> None:
    """Write down what passed."""
    from cli.testing.recording import update  # noqa: PLC0415 - the writer of YAML is needed here alone

    passed = {
        f"{verdict.check.run.file.shown}::{verdict.check.run.example.id}"
        for each in examined
        for verdict in each.verdicts
        if verdict.passed
    }
    courses = [course for each in examined for name, course in each.courses.items() if name in passed]
    for line in update(courses, sandbox):
        err.print(line, markup=False, soft_wrap=True)
