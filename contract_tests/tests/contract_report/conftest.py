"""The small carrier of the runner's tests, made wrong, and what a report says of it."""

from datetime import UTC, datetime

import pytest

from contract_tests.report import Report, case_of, lack_of
from contract_tests.runner import missing_of
from contract_tests.tests.runner.conftest import Room, generated, mutated, room, workspace

__all__ = ["Room", "generated", "mutated", "report_of", "room", "workspace"]

BEGAN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def report_of():
    """The report of a room's pure checks, with what is missing in it."""

    def make(room, level=0):
        verdicts = room.verdicts(level)
        cases = tuple(case_of(each, f"insurehub test rowan -k '{each.check.name}'") for each in verdicts)
        lacks = tuple(lack_of(each, "rowan") for each in missing_of(room.subject, room.subject.files))
        return Report(cases=cases, lacks=lacks, began_at=BEGAN, wait_s=1.5)

    return make
