"""海港财险（虚构） 2.4 claim.report.

Generated from mappings/carriers/harbor/claim_report.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 8733edc9ca7d31df6b946da400b2308dbfbe67513108ece390ef2f7f50fc1fa1

from adapters.harbor.carrier import ERRORS, decoded, encoded
from adapters.harbor.codes import CAUSE_OUT
from gateway.model import ClaimDecision, ClaimProcess, ClaimReportRequest, ClaimReportResult, Number, NumberKind, Reason
from gateway.wire import (
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
    echoed_in_yes,
    element_in,
    fit,
    heard,
    need,
    note,
    now_text,
    nth_out,
    number_cut,
    one_out,
    only_out,
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    yuan_out,
)

MAPPING = "mappings/carriers/harbor/claim_report.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
KNOWN = Known(
    {
        "BODY": {"REPORTNO": None},
        "Fault": {"detail": {"code": None}, "text": None},
        "HEAD": {"CODE": None, "SERIAL": None, "TRANS": None, "MESSAGE": None},
    }
)


def message(req: ClaimReportRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["HEAD"] = head
    head["TRANS"] = "100004"  # L9
    head["SERIAL"] = number_cut(ctx.request_no, 20)  # L10
    head["TIME"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L11
    if (partner := text(ctx.config.get("partner"))) is not None:  # L12
        head["PARTNER"] = partner  # L12
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L14
    body: Wire = {}
    wire["BODY"] = body
    body["POLICYNO"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 20, "GBK"
    )  # L14
    if req.insured_refs:  # L15
        body["SEQ"] = one_out([item for item in req.insured_refs])  # L15
    occurrence = req.occurrence
    body["ACCTIME"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(occurrence.at)  # L16
    place = occurrence.place
    body["ACCPLACE"] = (
        fit(text_2, 100, "GBK") if place is not None and (text_2 := place.text) is not None else ""
    )  # L17
    body["CAUSE"] = CAUSE_OUT[need(occurrence.cause_code, "occurrence.cause_code")]  # L18
    body["DESCRIPTION"] = fit(need(occurrence.description, "occurrence.description"), 400, "GBK")  # L19
    requested = req.requested
    body["AMOUNT"] = yuan_out(requested.amount) if requested is not None else ""  # L20
    reporter = req.reporter
    party = reporter.party
    reporter_2: Wire = {}
    body["REPORTER"] = reporter_2
    reporter_2["NAME"] = fit(party.name, 40, "GBK")  # L21
    phones = party.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L22
    reporter_2["MOBILE"] = fit(
        need(phone.number if phone is not None else None, "reporter.party.phones.0.number"), 11, "GBK"
    )  # L22
    return wire


def build(req: ClaimReportRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/services/PolicyService",
            message(req, ctx),
            ctx,
            "h:reportClaim",
        )  # L5
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    if unanswered(status, 500):
        return UNKNOWN
    if status == 400:  # L47
        return Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="不能解密")  # L47
    if status == 500 and dig(wire, "Fault", "detail", "code"):  # L48
        return by_code(ERRORS, dig(wire, "Fault", "detail", "code"))  # L48
    if dig(wire, "HEAD", "CODE") == "000000" and dig(wire, "BODY", "REPORTNO"):  # L49
        return Outcome(kind=OutcomeKind.accepted)  # L49
    if dig(wire, "HEAD", "CODE") and dig(wire, "HEAD", "CODE") != "000000":  # L50
        return by_code(ERRORS, dig(wire, "HEAD", "CODE"))  # L50
    return Outcome(kind=OutcomeKind.unknown)  # L51


def by_status(reply: WireReply, ctx: Context) -> Outcome:
    """What the status alone says of a reply whose body cannot be decoded."""
    status = reply.status
    if status == 400:  # L47
        return Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="不能解密")  # L47
    return UNKNOWN


def read_result(
    wire: Wire, reply: WireReply, req: ClaimReportRequest, ctx: Context
) -> tuple[ClaimReportResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "BODY", problems)  # L53
    head = element_in(wire, "HEAD", problems)  # L54
    fault = element_in(wire, "Fault", problems)  # L54
    detail = element_in(fault, "detail", problems)  # L54
    reason_code: str | None = None
    try:
        reason_code = text_given(head.get("CODE")) if dig(wire, "HEAD", "CODE") != "000000" else None  # L54
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L54
            reason_code = text_given(detail.get("code"))  # L54
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(head.get("MESSAGE")) if dig(wire, "HEAD", "CODE") != "000000" else None  # L55
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L55
            reason_text = text_given(fault.get("text"))  # L55
    except Exception as error:
        note(problems, error)
    report_number_no: str | None = None
    try:
        report_number_no = text_given(body.get("REPORTNO"))  # L53
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.report, no=report_number_no),) if report_number_no is not None else ()  # L53
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L54
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = (
            ClaimProcess(v)
            if (v := "reported" if dig(wire, "BODY", "REPORTNO") is not None else None) is not None
            else None
        )  # L57
    except Exception as error:
        note(problems, error)
    decision: ClaimDecision | None = None
    try:
        decision = (
            ClaimDecision(v)
            if (v := "undecided" if dig(wire, "BODY", "REPORTNO") is not None else None) is not None
            else None
        )  # L58
    except Exception as error:
        note(problems, error)
    return ClaimReportResult(numbers=numbers, reasons=reasons, process=process, decision=decision), problems


def parse(reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Reply:
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
        ):  # L43
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L43
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
    name="claim.report",
    steps=(
        Step(
            name="claim.report",
            operation="claim.report",
            safety=SafetyClass.write_blind,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=5.0, total_s=30.0),
        ),
    ),
    idempotency=Idempotency(),
    safety=SafetyClass.write_blind,
)
