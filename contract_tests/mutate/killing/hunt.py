"""The hunt for an example that kills a survivor: a derived case that differs, written down, read back and tried."""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice, product
from typing import Any

from msgspec import Struct

from cli.mapping.tree import CarrierTree
from contract_tests.derive.carried import carry_out
from contract_tests.derive.checks import Derived, checks_of_cases
from contract_tests.derive.edit import Edit, read_edit
from contract_tests.derive.generate import derived_of
from contract_tests.examples.check import Check, Run
from contract_tests.examples.example import Example
from contract_tests.examples.flow import play
from contract_tests.examples.frozen import context_of
from contract_tests.in_memory import Sources
from contract_tests.mutate.build import installed
from contract_tests.mutate.killing.changed import NotTold, changed
from contract_tests.mutate.killing.expected import NothingToSay, after_fault, notice_words, said_of
from contract_tests.mutate.killing.page import listed, merged
from contract_tests.mutate.killing.readback import read_back
from contract_tests.mutate.mutant import Mutant
from contract_tests.mutate.trial import Looked, Mutated, Trial, counts, unit_of
from contract_tests.runner.expand import stated
from gateway.channel.registry import AdapterMissing

FOUND_MAX = (1, 8)
"""So many cases that differ are tried to be written as examples: the nearest first, more where these are none."""
CASES_MAX = 300
"""So many cases are carried out for one survivor: what is not found among the nearest cannot be written, mostly."""
_SIDES = ("request", "reply", "code", "status", "callback", "context", "whole", "bytes", "declared")
"""What is easiest held against a document comes first; what is no example at all is left out."""

Words = dict[str, Any]
HEAD = """\
# {shown}: kills '{words}' ({mark}), tried on both.
# What it expects is what the mapping does today: hold it against the document, and name the clause.
"""


class Written(Struct, frozen=True):
    """An example laid over one of a file: its name, and itself as an item of the file's list."""

    run: Run
    id: str
    listed: str

    def text(self, mutant: Mutant) -> str:
        """What is shown: the example, and what it is good for."""
        head = HEAD.format(shown=self.run.file.shown, words=mutant.words, mark=_line(mutant))
        return head + self.listed.rstrip()


class Hunter:
    """One carrier's survivors, and the cases that may tell them apart."""

    def __init__(self, trial: Trial) -> None:
        """Nothing is derived before it is asked for."""
        self.trial = trial

    def example(self, mutant: Mutant, looked: Looked | None = None) -> str:
        """An example ready to be pasted that passes on the mapping and fails on the mutant; empty where none is found.

        `looked` is what its trial has seen already.
        """
        looked = looked or self.trial.look(mutant)
        if self.trial.frozen and looked.noticing is None:
            # Every frozen case has had its turn: none differs.
            return ""
        units = [(unit, sources, self._differing(mutant, unit, sources, looked)) for unit, sources in looked.adapters]
        for most in FOUND_MAX:
            for unit, sources, differing in units:
                for written in self._written(mutant, unit, list(islice(differing, most))):
                    if self._kills(written, mutant, unit, sources):
                        return written.text(mutant)
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

    def _differing(self, mutant: Mutant, unit: str, sources: Sources, looked: Looked) -> Iterator[tuple[Run, Edit]]:
        carrying, noticing = set(self.trial.carrying(mutant)), looked.noticing
        near = sorted(
            (each for each in self._derived.get(unit, ()) if _side(each) in _SIDES),
            key=lambda each: (each.run.example.id not in carrying, _SIDES.index(_side(each))),
        )
        if noticing is not None and unit_of(noticing) == unit and _side(noticing) in _SIDES:
            # Of the kind that noticed, the cases that did come first.
            near = [noticing, *(each for each in near if each.id != noticing.id)]
        left = CASES_MAX
        for check in near:
            if left <= 0:
                return
            # What is found is asked for one by one: between two, other adapters are installed.
            with installed(self.trial.subject.carrier, sources) as adapter:
                subject = Mutated(self.trial.subject, mutant.tree, adapter)
                edit, tried = _first_differing(check, Run(check.run.file, check.run.example, subject), left)
            left -= tried
            if edit is not None:
                yield check.run, edit

    # --- what is written ----------------------------------------------------------------------------------------------

    def _written(self, mutant: Mutant, unit: str, found: list[tuple[Run, Edit]]) -> Iterator[Written]:
        """The examples of what was found, one by one; what must not be is stated only where nothing else shows it."""
        sources = self.trial.unchanged(unit)
        for full, (run, edit) in product((False, True), found):
            with installed(self.trial.subject.carrier, sources) as adapter:
                subject = Mutated(self.trial.subject, self.trial.subject.tree, adapter)
                told = self._one(Run(run.file, run.example, subject), edit, mutant, full=full)
            if told is not None:
                yield told

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
        return Written(run, name, listed(merged({**head, **made.words}, said)))

    # --- whether it kills ---------------------------------------------------------------------------------------------

    def _kills(self, written: Written, mutant: Mutant, unit: str, sources: Sources) -> bool:
        example = read_back(written.listed, written.id, written.run.file, self.trial.subject)
        if example is None:
            return False
        base, unchanged = self.trial.subject.tree, self.trial.unchanged(unit)
        return self._fails(example, base, unchanged, written) is False and bool(
            self._fails(example, mutant.tree, sources, written)
        )

    def _fails(self, example: Example, tree: CarrierTree, sources: Sources, written: Written) -> bool | None:
        """Whether a check of the example fails; None where it has none that counts."""
        run = Run(written.run.file, example, self.trial.subject)
        checks = [each for each in stated(run) if counts(each)]
        return self.trial.failing(checks, tree, sources) is not None if checks else None


def _side(check: Check) -> str:
    prove = check.prove
    return prove.group.partition(" ")[0] if isinstance(prove, Derived) else ""


def _first_differing(check: Check, run: Run, most: int) -> tuple[Edit | None, int]:
    """The first of at most so many cases that differs, and how many were carried out."""
    prove = check.prove
    assert isinstance(prove, Derived)
    tried = 0
    for tried, (name, frozen) in enumerate(islice(prove.cases.items(), most), 1):
        edit = read_edit(prove.group, name)
        try:
            if carry_out(run, edit).text != frozen:
                return edit, tried
        except AdapterMissing:
            return edit, tried
        except (LookupError, ValueError, TypeError):
            continue
    return None, tried


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


def _line(mutant: Mutant) -> str:
    return f"{mutant.mark.file.rpartition('/')[2]}:{mutant.mark.line}"
