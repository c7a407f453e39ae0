"""莲花财险（虚构） 2.0.0 policy.issue.

Generated from mappings/carriers/lotus/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 7b6e6695cfab45fbc5da47e2e68a7dc477905a4b127f2a5ede0bb9cd7a4da876

from datetime import datetime

from adapters.lotus.carrier import (
    ERRORS,
    applicant_out,
    coverage_out,
    decoded,
    encoded,
    insured_out,
    insured_result_in,
    journey_out,
    order_out,
)
from gateway.model import (
    Collector,
    FreightObject,
    Insured,
    Money,
    Number,
    NumberKind,
    Period,
    PersonTravelObject,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    Reason,
)
from gateway.wire import (
    CannotSend,
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
    each,
    echoed,
    element_in,
    fen_number_in,
    fen_number_out,
    fit,
    heard,
    lookup,
    need,
    note,
    now_text,
    nth_out,
    number_cut,
    only_out,
    present,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    until_codec,
    value_in,
)

MAPPING = "mappings/carriers/lotus/policy_issue.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00 = until_codec("yyyyMMddHHmmss", "1s", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "policyNo": None,
            "reasonCode": None,
            "transStatus": None,
            "applyNo": None,
            "issueTime": None,
            "startTime": None,
            "endTime": None,
            "totalPremium": None,
            "insuredList": {"insuredRef": None, "certNo": None, "insuredStatus": None, "insuredCode": None},
            "reasonMsg": None,
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH1003"  # L9
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L10
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L11
    body: Wire = {}
    wire["body"] = body
    body["quoteNo"] = None  # L12
    body["uwNo"] = None  # L13
    if (product_code := ctx.binding.get("product_code")) is not None:  # L14
        body["productCode"] = product_code  # L14
    if (plan_code := lookup(ctx.binding.get("plan_code") or {}, req.plan)) is not None:  # L15
        body["planCode"] = plan_code  # L15
    numbers = req.numbers
    quote_number = only_out([item for item in numbers if item.kind == NumberKind.quote])  # L17
    if quote_number is not None:  # L17
        body["quoteNo"] = fit(quote_number.no, 20, "UTF-8")  # L17
    numbers_2 = req.numbers
    application_number = only_out([item for item in numbers_2 if item.kind == NumberKind.application])  # L18
    if application_number is not None:  # L18
        body["uwNo"] = fit(application_number.no, 20, "UTF-8")  # L18
    period = req.period
    body["startTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L19
    body["endTime"] = UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L20
    body["totalPremium"] = fen_number_out(req.expected_premium)  # L21
    policyholder = req.policyholder
    body["applicant"] = applicant_out(policyholder)  # L22
    if req.insureds:  # L23
        body["insuredList"] = [insured_out(item, req) for item in req.insureds]  # L23
    if req.coverages:  # L24
        body["coverageList"] = [coverage_out(item) for item in req.coverages]  # L24
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L25
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    if freight is not None:  # L25
        body["orderInfo"] = order_out(freight)  # L25
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    if person_travel is not None:  # L26
        body["travelInfo"] = journey_out(person_travel)  # L26
    pay_info: Wire = {}
    body["payInfo"] = pay_info
    receipt = req.receipt
    if req.receipt is None:  # L28
        pay_info["payMode"] = "2"  # L28
    elif receipt is not None and receipt.collected_by in (Collector.platform, Collector.intermediary):  # L29
        pay_info["payMode"] = "1"  # L31
        pay_info["payRef"] = fit(
            need(receipt.payment_ref if receipt is not None else None, "receipt.payment_ref"), 40, "UTF-8"
        )  # L33
        if receipt is not None:
            pay_info["payAmount"] = fen_number_out(receipt.amount)  # L34
            pay_info["payTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(receipt.paid_at)  # L35
    elif req.receipt is not None or receipt is not None:
        raise CannotSend("no case of this object holds; this carrier cannot be told")  # L28
    if body["quoteNo"] is None:
        del body["quoteNo"]
    if body["uwNo"] is None:
        del body["uwNo"]
    if not pay_info:
        del body["payInfo"]
    return wire


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "transStatus")) == "1"
        and dig(wire, "body", "policyNo")
    ):  # L61
        return Outcome(kind=OutcomeKind.accepted)  # L61
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "transStatus")) == "2"
        and not dig(wire, "body", "policyNo")
    ):  # L62
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=10.0, for_s=900.0)  # L62
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "transStatus")) == "4"
        and not dig(wire, "body", "policyNo")
    ):  # L63
        return Outcome(
            kind=OutcomeKind.pending, code="underwriting.manual", then="inquiry", every_s=300.0, for_s=86400.0
        )  # L63
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "transStatus")) == "3"
        and not dig(wire, "body", "policyNo")
    ):  # L64
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L64
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L65
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L65
    return Outcome(kind=OutcomeKind.unknown)  # L66


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L68
    insureds_read: list[Insured] = []
    try:
        for one in each(body.get("insuredList")):  # L74
            try:
                insureds_read.append(insured_result_in(one))  # L74
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "head", problems)  # L75
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L75
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L75
            reason_code = (
                text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L75
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonMsg"))  # L76
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L76
            reason_text = (
                text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L76
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("applyNo"))  # L68
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("policyNo"))  # L69
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("startTime"))) is not None else None
        )  # L71
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.read(v) if (v := value_in(body.get("endTime"))) is not None else None
        )  # L72
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = fen_number_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L73
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L68
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L75
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "body.startTime"), end=require(period_end, "body.endTime"))
            if period_start is not None or period_end is not None
            else None
        )  # L71
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("issueTime"))) is not None else None
        )  # L70
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L74
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L73
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(
        numbers=numbers, reasons=reasons, period=period, issued_at=issued_at, insureds=insureds, premium=premium
    ), problems


def parse(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L58
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L58
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
    name="policy.issue",
    steps=(
        Step(
            name="policy.issue",
            operation="policy.issue",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="reject_duplicate", key="head.requestNo"),
    inquiry=Inquiry(
        operation="policy.get",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
