"""`insurehub report`: what a mapping does not carry is told with its reason and its line."""

import json
from pathlib import Path

import pytest

from cli.mapping.load import load_carrier
from cli.report.facts import report_of
from contract_tests.tests.mapping.conftest import Copy
from gateway.model.operations import OPERATIONS

ROOT = Path(__file__).parents[3]
ISSUE = "mappings/carriers/acme/policy_issue.yaml"


def _report(name, tmp_path):
    copy = Copy(name, tmp_path)
    return copy, report_of(copy.load(), tmp_path)


def test_an_ignored_field_is_told_with_its_reason_and_its_line(tmp_path):
    copy, found = _report("hengtai_life", tmp_path)
    fact = next(each for each in found.ignored if each.subject == "client_ref")
    assert (fact.message, fact.reason) == ("policy.issue request", "ours")
    file, line, _ = copy.place("policy_issue.yaml", "client_ref: ours")
    assert fact.place.startswith(f"{file}:{line}:")


def test_a_row_that_loses_something_is_told_once_however_many_messages_use_it(tmp_path):
    _, found = _report("breakwater", tmp_path)
    assert [each.reason for each in found.lossy].count("one code per policy") == len(
        {each.place for each in found.lossy if each.reason == "one code per policy"}
    )
    assert found.lossy


def test_hooks_are_told_where_they_are_called_and_not_where_a_comment_speaks_of_them(tmp_path):
    copy, found = _report("aurora_pc", tmp_path)
    assert {each.subject for each in found.hooks} == {"hook.pick_variant"}
    copy.write("policy_get.yaml", copy.text("policy_get.yaml") + "# hook.nothing\n")
    assert {each.subject for each in report_of(copy.load(), tmp_path).hooks} == {"hook.pick_variant"}


def test_a_draft_is_told_with_its_evidence(tmp_path):
    copy = Copy("hengtai_life", tmp_path)
    copy.change("carrier.yaml", "{ to: Email }", "{ to: Email, draft: 0.82 label }")
    found = report_of(copy.load(), tmp_path)
    assert [(each.subject.rpartition(".")[2], each.reason) for each in found.drafts] == [("email", "0.82 label")]


@pytest.mark.parametrize("carrier", sorted(path.name for path in (ROOT / "mappings/carriers").iterdir()))
def test_every_operation_of_a_shipped_carrier_is_mapped_unsupported_or_left(carrier):
    tree, _ = load_carrier(ROOT / "mappings/carriers" / carrier, ROOT)
    found = report_of(tree, ROOT)
    told = {*found.mapped, *found.unmapped, *(each.subject for each in found.unsupported)}
    needed = {name for name, spec in OPERATIONS.items() if not spec.is_optional}
    assert needed <= told <= set(OPERATIONS) or tree.carrier.native
    assert not set(found.unmapped) - needed


def test_lines_of_a_daily_file_that_are_skipped_are_told_with_the_reason():
    tree, _ = load_carrier(ROOT / "mappings/carriers/tide", ROOT)
    found = [each for each in report_of(tree, ROOT).ignored if each.message == "statement"]
    assert [(each.subject, each.reason) for each in found] == [('wire.state == "拒绝"', "nothing was sold")]


def test_the_command_speaks_to_people_and_to_programs(workspace, insurehub):
    (told,) = json.loads(insurehub(workspace, "report", "--json").out)
    assert told["carrier"] == "acme"
    assert any(each["subject"] == "note" and each["place"].startswith(ISSUE) for each in told["ignored"])
    ended = insurehub(workspace, "report", "acme")
    assert (ended.code, "ignored (" in ended.out) == (0, True)
    assert insurehub(workspace, "report", "nobody").code == 2
