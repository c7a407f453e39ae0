"""`insurehub test --coverage`: which lines of the mappings the written examples carry out, told to people and tools."""

from collections.abc import Iterable, Sequence
from typing import Any

from cli.out import counted, out, table
from contract_tests.examples.reading import read_examples
from contract_tests.examples.subject import Subject
from contract_tests.runner.coverage import Carried, FileCoverage, total
from contract_tests.runner.run import Verdict, failure_text
from gateway.catalogue.marks import Diagnostic

PLACES = 4


class Measured:
    """The coverage of some carriers' mappings, and what of their examples did not pass."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        """Carry out every example."""
        carried = [Carried(subject) for subject in subjects]
        read = (read_examples(each.subject.folder, each.subject.root, each.subject.read)[1] for each in carried)
        self.malformed: tuple[Diagnostic, ...] = tuple(
            fault for faults in read for fault in faults if fault.severity == "error"
        )
        self.files: tuple[FileCoverage, ...] = tuple(file for each in carried for file in each.files())
        shown = [example for each in carried for example in each.examples]
        self.verdicts: tuple[Verdict, ...] = tuple(verdict for each in shown for verdict in each.verdicts)

    @property
    def is_right(self) -> bool:
        """Whether every example could be read and passed."""
        return not self.malformed and not self.failed

    @property
    def failed(self) -> Sequence[Verdict]:
        """The checks that did not pass: their examples cover nothing."""
        return [each for each in self.verdicts if not each.passed]

    @property
    def coverage(self) -> float:
        """The covered part of all lines that do something, rounded down so that 1.0 means all of them."""
        scale: int = 10**PLACES
        return int(total(self.files) * scale) / scale

    def document(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "coverage": self.coverage,
            "lines": sum(each.lines for each in self.files),
            "covered": sum(each.covered for each in self.files),
            "checks": len(self.verdicts),
            "failed": [each.check.id for each in self.failed],
            "malformed": [str(each) for each in self.malformed],
            "files": [
                {"file": each.file, "lines": each.lines, "covered": each.covered, "missing": list(each.missing)}
                for each in self.files
            ],
        }

    def show(self) -> None:
        """All of it as a table, the missing lines named."""
        for verdict in self.failed:
            out.print(failure_text(verdict, f"insurehub test {verdict.check.run.file.carrier}"), markup=False)
        for fault in self.malformed:
            out.print(str(fault), markup=False, soft_wrap=True)
        rows = [[each.file, each.lines, each.covered, spans(each.missing)] for each in self.files]
        table(None, ["mapping", "lines", "covered", "missing"], rows, right=(1, 2))
        lines, covered = (sum(getattr(each, word) for each in self.files) for word in ("lines", "covered"))
        told = counted(lines, "line that does", "lines that do")
        out.print(f"\ncoverage {self.coverage:.{PLACES}f}: {covered} of {told} something")


def spans(numbers: Sequence[int]) -> str:
    """Line numbers, those in a row as one: `7-9, 12`."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
