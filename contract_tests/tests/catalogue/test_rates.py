"""Rates and limits: what routing knows of a premium before it asks, and whom it does not ask at all."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.tests.catalogue.limited import beyond_limits
from gateway.catalogue.facts import Facts
from gateway.catalogue.measures import days_of, objects_amount
from gateway.catalogue.products import Binding
from gateway.catalogue.rates import Rate, overlaps, premium
from gateway.model import (
    Address,
    Coverage,
    EventTicket,
    EventTicketObject,
    Freight,
    FreightObject,
    Insured,
    Money,
    Party,
    Period,
    Proposal,
    RoutingHints,
    Ticket,
)

BEIJING = timezone(timedelta(hours=8))
AT = datetime(2026, 3, 1, 9, tzinfo=BEIJING)


def cny(amount: int) -> Money:
    return Money(amount=amount, currency="CNY")


def person(born: int | None = None, **more: Any) -> Party:
    return Party(name="x", birth_date=date(born, 3, 2) if born else None, **more)


def proposal(sum_insured: int | None = 2500, **more: Any) -> Proposal:
    coverages = () if sum_insured is None else (Coverage(code="RETURN_FREIGHT", sum_insured=cny(sum_insured)),)
    return Proposal(
        **{"product": "freight-return@3", "plan": "standard", "policyholder": person(), "coverages": coverages, **more}
    )


def days(number: float) -> Period:
    return Period(start=AT, end=AT + timedelta(days=number))


def rate(**more: Any) -> Rate:
    return Rate(**{"start": date(2026, 1, 1), "rate": Decimal("0.025"), **more})


def priced(folder, request: Proposal, *rates: Rate, at: datetime = AT) -> Money | None:
    product = folder.snapshot().products["freight-return"]
    return premium(Binding(channel="x", rates=rates), Facts(request, at), product)


def test_a_rate_of_the_sum_insured_is_rounded_half_up_once(folder) -> None:
    assert priced(folder, proposal(2500), rate()) == cny(63)
    assert priced(folder, proposal(2499), rate()) == cny(62)


def test_the_sum_of_the_plan_serves_a_request_without_coverages(folder) -> None:
    assert priced(folder, proposal(None, plan=None), rate()) == cny(63)


def test_a_premium_stays_within_its_least_and_most(folder) -> None:
    bounded = rate(at_least=cny(50), at_most=cny(100))
    assert [priced(folder, proposal(each), bounded) for each in (100, 2500, 9000)] == [cny(50), cny(63), cny(100)]


def test_a_fixed_premium_counts_persons_and_begun_days(folder) -> None:
    fixed = rate(rate=None, of="fixed", amount=cny(150), per="insured_day")
    two = (Insured(ref="i1"), Insured(ref="i2"))
    assert priced(folder, proposal(insureds=two, period=days(5)), fixed) == cny(1500)
    assert priced(folder, proposal(insureds=two, period=days(4.1)), fixed) == cny(1500)
    assert priced(folder, proposal(insureds=two), fixed) is None


def test_a_fee_is_added_once(folder) -> None:
    assert priced(folder, proposal(12_000), rate(rate=Decimal("0.01"), plus=cny(100))) == cny(220)


def test_the_row_in_force_on_the_business_date_counts(folder) -> None:
    old, new = rate(until=date(2026, 3, 1)), rate(start=date(2026, 3, 1), rate=Decimal("0.03"))
    before_midnight_in_beijing = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
    assert priced(folder, proposal(), old, new, at=before_midnight_in_beijing) == cny(63)
    assert priced(folder, proposal(), old, new, at=before_midnight_in_beijing + timedelta(minutes=1)) == cny(75)
    assert priced(folder, proposal(), new, at=before_midnight_in_beijing) is None


def test_rows_are_told_apart_by_plan_category_and_currency(folder) -> None:
    rows = (rate(plan="plus", rate=Decimal(1)), rate(category="toys", rate=Decimal("0.04")), rate(category="apparel"))
    assert priced(folder, proposal(routing=RoutingHints(category="toys")), *rows) == cny(100)
    assert priced(folder, proposal(), *rows) is None
    assert priced(folder, proposal(), rate(currency="GBP")) is None


def test_where_rates_differ_by_age_each_insured_has_a_line_of_their_own(folder) -> None:
    rows = [
        rate(rate=None, of="fixed", amount=cny(100), age_max=17, at_least=cny(120)),
        rate(rate=None, of="fixed", amount=cny(200), age_min=18),
    ]
    child, adult, unknown = (Insured(ref="x", party=person(born)) for born in (2010, 1990, None))
    assert priced(folder, proposal(insureds=(child, adult), period=days(1)), *rows) == cny(320)
    assert priced(folder, proposal(insureds=(child, unknown), period=days(1)), *rows) is None


def test_a_premium_by_term_is_that_of_the_days_of_cover(folder) -> None:
    rows = [
        rate(rate=None, of="fixed", amount=cny(100), days_max=7),
        rate(rate=None, of="fixed", amount=cny(300), days_min=8, days_max=30),
    ]
    terms = (1, 6.5, 7, 7.5, 30, 31)
    found = [priced(folder, proposal(period=days(each)), *rows) for each in terms]
    assert found == [cny(100), cny(100), cny(100), cny(300), cny(300), None]
    assert priced(folder, proposal(), *rows) is None, "a term nobody named is in no row that is by term"


def test_a_premium_may_depend_on_term_and_on_age(folder) -> None:
    rows = [
        rate(rate=None, of="fixed", amount=cny(10 * weight), age_max=most, age_min=least, days_max=7)
        for weight, least, most in ((1, None, 17), (2, 18, None))
    ]
    rows += [rate(rate=None, of="fixed", amount=cny(500), days_min=8)]
    family = tuple(Insured(ref="x", party=person(born)) for born in (2010, 1990))
    assert priced(folder, proposal(insureds=family, period=days(3)), *rows) == cny(30)
    assert priced(folder, proposal(insureds=family, period=days(9)), *rows) == cny(500)


def test_an_age_is_that_of_the_first_day_of_cover(folder) -> None:
    rows = [
        rate(rate=None, of="fixed", amount=cny(100), age_max=17),
        rate(rate=None, of="fixed", amount=cny(200), age_min=18),
    ]
    turns_18_on_2_march = (Insured(ref="x", party=person(2008)),)
    eve = proposal(insureds=turns_18_on_2_march, period=days(1))
    birthday = proposal(
        insureds=turns_18_on_2_march, period=Period(start=AT + timedelta(days=1), end=AT + timedelta(days=2))
    )
    assert (priced(folder, eve, *rows), priced(folder, birthday, *rows)) == (cny(100), cny(200))


def test_what_objects_cost_is_the_sum_of_their_prices() -> None:
    tickets = EventTicketObject(
        event_ticket=EventTicket(tickets=(Ticket(price=cny(4800), quantity=2), Ticket(price=cny(100))))
    )
    freight = FreightObject(freight=Freight(order_no="1", amount=cny(1200)))
    pounds = FreightObject(freight=Freight(order_no="2", amount=Money(amount=1, currency="GBP")))
    assert objects_amount([tickets, freight]) == cny(10_900)
    assert objects_amount([freight, pounds]) is None
    assert objects_amount([FreightObject(freight=Freight(order_no="1"))]) is None
    assert objects_amount([]) is None


def test_a_premium_in_another_currency_than_its_bounds_is_not_known(folder) -> None:
    assert priced(folder, proposal(), rate(at_least=Money(amount=1, currency="GBP"))) is None


@given(
    start=st.integers(0, 20),
    length=st.integers(1, 10),
    other=st.integers(0, 20),
    width=st.integers(1, 10),
    day=st.integers(0, 30),
)
def test_rows_that_serve_one_day_together_overlap(start: int, length: int, other: int, width: int, day: int) -> None:
    first = date(2026, 1, 1)
    one, two = (
        rate(start=first + timedelta(days=begin), until=first + timedelta(days=begin + size))
        for begin, size in ((start, length), (other, width))
    )
    if one.in_force(first + timedelta(days=day)) and two.in_force(first + timedelta(days=day)):
        assert overlaps(one, two)
        assert overlaps(two, one)


def test_days_are_whole_periods_of_24_hours() -> None:
    assert [days_of(days(each)) for each in (0.01, 1, 1.01, 30)] == [1, 1, 2, 30]


# --- limits ----------------------------------------------------------------------------------------------------------

LIMITED = """\
    limits:
      sum_insured: { min: { amount: 500, currency: CNY }, max: { amount: 5000, currency: CNY } }
      premium: { max: { amount: 100, currency: CNY } }
      age: { min: 18, max: 70 }
      insureds: { max: 2 }
      days: { max: 90 }
      regions: [CN]
      plans: [standard]
      currencies: [CNY]
