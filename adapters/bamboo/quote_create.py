"""青竹人寿（虚构） 3.1 quote.create.

Generated from mappings/carriers/bamboo/quote_create.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 155caba996a6c4a480cedcf56ca695974e4acc36e6acfc1a44093a6c0f6ce5eb

from adapters.bamboo.carrier import ERRORS, coverage_out, decoded, encoded, insured_out, policyholder_out, trip_out
from adapters.bamboo.codes import QUOTE_STATUS_IN
from gateway.model import (
    InsuredPremium,
    Money,
    PersonTravelObject,
    Premium,
    QuoteBinding,
    QuoteCreateRequest,
    QuoteCreateResult,
    QuoteStatus,
    Reason,
)
from gateway.wire import (
    CannotSend,
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
    nth_out,
    number_cut,
    problem,
    require,
    text,
    text_given,
    text_required,
    unanswered,
    unmapped,
    until_codec,
    value_in,
    yuan_in,
)

MAPPING = "mappings/carriers/bamboo/quote_create.yaml"
DATETIME_MMSS_08_00 = datetime_codec("mmss", "+08:00", False)
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
DATETIME_HH_08_00 = datetime_codec("HH", "+08:00", False)
UNTIL_YYYY_MM_DD_1_D_08_00 = until_codec("yyyy-MM-dd", "1d", "+08:00", False)
KNOWN = Known(
    {
        "@code": None,
        "Body": {
            "Prem": None,
            "QuoteResult": None,
            "UWCode": None,
            "Insured": {"InsuredNo": None, "Prem": None},
            "UWMsg": None,
        },
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message(req: QuoteCreateRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "NB01"  # L7
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L8
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L9
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L10
    if (channel_code := text(ctx.config.get("channel_code"))) is not None:  # L11
        head["ChannelCode"] = channel_code  # L11
    body: Wire = {}
    wire["Body"] = body
    if (product_code := text(ctx.binding.get("product_code"))) is not None:  # L12
        body["ProductCode"] = product_code  # L12
    if (plan_code := text(lookup(ctx.binding.get("plan_code") or {}, req.plan))) is not None:  # L13
        body["PlanCode"] = plan_code  # L13
    body["CValiDate"] = None  # L14
    body["CValiHour"] = None  # L15
    body["EndDate"] = None  # L16
    body["EndHour"] = None  # L17
    period = req.period  # L19
    if period is not None and (
        req.period is not None
        and DATETIME_MMSS_08_00.send(req.period.start) == "0000"
        and DATETIME_MMSS_08_00.send(req.period.end) == "0000"
    ):  # L22
        body["CValiDate"] = DATETIME_YYYY_MM_DD_08_00.send(period.start)  # L24
        if (
            c_vali_hour := DATETIME_HH_08_00.send(req.period.start) if req.period is not None else None
        ) is not None:  # L26
            body["CValiHour"] = c_vali_hour  # L26
        if (
            end_date := UNTIL_YYYY_MM_DD_1_D_08_00.send(req.period.end)
            if req.period is not None and DATETIME_HH_08_00.send(req.period.end) == "00"
            else DATETIME_YYYY_MM_DD_08_00.send(req.period.end)
            if req.period is not None
            else None
        ) is not None:  # L27
            body["EndDate"] = end_date  # L27
        if (
            end_hour := "24"
            if req.period is not None and DATETIME_HH_08_00.send(req.period.end) == "00"
            else DATETIME_HH_08_00.send(req.period.end)
            if req.period is not None
            else None
        ) is not None:  # L28
            body["EndHour"] = end_hour  # L28
    elif period is not None:
        raise CannotSend("no case of period holds; this carrier cannot be told", path="period")  # L22
    policyholder = req.policyholder
    body["Appnt"] = policyholder_out(policyholder)  # L29
    if req.insureds:  # L30
        body["Insured"] = [insured_out(item, req) for item in req.insureds]  # L30
    if req.coverages:  # L31
        body["Risk"] = [coverage_out(item, ctx) for item in req.coverages]  # L31
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L32
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    body["Trip"] = (
        trip_out(person_travel) if person_travel is not None else {"FromPlace": "", "ToPlace": "", "Vehicle": ""}
    )  # L32
    if body["CValiDate"] is None:
        del body["CValiDate"]
    if body["CValiHour"] is None:
        del body["CValiHour"]
    if body["EndDate"] is None:
        del body["EndDate"]
    if body["EndHour"] is None:
        del body["EndHour"]
    return wire


def build(req: QuoteCreateRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "@code") == "1" and dig(wire, "Body", "QuoteResult") == "1" and dig(wire, "Body", "Prem"):  # L58
        return Outcome(kind=OutcomeKind.accepted)  # L58
    if dig(wire, "@code") == "1" and dig(wire, "Body", "QuoteResult") == "3":  # L59
        return by_code(ERRORS, dig(wire, "Body", "UWCode"))  # L59
    if dig(wire, "@code") == "0":  # L60
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L60
    return Outcome(kind=OutcomeKind.unknown)  # L61


def premium_per_insured_in(w: Wire) -> InsuredPremium:
    return InsuredPremium(
        insured_ref=text_required(w.get("InsuredNo"), "InsuredNo"),  # L68
        amount=yuan_in(require(value_in(w.get("Prem")), "Prem")),  # L69
    )


def read_result(
    wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context
) -> tuple[QuoteCreateResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "Body", problems)  # L63
    per_insured_read: list[InsuredPremium] = []
    try:
        for one in each(body.get("Insured")):  # L65
            try:
                per_insured_read.append(premium_per_insured_in(one))  # L65
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("UWCode"))  # L70
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L70
            reason_code = text_given(wire.get("ErrCode"))  # L70
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("UWMsg"))  # L71
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L71
            reason_text = text_given(wire.get("ErrMsg"))  # L71
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("Prem"))) is not None else None  # L64
    except Exception as error:
        note(problems, error)
    premium_per_insured: tuple[InsuredPremium, ...] = ()
    try:
        premium_per_insured = tuple(per_insured_read)  # L65
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L70
    except Exception as error:
        note(problems, error)
    status: QuoteStatus | None = None
    try:
        status = QUOTE_STATUS_IN[v] if (v := value_in(body.get("QuoteResult"))) is not None else None  # L63
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=premium_gross, per_insured=premium_per_insured) if premium_gross is not None else None
        )  # L64
    except Exception as error:
        note(problems, error)
    binding: QuoteBinding | None = None
    try:
        binding = (
            QuoteBinding(v)
            if (v := "indication" if dig(wire, "Body", "QuoteResult") == "1" else None) is not None
            else None
        )  # L73
    except Exception as error:
        note(problems, error)
    return QuoteCreateResult(reasons=reasons, status=status, premium=premium, binding=binding), problems


def parse(reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L55
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L55
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
    carrier="bamboo",
    name="quote.create",
    steps=(
        Step(
            name="quote.create",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    safety=SafetyClass.read,
)
