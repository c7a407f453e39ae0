"""A shape is one table for both directions: what it writes, it reads back."""

import json
import shutil
from datetime import date
from importlib import import_module, invalidate_caches
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.codegen import generate
from gateway.model import (
    Address,
    Coverage,
    Gender,
    IdDocument,
    IdType,
    Money,
    Party,
    Phone,
    PolicyIssueRequest,
    Premium,
    Term,
    TermUnit,
)
from gateway.wire import Unreadable

CARRIERS = Path(__file__).parents[1] / "mapping" / "carriers"


@pytest.fixture
def shapes(workshop):
    shutil.copytree(CARRIERS / "aurora_pc", workshop.root / "mappings" / "carriers" / "aurora_pc")
    assert not generate(workshop.root).errors
    invalidate_caches()
    return import_module("adapters.aurora_pc.carrier")


DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
AMOUNTS = st.integers(0, 10**12).map(lambda amount: Money(amount=amount, currency="USD"))
TERMS = st.one_of(
    st.just(Term(unit=TermUnit.lifetime)),
    st.builds(
        Term,
        unit=st.sampled_from([TermUnit.year, TermUnit.month, TermUnit.day, TermUnit.to_age]),
        value=st.integers(1, 120),
    ),
)
COVERS = st.builds(
    Coverage,
    code=st.text("ABC019", min_size=1),
    sum_insured=st.none() | AMOUNTS,
    premium=st.none() | st.builds(Premium, gross=AMOUNTS),
    is_main=st.none() | st.booleans(),
    term=st.none() | TERMS,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cover=COVERS)
def test_every_coverage_written_is_read_back_as_it_was(shapes, cover):
    assert shapes.cover_in(shapes.cover_out(cover)) == cover


READ_BOTH = """\
shapes:
  who:
    of: Party
    fields:
      name: { to: Name }
      gender: { to: Sex, as: enum(sex) }
      birth_date: { to: Born, as: date(yyyyMMdd) }
      id_docs.0.type: { to: Id.Type, as: enum(doc) }
      id_docs.0.number: { to: Id.No, as: upper }
      phones.0.number: { to: Phone }
      address.line: { to: Street, missing: "-" }
    cases:
      - { is: { id_docs.0.long_term: true }, wire: { Exp: "99991231" } }
      - { is: { id_docs.0.valid_to: $d }, wire: { Exp: $d as date(yyyyMMdd) } }
"""
CODES = """\
enums:
  sex: { of: gender, map: { male: "1", female: "2" }, send_other: error, read_other: unknown }
  doc: { of: id_type, map: { passport: P, other: O }, read_also: { X: passport }, send_other: O, read_other: error }
"""


@pytest.fixture
def who(workshop, carrier_yaml, operation_yaml, ctx):
    operation = operation_yaml.replace("policyholder.name: { to: holder }", "policyholder: { to: H, shape: who }")
    operation += "    policyholder: { to: H, shape: who }\n"
    files = {"carrier.yaml": carrier_yaml + READ_BOTH, "codes.yaml": CODES, "policy_issue.yaml": operation}
    return workshop.made("both", files)


FULL = Party(
    name="张三", gender=Gender.female, birth_date=date(1990, 1, 2), phones=(Phone(number="1"),),
    id_docs=(IdDocument(type=IdType.passport, number="E1X", valid_to=date(2030, 1, 1)),), address=Address(line="街"),
)  # fmt: skip


@pytest.mark.parametrize(
    "party",
    [
        FULL,
        Party(name="x"),
        Party(name="x", id_docs=(IdDocument(type=IdType.other, number="1", long_term=True),)),
        Party(name="x", birth_date=date(1, 1, 1)),
    ],
)
def test_a_party_with_any_of_its_parts_is_read_back(who, party):
    carrier = who.module("carrier")
    raw: dict[str, str] = {}
    assert carrier.who_in(carrier.who_out(party), raw, "") == party
    assert raw == {}


