"""Several calls for one operation, and carriers without a mapping."""

import json
import shutil
from base64 import b64decode
from importlib import import_module, invalidate_caches
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from msgspec.structs import replace

from cli.codegen import generate
from gateway.model import (
    Beneficiary,
    Coverage,
    Insured,
    InsuredRole,
    Money,
    Party,
    PartyType,
    Plan,
    PolicyIssueRequest,
)
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import OutcomeKind, SafetyClass
from gateway.wire import Secret, xml_in

CARRIERS = Path(__file__).parents[1] / "mapping" / "carriers"
OWNER = Party(name="业主", email="o@x.cn")


def request(**more):
    return PolicyIssueRequest(
        client_ref="o", product="p@1", policyholder=OWNER, expected_premium=Money(amount=1, currency="CNY"), **more
    )


@pytest.fixture
def site(workshop):
    shutil.copytree(CARRIERS / "breakwater", workshop.root / "mappings" / "carriers" / "breakwater")
    report = generate(workshop.root)
    assert not report.errors
    invalidate_caches()
    return import_module("adapters.breakwater.policy_issue__site")


def test_each_step_has_its_own_call_and_class(site):
    price, issue = site.OPERATION.steps
    assert (price.name, price.operation, price.safety) == ("price", "quote.create", SafetyClass.read)
    assert (issue.operation, issue.safety) == ("policy.issue", SafetyClass.write_blind)
    assert site.OPERATION.variant == "site"


def test_a_step_sees_what_an_earlier_one_was_told(site, ctx):
    assert "OfferNo" not in site.message_price(request(), ctx)["Body"]["Very"]["Long"]["Way"]
    later = replace(ctx, steps={"price": {"OfferNo": "Q7"}})
    wire = site.message_issue(request(), later)
    assert wire["Body"]["Very"]["Long"]["Way"]["OfferNo"] == "Q7"
    assert wire["Head"]["Mode"] == "2"


def test_a_variant_says_whether_it_serves_a_request(site, ctx):
    assert site.OPERATION.when(request(), ctx) is False


def test_a_graph_names_its_actors_by_id(site, ctx):
    heirs = (Beneficiary(party=Party(name="甲"), share="1/2"), Beneficiary(party=Party(name="乙"), share="1/2"))
    way = site.message_price(request(beneficiaries=heirs), ctx)["Body"]["Very"]["Long"]["Way"]
    assert [(link["role"], link["@to"], link["Percent"]) for link in way["Link"]] == [
        ("34", "HEIR1", "50"),
        ("34", "HEIR2", "50"),
    ]
    assert [(actor["@id"], actor["Person"]["Name"]) for actor in way["Actor"]] == [("HEIR1", "甲"), ("HEIR2", "乙")]


def test_people_stand_under_the_plan_they_name(site, ctx):
    people = (Insured(plan="a", party=Party(name="甲")), Insured(plan="b", party=Party(name="乙")))
    plans = (Plan(ref="a"), Plan(ref="b"))
    way = site.message_price(request(insureds=people, plans=plans), ctx)["Body"]["Very"]["Long"]["Way"]
    named = [
        (level["LevelNo"], [one["Person"]["Name"] for one in level["People"]["P"]]) for level in way["Levels"]["Level"]
    ]
    assert named == [("a", ["甲"]), ("b", ["乙"])]


def test_a_role_nobody_has_gets_a_filler_record(site, ctx):
    people = (Insured(role=InsuredRole.owner, party=Party(name="甲", type=PartyType.org)),)
    members = site.message_price(request(insureds=people), ctx)["Body"]["Very"]["Long"]["Way"]["Roll"]["Member"]
    assert [member["Role"] for member in members] == ["1", "2"]
    assert members[0]["Company"]["Title"] == "甲"
    assert members[1]["Street"] == "-"


def test_presence_and_plain_values_of_one_list_stand_apart(site, ctx):
    covers = (Coverage(code="theft"), Coverage(code="fire"))
    way = site.message_price(request(coverages=covers), ctx)["Body"]["Very"]["Long"]["Way"]
    assert (way["TheftYN"], way["Codes"]) == ("Y", ["fire"])


def test_the_first_form_that_decodes_is_taken_and_a_number_of_another_is_unknown(site, ctx, reply_of):
    said = "<TRANSACTION><Head><Code>0</Code><Serial>{}</Serial></Head><OfferNo>Q1</OfferNo></TRANSACTION>"
    ours = site.parse_price(reply_of(said.format("A" * 20)), request(), ctx)
    assert (ours.outcome.kind, ours.wire["OfferNo"]) == (OutcomeKind.accepted, "Q1")
    assert site.parse_price(reply_of(said.format("B" * 20)), request(), ctx).outcome.kind is OutcomeKind.unknown
    fault = site.parse_price(reply_of("<Fault>down</Fault>"), request(), ctx)
    assert fault.outcome.kind is OutcomeKind.unknown


def test_a_code_may_be_cut_out_of_a_text(site, ctx, reply_of):
    said = "<TRANSACTION><Head><Code>9</Code><Text>E17X: 不承保</Text><Serial>{}</Serial></Head></TRANSACTION>"
    reply = site.parse_price(reply_of(said.format("A" * 20).encode("gbk")), request(), ctx)
    assert (reply.outcome.kind, reply.outcome.code) == (OutcomeKind.declined, "underwriting.refused")
    assert reply.result.reasons[0].text == "E17X: 不承保"


def test_results_of_single_insureds_and_numbers_to_give_back_are_kept(site, ctx, reply_of):
    said = (
        "<TRANSACTION><Head><Serial>{}</Serial></Head><PolicyNo>P1</PolicyNo><CheckCode>c9</CheckCode>"
        "<People><P><Id>i1</Id><Flag>1</Flag></P></People></TRANSACTION>"
    )
    reply = site.parse_issue(reply_of(said.format("A" * 20)), request(), ctx)
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.result.refs == {"check_code": "c9"}
    assert reply.result.insureds[0].ref == "i1"


def test_the_request_is_wrapped_in_base_64_inside_a_form(site, ctx):
    fields = parse_qs(site.build_price(request(), ctx).body.decode())
    tree = xml_in(b64decode(fields["data"][0]).decode("gbk"), "TRANSACTION")
    assert tree["Head"]["Mode"] == "1"
    assert fields["user"] == ["u-1"]


NATIVE = """\
carrier: { id: ID, name: Native, version: "1", canonical: insure/2026-01 }
native: true
transport: { url: "{config.base_url}" }
unsupported: { claim.withdraw: by e-mail only }
errors: { other: { is: unknown, code: carrier.unmapped } }
"""


def test_a_native_carrier_has_a_thin_module_for_every_operation_it_supports(workshop, ctx):
    made = workshop.made("native", {"carrier.yaml": NATIVE})
    carrier = made.module("carrier").CARRIER
    asked = {name for name, spec in OPERATIONS.items() if not spec.is_optional}
    assert set(carrier.operations) == asked - {"claim.withdraw"}
    assert carrier.unsupported == {"claim.withdraw": "by e-mail only"}
    secrets = {"token": Secret("t"), "hmac_key": Secret("k")}
    issue = made.module("policy_issue")
    sent = issue.build(request(), replace(ctx, secrets=secrets))
    assert sent.url == "https://carrier.test/carrier/v1/policy/issue"
    assert json.loads(sent.body)["request_no"] == ctx.request_no
    assert issue.OPERATION.safety is SafetyClass.write_replay
    assert made.module("policy_get").OPERATION.safety is SafetyClass.read
