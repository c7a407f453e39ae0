"""XCover partner API 1 quote.create.

Generated from mappings/carriers/xcover/quote_create.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: c63e7b6adc0e706804089ca84ba6a210ce3e4238255adfa101da09dc247ad807

from typing import Any

from adapters.xcover.carrier import decoded, encoded, error, event_out
from gateway.model import (
    Coverage,
    EventTicketObject,
    InsuredObject,
    Money,
    Number,
    NumberKind,
    Premium,
    QuoteBinding,
    QuoteCreateRequest,
    QuoteCreateResult,
    QuoteStatus,
)
from gateway.wire import (
    Context,
    Known,
    Operation,
    Outcome,
    OutcomeKind,
    Reply,
    SafetyClass,
    Step,
    Timeout,
    UNKNOWN,
    UNMAPPED_MAX,
    Wire,
    WireReply,
    WireRequest,
    cannot_send,
    dig,
    element_in,
    first,
    headers_of,
    heard,
    known,
    money_codec,
    need,
    note,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/xcover/quote_create.yaml"
MONEY_MAJOR_NUMBER = money_codec("major", None, None, True)
KNOWN = Known(
    {
        "id": None,
        "quotes": {
            "0": {"id": None},
            "id": None,
            "tax": {"total_amount_without_tax": None, "total_tax": None},
            "cover_amount": None,
        },
        "status": None,
        "type": None,
        "currency": None,
        "total_price": None,
    }
)


def object_out(item: InsuredObject, req: QuoteCreateRequest, ctx: Context, wire: Wire) -> Wire:
    out: Wire = {}
    event_ticket = item.event_ticket if isinstance(item, EventTicketObject) else None
    if event_ticket is not None:  # L12
        out.update(event_out(event_ticket, req, ctx, wire))  # L12
    return out


def message(req: QuoteCreateRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["request"] = None  # L6
    if (
        currency := found_ticket.price.currency
        if (
            found_ticket := first(
                found_object.event_ticket.tickets
                if isinstance((found_object := first(req.objects)), EventTicketObject)
                else None
            )
        )
        is not None
        and found_ticket.price is not None
        else None
    ) is not None:  # L7
        wire["currency"] = currency  # L7
    if (
        customer_country := req.policyholder.address.country
        if req.policyholder.address is not None and req.policyholder.address.country is not None
        else ctx.config.get("country")
    ) is not None:  # L8
        wire["customer_country"] = customer_country  # L8
    if (
        customer_region := req.policyholder.address.region if req.policyholder.address is not None else None
    ) is not None:  # L9
        wire["customer_region"] = customer_region  # L9
    if (customer_language := ctx.config.get("language")) is not None:  # L10
        wire["customer_language"] = customer_language  # L10
    if req.objects:  # L12
        wire["request"] = [object_out(item, req, ctx, wire) for item in req.objects]  # L12
    if wire["request"] is None:
        del wire["request"]
    return wire


def build(req: QuoteCreateRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/xcover/partners/"
            + str(need(ctx.config.get("partner"), "config.partner"))
            + "/quotes/",
            message(req, ctx),
            ctx,
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if (
        status == 201
        and dig(wire, "id")
        and text_of(dig(wire, "status")) == "RECEIVED"
        and dig(wire, "quotes", 0, "id")
    ):  # L42
        return Outcome(kind=OutcomeKind.accepted)  # L42
    if status in (401, 422):  # L43
        return error(dig(wire, "type"), wire, headers, ctx)  # L43
    return Outcome(kind=OutcomeKind.unknown)  # L44


def read_result(
    wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context
) -> tuple[QuoteCreateResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    quotes = element_in(wire.get("quotes"), 0, problems)  # L47
    tax = element_in(quotes, "tax", problems)  # L49
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(wire.get("id"))  # L46
    except Exception as error:
        note(problems, error)
    refs_quote_id: str | None = None
    try:
        refs_quote_id = text_given(quotes.get("id"))  # L47
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_price"))) is not None
            else None
        )  # L48
    except Exception as error:
        note(problems, error)
    premium_net: Money | None = None
    try:
        premium_net = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(tax.get("total_amount_without_tax"))) is not None
            else None
        )  # L49
    except Exception as error:
        note(problems, error)
    premium_tax: Money | None = None
    try:
        premium_tax = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(tax.get("total_tax"))) is not None
            else None
        )  # L50
    except Exception as error:
        note(problems, error)
    coverage_sum_insured: Money | None = None
    try:
        coverage_sum_insured = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(quotes.get("cover_amount"))) is not None
            else None
        )  # L51
    except Exception as error:
        note(problems, error)
    coverage_code: str | None = None
    try:
        coverage_code = found_coverage.code if (found_coverage := first(req.coverages)) is not None else None  # L55
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L46
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"quote_id": refs_quote_id})  # L47
    except Exception as error:
        note(problems, error)
    status: QuoteStatus | None = None
    try:
        status = QuoteStatus("quoted")  # L53
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=require(premium_gross, "total_price"), net=premium_net, tax=premium_tax)
            if premium_gross is not None or premium_net is not None or premium_tax is not None
            else None
        )  # L48
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = (
            (Coverage(sum_insured=coverage_sum_insured, code=require(coverage_code, "code")),)
            if coverage_sum_insured is not None or coverage_code is not None
            else ()
        )  # L51
    except Exception as error:
        note(problems, error)
    binding: QuoteBinding | None = None
    try:
        binding = QuoteBinding("bindable")  # L54
    except Exception as error:
        note(problems, error)
    return QuoteCreateResult(
        numbers=numbers, refs=refs, status=status, premium=premium, coverages=coverages, binding=binding
    ), problems


def parse(reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


OPERATION = Operation(
    carrier="xcover",
    name="quote.create",
    steps=(
        Step(
            name="quote.create",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    safety=SafetyClass.read,
)
