"""One mutant on trial: the examples that may notice it, one check after the other, until one does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from msgspec.structs import replace as with_

from cli.mapping.tree import CarrierTree
from contract_tests.derive.checks import read_derived
from contract_tests.examples.check import Check, Run
from contract_tests.examples.daily import read_daily
from contract_tests.examples.mapping_lines import MappingLines
from contract_tests.examples.subject import Subject
from contract_tests.in_memory import Sources
from contract_tests.mutate.build import installed, sides_of, sources_of
from contract_tests.mutate.mutant import Mutant, mutants_of
from contract_tests.mutate.near import Near
from contract_tests.mutate.touched import CALLBACKS, SIGNATURES, Reach
from contract_tests.runner.coverage import Carried
from contract_tests.runner.expand import expand
from contract_tests.runner.run import run_check
from contract_tests.runner.statements import Line
from contract_tests.runner.vectors import read_vectors
from gateway.channel.registry import Adapter

LEVEL_MAX = 1
FROM_THE_MAPPING = frozenset({"C05", "C20"})
"""These checks take what they expect from the mapping itself: they cannot say that the mapping is right."""

SCRUBBED = "scrubbed"
"""What is told of a call is not the mapping's to say: one example of a file is enough."""

SAID_ELSEWHERE = frozenset({"client-stack", "statuses", "limits", "callback-endpoint"})
"""No mutant fails here that passes elsewhere: the same at level 1, and hostile bodies beside unreadable ones."""

_OF_LAYERS = frozenset({"tampered-reply", "callback-tampered", "unreadable-reply", "cut-reply"})
_LAYERS = ("layer-", "signature-", "charset", "drop-verify", "callback-verify", "condition-", "outcome-", "result-")
_OF_FAULTS = (*_LAYERS, "idempotency", "inquiry", "error-", "expression-", "header-", "carrier-default", "call")

End = Literal["killed", "survived", "refused", "same"]


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a mutant: `by` is the check that noticed; `derived` the frozen one, where no other did.

    `example` is one that would kill a survivor, as YAML; empty where none was found.

    `refused`: the generator makes nothing of it. `same`: it generates the very same code. Neither is a mutant.
    """

    end: End
    by: str = ""
    derived: str = ""
    example: str = ""

    @property
    def is_locked(self) -> bool:
        """Whether anything notices, frozen cases included."""
        return self.end == "killed" or bool(self.derived)


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a mutant, with what it took to see: its adapters by unit, the derived cases that noticed."""

    ended: Ended
    adapters: tuple[tuple[str, Sources], ...] = ()
    noticing: Check | None = None


class Unsound(Exception):
    """An example does not pass on the mapping as it is: nothing could be learned from mutants of it."""


class Mutated(Subject):
    """The carrier with another tree and another adapter; its examples are those that were read."""

    def __init__(self, base: Subject, tree: CarrierTree, adapter: Adapter) -> None:
        super().__init__(base.folder, base.root, adapter)
        self.__dict__.update(tree=tree, lines=MappingLines(None, base.root), files=base.files)


