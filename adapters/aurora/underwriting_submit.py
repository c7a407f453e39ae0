"""Aurora P&C (fictional) 2025.11 underwriting.submit.

Generated from mappings/carriers/aurora/underwriting_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 24c85709a0fbf08a4c2175d5f76e08b56a645ce9ae494a82fcf6ab1cba9937e0

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
    premium_in,
    trip_out,
)
from adapters.aurora.codes import APPLICATION_IN, DECLARATION_OUT
from gateway.model import (
    Answer,
    ApplicationStatus,
    Disclosure,
    EventTicketObject,
    FreightObject,
    Number,
    NumberKind,
    PersonTravelObject,
    Premium,
    Reason,
    UnderwritingSubmitRequest,
    UnderwritingSubmitResult,
    UwDecision,
)
from gateway.wire import (
    Context,
    Idempotency,
    Inquiry,
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
    problem,
    raw_out,
    text_given,
    text_in,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/underwriting_submit.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
KNOWN_PRICE = Known(
    {
        "errors": {"code": None},
        "premium": {
            "gross": {"amount": None, "currency": None},
            "net": {"currency": None, "amount": None},
            "tax": {"currency": None, "amount": None},
        },
        "quoteId": None,
        "partnerRef": None,
    }
)
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN_APPLY = Known(
    {
        "applicationId": None,
        "errors": {"code": None, "detail": None},
        "status": None,
        "partnerOrderId": None,
        "conditions": None,
        "validUntil": None,
    }
)


def message_price(req: UnderwritingSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerRef"] = number_cut(ctx.request_no, 32)  # L13
    product: Wire = {}
    wire["product"] = product
    if (code := ctx.binding.get("product_code")) is not None:  # L14
        product["code"] = code  # L14
    if (
        plan := lookup(ctx.binding.get("plan_code") or {}, req.plan if req.plan is not None else "standard")
    ) is not None:  # L15
        product["plan"] = plan  # L15
    period = req.period
    wire["inceptionAt"] = DATETIME_ISO_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L17
    wire["expiryAt"] = DATETIME_ISO_08_00.send(need(period.end if period is not None else None, "period.end"))  # L18
    policyholder = req.policyholder
    wire["policyHolder"] = policyholder_out(policyholder)  # L19
    if req.insureds:  # L20
        wire["persons"] = by_index_out([insured_out(item) for item in req.insureds])  # L20
    if chosen := [beneficiary_out(item) for item in req.beneficiaries if item.kind == "named"]:  # L21
        wire["beneficiaries"] = by_index_out(chosen)  # L21
    if req.coverages:  # L22
        wire["coverages"] = by_index_out([coverage_out(item) for item in req.coverages])  # L22
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L23
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    if freight is not None:  # L23
        wire["freight"] = freight_out(freight)  # L23
    event_ticket = object_2.event_ticket if object_2 is not None and isinstance(object_2, EventTicketObject) else None
    if event_ticket is not None:  # L24
        wire["eventTicket"] = event_ticket_out(event_ticket)  # L24
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    if person_travel is not None:  # L25
        wire["trip"] = trip_out(person_travel)  # L25
    if not product:
        del wire["product"]
    return wire


def build_price(req: UnderwritingSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/partner/v2" + "/quotes",
            message_price(req, ctx),
            ctx,
            {"Idempotency-Key": number_cut(ctx.request_no, 32)},
        )  # L9
    except Exception as error:
        raise cannot_send(error) from None


def classify_price(wire: Wire, reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 201 and dig(wire, "quoteId") and dig(wire, "premium", "gross", "amount"):  # L31
        return Outcome(kind=OutcomeKind.accepted)  # L31
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L32
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L32
    return Outcome(kind=OutcomeKind.unknown)  # L33


def read_result_price(
    wire: Wire, reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context
) -> tuple[UnderwritingSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    premium: Premium | None = None
    try:
        premium = premium_in(found) if (found := child(wire, "premium")) is not None else None  # L35
    except Exception as error:
        note(problems, error)
    return UnderwritingSubmitResult(premium=premium), problems


def parse_price(reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_price(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerRef"), outcome):  # L28
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L28
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_price(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_PRICE, UNMAPPED_MAX),
        wire=wire,
    )


def wanted_price(req: UnderwritingSubmitRequest, ctx: Context) -> bool:
    """Whether this step is needed at all."""
    return bool(req.expected_premium is None)  # L8


def apply_answer_out(item: Answer) -> Wire:
    out: Wire = {}
    out["code"] = DECLARATION_OUT[item.question]  # L63
    out["answer"] = raw_out(item.value)  # L63
    return out


def apply_disclosure_out(item: Disclosure) -> Wire:
    out: Wire = {}
    out["document"] = item.doc.upper() + "-" + item.version  # L64
    out["acceptedAt"] = DATETIME_ISO_08_00.send(item.accepted_at)  # L64
    return out


def message_apply(req: UnderwritingSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerOrderId"] = number_cut(ctx.request_no, 32)  # L42
    if (
        quote_id := found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "quote")) is not None
        else None
    ) is not None:  # L43
        wire["quoteId"] = quote_id  # L43
    product: Wire = {}
    wire["product"] = product
    if (code := ctx.binding.get("product_code")) is not None:  # L44
        product["code"] = code  # L44
    if (
        plan := lookup(ctx.binding.get("plan_code") or {}, req.plan if req.plan is not None else "standard")
    ) is not None:  # L45
        product["plan"] = plan  # L45
    period = req.period
    wire["inceptionAt"] = DATETIME_ISO_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L47
    wire["expiryAt"] = DATETIME_ISO_08_00.send(need(period.end if period is not None else None, "period.end"))  # L48
    policyholder = req.policyholder
    wire["policyHolder"] = policyholder_out(policyholder)  # L49
    if req.insureds:  # L50
        wire["persons"] = by_index_out([insured_out(item) for item in req.insureds])  # L50
    if chosen := [beneficiary_out(item) for item in req.beneficiaries if item.kind == "named"]:  # L51
        wire["beneficiaries"] = by_index_out(chosen)  # L51
    if req.coverages:  # L52
        wire["coverages"] = by_index_out([coverage_out(item) for item in req.coverages])  # L52
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L53
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    if freight is not None:  # L53
        wire["freight"] = freight_out(freight)  # L53
    event_ticket = object_2.event_ticket if object_2 is not None and isinstance(object_2, EventTicketObject) else None
    if event_ticket is not None:  # L54
        wire["eventTicket"] = event_ticket_out(event_ticket)  # L54
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    if person_travel is not None:  # L55
        wire["trip"] = trip_out(person_travel)  # L55
    quoted_premium: Wire = {}
    wire["quotedPremium"] = quoted_premium
    if (
        amount := dig(ctx.steps.get("price"), "premium", "gross", "amount") if req.expected_premium is None else None
    ) is not None:  # L60
        quoted_premium["amount"] = amount  # L60
    if (
        currency := dig(ctx.steps.get("price"), "premium", "gross", "currency")
        if req.expected_premium is None
        else None
    ) is not None:  # L61
        quoted_premium["currency"] = currency  # L61
    if req.expected_premium is not None and (expected_premium := req.expected_premium) is not None:  # L62
        quoted_premium["amount"] = MONEY_MAJOR.send(expected_premium)  # L62
        quoted_premium["currency"] = expected_premium.currency  # L62
    if chosen_2 := [apply_answer_out(item) for item in req.answers if item.question == "health_issue"]:  # L63
        wire["declarations"] = by_index_out(chosen_2)  # L63
    if req.disclosures:  # L64
        wire["consents"] = by_index_out([apply_disclosure_out(item) for item in req.disclosures])  # L64
    if not quoted_premium:
        del wire["quotedPremium"]
    if not product:
        del wire["product"]
    return wire


def build_apply(req: UnderwritingSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/partner/v2" + "/applications",
            message_apply(req, ctx),
            ctx,
            {"Idempotency-Key": number_cut(ctx.request_no, 32)},
        )  # L38
    except Exception as error:
        raise cannot_send(error) from None


def classify_apply(wire: Wire, reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 201 and text_of(dig(wire, "status")) == "ACCEPTED" and dig(wire, "applicationId"):  # L87
        return Outcome(kind=OutcomeKind.accepted)  # L87
    if status == 202 and text_of(dig(wire, "status")) == "REFERRED":  # L88
        return Outcome(
            kind=OutcomeKind.pending, code="underwriting.manual", then="inquiry", every_s=600.0, for_s=259200.0
        )  # L88
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L89
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L89
    return Outcome(kind=OutcomeKind.unknown)  # L90


def read_result_apply(
    wire: Wire, reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context
) -> tuple[UnderwritingSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    conditions_read: list[str] = []
    try:
        for one in each(wire.get("conditions")):  # L94
            try:
                conditions_read.append(text_in(one))  # L94
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    errors = element_in(wire.get("errors"), 0, problems)  # L96
    application_number_no: str | None = None
    try:
        application_number_no = text_given(wire.get("applicationId"))  # L92
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(errors.get("detail"))  # L96
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.application, no=application_number_no),)
            if application_number_no is not None
            else ()
        )  # L92
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (Reason(text=reason_text),) if reason_text is not None else ()  # L96
    except Exception as error:
        note(problems, error)
    status: ApplicationStatus | None = None
    try:
        status = APPLICATION_IN[v] if (v := value_in(wire.get("status"))) is not None else None  # L93
    except Exception as error:
        note(problems, error)
    decision: UwDecision | None = None
    try:
        decision = (
            UwDecision(v)
            if (
                v := "accept"
                if text_of(dig(wire, "status")) == "ACCEPTED"
                else "refer"
                if text_of(dig(wire, "status")) == "REFERRED"
                else None
            )
            is not None
            else None
        )  # L98
    except Exception as error:
        note(problems, error)
    conditions: tuple[str, ...] = ()
    try:
        conditions = tuple(conditions_read)  # L94
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = DATETIME_ISO_08_00.read(v) if (v := value_in(wire.get("validUntil"))) is not None else None  # L95
    except Exception as error:
        note(problems, error)
    return UnderwritingSubmitResult(
        numbers=numbers,
        reasons=reasons,
        status=status,
        decision=decision,
        conditions=conditions,
        valid_until=valid_until,
    ), problems


def parse_apply(reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_apply(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerOrderId"), outcome):  # L84
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L84
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_apply(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_APPLY, UNMAPPED_MAX),
        wire=wire,
    )


OPERATION = Operation(
    carrier="aurora",
    name="underwriting.submit",
    steps=(
        Step(
            name="price",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build_price,
            parse=parse_price,
            when=wanted_price,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
        Step(
            name="apply",
            operation="underwriting.submit",
            safety=SafetyClass.write_replay,
            build=build_apply,
            parse=parse_apply,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="replay", key="header.Idempotency-Key", ttl_s=86400.0),
    inquiry=Inquiry(operation="underwriting.get", visibility_lag_s=5.0, not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_replay,
)
