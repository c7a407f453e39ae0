"""翡翠健康（虚构） 1.3.0 policy.issue.

Generated from mappings/carriers/jade/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 1f319b2f449c5c84da4428bea78cff81cb62a0efd2161291ab72ac9363409f82

from datetime import datetime

from adapters.jade.carrier import ERRORS, company_out, decoded, encoded, member_out, member_told_in
from gateway.model import (
    Insured,
    Money,
    Number,
    NumberKind,
    Period,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    Reason,
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
    each,
    echoed,
    element_in,
    fit,
    heard,
    lookup,
    need,
    note,
    now_text,
    number_cut,
    only_out,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    until_codec,
    value_in,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/jade/policy_issue.yaml"
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
UNTIL_YYYY_MM_DD_1_D_08_00 = until_codec("yyyy-MM-dd", "1d", "+08:00", False)
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "policyNo": None,
            "reasonCode": None,
            "state": None,
            "declinedPremium": None,
            "issueTime": None,
            "startDate": None,
            "endDate": None,
            "premium": None,
            "members": {"result": None, "reasonCode": None, "memberNo": None, "certNo": None, "reasonText": None},
            "reasonText": None,
        },
        "head": {"code": None, "requestNo": None, "service": None, "message": None},
    }
)


def message(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "GH02"  # L9
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L10
    head["requestTime"] = now_text(ctx.now, "yyyy-MM-dd HH:mm:ss", "+08:00")  # L11
    body: Wire = {}
    wire["body"] = body
    body["quoteNo"] = None  # L12
    if (plan_code := lookup(ctx.binding.get("plan_code") or {}, req.plan)) is not None:  # L13
        body["planCode"] = plan_code  # L13
    numbers = req.numbers
    quote_number = only_out([item for item in numbers if item.kind == NumberKind.quote])  # L15
    if quote_number is not None:  # L15
        body["quoteNo"] = fit(quote_number.no, 20, "UTF-8")  # L15
    period = req.period
    body["startDate"] = DATETIME_YYYY_MM_DD_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L16
    body["endDate"] = UNTIL_YYYY_MM_DD_1_D_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L17
    body["premium"] = yuan_out(req.expected_premium)  # L18
    policyholder = req.policyholder
    body["company"] = company_out(policyholder)  # L19
    if req.insureds:  # L20
        body["members"] = [member_out(item, req) for item in req.insureds]  # L20
    receipt = req.receipt
    if receipt is not None and (payment_ref := receipt.payment_ref) is not None:  # L21
        body["payRef"] = fit(payment_ref, 40, "UTF-8")  # L21
    if body["quoteNo"] is None:
        del body["quoteNo"]
    return wire


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/openapi/group", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "code")) == "J0000"
        and text_of(dig(wire, "body", "state")) == "A"
        and dig(wire, "body", "policyNo")
    ):  # L53
        return Outcome(kind=OutcomeKind.accepted)  # L53
    if (
        text_of(dig(wire, "head", "code")) == "J0000"
        and text_of(dig(wire, "body", "state")) == "P"
        and not dig(wire, "body", "policyNo")
    ):  # L54
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=60.0, for_s=86400.0)  # L54
    if (
        text_of(dig(wire, "head", "code")) == "J0000"
        and text_of(dig(wire, "body", "state")) == "R"
        and not dig(wire, "body", "policyNo")
    ):  # L55
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L55
    if dig(wire, "head", "code") and text_of(dig(wire, "head", "code")) != "J0000":  # L56
        return by_code(ERRORS, dig(wire, "head", "code"))  # L56
    return Outcome(kind=OutcomeKind.unknown)  # L57


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L59
    head = element_in(wire, "head", problems)  # L65
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L65
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L65
            reason_code = text_given(head.get("code")) if text_of(dig(wire, "head", "code")) != "J0000" else None  # L65
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L66
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L66
            reason_text = (
                text_given(head.get("message")) if text_of(dig(wire, "head", "code")) != "J0000" else None
            )  # L66
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("policyNo"))  # L59
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_YYYY_MM_DD_08_00.read(v) if (v := value_in(body.get("startDate"))) is not None else None
        )  # L61
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            UNTIL_YYYY_MM_DD_1_D_08_00.read(v) if (v := value_in(body.get("endDate"))) is not None else None
        )  # L62
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("premium"))) is not None else None  # L63
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L59
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L65
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "body.startDate"), end=require(period_end, "body.endDate"))
            if period_start is not None or period_end is not None
            else None
        )  # L61
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("issueTime"))) is not None else None
        )  # L60
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple([member_told_in(one, problems) for one in each(body.get("members"))])  # L64
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L63
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
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L50
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L50
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
    carrier="jade",
    name="policy.issue",
    steps=(
        Step(
            name="policy.issue",
            operation="policy.issue",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    idempotency=Idempotency(kind="replay", key="head.requestNo", ttl_s=259200.0),
    inquiry=Inquiry(
        operation="policy.get",
        visibility_lag_s=10.0,
        not_found_is_final_after_s=60.0,
        every_s=(10.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_replay,
)
