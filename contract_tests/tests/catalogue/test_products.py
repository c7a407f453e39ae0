"""Products: the form against requests, plans, and what callers may not leave out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.model import (
    Answer,
    EventTicket,
    EventTicketObject,
    Freight,
    FreightObject,
    Money,
    Party,
    Period,
    Proposal,
    Ticket,
)
from gateway.model.examples import example_proposal

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)

FORM = (
    "form: { type: object, required: [order_no, smoker], additionalProperties: false, properties: {"
    " order_no: { type: string, maxLength: 5, pattern: '^[0-9]+$' }, amount: {}, shop: { enum: [a, b] },"
    " smoker: { type: boolean }, born: { type: string, format: date } } }"
)


def product(folder, form: str = FORM):
    old = next(
        line
        for line in (folder.path / "products/freight-return.yaml").read_text().splitlines()
        if line.startswith("form:")
    )
    folder.change(old, form)
    return folder.snapshot().products["freight-return"]


def proposal(*answers: Answer, **freight: Any) -> Proposal:
    objects = (FreightObject(ref="o1", freight=Freight(**{"order_no": "12345", **freight})),)
    return Proposal(product="freight-return@3", policyholder=Party(name="x"), objects=objects, answers=answers)


def test_the_example_of_the_vocabulary_fits_the_form(folder) -> None:
    assert folder.snapshot().products["freight-return"].form_faults(example_proposal()) == []


def test_what_is_done_about_a_policy_found_too_late_is_left_to_a_person_unless_the_product_says_otherwise(folder):
    assert folder.snapshot().products["freight-return"].routing.orphans == "review"
    folder.change("reroute_on_decline: false", "reroute_on_decline: false, orphans: void")
    assert folder.snapshot().products["freight-return"].routing.orphans == "void"
    folder.change("orphans: void", "orphans: ignore")
    assert any("'ignore'" in fault for fault in folder.faults())


def test_objects_and_answers_are_checked_together_and_named_apart(folder) -> None:
    faults = product(folder).form_faults(
        proposal(
            Answer(question="smoker", value="yes"),
            Answer(question="born", value="1990-02-30"),
            order_no="123x56",
            shop="c",
        )
    )
    assert {(fault.path, fault.code.value) for fault in faults} == {
        ("objects.0.freight.order_no", "too_long"),
        ("objects.0.freight.order_no", "malformed"),
        ("objects.0.freight.shop", "range"),
        ("answers.smoker", "malformed"),
        ("answers.born", "malformed"),
    }


def test_what_the_form_needs_and_does_not_ask_for_is_named(folder) -> None:
    faults = product(folder).form_faults(proposal(Answer(question="colour", value="red")))
    assert {(fault.path, fault.message) for fault in faults} == {
        ("answers.smoker", "the form needs this"),
        ("answers.colour", "the form does not ask for this"),
    }


def test_a_fault_of_the_form_never_quotes_a_value(folder) -> None:
    secret = "999999199003071234"
    faults = product(folder).form_faults(
        proposal(Answer(question="smoker", value=secret), shop=secret, order_no=secret)
    )
    assert len(faults) >= 3
    assert not any(secret in fault.message for fault in faults)


def test_an_answer_about_another_object_is_not_this_objects(folder) -> None:
    about_other = Answer(question="smoker", value=True, instance="o2")
    about_this = Answer(question="smoker", value=True, instance="o1")
    assert [f.path for f in product(folder).form_faults(proposal(about_other))] == ["answers.smoker"]
    assert product_faults(folder, proposal(about_this)) == []


def product_faults(folder, request: Proposal) -> list[Any]:
    return folder.snapshot().products["freight-return"].form_faults(request)


def test_a_request_without_objects_is_checked_by_its_answers(folder) -> None:
    request = Proposal(product="a@1", policyholder=Party(name="x"), answers=(Answer(question="smoker", value=True),))
    assert [fault.path for fault in product(folder).form_faults(request)] == ["answers.order_no"]


def test_a_period_the_caller_must_name_is_a_fault_when_it_is_missing_or_too_long(folder) -> None:
    folder.change("period: { rule: instant, days: 30 }", "period: { rule: fixed_date, days_max: 90 }")
    sold = folder.snapshot().products["freight-return"]
    request = proposal()
    long = Proposal(
        product="freight-return@3",
        policyholder=Party(name="x"),
        objects=request.objects,
        period=Period(start=AT, end=AT + timedelta(days=91)),
    )
    assert [(f.path, f.code.value) for f in sold.form_faults(request)] == [("period", "missing")]
    assert [(f.path, f.message) for f in sold.form_faults(long)] == [("period", "at most 90 days of cover")]


def test_a_sum_insured_may_follow_what_the_objects_cost(folder) -> None:
    folder.change("sum_insured: { amount: 2500, currency: CNY }", "sum_insured: objects_amount")
    sold = folder.snapshot().products["freight-return"]
    pounds = EventTicketObject(
        event_ticket=EventTicket(tickets=(Ticket(price=Money(amount=6000, currency="GBP"), quantity=2),))
    )
    request = Proposal(product="freight-return@3", policyholder=Party(name="x"), objects=(pounds,))
    (coverage,) = sold.coverages_for("standard", request)
    assert coverage.sum_insured == Money(amount=12_000, currency="GBP")
    assert sold.plan_default == "standard"
    assert sold.coverages_for("unknown", request) == ()
