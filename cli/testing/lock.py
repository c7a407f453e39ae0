"""`insurehub test --update-lock`: derive cases from every carrier's examples, and freeze what comes of them."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.mapping.workspace import CarrierFolder
from cli.out import Exit, emit_json, err, leave, table
from contract_tests.derive.generate import derived_of
from contract_tests.derive.lock import OldLock, changes_of, names_of, read_any, write_lock
from contract_tests.examples.subject import LOCK_FILE, Subject
from contract_tests.runner.expand import checks_of
from contract_tests.runner.run import run_check

COLUMNS = ["carrier", "cases", "new", "gone", "otherwise", "kB"]


def freeze(folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Write the locks, tell what changed in them, and end the command."""
    subjects = [Subject(folder.path, folder.root) for folder in folders]
    for subject in subjects:
        _refuse_unsound(subject)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=json) as progress:
        told = [_frozen(subject) for subject in progress.track(subjects, description="deriving")]
    if json:
        emit_json({"carriers": told})
    else:
        table("frozen", COLUMNS, [list(each.values()) for each in told], right=(1, 2, 3, 4, 5))
    raise typer.Exit(Exit.ok)


def _refuse_unsound(subject: Subject) -> None:
    """What is derived from a wrong example is wrong: its own checks pass first."""
    if subject.tree is None:
        leave(Exit.wrong, f"{subject.carrier} cannot be read", f"insurehub check {subject.carrier}")
    for file in subject.files:
        for check in checks_of(file, subject, 0):
            if not run_check(check).passed:
                leave(Exit.wrong, f"{check.id} does not pass: nothing was frozen", f"insurehub test {subject.carrier}")


def freeze_first(folder: Path, root: Path) -> Path:
    """Write the lock of a carrier that has none yet, and whose examples are known to pass; the file."""
    # Its modules may be younger than what was last seen of their folder.
    importlib.invalidate_caches()
    write_lock(subject := Subject(folder, root), derived_of(subject))
    return folder / LOCK_FILE


def _frozen(subject: Subject) -> dict[str, Any]:
    try:
        before = names_of(read_any(subject))
    except OldLock:
        before = {}
    count = write_lock(subject, derived_of(subject))
    new, gone, otherwise = changes_of(before, names_of(read_any(subject)))
    size = (subject.folder / LOCK_FILE).stat().st_size // 1024
    return {"carrier": subject.carrier, "cases": count, "new": new, "gone": gone, "otherwise": otherwise, "kb": size}
