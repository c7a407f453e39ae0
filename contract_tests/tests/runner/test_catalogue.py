"""Every row of the catalogue of checks is kept by something that is there, and the README says by what."""

import re
from pathlib import Path

import pytest

from cli.mapping.workspace import list_carriers
from contract_tests.derive.checks import read_derived
from contract_tests.examples.daily import read_daily
from contract_tests.runner import Subject, checks_of, read_examples
from contract_tests.runner.catalogue import CATALOGUE, ROOM, table
from contract_tests.runner.vectors import read_vectors
from contract_tests.scenarios import scenario_checks

ROOT = Path(__file__).parents[3]


NO_CALLBACK = "it calls nobody back"
OWN_NUMBERS = "its replies bear numbers of its own, which two requests may share"
LACKING = {
    ("aurora", "derived-reply-decision"): "one field decides each of its outcomes",
    ("bamboo", "callback"): NO_CALLBACK,
    ("bamboo", "callback-endpoint"): NO_CALLBACK,
    ("bamboo", "derived-bytes-duplicate"): "its replies are XML, in which an element may stand twice",
    ("cedar", "derived-reply-decision"): "the words of the interface decide",
    ("cedar", "derived-request-edge"): "its fields are the model's, with no edges of a mapping's own",
    ("harbor", "tampered-reply"): "its replies are encrypted and not signed",
    ("harbor", "callback"): NO_CALLBACK,
    ("harbor", "callback-endpoint"): NO_CALLBACK,
    ("harbor", "derived-bytes-duplicate"): "its replies are encrypted",
    ("harbor", "derived-reply-decision"): "one field decides each of its outcomes",
    ("tide", "callback"): NO_CALLBACK,
    ("tide", "callback-endpoint"): NO_CALLBACK,
    ("tide", "derived-bytes-duplicate"): "its replies are records",
    ("xcover", "callback"): NO_CALLBACK,
    ("xcover", "callback-endpoint"): NO_CALLBACK,
    ("xcover", "tampered-reply"): "its replies are not signed",
    ("xcover", "swapped-replies"): OWN_NUMBERS,
    ("xcover", "doubled-reply"): OWN_NUMBERS,
    ("xcover", "derived-reply-decision"): "one field decides each of its outcomes",
}
"""What a shipped carrier has no check of, and why not."""
OF_EVERY_CARRIER = (
    "request-bytes",
    "tampered-reply",
    "freshness",
    "outcome",
    "unknown-code",
    "derived-reply-unseen",
    "derived-reply-missing",
    "derived-reply-null",
    "derived-reply-extra",
    "derived-bytes-duplicate",
    "derived-reply-type-",
    "derived-bytes-charset",
    "unreadable-reply",
    "cut-reply",
    "derived-status",
    "fault-",
    "derived-reply-decision",
    "fault-commit_then_rst",
    "callback",
    "callback-endpoint",
    "round-trip",
    "derived-request-missing",
    "derived-request-edge",
    "scrubbed",
    "limits",
    "limits-socket",
    "error-table",
    "statuses",
    "swapped-replies",
    "doubled-reply",
)
"""A check at least of each row of the catalogue that carriers have checks of."""


@pytest.fixture(scope="module")
def by_carrier() -> dict[str, set[str]]:
    """The names of all checks of each shipped carrier."""
    found = {}
    for folder in list_carriers(ROOT):
        subject = Subject(folder.path, folder.root)
        files, _ = read_examples(folder.path, folder.root)
        checks = [check for file in files for check in checks_of(file, subject)]
        steps = [check for file in files for check in scenario_checks(file, subject)[0]]
        for more in (read_vectors(subject)[0], read_daily(subject)[0], read_derived(subject)[0], steps):
            checks += more
        found[subject.carrier] = {check.name for check in checks}
    return found


@pytest.fixture(scope="module")
def made(by_carrier) -> set[str]:
    """The names of all checks of all shipped carriers."""
    return set().union(*by_carrier.values())


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


@pytest.mark.parametrize("carrier", [folder.id for folder in list_carriers(ROOT)])
def test_each_shipped_carrier_has_its_checks_of_every_promise_or_a_reason_is_listed(by_carrier, carrier):
    lacking = {name for name in OF_EVERY_CARRIER if not any(each.startswith(name) for each in by_carrier[carrier])}
    assert lacking == {name for of, name in LACKING if of == carrier}


def test_the_readme_has_the_table_as_it_is_computed():
    assert table() in (ROOT / "contract_tests" / "runner" / "README.md").read_text("utf-8")
