"""XCover partner API 1 cancellation.quote.

Generated from mappings/carriers/xcover/cancellation_quote.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 1d91ba975a0e2c99a23514abb97ca74bd04cafbba455587ac5eed20559714b94

from typing import Any

from adapters.xcover.carrier import decoded, encoded, error
from gateway.model import CancellationQuoteRequest, CancellationQuoteResult, Money, Refund
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
    cannot_send,
    dig,
    echoed_in_yes,
    first,
    headers_of,
    heard,
    known,
    money_codec,
    need,
    note,
    percent_out,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/xcover/cancellation_quote.yaml"
MONEY_MAJOR_NUMBER = money_codec("major", None, None, True)
KNOWN = Known({"cancellation_id": None, "type": None, "id": None, "currency": None, "total_refund": None})


def message(req: CancellationQuoteRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["preview"] = True  # L5
    return wire


def build(req: CancellationQuoteRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/xcover/partners/"
            + str(need(ctx.config.get("partner"), "config.partner"))
            + "/bookings/"
            + percent_out(
                str(
                    need(
                        found_number.no
                        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
                        else None,
                        'first(req.numbers, item.kind == "policy").no',
                    )
                )
            )
            + "/cancel",
            message(req, ctx),
            ctx,
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 200 and dig(wire, "cancellation_id"):  # L13
        return Outcome(kind=OutcomeKind.accepted)  # L13
    if status == 422 and text_of(dig(wire, "type")) == "state_error":  # L14
        return Outcome(kind=OutcomeKind.declined, code="policy.already_cancelled", text="保单已退保")  # L14
    if status in (401, 404, 422):  # L15
        return error(dig(wire, "type"), wire, headers, ctx)  # L15
    return Outcome(kind=OutcomeKind.unknown)  # L16


def read_result(
    wire: Wire, reply: WireReply, req: CancellationQuoteRequest, ctx: Context
) -> tuple[CancellationQuoteResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    refs_cancellation_id: str | None = None
    try:
        refs_cancellation_id = text_given(wire.get("cancellation_id"))  # L18
    except Exception as error:
        note(problems, error)
    refund_amount: Money | None = None
    try:
        refund_amount = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_refund"))) is not None
            else None
        )  # L19
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"cancellation_id": refs_cancellation_id})  # L18
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = Refund(amount=refund_amount) if refund_amount is not None else None  # L19
    except Exception as error:
        note(problems, error)
    allowed: bool | None = None
    try:
        allowed = True  # L21
    except Exception as error:
        note(problems, error)
    return CancellationQuoteResult(refs=refs, refund=refund, allowed=allowed), problems


def parse(reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None,
            dig(wire, "id"),
            outcome,
        ):  # L9
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L9
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


OPERATION = Operation(
    carrier="xcover",
    name="cancellation.quote",
    steps=(
        Step(
            name="cancellation.quote",
            operation="cancellation.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    safety=SafetyClass.read,
)
