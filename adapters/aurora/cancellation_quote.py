"""Aurora P&C (fictional) 2025.11 cancellation.quote.

Generated from mappings/carriers/aurora/cancellation_quote.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 7db7b5d998df48acee964128d3face1d40fd01f64819ec77534afee69d86f169

from typing import Any

from adapters.aurora.carrier import decoded, encoded, error
from adapters.aurora.codes import CANCELLATION_OUT
from gateway.model import CancellationQuoteRequest, CancellationQuoteResult, Money, Number, NumberKind, Refund
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
    datetime_codec,
    dig,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    known,
    money_codec,
    need,
    note,
    number_cut,
    percent_out,
    problem,
    require,
    text_given,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/cancellation_quote.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN = Known(
    {
        "cancellationQuoteId": None,
        "errors": {"code": None},
        "partnerRef": None,
        "refund": {"currency": None, "amount": None},
        "basis": None,
    }
)


def message(req: CancellationQuoteRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerRef"] = number_cut(ctx.request_no, 32)  # L5
    wire["kind"] = CANCELLATION_OUT[req.kind]  # L7
    wire["effectiveAt"] = DATETIME_ISO_08_00.send(req.effective_at)  # L8
    return wire


def build(req: CancellationQuoteRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/partner/v2"
            + "/policies/"
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
            + "/cancellation-quotes",
            message(req, ctx),
            ctx,
            {},
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 200 and dig(wire, "cancellationQuoteId"):  # L14
        return Outcome(kind=OutcomeKind.accepted)  # L14
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L15
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L15
    return Outcome(kind=OutcomeKind.unknown)  # L16


def read_result(
    wire: Wire, reply: WireReply, req: CancellationQuoteRequest, ctx: Context
) -> tuple[CancellationQuoteResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    refund_2 = element_in(wire, "refund", problems)  # L20
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(wire.get("cancellationQuoteId"))  # L18
    except Exception as error:
        note(problems, error)
    refs_cancellation_quote: str | None = None
    try:
        refs_cancellation_quote = text_given(wire.get("cancellationQuoteId"))  # L19
    except Exception as error:
        note(problems, error)
    refund_amount: Money | None = None
    try:
        refund_amount = (
            MONEY_MAJOR.read(v, value_in(refund_2.get("currency")))
            if (v := value_in(refund_2.get("amount"))) is not None
            else None
        )  # L20
    except Exception as error:
        note(problems, error)
    refund_basis: str | None = None
    try:
        refund_basis = text_given(wire.get("basis"))  # L21
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L18
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"cancellation_quote": refs_cancellation_quote})  # L19
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = (
            Refund(amount=require(refund_amount, "refund.amount"), basis=refund_basis)
            if refund_amount is not None or refund_basis is not None
            else None
        )  # L20
    except Exception as error:
        note(problems, error)
    allowed: bool | None = None
    try:
        allowed = True  # L23
    except Exception as error:
        note(problems, error)
    return CancellationQuoteResult(numbers=numbers, refs=refs, refund=refund, allowed=allowed), problems


def parse(reply: WireReply, req: CancellationQuoteRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerRef"), outcome):  # L11
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L11
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
    carrier="aurora",
    name="cancellation.quote",
    steps=(
        Step(
            name="cancellation.quote",
            operation="cancellation.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
