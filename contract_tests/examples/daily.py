"""C04 for files: `examples/statement.yaml`, a carrier's daily file and the records it must become."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from contract_tests.examples.bodies import body_bytes
from contract_tests.examples.check import Check, Run
from contract_tests.examples.example import Example, ExampleFile, Expect
from contract_tests.examples.lint import refuse_real
from contract_tests.examples.parts import Parts
from contract_tests.examples.proof import Proof
from contract_tests.examples.reading import STATEMENT
from contract_tests.examples.subject import Subject
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import ListNode, Node
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults, as_map, needed, unknown_keys
from gateway.model import Statement

FILE = STATEMENT
OPERATION = "statement"
EXAMPLES_MAX = 200
_TOP = ("contract", "carrier", "operation", "examples")
_WORDS = ("id", "provenance", "synthetic", "variety", "file", "expect")


class _Daily(Struct, frozen=True, kw_only=True):
    """One file and what it must read as: the whole statement, or where it is refused the faults."""

    file: bytes
    canonical: Any
    faults: Any
    mark: Mark

    def __call__(self, run: Run, proof: Proof) -> None:
        found = run.subject.adapter.statement()(self.file)
        if self.faults is None:
            wanted = msgspec.to_builtins(msgspec.convert(self.canonical, Statement))
            proof.same(wanted, msgspec.to_builtins(found), at="statement", mark=self.mark)
            return
        told = [{"line": each.line, "message": each.message.partition(" -> ")[0]} for each in found.faults]
        proof.same(self.faults, told, at="faults", mark=self.mark)
        proof.holds(not found.is_accepted, at="statement", mark=self.mark, expected="refused", actual="accepted")


def read_daily(subject: Subject) -> tuple[list[Check], tuple[Diagnostic, ...]]:
    """The checks of a carrier's statement, and what is wrong with their file; none where there is no file."""
    path = subject.folder / "examples" / FILE
    faults = Faults("E701")
    if not path.is_file():
        return [], ()
    shown = path.relative_to(subject.root).as_posix() if path.is_relative_to(subject.root) else path.as_posix()
    node, found = read_file(path, shown)
    faults.extend(each for each in found if each.severity == "error")
    top = as_map(node, faults, "a file of examples") if node is not None else None
    if top is None:
        return [], faults.all()
    unknown_keys(top, _TOP, faults, "a file of statements", code="E702")
    items = top.get("examples")
    if not isinstance(items, ListNode) or not 0 < len(items) <= EXAMPLES_MAX:
        faults.add(top.mark_of("examples"), f"examples is a list of 1 to {EXAMPLES_MAX} files", code="E706")
        return [], faults.all()
    refuse_real(top, faults)
    file = ExampleFile(path=path, shown=shown, carrier=subject.carrier, operation=OPERATION, variant="", examples=())
    checks = [_one(item, file, subject, faults) for item in items]
    return [check for check in checks if check is not None], faults.all()


def _one(node: Node, file: ExampleFile, subject: Subject, faults: Faults) -> Check | None:
    before = len(faults)
    words = as_map(node, faults, "an example of a statement")
    if words is None:
        return None
    unknown_keys(words, _WORDS, faults, "an example of a statement", code="E702")
    parts = Parts(subject.folder, faults)
    given = needed(words, "file", faults, "an example of a statement")
    expect = parts.map_of(
        needed(words, "expect", faults, "an example of a statement"), "expect", ("canonical", "faults")
    )
    if expect is not None and ("canonical" in expect) == ("faults" in expect):
        faults.add(expect.mark, "a file is read (canonical) or refused (faults), one of the two", code="E706")
    example = Example(
        id=parts.text(words.get("id"), "id") or OPERATION,
        mark=words.mark,
        operation=OPERATION,
        variant="",
        provenance=parts.provenance(words.get("provenance"), words),
        expect=Expect(mark=words.mark),
        variety=parts.variety(words.get("variety")),
    )
    data = body_bytes(given, subject.folder, faults) if given is not None else None
    if len(faults) > before or expect is None or data is None:
        return None
    daily = _Daily(
        file=data,
        canonical=parts.data(expect.get("canonical")),
        faults=parts.data(expect.get("faults")) if "faults" in expect else None,
        mark=expect.mark,
    )
    return Check(run=Run(file, example, subject), name=OPERATION, level=0, promise="C04", prove=daily)


def is_daily(path: Path) -> bool:
    """Whether a file of examples is about the carrier's statement."""
    return path.name == FILE


__all__ = ["FILE", "OPERATION", "is_daily", "read_daily"]
