"""The hunt for an example that kills a survivor: a derived case that differs, written down, read back and tried."""

import shutil
import tempfile
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from cli.mapping.tree import CarrierTree
from contract_tests.derive.carried import carry_out
from contract_tests.derive.checks import Derived, checks_of_cases
from contract_tests.derive.edit import Edit, read_edit
from contract_tests.derive.generate import derived_of
from contract_tests.mutate.build import Sources, installed, sources_of
from contract_tests.mutate.killing.changed import NotTold, changed
from contract_tests.mutate.killing.expected import NothingToSay, after_fault, notice_words, said_of
from contract_tests.mutate.killing.page import listed, merged
from contract_tests.mutate.mutant import Mutant
from contract_tests.mutate.trial import Mutated, Trial, counts, unit_of
from contract_tests.runner.check import Check, Run
from contract_tests.runner.example import Example
from contract_tests.runner.expand import stated
from contract_tests.runner.flow import play
from contract_tests.runner.frozen import context_of
from contract_tests.runner.reading import SHARED, read_example_file
from gateway.channel.registry import AdapterMissing

FOUND_MAX = (1, 8)
"""So many cases that differ are tried to be written as examples: the nearest first, more where these are none."""
_SIDES = ("request", "reply", "code", "status", "callback", "context", "whole", "bytes", "declared")
"""What is easiest held against a document comes first; what is no example at all is left out."""

Words = dict[str, Any]
HEAD = """\
# {shown}: kills '{words}' ({mark}), tried on both.
# What it expects is what the mapping does today: hold it against the document, and name the clause.
"""


class Written(Struct, frozen=True):
    """An example laid over one of a file: its name and its words."""

    run: Run
    id: str
    words: Words


