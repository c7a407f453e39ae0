"""`insurehub test --report DIR`: the folder is seen to before the run, the files are written after it."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cli.out import Exit, err, leave
from contract_tests.report import Report, prepare, write_report
from contract_tests.report.facts import Case, Lack


def prepare_or_leave(folder: Path | None) -> None:
    """End the command at once where the folder takes no files: a long run would be lost."""
    if folder is None:
        return
    try:
        prepare(folder)
    except OSError as error:
        leave(Exit.usage, f"--report: {folder} cannot be written: {error.strerror}")


def write_or_leave(
    folder: Path, cases: Iterable[Case], lacks: Iterable[Lack], began_at: datetime, wait_s: float
) -> None:
    """Write all forms and say on stderr where they are."""
    report = Report(cases=tuple(cases), lacks=tuple(lacks), began_at=began_at, wait_s=wait_s)
    try:
        files = write_report(folder, report)
    except OSError as error:
        leave(Exit.usage, f"--report: {folder} cannot be written: {error.strerror}")
    err.print("\n".join(f"report: {path}" for path in files), markup=False, soft_wrap=True)
