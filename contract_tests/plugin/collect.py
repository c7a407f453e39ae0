"""From files to items: a file's examples, an example's checks, and one item that asks what is missing."""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from contract_tests.derive.checks import read_derived
from contract_tests.examples.check import Check
from contract_tests.examples.daily import is_daily, read_daily
from contract_tests.examples.example import ExampleFile
from contract_tests.examples.subject import Subject
from contract_tests.live.checks import live_checks
from contract_tests.plugin import CARRIER, LOCK, VECTORS
from contract_tests.runner.completeness import Missing, missing_of
from contract_tests.runner.expand import expand
from contract_tests.runner.matched import unkept
from contract_tests.runner.run import Verdict, failure_text, run_check
from contract_tests.runner.vectors import read_vectors
from contract_tests.scenarios import live_scenarios, scenario_checks
from gateway.catalogue.marks import Diagnostic

FOLDED = "all-checks"
Told = tuple[Diagnostic | Missing, ...]
_SUBJECTS: dict[tuple[Path, Path], Subject] = {}


class ContractFailure(Exception):
    """A contract test that failed; its text is all there is to say, so no traceback is shown."""


class ConnectedOutside(ContractFailure):
    """Something beside the check, a hook of this test run for instance, left this machine while it ran."""

    def __init__(self, item: pytest.Item, hosts: list[str]) -> None:
        """Name the hosts."""
        path, line, name = item.reportinfo()
        told = ", ".join(dict.fromkeys(hosts))
        super().__init__(
            f"{os.path.relpath(path, item.config.invocation_params.dir)}:{(line or 0) + 1} example {name}\n"
            f"  at       network, in a hook or plugin of this test run\n"
            f"  expected this machine only\n  actual   a connection to {told}"
        )


class _Told:
    """Shows a failure as its text; only a fault of the machinery shows where it happened."""

    nodeid: str

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure's own block."""
        if isinstance(excinfo.value, ContractFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)  # type: ignore[misc]


@lru_cache(maxsize=4096)
def _marks(level: int, carrier: str, operation: str, provenance: str, fault: str) -> tuple[pytest.MarkDecorator, ...]:
    """The markers of a check; thousands of checks share few sets of them."""
    mark = pytest.mark
    found = (mark.contract, getattr(mark, f"level{level}"), mark.carrier(carrier), mark.op(operation))
    return (*found, mark.provenance(provenance), *((mark.fault(fault),) if fault else ()))


class CheckItem(_Told, pytest.Item):
    """One check of one example."""

    def __init__(self, *, check: Check, **known: Any) -> None:
        """Bear the check's markers."""
        super().__init__(**known)
        self.check = check
        self.contract_checks = [check]
        self.stays_here = not check.is_live
        self.verdicts: list[Verdict] = []
        file = check.run.file
        for mark in _marks(check.level, file.carrier, check.operation, check.backing, check.fault):
            self.add_marker(mark)

    def runtest(self) -> None:
        """Run it; every difference of every check is told."""
        self.verdicts = [self._known(run_check(check)) for check in self.contract_checks]
        failed = [failure_text(each, self.rerun) for each in self.verdicts if not each.is_right]
        if failed:
            raise ContractFailure("\n".join(failed))
        excused = [each.excused for each in self.verdicts if each.excused]
        if excused and len(excused) == len(self.verdicts):
            pytest.xfail("; ".join(excused))

    def _known(self, verdict: Verdict) -> Verdict:
        """The verdict, held against the failures that are expected."""
        if self.config.getoption("--contract-expected") is None:
            return verdict
        from contract_tests.plugin.live import EXPECTED, TODAY  # noqa: PLC0415 - only where there are such
        from contract_tests.runner.expected import held_against  # noqa: PLC0415

        return held_against(verdict, self.config.stash[EXPECTED], self.config.stash[TODAY])

    @property
    def rerun(self) -> str:
        """The command that runs this item alone, from the folder pytest was started in."""
        # Node ids begin at pytest's root folder, which is another one where there is no configuration.
        path = os.path.relpath(self.path, self.config.invocation_params.dir)
        return f"pytest '{'::'.join((path, *self.nodeid.split('::')[1:]))}'"

    def reportinfo(self) -> tuple[Path, int, str]:
        """The example's own line."""
        return self.path, self.check.run.example.mark.line - 1, f"{self.check.run.example.id} / {self.check.name}"


class TextItem(_Told, pytest.Item):
    """Faults of a file, or what a carrier's examples lack: a failure that is a text."""

    stays_here = True

    def __init__(self, *, tell: Callable[[], Told], carrier: str, **known: Any) -> None:
        """Fail with what is told when the item runs, pass with nothing."""
        super().__init__(**known)
        self.tell, self.carrier = tell, carrier
        self.told: Told = ()
        self.add_marker(pytest.mark.contract)

    def runtest(self) -> None:
        """Fail where there is something to say."""
        self.told = self.tell()
        if self.told:
            raise ContractFailure("\n".join(map(str, self.told)))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file it is about."""
        return self.path, 0, self.name


class FoldedItem(CheckItem):
    """All checks of one example in one item, for very large mappings; it bears the markers of the first."""

    def __init__(self, *, checks: list[Check], **known: Any) -> None:
        """Hold them all."""
        super().__init__(check=checks[0], **known)
        self.contract_checks = checks


class ExampleNode(pytest.Collector):
    """One example."""

    def __init__(self, *, checks: list[Check], **known: Any) -> None:
        """Hold the example's checks."""
        super().__init__(**known)
        self.checks = checks

    def collect(self) -> Iterator[pytest.Item]:
        """Its checks, up to the level that is asked for."""
        level = self.config.getoption("--contract-level")
        wanted = [check for check in self.checks if check.level <= level or check.is_live]
        if self.config.getoption("--contract-granularity") == "example" and wanted:
            yield FoldedItem.from_parent(self, name=FOLDED, checks=wanted)
            return
        for check in wanted:
            yield CheckItem.from_parent(self, name=check.name, check=check)


