"""`insurehub diff`: what changed between two versions of a mapping, and whom it breaks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ISSUE, CARRIER, CODES, QUOTE = "policy_issue.yaml", "carrier.yaml", "codes.yaml", "quote_create.yaml"


@pytest.fixture
def older(workspace):
    """The carrier as it was: a copy that stays while a test changes the workspace's own."""
    folder = workspace / "older" / "mappings" / "carriers" / "acme"
    shutil.copytree(workspace / "mappings/carriers/acme", folder)
    return folder


def _change(workspace, file, right, wrong):
    path = workspace / "mappings/carriers/acme" / file
    text = path.read_text("utf-8")
    assert right in text, f"{file} has no {right!r}"
    path.write_text(text.replace(right, wrong, 1), "utf-8")


def _diff(insurehub, workspace, older):
    ended = insurehub(workspace, "diff", str(older), "acme", "--json")
    assert ended.code in (0, 1), ended.err
    return ended.code, json.loads(ended.out)


def _told(found):
    return [(each["area"], each["subject"], each["what"], each["breaks"]) for each in found["changes"]]


def test_the_same_mapping_in_other_words_and_with_other_comments_differs_in_nothing(workspace, older, insurehub):
    _change(workspace, ISSUE, "format: mapping/1\n", "format: mapping/1\n# a comment\n\n")
    _change(
        workspace,
        ISSUE,
        "numbers(kind=quote).no: { to: quoteNo, max_bytes: 20 }",
        "numbers(kind=quote).no:\n      max_bytes: 20\n      to: quoteNo",
    )
    code, found = _diff(insurehub, workspace, older)
    assert (code, found["breaks"], found["changes"], found["messages"]) == (0, [], [], [])
    assert found["examples"] > 10


def test_another_codec_of_a_request_changes_bytes_and_breaks_the_carrier(workspace, older, insurehub):
    _change(
        workspace,
        ISSUE,
        "expected_premium: { to: premium, as: money(fen) }",
        "expected_premium: { to: premium, as: money(yuan) }",
    )
    code, found = _diff(insurehub, workspace, older)
    assert (code, found["breaks"]) == (1, ["carrier"])
    assert _told(found) == [("policy.issue request", "expected_premium", "changed", "carrier")]
    assert "money(fen)" in found["changes"][0]["before"]
    assert "money(yuan)" in found["changes"][0]["after"]
    bodies = [each for each in found["messages"] if each["at"] == "policy.issue body"]
    assert bodies
    assert all("premium" in each["before"] and each["breaks"] == "carrier" for each in bodies)
    assert {each["example"].split("/")[0] for each in found["messages"]} == {"policy.issue"}


@pytest.mark.parametrize("word", ["headers", "constants"])
def test_what_one_call_says_beside_its_message_breaks_the_carrier(workspace, older, insurehub, word):
    said = f'{word}: {{ version: "2" }}'
    _change(workspace, ISSUE, "format: mapping/1\n", f"format: mapping/1\n{said}\n")
    _, found = _diff(insurehub, workspace, older)
    assert [(area, what, breaks) for area, _, what, breaks in _told(found)] == [("policy.issue", "added", "carrier")]
    assert found["changes"][0]["subject"] == word


def test_another_wire_path_is_one_changed_row_and_not_two(workspace, older, insurehub):
    _change(workspace, ISSUE, "{ to: quoteNo, max_bytes: 20 }", "{ to: quotationNo, max_bytes: 20 }")
    _, found = _diff(insurehub, workspace, older)
    assert _told(found) == [("policy.issue request", "numbers(kind=quote).no", "changed", "carrier")]


def test_a_code_of_a_table_breaks_the_carrier_and_its_messages_show_it(workspace, older, insurehub):
    _change(workspace, CODES, 'male: "1", female: "2"', 'male: "8", female: "2"')
    _, found = _diff(insurehub, workspace, older)
    assert _told(found) == [("table gender", "male", "changed", "carrier")]
    assert (found["changes"][0]["before"], found["changes"][0]["after"]) == ("1", "8")
    assert any(each["at"].endswith("body") and each["breaks"] == "carrier" for each in found["messages"])


def test_an_outcome_that_is_read_otherwise_breaks_the_caller(workspace, older, insurehub):
    path = workspace / "mappings/carriers/acme" / ISSUE
    text = path.read_text("utf-8")
    row = next(line for line in text.split("\n") if "is: accepted" in line)
    path.write_text(text.replace(row, row.replace("is: accepted", "is: unknown"), 1), "utf-8")
    code, found = _diff(insurehub, workspace, older)
    assert (code, found["breaks"]) == (1, ["caller"])
    assert [each["area"] for each in found["changes"]] == ["policy.issue outcome"]
    outcomes = [each for each in found["messages"] if each["at"] == "outcome"]
    assert outcomes
    assert all(
        each["before"].startswith("kind accepted") and each["after"].startswith("kind unknown") for each in outcomes
    )


def test_a_result_field_less_breaks_the_caller_and_one_more_nobody(workspace, older, insurehub):
    path = workspace / "mappings/carriers/acme" / ISSUE
    text = path.read_text("utf-8")
    response = text.index("response:")
    line = next(each for each in text[response:].split("\n") if each.strip().startswith("issued_at:"))
    path.write_text(text.replace(f"{line}\n", "", 1), "utf-8")
    code, found = _diff(insurehub, workspace, older)
    assert (code, found["breaks"]) == (1, ["caller"])
    assert ("policy.issue response", "issued_at", "removed", "caller") in _told(found)
    assert any(each["at"] == "result issued_at" and each["after"] == "absent" for each in found["messages"])
    # The other way round it is an addition, which every caller can read.
    back = insurehub(workspace, "diff", "acme", str(older), "--json")
    assert (back.code, json.loads(back.out)["breaks"]) == (0, [])


