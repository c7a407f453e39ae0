"""Case tables: several fields against several fields, the first that holds, in both directions."""

import json
from datetime import date

import pytest

from gateway.model import Coverage, Gender, IdDocument, IdType, Insured, Party, PartyType, PayTerm, Relationship, Term
from gateway.model.enums import PayTermUnit, TermUnit
from gateway.wire import CannotSend

TERM = """\
  fields:
    coverages:
      list: L
      fields:
        code: { to: c }
        term:
          cases:
            - { is: { unit: lifetime }, wire: { Dur: "999", Unit: $- } }
            - { is: { unit: year, value: $n }, wire: { Unit: Y, Dur: $n as int } }
            - { is: { unit: [month, day], value: $n }, lossy: days as months, wire: { Unit: M, Dur: $n as int } }
        pay_term:
          cases:
            - { is: { unit: single }, wire: { PayUnit: S } }
            - { is: { unit: year, value: $n }, wire: { PayUnit: Y, Pay: $n as int } }
"""


def cover(unit=None, value=None, pay=None, pays=None):
    term = Term(unit=unit, value=value) if unit is not None else None
    return Coverage(code="A", term=term, pay_term=PayTerm(unit=pay, value=pays) if pay is not None else None)


@pytest.fixture
def terms(both):
    return both(TERM)


@pytest.mark.parametrize(
    ("item", "wire"),
    [
        (cover(), {"c": "A"}),
        (cover(TermUnit.lifetime), {"c": "A", "Dur": "999"}),
        (cover(TermUnit.year, 20), {"c": "A", "Unit": "Y", "Dur": 20}),
        (cover(TermUnit.lifetime, None, PayTermUnit.single), {"c": "A", "Dur": "999", "PayUnit": "S"}),
    ],
)
def test_each_table_of_a_shape_works_on_its_own_part_both_ways(terms, item, wire):
    assert terms.sent(coverages=(item,)) == {"L": [wire]}
    assert terms.read({"L": [wire]}).result.coverages == (item,)


def test_several_canonical_values_may_share_a_code_and_none_of_them_is_read_back(terms):
    for unit in (TermUnit.month, TermUnit.day):
        assert terms.sent(coverages=(cover(unit, 3),)) == {"L": [{"c": "A", "Unit": "M", "Dur": 3}]}
    reply = terms.read({"L": [{"c": "A", "Unit": "M", "Dur": 3}]})
    assert reply.result.coverages[0].term is None


def test_a_value_no_case_holds_for_is_refused_before_sending_and_the_mapping_line_is_named(terms):
    request = terms.request(coverages=(cover(TermUnit.to_age, 60),))
    with pytest.raises(CannotSend, match="no case of term holds") as caught:
        terms.module.build(request, terms.ctx)
    assert ".yaml:" in caught.value.line


@pytest.mark.parametrize("wire", [{"Unit": "Q", "Dur": 1}, {"Unit": "Y", "Dur": "many"}, {"Dur": "998"}])
def test_a_wire_no_case_holds_for_makes_the_result_incomplete_as_an_unknown_code_does(terms, wire):
    reply = terms.read({"L": [{"c": "A", **wire}, {"c": "B"}]})
    assert reply.result.coverages == (Coverage(code="B"),)
    assert reply.incomplete
    (problem,) = reply.problems
    assert problem.startswith("no case holds for ")
    assert "policy_issue.yaml" in problem


def test_a_wire_that_says_nothing_sets_nothing(terms):
    reply = terms.read({"L": [{"c": "A", "Unit": "", "Dur": None}]})
    assert (reply.result.coverages, reply.incomplete) == ((Coverage(code="A"),), False)


def test_a_case_that_sets_nothing_is_first_all_the_same(both):
    rows = """\
  fields:
    insureds:
      list: L
      fields:
        party.name: { to: n }
        relationship_to_policyholder:
          cases:
            - { is: [spouse, parent], lossy: one code for two, wire: { rel: "9" } }
            - { is: child, wire: { rel: ["9", "3"] } }
"""
    made = both(rows)
    assert made.read({"L": [{"n": "A", "rel": "9"}]}).result.insureds[0].relationship_to_policyholder is None
    assert made.read({"L": [{"n": "A", "rel": "3"}]}).result.insureds[0].relationship_to_policyholder == "child"