class Trial:
    """The mutants of one carrier, and the checks they are put to."""

    def __init__(self, folder: Path, root: Path) -> None:
        """Read everything once."""
        self.subject = Subject(folder, root)
        if self.subject.tree is None:
            raise Unsound(f"{folder.name} cannot be read: insurehub check {folder.name}")
        self.reach = Reach(self.subject.tree)
        self._same: dict[str, Sources] = {}
        self._sound: set[str] = set()
        self._near = Near()

    @cached_property
    def mutants(self) -> tuple[Mutant, ...]:
        """All of them, in the order of the mapping."""
        return tuple(mutants_of(self.subject.tree))

    @cached_property
    def checks(self) -> dict[str, list[Check]]:
        """The checks by unit, those that cost little first; what is derived from the mapping itself is not among them.

        The lists are kept in the order that has paid: a check that has just noticed something comes first.
        """
        found: dict[str, list[Check]] = {}
        for check in sorted(self._all_checks(), key=lambda each: each.level):
            if counts(check):
                found.setdefault(unit_of(check), []).append(check)
        return found

    @cached_property
    def frozen(self) -> dict[str, list[Check]]:
        """The derived cases by unit. Raises Unsound where they are older than the mapping."""
        checks, faults = read_derived(self.subject)
        if faults:
            raise Unsound(str(faults[0]))
        found: dict[str, list[Check]] = {}
        for check in checks:
            found.setdefault(unit_of(check), []).append(check)
        return found

    def _all_checks(self) -> Iterator[Check]:
        for file in self.subject.files:
            for _, checks in expand(file, self.subject):
                yield from checks
        yield from read_vectors(self.subject)[0]
        yield from read_daily(self.subject)[0]

    @cached_property
    def carried(self) -> dict[tuple[str, str], frozenset[Line]]:
        """The lines of the mapping that each example carries out."""
        shown = Carried(self.subject).examples
        return {_name(each.run): each.lines for each in shown}

    @cached_property
    def _carrying_units(self) -> dict[Line, set[str]]:
        """The units whose examples carry a line out."""
        found: dict[Line, set[str]] = {}
        for unit, checks in self.checks.items():
            for line in {line for each in checks for line in self.carried.get(_name(each.run), ())}:
                found.setdefault(line, set()).add(unit)
        return found

    def carrying(self, mutant: Mutant) -> tuple[str, ...]:
        """The examples that carry a mutant's line out."""
        line = (mutant.mark.file, mutant.mark.line)
        return tuple(id_ for (_, id_), lines in self.carried.items() if line in lines)

    def judge(self, mutant: Mutant) -> Ended:
        """Put a mutant to every check that may notice it."""
        return self.look(mutant).ended

    def look(self, mutant: Mutant) -> Looked:
        """Put a mutant to every check that may notice it, and keep what is needed to look closer."""
        ends: list[End] = []
        planned: list[tuple[str, Sources]] = []
        for unit in self._units(mutant):
            sources = sources_of(self.reach.part(mutant.tree, unit))
            ended = self._judge(mutant, unit, sources)
            if ended.end == "killed":
                return Looked(ended)
            ends.append(ended.end)
            if sources is not None and sources != self.unchanged(unit):
                planned.append((unit, sources))
        if "survived" not in ends:
            return Looked(Ended("refused" if "refused" in ends else "same"))
        noticing = self._frozen_notice(mutant, planned)
        ended = Ended("survived", derived=noticing.id if noticing is not None else "")
        return Looked(ended, tuple(planned), noticing)

    def _frozen_notice(self, mutant: Mutant, adapters: Iterable[tuple[str, Sources]]) -> Check | None:
        """The derived cases that notice what no example does, if some do."""
        for unit, sources in adapters:
            checks = self.frozen.get(unit, [])
            by = self.failing(self._near.first(checks, mutant, sources, self.unchanged(unit)), mutant.tree, sources)
            if by is None:
                likely = sides_of(sources, self.unchanged(unit))
                # Those that look at the functions that are others now come first; each has its turn.
                ordered = sorted(checks, key=lambda each: each.name.split("-")[1] not in likely)
                by = self._noticed_by(checks, ordered, mutant, sources)
            if by is not None:
                self._near.paid(by, mutant)
                return by
        return None

    def _units(self, mutant: Mutant) -> list[str]:
        """The units that a mutant touches, those whose examples carry its line out first."""
        line = (mutant.mark.file, mutant.mark.line)
        hot = self._carrying_units.get(line, set())
        return sorted(self.reach.units(mutant), key=lambda unit: unit not in hot)

    def _judge(self, mutant: Mutant, unit: str, sources: Sources | None) -> Ended:
        if sources is None:
            return Ended("refused")
        # Signatures are computed from what the mapping says, without the generated code.
        is_same = sources == self.unchanged(unit)
        by = self._noticed(mutant, unit, sources) if not is_same or unit == SIGNATURES else None
        return Ended("killed", by.id) if by is not None else Ended("same" if is_same else "survived")

    def unchanged(self, unit: str) -> Sources:
        """The sources of the mapping as it is, on which all of the unit's checks pass. Raises Unsound."""
        if unit not in self._same:
            sources = sources_of(self.reach.part(self.subject.tree, unit))
            if sources is None:
                raise Unsound(f"{self.subject.carrier} cannot be generated: insurehub generate")
            self._same[unit] = sources
        if unit not in self._sound:
            self.require_sound(unit)
        return self._same[unit]

    def require_sound(self, unit: str) -> None:
        """Carry out all checks of a unit on the mapping as it is. Raises Unsound."""
        self._sound.add(unit)
        checks = (*self.checks.get(unit, ()), *self.frozen.get(unit, ()))
        failing = self.failing(checks, self.subject.tree, self.unchanged(unit))
        if failing is not None:
            self._sound.discard(unit)
            raise Unsound(f"{failing.id} does not pass: insurehub test {self.subject.carrier}")

    def take_as_sound(self, units: Iterable[str]) -> None:
        """Units that another process has found sound."""
        self._sound.update(units)

    def _noticed(self, mutant: Mutant, unit: str, sources: Sources) -> Check | None:
        checks = self.checks.get(unit, [])
        return self._noticed_by(checks, [each for each in checks if _may_notice(each, mutant)], mutant, sources)

    def _noticed_by(self, checks: list[Check], may: list[Check], mutant: Mutant, sources: Sources) -> Check | None:
        line = (mutant.mark.file, mutant.mark.line)
        hot = {id(each) for each in may if line in self.carried.get(_name(each.run), ())}
        found = self.failing(sorted(may, key=lambda each: id(each) not in hot), mutant.tree, sources)
        if found is not None:
            checks.remove(found)
            checks.insert(0, found)
        return found

    def failing(self, checks: Iterable[Check], tree: CarrierTree, sources: Sources) -> Check | None:
        """The first of some checks that fails on the adapter of these sources."""
        try:
            with installed(self.subject.carrier, sources) as adapter:
                subject = Mutated(self.subject, tree, adapter)
                runs: dict[int, Run] = {}
                for check in sorted(checks, key=lambda each: each.level):
                    run = runs.setdefault(id(check.run), Run(check.run.file, check.run.example, subject))
                    if not run_check(with_(check, run=run), differences_max=1).passed:
                        return check
        except Exception:  # noqa: BLE001 - modules that cannot even be imported: whatever comes first has noticed
            return next(iter(checks), None)
        return None