def test_a_code_the_table_does_not_list_is_kept_as_it_was_read(who, ctx, reply_of):
    request = PolicyIssueRequest(
        client_ref="o", product="p@1", policyholder=FULL, expected_premium=Money(amount=1, currency="CNY")
    )
    body = '{"no": "%s", "ok": "1", "H": {"Name": "x", "Sex": "7"}}' % ("R" * 20)
    reply = who.module("policy_issue").parse(reply_of(body), request, ctx)
    assert reply.result.policyholder.gender is Gender.unknown
    assert reply.result.ext == {"raw": {"policyholder.gender": "7"}}


def test_several_codes_may_mean_one_thing_and_an_unknown_one_is_named(who):
    carrier = who.module("carrier")
    assert carrier.who_in({"Name": "x", "Id": {"Type": "X", "No": "1"}}, {}, "").id_docs[0].type is IdType.passport
    with pytest.raises(Unreadable, match="unknown doc code 'Q'"):
        carrier.who_in({"Name": "x", "Id": {"Type": "Q", "No": "1"}}, {}, "")


@pytest.mark.parametrize("name", [None, "", "  "])
def test_a_field_the_object_cannot_do_without_is_named_when_it_is_missing(who, name):
    with pytest.raises(Unreadable, match="missing wire field 'Name'"):
        who.module("carrier").who_in({"Name": name}, {}, "")


def test_the_filler_text_means_absent_in_both_directions(who):
    carrier = who.module("carrier")
    assert carrier.who_out(Party(name="x"))["Street"] == "-"
    assert carrier.who_in({"Name": "x", "Street": "-"}, {}, "").address is None


def test_what_an_object_cannot_do_without_is_asked_for_also_where_only_cases_give_it(
    workshop, carrier_yaml, operation_yaml
):
    shape = (
        "shapes:\n  cover:\n    of: Coverage\n    fields:\n"
        "      code: { cases: [{ is: DEATH, wire: { Risk: D1 } }, { is: MEDICAL, wire: { Risk: M1 } }] }\n"
    )
    issue = operation_yaml.replace("holder } }", "holder }, coverages: { list: risks, shape: cover } }", 1)
    issue += "    coverages: { list: risks, shape: cover }\n"
    carrier = workshop.made("required", {"carrier.yaml": carrier_yaml + shape, "policy_issue.yaml": issue}).module(
        "carrier"
    )
    assert carrier.cover_in({"Risk": "M1"}).code == "MEDICAL"
    with pytest.raises(Unreadable):
        carrier.cover_in({"Risk": "X9"})


def test_an_absent_value_has_a_case_of_its_own_after_one_that_takes_every_value(workshop, carrier_yaml, operation_yaml):
    shape = (
        "shapes:\n  cover:\n    of: Coverage\n    fields:\n      code: { to: Risk }\n"
        "      name: { cases: [{ is: Death, wire: { Kind: D } }, { is: $_, lossy: one word, wire: { Kind: O } }, "
        "{ is: $-, wire: { Kind: N } }] }\n"
    )
    issue = operation_yaml.replace("holder } }", "holder }, coverages: { list: risks, shape: cover } }", 1)
    files = {"carrier.yaml": carrier_yaml + shape, "policy_issue.yaml": issue}
    out = workshop.made("absent", files).module("carrier").cover_out
    kinds = [out(Coverage(code="C", name=name))["Kind"] for name in ("Death", "Fire", None)]
    assert kinds == ["D", "O", "N"]