def test_a_filler_is_no_unknown_code(both):
    rows = """\
  missing: "-"
  fields:
    policyholder:
      to: h
      missing: "-"
      fields:
        name: { to: n }
        gender: { missing: "-", cases: [{ is: male, wire: { g: "1" } }, { is: female, wire: { g: "2" } }] }
"""
    reply = both(rows).read({"h": {"n": "A", "g": "-"}})
    assert (reply.result.policyholder.gender, reply.incomplete) == (None, False)


def test_a_capture_whose_codec_refuses_leaves_the_place_to_the_next_case(both):
    deal = both(
        "  fields:\n    policyholder:\n      to: .\n      fields: { name: { to: n } }\n      cases:\n"
        "        - { is: { birth_date: $d }, wire: { born: $d as date(yyyyMMdd) } }\n"
        "        - { is: { employer: $e }, wire: { born: $e } }\n"
    )
    born = Party(name="x", birth_date=date(1990, 1, 2))
    assert deal.sent(policyholder=born) == {"n": "x", "born": "19900102"}
    assert deal.read({"n": "x", "born": "19900102"}).result.policyholder == born
    assert deal.read({"n": "x", "born": "nobody"}).result.policyholder == Party(name="x", employer="nobody")


SEX = 'enums:\n  sex: { of: gender, map: { male: "1", female: "2" }, send_other: error, read_other: error }\n'


def test_a_capture_may_go_through_a_code_table(both):
    deal = both(
        "  fields:\n    policyholder:\n      to: .\n      fields: { name: { to: n } }\n      cases:\n"
        "        - { is: { type: person, gender: $g }, wire: { kind: P, sex: $g as enum(sex) } }\n"
        "        - { is: { type: org }, wire: { kind: O } }\n",
        codes=SEX,
    )
    woman = Party(name="x", gender=Gender.female)
    assert deal.sent(policyholder=woman) == {"n": "x", "kind": "P", "sex": "2"}
    assert deal.read({"n": "x", "kind": "P", "sex": "2"}).result.policyholder == woman
    assert deal.read({"n": "x", "kind": "P", "sex": "9"}).result.policyholder.gender is None
    org = Party(name="x", type=PartyType.org)
    assert deal.read(deal.sent(policyholder=org)).result.policyholder == org


RELATION = """\
  fields:
    insureds.0.relationship_to_policyholder:
      lossy: one code per policy
      cases:
        - { is: child, when: req.policyholder.gender == "male", wire: { Rel: "21" } }
        - { is: child, wire: { Rel: "22" } }
        - { is: [employee, employer], wire: { Rel: "40" } }
        - { is: $_, wire: { Rel: "99" } }
        - { is: $-, wire: { Rel: "00" } }
"""


@pytest.mark.parametrize(
    ("relation", "gender", "code"),
    [
        (Relationship.child, Gender.male, "21"),
        (Relationship.child, Gender.female, "22"),
        (Relationship.child, None, "22"),
        (Relationship.employee, None, "40"),
        (Relationship.employer, Gender.male, "40"),
        (Relationship.spouse, None, "99"),
        (None, Gender.male, "00"),
    ],
)
def test_a_code_with_two_inputs_asks_conditions_beside_values(both, relation, gender, code):
    deal = both(RELATION)
    people = (Insured(relationship_to_policyholder=relation),)
    assert deal.sent(policyholder=Party(name="x", gender=gender), insureds=people) == {"Rel": code}


@pytest.mark.parametrize(
    ("code", "relation"),
    [("21", Relationship.child), ("22", Relationship.child), ("40", None), ("99", None), ("7", None)],
)
def test_a_list_of_values_and_presence_set_nothing_when_read(both, code, relation):
    insureds = both(RELATION).read({"Rel": code}).result.insureds
    assert [one.relationship_to_policyholder for one in insureds] == ([relation] if relation else [])


BLOCKS = """\
  fields:
    policyholder:
      to: holder
      fields:
        .:
          cases:
            - { is: { type: person }, wire: { Kind: N }, to: Person, fields: { name: { to: Name }, birth_date: { to: Born, as: date(dd/MM/yyyy) } } }
            - { is: { type: org }, wire: { Kind: C }, to: Company, fields: { name: { to: Title }, org.tax_no: { to: TaxNo } } }
        email: { to: Mail }
"""


