"""海港财险（虚构） 2.4 policy.issue.

Generated from mappings/carriers/harbor/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 90d137ad082fdaaed5e69e41bcc40d1d559f2e0dce874cd94c289a4e8c1578b1

from datetime import datetime

from adapters.harbor.carrier import ERRORS, decoded, encoded, insured_out, policyholder_out
from gateway.model import (
    Collector,
    Insured,
    Money,
    Number,
    NumberKind,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    Reason,
)
from gateway.wire import (
    CannotSend,
    Context,
    Forged,
    Idempotency,
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
    fit,
    heard,
    lookup,
    need,
    note,
    now_text,
    number_cut,
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    until_codec,
    value_in,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/harbor/policy_issue.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00 = until_codec("yyyyMMddHHmmss", "1s", "+08:00", False)
KNOWN = Known(
    {
        "BODY": {
            "POLICYNO": None,
            "PREMIUM": None,
            "ISSUETIME": None,
            "CERTS": {"CERT": {"SEQ": None, "CERTNO": None}},
        },
        "Fault": {"detail": {"code": None}, "text": None},
        "HEAD": {"CODE": None, "SERIAL": None, "TRANS": None, "MESSAGE": None},
    }
)


def message(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["HEAD"] = head
    head["TRANS"] = "100002"  # L9
    head["SERIAL"] = number_cut(ctx.request_no, 20)  # L10
    head["TIME"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L11
    if (partner := text(ctx.config.get("partner"))) is not None:  # L12
        head["PARTNER"] = partner  # L12
    body: Wire = {}
    wire["BODY"] = body
    if (product := text(ctx.binding.get("product_code"))) is not None:  # L13
        body["PRODUCT"] = product  # L13
    if (plan := text(lookup(ctx.binding.get("plan_code") or {}, req.plan))) is not None:  # L14
        body["PLAN"] = plan  # L14
    period = req.period
    body["STARTTIME"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L16
    body["ENDTIME"] = UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L17
    body["PREMIUM"] = yuan_out(req.expected_premium)  # L18
    policyholder = req.policyholder
    body["HOLDER"] = policyholder_out(policyholder)  # L19
    insureds: Wire = {}
    body["INSUREDS"] = insureds
    if req.insureds:  # L20
        insureds["INSURED"] = [insured_out(item, req) for item in req.insureds]  # L20
    pay: Wire = {}
    body["PAY"] = pay
    receipt = req.receipt
    if req.receipt is None:  # L22
        pay["PAYTYPE"] = "130002"  # L22
        pay["PAYNO"] = ""  # L22
        pay["PAYTIME"] = ""  # L22
    elif receipt is not None and receipt.collected_by in (Collector.platform, Collector.intermediary):  # L23
        pay["PAYTYPE"] = "130001"  # L25
        pay["PAYNO"] = fit(
            need(receipt.payment_ref if receipt is not None else None, "receipt.payment_ref"), 40, "GBK"
        )  # L27
        if receipt is not None:  # L28
            pay["PAYTIME"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(receipt.paid_at)  # L28
    elif req.receipt is not None or receipt is not None:
        raise CannotSend("no case of this object holds; this carrier cannot be told")  # L22
    if not pay:
        del body["PAY"]
    if not insureds:
        del body["INSUREDS"]
    return wire


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/services/PolicyService",
            message(req, ctx),
            ctx,
            "h:issue",
        )  # L5
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    if unanswered(status, 500):
        return UNKNOWN
    if status == 400:  # L60
        return Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="不能解密")  # L60
    if status == 500 and dig(wire, "Fault", "detail", "code"):  # L61
        return by_code(ERRORS, dig(wire, "Fault", "detail", "code"))  # L61
    if dig(wire, "HEAD", "CODE") == "000000" and dig(wire, "BODY", "POLICYNO"):  # L62
        return Outcome(kind=OutcomeKind.accepted)  # L62
    if dig(wire, "HEAD", "CODE") and dig(wire, "HEAD", "CODE") != "000000":  # L63
        return by_code(ERRORS, dig(wire, "HEAD", "CODE"))  # L63
    return Outcome(kind=OutcomeKind.unknown)  # L64


def by_status(reply: WireReply, ctx: Context) -> Outcome:
    """What the status alone says of a reply whose body cannot be decoded."""
    status = reply.status
    if status == 400:  # L60
        return Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="不能解密")  # L60
    return UNKNOWN


def insured_in(w: Wire) -> Insured:
    return Insured(
        ref=text_given(w.get("SEQ")),  # L69
        certificate_no=text_given(w.get("CERTNO")),  # L69
    )


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "BODY", problems)  # L66
    certs = element_in(body, "CERTS", problems)  # L69
    insureds_read: list[Insured] = []
    try:
        for one in each(certs.get("CERT")):  # L69
            try:
                insureds_read.append(insured_in(one))  # L69
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "HEAD", problems)  # L70
    fault = element_in(wire, "Fault", problems)  # L70
    detail = element_in(fault, "detail", problems)  # L70
    reason_code: str | None = None
    try:
        reason_code = text_given(head.get("CODE")) if dig(wire, "HEAD", "CODE") != "000000" else None  # L70
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L70
            reason_code = text_given(detail.get("code"))  # L70
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(head.get("MESSAGE")) if dig(wire, "HEAD", "CODE") != "000000" else None  # L71
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L71
            reason_text = text_given(fault.get("text"))  # L71
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("POLICYNO"))  # L66
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("PREMIUM"))) is not None else None  # L67
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L66
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L70
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("ISSUETIME"))) is not None else None
        )  # L68
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L69
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L67
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(
        numbers=numbers, reasons=reasons, issued_at=issued_at, insureds=insureds, premium=premium
    ), problems


def parse(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
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
        ):  # L56
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L56
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
    name="policy.issue",
    steps=(
        Step(
            name="policy.issue",
            operation="policy.issue",
            safety=SafetyClass.write_blind,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=5.0, total_s=30.0),
        ),
    ),
    idempotency=Idempotency(),
    safety=SafetyClass.write_blind,
)
