"""`insurehub check`: what it prints, where it writes, how fast it answers."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from cli.mapping.codes.mocks import MOCKS
from cli.mapping.codes.products import PRODUCTS
from cli.mapping.mocks import check_mock
from contract_tests.tests.mapping.sarif import SARIF

ROOT = Path(__file__).parents[3]
ISSUE = "mappings/carriers/acme/policy_issue.yaml"


def _break(workspace, file, right, wrong):
    path = workspace / file
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), "utf-8")


def test_a_slip_is_printed_with_its_line_a_caret_and_where_to_read_more(workspace, insurehub):
    _break(workspace, ISSUE, "period.start:", "period.strat:")
    ended = insurehub(workspace, "check")
    assert ended.code == 1
    head, line, caret = ended.err.split("\n")[:3]
    assert head.startswith(f"{ISSUE}:")
    assert head.endswith("error E203: no canonical field 'strat'; did you mean 'start'?")
    assert line[caret.index("^") :].startswith("strat:")
    assert "insurehub check --explain E203" in ended.out


def test_sarif_goes_to_its_file_and_json_to_stdout(workspace, insurehub, tmp_path):
    _break(workspace, ISSUE, "period.start:", "period.strat:")
    file = tmp_path / "found.sarif"
    ended = insurehub(workspace, "check", "--json", "--sarif", str(file))
    assert ended.code == 1
    run = json.loads(file.read_text("utf-8"))
    jsonschema.validate(run, SARIF)
    told = json.loads(ended.out)["diagnostics"]
    assert [each["ruleId"] for each in run["runs"][0]["results"]] == [each["code"] for each in told]


def test_a_release_refuses_a_drafted_row_that_a_plain_check_lets_pass(workspace, insurehub):
    _break(workspace, ISSUE, "fields:", "fields:\n    note: { to: note, draft: 0.6 label }")
    _break(workspace, ISSUE, "    note: not taken\n", "")
    assert insurehub(workspace, "check").code == 0
    ended = insurehub(workspace, "check", "--release", "--json")
    assert ended.code == 1
    assert [each["code"] for each in json.loads(ended.out)["diagnostics"]] == ["E461"]


@pytest.mark.parametrize("code", PRODUCTS.values(), ids=lambda code: code.code)
def test_the_wrong_example_of_a_product_code_triggers_it_and_the_right_one_does_not(workspace, insurehub, code):
    def codes():
        return {each["code"] for each in json.loads(insurehub(workspace, "check", "--json").out)["diagnostics"]}

    assert code.code not in codes()
    _break(workspace, f"mappings/{code.file}", code.right, code.wrong)
    assert code.code in codes()


@pytest.mark.parametrize("code", MOCKS.values(), ids=lambda code: code.code)
def test_the_wrong_example_of_a_code_of_mocks_triggers_it_and_the_right_one_does_not(workspace, code):
    folder = workspace / "mappings/carriers/acme"
    assert check_mock(folder, workspace) == ()
    _break(workspace, f"mappings/{code.file}", code.right, code.wrong)
    assert {each.code for each in check_mock(folder, workspace)} == {code.code}


def test_every_fault_of_a_mock_is_printed_at_once_with_its_line_and_a_caret(workspace, insurehub):
    mock = "mappings/carriers/acme/mock.yaml"
    _break(workspace, mock, "shape: quote", "shape: quot")
    _break(workspace, mock, "run: settle", "run: setle")
    ended = insurehub(workspace, "check")
    assert ended.code == 1
    assert "error E654: unknown kind of field 'quot'; did you mean 'quote'?" in ended.err
    assert "error E654: unknown procedure 'setle'; did you mean 'settle'?" in ended.err
    line, caret = ended.err.split("\n")[1:3]
    assert line[caret.index("^") :].startswith("setle")


def test_a_broken_mock_keeps_no_adapter_from_being_generated(workspace, insurehub):
    _break(workspace, "mappings/carriers/acme/mock.yaml", "shape: quote", "shape: quot")
    assert insurehub(workspace, "generate").code == 0


def test_a_code_is_explained_whatever_its_case(tmp_path, insurehub):
    ended = insurehub(tmp_path, "check", "--explain", "e411")
    assert ended.code == 0
    assert ended.out.startswith("E411: ")


def test_checking_loads_no_server_and_no_client():
    code = "import sys, cli.commands.check; print(sorted({'aiohttp', 'starlette', 'httpx'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ended.stdout.strip() == "[]"
