"""A scenario with its examples found: what is carried out, in order, and which written text stands for which field."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Carry, Example, ExampleFile, Scenario, Stated
from contract_tests.examples.places import value_at
from contract_tests.examples.scenario import CODE
from contract_tests.examples.subject import Subject
from contract_tests.runner.prior import example_named
from gateway.catalogue.marks import Diagnostic
from gateway.catalogue.values import did_you_mean


class Part(Struct, frozen=True, kw_only=True):
    """One step: its example, the name its check bears, and where the scenario names it."""

    name: str
    example: Example
    stated: Stated


class Script(Struct, frozen=True):
    """A scenario that can be carried out."""

    file: ExampleFile
    subject: Subject
    scenario: Scenario
    parts: tuple[Part, ...]

    def run_of(self, part: Part, example: Example | None = None) -> Run:
        """A step's example, as it is run."""
        return Run(self.file, example or part.example, self.subject)

    @property
    def is_live(self) -> bool:
        """Whether every step may be carried out against a sandbox."""
        return all(part.example.is_live for part in self.parts)

    def written(self, carry: Carry) -> str:
        """The text that stands in the examples for what is carried."""
        return str(_stated_at(self.parts[carry.step].example, carry.path))


def scripts_of(file: ExampleFile, subject: Subject) -> tuple[list[Script], tuple[Diagnostic, ...]]:
    """The scenarios of a file that can be carried out, and what is wrong with the others."""
    scripts, faults = [], []
    for scenario in file.scenarios:
        parts, wrong = _parts(file, subject, scenario)
        script = Script(file, subject, scenario, parts)
        wrong = wrong or list(_unfit(script))
        faults += wrong
        if not wrong:
            scripts.append(script)
    return scripts, tuple(faults)


def _parts(file: ExampleFile, subject: Subject, scenario: Scenario) -> tuple[tuple[Part, ...], list[Diagnostic]]:
    found, faults = [], []
    for at, stated in enumerate(scenario.steps, 1):
        try:
            example = example_named(file, subject, stated.value, "a step")
        except LookupError:
            hint = did_you_mean(stated.value, _known(subject)) or "operation/id of an example of this carrier"
            faults.append(Diagnostic(CODE, stated.mark, f"there is no example '{stated.value}'", hint=hint))
            continue
        found.append(Part(name=f"step-{at}-{stated.value}", example=example, stated=stated))
    return tuple(found), faults


def _known(subject: Subject) -> list[str]:
    return [f"{file.operation}/{each.id}" for file in subject.files if file.operation for each in file.examples]


def _unfit(script: Script) -> Iterator[Diagnostic]:
    """Steps that cannot be carried out, and values that come from nowhere or go nowhere."""
    for part in script.parts:
        example = part.example
        if not example.is_answered or example.outcome is None or example.callback is not None:
            told = f"{part.stated.value} is no step: a step has a reply and its outcome"
            yield Diagnostic(CODE, part.stated.mark, told, hint="faults, callbacks and refusals stand alone")
    for carry in script.scenario.carry:
        stated = script.parts[carry.step].stated.value
        written = _stated_at(script.parts[carry.step].example, carry.path)
        if not isinstance(written, str) or not written:
            told = f"the result of {stated} has no text at '{carry.path}'"
            yield Diagnostic(CODE, carry.mark, told, hint="a path of its expect.canonical")
        elif not any(_names(part.example, written) for part in script.parts[carry.step + 1 :]):
            told = f"no later step names what is carried: '{written}'"
            yield Diagnostic(CODE, carry.mark, told, hint="in its canonical or its refs")


def _stated_at(example: Example, path: str) -> Any:
    stated = example.expect.canonical
    return None if stated is None else value_at(stated.value, path)


def _names(example: Example, text: str) -> bool:
    return with_texts(example, {text: text + "'"}) != example


def with_texts(example: Example, texts: dict[str, str]) -> Example:
    """The example with other texts in the place of some that it gives: in its request and what is to be given back."""
    if not texts or example.request is None:
        return example
    tree = _changed(msgspec.to_builtins(example.request), texts)
    refs = {name: texts.get(value, value) for name, value in example.refs.items()}
    return replace(example, request=msgspec.convert(tree, type(example.request)), refs=refs)


def _changed(tree: Any, texts: dict[str, str]) -> Any:
    if isinstance(tree, dict):
        return {name: _changed(value, texts) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_changed(value, texts) for value in tree]
    return texts.get(tree, tree) if isinstance(tree, str) else tree
