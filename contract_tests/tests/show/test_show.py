"""`insurehub show`: what a mapping says of one operation, whole and in the order of the wire."""

import json
import re
from pathlib import Path

import pytest
from lxml import html

from cli.commands.show import _named
from cli.mapping.load import load_carrier
from cli.show.page import page_of
from cli.show.view import views_of
from contract_tests.tests.mapping.conftest import Copy

ROOT = Path(__file__).parents[3]
ISSUE = "mappings/carriers/acme/policy_issue.yaml"


def _view(carrier, operation, variant=None, root=ROOT):
    tree, found = load_carrier(root / "mappings/carriers" / carrier, root)
    assert tree is not None, found
    (view,) = views_of(tree, operation, variant)
    return view


def test_every_row_of_a_request_stands_in_wire_order_with_its_codec_and_line(tmp_path):
    copy = Copy("hengtai_life", tmp_path)
    view = _view("hengtai_life", "policy.issue", root=tmp_path)
    rows = view.calls[0].request
    names = [row.wire for row in rows if row.wire]
    heads = [index for index, name in enumerate(names) if name.startswith("Head.")]
    assert heads == list(range(len(heads))), "what stands in one element stands together"
    gender = next(row for row in rows if row.wire == "Body.Appnt.Sex")
    assert (gender.canonical, gender.codec, gender.direction) == ("policyholder.gender", "enum(gender)", "send")
    assert gender.place == f"carrier.yaml:{copy.place('carrier.yaml', 'gender:  ')[1]}"
    lifetime = [row for row in rows if row.case == "term.unit = lifetime"]
    assert {(row.wire, row.value) for row in lifetime} == {
        ("Body.Risks.Risk.InsuYearFlag", "A"),
        ("Body.Risks.Risk.InsuYear", "105"),
    }
    assert any(row.kind == "blank" and row.wire == "Body.Appnt.Stature" for row in rows)
    assert any(row.kind == "ignored" and row.canonical == "client_ref" and row.value == "ours" for row in rows)


def test_a_row_says_its_conditions_defaults_bounds_and_what_is_lost(tmp_path):
    Copy("breakwater", tmp_path)
    view = _view("breakwater", "policy.issue", "site", tmp_path)
    assert view.when
    assert [call.name for call in view.calls] == ["price", "issue"]
    notes = {note.partition(":")[0] for call in view.calls for row in call.request for note in row.notes}
    assert {"when", "default", "missing", "lossy"} <= notes


def test_tables_and_verdicts_are_shown_with_the_rows_that_use_them():
    view = _view("lotus", "policy.issue")
    assert view.tables["gender"]
    assert view.calls[0].outcome[-1].when == "else"
    assert view.calls[0].outcome[-1].says == "unknown"
    assert view.declarations["idempotency"] == "reject_duplicate, head.requestNo"


def test_a_label_of_the_carriers_document_stands_beside_its_field(tmp_path):
    Copy("hengtai_life", tmp_path)
    rows = _view("hengtai_life", "policy.get", root=tmp_path).calls[0].request
    assert {row.wire: row.label for row in rows}["Body.ContNo"] == "保单号"


@pytest.mark.parametrize("carrier", sorted(path.name for path in (ROOT / "mappings/carriers").iterdir()))
def test_every_operation_of_every_shipped_carrier_can_be_shown(carrier):
    tree, _ = load_carrier(ROOT / "mappings/carriers" / carrier, ROOT)
    for operation in tree.operations:
        (view,) = views_of(tree, operation.name, operation.variant)
        page = html.fromstring(page_of((view,)))
        rows = sum(len(call.request) + len(call.response) + len(call.outcome) for call in view.calls)
        assert len(page.xpath("//tbody/tr")) == rows


def test_a_hostile_text_of_a_mapping_is_text_on_the_page(tmp_path):
    copy = Copy("hengtai_life", tmp_path)
    evil = "<script>alert(1)</script>\" onload='x'"
    copy.change("carrier.yaml", "name: 恒泰人寿（虚构）", f"name: {json.dumps(evil)}")
    copy.change("policy_issue.yaml", 'Head.TranCode: "1002"', f"Head.TranCode: {json.dumps(evil)}")
    page = page_of((_view("hengtai_life", "policy.issue", root=tmp_path),))
    document = html.fromstring(page)
    assert document.xpath("//script") == []
    assert not any(name.startswith("on") for element in document.iter() for name in element.attrib)
    assert evil in document.text_content()


def test_the_page_loads_nothing():
    page = page_of((_view("lotus", "policy.issue"),))
    assert not re.search(r"""(src|href)=|url\(|@import|https?://""", page)


def test_both_spellings_name_an_operation_and_json_is_one_document(workspace, insurehub):
    by_dot = insurehub(workspace, "show", "acme", "policy.issue", "--json")
    by_line = insurehub(workspace, "show", "acme", "policy_issue", "--json")
    assert by_dot.code == 0
    assert json.loads(by_dot.out) == json.loads(by_line.out)
    assert json.loads(by_dot.out)[0]["calls"][0]["request"]


def test_a_table_is_printed_and_a_page_written(workspace, insurehub):
    ended = insurehub(workspace, "show", "acme", "policy.issue", "--html", "page.html")
    assert (ended.code, (workspace / "page.html").read_text("utf-8").startswith("<!doctype html>")) == (0, True)
    ended = insurehub(workspace, "show", "acme", "policy.issue")
    assert "expected_premium" in ended.out
    assert "money(fen)" in ended.out


@pytest.mark.parametrize(
    ("words", "hint"), [(("acmee", "policy.issue"), "acme"), (("acme", "policy.isue"), "policy.issue")]
)
def test_a_name_that_is_none_is_wrong_use_with_the_near_one(workspace, insurehub, words, hint):
    ended = insurehub(workspace, "show", *words)
    assert (ended.code, ended.out) == (2, "")
    assert f"did you mean '{hint}'?" in ended.err


def test_a_mapping_that_cannot_be_read_is_said_with_its_place(workspace, insurehub):
    file = workspace / ISSUE
    file.write_text(file.read_text("utf-8").replace("request:", "request: ["), "utf-8")
    ended = insurehub(workspace, "show", "acme", "policy.issue")
    assert ended.code == 1
    assert ISSUE in ended.err


def test_an_operation_with_a_line_in_its_name_is_found_in_both_spellings():
    assert _named("policy.issue_batch") == _named("policy_issue_batch") == ("policy.issue_batch", None)
    assert _named("policy.issue/site") == _named("policy_issue.site") == ("policy.issue", "site")
