"""What generated code is measured against by hand gives the same bytes and makes the same checks."""

import pytest
from msgspec.structs import replace

from contract_tests.bench.figures import Figure, microseconds, paired_ratio
from contract_tests.bench.message import person, request
from contract_tests.bench.messages import all_messages
from gateway.model import Address, IdDocument, IdType, Insured, Money, Phone, Premium, Relationship, Term, TermUnit
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, Unreadable

MESSAGES = {each.name: each for each in all_messages()}


@pytest.fixture(params=list(MESSAGES))
def message(request):
    found = MESSAGES[request.param]
    yield found
    found.asked = globals()["ASKED"]


ASKED = request()
BARE = replace(person(1), gender=None, birth_date=None, id_docs=(), phones=(), email=None, address=None)
DOCUMENTS = (*person(1).id_docs, IdDocument(type=IdType.passport, number="x1"))
LONG = replace(person(1), name="长" * 40)
OTHERS = {
    "as measured": ASKED,
    "nothing optional": replace(ASKED, policyholder=BARE, insureds=(), coverages=()),
    "no period": replace(ASKED, period=None),
    "a bare address": replace(ASKED, policyholder=replace(person(2), address=Address())),
    "a passport": replace(ASKED, policyholder=replace(person(2), id_docs=(DOCUMENTS[1],))),
    "markup in a name": replace(ASKED, policyholder=replace(person(2), name='A & <B> "C"', email="a&b@example.com")),
    "a single insured": replace(ASKED, insureds=ASKED.insureds[:1], coverages=ASKED.coverages[:1]),
    "nothing to pay": replace(ASKED, expected_premium=Money(amount=5, currency="CNY")),
    "a refund": replace(ASKED, expected_premium=Money(amount=-1205, currency="CNY")),
    "lifelong": replace(ASKED, coverages=(replace(ASKED.coverages[0], term=Term(unit=TermUnit.lifetime), name=None),)),
    "an insured nobody": replace(ASKED, insureds=(Insured(ref="i1"),)),
}


@pytest.mark.parametrize("case", OTHERS)
def test_bytes_headers_and_results_are_the_same(message, case):
    message.asked = OTHERS[case]
    assert message.differences() == []


REFUSED = {
    "two documents": replace(ASKED, policyholder=replace(person(1), id_docs=DOCUMENTS)),
    "two telephones": replace(ASKED, policyholder=replace(person(1), phones=(Phone(number="13800000001"),) * 2)),
    "other money": replace(
        ASKED, coverages=(replace(ASKED.coverages[0], premium=Premium(gross=Money(amount=1, currency="USD"))),)
    ),
    "a kinship without code": replace(
        ASKED, insureds=(replace(ASKED.insureds[0], relationship_to_policyholder=Relationship.employee),)
    ),
    "a document without code": replace(
        ASKED,
        policyholder=replace(
            person(1),
            id_docs=(
                IdDocument(
                    type=IdType.other_company_doc
                    if hasattr(IdType, "other_company_doc")
                    else IdType.cn_household_register,
                    number="1",
                ),
            ),
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_wire_cannot_carry_is_refused_by_both(message, case):
    if message.name == "soap" and case == "other money":
        pytest.skip("this wire takes any currency")
    message.asked = REFUSED[case]
    with pytest.raises(CannotSend):
        message.build()
    with pytest.raises((CannotSend, KeyError)):
        message.hand.build(message.asked, message.known)


@pytest.mark.parametrize("name", ["json", "xml"])
def test_a_name_longer_than_the_carrier_allows_is_refused_by_both(name):
    message = MESSAGES[name]
    message.asked = replace(ASKED, policyholder=LONG)
    try:
        with pytest.raises(CannotSend):
            message.build()
        with pytest.raises(CannotSend):
            message.hand.build(message.asked, message.known)
    finally:
        message.asked = ASKED


DAMAGES = {
    "cut": lambda body: body[: len(body) // 2],
    "empty": lambda _: b"",
    "a page": lambda _: b"<!DOCTYPE html><html></html>",
    "another's": lambda body: body.replace(b"0123456789ABCDEFGHJKMNPQRSTVWX", b"9123456789ABCDEFGHJKMNPQRSTVWX"),
    "no number": lambda body: body.replace(b"BP0000000001", b""),
    "blank number": lambda body: body.replace(b"BP0000000001", b"   "),
    "no amount": lambda body: body.replace(b"23.00", b"2x.00"),
    "too fine an amount": lambda body: body.replace(b"23.00", b"23.001"),
    "no day": lambda body: body.replace(b"1981", b"19x1"),
    "a code nobody knows": lambda body: body.replace(b"GT01", b"GT02").replace(b'"00"', b'"77"').replace(b">00<", b">77<"),
    "a member nobody reads": lambda body: body.replace(b'"ref":', b'"odd":"1","ref":').replace(b"<InsuredNo>", b"<Odd/><InsuredNo>").replace(b"<b:relation>", b"<b:odd>1</b:odd><b:relation>"),
    "a list in place of a text": lambda body: body.replace(b'"email":"sample1@example.com"', b'"email":[]'),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_reply_is_understood_alike(message, damage):
    body = message.answer().body
    changed = DAMAGES[damage](body)
    answer = message.signed(changed)
    read, wanted = message.parse(answer), message.hand.parse(answer, message.asked, message.known)
    assert read.outcome.kind is wanted.outcome.kind
    assert read.incomplete == wanted.incomplete
    if read.outcome.kind is OutcomeKind.accepted and not read.incomplete:
        assert (sorted(read.unmapped), read.result) == (sorted(wanted.unmapped), wanted.result)


def test_a_reply_somebody_else_signed_is_no_reply_to_either():
    message = MESSAGES["xml"]
    answer = replace(message.answer(), headers=(("X-Sign", "0" * 32),))
    assert message.parse(answer).outcome.kind is OutcomeKind.unknown
    assert message.hand.parse(answer, message.asked, message.known).outcome.kind is OutcomeKind.unknown
    with pytest.raises(Unreadable):
        message.hand.decode(answer, message.known)


def test_without_layers_nothing_but_the_mapping_runs_and_the_layers_come_back(message):
    before, answer = message.build().body, message.answer()
    with message.without_layers(answer):
        assert message.build() == message.hand.message(message.asked, message.known)
    assert message.build().body == before


def test_a_ratio_is_of_the_least_times_and_a_figure_knows_its_limit():
    assert 0.2 < paired_ratio(lambda: sum(range(500)), lambda: sum(range(500)), rounds=5) < 5
    assert microseconds(lambda: sum(range(1000)), rounds=2, least_s=0.001) > 1
    assert not Figure(name="x", value=1.3, unit="x", limit=1.2).met
    assert Figure(name="x", value=1.3, unit="x", limit=1.2, rule="at_least").met
