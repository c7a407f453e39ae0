"""A call with a wire of its own says what its reply is made of, where the carrier's replies are checked."""

import pytest

from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder

CARRIER = """\
format: mapping/1
carrier: { id: ash, name: Ash, version: "1", canonical: insure/2026-01 }
transport: { url: "{config.base_url}/api" }
wire: [json: {}]
REPLY
errors: { other: { is: unknown, code: carrier.unmapped, alert: true } }
"""
GET = """\
format: mapping/1
call: GET /policies
WIRE
request: { of: PolicyGetRequest }
response:
  of: PolicyGetResult
  outcome: [{ when: wire.no, is: accepted }, { else: unknown }]
  fields: { numbers(kind=policy).no: { to: no } }
"""
SIGNED = "reply: [verify: { algo: md5, over: [body, secret.key], from: header.X-Sign }, json: {}]"
OWN = "wire: [query: {}]"


@pytest.fixture
def said(tmp_path):
    def check(reply, wire):
        folder = tmp_path / "mappings" / "carriers" / "ash"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "carrier.yaml").write_text(CARRIER.replace("REPLY", reply))
        (folder / "policy_get.yaml").write_text(GET.replace("WIRE", wire))
        found = check_folder(CarrierFolder(folder, tmp_path)).diagnostics
        return [each for each in found if each.code in ("E445", "W424")]

    return check


@pytest.mark.parametrize(
    "reply",
    [
        SIGNED,
        "reply: [jws: { algo: hmac_sha256, key: secret.key }, json: {}]",
        "reply: [http_signature: { algo: hmac_sha256, key: secret.key, components: ['@status'] }, json: {}]",
    ],
)
def test_a_reply_is_not_left_unchecked_by_a_wire_of_its_own(said, reply):
    (fault,) = said(reply, OWN)
    assert "this wire leaves the reply unchecked" in fault.message
    assert fault.mark.line == 3


def test_what_its_reply_is_made_of_may_be_said(said):
    assert said(SIGNED, f"{OWN}\n{SIGNED}") == []
    assert said(SIGNED, f"{OWN}\nreply: [json: {{}}]") == []
    assert said("reply: [json: {}]", OWN) == []
    assert said(SIGNED, "") == []


FORMS = "reply: [[verify: { algo: md5, over: [body, secret.key], from: header.X-Sign }, json: {}], [json: {}]]"


def test_a_form_of_reply_that_nobody_checks_beside_one_that_is_checked_is_told(said):
    (fault,) = said(FORMS, "")
    assert fault.code == "W424"
    assert "form 2 of the reply is believed without the verify of the others" in fault.message
    (fault,) = said("", FORMS)
    assert fault.code == "W424"


def test_forms_that_are_all_checked_or_none_of_which_is_are_not_told_of(said):
    assert (
        said(
            FORMS.replace("[json: {}]]", "[" + FORMS.split("[[")[1].split(", json", maxsplit=1)[0] + ", json: {}]]"), ""
        )
        == []
    )
    assert said("reply: [[json: {}], [xml: {}]]", "") == []
