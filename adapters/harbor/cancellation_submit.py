"""海港财险（虚构） 2.4 cancellation.submit.

Generated from mappings/carriers/harbor/cancellation_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 30e79cce93e83b62b705e925742e15308bab2c5cd6f020add504b1725741679c

from adapters.harbor.carrier import ERRORS, decoded, encoded
from adapters.harbor.codes import CANCEL_TYPE_OUT
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
    number_cut,
    only_out,
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    value_in,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/harbor/cancellation_submit.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
KNOWN = Known(
    {
        "BODY": {"ENDORSENO": None, "POLICYNO": None, "REFUND": None},
        "Fault": {"detail": {"code": None}, "text": None},
        "HEAD": {"CODE": None, "SERIAL": None, "TRANS": None, "MESSAGE": None},
    }
)


def message(req: CancellationSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["HEAD"] = head
    head["TRANS"] = "100003"  # L9
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
    body["KIND"] = CANCEL_TYPE_OUT[req.kind]  # L15
    body["EFFECTTIME"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(req.effective_at)  # L16
    body["REFUND"] = yuan_out(expected_refund) if (expected_refund := req.expected_refund) is not None else ""  # L17
    body["REASON"] = fit(reason, 100, "GBK") if (reason := req.reason) is not None else ""  # L18
    return wire


def build(req: CancellationSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/services/PolicyService",
            message(req, ctx),
            ctx,
            "h:cancel",
        )  # L5
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    if unanswered(status, 500):
        return UNKNOWN
    if status == 400:  # L39
        return Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="不能解密")  # L39
    if status == 500 and dig(wire, "Fault", "detail", "code"):  # L40
        return by_code(ERRORS, dig(wire, "Fault", "detail", "code"))  # L40
    if dig(wire, "HEAD", "CODE") == "000000" and dig(wire, "BODY", "ENDORSENO"):  # L41
        return Outcome(kind=OutcomeKind.accepted)  # L41
    if dig(wire, "HEAD", "CODE") and dig(wire, "HEAD", "CODE") != "000000":  # L42
        return by_code(ERRORS, dig(wire, "HEAD", "CODE"))  # L42
    return Outcome(kind=OutcomeKind.unknown)  # L43


def by_status(reply: WireReply, ctx: Context) -> Outcome:
    """What the status alone says of a reply whose body cannot be decoded."""
    status = reply.status
    if status == 400:  # L39
        return Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="不能解密")  # L39
    return UNKNOWN


def read_result(
    wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context
) -> tuple[CancellationSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "BODY", problems)  # L45
    head = element_in(wire, "HEAD", problems)  # L47
    fault = element_in(wire, "Fault", problems)  # L47
    detail = element_in(fault, "detail", problems)  # L47
    reason_code: str | None = None
    try:
        reason_code = text_given(head.get("CODE")) if dig(wire, "HEAD", "CODE") != "000000" else None  # L47
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L47
            reason_code = text_given(detail.get("code"))  # L47
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(head.get("MESSAGE")) if dig(wire, "HEAD", "CODE") != "000000" else None  # L48
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L48
            reason_text = text_given(fault.get("text"))  # L48
    except Exception as error:
        note(problems, error)
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(body.get("ENDORSENO"))  # L45
    except Exception as error:
        note(problems, error)
    refund_amount: Money | None = None
    try:
        refund_amount = yuan_in(v) if (v := value_in(body.get("REFUND"))) is not None else None  # L46
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.endorsement, no=endorsement_number_no),)
            if endorsement_number_no is not None
            else ()
        )  # L45
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L47
    except Exception as error:
        note(problems, error)
    phase: CancelPhase | None = None
    try:
        phase = (
            CancelPhase(v)
            if (v := "confirmed" if dig(wire, "BODY", "ENDORSENO") is not None else None) is not None
            else None
        )  # L50
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = Refund(amount=refund_amount) if refund_amount is not None else None  # L46
    except Exception as error:
        note(problems, error)
    return CancellationSubmitResult(numbers=numbers, reasons=reasons, phase=phase, refund=refund), problems


def parse(reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Reply:
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
        ):  # L35
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
    carrier="harbor",
    name="cancellation.submit",
    steps=(
        Step(
            name="cancellation.submit",
            operation="cancellation.submit",
            safety=SafetyClass.write_blind,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=5.0, total_s=30.0),
        ),
    ),
    idempotency=Idempotency(),
    safety=SafetyClass.write_blind,
)
