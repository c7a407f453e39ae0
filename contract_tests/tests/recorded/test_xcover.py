"""The xcover adapter against exchanges that were recorded from the real interface.

The recordings are not part of this repository: set INSUREHUB_RECORDED to the folder that holds them. The canonical
requests are written here by hand; only what must come from a recording (names, dates, numbers) is read out of it.
Signatures were masked when the exchanges were saved, so methods, paths and bodies are compared, not headers.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.model import (
    Address,
    CancelKind,
    CancellationQuoteRequest,
    CancellationSubmitRequest,
    CancelPhase,
    CancelRequestor,
    Change,
    Coverage,
    EndorsementKind,
    EndorsementQuoteRequest,
    EndorsementStatus,
    EndorsementSubmitRequest,
    EventTicket,
    EventTicketObject,
    LatinName,
    Money,
    Number,
    NumberKind,
    Party,
    Period,
    Phone,
    PolicyGetRequest,
    PolicyIssueRequest,
    PolicyStatus,
    QuoteCreateRequest,
    Ticket,
)
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, Context, Secret, Step, WireReply, WireRequest

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("INSUREHUB_RECORDED") or ROOT.parent / "shared" / "recorded" / "xcover")

if not FOLDER.is_dir():
    pytest.skip(f"no recorded exchanges at {FOLDER}: set INSUREHUB_RECORDED", allow_module_level=True)

Exchange = dict[str, Any]


def recorded(name: str) -> list[Exchange]:
    found: list[Exchange] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    return found


def quotes() -> Iterator[Exchange]:
    """Every recorded request for a price of one event."""
    for file in sorted(FOLDER.glob("*.json")):
        for exchange in recorded(file.stem):
            body = exchange["request"]
            if exchange["method"] == "POST" and exchange["uri"].endswith("/quotes/") and len(body["request"]) == 1:
                yield exchange


QUOTES = [exchange for exchange in quotes() if exchange["status"] == 201]

# --- the adapter and what it is given ---------------------------------------------------------------------------------


def step(module: str, position: int = 0) -> Step:
    found: Step = import_module(f"adapters.xcover.{module}").OPERATION.steps[position]
    return found


def context(exchange: Exchange, *, now: datetime = datetime(2021, 9, 25, tzinfo=UTC), **refs: str) -> Context:
    partner = urlsplit(exchange["uri"]).path.split("/")[3]
    return Context(
        now=now,
        request_no="GW1",
        attempt_no="GW1A",
        nonce=lambda length: "n" * length,
        config={
            "base_url": "https://recorded.example",
            "partner": partner,
            "key_id": "recorded",
            "language": "en",
            "age_only": True,
        },
        secrets={"secret": Secret("recorded")},
        binding={"policy_type": "event_ticket_protection", "policy_type_version": 1},
        refs=refs,
    )


def assert_same(sent: WireRequest, exchange: Exchange) -> None:
    """Method, path and body as they were recorded; numbers exactly, not as floats."""
    assert sent.method == exchange["method"]
    assert urlsplit(sent.url).path == urlsplit(exchange["uri"]).path
    body = json.loads(sent.body, parse_float=Decimal) if sent.body else None
    assert body == exchange["request"]


def reply(exchange: Exchange) -> WireReply:
    # Written again as JSON numbers, never as texts.
    body = json.dumps(exchange["response"], default=float).encode()
    return WireReply(status=exchange["status"], headers=(("Content-Type", "application/json"),), body=body)


# --- canonical requests -----------------------------------------------------------------------------------------------


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def born(age: int, now: datetime) -> date:
    """A birthday of somebody who is that old."""
    return (now - timedelta(days=365 * age + age // 4 + 30)).date()


def money(amount: Any, currency: str) -> Money:
    return Money.of(str(amount), currency)


def event_of(wanted: dict[str, Any], currency: str) -> EventTicketObject:
    """The event of a recorded request; one entry of its tickets stands for all of them."""
    (entry,) = wanted["tickets"]
    return EventTicketObject(
        ref="o1",
        event_ticket=EventTicket(
            event=wanted["event_name"],
            venue=wanted["event_location"],
            country=wanted["event_country"],
            starts_at=instant(wanted["event_datetime"]),
            tickets=(Ticket(price=money(entry["price"], currency), quantity=wanted["number_of_tickets"]),),
            resale=wanted["resale_ticket"],
        ),
    )


def quote_request(body: dict[str, Any]) -> QuoteCreateRequest:
    (wanted,) = body["request"]
    return QuoteCreateRequest(
        product="event-ticket@1",
        plan="standard",
        policyholder=Party(
            name="Somebody", address=Address(country=body["customer_country"], region=body.get("customer_region"))
        ),
        period=Period(start=instant(wanted["policy_start_date"]), end=instant(wanted["event_datetime"])),
        objects=(event_of(wanted, body["currency"]),),
        coverages=(Coverage(code="TICKET_REFUND"),),
    )


def holder_of(wanted: dict[str, Any], now: datetime) -> Party:
    return Party(
        name=f"{wanted['first_name']} {wanted['last_name']}",
        name_latin=LatinName(family=wanted["last_name"], given=wanted["first_name"]),
        birth_date=born(wanted["age"], now),
        email=wanted["email"],
        address=Address(country=wanted["country"], region=wanted["region"]),
        employer=wanted["company"],
    )


NUMBERS = {"quote": NumberKind.quote, "policy": NumberKind.policy}


def on_package(exchange: Exchange, kind: str = "policy") -> dict[str, Any]:
    """What every later request says of the package: its number, as it stands in the recorded path."""
    package = next(part for part in urlsplit(exchange["uri"]).path.split("/") if part.endswith("-INS"))
    return {
        "product": "event-ticket@1",
        "policyholder": Party(name="Somebody"),
        "numbers": (Number(kind=NUMBERS[kind], no=package),),
    }


def issue_request(exchange: Exchange, now: datetime) -> PolicyIssueRequest:
    body = exchange["request"]
    known = {**on_package(exchange, "quote"), "policyholder": holder_of(body["policyholder"], now)}
    return PolicyIssueRequest(client_ref="order-1", expected_premium=money("2.01", "GBP"), **known)


AT = datetime(2021, 11, 24, 9, 0, tzinfo=UTC)

# --- quotes -----------------------------------------------------------------------------------------------------------


def test_there_are_recorded_quotes_to_compare_with():
    assert len(QUOTES) >= 6


@pytest.mark.parametrize("exchange", QUOTES, ids=lambda exchange: exchange["response"]["id"])
def test_a_quote_is_asked_for_exactly_as_recorded(exchange):
    assert_same(step("quote_create").build(quote_request(exchange["request"]), context(exchange)), exchange)


@pytest.mark.parametrize("exchange", QUOTES, ids=lambda exchange: exchange["response"]["id"])
def test_a_recorded_quote_is_read_with_its_price_and_the_ids_that_booking_needs(exchange):
    got = step("quote_create").parse(reply(exchange), quote_request(exchange["request"]), context(exchange))
    told = exchange["response"]
    assert got.outcome.kind is OutcomeKind.accepted
    assert not got.incomplete, got.problems
    assert [(number.kind, number.no) for number in got.result.numbers] == [("quote", told["id"])]
    assert got.result.refs == {"quote_id": told["quotes"]["0"]["id"]}
    assert got.result.premium.gross == money(told["total_price"], told["currency"])
    assert got.result.premium.tax + got.result.premium.net == got.result.premium.gross
    assert got.result.coverages[0].sum_insured == money(told["quotes"]["0"]["cover_amount"], told["currency"])


def test_a_refused_quote_is_our_fault_and_says_so():
    (exchange,) = recorded("test_quote_422")
    got = step("quote_create").parse(reply(exchange), quote_request(exchange["request"]), context(exchange))
    assert (got.outcome.kind, got.outcome.code) == (OutcomeKind.refused, "request.invalid")
    assert got.outcome.alert
    assert got.outcome.text == exchange["response"]["message"]


# --- booking and confirming -------------------------------------------------------------------------------------------


def test_a_booking_and_its_confirmation_are_sent_exactly_as_recorded():
    quote, book, confirm = recorded("test_confirm_booking")
    request = issue_request(book, AT)
    kept = {"quote_id": quote["response"]["quotes"]["0"]["id"]}
    assert_same(step("policy_issue", 0).build(request, context(book, now=AT, **kept)), book)
    assert_same(step("policy_issue", 1).build(request, context(confirm, now=AT, **kept)), confirm)


def test_a_recorded_booking_lets_the_issue_go_on_and_the_confirmation_ends_it():
    _, book, confirm = recorded("test_confirm_booking")
    request = issue_request(book, AT)
    booked = step("policy_issue", 0).parse(reply(book), request, context(book, now=AT))
    assert booked.outcome.kind is OutcomeKind.accepted
    assert booked.result.numbers == ()
    issued = step("policy_issue", 1).parse(reply(confirm), request, context(confirm, now=AT))
    told = confirm["response"]
    assert issued.outcome.kind is OutcomeKind.accepted
    assert not issued.incomplete, issued.problems
    assert [(number.kind, number.no) for number in issued.result.numbers] == [("policy", told["id"])]
    assert issued.result.issued_at == instant(told["quotes"][0]["confirmed_at"])
    assert issued.result.period.end == instant(told["quotes"][0]["policy_end_date"])
    assert issued.result.premium.gross == money(told["total_price"], told["currency"])
    assert (
        issued.result.policyholder.name == f"{told['policyholder']['first_name']} {told['policyholder']['last_name']}"
    )


@pytest.mark.parametrize("name", ["test_create_booking", "test_get_instalments"])
def test_other_recorded_bookings_differ_only_in_what_was_asked_for_beyond_a_booking(name):
    quote, book = recorded(name)[:2]
    kept = {"quote_id": quote["response"]["quotes"]["0"]["id"]}
    body = json.loads(step("policy_issue", 0).build(issue_request(book, AT), context(book, now=AT, **kept)).body)
    asked = book["request"]
    assert body["policyholder"] == asked["policyholder"]
    assert body["quotes"][0]["id"] == asked["quotes"][0]["id"]
    assert body["require_payment_confirmation"] is True


def test_a_booking_that_answers_502_may_have_happened():
    failed = recorded("test_auto_retry")[0]
    _, book, confirm = recorded("test_confirm_booking")
    assert failed["status"] == 502
    for position, exchange in ((0, book), (1, confirm)):
        got = step("policy_issue", position).parse(reply(failed), issue_request(book, AT), context(exchange, now=AT))
        assert got.outcome.kind is OutcomeKind.unknown


def test_a_booking_of_another_package_is_not_the_answer():
    _, book, confirm = recorded("test_confirm_booking")
    foreign = {**confirm, "response": {**confirm["response"], "id": "AAAAA-BBBBB-INS"}}
    got = step("policy_issue", 1).parse(reply(foreign), issue_request(book, AT), context(confirm, now=AT))
    assert got.outcome.kind is OutcomeKind.unknown


def test_a_recorded_booking_is_asked_for_and_read():
    exchange = recorded("test_get_booking")[1]
    request = PolicyGetRequest(**on_package(exchange))
    assert_same(step("policy_get").build(request, context(exchange)), exchange)
    got = step("policy_get").parse(reply(exchange), request, context(exchange))
    assert got.outcome.kind is OutcomeKind.accepted
    assert not got.incomplete, got.problems
    assert got.result.status is PolicyStatus.in_force


# --- cancelling -------------------------------------------------------------------------------------------------------


def test_a_cancellation_is_previewed_and_confirmed_exactly_as_recorded():
    _, preview, _, confirm, _ = recorded("test_cancel_booking_with_confirmation")
    shared = {"kind": CancelKind.free_look, "effective_at": AT}
    asked = CancellationQuoteRequest(**shared, **on_package(preview))
    assert_same(step("cancellation_quote").build(asked, context(preview)), preview)
    kept = {"cancellation_id": preview["response"]["cancellation_id"]}
    submitted = CancellationSubmitRequest(requestor=CancelRequestor.policyholder, **shared, **on_package(confirm))
    assert_same(step("cancellation_submit", 1).build(submitted, context(confirm, **kept)), confirm)


def test_a_recorded_preview_cancels_nothing_although_it_says_cancelled():
    _, preview, between, confirm, after = recorded("test_cancel_booking_with_confirmation")
    asked = CancellationQuoteRequest(kind=CancelKind.free_look, effective_at=AT, **on_package(preview))
    got = step("cancellation_quote").parse(reply(preview), asked, context(preview))
    told = preview["response"]
    assert told["status"] == "CANCELLED"
    assert got.outcome.kind is OutcomeKind.accepted
    assert got.result.phase is None
    assert got.result.refund.amount == money(told["total_refund"], told["currency"])
    submitted = CancellationSubmitRequest(
        requestor=CancelRequestor.policyholder, kind=CancelKind.free_look, effective_at=AT, **on_package(confirm)
    )
    # A preview is no answer to the confirmation, whatever its status says.
    confirming = step("cancellation_submit", 1)
    assert confirming.parse(reply(preview), submitted, context(confirm)).outcome.kind is OutcomeKind.unknown
    done = confirming.parse(reply(confirm), submitted, context(confirm))
    assert done.outcome.kind is OutcomeKind.accepted
    assert done.result.phase is CancelPhase.confirmed
    for exchange, status in ((between, PolicyStatus.in_force), (after, PolicyStatus.cancelled)):
        request = PolicyGetRequest(**on_package(exchange))
        assert step("policy_get").parse(reply(exchange), request, context(exchange)).result.status is status


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_change_of_the_tickets_is_priced_and_confirmed_exactly_as_recorded():
    _, price, _, confirm, _ = recorded("test_booking_modification_quote_workflow")
    (quote,) = price["request"]["quotes"]
    tickets = [
        {"price": {"amount": int(t["price"] * 100), "currency": "GBP"}} for t in quote["update_fields"]["tickets"]
    ]
    change = {
        "kind": EndorsementKind.object_change,
        "effective_at": AT,
        "changes": (Change(target="object/o1", field="event_ticket.tickets", to=tickets),),
    }
    asked = EndorsementQuoteRequest(**change, **on_package(price))
    assert_same(step("endorsement_quote").build(asked, context(price, quote_id=quote["id"])), price)
    priced = step("endorsement_quote").parse(reply(price), asked, context(price))
    told = price["response"]
    assert priced.outcome.kind is OutcomeKind.accepted
    assert priced.result.premium_delta == money(told["total_price_diff"], told["currency"])
    submitted = EndorsementSubmitRequest(basis_version=1, **change, **on_package(confirm))
    confirming = step("endorsement_submit__object", 1)
    assert_same(confirming.build(submitted, context(confirm, **priced.result.refs)), confirm)
    done = confirming.parse(reply(confirm), submitted, context(confirm))
    assert done.outcome.kind is OutcomeKind.accepted
    assert done.result.status is EndorsementStatus.effective
    assert done.result.premium_delta == money(confirm["response"]["total_price_diff"], "GBP")


def contact(exchange: Exchange, to: str) -> EndorsementSubmitRequest:
    return EndorsementSubmitRequest(
        basis_version=1,
        kind=EndorsementKind.contact_change,
        effective_at=AT,
        changes=(Change(target="policyholder", field="phones.0.number", to=to),),
        **{**on_package(exchange), "policyholder": Party(name="Somebody", phones=(Phone(number="+440000000000"),))},
    )


def test_a_change_of_contact_is_sent_exactly_as_recorded():
    _, exchange = recorded("test_booking_modification")
    request = contact(exchange, exchange["request"]["policyholder"]["phone"])
    assert_same(step("endorsement_submit__contact").build(request, context(exchange)), exchange)
    got = step("endorsement_submit__contact").parse(reply(exchange), request, context(exchange))
    assert got.outcome.kind is OutcomeKind.accepted


def test_a_number_without_country_code_never_leaves_and_the_recorded_refusal_is_our_fault():
    _, exchange = recorded("test_booking_modification__error")
    request = contact(exchange, exchange["request"]["policyholder"]["phone"])
    with pytest.raises(CannotSend):
        step("endorsement_submit__contact").build(request, context(exchange))
    got = step("endorsement_submit__contact").parse(reply(exchange), request, context(exchange))
    assert (got.outcome.kind, got.outcome.code) == (OutcomeKind.refused, "request.invalid")
