"""Frozen cases as checks: one for each kind of change of each example, and what no mapping may say of it."""

from collections.abc import Iterable, Iterator, Mapping

from contract_tests.derive.carried import RAISED, carry_out
from contract_tests.derive.edit import Case, Edit, read_edit
from contract_tests.derive.lock import Cases, OldLock, grouped, read_lock
from contract_tests.derive.runs import runs_of
from contract_tests.examples.check import Check, Run
from contract_tests.examples.proof import Proof
from contract_tests.examples.subject import LOCK_FILE, UPDATE, Subject
from gateway.catalogue.marks import Diagnostic, Mark

PROVENANCE = "derived"
PROMISES: Mapping[str, str] = {
    "missing": "C07",
    "added": "C07",
    "null": "C08",
    "empty": "C08",
    "extra": "C09",
    "order": "C09",
    "duplicate": "C09",
    "items": "C10",
    "twice": "C10",
    "first": "C10",
    "bare": "C10",
    "blank": "C08",
    "full": "C07",
    "kind": "C06",
    "member": "C06",
    "several": "C06",
    "late": "C03",
    "forged": "C02",
    "resumed": "C18",
    "object": "C10",
    "amount": "C10",
    "charset": "C11",
    "unseen": "C06",
    "code": "C06",
    "type-case": "C06",
    "other": "C05",
    "error-row": "C05",
    "decision": "C05",
    "status": "C14",
    "edge": "C21",
    "day": "C21",
    "length": "C21",
    "clock": "C03",
    "number": "C03",
    "declared": "C18",
}
"""The row of the catalogue each kind of change belongs to; shifts of type are C10, an example as it is C04."""

_UNDECODABLE = ("undecodable", "replacement", "utf-16")


class Derived:
    """The cases of one kind of one example."""

    def __init__(self, group: str, cases: Mapping[str, str]) -> None:
        """Take them as they stand in the lock."""
        self.group, self.cases = group, cases

    def __call__(self, run: Run, proof: Proof) -> None:
        """Carry each out; what came of it is what is frozen, and nothing that no mapping may say."""
        for name, frozen in self.cases.items():
            edit = read_edit(self.group, name)
            at = f"{self.group} {name}"[:AT_LENGTH_MAX]
            try:
                ended = carry_out(run, edit)
            except (LookupError, ValueError, TypeError) as error:
                hint = f"{frozen} ({UPDATE.format(carrier=run.subject.carrier)} where the example is another now)"
                proof.fails(at=at, mark=run.example.mark, expected=hint, actual=f"no such place: {error}")
                continue
            proof.same(frozen, ended.text, at=at, mark=run.example.mark)
            never = forbidden(edit, ended.words)
            if never:
                proof.fails(at=at, mark=run.example.mark, expected=never, actual=ended.words)
            if proof.is_full:
                return


AT_LENGTH_MAX = 160


def forbidden(edit: Edit, words: str) -> str:
    """What had to come of an edit whatever the mapping says, where something else did; else nothing."""
    if words.startswith(RAISED):
        return "a refusal or an outcome, never an exception"
    if edit.side == "code" and edit.kind == "other" and words.split(" ", 1)[0] in ("accepted", "declined"):
        return "unknown: nobody lists this code"
    if edit.side == "bytes" and words.startswith("accepted"):
        if edit.kind == "duplicate":
            return "unknown: a key stands twice"
        if edit.value in _UNDECODABLE:
            return "unknown: these bytes are no text of this charset, or one that lost characters"
    if edit.side == "status" and 300 <= edit.value < 400 and words.startswith("accepted"):
        return "no yes: a redirection is never followed"
    return ""


def promise_of(edit: Edit) -> str:
    """The row of the catalogue a change belongs to."""
    if edit.side in ("callback", "statement"):
        return "C19" if edit.side == "callback" else "C04"
    return PROMISES.get(edit.kind, "C10" if edit.kind.startswith("type-") else "C04")


def read_derived(subject: Subject) -> tuple[list[Check], tuple[Diagnostic, ...]]:
    """The carrier's frozen cases as checks, and what is wrong with its lock; none where there is no lock."""
    try:
        lock = read_lock(subject)
    except OldLock as old:
        return [], (Diagnostic("E710", Mark(_shown(subject), 1), str(old)),)
    return ([], ()) if lock is None else (list(_checks(subject, lock.cases)), ())


def checks_of_cases(subject: Subject, cases: Iterable[Case]) -> Iterator[Check]:
    """Cases that nobody has frozen yet, as checks."""
    yield from _checks(subject, grouped(cases))


def _checks(subject: Subject, cases: Cases) -> Iterator[Check]:
    runs = {(run.file.path.name, run.example.id): run for run in runs_of(subject)}
    for file, examples in cases.items():
        for example, groups in examples.items():
            run = runs.get((file, example))
            for group, named in groups.items() if run is not None else ():
                yield _check(run, group, named)


def _check(run: Run | None, group: str, cases: Mapping[str, str]) -> Check:
    assert run is not None
    promise = promise_of(read_edit(group, next(iter(cases))))
    name = f"derived-{group.replace(' ', '-')}"
    return Check(run=run, name=name, level=0, promise=promise, prove=Derived(group, cases), provenance=PROVENANCE)


def _shown(subject: Subject) -> str:
    path = subject.folder / LOCK_FILE
    return path.relative_to(subject.root).as_posix() if path.is_relative_to(subject.root) else path.as_posix()
