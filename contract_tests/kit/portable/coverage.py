"""Which clauses of the carrier's document the tests of a run speak of, and what those tests came to."""

from typing import Any

from contract_tests.kit.portable.definition import Kit
from contract_tests.kit.portable.results import Result, Tested

_WORST = (Result.failed, Result.error, Result.could_not_check, Result.skipped, Result.passed)


UNTESTED, UNTESTABLE = "UNTESTED", "UNTESTABLE"


def coverage(kit: Kit, tests: list[Tested]) -> dict[str, Any]:
    """Every clause with its tests and what they came to; untested ones are listed, with a reason where one is given."""
    rows = [_row(clause, tests) for clause in kit.clauses]
    speaking = [row for row in rows if not row["aside"]]
    tested = [row for row in speaking if row["tests"]]
    return {
        "clauses": len(rows),
        "testable": len(speaking),
        "tested": len(tested),
        "passed": sum(row["result"] == Result.passed for row in tested),
        "share": round(len(tested) / len(speaking), 3) if speaking else 0.0,
        "rows": rows,
    }


def _row(clause: Any, tests: list[Tested]) -> dict[str, Any]:
    about = [each for each in tests if clause.number in each.clauses]
    results = {each.result for each in about}
    result = next((each for each in _WORST if each in results), None)
    return {
        "clause": clause.number,
        "title": clause.title,
        "tests": [each.name for each in about],
        "result": result.value if result else UNTESTED if clause.aside is None else UNTESTABLE,
        "aside": {"en": clause.aside.en, "zh": clause.aside.zh} if clause.aside else None,
    }