def test_a_case_may_carry_a_block_of_rows_of_its_own(both):
    deal = both(BLOCKS)
    person = Party(name="x", birth_date=date(1990, 1, 2), email="m")
    wire = {"holder": {"Kind": "N", "Person": {"Name": "x", "Born": "02/01/1990"}, "Mail": "m"}}
    assert deal.sent(policyholder=person) == wire
    assert deal.read(wire).result.policyholder == person


def test_the_other_block_is_neither_written_nor_read(both):
    deal = both(BLOCKS)
    wire = {"holder": {"Kind": "C", "Company": {"Title": "Acme", "TaxNo": "T1"}}}
    reply = deal.read({"holder": {**wire["holder"], "Person": {"Name": "ghost"}}})
    assert (reply.result.policyholder.name, reply.result.policyholder.type) == ("Acme", PartyType.org)
    assert reply.result.policyholder.org.tax_no == "T1"
    assert deal.sent(policyholder=reply.result.policyholder) == wire


def test_a_case_without_wire_is_the_one_whose_element_is_there(both):
    deal = both(BLOCKS.replace("wire: { Kind: N }, ", "").replace("wire: { Kind: C }, ", ""))
    company = deal.read({"holder": {"Company": {"Title": "Acme"}}}).result.policyholder
    assert (company.type, company.name) == (PartyType.org, "Acme")
    assert deal.read({"holder": {"Person": {"Name": "x"}}}).result.policyholder == Party(name="x")


EXPIRY = """\
  fields:
    policyholder.name: { to: n }
    policyholder.id_docs.0:
      to: .
      fields: { type: { to: t, as: enum(doc) }, number: { to: no } }
      cases:
        - { is: { long_term: true }, wire: { exp: "99991231" } }
        - { is: { valid_to: $d }, wire: { exp: $d as date(yyyyMMdd) } }
        - { is: { valid_to: $- }, wire: { exp: $- } }
"""
DOCS = "enums:\n  doc: { of: id_type, map: { passport: P }, send_other: X, read_other: other }\n"


@pytest.mark.parametrize(
    ("more", "exp"), [({"long_term": True}, "99991231"), ({"valid_to": date(2030, 1, 1)}, "20300101"), ({}, None)]
)
def test_a_constant_that_looks_like_a_value_is_tried_first_both_ways(both, more, exp):
    deal = both(EXPIRY, codes=DOCS)
    party = Party(name="x", id_docs=(IdDocument(type=IdType.passport, number="E1", **more),))
    wire = {"n": "x", "t": "P", "no": "E1"} | ({"exp": exp} if exp else {})
    assert deal.sent(policyholder=party) == wire
    assert deal.read(wire).result.policyholder == party


def test_a_case_that_contradicts_what_a_row_has_read_does_not_hold(both):
    deal = both(
        "  fields:\n    policyholder:\n      to: .\n      fields: { name: { to: n }, gender: { to: s, as: enum(sex) } }\n"
        "      cases:\n"
        "        - { is: { gender: male, employer: a }, wire: { k: '1' } }\n"
        "        - { is: { gender: female, employer: b }, wire: { k: '1' } }\n",
        codes=SEX,
    )
    assert deal.read({"n": "x", "s": "2", "k": "1"}).result.policyholder.employer == "b"
    assert deal.read({"n": "x", "s": "1", "k": "1"}).result.policyholder.employer == "a"
    with pytest.raises(CannotSend, match="no case"):
        deal.sent(policyholder=Party(name="x", gender=Gender.male, employer="b"))


