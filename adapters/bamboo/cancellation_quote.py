"""青竹人寿（虚构） 3.1 cancellation.quote.

Generated from mappings/carriers/bamboo/cancellation_quote.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 91adb25ab9f06a18f029a1cba66465e9a1c4a23a33f600c6b23df002de393daa

from adapters.bamboo.carrier import ERRORS, decoded, encoded
from adapters.bamboo.codes import CANCEL_TYPE_OUT
from gateway.model import CancellationQuoteRequest, CancellationQuoteResult, Money, NumberKind, Reason, Refund
from gateway.wire import (
    CannotSend,
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
    first,
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
)

MAPPING = "mappings/carriers/bamboo/cancellation_quote.yaml"
DATETIME_MMSS_08_00 = datetime_codec("mmss", "+08:00", False)
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
DATETIME_HH_08_00 = datetime_codec("HH", "+08:00", False)
KNOWN = Known(
    {
        "@code": None,
        "Body": {"PolicyNo": None, "RefundAmount": None, "CancelType": None},
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message(req: CancellationQuoteRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "TB01"  # L7
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L8
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L9
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L10
    if (channel_code := text(ctx.config.get("channel_code"))) is not None:  # L11
        head["ChannelCode"] = channel_code  # L11
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L13
    body: Wire = {}
    wire["Body"] = body
    body["PolicyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "GBK"
    )  # L13
    body["CancelType"] = CANCEL_TYPE_OUT[req.kind]  # L14
    effective_at = req.effective_at  # L15
    if DATETIME_MMSS_08_00.send(req.effective_at) == "0000":  # L17
        body["CancelDate"] = DATETIME_YYYY_MM_DD_08_00.send(effective_at)  # L19
        body["CancelHour"] = DATETIME_HH_08_00.send(effective_at)  # L19
    else:
        raise CannotSend("no case of effective_at holds; this carrier cannot be told", path="effective_at")  # L17
    return wire


def build(req: CancellationQuoteRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        dig(wire, "@code") == "1"
        and dig(wire, "Body", "PolicyNo")
        == (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None
        )
        and dig(wire, "Body", "RefundAmount")
    ):  # L37
        return Outcome(kind=OutcomeKind.accepted)  # L37
    if dig(wire, "@code") == "0":  # L38
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L38
    return Outcome(kind=OutcomeKind.unknown)  # L39


def read_result(
    wire: Wire, reply: WireReply, req: CancellationQuoteRequest, ctx: Context
) -> tuple[CancellationQuoteResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "Body", problems)  # L41
    refund_amount: Money | None = None
    try:
        refund_amount = yuan_in(v) if (v := value_in(body.get("RefundAmount"))) is not None else None  # L41
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("ErrCode"))  # L42
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("ErrMsg"))  # L43
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L42
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = Refund(amount=refund_amount) if refund_amount is not None else None  # L41
    except Exception as error:
        note(problems, error)
    allowed: bool | None = None
    try:
        allowed = True if dig(wire, "Body", "RefundAmount") is not None else None  # L45
    except Exception as error:
        note(problems, error)
    return CancellationQuoteResult(reasons=reasons, refund=refund, allowed=allowed), problems


def parse(reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L34
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L34
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
    name="cancellation.quote",
    steps=(
        Step(
            name="cancellation.quote",
            operation="cancellation.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    safety=SafetyClass.read,
)