"""


@pytest.fixture
def limited(folder) -> Binding:
    old = next(
        line for line in (folder.path / "products/freight-return.yaml").read_text().splitlines() if "limits:" in line
    )
    folder.change(old + "\n", LIMITED)
    return folder.snapshot().products["freight-return"].bindings["lotus_main"]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (proposal(), None),
        (proposal(499), "the sum insured is below 500 CNY"),
        (proposal(5001), "the sum insured is above 5000 CNY"),
        (proposal(None, coverages=(Coverage(code="X", sum_insured=Money(amount=5, currency="GBP")),)), "the sum insured is in GBP, not CNY"),
        (proposal(4500), "the premium is above 100 CNY"),
        (proposal(insureds=(Insured(ref="x", party=person(2010)),)), "the age of an insured is below 18"),
        (proposal(insureds=(Insured(ref="x", party=person(1950)),)), "the age of an insured is above 70"),
        (proposal(insureds=(Insured(ref="x", party=person()),)), None),
        (proposal(insureds=(Insured(ref="a"), Insured(ref="b"), Insured(ref="c"))), "the number of insured persons is above 2"),
        (proposal(period=days(91)), "the number of days of cover is above 90"),
        (proposal(plan="plus"), "it does not sell the plan plus"),
        (proposal(policyholder=person(address=Address(country="GB"))), "it does not sell in the policyholder's region"),
        (proposal(policyholder=person(address=Address(region="310000"))), None),
    ],
)  # fmt: skip
def test_beyond_its_limits_a_channel_is_not_asked_and_the_reason_names_no_person(
    limited: Binding, request_: Proposal, why: str | None
) -> None:
    assert beyond_limits(limited, Facts(request_, AT)) == why


def test_a_channel_that_does_not_sell_in_the_currency_of_the_objects_is_not_asked(folder) -> None:
    folder.change("limits: { sum_insured: { max: { amount: 5000, currency: CNY } }, ", "limits: { currencies: [GBP], ")
    binding = folder.snapshot().products["freight-return"].bindings["lotus_main"]
    freight = FreightObject(freight=Freight(order_no="1", amount=cny(1200)))
    assert beyond_limits(binding, Facts(proposal(None, objects=(freight,)), AT)) == "it does not sell in CNY"
