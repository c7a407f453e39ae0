"""Cases counted: carriers by promise, operations by promise, and the sums over all."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from contract_tests.report.facts import Case, Report
from contract_tests.runner.catalogue import CATALOGUE

ABOUT: Mapping[str, str] = {row.id: row.about for row in CATALOGUE}


class Count(Struct, frozen=True):
    """How many cases passed, failed, and failed as it is listed."""

    passed: int = 0
    failed: int = 0
    expected: int = 0

    @property
    def word(self) -> str:
        """The worst of them; `none` where nothing ran."""
        worst = ((self.failed, "failed"), (self.expected, "expected"), (self.passed, "passed"))
        return next((word for number, word in worst if number), "none")


Matrix = dict[str, dict[str, Count]]


def count(cases: Iterable[Case]) -> Count:
    """The sums of some cases."""
    words = [case.status for case in cases]
    return Count(words.count("passed"), words.count("failed") + words.count("error"), words.count("expected"))


def by_carrier(report: Report) -> Matrix:
    """Carrier by promise."""
    return _matrix(report.cases, lambda case: case.carrier)


def by_operation(report: Report, carrier: str) -> Matrix:
    """Operation by promise, of one carrier."""
    return _matrix((case for case in report.cases if case.carrier == carrier), lambda case: case.operation)


def promises(report: Report) -> tuple[str, ...]:
    """The promises that anything was checked of, in the catalogue's order and then the rest."""
    seen = {case.promise for case in report.cases}
    return (*(name for name in ABOUT if name in seen), *sorted(seen - ABOUT.keys()))


def _matrix(cases: Iterable[Case], row_of: Callable[[Case], str]) -> Matrix:
    groups: dict[str, dict[str, list[Case]]] = {}
    for case in cases:
        groups.setdefault(row_of(case), {}).setdefault(case.promise, []).append(case)
    return {name: {promise: count(found) for promise, found in row.items()} for name, row in sorted(groups.items())}
