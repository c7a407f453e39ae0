"""翡翠健康（虚构） 1.3.0 cancellation.submit.

Generated from mappings/carriers/jade/cancellation_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 5a3515f6605f307b8782e133c9c50cd7fa05c8d43a4f1604c82e55b2eedf8a1b

from datetime import datetime

from adapters.jade.carrier import ERRORS, decoded, encoded
from adapters.jade.codes import CANCEL_TYPE_OUT
from gateway.model import (
    CancelPhase,
    CancellationSubmitRequest,
    CancellationSubmitResult,
    Money,
    Number,
    NumberKind,
    Reason,
    Refund,
)
from gateway.wire import (
    Context,
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
    echoed,
    element_in,
    fit,
    heard,
    need,
    note,
    now_text,
    number_cut,
    only_out,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/jade/cancellation_submit.yaml"
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
KNOWN = Known(
    {
        "body": {"endorseNo": None, "policyNo": None, "refundAmount": None, "cancelDate": None},
        "head": {"code": None, "requestNo": None, "service": None, "message": None},
    }
)


def message(req: CancellationSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "GH04"  # L8
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L9
    head["requestTime"] = now_text(ctx.now, "yyyy-MM-dd HH:mm:ss", "+08:00")  # L10
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L12
    body: Wire = {}
    wire["body"] = body
    body["policyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "UTF-8"
    )  # L12
    body["cancelType"] = CANCEL_TYPE_OUT[req.kind]  # L13
    body["cancelDate"] = DATETIME_YYYY_MM_DD_08_00.send(req.effective_at)  # L14
    if (reason := req.reason) is not None:  # L15
        body["reason"] = fit(reason, 200, "UTF-8")  # L15
    if (expected_refund := req.expected_refund) is not None:  # L16
        body["refundAmount"] = yuan_out(expected_refund)  # L16
    return wire


def build(req: CancellationSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/openapi/group", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if text_of(dig(wire, "head", "code")) == "J0000" and dig(wire, "body", "endorseNo"):  # L36
        return Outcome(kind=OutcomeKind.accepted)  # L36
    if dig(wire, "head", "code") and text_of(dig(wire, "head", "code")) != "J0000":  # L37
        return by_code(ERRORS, dig(wire, "head", "code"))  # L37
    return Outcome(kind=OutcomeKind.unknown)  # L38


def read_result(
    wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context
) -> tuple[CancellationSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L40
    head = element_in(wire, "head", problems)  # L43
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(body.get("endorseNo"))  # L40
    except Exception as error:
        note(problems, error)
    refund_amount: Money | None = None
    try:
        refund_amount = yuan_in(v) if (v := value_in(body.get("refundAmount"))) is not None else None  # L41
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(head.get("code")) if text_of(dig(wire, "head", "code")) != "J0000" else None  # L43
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(head.get("message")) if text_of(dig(wire, "head", "code")) != "J0000" else None  # L44
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.endorsement, no=endorsement_number_no),)
            if endorsement_number_no is not None
            else ()
        )  # L40
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L43
    except Exception as error:
        note(problems, error)
    phase: CancelPhase | None = None
    try:
        phase = (
            CancelPhase(v) if (v := "confirmed" if dig(wire, "body", "endorseNo") else None) is not None else None
        )  # L46
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = Refund(amount=refund_amount) if refund_amount is not None else None  # L41
    except Exception as error:
        note(problems, error)
    effective_at: datetime | None = None
    try:
        effective_at = (
            DATETIME_YYYY_MM_DD_08_00.read(v) if (v := value_in(body.get("cancelDate"))) is not None else None
        )  # L42
    except Exception as error:
        note(problems, error)
    return CancellationSubmitResult(
        numbers=numbers, reasons=reasons, phase=phase, refund=refund, effective_at=effective_at
    ), problems


def parse(reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L33
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L33
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
    name="cancellation.submit",
    steps=(
        Step(
            name="cancellation.submit",
            operation="cancellation.submit",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    idempotency=Idempotency(kind="replay", key="head.requestNo", ttl_s=259200.0),
    safety=SafetyClass.write_replay,
)
