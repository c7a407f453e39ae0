"""Diagnostics as people, programs and code review read them."""

import json

import jsonschema
import pytest

from cli.mapping.diagnostics import as_json, as_sarif, as_text
from contract_tests.tests.mapping.sarif import SARIF
from gateway.catalogue.marks import Diagnostic, Mark


def test_text_shows_the_line_and_a_caret_under_the_place(hengtai):
    (found,) = hengtai.change("policy_issue.yaml", '"single" else', '"singel" else').check()
    head, line, caret = as_text(found, hengtai.root).split("\n")
    assert head == str(found)
    assert line[caret.index("^") :].startswith('"singel"')
    assert line.strip().startswith("Head.NodeNo:")


def test_the_caret_stands_under_its_place_behind_characters_two_columns_wide(tmp_path):
    (tmp_path / "x.yaml").write_text("姓名: { to: Nmae }\n", "utf-8")
    found = Diagnostic("E203", Mark("x.yaml", 1, 11), "no such thing")
    caret = as_text(found, tmp_path).split("\n")[2].removeprefix(" " * 8)
    assert caret == "\u3000\u3000" + " " * 8 + "^"


def test_a_long_line_is_shown_around_its_place(tmp_path):
    (tmp_path / "x.yaml").write_text("a" * 400 + "HERE" + "b" * 400, "utf-8")
    _, line, caret = as_text(Diagnostic("E203", Mark("x.yaml", 1, 401), "wrong"), tmp_path).split("\n")
    assert len(line) < 200
    assert line[caret.index("^") :].startswith("HERE")


def test_control_characters_of_a_file_never_reach_the_terminal(tmp_path):
    (tmp_path / "x.yaml").write_text("a: \x1b[31mred\n", "utf-8")
    assert "\x1b" not in as_text(Diagnostic("E101", Mark("x.yaml", 1, 4), "wrong"), tmp_path)


def test_without_its_file_a_diagnostic_is_the_one_line(tmp_path):
    found = Diagnostic("E122", Mark("mappings/carriers/none", 1), "no carrier 'none'")
    assert as_text(found, tmp_path) == str(found)


def test_json_holds_every_part_of_a_diagnostic():
    found = Diagnostic("W251", Mark("a.yaml", 3, 7), "no case", "add one")
    assert json.loads(json.dumps(as_json([found]))) == [
        {
            "code": "W251", "severity": "warning", "file": "a.yaml", "line": 3, "column": 7, "message": "no case",
            "hint": "add one",
        }
    ]  # fmt: skip


def test_sarif_names_the_rule_the_place_and_the_version(hengtai):
    found = hengtai.change("carrier.yaml", "enum(gender)", "enum(gendr)").check()
    run = as_sarif(found, "0.1.0")
    jsonschema.validate(run, SARIF)
    (result,) = run["runs"][0]["results"]
    (rule,) = run["runs"][0]["tool"]["driver"]["rules"]
    assert (result["ruleId"], result["level"], rule["id"]) == ("E213", "error", "E213")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "mappings/carriers/hengtai_life/carrier.yaml"
    assert place["region"]["startColumn"] > 1
    assert rule["shortDescription"]["text"] == "no such code table"


def test_sarif_of_a_file_with_any_name_holds_a_uri():
    found = Diagnostic("E118", Mark("mappings/carriers/恒 泰#1/carrier.yaml", 1), "no name for a carrier")
    run = as_sarif([found], "0.1.0")
    jsonschema.validate(run, SARIF, format_checker=jsonschema.FormatChecker())
    (result,) = run["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].isascii()


@pytest.mark.parametrize("slip", [{"level": "fatal"}, {"message": {}}, {"place": "here"}], ids=str)
def test_what_the_standard_does_not_know_is_not_valid(slip):
    run = as_sarif([Diagnostic("E118", Mark("a.yaml", 1), "wrong")], "0.1.0")
    run["runs"][0]["results"][0] |= slip
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(run, SARIF)
