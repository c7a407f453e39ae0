"""What a carrier's examples must hold at least, and what of it is missing.

Every mapped operation has a success. Over the carrier there is a decline, a code of the error table (from which the
unknown one follows), a fault after the carrier may have committed; a carrier with callbacks has a genuine one and,
where they are signed, a forged one. What is signed has a known answer of the carrier's. A mock, where there is one, can
be served. What follows from the examples of each operation is frozen: without it seven promises of the catalogue would
be kept by nothing.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from cli.mapping.callbacks import is_verified
from cli.out import counted
from contract_tests.examples.check import Check, Run
from contract_tests.examples.daily import OPERATION, read_daily
from contract_tests.examples.example import Example, ExampleFile
from contract_tests.examples.subject import LOCK_FILE, MOCK_FILE, UPDATE, Subject
from contract_tests.examples.twins import COMMITTING
from contract_tests.mock import MockFileError, load_definition
from contract_tests.runner.expand import checks_of, coded_run, looks_codes_up
from contract_tests.runner.fresh import stale_modules
from contract_tests.runner.vectors import read_vectors
from gateway.catalogue.marks import Mark


class Missing(Struct, frozen=True, kw_only=True):
    """Something that no example shows: what, of which operation, and where to write it."""

    mark: Mark
    what: str
    operation: str = ""

    def __str__(self) -> str:
        return f"{self.mark.file}:{self.mark.line} missing: {self.what}"


def missing_of(subject: Subject, files: Sequence[ExampleFile]) -> tuple[Missing, ...]:
    """Everything that is missing, by operation and then over the carrier."""
    tree = subject.tree
    if tree is None:
        place = Mark(_shown(subject, "carrier.yaml"), 1)
        return (Missing(mark=place, what="a mapping that can be read: insurehub check"),)
    found = [*_of_generating(subject)]
    found += [
        missing
        for declared in tree.operations
        for missing in _of_operation(subject, declared, [f for f in files if _is_about(f, declared)])
    ]
    return (*found, *_of_carrier(subject, files))


def _of_generating(subject: Subject) -> Iterable[Missing]:
    for path in stale_modules(subject):
        yield Missing(
            mark=Mark(path, 1), what=f"the module that the mapping gives now: insurehub generate {subject.carrier}"
        )


def _is_about(file: ExampleFile, declared: Any) -> bool:
    return file.operation == declared.name and file.variant in ("", declared.variant)


def _of_operation(subject: Subject, declared: Any, files: Sequence[ExampleFile]) -> Iterable[Missing]:
    name = f"{declared.name}/{declared.variant}" if declared.variant else declared.name
    own = [file for file in files if file.variant == declared.variant] or files
    place = Mark(f"{Path(declared.file).parent.as_posix()}/examples/{Path(declared.file).name}", 1)
    if not any(_succeeds(example) for file in own for example in file.examples):
        yield Missing(mark=place, what=f"{name} has no example of a success", operation=declared.name)
    runs = [Run(file, example, subject) for file in own for example in file.examples]
    if any(looks_codes_up(subject, run.example) for run in runs) and coded_run(runs, subject) is None:
        what = f"{name} has no example of a code that is looked up in errors"
        yield Missing(mark=place, what=what, operation=declared.name)


def _succeeds(example: Example) -> bool:
    done = ("accepted", "pending")
    asks = any(each.request is not None and each.request.says_something for each in example.exchanges)
    return example.is_answered and example.outcome in done and asks


def _of_carrier(subject: Subject, files: Sequence[ExampleFile]) -> Iterable[Missing]:
    place = Mark(_shown(subject, "examples"), 1)
    examples = [example for file in files for example in file.examples]
    if not any(example.is_answered and example.outcome == "declined" for example in examples):
        yield Missing(mark=place, what="no example of a decline")
    checks = [check for file in files for check in checks_of(file, subject)]
    if subject.error_rows and not _any(checks, "unknown-code"):
        what = "no example whose code the error table is asked for: no unknown code is shown"
        what += "; a carrier whose replies have no codes needs no errors in carrier.yaml"
        yield Missing(mark=place, what=what)
    if not _any(checks, "unreadable-reply"):
        yield Missing(mark=place, what="no reply that could be made unreadable")
    level = 2 if subject.has_mock else 1
    if _writes(subject) and not any(check.fault in COMMITTING and check.level == level for check in checks):
        hint = (
            "fault: commit_then_rst, and given: what the mock knows before"
            if subject.has_mock
            else "fault: commit_then_rst"
        )
        yield Missing(mark=place, what=f"no fault after a commit ({hint})")
    yield from _of_recordings(subject, examples)
    yield from _of_callbacks(subject, examples, place)
    yield from _of_statement(subject)
    yield from _of_mock(subject)
    yield from _of_frozen(subject, files)
    yield from _of_signatures(subject)


def _of_recordings(subject: Subject, examples: Sequence[Example]) -> Iterable[Missing]:
    """A recorded reply that the mock is not asked for may be another than the mock gives."""
    if not subject.has_mock:
        return
    for example in examples:
        stands = example.given is not None and example.given.here
        if example.provenance.kind == "recorded" and example.is_answered and not stands:
            what = f"what the mock knows before recorded example {example.id}: given (given: {{}} when nothing)"
            yield Missing(mark=example.mark, what=what, operation=example.operation)


def _of_mock(subject: Subject) -> Iterable[Missing]:
    """A mock that no example asks would otherwise be found out when it is served."""
    if not subject.has_mock:
        return
    try:
        load_definition(subject.folder)
    except MockFileError as wrong:
        place = Mark(_shown(subject, MOCK_FILE), 1)
        first, *others = (str(fault).partition(": ")[2] for fault in wrong.faults)
        more = f", and {counted(len(others), 'more fault')}" if others else ""
        yield Missing(
            mark=place, what=f"a mock that can be served: {first}{more} (insurehub mock serve {subject.carrier})"
        )


def _of_signatures(subject: Subject) -> Iterable[Missing]:
    """That our own signer and verifier agree proves nothing: an answer that the carrier gave has to."""
    carrier = subject.tree.carrier
    layers = [*carrier.wire, *(layer for layers in carrier.reply for layer in layers)]
    known = {check.prove.layer for check in read_vectors(subject)[0] if check.backing in _OF_THE_CARRIER}  # type: ignore[attr-defined]
    place = Mark(_shown(subject, "vectors/sign.kat.yaml"), 1)
    for name, what in (("sign", "what is sent"), ("verify", "a reply")):
        if name not in known and any(layer.name == name for layer in layers):
            told = f"no known answer of the signature of {what} (layer: {name}, provenance spec or recorded)"
            yield Missing(mark=place, what=told)


_OF_THE_CARRIER = ("spec", "recorded")


class _Frozen(Struct, frozen=True):
    """What is asked of a lock here: which files of examples it knows."""

    cases: dict[str, dict[str, msgspec.Raw]] = {}


def _of_frozen(subject: Subject, files: Sequence[ExampleFile]) -> Iterable[Missing]:
    """Without frozen cases nothing is asked of unknown codes, missing fields, other types, charsets and edges."""
    path, command = subject.folder / LOCK_FILE, UPDATE.format(carrier=subject.carrier)
    derivable = [file for file in files if any(each.gives_cases for each in file.examples)]
    if not path.is_file():
        if derivable:
            yield Missing(mark=Mark(_shown(subject, LOCK_FILE), 1), what=f"frozen cases: {command}")
        return
    try:
        known = msgspec.json.decode(path.read_bytes(), type=_Frozen).cases
    except (msgspec.DecodeError, OSError):  # one that cannot be read tells of itself where it is run
        return
    for file in derivable:
        if not known.get(file.path.name):
            what = f"frozen cases of these examples: {command}"
            yield Missing(mark=Mark(file.shown, 1), what=what, operation=file.operation)


def _of_statement(subject: Subject) -> Iterable[Missing]:
    """A statement that is read, and one that is refused."""
    declared = subject.tree.statement
    if declared is None:
        return
    shown = {check.prove.faults is None for check in read_daily(subject)[0]}  # type: ignore[attr-defined]
    place = Mark(_shown(subject, "examples/statement.yaml"), 1)
    for is_read, what in ((True, "that is read"), (False, "that is refused")):
        if is_read not in shown:
            yield Missing(mark=place, what=f"no example of a statement {what}", operation=OPERATION)


def _any(checks: Iterable[Check], name: str) -> bool:
    return any(check.name == name for check in checks)


def _writes(subject: Subject) -> bool:
    from gateway.model.operations import OPERATIONS  # noqa: PLC0415 - the table is needed here only

    return any(not OPERATIONS[each.name].is_read for each in subject.tree.operations)


def _of_callbacks(subject: Subject, examples: Sequence[Example], place: Mark) -> Iterable[Missing]:
    for declared in subject.tree.carrier.callbacks:
        given = [each for each in examples if each.callback is not None and each.callback.name == declared.name]
        # Without a signature none can be told apart: `insurehub check` has warned of it (W423).
        kinds = ((True, "genuine"), (False, "forged")) if is_verified(declared) else ((True, "genuine"),)
        for genuine, word in kinds:
            if not any(each.expect.word("genuine") is genuine for each in given):
                yield Missing(mark=place, what=f"callback {declared.name} has no {word} example")


def _shown(subject: Subject, name: str) -> str:
    path = subject.folder / name
    return path.relative_to(subject.root).as_posix() if path.is_relative_to(subject.root) else path.as_posix()
