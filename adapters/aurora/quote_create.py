"""Aurora P&C (fictional) 2025.11 quote.create.

Generated from mappings/carriers/aurora/quote_create.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: bdca4e80d4cf785ec1647ee629ff64577f35ec8dfdbd0b78c0a832d9c24ede4d

from datetime import datetime

from adapters.aurora.carrier import (
    beneficiary_out,
    coverage_out,
    decoded,
    encoded,
    error,
    event_ticket_out,
    freight_out,
    insured_out,
    policyholder_out,
    trip_out,
)
from adapters.aurora.codes import BINDING_IN
from gateway.model import (
    EventTicketObject,
    FreightObject,
    InsuredPremium,
    Money,
    Number,
    NumberKind,
    PersonTravelObject,
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
    Unreadable,
    Wire,
    WireReply,
    WireRequest,
    by_index_out,
    cannot_send,
    child,
    datetime_codec,
    dig,
    each,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    lookup,
    money_codec,
    need,
    note,
    nth_out,
    number_cut,
    percent_out,
    problem,
    require,
    text_given,
    text_of,
    text_required,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/quote_create.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
KNOWN_INDICATION = Known({"errors": {"code": None}, "quoteId": None, "status": None, "partnerRef": None})
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN_FIRM = Known(
    {
        "errors": {"code": None},
        "quoteId": None,
        "status": None,
        "partnerRef": None,
        "premium": {
            "gross": {"currency": None, "amount": None},
            "net": {"currency": None, "amount": None},
            "tax": {"currency": None, "amount": None},
        },
        "perPerson": {"ref": None, "gross": {"currency": None, "amount": None}},
        "validUntil": None,
    }
)


def message_indication(req: QuoteCreateRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerRef"] = number_cut(ctx.request_no, 32)  # L10
    product: Wire = {}
    wire["product"] = product
    if (code := ctx.binding.get("product_code")) is not None:  # L11
        product["code"] = code  # L11
    if (
        plan := lookup(ctx.binding.get("plan_code") or {}, req.plan if req.plan is not None else "standard")
    ) is not None:  # L12
        product["plan"] = plan  # L12
    period = req.period
    wire["inceptionAt"] = DATETIME_ISO_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L14
    wire["expiryAt"] = DATETIME_ISO_08_00.send(need(period.end if period is not None else None, "period.end"))  # L15
    policyholder = req.policyholder
    wire["policyHolder"] = policyholder_out(policyholder)  # L16
    if req.insureds:  # L17
        wire["persons"] = by_index_out([insured_out(item) for item in req.insureds])  # L17
    if chosen := [beneficiary_out(item) for item in req.beneficiaries if item.kind == "named"]:  # L18
        wire["beneficiaries"] = by_index_out(chosen)  # L18
    if req.coverages:  # L19
        wire["coverages"] = by_index_out([coverage_out(item) for item in req.coverages])  # L19
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L20
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    if freight is not None:  # L20
        wire["freight"] = freight_out(freight)  # L20
    event_ticket = object_2.event_ticket if object_2 is not None and isinstance(object_2, EventTicketObject) else None
    if event_ticket is not None:  # L21
        wire["eventTicket"] = event_ticket_out(event_ticket)  # L21
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    if person_travel is not None:  # L22
        wire["trip"] = trip_out(person_travel)  # L22
    if not product:
        del wire["product"]
    return wire


def build_indication(req: QuoteCreateRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/partner/v2" + "/quotes",
            message_indication(req, ctx),
            ctx,
            {},
        )  # L6
    except Exception as error:
        raise cannot_send(error) from None


def classify_indication(wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 201 and dig(wire, "quoteId") and text_of(dig(wire, "status")) == "INDICATION":  # L48
        return Outcome(kind=OutcomeKind.accepted)  # L48
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L49
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L49
    return Outcome(kind=OutcomeKind.unknown)  # L50


def read_result_indication(
    wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context
) -> tuple[QuoteCreateResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    return QuoteCreateResult(), problems


def parse_indication(reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_indication(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerRef"), outcome):  # L45
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L45
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_indication(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_INDICATION, UNMAPPED_MAX),
        wire=wire,
    )


def message_firm(req: QuoteCreateRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerRef"] = number_cut(ctx.request_no, 32)  # L57
    wire["acceptIndication"] = True  # L58
    return wire


def build_firm(req: QuoteCreateRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/partner/v2"
            + "/quotes/"
            + percent_out(str(need(dig(ctx.steps.get("indication"), "quoteId"), "step.indication.quoteId")))
            + "/firm",
            message_firm(req, ctx),
            ctx,
            {},
        )  # L53
    except Exception as error:
        raise cannot_send(error) from None


def classify_firm(wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 200 and dig(wire, "quoteId") and text_of(dig(wire, "status")) == "BINDABLE":  # L64
        return Outcome(kind=OutcomeKind.accepted)  # L64
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L65
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L65
    return Outcome(kind=OutcomeKind.unknown)  # L66


def firm_per_insured_in(w: Wire) -> InsuredPremium:
    gross: Wire = child(w, "gross") or {}  # L76
    return InsuredPremium(
        insured_ref=text_required(w.get("ref"), "ref"),  # L76
        amount=MONEY_MAJOR.read(
            require(value_in(gross.get("amount")), "gross.amount"), value_in(gross.get("currency"))
        ),  # L76
    )


def read_result_firm(
    wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context
) -> tuple[QuoteCreateResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    premium_2 = element_in(wire, "premium", problems)  # L71
    gross = element_in(premium_2, "gross", problems)  # L73
    net = element_in(premium_2, "net", problems)  # L74
    tax = element_in(premium_2, "tax", problems)  # L75
    per_insured_read: list[InsuredPremium] = []
    try:
        for one in each(wire.get("perPerson")):  # L76
            try:
                per_insured_read.append(firm_per_insured_in(one))  # L76
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(wire.get("quoteId"))  # L68
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = (
            MONEY_MAJOR.read(v, value_in(gross.get("currency")))
            if (v := value_in(gross.get("amount"))) is not None
            else None
        )  # L73
    except Exception as error:
        note(problems, error)
    premium_net: Money | None = None
    try:
        premium_net = (
            MONEY_MAJOR.read(v, value_in(net.get("currency")))
            if (v := value_in(net.get("amount"))) is not None
            else None
        )  # L74
    except Exception as error:
        note(problems, error)
    premium_tax: Money | None = None
    try:
        premium_tax = (
            MONEY_MAJOR.read(v, value_in(tax.get("currency")))
            if (v := value_in(tax.get("amount"))) is not None
            else None
        )  # L75
    except Exception as error:
        note(problems, error)
    premium_per_insured: tuple[InsuredPremium, ...] = ()
    try:
        premium_per_insured = tuple(per_insured_read)  # L76
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L68
    except Exception as error:
        note(problems, error)
    status: QuoteStatus | None = None
    try:
        status = QuoteStatus("quoted")  # L79
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(
                gross=require(premium_gross, "gross.amount"),
                net=premium_net,
                tax=premium_tax,
                per_insured=premium_per_insured,
            )
            if premium_gross is not None or premium_net is not None or premium_tax is not None
            else None
        )  # L73
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = DATETIME_ISO_08_00.read(v) if (v := value_in(wire.get("validUntil"))) is not None else None  # L77
    except Exception as error:
        note(problems, error)
    binding: QuoteBinding | None = None
    try:
        binding = BINDING_IN[v] if (v := value_in(wire.get("status"))) is not None else None  # L69
    except Exception as error:
        note(problems, error)
    return QuoteCreateResult(
        numbers=numbers, status=status, premium=premium, valid_until=valid_until, binding=binding
    ), problems


def parse_firm(reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_firm(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerRef"), outcome):  # L61
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L61
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_firm(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_FIRM, UNMAPPED_MAX),
        wire=wire,
    )


OPERATION = Operation(
    carrier="aurora",
    name="quote.create",
    steps=(
        Step(
            name="indication",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build_indication,
            parse=parse_indication,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
        Step(
            name="firm",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build_firm,
            parse=parse_firm,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