class Hunter:
    """One carrier's survivors, and the cases that may tell them apart."""

    def __init__(self, trial: Trial) -> None:
        """Nothing is derived before it is asked for."""
        self.trial = trial

    def example(self, mutant: Mutant, noticed: str = "") -> str:
        """An example ready to be pasted that passes on the mapping and fails on the mutant; empty where none is found.

        `noticed` is the frozen check that tells the mutant apart, where one does.
        """
        units = list(self.trial.adapters(mutant))
        for most in FOUND_MAX:
            for unit, sources in units:
                found = list(islice(self._differing(mutant, unit, sources, noticed), most))
                for written in self._written(mutant, unit, found):
                    if self._kills(written, mutant, unit, sources):
                        return _text(written, mutant)
                if len(found) < most:
                    units = [each for each in units if each[0] != unit]
        return ""

    # --- what differs -------------------------------------------------------------------------------------------------

    @cached_property
    def _derived(self) -> dict[str, list[Check]]:
        """The carrier's frozen cases by unit; where it has no lock, those that would be frozen."""
        if self.trial.frozen:
            return self.trial.frozen
        found: dict[str, list[Check]] = {}
        for check in checks_of_cases(self.trial.subject, derived_of(self.trial.subject)):
            found.setdefault(unit_of(check), []).append(check)
        return found

    def _differing(self, mutant: Mutant, unit: str, sources: Sources, noticed: str) -> Iterator[tuple[Run, Edit]]:
        checks = [each for each in self._derived.get(unit, ()) if _side(each) in _SIDES]
        carrying = set(self.trial.carrying(mutant))
        near = sorted(
            checks,
            key=lambda each: (each.id != noticed, each.run.example.id not in carrying, _SIDES.index(_side(each))),
        )
        with installed(self.trial.subject.carrier, sources) as adapter:
            subject = Mutated(self.trial.subject, mutant.tree, adapter)
            for check in near:
                edit = _first_differing(check, Run(check.run.file, check.run.example, subject))
                if edit is not None:
                    yield check.run, edit

    # --- what is written ----------------------------------------------------------------------------------------------

    def _written(self, mutant: Mutant, unit: str, found: list[tuple[Run, Edit]]) -> list[Written]:
        sources = sources_of(self.trial.reach.part(self.trial.subject.tree, unit))
        if sources is None:
            return []
        with installed(self.trial.subject.carrier, sources) as adapter:
            subject = Mutated(self.trial.subject, self.trial.subject.tree, adapter)
            runs = [(Run(run.file, run.example, subject), edit) for run, edit in found]
            # What must not be is stated only where nothing else shows the mutant.
            told = [self._one(*each, mutant, full=full) for full in (False, True) for each in runs]
            return [each for each in told if each is not None]

    def _one(self, run: Run, edit: Edit, mutant: Mutant, *, full: bool) -> Written | None:
        try:
            made = changed(run, edit)
            said = _said(Run(run.file, made.example, run.subject), full=full)
        except (NotTold, NothingToSay, AdapterMissing, LookupError, ValueError):
            return None
        stem = mutant.mark.file.rpartition("/")[2].partition(".")[0].replace("_", "-")
        name = f"kills-{mutant.operator}-{stem}-{mutant.mark.line}-{mutant.mark.column}"
        head = {
            "id": name,
            "from": run.example.id,
            "provenance": {"kind": "hand", "source": f"the clause that {_line(mutant)} carries out"},
        }
        return Written(run, name, merged({**head, **made.words}, said))

    # --- whether it kills ---------------------------------------------------------------------------------------------

    def _kills(self, written: Written, mutant: Mutant, unit: str, sources: Sources) -> bool:
        example = self._read_back(written)
        base = self.trial.subject.tree
        unchanged = sources_of(self.trial.reach.part(base, unit))
        if example is None or unchanged is None:
            return False
        return self._fails(example, base, unchanged, written) is False and bool(
            self._fails(example, mutant.tree, sources, written)
        )

    def _fails(self, example: Example, tree: CarrierTree, sources: Sources, written: Written) -> bool | None:
        """Whether a check of the example fails; None where it has none that counts."""
        run = Run(written.run.file, example, self.trial.subject)
        checks = [each for each in stated(run) if counts(each)]
        return self.trial.failing(checks, tree, sources) is not None if checks else None

    def _read_back(self, written: Written) -> Example | None:
        """The example as it is read from its file, at the end of the others; None where it is refused."""
        subject, path = self.trial.subject, written.run.file.path
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work) / subject.carrier
            (folder / "examples").mkdir(parents=True)
            if (subject.folder / "wire").is_dir():
                shutil.copytree(subject.folder / "wire", folder / "wire")
            if (path.parent / SHARED).is_file():
                shutil.copy(path.parent / SHARED, folder / "examples" / SHARED)
            copy = folder / "examples" / path.name
            copy.write_text(f"{path.read_text('utf-8').rstrip()}\n{listed(written.words)}", "utf-8")
            file, faults = read_example_file(copy, subject.root)
        if file is None or any(each.severity == "error" for each in faults):
            return None
        return next((each for each in file.examples if each.id == written.id), None)


def _side(check: Check) -> str:
    prove = check.prove
    return prove.group.partition(" ")[0] if isinstance(prove, Derived) else ""


def _first_differing(check: Check, run: Run) -> Edit | None:
    prove = check.prove
    assert isinstance(prove, Derived)
    for name, frozen in prove.cases.items():
        edit = read_edit(prove.group, name)
        try:
            if carry_out(run, edit).text != frozen:
                return edit
        except AdapterMissing:
            return edit
        except (LookupError, ValueError, TypeError):
            continue
    return None


def _said(run: Run, *, full: bool) -> Words:
    example = run.example
    if example.fault is not None:
        return after_fault(play(example, run.subject).operation)
    if example.callback is None:
        return said_of(example, play(example, run.subject), random=run.subject.signs_at_random, full=full)
    called = run.subject.adapter.callback(example.callback.name)
    if called is None:
        raise NothingToSay("no such callback")
    context = context_of(example, example.freeze, {})
    notice = called.read(example.callback.inbound, context)
    return notice_words(notice, called.answer(notice, context), full=full)


def _text(written: Written, mutant: Mutant) -> str:
    head = HEAD.format(shown=written.run.file.shown, words=mutant.words, mark=_line(mutant))
    return head + listed(written.words).rstrip()


def _line(mutant: Mutant) -> str:
    return f"{mutant.mark.file.rpartition('/')[2]}:{mutant.mark.line}"
