"""莲花财险（虚构） 2.0.0 claim.withdraw.

Generated from mappings/carriers/lotus/claim_withdraw.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: ff8479898b7eb7398bbc808e875c5611143e38576533e539e37abf18078390b7

from adapters.lotus.carrier import ERRORS, decoded, encoded
from adapters.lotus.codes import CLAIM_PROCESS_IN
from gateway.model import ClaimProcess, ClaimWithdrawRequest, ClaimWithdrawResult, Number, NumberKind, Reason
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
    dig,
    echoed,
    element_in,
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

MAPPING = "mappings/carriers/lotus/claim_withdraw.yaml"
KNOWN = Known(
    {
        "body": {"claimStatus": None, "reportNo": None, "claimNo": None},
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: ClaimWithdrawRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH3004"  # L9
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L10
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L11
    numbers = req.numbers
    report_number = only_out([item for item in numbers if item.kind == NumberKind.report])  # L13
    body: Wire = {}
    wire["body"] = body
    body["reportNo"] = fit(
        need(report_number.no if report_number is not None else None, "numbers(kind=report).no"), 20, "UTF-8"
    )  # L13
    body["reason"] = fit(req.reason, 200, "UTF-8")  # L14
    return wire


def build(req: ClaimWithdrawRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimWithdrawRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "claimStatus")) == "8":  # L38
        return Outcome(kind=OutcomeKind.accepted)  # L38
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L39
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L39
    return Outcome(kind=OutcomeKind.unknown)  # L40


def read_result(
    wire: Wire, reply: WireReply, req: ClaimWithdrawRequest, ctx: Context
) -> tuple[ClaimWithdrawResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L42
    head = element_in(wire, "head", problems)  # L45
    report_number_no: str | None = None
    try:
        report_number_no = text_given(body.get("reportNo"))  # L42
    except Exception as error:
        note(problems, error)
    claim_number_no: str | None = None
    try:
        claim_number_no = text_given(body.get("claimNo"))  # L43
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L45
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L46
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.report, no=report_number_no) if report_number_no is not None else None,
            Number(kind=NumberKind.claim, no=claim_number_no) if claim_number_no is not None else None,
        )  # L42
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L45
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = CLAIM_PROCESS_IN[v] if (v := value_in(body.get("claimStatus"))) is not None else None  # L44
    except Exception as error:
        note(problems, error)
    return ClaimWithdrawResult(numbers=numbers, reasons=reasons, process=process), problems


def parse(reply: WireReply, req: ClaimWithdrawRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L35
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
    name="claim.withdraw",
    steps=(
        Step(
            name="claim.withdraw",
            operation="claim.withdraw",
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