def test_a_narrower_request_breaks_the_caller_who_could_send_it(workspace, older, insurehub):
    _change(workspace, ISSUE, "{ to: quoteNo, max_bytes: 20 }", "{ to: quoteNo, max_bytes: 2 }")
    code, found = _diff(insurehub, workspace, older)
    assert (code, found["breaks"]) == (1, ["caller"])
    refused = [each for each in found["messages"] if each["at"] == "request"]
    assert refused
    assert all(each["before"] == "is sent" for each in refused)


def test_an_error_code_less_is_told_with_what_it_said(workspace, older, insurehub):
    path = workspace / "mappings/carriers/acme" / CARRIER
    text = path.read_text("utf-8")
    line = next(each for each in text[text.index("errors:") :].split("\n")[1:] if "is: declined" in each)
    path.write_text(text.replace(f"{line}\n", "", 1), "utf-8")
    _, found = _diff(insurehub, workspace, older)
    assert [(each["area"], each["what"], each["breaks"]) for each in found["changes"]] == [
        ("errors", "removed", "caller")
    ]
    assert found["changes"][0]["before"].startswith("declined")


def test_an_operation_that_is_gone_breaks_the_caller(workspace, older, insurehub):
    (workspace / "mappings/carriers/acme" / QUOTE).unlink()
    code, found = _diff(insurehub, workspace, older)
    assert code == 1
    assert ("operations", "quote.create", "removed", "caller") in _told(found)
    assert any(each["example"].startswith("quote.create/") and each["at"] == "request" for each in found["messages"])


def test_a_key_or_a_layer_breaks_the_carrier(workspace, older, insurehub):
    path = workspace / "mappings/carriers/acme" / CARRIER
    text = path.read_text("utf-8")
    assert "encode: hex_lower" in text or "encode: hex_upper" in text
    wrong = text.replace("hex_lower", "hex_upper") if "hex_lower" in text else text.replace("hex_upper", "hex_lower")
    path.write_text(wrong, "utf-8")
    _, found = _diff(insurehub, workspace, older)
    assert "wire" in {each["area"] for each in found["changes"]}
    assert {each["at"].split(" ")[-1] for each in found["messages"]} <= {"headers", "body", "call", "outcome"}
    assert "carrier" in found["breaks"]


def test_a_git_revision_of_a_carrier_is_a_version(workspace, insurehub):
    def git(*words):
        subprocess.run(
            ["git", "-C", str(workspace), "-c", "user.name=t", "-c", "user.email=t@example.com", *words],
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "first")
    _change(workspace, ISSUE, "money(fen)", "money(yuan)")
    ended = insurehub(workspace, "diff", "acme@HEAD", "--json")
    assert ended.code == 1, ended.err
    assert _told(json.loads(ended.out)) == [("policy.issue request", "expected_premium", "changed", "carrier")]
    for wrong in ("acme@nowhere", "acme@--help", "nobody@HEAD", "../acme@HEAD"):
        assert insurehub(workspace, "diff", wrong).code == 2


def test_callbacks_are_replayed_too_and_an_answer_of_ours_belongs_to_the_carrier(tmp_path, workspace, insurehub):
    shipped = Path(__file__).parents[3] / "mappings/carriers/lotus"
    newer = tmp_path / "newer" / "mappings" / "carriers" / "lotus"
    shutil.copytree(shipped, newer)
    file = newer / "carrier.yaml"
    text = file.read_text("utf-8")
    assert "head.resultMsg: OK" in text
    file.write_text(text.replace("head.resultMsg: OK", "head.resultMsg: FINE"), "utf-8")
    found = json.loads(insurehub(workspace, "diff", str(shipped), str(newer), "--json").out)
    assert found["breaks"] == ["carrier"]
    assert {each["at"] for each in found["messages"]} == {"answer body"}
    assert all("OK" in each["before"] and "FINE" in each["after"] for each in found["messages"])


@pytest.mark.parametrize("name", ["nobody", "/no/such/folder", "acmee"])
def test_what_is_no_version_is_wrong_use(workspace, insurehub, name):
    ended = insurehub(workspace, "diff", name, "acme")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err


def test_the_adapters_of_both_versions_are_gone_afterwards(workspace, older, insurehub):
    before = {name: module for name, module in sys.modules.items() if name.startswith("adapters")}
    _diff(insurehub, workspace, older)
    after = {name: module for name, module in sys.modules.items() if name.startswith("adapters")}
    assert before == {name: after.get(name) for name in before}
    assert not [name for name in after if name.startswith("adapters.acme") and name not in before]


def test_a_person_reads_whom_it_breaks_and_how_many_examples_show_it(workspace, older, insurehub):
    _change(workspace, ISSUE, "money(fen)", "money(yuan)")
    ended = insurehub(workspace, "diff", str(older), "acme")
    assert "may break the carrier" in ended.out
    assert "policy.issue body: breaks the carrier" in ended.out
    assert "examples differ" in ended.out
