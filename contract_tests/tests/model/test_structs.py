"""The Structs themselves: closed, frozen, and the same after a journey through JSON."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

import gateway.model as vocabulary
from gateway.model import (
    OPERATIONS,
    Beneficiary,
    CancellationSubmitBody,
    Gender,
    IdDocument,
    InsuredObject,
    Model,
    Money,
    Number,
    Party,
    Period,
    PolicyGetRequest,
    PolicyGetResult,
    PolicyIssueBody,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    UnderwritingSubmitBody,
    with_additions,
)
from gateway.model.examples import EXAMPLES, example_proposal, yuan
from gateway.model.reflect import describe

STRUCTS = [each for each in vars(vocabulary).values() if isinstance(each, type) and issubclass(each, Model)]
OBJECTS = InsuredObject.__args__


@pytest.mark.parametrize("cls", STRUCTS, ids=lambda cls: cls.__name__)
def test_every_struct_is_frozen_keyword_only_and_closed(cls):
    config = cls.__struct_config__
    assert config.frozen
    assert config.omit_defaults
    assert config.forbid_unknown_fields
    with pytest.raises(TypeError, match="positional"):
        cls(1)
    with pytest.raises(msgspec.ValidationError, match="contains unknown field `nobody_knows`"):
        msgspec.json.decode(b'{"nobody_knows": 1}', type=cls)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
@pytest.mark.parametrize("family", ["body", "request", "result", "view"])
def test_every_message_survives_a_journey_through_json(operation, family, random_of):
    cls = getattr(operation, family)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(random_of(cls))
    def journey(value):
        assert msgspec.json.decode(msgspec.json.encode(value), type=cls) == value

    journey()


@pytest.mark.parametrize("cls", OBJECTS, ids=lambda cls: cls.__name__)
def test_an_insured_object_says_its_type_and_carries_one_field_of_that_name(cls, random_of):
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(random_of(cls))
    def says(value):
        written = msgspec.to_builtins(value)
        assert written["type"] == value.type
        assert value.type in written
        assert msgspec.convert(written, InsuredObject) == value

    says()
    assert cls.__struct_config__.tag in describe(cls).fields


def test_an_unknown_kind_of_object_is_refused():
    with pytest.raises(msgspec.ValidationError, match="Invalid value"):
        msgspec.json.decode(b'{"type": "spaceship", "spaceship": {}}', type=InsuredObject)


def test_an_instant_without_offset_is_refused():
    raw = b'{"start": "2025-07-02T00:00:00", "end": "2025-08-01T00:00:00+08:00"}'
    with pytest.raises(msgspec.ValidationError, match="timezone"):
        msgspec.json.decode(raw, type=Period)


@pytest.mark.parametrize("raw", [b"6.36", b'"636"', b"true"])
def test_an_amount_is_a_whole_number_and_nothing_else(raw):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"amount": %s, "currency": "CNY"}' % raw, type=Money)


@pytest.mark.parametrize("currency", ["cny", "RMB1", "¥", ""])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(msgspec.ValidationError, match="matching regex"):
        msgspec.convert({"amount": 1, "currency": currency}, Money)


@pytest.mark.parametrize("share", ["0.333", "1/0", "-1", "33%", "1/3 "])
def test_a_share_that_is_no_rational_is_refused(share):
    with pytest.raises(msgspec.ValidationError, match="matching regex"):
        msgspec.convert({"share": share}, Beneficiary)


@pytest.mark.parametrize("product", ["freight-return", "freight-return@", "Freight@3", "@3"])
def test_a_product_names_its_version(product):
    with pytest.raises(msgspec.ValidationError, match="matching regex"):
        msgspec.convert({"product": product, "policyholder": {"name": "x"}}, OPERATIONS["quote.create"].body)


def test_a_number_keeps_its_leading_zeros():
    assert msgspec.json.decode(b'{"kind": "policy", "no": "000123"}', type=Number).no == "000123"
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"kind": "policy", "no": 123}', type=Number)


def test_a_field_named_by_a_reserved_word_keeps_the_word_in_json():
    assert msgspec.json.encode(Beneficiary(class_="survival")) == b'{"class":"survival"}'


def test_a_premium_is_in_the_currency_of_what_is_paid():
    assert Premium(gross=yuan("6.36")).currency == "CNY"


def test_an_issue_carries_a_complete_proposal_and_a_premium():
    fields = describe(PolicyIssueRequest).fields
    required = {name for name, field in fields.items() if field.required}
    assert required == {"product", "policyholder", "client_ref", "expected_premium"}


def test_the_bodies_ask_for_what_the_operation_cannot_do_without():
    def required(cls):
        return {name for name, field in describe(cls).fields.items() if field.required}

    assert required(PolicyIssueBody) == {"client_ref", "expected_premium"}
    assert required(UnderwritingSubmitBody) == {"disclosures", "consents"}
    assert required(CancellationSubmitBody) == {"policy", "kind", "effective_at", "requestor"}


def issue_request():
    terms = {name: getattr(example_proposal(), name) for name in example_proposal().__struct_fields__}
    return PolicyIssueRequest(**terms, client_ref="order-9917#o1", expected_premium=yuan("0.63"))


def test_an_unknown_issue_is_asked_after_by_its_natural_key():
    issue = issue_request()
    inquiry = PolicyGetRequest.after_issue(issue)
    assert inquiry.numbers == ()
    for name in ("policyholder", "insureds", "objects", "period", "product", "client_ref", "coverages"):
        assert getattr(inquiry, name) == getattr(issue, name)


def test_what_an_inquiry_finds_can_stand_for_the_answer_to_the_issue():
    found = PolicyGetResult(numbers=(Number(kind="policy", no="P1"),), premium=Premium(gross=yuan("0.63")))
    assert found.as_issue() == PolicyIssueResult(numbers=found.numbers, premium=found.premium)


def test_a_stored_proposal_takes_additions_and_keeps_the_rest():
    stored = example_proposal()
    body = PolicyIssueBody(quote_id="q1", client_ref="c1", expected_premium=yuan("0.63"), note="gift", plan="gold")
    joined = with_additions(stored, body)
    assert joined.note == "gift"
    assert joined.plan == stored.plan
    assert joined.payment == stored.payment


def test_a_repr_shows_no_personal_value():
    shown = repr(EXAMPLES["policy.issue"])
    person = EXAMPLES["policy.issue"].policyholder
    for secret in (
        person.name,
        person.id_docs[0].number,
        person.phones[0].number,
        person.email,
        "示例路",
        "1990, 3, 7",
    ):
        assert secret not in shown
    assert "name=***" in shown
    assert "freight-return@3" in shown


def test_a_repr_leaves_out_what_was_not_said():
    doc = IdDocument(type="passport", number="E00000000")
    assert repr(Party(name="x", id_docs=(doc,), gender=Gender.male)) == (
        "Party(name=***, id_docs=(IdDocument(type='passport', number=***),), gender=***)"
    )


def test_a_decimal_is_read_from_text_or_number_exactly():
    raw = b'{"code": "A", "rate": %s}'
    coverage = describe(PolicyIssueRequest).fields["coverages"].type.item.cls
    assert msgspec.json.decode(raw % b'"0.00625"', type=coverage).rate == Decimal("0.00625")
    assert msgspec.json.decode(raw % b"0.00625", type=coverage).rate == Decimal("0.00625")