def test_what_a_shape_takes_from_the_whole_request_counts_as_mapped(workshop, carrier_yaml, operation_yaml):
    shapes = """shapes:
  plain: { of: Insured, fields: { ref: { to: no } } }
  insured: { extends: plain, fields: { /beneficiaries: { list: heir, when: item.insured_ref == up.ref, fields: { party.name: { to: n } } } } }
"""
    rows = "fields: { insureds: { list: p, shape: SHAPE }, policyholder.name"
    for shape, told in (("plain", True), ("insured", False)):
        operation = operation_yaml.replace("fields: { policyholder.name", rows.replace("SHAPE", shape), 1)
        files = {"carrier.yaml": carrier_yaml + shapes, "policy_issue.yaml": operation}
        (said,) = [each for each in workshop.said("rooted", files, "E240") if "never sent" in each]
        assert ("'beneficiaries'" in said) is told
        assert "'insureds'" not in said


TO = "  fields: { numbers(kind=policy).no: { to: no } }\n"
PERSON = {"name": "A", "id_docs": [{"type": "passport", "number": "E1"}]}


def below(rows):
    """Documents of an insured's party, listed among the rows of the party."""
    inner = f"{{ to: pp, fields: {{ id_docs: {{ list: d, {rows} }} }} }}"
    return f"  fields: {{ insureds: {{ list: p, fields: {{ ref: {{ to: r }}, party: {inner} }} }} }}\n"


@pytest.mark.parametrize(
    ("rows", "who"),
    [
        ("fields: { ^name: { to: who } }", "A"),
        ("fields: { ^^ref: { to: who } }", "i1"),
        ("send: { who: =up.ref }, fields: { valid_to: { to: till, as: date(iso) } }", "i1"),
    ],
)
def test_a_list_among_the_rows_of_an_object_reaches_the_objects_around_it_in_their_order(fragment, rows, who):
    piece = fragment(below(rows), TO)
    sent = json.loads(piece.sent(insureds=[{"ref": "i1", "party": PERSON}]))
    assert sent == {"p": [{"r": "i1", "pp": {"d": [{"who": who}]}}]}


def test_a_shape_listed_among_the_rows_of_two_objects_reaches_each_of_them(fragment):
    shapes = "shapes:\n  doc: { of: IdDocument, fields: { ^name: { to: who }, number: { to: no } } }\n"
    docs = "{ list: d, shape: doc }"
    inner = f"party: {{ to: pp, fields: {{ id_docs: {docs} }} }}, party.id_docs: {{ list: e, fields: {{ number: {{ to: no }} }} }}"
    rows = (
        f"  fields:\n    policyholder: {{ to: h, fields: {{ id_docs: {docs} }} }}\n"
        f"    insureds: {{ list: p, fields: {{ {inner} }} }}\n"
    )
    piece = fragment(rows, TO, more=shapes)
    sent = json.loads(piece.sent(policyholder={**PERSON, "name": "H"}, insureds=[{"ref": "i1", "party": PERSON}]))
    assert (sent["h"]["d"][0]["who"], sent["p"][0]["pp"]["d"][0]["who"]) == ("H", "A")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (below("send: { who: =up.name }, fields: { number: { to: no } }"), "E303: up has no field 'name'"),
        (
            below("send: { who: =up.up.plan }, fields: { number: { to: no } }"),
            "E303: up has no field 'up'; up is the one",
        ),
        ("  fields: { policyholder: { to: h, send: { who: =item.name }, fields: { name: { to: n } } } }\n", "'item'"),
    ],
)
def test_what_item_and_up_are_not_is_told_by_the_check_and_not_by_the_generator_alone(
    workshop, carrier_yaml, operation_yaml, rows, said
):
    operation = operation_yaml.replace("  fields: { policyholder.name: { to: holder } }\n", rows)
    files = {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation}
    assert any(said in each for each in workshop.said("further", files, "E3"))


def test_rows_of_an_object_speak_of_the_item_they_belong_to(workshop, carrier_yaml, operation_yaml):
    row = "insureds: { list: p, fields: { party: { to: pp, send: { who: =item.ref }, fields: { name: { to: n } } } } }"
    operation = operation_yaml.replace("policyholder.name: { to: holder }", row)
    assert workshop.said("rows_of", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation}, "E3") == []