def counts(check: Check) -> bool:
    """Whether a check says by itself what is right: it is pure or in memory, and takes nothing from the mapping."""
    if check.name == SCRUBBED and check.run.example is not check.run.file.first("accepted"):
        return False
    return check.level <= LEVEL_MAX and check.promise not in FROM_THE_MAPPING and check.name not in SAID_ELSEWHERE


def _may_notice(check: Check, mutant: Mutant) -> bool:
    """Whether a check looks at what a mutant changes: damaged replies at layers, faults at what is done next."""
    if check.name in _OF_LAYERS:
        return mutant.operator.startswith(_LAYERS)
    return not check.fault or mutant.operator.startswith(_OF_FAULTS)


def _name(run: Run) -> tuple[str, str]:
    return (run.file.shown, run.example.id)


def unit_of(check: Check) -> str:
    """The operation a check is put to, or `callbacks`, `signatures`, `statement`."""
    # A file of one operation may hold the callbacks that belong to it.
    return CALLBACKS if check.run.example.callback is not None else check.operation


def words_of(trial: Trial, ended: Ended, mutant: Mutant) -> dict[str, Any]:
    """A mutant that survived, as plain data."""
    return {
        "at": str(mutant.mark),
        "operator": mutant.operator,
        "mutant": mutant.words,
        "end": ended.end,
        "carried_out_by": list(trial.carrying(mutant)),
    }
