"""莲花财险（虚构） 2.0.0 claim.report.

Generated from mappings/carriers/lotus/claim_report.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: a85e87cb88539df10f5f71510ed9f488d1edc054e37544671beeb20dba26e469

from typing import Any

from adapters.lotus.carrier import ERRORS, decoded, encoded, wanted_in
from adapters.lotus.codes import CAUSE_OUT, CLAIM_PROCESS_IN, RELATION_OUT
from gateway.model import (
    ChecklistItem,
    ClaimDecision,
    ClaimProcess,
    ClaimReportRequest,
    ClaimReportResult,
    Number,
    NumberKind,
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
    fen_number_out,
    fit,
    heard,
    need,
    note,
    now_text,
    nth_out,
    number_cut,
    only_out,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/lotus/claim_report.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "claimStatus": None,
            "reportNo": None,
            "policyNo": None,
            "docList": {"docType": None, "docStatus": None},
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: ClaimReportRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH3001"  # L9
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L10
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L11
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L13
    body: Wire = {}
    wire["body"] = body
    body["policyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "UTF-8"
    )  # L13
    if req.insured_refs:  # L14
        body["insuredRefs"] = [item for item in req.insured_refs]  # L14
    occurrence = req.occurrence
    body["accidentTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(occurrence.at)  # L15
    place = occurrence.place
    if place is not None and (text_2 := place.text) is not None:  # L16
        body["accidentPlace"] = fit(text_2, 200, "UTF-8")  # L16
    cause_code = occurrence.cause_code  # L17
    if cause_code == "other" and ctx.binding.get("product_code") == "FRI001":  # L19
        body["causeCode"] = "09"  # L19
    elif cause_code == "other":  # L20
        body["causeCode"] = "19"  # L20
    elif cause_code is not None:  # L21
        body["causeCode"] = CAUSE_OUT[cause_code]  # L21
    body["description"] = fit(need(occurrence.description, "occurrence.description"), 500, "UTF-8")  # L22
    reporter = req.reporter
    party = reporter.party
    reporter_2: Wire = {}
    body["reporter"] = reporter_2
    reporter_2["name"] = fit(party.name, 60, "UTF-8")  # L23
    phones = party.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L24
    reporter_2["mobile"] = fit(
        need(phone.number if phone is not None else None, "reporter.party.phones.0.number"), 11, "UTF-8"
    )  # L24
    reporter_2["relation"] = RELATION_OUT[need(reporter.relationship, "reporter.relationship")]  # L25
    requested = req.requested
    if requested is not None:  # L26
        body["claimAmount"] = fen_number_out(requested.amount)  # L26
    return wire


def build(req: ClaimReportRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and dig(wire, "body", "claimStatus")
        and dig(wire, "body", "reportNo")
    ):  # L49
        return Outcome(kind=OutcomeKind.accepted)  # L49
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L50
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L50
    return Outcome(kind=OutcomeKind.unknown)  # L51


def read_result(
    wire: Wire, reply: WireReply, req: ClaimReportRequest, ctx: Context
) -> tuple[ClaimReportResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    body = element_in(wire, "body", problems)  # L53
    checklist_read: list[ChecklistItem] = []
    try:
        for one in each(body.get("docList")):  # L55
            try:
                checklist_read.append(wanted_in(one, raw, "checklist."))  # L55
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "head", problems)  # L56
    report_number_no: str | None = None
    try:
        report_number_no = text_given(body.get("reportNo"))  # L53
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L56
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L57
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
        )  # L56
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = CLAIM_PROCESS_IN[v] if (v := value_in(body.get("claimStatus"))) is not None else None  # L54
    except Exception as error:
        note(problems, error)
    decision: ClaimDecision | None = None
    try:
        decision = (
            ClaimDecision(v)
            if (v := "undecided" if text_of(dig(wire, "head", "resultCode")) == "0000" else None) is not None
            else None
        )  # L59
    except Exception as error:
        note(problems, error)
    checklist: tuple[ChecklistItem, ...] = ()
    try:
        checklist = tuple(checklist_read)  # L55
    except Exception as error:
        note(problems, error)
    ext: dict[str, Any] = {}
    try:
        ext = {"raw": raw} if raw else {}
    except Exception as error:
        note(problems, error)
    return ClaimReportResult(
        numbers=numbers, reasons=reasons, ext=ext, process=process, decision=decision, checklist=checklist
    ), problems


def parse(reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L46
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L46
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
    name="claim.report",
    steps=(
        Step(
            name="claim.report",
            operation="claim.report",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="reject_duplicate", key="head.requestNo"),
    inquiry=Inquiry(
        operation="claim.get",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
