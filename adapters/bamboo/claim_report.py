"""青竹人寿（虚构） 3.1 claim.report.

Generated from mappings/carriers/bamboo/claim_report.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: aeb6b25db6ad1c652587a8aaf966b4c3c0d5154020b00a4e7cc2bcc70a901eb5

from adapters.bamboo.carrier import ERRORS, decoded, encoded
from adapters.bamboo.codes import CAUSE_OUT, CLAIM_PROCESS_IN
from gateway.model import (
    ClaimDecision,
    ClaimProcess,
    ClaimReportRequest,
    ClaimReportResult,
    Number,
    NumberKind,
    Reason,
    Relationship,
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
    fit,
    heard,
    need,
    note,
    now_text,
    nth_out,
    number_cut,
    only_out,
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    value_in,
    yuan_out,
)

MAPPING = "mappings/carriers/bamboo/claim_report.yaml"
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
DATETIME_HH_MM_SS_08_00 = datetime_codec("HH:mm:ss", "+08:00", False)
KNOWN = Known(
    {
        "@code": None,
        "Body": {"ClmState": None, "RptNo": None},
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message(req: ClaimReportRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "CL01"  # L10
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L11
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L12
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L13
    head["ChannelCode"] = "" if (channel_code := text(ctx.config.get("channel_code"))) is None else channel_code  # L14
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L16
    body: Wire = {}
    wire["Body"] = body
    body["PolicyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "GBK"
    )  # L16
    if req.insured_refs:  # L17
        body["InsuredNo"] = [item for item in req.insured_refs]  # L17
    occurrence = req.occurrence
    body["AccDate"] = DATETIME_YYYY_MM_DD_08_00.send(occurrence.at)  # L18
    body["AccTime"] = DATETIME_HH_MM_SS_08_00.send(occurrence.at)  # L18
    place = occurrence.place
    body["AccPlace"] = (
        fit(text_2, 100, "GBK") if place is not None and (text_2 := place.text) is not None else ""
    )  # L19
    body["AccCause"] = CAUSE_OUT[need(occurrence.cause_code, "occurrence.cause_code")]  # L20
    body["AccDesc"] = fit(need(occurrence.description, "occurrence.description"), 400, "GBK")  # L21
    reporter = req.reporter
    party = reporter.party
    body["RptName"] = fit(party.name, 40, "GBK")  # L22
    phones = party.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L23
    body["RptMobile"] = fit(
        need(phone.number if phone is not None else None, "reporter.party.phones.0.number"), 11, "GBK"
    )  # L23
    relationship = reporter.relationship  # L24
    if relationship == Relationship.self:  # L26
        body["RptRela"] = "00"  # L26
    elif relationship == Relationship.spouse and req.reporter.party.gender == "male":  # L27
        body["RptRela"] = "01"  # L27
    elif relationship == Relationship.spouse and req.reporter.party.gender == "female":  # L28
        body["RptRela"] = "02"  # L28
    elif relationship == Relationship.child and req.reporter.party.gender == "male":  # L29
        body["RptRela"] = "03"  # L29
    elif relationship == Relationship.child and req.reporter.party.gender == "female":  # L30
        body["RptRela"] = "04"  # L30
    elif relationship == Relationship.parent and req.reporter.party.gender == "male":  # L31
        body["RptRela"] = "05"  # L31
    elif relationship == Relationship.parent and req.reporter.party.gender == "female":  # L32
        body["RptRela"] = "06"  # L32
    elif relationship == Relationship.sibling and req.reporter.party.gender == "male":  # L33
        body["RptRela"] = "07"  # L33
    elif relationship == Relationship.sibling and req.reporter.party.gender == "female":  # L34
        body["RptRela"] = "08"  # L34
    elif relationship == Relationship.employee:  # L35
        body["RptRela"] = "09"  # L35
    elif relationship is not None:  # L36
        body["RptRela"] = "99"  # L36
    elif (relationship if relationship is not None else None) is None:  # L37
        body["RptRela"] = "99"  # L37
    requested = req.requested
    body["ClaimAmount"] = yuan_out(requested.amount) if requested is not None else ""  # L38
    return wire


def build(req: ClaimReportRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "@code") == "1" and dig(wire, "Body", "RptNo") and dig(wire, "Body", "ClmState"):  # L61
        return Outcome(kind=OutcomeKind.accepted)  # L61
    if dig(wire, "@code") == "0":  # L62
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L62
    return Outcome(kind=OutcomeKind.unknown)  # L63


def read_result(
    wire: Wire, reply: WireReply, req: ClaimReportRequest, ctx: Context
) -> tuple[ClaimReportResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "Body", problems)  # L65
    report_number_no: str | None = None
    try:
        report_number_no = text_given(body.get("RptNo"))  # L65
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("ErrCode"))  # L67
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("ErrMsg"))  # L68
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.report, no=report_number_no),) if report_number_no is not None else ()  # L65
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L67
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = CLAIM_PROCESS_IN[v] if (v := value_in(body.get("ClmState"))) is not None else None  # L66
    except Exception as error:
        note(problems, error)
    decision: ClaimDecision | None = None
    try:
        decision = (
            ClaimDecision(v)
            if (v := "undecided" if dig(wire, "Body", "ClmState") is not None else None) is not None
            else None
        )  # L70
    except Exception as error:
        note(problems, error)
    return ClaimReportResult(numbers=numbers, reasons=reasons, process=process, decision=decision), problems


def parse(reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L58
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
    carrier="bamboo",
    name="claim.report",
    steps=(
        Step(
            name="claim.report",
            operation="claim.report",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    idempotency=Idempotency(kind="query_only"),
    inquiry=Inquiry(
        operation="claim.get",
        by="natural_key",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
