"""莲花财险（虚构） 2.0.0 cancellation.quote.

Generated from mappings/carriers/lotus/cancellation_quote.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: bb18fc3229403a296c7be16365395acc9d3fafa9b9002dfdbcc496da28f54035

from typing import Any

from adapters.lotus.carrier import ERRORS, decoded, encoded
from adapters.lotus.codes import REFUND_TYPE_OUT
from gateway.model import CancellationQuoteRequest, CancellationQuoteResult, Money, NumberKind, Reason, Refund
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
    datetime_codec,
    dig,
    echoed,
    element_in,
    fen_number_in,
    fit,
    flag_in,
    heard,
    known,
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

MAPPING = "mappings/carriers/lotus/cancellation_quote.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
KNOWN = Known(
    {
        "body": {"allowed": None, "refundAmount": None, "policyNo": None, "refundType": None, "cancelQuoteNo": None},
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: CancellationQuoteRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH1004"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L9
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L11
    body: Wire = {}
    wire["body"] = body
    body["policyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "UTF-8"
    )  # L11
    body["refundType"] = REFUND_TYPE_OUT[req.kind]  # L12
    body["effectTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(req.effective_at)  # L13
    return wire


def build(req: CancellationQuoteRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "allowed")) == "1"
        and dig(wire, "body", "refundAmount") is not None
    ):  # L31
        return Outcome(kind=OutcomeKind.accepted)  # L31
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L32
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L32
    return Outcome(kind=OutcomeKind.unknown)  # L33


def read_result(
    wire: Wire, reply: WireReply, req: CancellationQuoteRequest, ctx: Context
) -> tuple[CancellationQuoteResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L35
    head = element_in(wire, "head", problems)  # L38
    refund_amount: Money | None = None
    try:
        refund_amount = fen_number_in(v) if (v := value_in(body.get("refundAmount"))) is not None else None  # L36
    except Exception as error:
        note(problems, error)
    refs_cancel_quote_no: str | None = None
    try:
        refs_cancel_quote_no = text_given(body.get("cancelQuoteNo"))  # L37
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L38
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L39
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"cancel_quote_no": refs_cancel_quote_no})  # L37
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L38
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = Refund(amount=refund_amount) if refund_amount is not None else None  # L36
    except Exception as error:
        note(problems, error)
    allowed: bool | None = None
    try:
        allowed = flag_in(v, "1", "0") if (v := value_in(body.get("allowed"))) is not None else None  # L35
    except Exception as error:
        note(problems, error)
    return CancellationQuoteResult(refs=refs, reasons=reasons, refund=refund, allowed=allowed), problems


def parse(reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L28
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L28
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
    name="cancellation.quote",
    steps=(
        Step(
            name="cancellation.quote",
            operation="cancellation.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
