"""Every row of the catalogue of checks is kept by something that is there, and the README says by what."""

import re
from pathlib import Path

import pytest

from cli.mapping.workspace import list_carriers
from contract_tests.derive.checks import read_derived
from contract_tests.runner import Subject, checks_of, read_examples
from contract_tests.runner.catalogue import CATALOGUE, ROOM, table
from contract_tests.runner.daily import read_daily
from contract_tests.runner.vectors import read_vectors

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def made() -> set[str]:
    """The names of all checks of all shipped carriers."""
    found = set()
    for folder in list_carriers(ROOT):
        subject = Subject(folder.path, folder.root)
        files, _ = read_examples(folder.path, folder.root)
        checks = [check for file in files for check in checks_of(file, subject)]
        for more in (read_vectors(subject)[0], read_daily(subject)[0], read_derived(subject)[0]):
            checks += more
        found |= {check.name for check in checks}
    return found


def test_the_catalogue_has_every_row_once():
    assert [row.id for row in CATALOGUE] == [f"C{number:02}" for number in range(1, 24)]


@pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.id)
def test_what_a_row_names_is_there(made, row):
    assert row.checks or row.tests
    for name in row.checks:
        assert any(each.startswith(name) for each in made), f"no shipped carrier has a check {name}"
    for named in row.tests:
        file, _, function = named.partition("::")
        text = (ROOT / ROOM / file).read_text("utf-8")
        assert re.search(rf"def {function}\b" if function else r"def test_", text), named


def test_the_readme_has_the_table_as_it_is_computed():
    assert table() in (ROOT / "contract_tests" / "runner" / "README.md").read_text("utf-8")
