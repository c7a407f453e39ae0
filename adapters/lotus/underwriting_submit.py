"""莲花财险（虚构） 2.0.0 underwriting.submit.

Generated from mappings/carriers/lotus/underwriting_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 0dbe8cd31da7f587d47f314ed2d93c91e9706fea18285922210ae38050ce6f4d

from datetime import datetime
from typing import Any

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
from adapters.lotus.codes import APPLICATION_IN, DECISION_IN
from gateway.model import (
    ApplicationStatus,
    FreightObject,
    Money,
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
    by_code,
    cannot_send,
    datetime_codec,
    dig,
    echoed,
    element_in,
    fen_number_in,
    first,
    heard,
    known,
    lookup,
    need,
    note,
    now_text,
    nth_out,
    number_cut,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    until_codec,
    value_in,
)

MAPPING = "mappings/carriers/lotus/underwriting_submit.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00 = until_codec("yyyyMMddHHmmss", "1s", "+08:00", False)
KNOWN_PRICE = Known(
    {
        "body": {
            "quoteNo": None,
            "quoteStatus": None,
            "reasonCode": None,
            "insuredList": None,
            "validTime": None,
            "totalPremium": None,
            "reasonMsg": None,
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)
KNOWN_UNDERWRITE = Known(
    {
        "body": {"reasonCode": None, "transStatus": None, "uwNo": None, "validTime": None, "reasonMsg": None},
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message_price(req: UnderwritingSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH1001"  # L13
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L14
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L15
    body: Wire = {}
    wire["body"] = body
    if (product_code := ctx.binding.get("product_code")) is not None:  # L16
        body["productCode"] = product_code  # L16
    if (plan_code := lookup(ctx.binding.get("plan_code") or {}, req.plan)) is not None:  # L17
        body["planCode"] = plan_code  # L17
    period = req.period
    body["startTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L19
    body["endTime"] = UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L20
    policyholder = req.policyholder
    body["applicant"] = applicant_out(policyholder)  # L21
    if req.insureds:  # L22
        body["insuredList"] = [insured_out(item, req) for item in req.insureds]  # L22
    if req.coverages:  # L23
        body["coverageList"] = [coverage_out(item) for item in req.coverages]  # L23
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L24
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    if freight is not None:  # L24
        body["orderInfo"] = order_out(freight)  # L24
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    if person_travel is not None:  # L25
        body["travelInfo"] = journey_out(person_travel)  # L25
    return wire


def build_price(req: UnderwritingSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do",
            message_price(req, ctx),
            ctx,
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify_price(wire: Wire, reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "quoteStatus")) == "1"
        and dig(wire, "body", "quoteNo")
    ):  # L31
        return Outcome(kind=OutcomeKind.accepted)  # L31
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "quoteStatus")) == "3":  # L32
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L32
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L33
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L33
    return Outcome(kind=OutcomeKind.unknown)  # L34


def read_result_price(
    wire: Wire, reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context
) -> tuple[UnderwritingSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L36
    head = element_in(wire, "head", problems)  # L38
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L38
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L38
            reason_code = (
                text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L38
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonMsg"))  # L39
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L39
            reason_text = (
                text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L39
    except Exception as error:
        note(problems, error)
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(body.get("quoteNo"))  # L36
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = fen_number_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L37
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L36
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L38
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L37
    except Exception as error:
        note(problems, error)
    return UnderwritingSubmitResult(numbers=numbers, reasons=reasons, premium=premium), problems


def parse_price(reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_price(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L28
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
    return bool(req.expected_premium is None)  # L9


def message_underwrite(req: UnderwritingSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH1002"  # L45
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L46
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L47
    body: Wire = {}
    wire["body"] = body
    if (
        quote_no := (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "quote")) is not None
            else None
        )
        if dig(ctx.steps.get("price"), "body", "quoteNo") is None
        else dig(ctx.steps.get("price"), "body", "quoteNo")
    ) is not None:  # L48
        body["quoteNo"] = quote_no  # L48
    if (product_code := ctx.binding.get("product_code")) is not None:  # L49
        body["productCode"] = product_code  # L49
    if (plan_code := lookup(ctx.binding.get("plan_code") or {}, req.plan)) is not None:  # L50
        body["planCode"] = plan_code  # L50
    body["startTime"] = None  # L51
    body["endTime"] = None  # L52
    if (
        total_premium := dig(ctx.steps.get("price"), "body", "totalPremium")
        if req.expected_premium is None
        else req.expected_premium.amount
    ) is not None:  # L53
        body["totalPremium"] = total_premium  # L53
    period = req.period
    body["startTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L55
    body["endTime"] = UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L56
    policyholder = req.policyholder
    body["applicant"] = applicant_out(policyholder)  # L57
    if req.insureds:  # L58
        body["insuredList"] = [insured_out(item, req) for item in req.insureds]  # L58
    if req.coverages:  # L59
        body["coverageList"] = [coverage_out(item) for item in req.coverages]  # L59
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L60
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    if freight is not None:  # L60
        body["orderInfo"] = order_out(freight)  # L60
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    if person_travel is not None:  # L61
        body["travelInfo"] = journey_out(person_travel)  # L61
    if body["startTime"] is None:
        del body["startTime"]
    if body["endTime"] is None:
        del body["endTime"]
    return wire


def build_underwrite(req: UnderwritingSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do",
            message_underwrite(req, ctx),
            ctx,
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify_underwrite(wire: Wire, reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "transStatus")) == "1"
        and dig(wire, "body", "uwNo")
    ):  # L86
        return Outcome(kind=OutcomeKind.accepted)  # L86
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "transStatus")) == "2":  # L87
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=30.0, for_s=86400.0)  # L87
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "transStatus")) == "4":  # L88
        return Outcome(
            kind=OutcomeKind.pending, code="underwriting.manual", then="inquiry", every_s=300.0, for_s=86400.0
        )  # L88
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "transStatus")) == "3":  # L89
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L89
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L90
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L90
    return Outcome(kind=OutcomeKind.unknown)  # L91


def read_result_underwrite(
    wire: Wire, reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context
) -> tuple[UnderwritingSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L93
    head = element_in(wire, "head", problems)  # L97
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L97
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L97
            reason_code = (
                text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L97
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonMsg"))  # L98
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L98
            reason_text = (
                text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L98
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("uwNo"))  # L93
    except Exception as error:
        note(problems, error)
    refs_underwriting_request_no: str | None = None
    try:
        refs_underwriting_request_no = text_given(head.get("requestNo"))  # L99
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.application, no=application_number_no),)
            if application_number_no is not None
            else ()
        )  # L93
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"underwriting_request_no": refs_underwriting_request_no})  # L99
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L97
    except Exception as error:
        note(problems, error)
    status: ApplicationStatus | None = None
    try:
        status = APPLICATION_IN[v] if (v := value_in(body.get("transStatus"))) is not None else None  # L94
    except Exception as error:
        note(problems, error)
    decision: UwDecision | None = None
    try:
        decision = (
            DECISION_IN[v]
            if text_of(dig(wire, "body", "transStatus")) != "2" and (v := value_in(body.get("transStatus"))) is not None
            else None
        )  # L95
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("validTime"))) is not None else None
        )  # L96
    except Exception as error:
        note(problems, error)
    return UnderwritingSubmitResult(
        numbers=numbers, refs=refs, reasons=reasons, status=status, decision=decision, valid_until=valid_until
    ), problems


def parse_underwrite(reply: WireReply, req: UnderwritingSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_underwrite(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L83
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L83
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_underwrite(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_UNDERWRITE, UNMAPPED_MAX),
        wire=wire,
    )


OPERATION = Operation(
    carrier="lotus",
    name="underwriting.submit",
    steps=(
        Step(
            name="price",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build_price,
            parse=parse_price,
            when=wanted_price,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
        Step(
            name="underwrite",
            operation="underwriting.submit",
            safety=SafetyClass.write_inquiry,
            build=build_underwrite,
            parse=parse_underwrite,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="reject_duplicate", key="head.requestNo"),
    inquiry=Inquiry(
        operation="underwriting.get",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
