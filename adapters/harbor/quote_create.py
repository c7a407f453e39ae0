"""海港财险（虚构） 2.4 quote.create.

Generated from mappings/carriers/harbor/quote_create.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 8cd4158925d56fb6759bde2d2639a4d2ff1143ce2cf5c0277de8737eb285dc91

from adapters.harbor.carrier import ERRORS, decoded, encoded, insured_out, policyholder_out
from gateway.model import (
    InsuredPremium,
    Money,
    Premium,
    QuoteBinding,
    QuoteCreateRequest,
    QuoteCreateResult,
    QuoteStatus,
    Reason,
)
from gateway.wire import (
    Context,
    Forged,
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
    echoed_in_yes,
    element_in,
    heard,
    lookup,
    need,
    note,
    now_text,
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

MAPPING = "mappings/carriers/harbor/quote_create.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00 = until_codec("yyyyMMddHHmmss", "1s", "+08:00", False)
KNOWN = Known(
    {
        "BODY": {"PREMIUM": None, "PERSONS": {"PERSON": {"SEQ": None, "PREMIUM": None}}},
        "Fault": {"detail": {"code": None}, "text": None},
        "HEAD": {"CODE": None, "SERIAL": None, "TRANS": None, "MESSAGE": None},
    }
)


def message(req: QuoteCreateRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["HEAD"] = head
    head["TRANS"] = "100001"  # L8
    head["SERIAL"] = number_cut(ctx.request_no, 20)  # L9
    head["TIME"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L10
    if (partner := text(ctx.config.get("partner"))) is not None:  # L11
        head["PARTNER"] = partner  # L11
    body: Wire = {}
    wire["BODY"] = body
    if (product := text(ctx.binding.get("product_code"))) is not None:  # L12
        body["PRODUCT"] = product  # L12
    if (plan := text(lookup(ctx.binding.get("plan_code") or {}, req.plan))) is not None:  # L13
        body["PLAN"] = plan  # L13
    period = req.period
    body["STARTTIME"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L15
    body["ENDTIME"] = UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L16
    policyholder = req.policyholder
    body["HOLDER"] = policyholder_out(policyholder)  # L17
    insureds: Wire = {}
    body["INSUREDS"] = insureds
    if req.insureds:  # L18
        insureds["INSURED"] = [insured_out(item, req) for item in req.insureds]  # L18
    if not insureds:
        del body["INSUREDS"]
    return wire


def build(req: QuoteCreateRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/services/PolicyService",
            message(req, ctx),
            ctx,
            "h:quote",
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    if unanswered(status, 500):
        return UNKNOWN
    if status == 400:  # L48
        return Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="不能解密")  # L48
    if status == 500 and dig(wire, "Fault", "detail", "code"):  # L49
        return by_code(ERRORS, dig(wire, "Fault", "detail", "code"))  # L49
    if dig(wire, "HEAD", "CODE") == "000000" and dig(wire, "BODY", "PREMIUM"):  # L50
        return Outcome(kind=OutcomeKind.accepted)  # L50
    if dig(wire, "HEAD", "CODE") and dig(wire, "HEAD", "CODE") != "000000":  # L51
        return by_code(ERRORS, dig(wire, "HEAD", "CODE"))  # L51
    return Outcome(kind=OutcomeKind.unknown)  # L52


def by_status(reply: WireReply, ctx: Context) -> Outcome:
    """What the status alone says of a reply whose body cannot be decoded."""
    status = reply.status
    if status == 400:  # L48
        return Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="不能解密")  # L48
    return UNKNOWN


def premium_per_insured_in(w: Wire) -> InsuredPremium:
    return InsuredPremium(
        insured_ref=text_required(w.get("SEQ"), "SEQ"),  # L58
        amount=yuan_in(require(value_in(w.get("PREMIUM")), "PREMIUM")),  # L59
    )


def read_result(
    wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context
) -> tuple[QuoteCreateResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "BODY", problems)  # L54
    persons = element_in(body, "PERSONS", problems)  # L56
    per_insured_read: list[InsuredPremium] = []
    try:
        for one in each(persons.get("PERSON")):  # L55
            try:
                per_insured_read.append(premium_per_insured_in(one))  # L55
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "HEAD", problems)  # L60
    fault = element_in(wire, "Fault", problems)  # L60
    detail = element_in(fault, "detail", problems)  # L60
    reason_code: str | None = None
    try:
        reason_code = text_given(head.get("CODE")) if dig(wire, "HEAD", "CODE") != "000000" else None  # L60
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L60
            reason_code = text_given(detail.get("code"))  # L60
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(head.get("MESSAGE")) if dig(wire, "HEAD", "CODE") != "000000" else None  # L61
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L61
            reason_text = text_given(fault.get("text"))  # L61
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("PREMIUM"))) is not None else None  # L54
    except Exception as error:
        note(problems, error)
    premium_per_insured: tuple[InsuredPremium, ...] = ()
    try:
        premium_per_insured = tuple(per_insured_read)  # L55
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L60
    except Exception as error:
        note(problems, error)
    status: QuoteStatus | None = None
    try:
        status = (
            QuoteStatus(v) if (v := "quoted" if dig(wire, "HEAD", "CODE") == "000000" else None) is not None else None
        )  # L63
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=premium_gross, per_insured=premium_per_insured) if premium_gross is not None else None
        )  # L54
    except Exception as error:
        note(problems, error)
    binding: QuoteBinding | None = None
    try:
        binding = (
            QuoteBinding(v)
            if (v := "indication" if dig(wire, "HEAD", "CODE") == "000000" else None) is not None
            else None
        )  # L64
    except Exception as error:
        note(problems, error)
    return QuoteCreateResult(reasons=reasons, status=status, premium=premium, binding=binding), problems


def parse(reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Forged as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    except Exception as error:
        return Reply(outcome=by_status(reply, ctx), problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if reply.status not in (400,) and not echoed_in_yes(
            number_cut(ctx.request_no, 20), dig(wire, "HEAD", "SERIAL"), outcome
        ):  # L44
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L44
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
    carrier="harbor",
    name="quote.create",
    steps=(
        Step(
            name="quote.create",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=5.0, total_s=30.0),
        ),
    ),
    safety=SafetyClass.read,
)
