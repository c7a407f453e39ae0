"""The shipped carriers' shapes read back what they write, for every canonical value their tables carry."""

from datetime import date
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import Address, Coverage, Gender, IdDocument, IdType, Money, Party, Phone

WORDS = st.text("ABCxyz09张三 é-", min_size=1, max_size=12).map(str.strip).filter(bool)
NUMBERS = st.text("0123456789X", min_size=1, max_size=11)
PARTIES = st.builds(
    Party,
    name=WORDS,
    gender=st.sampled_from([Gender.male, Gender.female]),
    birth_date=st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    id_docs=st.lists(
        st.builds(IdDocument, type=st.sampled_from([IdType.cn_resident_id, IdType.passport]), number=NUMBERS),
        min_size=1,
        max_size=1,
    ).map(tuple),
    phones=st.lists(st.builds(Phone, number=st.just("13800138000")), min_size=1, max_size=1).map(tuple),
    email=st.just("a@b.example"),
    address=st.builds(Address, line=WORDS),
)
PEOPLE = [
    "aurora.policyholder",
    "aurora.person",
    "bamboo.policyholder",
    "bamboo.person",
    "lotus.applicant",
    "lotus.insured_person",
]


def halves(name):
    """Both functions of a shape; the reading one takes the raw codes it could not place."""
    carrier, _, shape = name.partition(".")
    module = import_module(f"adapters.{carrier}.carrier")
    return getattr(module, f"{shape}_out"), getattr(module, f"{shape}_in")


@pytest.mark.parametrize("name", PEOPLE)
@settings(max_examples=120, deadline=None)
@given(party=PARTIES)
def test_a_person_a_carrier_takes_is_read_back_as_sent(name, party):
    out, back = halves(name)
    wire, raw = out(party), {}
    read = back(wire, raw, "")
    assert raw == {}
    assert out(read) == wire
    for field in ("name", "gender", "birth_date", "id_docs", "phones", "email", "address"):
        told = getattr(read, field)
        assert told in (getattr(party, field), None, ()), field
    assert (read.name, read.gender, read.birth_date) == (party.name, party.gender, party.birth_date)


@pytest.mark.parametrize("carrier", ["aurora", "lotus"])
@settings(max_examples=60, deadline=None)
@given(data=st.data(), fen=st.integers(0, 10**11))
def test_a_coverage_keeps_its_code_and_its_sum_to_the_fen(carrier, data, fen):
    out, back = halves(f"{carrier}.coverage")
    code = data.draw(st.sampled_from(sorted(import_module(f"adapters.{carrier}.codes").COVERAGE_OUT)))
    cover = Coverage(code=code, sum_insured=Money(amount=fen, currency="CNY"))
    assert back(out(cover)) == cover
