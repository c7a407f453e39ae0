"""`insurehub kit`: a kit built, tested and run from the command line."""

import json

import pytest

from cli.scaffold.carrier import WIRES
from contract_tests.tests.kit.conftest import ROOT


@pytest.fixture
def cli(insurehub):
    """The command, called in the checkout."""
    return lambda *words: insurehub(ROOT, *words)


def test_a_kit_is_built_and_says_how_much_of_the_document_it_tests(cli, tmp_path):
    file = tmp_path / "tide.pyz"
    ended = cli("kit", "build", "tide", "-o", str(file), "--json")
    told = json.loads(ended.out)
    assert ended.code == 0
    assert (told["carrier"], told["bytes"]) == ("tide", file.stat().st_size)
    assert told["clauses_with_a_test"] + len(told["clauses_without"]) == told["clauses"]
    assert "4.2.1" in told["clauses_without"]
    assert cli("kit", "plan", "--kit", str(file)).code == 0


def test_a_carrier_without_a_kit_or_of_another_name_is_told_so(cli):
    ended = cli("kit", "build", "ceder")
    assert (ended.code, "no carrier 'ceder'" in ended.err) == (2, True)


def test_the_selftest_of_one_carrier_prints_one_document(cli):
    ended = cli("kit", "selftest", "tide", "--bad", "shows-another-end", "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["ok"], told["good_passed"], told["bad_failed_by_the_named_test"]) == (0, True, 1, 1)
    assert told["bad_carriers"][0]["failed"] == ["a-policy-is-found-within-twenty-seconds"]


def test_a_run_without_a_kit_says_how_to_make_one(cli):
    ended = cli("kit", "run", "--target", "http://127.0.0.1:9")
    assert (ended.code, "--kit FILE" in ended.err) == (2, True)


@pytest.mark.parametrize("wire", WIRES)
def test_a_scaffolded_carrier_has_a_kit_that_its_mock_passes_and_one_that_asks_too_much_does_not(
    insurehub, empty_workspace, wire
):
    assert insurehub(empty_workspace, "new", "acme", "--wire", wire).code == 0
    ended = insurehub(empty_workspace, "kit", "selftest", "acme", "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["good_passed"], told["bad"]) == (0, 1, 0)
    assert told["good_carriers"][0]["printed_requests_reproduced"] == 3
    mock = empty_workspace / "mappings/carriers/acme/mock.yaml"
    mock.write_text(mock.read_text(encoding="utf-8").replace("price: 120", "price: 121"), encoding="utf-8")
    ended = insurehub(empty_workspace, "kit", "selftest", "acme")
    assert ended.code == 1
    assert "a-quote-is-as-the-sample" in ended.out + ended.err
