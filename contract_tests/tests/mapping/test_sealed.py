"""What is to leave encrypted, or as a JSON text, is written by some request under the name the layer has for it."""

import pytest

from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder

CARRIER = """\
format: mapping/1
carrier: { id: ash, name: Ash, version: "1", canonical: insure/2026-01 }
transport: { url: "{config.base_url}/api" }
wire: [LAYER, json: {}]
reply: [json: {}]
errors: { other: { is: unknown, code: carrier.unmapped, alert: true } }
"""
GET = """\
format: mapping/1
request:
  of: PolicyGetRequest
  fields:
    policyholder: { to: holder, fields: { name: { to: name }, id_docs.0.number: { to: docs.0.no } } }
    insureds: { list: persons(role=1), fields: { party.name: { to: name } } }
  ignore: { IN }
response:
  of: PolicyGetResult
  outcome: [{ when: wire.no, is: accepted }, { else: unknown }]
  fields: { numbers(kind=policy).no: { to: no } }
  ignore: { OUT }
"""
IN = (
    "numbers",
    "client_ref",
    "product",
    "plan",
    "period",
    "objects",
    "coverages",
    "beneficiaries",
    "premium",
    "issued_at",
)
OUT = (
    "status",
    "period",
    "issued_at",
    "signed_at",
    "policyholder",
    "insureds",
    "beneficiaries",
    "objects",
    "coverages",
)
OUT = (*OUT, "premium", "commission", "documents", "payment_links", "needed")
for side, names in (("IN", IN), ("OUT", OUT)):
    GET = GET.replace(side, ", ".join(f"{name}: not here" for name in names))


@pytest.fixture
def said(tmp_path):
    def check(layer, rows=GET):
        folder = tmp_path / "mappings" / "carriers" / "ash"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "carrier.yaml").write_text(CARRIER.replace("LAYER", layer))
        (folder / "policy_get.yaml").write_text(rows)
        found = check_folder(CarrierFolder(folder, tmp_path)).diagnostics
        assert [str(each) for each in found if each.severity == "error"] == []
        return [f"{each.message}; {each.hint}" for each in found if each.code == "W425"]

    return check


ENCRYPT = "encrypt: { algo: aes-128-ecb, key: secret.key, fields: [PATHS] }"


@pytest.mark.parametrize("paths", ["holder.name", "holder.docs.no", "persons.name", "holder.name, persons.name"])
def test_what_a_request_writes_may_be_encrypted(said, paths):
    assert said(ENCRYPT.replace("PATHS", paths)) == []


def test_a_name_no_request_writes_is_told_before_it_leaves_in_the_clear(said):
    slip = "no request writes 'holder.nam': nothing there leaves encrypted; did you mean 'holder.name'?"
    assert said(ENCRYPT.replace("PATHS", "holder.nam, persons.name")) == [slip]
    assert said("json_text: { fields: [holdr] }")[0].startswith("no request writes 'holdr': nothing there is a JSON")
    assert said("json_text: { fields: [holder] }") == []


def test_a_call_with_layers_of_its_own_is_judged_by_its_own_request(said):
    own = GET.replace(
        "request:\n",
        f"wire: [{ENCRYPT.replace('PATHS', 'holder.nam')}, json: {{}}]\nreply: [json: {{}}]\nrequest:\n",
        1,
    )
    assert len(said("json_text: { fields: [elsewhere] }", own)) == 1


def test_numbered_elements_are_not_judged(said):
    numbered = GET.replace("list: persons(role=1)", 'list: "p{n}"')
    assert said(ENCRYPT.replace("PATHS", "p1.name"), numbered) == []
