"""`--contract-report DIR`: what every contract test came to, gathered where pytest ends, also from its workers.

Each worker puts its cases on the report of the item, as plain data that xdist carries; the process that was started by
a person writes the files.
"""

import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from contract_tests.examples.shown import masked_fields
from contract_tests.plugin.collect import CheckItem, ConnectedOutside, TextItem
from contract_tests.report import Case, Lack, Report, case_of, lack_of, prepare, write_report
from contract_tests.report.facts import case_for
from contract_tests.report.masking import printable

CARRIED = "contract_told"
_Told = list[Case | Lack]


def reporting(config: pytest.Config, folder: Path) -> "Carrying | Reporting":
    """The plugin for this process: one that writes, or, in a worker of xdist, one that hands on."""
    if hasattr(config, "workerinput"):
        return Carrying()
    if not config.getoption("collectonly"):
        try:
            prepare(folder)
        except OSError as error:
            raise pytest.UsageError(f"--contract-report: {folder} cannot be written: {error.strerror}") from error
    return Reporting(folder)


class Carrying:
    """Puts what an item came to on its report."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Cases of a check, lacks of a carrier; an item that ended otherwise is an error of each of its checks."""
        report = yield
        found = told_by(item, call)
        if found:
            setattr(report, CARRIED, msgspec.to_builtins(found))
        return report


class Reporting(Carrying):
    """Gathers what was put on reports, and writes the files at the end."""

    def __init__(self, folder: Path) -> None:
        """`folder` takes the files."""
        self.folder = folder
        self.began_at, self.began = datetime.now(UTC), time.perf_counter()
        self.cases: list[Case] = []
        self.lacks: list[Lack] = []
        self.files: tuple[Path, ...] = ()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what one phase of one item came to."""
        for each in getattr(report, CARRIED, ()):
            if "example" in each:
                self.cases.append(msgspec.convert(each, Case))
            else:
                self.lacks.append(msgspec.convert(each, Lack))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write."""
        if session.config.getoption("collectonly"):
            return
        # Workers end in any order; a report of the same run is the same.
        cases = tuple(sorted(self.cases, key=lambda case: case.id))
        wait_s = time.perf_counter() - self.began
        report = Report(cases=cases, lacks=tuple(self.lacks), began_at=self.began_at, wait_s=wait_s)
        self.files = write_report(self.folder, report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where they are."""
        for path in self.files:
            terminalreporter.write_line(f"contract report: {path}")


def told_by(item: pytest.Item, call: pytest.CallInfo[None]) -> _Told:
    """What one phase of an item says: nothing for phases in which nothing was proven and nothing broke."""
    broke = call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception)
    if isinstance(item, TextItem):
        return [lack_of(each, item.carrier) for each in item.told] if call.when == "call" else []
    if not isinstance(item, CheckItem):
        return []
    left = broke and call.excinfo is not None and call.excinfo.errisinstance(ConnectedOutside)
    if call.when == "call" and item.verdicts and not left:
        return [case_of(each, item.rerun) for each in item.verdicts]
    if not broke:
        return []
    assert call.excinfo is not None
    crash = masked_fields(printable(call.excinfo.exconly()))
    return [case_for(check, "error", item.rerun, crash=crash) for check in item.contract_checks]
