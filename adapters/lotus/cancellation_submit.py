"""莲花财险（虚构） 2.0.0 cancellation.submit.

Generated from mappings/carriers/lotus/cancellation_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 8d5060ee24ee278b363c7a980b2f4da10d39be05883b5249b39307d333545deb

from datetime import datetime

from adapters.lotus.carrier import ERRORS, decoded, encoded
from adapters.lotus.codes import APPLY_ROLE_OUT, REFUND_TYPE_OUT
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
    fen_number_in,
    fen_number_out,
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
)

MAPPING = "mappings/carriers/lotus/cancellation_submit.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "endorseNo": None,
            "transStatus": None,
            "policyNo": None,
            "policyStatus": None,
            "refundAmount": None,
            "effectTime": None,
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: CancellationSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH1005"  # L9
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L10
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L11
    body: Wire = {}
    wire["body"] = body
    body["policyNo"] = None  # L12
    if (cancel_quote_no := ctx.refs.get("cancel_quote_no")) is not None:  # L13
        body["cancelQuoteNo"] = cancel_quote_no  # L13
    body["refundType"] = None  # L14
    body["effectTime"] = None  # L15
    body["applyRole"] = None  # L16
    body["reason"] = None  # L17
    body["refundAmount"] = None  # L18
    refund_account: Wire = {}
    body["refundAccount"] = refund_account
    refund_account["payMode"] = "1" if req.refund_to is None or req.refund_to.account is None else "2"  # L19
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L21
    body["policyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "UTF-8"
    )  # L21
    body["refundType"] = REFUND_TYPE_OUT[req.kind]  # L22
    body["effectTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(req.effective_at)  # L23
    body["applyRole"] = APPLY_ROLE_OUT[req.requestor]  # L24
    if (reason := req.reason) is not None:  # L25
        body["reason"] = fit(reason, 200, "UTF-8")  # L25
    if (expected_refund := req.expected_refund) is not None:  # L26
        body["refundAmount"] = fen_number_out(expected_refund)  # L26
    refund_to = req.refund_to
    account = refund_to.account if refund_to is not None else None
    holder: str | None = account.holder if account is not None else None  # L27
    if holder is None:  # L27
        holder = (
            req.refund_to.party.name if req.refund_to is not None and req.refund_to.party is not None else None
        )  # L27
    if holder is not None:  # L27
        refund_account["payeeName"] = fit(holder, 60, "UTF-8")  # L27
    if account is not None:
        if (bank := account.bank) is not None:  # L28
            refund_account["bankName"] = fit(bank, 100, "UTF-8")  # L28
        refund_account["accountNo"] = fit(account.number, 40, "UTF-8")  # L29
    if body["policyNo"] is None:
        del body["policyNo"]
    if body["refundType"] is None:
        del body["refundType"]
    if body["effectTime"] is None:
        del body["effectTime"]
    if body["applyRole"] is None:
        del body["applyRole"]
    if body["reason"] is None:
        del body["reason"]
    if body["refundAmount"] is None:
        del body["refundAmount"]
    return wire


def build(req: CancellationSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "transStatus")) == "1"
        and dig(wire, "body", "endorseNo")
    ):  # L48
        return Outcome(kind=OutcomeKind.accepted)  # L48
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "transStatus")) == "2":  # L49
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=30.0, for_s=86400.0)  # L49
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L50
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L50
    return Outcome(kind=OutcomeKind.unknown)  # L51


def read_result(
    wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context
) -> tuple[CancellationSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L53
    head = element_in(wire, "head", problems)  # L56
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(body.get("endorseNo"))  # L53
    except Exception as error:
        note(problems, error)
    refund_amount: Money | None = None
    try:
        refund_amount = fen_number_in(v) if (v := value_in(body.get("refundAmount"))) is not None else None  # L54
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
        numbers = (
            (Number(kind=NumberKind.endorsement, no=endorsement_number_no),)
            if endorsement_number_no is not None
            else ()
        )  # L53
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L56
    except Exception as error:
        note(problems, error)
    phase: CancelPhase | None = None
    try:
        phase = (
            CancelPhase(v)
            if (
                v := "confirmed"
                if text_of(dig(wire, "body", "transStatus")) == "1"
                else "requested"
                if text_of(dig(wire, "body", "transStatus")) == "2"
                else None
            )
            is not None
            else None
        )  # L59
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = Refund(amount=refund_amount) if refund_amount is not None else None  # L54
    except Exception as error:
        note(problems, error)
    effective_at: datetime | None = None
    try:
        effective_at = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("effectTime"))) is not None else None
        )  # L55
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
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L45
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L45
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
    name="cancellation.submit",
    steps=(
        Step(
            name="cancellation.submit",
            operation="cancellation.submit",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="reject_duplicate", key="head.requestNo"),
    inquiry=Inquiry(
        operation="policy.get",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
