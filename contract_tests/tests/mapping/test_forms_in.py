"""What comes in as a form has texts for its fields: nothing stands inside one that nobody has opened."""

import pytest

from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder

CARRIER = """\
format: mapping/1
carrier: { id: ash, name: Ash, version: "1", canonical: insure/2026-01 }
transport: { url: "{config.base_url}/api" }
wire: [json: {}]
callbacks:
  told:
    wire: [charset: UTF-8, LAYERS]
    correlate: { request_no: ORDER }
    of: PolicyIssueResult
    outcome: [{ when: POLICY, is: accepted }, { else: unknown }]
    fields: { numbers(kind=policy).no: { to: ROW } }
errors: { other: { is: unknown, code: carrier.unmapped, alert: true } }
"""


@pytest.fixture
def said(tmp_path):
    def check(layers, order="order", policy="wire.no", row="no"):
        folder = tmp_path / "mappings" / "carriers" / "ash"
        folder.mkdir(parents=True, exist_ok=True)
        text = CARRIER.replace("LAYERS", layers).replace("ORDER", order).replace("POLICY", policy).replace("ROW", row)
        (folder / "carrier.yaml").write_text(text)
        found = check_folder(CarrierFolder(folder, tmp_path)).diagnostics
        return [each.message for each in found if each.code == "E473"]

    return check


@pytest.mark.parametrize("of_what", ["order", "policy", "row"])
def test_a_path_into_a_field_of_a_form_that_comes_in_is_told(said, of_what):
    path = "wire.biz.x" if of_what == "policy" else "biz.x"
    assert said("form: {}", **{of_what: path}) == ["'biz' is a field of a form, a text: nothing stands inside it"]


def test_a_field_that_is_a_json_text_or_was_put_there_may_be_looked_into(said):
    assert said("form: {}, json_text: { fields: [biz] }", row="biz.x") == []
    assert said("headers: { of: [ETag], as: Http }, form: {}", row="Http.ETag") == []
    assert said("form: { put: biz }, json: {}", row="biz.x") == []
    assert said("form: {}", row="'biz\\.x'") == []


def test_a_record_that_comes_in_has_the_fields_it_lists(said):
    assert said("pipe: { fields: [order, no] }") == []
    assert said("pipe: { fields: [order, no] }", row="nr") == ["the record has no field 'nr'"]
