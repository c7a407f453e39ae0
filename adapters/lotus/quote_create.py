"""莲花财险（虚构） 2.0.0 quote.create.

Generated from mappings/carriers/lotus/quote_create.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 4e46c8d24408760bb4e5bc3c339054140d49322e8581ef1797749d8614b2382a

from datetime import datetime

from adapters.lotus.carrier import (
    ERRORS,
    applicant_out,
    coverage_out,
    decoded,
    encoded,
    insured_out,
    journey_out,
    order_out,
)
from adapters.lotus.codes import QUOTE_STATUS_IN
from gateway.model import (
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
    Reason,
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
    by_code,
    cannot_send,
    datetime_codec,
    dig,
    each,
    echoed,
    element_in,
    fen_number_in,
    heard,
    lookup,
    need,
    note,
    now_text,
    nth_out,
    number_cut,
    problem,
    require,
    text_given,
    text_of,
    text_required,
    unanswered,
    unmapped,
    until_codec,
    value_in,
)

MAPPING = "mappings/carriers/lotus/quote_create.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00 = until_codec("yyyyMMddHHmmss", "1s", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "quoteNo": None,
            "quoteStatus": None,
            "reasonCode": None,
            "totalPremium": None,
            "insuredList": {"insuredRef": None, "premium": None},
            "validTime": None,
            "reasonMsg": None,
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: QuoteCreateRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH1001"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L9
    body: Wire = {}
    wire["body"] = body
    if (product_code := ctx.binding.get("product_code")) is not None:  # L10
        body["productCode"] = product_code  # L10
    if (plan_code := lookup(ctx.binding.get("plan_code") or {}, req.plan)) is not None:  # L11
        body["planCode"] = plan_code  # L11
    period = req.period
    body["startTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L13
    body["endTime"] = UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L14
    policyholder = req.policyholder
    body["applicant"] = applicant_out(policyholder)  # L15
    if req.insureds:  # L16
        body["insuredList"] = [insured_out(item, req) for item in req.insureds]  # L16
    if req.coverages:  # L17
        body["coverageList"] = [coverage_out(item) for item in req.coverages]  # L17
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L18
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    if freight is not None:  # L18
        body["orderInfo"] = order_out(freight)  # L18
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    if person_travel is not None:  # L19
        body["travelInfo"] = journey_out(person_travel)  # L19
    return wire


def build(req: QuoteCreateRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "quoteStatus")) == "1"
        and dig(wire, "body", "quoteNo")
    ):  # L45
        return Outcome(kind=OutcomeKind.accepted)  # L45
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "quoteStatus")) == "3":  # L46
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L46
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L47
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L47
    return Outcome(kind=OutcomeKind.unknown)  # L48


def premium_per_insured_in(w: Wire) -> InsuredPremium:
    return InsuredPremium(
        insured_ref=text_required(w.get("insuredRef"), "insuredRef"),  # L56
        amount=fen_number_in(require(value_in(w.get("premium")), "premium")),  # L57
    )


def read_result(
    wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context
) -> tuple[QuoteCreateResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L50
    per_insured_read: list[InsuredPremium] = []
    try:
        for one in each(body.get("insuredList")):  # L53
            try:
                per_insured_read.append(premium_per_insured_in(one))  # L53
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "head", problems)  # L59
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L59
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L59
            reason_code = (
                text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L59
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonMsg"))  # L60
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L60
            reason_text = (
                text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L60
    except Exception as error:
        note(problems, error)
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(body.get("quoteNo"))  # L50
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = fen_number_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L52
    except Exception as error:
        note(problems, error)
    premium_per_insured: tuple[InsuredPremium, ...] = ()
    try:
        premium_per_insured = tuple(per_insured_read)  # L53
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L50
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L59
    except Exception as error:
        note(problems, error)
    status: QuoteStatus | None = None
    try:
        status = QUOTE_STATUS_IN[v] if (v := value_in(body.get("quoteStatus"))) is not None else None  # L51
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=premium_gross, per_insured=premium_per_insured) if premium_gross is not None else None
        )  # L52
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("validTime"))) is not None else None
        )  # L58
    except Exception as error:
        note(problems, error)
    binding: QuoteBinding | None = None
    try:
        binding = (
            QuoteBinding(v)
            if (v := "bindable" if text_of(dig(wire, "body", "quoteStatus")) == "1" else None) is not None
            else None
        )  # L62
    except Exception as error:
        note(problems, error)
    return QuoteCreateResult(
        numbers=numbers, reasons=reasons, status=status, premium=premium, valid_until=valid_until, binding=binding
    ), problems


def parse(reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L42
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L42
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN, UNMAPPED_MAX),
        wire=wire,
    )


OPERATION = Operation(
    carrier="lotus",
    name="quote.create",
    steps=(
        Step(
            name="quote.create",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
