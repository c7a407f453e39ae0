"""Which lines of a mapping the written examples carry out: nothing that is derived from them counts.

A line is covered when every statement it became has run, in each function it stands in; a statement that only asks
counts where nothing depends on it. A code table is covered when something is looked up in it, a row of `errors` when
its code is. Only examples whose own checks pass count.
"""

import importlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from contract_tests.examples.check import Check, Run
from contract_tests.examples.daily import read_daily
from contract_tests.examples.flow import Flow
from contract_tests.examples.subject import Subject
from contract_tests.runner.expand import stated
from contract_tests.runner.run import Verdict, run_check
from contract_tests.runner.statements import Line, Module, Statement, read_module
from contract_tests.runner.tracing import Hits, traced


class Shown(Struct, frozen=True, kw_only=True):
    """One example carried out: the verdicts of its own checks, and the statements and table rows that ran."""

    run: Run
    verdicts: tuple[Verdict, ...]
    ran: frozenset[Statement]
    lines: frozenset[Line]

    @property
    def passed(self) -> bool:
        """Whether all of its own checks did."""
        return all(each.passed for each in self.verdicts)


class FileCoverage(Struct, frozen=True):
    """One file of a mapping: the lines that do something, and those no example carries out."""

    file: str
    lines: int
    missing: tuple[int, ...]

    @property
    def covered(self) -> int:
        """How many lines are carried out."""
        return self.lines - len(self.missing)


class Carried:
    """One carrier's examples carried out under the tracer."""

    def __init__(self, subject: Subject) -> None:
        """Nothing is carried out before it is asked for."""
        self.subject = subject

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """The generated modules, as they were imported."""
        package = importlib.import_module(f"adapters.{self.subject.carrier}")
        folders = [Path(each) for each in package.__path__]
        return tuple(read_module(path) for folder in folders for path in sorted(folder.glob("*.py")))

    @cached_property
    def examples(self) -> tuple[Shown, ...]:
        """Every example with what it ran."""
        runs = [Run(file, example, self.subject) for file in self.subject.files for example in file.examples]
        fetching = self._fetching(runs)
        shown = tuple(
            self._carry_out(run, (*_pure(run), *(check for check in fetching if check.run is run))) for run in runs
        )
        return (*shown, *(self._carry_out(check.run, (check,)) for check in read_daily(self.subject)[0]))

    def files(self) -> tuple[FileCoverage, ...]:
        """The coverage of each file of the mapping."""
        passed = [each for each in self.examples if each.passed]
        ran = frozenset[Statement]().union(*(each.ran for each in passed))
        covered = frozenset[Line]().union(*(each.lines for each in passed))
        state = {line: line in covered for line in self._rows}
        for module in self.modules:
            for name, line in module.tables:
                state[line] = state.get(line, False) or _used(name, ran)
        for line, became in self._became.items():
            state[line] = state.get(line, True) and all(each in ran for each in became)
        return tuple(_of_file(file, state) for file in sorted({file for file, _ in state}))

    @cached_property
    def _became(self) -> dict[Line, list[Statement]]:
        """What must have run for each line: the statements that do something, else those that ask."""
        found: dict[Line, list[Statement]] = {}
        for module in self.modules:
            for each in module.statements:
                found.setdefault(each.mapping, []).append(each)
        return {line: [each for each in became if not each.asks] or became for line, became in found.items()}

    @cached_property
    def _rows(self) -> dict[Line, str]:
        """The rows of the error table, by where they are written."""
        table = self.subject.tree.carrier.errors if self.subject.tree is not None else None
        if table is None:
            return {}
        rows = {(code.mark.file, code.mark.line): code.value for code, _ in table.rows}
        return {**rows, (table.other.mark.file, table.other.mark.line): "other"} if table.other else rows

    def _carry_out(self, run: Run, checks: Iterable[Check]) -> Shown:
        with traced({str(module.path) for module in self.modules}) as hits:
            verdicts = tuple(run_check(check) for check in checks)
            flow = _flow(run)
        ran = frozenset(_ran(self.modules, hits))
        tables = {line for module in self.modules for name, line in module.tables if _used(name, ran)}
        lines = {each.mapping for each in ran} | tables | {*self._looked_up(flow), *self._not_offered(run)}
        return Shown(run=run, verdicts=verdicts, ran=ran, lines=frozenset(lines))

    def _looked_up(self, flow: Flow | None) -> Iterator[Line]:
        """The row of `errors` that gave the outcome."""
        if flow is None or not self._rows:
            return
        told = (each.reply.outcome.carrier_code for each in flow.played if each.reply is not None)
        keys = {key for code in told if code is not None for key in [_row_of(code, self._rows.values())]}
        yield from (line for line, key in self._rows.items() if key in keys)

    def _not_offered(self, run: Run) -> Iterator[Line]:
        """The line that says why there is no such operation."""
        reasons = self.subject.tree.carrier.unsupported if self.subject.tree is not None else {}
        if run.example.expect.word("not_offered") is not None and run.example.operation in reasons:
            mark = reasons[run.example.operation].mark
            yield (mark.file, mark.line)

    def _fetching(self, runs: Iterable[Run]) -> tuple[Check, ...]:
        """Where a token is fetched: the check of one example whose mock gives it, as no example states that call."""
        if self.subject.adapter.carrier.token is None:
            return ()
        asked = ((run, check) for run in runs for check in stated(run) if check.name == "mock")
        found = next((check for run, check in asked if _needs_token(_flow(run))), None)
        return (found,) if found is not None else ()


def total(files: Iterable[FileCoverage]) -> float:
    """The covered part of all lines; nothing to cover is covered."""
    files = tuple(files)
    lines = sum(each.lines for each in files)
    return sum(each.covered for each in files) / lines if lines else 1.0


def _flow(run: Run) -> Flow | None:
    """The pure course of an example, or None for a callback and for what cannot be carried out: its checks tell why."""
    try:
        return run.flow if run.example.callback is None else None
    except Exception:  # noqa: BLE001 - a generated module may raise anything
        return None


def _needs_token(flow: Flow | None) -> bool:
    return flow is not None and any(step.needs_token for step in flow.operation.steps)


def _pure(run: Run) -> tuple[Check, ...]:
    return tuple(check for check in stated(run) if check.level == 0)


def _ran(modules: Iterable[Module], hits: Hits) -> Iterator[Statement]:
    for module in modules:
        path = str(module.path)
        lines = {line for file, line in hits if file == path}
        if lines:
            yield from (each for each in module.statements if not lines.isdisjoint(range(each.first, each.last + 1)))


def _used(table: str, ran: Iterable[Statement]) -> bool:
    return any(table in each.names for each in ran)


def _row_of(code: str, rows: Iterable[str]) -> str:
    """The row a code was found in, as `ErrorTable` finds it: exact, then the longest prefix, then `other`."""
    rows = tuple(rows)
    if code in rows:
        return code
    prefixes = [row for row in rows if row.endswith("*") and code.startswith(row[:-1])]
    return max(prefixes, key=len, default="other")


def _of_file(file: str, state: dict[Line, bool]) -> FileCoverage:
    own = {line: covered for (name, line), covered in state.items() if name == file}
    return FileCoverage(file, len(own), tuple(sorted(line for line, covered in own.items() if not covered)))
