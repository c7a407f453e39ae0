"""莲花财险（虚构） 2.0.0 claim.get.

Generated from mappings/carriers/lotus/claim_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 24d2c0e818c2036b7fda7aabf8ce969fe46e4582d6707df64dd6ad60513bb472

from typing import Any

from adapters.lotus.carrier import ERRORS, decoded, encoded, wanted_in
from adapters.lotus.codes import CLAIM_DECISION_IN, CLAIM_PROCESS_IN, REJECT_REASON_IN
from gateway.model import (
    ChecklistItem,
    ClaimAmounts,
    ClaimDecision,
    ClaimGetRequest,
    ClaimGetResult,
    ClaimProcess,
    ClaimRejectReason,
    DecisionReason,
    Money,
    Number,
    NumberKind,
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
    code_in,
    dig,
    each,
    echoed,
    element_in,
    fen_number_in,
    first,
    fit,
    heard,
    need,
    note,
    now_text,
    number_cut,
    only_out,
    present,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/lotus/claim_get.yaml"
KNOWN = Known(
    {
        "body": {
            "claimNo": None,
            "claimStatus": None,
            "decision": None,
            "origRequestNo": None,
            "reportNo": None,
            "policyNo": None,
            "decideTime": None,
            "payTime": None,
            "rejectCode": None,
            "rejectMsg": None,
            "claimAmount": None,
            "approvedAmount": None,
            "paidAmount": None,
            "docList": {"docType": None, "docStatus": None},
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: ClaimGetRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH3005"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L9
    body: Wire = {}
    wire["body"] = body
    body["queryType"] = (
        "3"
        if any(one.kind == "claim" for one in req.numbers)
        else "2"
        if any(one.kind == "report" for one in req.numbers)
        else "1"
    )  # L10
    if (
        orig_request_no := None
        if any(one.kind in ("claim", "report") for one in req.numbers)
        else number_cut(ctx.request_no, 32)
    ) is not None:  # L11
        body["origRequestNo"] = orig_request_no  # L11
    if (
        report_no := None
        if any(one.kind == "claim" for one in req.numbers)
        else found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "report")) is not None
        else None
    ) is not None:  # L12
        body["reportNo"] = report_no  # L12
    numbers = req.numbers
    claim_number = only_out([item for item in numbers if item.kind == NumberKind.claim])  # L14
    if claim_number is not None:  # L14
        body["claimNo"] = fit(claim_number.no, 20, "UTF-8")  # L14
    return wire


def build(req: ClaimGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L38
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L38
    if any(one.kind == "claim" for one in req.numbers) and text_of(dig(wire, "body", "claimNo")) != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "claim")) is not None
        else None
    ):  # L39
        return Outcome(kind=OutcomeKind.unknown)  # L39
    if any(one.kind == "report" for one in req.numbers) and text_of(dig(wire, "body", "reportNo")) != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "report")) is not None
        else None
    ):  # L40
        return Outcome(kind=OutcomeKind.unknown)  # L40
    if not any(one.kind in ("claim", "report") for one in req.numbers) and text_of(
        dig(wire, "body", "origRequestNo")
    ) != number_cut(ctx.request_no, 32):  # L41
        return Outcome(kind=OutcomeKind.unknown)  # L41
    if dig(wire, "body", "reportNo") and dig(wire, "body", "claimStatus") and dig(wire, "body", "decision"):  # L42
        return Outcome(kind=OutcomeKind.accepted)  # L42
    return Outcome(kind=OutcomeKind.unknown)  # L43


def read_result(wire: Wire, reply: WireReply, req: ClaimGetRequest, ctx: Context) -> tuple[ClaimGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    body = element_in(wire, "body", problems)  # L45
    checklist_read: list[ChecklistItem] = []
    try:
        for one in each(body.get("docList")):  # L54
            try:
                checklist_read.append(wanted_in(one, raw, "checklist."))  # L54
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "head", problems)  # L55
    report_number_no: str | None = None
    try:
        report_number_no = text_given(body.get("reportNo"))  # L45
    except Exception as error:
        note(problems, error)
    claim_number_no: str | None = None
    try:
        claim_number_no = text_given(body.get("claimNo"))  # L46
    except Exception as error:
        note(problems, error)
    decision_reason_code: ClaimRejectReason | None = None
    try:
        decision_reason_code = (
            code_in(REJECT_REASON_IN, v, raw, "", "decision_reasons.0.code")
            if (v := value_in(body.get("rejectCode"))) is not None
            else None
        )  # L49
    except Exception as error:
        note(problems, error)
    decision_reason_carrier_text: str | None = None
    try:
        decision_reason_carrier_text = text_given(body.get("rejectMsg"))  # L50
    except Exception as error:
        note(problems, error)
    amounts_requested: Money | None = None
    try:
        amounts_requested = fen_number_in(v) if (v := value_in(body.get("claimAmount"))) is not None else None  # L51
    except Exception as error:
        note(problems, error)
    amounts_approved: Money | None = None
    try:
        amounts_approved = fen_number_in(v) if (v := value_in(body.get("approvedAmount"))) is not None else None  # L52
    except Exception as error:
        note(problems, error)
    amounts_paid: Money | None = None
    try:
        amounts_paid = fen_number_in(v) if (v := value_in(body.get("paidAmount"))) is not None else None  # L53
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L55
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L56
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.report, no=report_number_no) if report_number_no is not None else None,
            Number(kind=NumberKind.claim, no=claim_number_no) if claim_number_no is not None else None,
        )  # L45
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L55
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = CLAIM_PROCESS_IN[v] if (v := value_in(body.get("claimStatus"))) is not None else None  # L47
    except Exception as error:
        note(problems, error)
    decision: ClaimDecision | None = None
    try:
        decision = CLAIM_DECISION_IN[v] if (v := value_in(body.get("decision"))) is not None else None  # L48
    except Exception as error:
        note(problems, error)
    decision_reasons: tuple[DecisionReason, ...] = ()
    try:
        decision_reasons = (
            (DecisionReason(code=decision_reason_code, carrier_text=decision_reason_carrier_text),)
            if decision_reason_code is not None or decision_reason_carrier_text is not None
            else ()
        )  # L49
    except Exception as error:
        note(problems, error)
    amounts: ClaimAmounts | None = None
    try:
        amounts = (
            ClaimAmounts(requested=amounts_requested, approved=amounts_approved, paid=amounts_paid)
            if amounts_requested is not None or amounts_approved is not None or amounts_paid is not None
            else None
        )  # L51
    except Exception as error:
        note(problems, error)
    checklist: tuple[ChecklistItem, ...] = ()
    try:
        checklist = tuple(checklist_read)  # L54
    except Exception as error:
        note(problems, error)
    ext: dict[str, Any] = {}
    try:
        ext = {"raw": raw} if raw else {}
    except Exception as error:
        note(problems, error)
    return ClaimGetResult(
        numbers=numbers,
        reasons=reasons,
        ext=ext,
        process=process,
        decision=decision,
        decision_reasons=decision_reasons,
        amounts=amounts,
        checklist=checklist,
    ), problems


def parse(reply: WireReply, req: ClaimGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L35
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L35
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
    name="claim.get",
    steps=(
        Step(
            name="claim.get",
            operation="claim.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
