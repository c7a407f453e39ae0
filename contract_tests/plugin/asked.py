"""A run that was asked for what is not there has proven nothing, however green: it says so, and it fails.

A carrier nobody has and a sandbox no example may be run at end pytest as wrong use; an expected failure of no check
fails the run when it is over. Workers of xdist hand what they collected to the process that a person started.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

_HANDED_ON = "contract_asked"


class Asked:
    """Compares what the options name with what was collected."""

    def __init__(self, config: pytest.Config) -> None:
        """Nothing is collected yet."""
        self.config = config
        self.is_worker = hasattr(config, "workerinput")
        self.carriers: set[str] = set()
        self.checks: set[str] = set()
        self.live = False
        self.words: list[str] = []

    def sees(self, carrier: str) -> None:
        """A carrier that has files here, wanted or not."""
        self.carriers.add(carrier)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note every check before any is left out by `-k` or `-m`."""
        self._takes(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Refuse a run of nothing. Raises UsageError."""
        if self.is_worker:
            found = [sorted(self.carriers), sorted(self.checks), self.live]
            session.config.workeroutput[_HANDED_ON] = found  # type: ignore[attr-defined]
        elif words := list(self._refusals()):
            raise pytest.UsageError("\n".join(words))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker of xdist collected; each of them collects all."""
        carriers, checks, live = getattr(node, "workeroutput", {}).get(_HANDED_ON, ((), (), False))
        self.carriers.update(carriers)
        self.checks.update(checks)
        self.live |= live

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that came to its end without what it was asked for."""
        if self.is_worker or session.exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return
        refusals, unmet = list(self._refusals()), list(self._unmet())
        self.words = [*refusals, *unmet]
        if self.words:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR if refusals else pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say why."""
        for line in self.words:
            terminalreporter.write_line(line, red=True)

    def _takes(self, items: Iterable[pytest.Item]) -> None:
        checks = [check for item in items for check in getattr(item, "contract_checks", ())]
        self.checks.update(check.id for check in checks)
        self.live |= any(check.is_live for check in checks)

    def _refusals(self) -> Iterable[str]:
        for name in self.config.getoption("--contract-carrier"):
            if name not in self.carriers:
                there = ", ".join(sorted(self.carriers)) or "none"
                yield f"--contract-carrier {name}: no such carrier among what is collected here ({there})"
        if self.config.getoption("--contract-live") and not self.live:
            yield "--contract-live: no check was run, that proves nothing: say live: { safe: true } in an example"

    def _unmet(self) -> Iterable[str]:
        """Expected failures of no check, where whole folders are run."""
        if self.config.getoption("--contract-expected") is None or self.config.getoption("collectonly"):
            return
        if any("::" in each or Path(each).is_file() for each in map(str, self.config.args)):
            return
        from contract_tests.plugin.live import EXPECTED  # noqa: PLC0415 - only where there are such

        for entry in self.config.stash[EXPECTED]:
            if not any(entry.names(check) for check in self.checks):
                yield f"{entry.mark.file}:{entry.mark.line} expects a failure of no check: {entry.check}"
