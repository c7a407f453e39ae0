"""The line of a mapping behind a difference is the row that reads the field, through lists, shapes and `extends`."""

from collections import defaultdict
from functools import cache

import pytest

from cli.mapping.resolve import resolve
from contract_tests.examples.subject import Subject
from contract_tests.tests.kit.conftest import CARRIERS, ROOT
from gateway.catalogue.values import Faults

MAPPED = sorted({path.parent.name for path in CARRIERS.glob("*/policy_issue*.yaml")} - {"cedar"})  # it speaks our own


@cache
def subject(carrier: str) -> Subject:
    return Subject(CARRIERS / carrier, ROOT)


@pytest.mark.parametrize(
    ("carrier", "operation", "path", "file", "row"),
    [
        ("lotus", "policy.issue", "premium.gross.amount", "policy_issue.yaml", "premium.gross:"),
        ("lotus", "policy.issue", "insureds.0.ref", "carrier.yaml", "ref:"),
        ("lotus", "quote.create", "premium.gross.amount", "quote_create.yaml", "premium.gross:"),
        ("lotus", "policy.issue", "numbers.1.no", "policy_issue.yaml", "numbers(kind="),
    ],
)
def test_a_field_is_told_with_the_row_that_reads_it(carrier, operation, path, file, row):
    told = subject(carrier).lines.of_canonical(operation, path.split("."))
    place, _, line = told.partition("   ")
    assert place.startswith(f"mappings/carriers/{carrier}/{file}:")
    assert line.startswith(row)


@pytest.mark.parametrize("carrier", MAPPED)
def test_every_row_of_a_reply_is_told_for_its_own_field(carrier):
    own = subject(carrier)
    rows = defaultdict(set)
    for file in resolve(own.tree, Faults()).operations:
        for row in (row for step in file.steps for row in step.response.message.rows):
            rows[file.name, tuple(segment.name for segment in row.canonical.segments)].add(own.lines.shown(row.mark))
    wrong = {
        field: told
        for (operation, field), lines in rows.items()
        if (told := own.lines.of_canonical(operation, list(field))) not in lines
    }
    assert len(rows) > 10
    assert wrong == {}
