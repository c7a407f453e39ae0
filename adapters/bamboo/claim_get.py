"""青竹人寿（虚构） 3.1 claim.get.

Generated from mappings/carriers/bamboo/claim_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 47201e96150d501734daa46b8bd067bc77246c09bd4ae3269c6092eccd23e5de

from typing import Any

from adapters.bamboo.carrier import ERRORS, decoded, encoded
from adapters.bamboo.codes import CLAIM_DECISION_IN, CLAIM_PROCESS_IN, REJECT_REASON_IN
from gateway.model import (
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
    datetime_codec,
    dig,
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
    present,
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    value_in,
    yuan_in,
)

MAPPING = "mappings/carriers/bamboo/claim_get.yaml"
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
DATETIME_HH_MM_SS_08_00 = datetime_codec("HH:mm:ss", "+08:00", False)
KNOWN = Known(
    {
        "@code": None,
        "Body": {
            "AccDate": None,
            "AccTime": None,
            "ClmResult": None,
            "ClmState": None,
            "PolicyNo": None,
            "RptNo": None,
            "InsuredNo": None,
            "DecideDate": None,
            "ClmNo": None,
            "RejectCode": None,
            "RejectMsg": None,
            "ClaimAmount": None,
            "ApprovedAmount": None,
            "PaidAmount": None,
        },
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message(req: ClaimGetRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "CL03"  # L8
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L9
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L10
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L11
    head["ChannelCode"] = "" if (channel_code := text(ctx.config.get("channel_code"))) is None else channel_code  # L12
    body: Wire = {}
    wire["Body"] = body
    body["QueryType"] = "1" if any(one.kind == "report" for one in req.numbers) else "2"  # L13
    body["RptNo"] = None  # L14
    body["PolicyNo"] = (
        ""
        if (
            policy_no := None
            if any(one.kind == "report" for one in req.numbers)
            else found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None
        )
        is None
        else policy_no
    )  # L15
    body["AccDate"] = (
        ""
        if (
            acc_date := None
            if any(one.kind == "report" for one in req.numbers)
            else DATETIME_YYYY_MM_DD_08_00.send(req.occurrence.at)
        )
        is None
        else acc_date
    )  # L16
    body["AccTime"] = (
        ""
        if (
            acc_time := None
            if any(one.kind == "report" for one in req.numbers)
            else DATETIME_HH_MM_SS_08_00.send(req.occurrence.at)
        )
        is None
        else acc_time
    )  # L17
    numbers = req.numbers
    report_number = only_out([item for item in numbers if item.kind == NumberKind.report])  # L19
    body["RptNo"] = fit(report_number.no, 20, "GBK") if report_number is not None else ""  # L19
    if body["RptNo"] is None:
        del body["RptNo"]
    return wire


def build(req: ClaimGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "@code") == "0" and dig(wire, "ErrCode") == "E1404":  # L42
        return Outcome(kind=OutcomeKind.declined, code="claim.not_found", text="无此案件")  # L42
    if dig(wire, "@code") == "0":  # L43
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L43
    if any(one.kind == "report" for one in req.numbers) and dig(wire, "Body", "RptNo") != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "report")) is not None
        else None
    ):  # L44
        return Outcome(kind=OutcomeKind.unknown)  # L44
    if (
        dig(wire, "Body", "PolicyNo")
        != (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None
        )
        or dig(wire, "Body", "AccDate") != DATETIME_YYYY_MM_DD_08_00.send(req.occurrence.at)
        or dig(wire, "Body", "AccTime") != DATETIME_HH_MM_SS_08_00.send(req.occurrence.at)
    ):  # L45
        return Outcome(kind=OutcomeKind.unknown)  # L45
    if (
        dig(wire, "@code") == "1"
        and dig(wire, "Body", "RptNo")
        and dig(wire, "Body", "ClmState")
        and dig(wire, "Body", "ClmResult")
    ):  # L46
        return Outcome(kind=OutcomeKind.accepted)  # L46
    return Outcome(kind=OutcomeKind.unknown)  # L47


def read_result(wire: Wire, reply: WireReply, req: ClaimGetRequest, ctx: Context) -> tuple[ClaimGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    body = element_in(wire, "Body", problems)  # L49
    report_number_no: str | None = None
    try:
        report_number_no = text_given(body.get("RptNo"))  # L49
    except Exception as error:
        note(problems, error)
    claim_number_no: str | None = None
    try:
        claim_number_no = text_given(body.get("ClmNo"))  # L50
    except Exception as error:
        note(problems, error)
    decision_reason_code: ClaimRejectReason | None = None
    try:
        decision_reason_code = (
            code_in(REJECT_REASON_IN, v, raw, "", "decision_reasons.0.code")
            if (v := value_in(body.get("RejectCode"))) is not None
            else None
        )  # L53
    except Exception as error:
        note(problems, error)
    decision_reason_carrier_text: str | None = None
    try:
        decision_reason_carrier_text = text_given(body.get("RejectMsg"))  # L54
    except Exception as error:
        note(problems, error)
    amounts_requested: Money | None = None
    try:
        amounts_requested = yuan_in(v) if (v := value_in(body.get("ClaimAmount"))) is not None else None  # L55
    except Exception as error:
        note(problems, error)
    amounts_approved: Money | None = None
    try:
        amounts_approved = yuan_in(v) if (v := value_in(body.get("ApprovedAmount"))) is not None else None  # L56
    except Exception as error:
        note(problems, error)
    amounts_paid: Money | None = None
    try:
        amounts_paid = yuan_in(v) if (v := value_in(body.get("PaidAmount"))) is not None else None  # L57
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("ErrCode"))  # L58
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("ErrMsg"))  # L59
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.report, no=report_number_no) if report_number_no is not None else None,
            Number(kind=NumberKind.claim, no=claim_number_no) if claim_number_no is not None else None,
        )  # L49
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L58
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = CLAIM_PROCESS_IN[v] if (v := value_in(body.get("ClmState"))) is not None else None  # L51
    except Exception as error:
        note(problems, error)
    decision: ClaimDecision | None = None
    try:
        decision = CLAIM_DECISION_IN[v] if (v := value_in(body.get("ClmResult"))) is not None else None  # L52
    except Exception as error:
        note(problems, error)
    decision_reasons: tuple[DecisionReason, ...] = ()
    try:
        decision_reasons = (
            (DecisionReason(code=decision_reason_code, carrier_text=decision_reason_carrier_text),)
            if decision_reason_code is not None or decision_reason_carrier_text is not None
            else ()
        )  # L53
    except Exception as error:
        note(problems, error)
    amounts: ClaimAmounts | None = None
    try:
        amounts = (
            ClaimAmounts(requested=amounts_requested, approved=amounts_approved, paid=amounts_paid)
            if amounts_requested is not None or amounts_approved is not None or amounts_paid is not None
            else None
        )  # L55
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
    ), problems


def parse(reply: WireReply, req: ClaimGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L39
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L39
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
    name="claim.get",
    steps=(
        Step(
            name="claim.get",
            operation="claim.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    safety=SafetyClass.read,
)