def test_a_capture_that_is_bound_on_one_side_only_is_refused_at_generation(workshop, carrier_yaml, operation_yaml):
    case = "policyholder.name: { cases: [{ is: $a, wire: { n: $b } }] }"
    text = operation_yaml.replace("policyholder.name: { to: holder }", case)
    found = workshop.refused("bound", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": text})
    assert any("policy_issue.yaml:7" in fault for fault in found), found


def test_cases_of_a_list_row_are_about_its_items_and_stand_beside_their_rows(both):
    deal = both(
        "  fields:\n    coverages:\n      list: L\n      fields: { code: { to: c } }\n      cases:\n"
        "        - { is: { is_main: true }, wire: { k: M } }\n        - { is: { is_main: $_ }, lossy: test, wire: { k: R } }\n"
    )
    covers = (Coverage(code="A", is_main=True), Coverage(code="B", is_main=False), Coverage(code="C"))
    wire = deal.sent(coverages=covers)
    assert wire == {"L": [{"c": "A", "k": "M"}, {"c": "B", "k": "R"}, {"c": "C"}]}
    assert deal.read(wire).result.coverages == (covers[0], Coverage(code="B"), covers[2])


def test_a_shape_and_cases_in_one_row_are_refused_since_the_shape_has_cases_of_its_own(
    workshop, carrier_yaml, operation_yaml
):
    row = "policyholder: { to: p, shape: who, cases: [{ is: { type: org }, wire: { k: O } }] }"
    text = operation_yaml.replace("policyholder.name: { to: holder }", row)
    shapes = "shapes:\n  who: { of: Party, fields: { name: { to: n } } }\n"
    found = workshop.refused("twofold", {"carrier.yaml": carrier_yaml + shapes, "policy_issue.yaml": text})
    assert any("E116" in fault and "policy_issue.yaml:7" in fault for fault in found), found


TYPED = """\
  fields:
    insureds:
      list: L
      fields:
        relationship_to_policyholder:
          cases:
            - { is: self, wire: { status: =1, main: =True } }
            - { is: spouse, wire: { status: =-2, main: =False } }
            - { is: child, wire: { status: [=0.5, "3"], main: '="=x"' } }
            - { is: $_, lossy: no other, wire: { status: "1", main: "no" } }
"""


@pytest.mark.parametrize(
    ("relation", "status", "main"),
    [("self", 1, True), ("spouse", -2, False), ("child", 0.5, "=x"), ("parent", "1", "no")],
)
def test_a_case_writes_a_number_or_flag_of_json_as_send_does_and_reads_it_back(both, relation, status, main):
    deal = both(TYPED)
    person = Insured(party=Party(name="x"), relationship_to_policyholder=Relationship(relation))
    assert json.loads(deal.body(insureds=(person,))) == {"L": [{"status": status, "main": main}]}
    if relation != "parent":
        (read,) = deal.read({"L": [{"status": status, "main": main}]}).result.insureds
        assert read.relationship_to_policyholder == relation


def test_where_a_wire_knows_texts_alone_a_typed_constant_is_its_text(both):
    deal = both(TYPED, transport="kind: xml, xml: { root: R }")
    person = Insured(party=Party(name="x"), relationship_to_policyholder=Relationship.self)
    assert b"<L><status>1</status><main>true</main></L>" in deal.body(insureds=(person,))


@pytest.mark.parametrize("wrong", ["=req.plan", "=01", "=1e5", "=None", "='a' + 'b'", "=", "=--1"])
def test_what_is_no_constant_is_no_pattern(workshop, carrier_yaml, operation_yaml, wrong):
    case = f'policyholder.gender: {{ cases: [{{ is: male, wire: {{ sex: "{wrong}" }} }}] }}'
    operation = operation_yaml.replace("policyholder.name: { to: holder }", case)
    said = workshop.said("untyped", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation})
    assert any(f"E115: '{wrong}' is no constant" in each for each in said)


ASKED_ONLY = [
    ("numbers(kind=policy).no: $_", {"numbers": ()}),
    ("policyholder.birth_date: $_", {"policyholder": None}),
    ("status: $_", {"status": None}),
    ("premium.gross: $_", {"premium": None}),
    ("period: $_", {"period": None}),
]


@pytest.mark.parametrize("around", ["", ", fields: { issued_at: { to: at, as: datetime(iso) } }"])
@pytest.mark.parametrize(("asked", "empty"), ASKED_ONLY)
def test_a_field_that_a_case_only_asks_after_is_left_alone_when_a_reply_is_read(fragment, asked, empty, around):
    case = f"  cases: [{{ is: {{ {asked} }}, lossy: only whether, wire: {{ .: $_ }}{around} }}]\n"
    piece = fragment("  fields: { policyholder.name: { to: h } }\n", case)
    reply = piece.read('{"at":"2026-03-01T08:00:00+08:00"}')
    assert reply.problems == ()
    assert {name: getattr(reply.result, name) for name in empty} == empty
    assert (reply.result.issued_at is not None) == bool(around)
