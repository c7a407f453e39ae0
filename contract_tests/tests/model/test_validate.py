"""What an expert finds wrong with a request: where, of which kind, all at once, and without quoting anybody."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from gateway.model import (
    Address,
    BankAccount,
    Beneficiary,
    ClaimReportRequest,
    ClaimSupplementBody,
    Copay,
    Coverage,
    CreditTerms,
    Document,
    Exposure,
    IdDocument,
    Insured,
    Location,
    Money,
    OnPolicy,
    Party,
    PartyType,
    PayTerm,
    PersonTravel,
    PersonTravelObject,
    Plan,
    PolicyGetBody,
    PolicyIssueBody,
    PolicyRef,
    Premium,
    PriorPolicy,
    Term,
    UnderwritingSubmitBody,
)
from gateway.model.examples import EXAMPLES, example_person, example_proposal, yuan
from gateway.model.validate import Fault, FaultCode, faults_of
from gateway.model.validate.identity import synthetic_id, synthetic_uscc

QUOTE = EXAMPLES["quote.create"]
ISSUE = EXAMPLES["policy.issue"]
PERSON = example_person()


def found(request, now):
    return [(fault.path, fault.code.value) for fault in faults_of(request, now=now)]


def with_party(**changes):
    return msgspec.structs.replace(QUOTE, insureds=(), objects=(), policyholder=changed(PERSON, **changes))


def changed(value, **changes):
    return msgspec.structs.replace(value, **changes)


def heirs(*shares, **common):
    return tuple(Beneficiary(party=PERSON, share=share, **common) for share in shares)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_sound_request_has_no_fault(name, now):
    assert faults_of(EXAMPLES[name], now=now) == ()


def test_every_fault_is_told_at_once_and_names_its_field(now):
    person = changed(
        PERSON, birth_date=date(1990, 3, 8), id_docs=(IdDocument(type="cn_resident_id", number="999999199003071235"),)
    )
    person = msgspec.convert(msgspec.to_builtins(person), Party)
    request = changed(
        QUOTE, insureds=(Insured(ref="i1", party=person),), coverages=(Coverage(code="A", insured_refs=("x",)),)
    )
    assert found(request, now) == [
        ("insureds.0.party.id_docs.0.number", "checksum"),
        ("insureds.0.party.birth_date", "incoherent"),
        ("coverages.0.insured_refs.0", "unknown_ref"),
    ]


def test_no_fault_quotes_a_value(now):
    person = changed(
        PERSON,
        name="Zhe\u0301ng-Very-Secret",
        email="secret at nowhere",
        birth_date=date(2090, 1, 1),
        id_docs=(IdDocument(type=PERSON.id_docs[0].type, number="SECRET"),),
    )
    faults = faults_of(changed(QUOTE, policyholder=person), now=now)
    assert len(faults) >= 4
    said = " ".join(fault.message for fault in faults).lower()
    assert "secret" not in said
    assert "2090" not in said


# --- people


@pytest.mark.parametrize(
    ("number", "faults"),
    [
        ("999999199003071234", []),
        ("999999900307123", []),
        ("999999199003071235", ["checksum"]),
        ("999999199013071234", ["malformed"]),
        ("9999991990030712", ["malformed"]),
        ("  ", ["missing"]),
    ],
)
def test_a_resident_number_has_the_right_form_and_check_character(number, faults, now):
    doc = changed(PERSON.id_docs[0], number=number)
    expected = [("policyholder.id_docs.0.number", each) for each in faults]
    assert found(with_party(id_docs=(doc,)), now) == expected


def test_a_number_ending_in_a_small_x_is_accepted(now):
    number = next(n for n in (synthetic_id(PERSON.birth_date, PERSON.gender, at) for at in range(500)) if n[-1] == "X")
    assert found(with_party(id_docs=(changed(PERSON.id_docs[0], number=number.lower()),)), now) == []


def test_a_residence_permit_of_hong_kong_follows_the_same_rule(now):
    doc = msgspec.convert({"type": "hk_mo_tw_residence", "number": "999999199003071235"}, IdDocument)
    assert found(with_party(id_docs=(doc,)), now) == [("policyholder.id_docs.0.number", "checksum")]


def test_a_passport_is_not_held_to_the_rule_of_another_document(now):
    doc = msgspec.convert({"type": "passport", "number": "E00000000"}, IdDocument)
    assert found(with_party(id_docs=(doc,)), now) == []


def test_the_gender_and_the_birth_date_agree_with_the_number(now):
    woman = msgspec.convert("female", type(PERSON.gender))
    assert found(with_party(gender=woman), now) == [("policyholder.gender", "incoherent")]
    unknown = msgspec.convert("unknown", type(PERSON.gender))
    assert found(with_party(gender=unknown), now) == []
    assert found(with_party(birth_date=date(1990, 3, 6)), now) == [("policyholder.birth_date", "incoherent")]


def test_nobody_is_born_tomorrow_by_the_clock_of_beijing(now):
    late = now.replace(hour=0, minute=30)
    assert found(with_party(id_docs=(), birth_date=late.date()), late) == []
    assert found(with_party(id_docs=(), birth_date=late.date() + timedelta(days=1)), late) == [
        ("policyholder.birth_date", "in_the_future")
    ]


def test_a_document_does_not_end_before_it_begins_nor_twice(now):
    doc = changed(PERSON.id_docs[0], valid_from=date(2025, 1, 2), valid_to=date(2025, 1, 1), long_term=False)
    assert found(with_party(id_docs=(doc,)), now) == [("policyholder.id_docs.0.valid_to", "order")]
    doc = changed(doc, valid_to=date(2035, 1, 1), long_term=True)
    assert found(with_party(id_docs=(doc,)), now) == [("policyholder.id_docs.0.long_term", "incoherent")]


def organisation(**changes):
    doc = msgspec.convert({"type": "uscc", "number": synthetic_uscc(7)}, IdDocument)
    return Party(**{"type": PartyType.org, "name": "示例商贸有限公司", "id_docs": (doc,), **changes})


def test_an_organisation_has_a_credit_code_that_checks_and_no_birthday(now):
    assert found(changed(QUOTE, insureds=(), objects=(), policyholder=organisation()), now) == []
    wrong = changed(organisation().id_docs[0], number=synthetic_uscc(7)[:-1] + "0")
    born = organisation(id_docs=(wrong,), birth_date=date(2001, 1, 1))
    assert found(changed(QUOTE, insureds=(), objects=(), policyholder=born), now) == [
        ("policyholder.id_docs.0.number", "checksum"),
        ("policyholder.birth_date", "incoherent"),
    ]


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"name": " "}, "name", "missing"),
        ({"name": "Jose\u0301"}, "name", "not_normalised"),
        ({"name": "张\ufffd"}, "name", "illegal_character"),
        ({"name": "张\x00三"}, "name", "illegal_character"),
        ({"name": "\u200b"}, "name", "illegal_character"),
        ({"name": "张三\u202e四李"}, "name", "illegal_character"),
        ({"name": "\ufeff张三"}, "name", "illegal_character"),
        ({"name": "三" * 4001}, "name", "too_long"),
        ({"email": "nobody"}, "email", "malformed"),
        ({"nationality": "CHN"}, "nationality", "malformed"),
        ({"address": Address(country="cn")}, "address.country", "malformed"),
        ({"annual_income": Money(amount=-1, currency="CNY")}, "annual_income.amount", "range"),
        ({"bank_account": BankAccount(number="6\x07")}, "bank_account.number", "illegal_character"),
    ],
)
def test_what_cannot_be_true_of_a_person_is_found(changes, path, code, now):
    assert found(with_party(**changes), now) == [(f"policyholder.{path}", code)]


@pytest.mark.parametrize(
    "name", ["𠮷田", "阿依古丽·买买提", "欧阳娜娜", "Anna-Maria O'Neil", "张三\n李四", "فاطمه\u200cزهرا"]
)
def test_rare_characters_middle_dots_and_line_breaks_are_names(name, now):
    assert found(with_party(name=name), now) == []


def test_whoever_is_the_policyholder_shows_the_policyholders_document(now):
    other = example_person(serial=7)
    insured = changed(QUOTE.insureds[0], party=other)
    assert found(changed(QUOTE, insureds=(insured,)), now) == [
        ("insureds.0.relationship_to_policyholder", "incoherent")
    ]


# --- beneficiaries


@pytest.mark.parametrize(
    "shares", [("1/3", "1/3", "1/3"), ("1/2", "1/4", "1/4"), ("1",), (None,), ("1/7", "2/7", "4/7"), ()]
)
def test_shares_that_make_a_whole_are_accepted(shares, now):
    assert found(changed(QUOTE, beneficiaries=heirs(*shares)), now) == []


@pytest.mark.parametrize(
    ("shares", "path"),
    [
        (("1/3", "1/3"), "0.share"),
        (("1/2", "1/2", "1/2"), "0.share"),
        (("1/3",), "0.share"),
        (("1/2", None), "1.share"),
        ((None, None), "0.share"),
        (("0", "1"), "0.share"),
        (("0.5", "0.5"), "0.share"),
        (("2",), "0.share"),
    ],
)
def test_shares_that_make_no_whole_are_found(shares, path, now):
    assert found(changed(QUOTE, beneficiaries=heirs(*shares)), now) == [(f"beneficiaries.{path}", "shares")]


def test_shares_are_summed_per_class_order_and_insured(now):
    cls = msgspec.convert("survival", type(Beneficiary().class_))
    assert found(changed(QUOTE, beneficiaries=heirs("1/2", "1/2") + heirs("1", class_=cls)), now) == []
    assert found(changed(QUOTE, beneficiaries=heirs("1/2", "1/2") + heirs("1", order=2)), now) == []
    assert found(changed(QUOTE, beneficiaries=heirs("1/2", insured_ref="i1") + heirs("1/2")), now) == [
        ("beneficiaries.0.share", "shares"),
        ("beneficiaries.1.share", "shares"),
    ]


def test_orders_follow_each_other_from_one(now):
    assert found(changed(QUOTE, beneficiaries=heirs("1") + heirs("1", order=3)), now) == [
        ("beneficiaries.1.order", "order")
    ]
    assert ("beneficiaries.0.order", "range") in found(changed(QUOTE, beneficiaries=heirs("1", order=0)), now)


def test_statutory_heirs_have_no_party_and_no_company(now):
    law = msgspec.convert({"kind": "statutory"}, Beneficiary)
    assert found(changed(QUOTE, beneficiaries=(law,)), now) == []
    assert found(changed(QUOTE, beneficiaries=(changed(law, party=PERSON),)), now) == [
        ("beneficiaries.0.party", "incoherent")
    ]
    assert found(changed(QUOTE, beneficiaries=(law, *heirs("1"))), now) == [("beneficiaries.0", "incoherent")]


def test_a_named_beneficiary_is_somebody_else_than_the_dead(now):
    assert found(changed(QUOTE, beneficiaries=(Beneficiary(),)), now) == [("beneficiaries.0.party", "missing")]
    oneself = msgspec.convert("self", type(QUOTE.insureds[0].relationship_to_policyholder))
    assert found(changed(QUOTE, beneficiaries=heirs("1", relationship_to_insured=oneself)), now) == [
        ("beneficiaries.0.relationship_to_insured", "incoherent")
    ]


# --- the contract's parts


def test_refs_and_object_ids_are_unique(now):
    one = QUOTE.objects[0]
    twin = changed(one, object_id="x")
    request = changed(QUOTE, insureds=QUOTE.insureds * 2, objects=(changed(one, object_id="x"), twin))
    assert found(request, now) == [
        ("insureds.1.ref", "duplicate"),
        ("objects.1.ref", "duplicate"),
        ("objects.1.object_id", "duplicate"),
        ("objects.1.client_ref", "duplicate"),
    ]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda q: {"coverages": (Coverage(code="A", insured_refs=("i1", "nobody")),)}, "coverages.0.insured_refs.1"),
        (lambda q: {"objects": (changed(q.objects[0], insured_refs=("nobody",)),)}, "objects.0.insured_refs.0"),
        (lambda _: {"beneficiaries": heirs("1", insured_ref="nobody")}, "beneficiaries.0.insured_ref"),
        (lambda q: {"plans": (Plan(ref="p1"),), "insureds": (changed(q.insureds[0], plan="p2"),)}, "insureds.0.plan"),
        (lambda _: {"plans": (Plan(ref="p1"),), "coverages": (Coverage(code="A", plan="p2"),)}, "coverages.0.plan"),
    ],
)
def test_a_ref_names_something_of_the_request(change, path, now):
    assert found(changed(QUOTE, **change(QUOTE)), now) == [(path, "unknown_ref")]


def test_without_plans_of_its_own_a_request_names_the_products_plans(now):
    assert found(changed(QUOTE, coverages=(Coverage(code="A", plan="standard"),)), now) == []


def test_an_insured_of_a_request_is_somebody(now):
    assert found(changed(QUOTE, insureds=(Insured(ref="i1"),)), now) == [("insureds.0.party", "missing")]


# --- single values


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"period": changed(QUOTE.period, end=QUOTE.period.start)}, "period.end", "order"),
        ({"period": changed(QUOTE.period, zone="Mars/Olympus")}, "period.zone", "malformed"),
        ({"coverages": (Coverage(code="A", sum_insured=yuan("-1")),)}, "coverages.0.sum_insured.amount", "range"),
        ({"coverages": (Coverage(code="A", sum_insured=Money(amount=10**15 + 1, currency="CNY")),)},
         "coverages.0.sum_insured.amount", "range"),
        ({"coverages": (Coverage(code="A", sum_insured=Money(amount=1, currency="ZZZ")),)},
         "coverages.0.sum_insured.currency", "malformed"),
        ({"coverages": (Coverage(code="A", sum_insured=Money(amount=1, currency="XAU")),)},
         "coverages.0.sum_insured.currency", "malformed"),
        ({"coverages": (Coverage(code="A", units=0),)}, "coverages.0.units", "range"),
        ({"coverages": (Coverage(code="A", copay=Copay(percent=Decimal(101))),)}, "coverages.0.copay.percent", "range"),
        ({"prior_policy": PriorPolicy(start=date(2025, 1, 2), end=date(2025, 1, 1))}, "prior_policy.end", "order"),
        ({"locations": (Location(ref="l", address=Address(), exposures=(Exposure(activity="\x01"),)),)},
         "locations.0.exposures.0.activity", "illegal_character"),
        ({"ext": {"deep": [{"er": "\x02"}]}}, "ext.deep.0.er", "illegal_character"),
        ({"ext": {str(at): 1 for at in range(201)}}, "ext", "too_many"),
        ({"documents": (Document(kind="photo"),)}, "documents.0", "missing"),
        ({"documents": (Document(kind="photo", sha256="XYZ"),)}, "documents.0.sha256", "malformed"),
        ({"documents": (Document(kind="photo", content=b"a", sha256="0" * 64),)}, "documents.0.sha256", "checksum"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_found(change, path, code, now):
    assert found(changed(QUOTE, **change), now) == [(path, code)]


@pytest.mark.parametrize(
    ("term", "faults"),
    [
        ({"unit": "year", "value": 1}, []),
        ({"unit": "lifetime"}, []),
        ({"unit": "year"}, [("value", "missing")]),
        ({"unit": "year", "value": 0}, [("value", "range")]),
        ({"unit": "lifetime", "value": 105}, [("value", "incoherent")]),
    ],
)
def test_a_term_has_a_value_where_its_unit_wants_one(term, faults, now):
    for cls, name in ((Term, "term"), (PayTerm, "pay_term")):
        coverage = Coverage(code="A", **{name: msgspec.convert(term, cls)})
        expected = [(f"coverages.0.{name}.{path}", code) for path, code in faults]
        assert found(changed(QUOTE, coverages=(coverage,)), now) == expected


def test_a_journey_ends_after_it_begins(now):
    trip = PersonTravelObject(person_travel=PersonTravel(departs_on=date(2025, 8, 2), returns_on=date(2025, 8, 1)))
    assert found(changed(QUOTE, objects=(trip,)), now) == [("objects.0.person_travel.returns_on", "order")]


def test_a_premium_has_one_currency(now):
    premium = Premium(gross=yuan("6.36"), tax=Money(amount=1, currency="USD"))
    assert found(changed(QUOTE, coverages=(Coverage(code="A", premium=premium),)), now) == [
        ("coverages.0.premium.tax.currency", "incoherent")
    ]


def test_money_cannot_be_received_tomorrow_but_clocks_may_differ_a_little(now):
    soon, tomorrow = now + timedelta(minutes=4), now + timedelta(days=1)
    assert found(changed(ISSUE, receipt=changed(ISSUE.receipt, paid_at=soon)), now) == []
    assert found(changed(ISSUE, receipt=changed(ISSUE.receipt, paid_at=tomorrow)), now) == [
        ("receipt.paid_at", "in_the_future")
    ]


def test_a_list_without_end_is_refused(now):
    assert found(changed(QUOTE, coverages=(Coverage(code="A"),) * 1001), now) == [("coverages", "too_many")]


# --- whole bodies


@pytest.mark.parametrize("ref", [{}, {"policy_id": "a", "number": "b"}, {"policy_id": "a", "client_ref": "b"}])
def test_a_policy_is_named_in_exactly_one_way(ref, now):
    assert found(PolicyGetBody(policy=PolicyRef(**ref)), now) == [("policy", "exactly_one")]


def test_an_issue_comes_from_one_source_only(now):
    bare = {"client_ref": "c1", "expected_premium": yuan("0.63")}
    assert found(PolicyIssueBody(**bare), now) == [("product", "missing"), ("policyholder", "missing")]
    assert found(PolicyIssueBody(**bare, quote_id="q1"), now) == []
    assert found(PolicyIssueBody(**bare, quote_id="q1", application_id="a1"), now) == [("quote_id", "exactly_one")]


def test_what_a_quote_has_fixed_is_not_said_again(now):
    terms = {name: getattr(QUOTE, name) for name in ("product", "policyholder", "coverages", "period")}
    body = UnderwritingSubmitBody(quote_id="q1", disclosures=(), consents=(), **terms)
    assert {path for path, code in found(body, now) if code == "not_both"} == set(terms)


def test_what_does_not_change_the_risk_may_join_a_quote(now):
    body = PolicyIssueBody(
        client_ref="c1", expected_premium=yuan("0.63"), quote_id="q1", note="gift",
        beneficiaries=heirs("1", insured_ref="i1"), payment=QUOTE.payment,
    )  # fmt: skip
    assert found(body, now) == []


def test_a_premium_is_received_or_owed_but_not_both(now):
    assert found(changed(ISSUE, credit_terms=CreditTerms(agreement="A1")), now) == [("credit_terms", "not_both")]


def claim_request(**changes):
    proposal, report = example_proposal(), EXAMPLES["claim.report"]
    context = {
        name: getattr(proposal, name) for name in set(OnPolicy.__struct_fields__) & set(proposal.__struct_fields__)
    }
    own = {name: getattr(report, name) for name in ("insured_refs", "object_refs", "occurrence", "reporter")}
    return ClaimReportRequest(**{**context, **own, **changes})


def test_a_claim_is_about_somebody_or_something_of_the_policy(now):
    assert found(claim_request(), now) == []
    assert found(claim_request(insured_refs=(), object_refs=()), now) == [("insured_refs", "missing")]
    assert found(claim_request(insured_refs=("i9",), object_refs=("o9",)), now) == [
        ("insured_refs.0", "unknown_ref"),
        ("object_refs.0", "unknown_ref"),
    ]


def test_a_claim_is_reported_after_it_happened_and_happened_before_now(now):
    body = EXAMPLES["claim.report"]
    early = body.occurrence.at - timedelta(hours=1)
    assert found(changed(body, notified_at=early), now) == [("notified_at", "order")]
    ahead = changed(body.occurrence, at=now + timedelta(days=1))
    assert found(changed(body, occurrence=ahead), now) == [("occurrence.at", "in_the_future")]


def test_a_change_says_what_changes_on_which_version_and_who_pays(now):
    body = EXAMPLES["endorsement.submit"]
    assert found(changed(body, changes=(), basis_version=0), now) == [
        ("changes", "missing"),
        ("basis_version", "range"),
    ]
    both = changed(body, payment=ISSUE.receipt, refund_account=BankAccount(number="62"))
    assert found(both, now) == [("refund_account", "not_both")]


def test_a_supplement_brings_something(now):
    assert found(ClaimSupplementBody(claim_id="c1"), now) == [("documents", "missing")]


def test_a_fault_is_written_to_json_as_it_is():
    fault = Fault("period.end", FaultCode.order, "the end is exclusive")
    assert msgspec.json.decode(msgspec.json.encode(fault), type=Fault) == fault
