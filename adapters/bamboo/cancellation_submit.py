"""青竹人寿（虚构） 3.1 cancellation.submit.

Generated from mappings/carriers/bamboo/cancellation_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 83c726dd6fcf915a3964a6d00267549f35a2aba1d123801b5aff59425bd15ecf

from adapters.bamboo.carrier import ERRORS, decoded, encoded
from adapters.bamboo.codes import APPLY_BY_OUT, CANCEL_TYPE_OUT
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
    CannotSend,
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

MAPPING = "mappings/carriers/bamboo/cancellation_submit.yaml"
DATETIME_MMSS_08_00 = datetime_codec("mmss", "+08:00", False)
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
DATETIME_HH_08_00 = datetime_codec("HH", "+08:00", False)
KNOWN = Known(
    {
        "@code": None,
        "Body": {"ContState": None, "EdorNo": None, "PolicyNo": None, "RefundAmount": None},
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message(req: CancellationSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "TB02"  # L10
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L11
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L12
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L13
    head["ChannelCode"] = "" if (channel_code := text(ctx.config.get("channel_code"))) is None else channel_code  # L14
    body: Wire = {}
    wire["Body"] = body
    body["PolicyNo"] = None  # L15
    body["CancelType"] = None  # L16
    body["CancelDate"] = None  # L17
    body["CancelHour"] = None  # L18
    body["ApplyBy"] = None  # L19
    body["Reason"] = None  # L20
    body["RefundAmount"] = None  # L21
    body["PayeeName"] = (
        ""
        if (
            payee_name := (
                req.refund_to.party.name if req.refund_to is not None and req.refund_to.party is not None else None
            )
            if req.refund_to is None or req.refund_to.account is None or req.refund_to.account.holder is None
            else req.refund_to.account.holder
        )
        is None
        else payee_name
    )  # L22
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L24
    body["PolicyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "GBK"
    )  # L24
    body["CancelType"] = CANCEL_TYPE_OUT[req.kind]  # L25
    effective_at = req.effective_at  # L26
    if DATETIME_MMSS_08_00.send(req.effective_at) == "0000":  # L28
        body["CancelDate"] = DATETIME_YYYY_MM_DD_08_00.send(effective_at)  # L30
        body["CancelHour"] = DATETIME_HH_08_00.send(effective_at)  # L30
    else:
        raise CannotSend("no case of effective_at holds; this carrier cannot be told", path="effective_at")  # L28
    body["ApplyBy"] = APPLY_BY_OUT[req.requestor]  # L31
    body["Reason"] = fit(reason, 100, "GBK") if (reason := req.reason) is not None else ""  # L32
    body["RefundAmount"] = (
        yuan_out(expected_refund) if (expected_refund := req.expected_refund) is not None else ""
    )  # L33
    refund_to = req.refund_to
    account = refund_to.account if refund_to is not None else None
    body["BankName"] = fit(bank, 60, "GBK") if account is not None and (bank := account.bank) is not None else ""  # L34
    body["AccountNo"] = fit(account.number, 40, "GBK") if account is not None else ""  # L35
    if body["PolicyNo"] is None:
        del body["PolicyNo"]
    if body["CancelType"] is None:
        del body["CancelType"]
    if body["CancelDate"] is None:
        del body["CancelDate"]
    if body["CancelHour"] is None:
        del body["CancelHour"]
    if body["ApplyBy"] is None:
        del body["ApplyBy"]
    if body["Reason"] is None:
        del body["Reason"]
    if body["RefundAmount"] is None:
        del body["RefundAmount"]
    return wire


def build(req: CancellationSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "@code") == "1" and dig(wire, "Body", "ContState") == "5" and dig(wire, "Body", "EdorNo"):  # L54
        return Outcome(kind=OutcomeKind.accepted)  # L54
    if dig(wire, "@code") == "0":  # L55
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L55
    return Outcome(kind=OutcomeKind.unknown)  # L56


def read_result(
    wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context
) -> tuple[CancellationSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "Body", problems)  # L58
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(body.get("EdorNo"))  # L58
    except Exception as error:
        note(problems, error)
    refund_amount: Money | None = None
    try:
        refund_amount = yuan_in(v) if (v := value_in(body.get("RefundAmount"))) is not None else None  # L59
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("ErrCode"))  # L60
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("ErrMsg"))  # L61
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.endorsement, no=endorsement_number_no),)
            if endorsement_number_no is not None
            else ()
        )  # L58
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L60
    except Exception as error:
        note(problems, error)
    phase: CancelPhase | None = None
    try:
        phase = (
            CancelPhase(v)
            if (v := "confirmed" if dig(wire, "Body", "ContState") == "5" else None) is not None
            else None
        )  # L63
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = Refund(amount=refund_amount) if refund_amount is not None else None  # L59
    except Exception as error:
        note(problems, error)
    return CancellationSubmitResult(numbers=numbers, reasons=reasons, phase=phase, refund=refund), problems


def parse(reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L51
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L51
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
    name="cancellation.submit",
    steps=(
        Step(
            name="cancellation.submit",
            operation="cancellation.submit",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    idempotency=Idempotency(kind="query_only"),
    inquiry=Inquiry(
        operation="policy.get",
        by="natural_key",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
