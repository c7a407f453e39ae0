"""翡翠健康（虚构） 1.3.0 quote.create.

Generated from mappings/carriers/jade/quote_create.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 8f0be5739394cea49b33515358c117e12d80e84ada01299cd486c6401a03ae3c

from datetime import datetime

from adapters.jade.carrier import ERRORS, company_out, decoded, encoded, member_out
from adapters.jade.codes import QUOTE_STATUS_IN
from gateway.model import (
    InsuredPremium,
    Money,
    Number,
    NumberKind,
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
    heard,
    lookup,
    need,
    note,
    now_text,
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
    yuan_in,
)

MAPPING = "mappings/carriers/jade/quote_create.yaml"
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
UNTIL_YYYY_MM_DD_1_D_08_00 = until_codec("yyyy-MM-dd", "1d", "+08:00", False)
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "quoteNo": None,
            "reasonCode": None,
            "state": None,
            "premium": None,
            "members": {"memberNo": None, "premium": None},
            "validUntil": None,
            "reasonText": None,
        },
        "head": {"code": None, "requestNo": None, "service": None, "message": None},
    }
)


def message(req: QuoteCreateRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "GH01"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyy-MM-dd HH:mm:ss", "+08:00")  # L9
    body: Wire = {}
    wire["body"] = body
    if (plan_code := lookup(ctx.binding.get("plan_code") or {}, req.plan)) is not None:  # L10
        body["planCode"] = plan_code  # L10
    period = req.period
    body["startDate"] = DATETIME_YYYY_MM_DD_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L12
    body["endDate"] = UNTIL_YYYY_MM_DD_1_D_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L13
    policyholder = req.policyholder
    body["company"] = company_out(policyholder)  # L14
    if req.insureds:  # L15
        body["members"] = [member_out(item, req) for item in req.insureds]  # L15
    return wire


def build(req: QuoteCreateRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/openapi/group", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "code")) == "J0000"
        and text_of(dig(wire, "body", "state")) == "A"
        and dig(wire, "body", "quoteNo")
    ):  # L44
        return Outcome(kind=OutcomeKind.accepted)  # L44
    if text_of(dig(wire, "head", "code")) == "J0000" and text_of(dig(wire, "body", "state")) == "R":  # L45
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L45
    if dig(wire, "head", "code") and text_of(dig(wire, "head", "code")) != "J0000":  # L46
        return by_code(ERRORS, dig(wire, "head", "code"))  # L46
    return Outcome(kind=OutcomeKind.unknown)  # L47


def premium_per_insured_in(w: Wire) -> InsuredPremium:
    return InsuredPremium(
        insured_ref=text_required(w.get("memberNo"), "memberNo"),  # L55
        amount=yuan_in(require(value_in(w.get("premium")), "premium")),  # L56
    )


def read_result(
    wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context
) -> tuple[QuoteCreateResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L49
    per_insured_read: list[InsuredPremium] = []
    try:
        for one in each(body.get("members")):  # L52
            try:
                per_insured_read.append(premium_per_insured_in(one))  # L52
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "head", problems)  # L58
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L58
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L58
            reason_code = text_given(head.get("code")) if text_of(dig(wire, "head", "code")) != "J0000" else None  # L58
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L59
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L59
            reason_text = (
                text_given(head.get("message")) if text_of(dig(wire, "head", "code")) != "J0000" else None
            )  # L59
    except Exception as error:
        note(problems, error)
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(body.get("quoteNo"))  # L49
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("premium"))) is not None else None  # L51
    except Exception as error:
        note(problems, error)
    premium_per_insured: tuple[InsuredPremium, ...] = ()
    try:
        premium_per_insured = tuple(per_insured_read)  # L52
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L49
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L58
    except Exception as error:
        note(problems, error)
    status: QuoteStatus | None = None
    try:
        status = QUOTE_STATUS_IN[v] if (v := value_in(body.get("state"))) is not None else None  # L50
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=premium_gross, per_insured=premium_per_insured) if premium_gross is not None else None
        )  # L51
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("validUntil"))) is not None else None
        )  # L57
    except Exception as error:
        note(problems, error)
    binding: QuoteBinding | None = None
    try:
        binding = (
            QuoteBinding(v)
            if (v := "bindable" if text_of(dig(wire, "body", "state")) == "A" else None) is not None
            else None
        )  # L61
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
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L41
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L41
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