class ContractFile(pytest.File):
    """One `examples/*.yaml`."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Its examples; a file with faults has one more item that tells them."""
        subject = subject_of(self.path.parent.parent)
        file, faults = subject.read(self.path)
        scenarios, unfit = self._scenarios(file, subject) if file is not None else ([], ())
        unmet = tuple(unkept(file, subject)) if file is not None else ()
        yield from _told(self, subject, "well-formed", (*faults, *unmet, *unfit))
        if file is None:
            return
        for name, checks in self._examples(file, subject):
            yield ExampleNode.from_parent(self, name=name, checks=checks)
        for name in dict.fromkeys(check.run.example.id for check in scenarios):
            mine = [check for check in scenarios if check.run.example.id == name]
            yield ExampleNode.from_parent(self, name=name, checks=mine)

    def _scenarios(self, file: ExampleFile, subject: Subject) -> tuple[list[Check], tuple[Diagnostic, ...]]:
        """The steps of its scenarios; with a sandbox those of scenarios that run there."""
        if self.config.getoption("--contract-live") is None:
            return scenario_checks(file, subject)
        from contract_tests.plugin.live import SANDBOX  # noqa: PLC0415 - only where it is asked for

        sandbox = self.config.stash[SANDBOX]
        assert sandbox is not None
        return live_scenarios(file, subject, sandbox)

    def _examples(self, file: ExampleFile, subject: Subject) -> Iterator[tuple[str, list[Check]]]:
        """Its examples with their checks; with a sandbox those alone that run there."""
        if self.config.getoption("--contract-live") is None:
            yield from ((run.example.id, checks) for run, checks in expand(file, subject))
            return
        from contract_tests.plugin.live import SANDBOX, keeper  # noqa: PLC0415 - only where it is asked for

        sandbox = self.config.stash[SANDBOX]
        assert sandbox is not None
        for check in live_checks((file,), subject, sandbox, keeper(self.config, sandbox)):
            yield check.run.example.id, [check]


class VectorFile(pytest.File):
    """One `vectors/*.kat.yaml`."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """One node for each known answer."""
        subject = subject_of(self.path.parent.parent)
        checks, faults = read_vectors(subject)
        mine = [check for check in checks if check.run.file.path == self.path]
        here = tuple(each for each in faults if Path(each.mark.file).name == self.path.name)
        yield from _told(self, subject, "well-formed", here)
        for check in mine:
            yield ExampleNode.from_parent(self, name=check.run.example.id, checks=[check])


class DailyFile(pytest.File):
    """`examples/statement.yaml`."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """One node for each file that is read."""
        subject = subject_of(self.path.parent.parent)
        checks, faults = read_daily(subject)
        yield from _told(self, subject, "well-formed", faults)
        for check in checks:
            yield ExampleNode.from_parent(self, name=check.run.example.id, checks=[check])


class LockFile(pytest.File):
    """`contract.lock.json`: the derived cases of a carrier; one that is old has one item, which says what to run."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """One node for each example that cases are derived from."""
        subject = subject_of(self.path.parent)
        checks, faults = read_derived(subject)
        yield from _told(self, subject, "of-this-mapping", faults)
        found: dict[str, list[Check]] = {}
        for check in checks:
            found.setdefault(f"{check.run.file.path.stem}/{check.run.example.id}", []).append(check)
        for name, mine in found.items():
            yield ExampleNode.from_parent(self, name=name, checks=mine)


class CarrierFile(pytest.File):
    """A carrier with examples: are there enough of them?"""

    def collect(self) -> Iterator[pytest.Item]:
        """One item."""
        subject = subject_of(self.path.parent)

        def missing() -> Told:
            return missing_of(subject, subject.files)

        yield TextItem.from_parent(self, name="examples-are-complete", tell=missing, carrier=subject.carrier)


def collector_for(kind: str, path: Path, parent: pytest.Collector) -> pytest.Collector:
    """The collector of a file of this kind."""
    known: dict[str, type[pytest.File]] = {CARRIER: CarrierFile, VECTORS: VectorFile, LOCK: LockFile}
    other = DailyFile if is_daily(path) else ContractFile
    found: pytest.Collector = known.get(kind, other).from_parent(parent, path=path)
    return found


def subject_of(folder: Path) -> Subject:
    """The carrier of a folder, in the nearest workspace above it: read once, whatever it is asked for."""
    root = next((each for each in folder.parents if (each / "mappings").is_dir()), folder.parent)
    return _SUBJECTS.setdefault((folder, root), Subject(folder, root))


def _told(parent: pytest.File, subject: Subject, name: str, faults: tuple[Diagnostic, ...]) -> Iterator[TextItem]:
    wrong = tuple(each for each in faults if each.severity == "error")
    if wrong:
        yield TextItem.from_parent(parent, name=name, tell=lambda: wrong, carrier=subject.carrier)
