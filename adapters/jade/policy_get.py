"""翡翠健康（虚构） 1.3.0 policy.get.

Generated from mappings/carriers/jade/policy_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 58a114d5bf4ed5ca0aa24c8068f7d3bcd06e86775237b93093515de0b0d8bb70

from datetime import datetime

from adapters.jade.carrier import ERRORS, decoded, encoded, member_told_in
from adapters.jade.codes import POLICY_STATUS_IN
from gateway.model import (
    Insured,
    Money,
    Number,
    NumberKind,
    Period,
    PolicyGetRequest,
    PolicyGetResult,
    PolicyStatus,
    Premium,
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
    first,
    fit,
    heard,
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
)

MAPPING = "mappings/carriers/jade/policy_get.yaml"
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
UNTIL_YYYY_MM_DD_1_D_08_00 = until_codec("yyyy-MM-dd", "1d", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "origRequestNo": None,
            "policyNo": None,
            "reasonCode": None,
            "state": None,
            "declinedPremium": None,
            "policyState": None,
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


def message(req: PolicyGetRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "GH03"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyy-MM-dd HH:mm:ss", "+08:00")  # L9
    body: Wire = {}
    wire["body"] = body
    body["queryType"] = "2" if any(one.kind == "policy" for one in req.numbers) else "1"  # L10
    if (
        orig_request_no := None if any(one.kind == "policy" for one in req.numbers) else number_cut(ctx.request_no, 32)
    ) is not None:  # L11
        body["origRequestNo"] = orig_request_no  # L11
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L13
    if policy_number is not None:  # L13
        body["policyNo"] = fit(policy_number.no, 24, "UTF-8")  # L13
    return wire


def build(req: PolicyGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/openapi/group", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "head", "code") and text_of(dig(wire, "head", "code")) != "J0000":  # L31
        return by_code(ERRORS, dig(wire, "head", "code"))  # L31
    if any(one.kind == "policy" for one in req.numbers) and text_of(dig(wire, "body", "policyNo")) != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
        else None
    ):  # L32
        return Outcome(kind=OutcomeKind.unknown)  # L32
    if not any(one.kind == "policy" for one in req.numbers) and text_of(
        dig(wire, "body", "origRequestNo")
    ) != number_cut(ctx.request_no, 32):  # L33
        return Outcome(kind=OutcomeKind.unknown)  # L33
    if text_of(dig(wire, "body", "state")) == "A" and dig(wire, "body", "policyNo"):  # L34
        return Outcome(kind=OutcomeKind.accepted)  # L34
    if text_of(dig(wire, "body", "state")) == "P":  # L35
        return Outcome(kind=OutcomeKind.pending)  # L35
    if text_of(dig(wire, "body", "state")) == "R":  # L36
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L36
    return Outcome(kind=OutcomeKind.unknown)  # L37


def read_result(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> tuple[PolicyGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L39
    head = element_in(wire, "head", problems)  # L46
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L46
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L46
            reason_code = text_given(head.get("code")) if text_of(dig(wire, "head", "code")) != "J0000" else None  # L46
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L47
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L47
            reason_text = (
                text_given(head.get("message")) if text_of(dig(wire, "head", "code")) != "J0000" else None
            )  # L47
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("policyNo"))  # L39
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_YYYY_MM_DD_08_00.read(v) if (v := value_in(body.get("startDate"))) is not None else None
        )  # L42
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            UNTIL_YYYY_MM_DD_1_D_08_00.read(v) if (v := value_in(body.get("endDate"))) is not None else None
        )  # L43
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("premium"))) is not None else None  # L44
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L39
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L46
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = POLICY_STATUS_IN[v] if (v := value_in(body.get("policyState"))) is not None else None  # L40
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "body.startDate"), end=require(period_end, "body.endDate"))
            if period_start is not None or period_end is not None
            else None
        )  # L42
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("issueTime"))) is not None else None
        )  # L41
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple([member_told_in(one, problems) for one in each(body.get("members"))])  # L45
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L44
    except Exception as error:
        note(problems, error)
    return PolicyGetResult(
        numbers=numbers,
        reasons=reasons,
        status=status,
        period=period,
        issued_at=issued_at,
        insureds=insureds,
        premium=premium,
    ), problems


def parse(reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L28
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L28
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
    name="policy.get",
    steps=(
        Step(
            name="policy.get",
            operation="policy.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    safety=SafetyClass.read,
)
