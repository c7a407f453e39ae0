"""Aurora P&C (fictional) 2025.11 cancellation.submit.

Generated from mappings/carriers/aurora/cancellation_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 5a80151bfbd665875c06b7c6e19d5bcb6cc3905e524bb926e156fc8feb5be694

from datetime import datetime

from adapters.aurora.carrier import decoded, encoded, error
from adapters.aurora.codes import CANCELLATION_OUT, CANCEL_PHASE_IN, REQUESTOR_OUT
from gateway.model import (
    CancelPhase,
    CancellationSubmitRequest,
    CancellationSubmitResult,
    Money,
    Number,
    NumberKind,
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
    cannot_send,
    datetime_codec,
    dig,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    money_codec,
    need,
    note,
    number_cut,
    percent_out,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/cancellation_submit.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN = Known(
    {
        "endorsementNo": None,
        "errors": {"code": None},
        "status": None,
        "partnerOrderId": None,
        "refund": {"currency": None, "amount": None},
        "basis": None,
        "coverEndsAt": None,
    }
)


def message(req: CancellationSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerOrderId"] = number_cut(ctx.request_no, 32)  # L8
    if (
        cancellation_quote_id := ctx.refs.get("cancellation_quote") if ctx.refs.get("cancellation_quote") else None
    ) is not None:  # L9
        wire["cancellationQuoteId"] = cancellation_quote_id  # L9
    wire["kind"] = CANCELLATION_OUT[req.kind]  # L11
    wire["effectiveAt"] = DATETIME_ISO_08_00.send(req.effective_at)  # L12
    wire["requestedBy"] = REQUESTOR_OUT[req.requestor]  # L13
    if (reason := req.reason) is not None:  # L14
        wire["reason"] = reason  # L14
    expected_refund: Wire = {}
    wire["expectedRefund"] = expected_refund
    if (expected_refund_2 := req.expected_refund) is not None:  # L15
        expected_refund["amount"] = MONEY_MAJOR.send(expected_refund_2)  # L15
        expected_refund["currency"] = expected_refund_2.currency  # L15
    refund_to = req.refund_to  # L17
    refund_to_2: Wire = {}
    wire["refundTo"] = refund_to_2
    account = refund_to.account if refund_to is not None else None
    if (refund_to.account if refund_to is not None else None) is None:  # L20
        refund_to_2["method"] = "ORIGINAL"  # L20
    elif refund_to is not None and refund_to.account is not None:  # L21
        refund_to_2["method"] = "BANK_TRANSFER"  # L21
        refund_to_2["fullName"] = need(account.holder if account is not None else None, "account.holder")  # L21
        refund_to_2["bankName"] = need(account.bank if account is not None else None, "account.bank")  # L21
        if account is not None:  # L21
            refund_to_2["accountNumber"] = account.number  # L21
    elif refund_to is not None:
        raise CannotSend("no case of refund_to holds; this carrier cannot be told", path="refund_to")  # L20
    if not refund_to_2:
        del wire["refundTo"]
    if not expected_refund:
        del wire["expectedRefund"]
    return wire


def build(req: CancellationSubmitRequest, ctx: Context) -> WireRequest:
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
            + "/cancellations",
            message(req, ctx),
            ctx,
            {"Idempotency-Key": number_cut(ctx.request_no, 32)},
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if (
        status == 201 and dig(wire, "endorsementNo") and text_of(dig(wire, "status")) in ("CONFIRMED", "REQUESTED")
    ):  # L27
        return Outcome(kind=OutcomeKind.accepted)  # L27
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L28
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L28
    return Outcome(kind=OutcomeKind.unknown)  # L29


def read_result(
    wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context
) -> tuple[CancellationSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    refund_2 = element_in(wire, "refund", problems)  # L33
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(wire.get("endorsementNo"))  # L31
    except Exception as error:
        note(problems, error)
    refund_amount: Money | None = None
    try:
        refund_amount = (
            MONEY_MAJOR.read(v, value_in(refund_2.get("currency")))
            if (v := value_in(refund_2.get("amount"))) is not None
            else None
        )  # L33
    except Exception as error:
        note(problems, error)
    refund_basis: str | None = None
    try:
        refund_basis = text_given(wire.get("basis"))  # L34
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.endorsement, no=endorsement_number_no),)
            if endorsement_number_no is not None
            else ()
        )  # L31
    except Exception as error:
        note(problems, error)
    phase: CancelPhase | None = None
    try:
        phase = CANCEL_PHASE_IN[v] if (v := value_in(wire.get("status"))) is not None else None  # L32
    except Exception as error:
        note(problems, error)
    refund: Refund | None = None
    try:
        refund = (
            Refund(amount=require(refund_amount, "refund.amount"), basis=refund_basis)
            if refund_amount is not None or refund_basis is not None
            else None
        )  # L33
    except Exception as error:
        note(problems, error)
    effective_at: datetime | None = None
    try:
        effective_at = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(wire.get("coverEndsAt"))) is not None else None
        )  # L35
    except Exception as error:
        note(problems, error)
    cover_continues_until: datetime | None = None
    try:
        cover_continues_until = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(wire.get("coverEndsAt"))) is not None else None
        )  # L36
    except Exception as error:
        note(problems, error)
    return CancellationSubmitResult(
        numbers=numbers,
        phase=phase,
        refund=refund,
        effective_at=effective_at,
        cover_continues_until=cover_continues_until,
    ), problems


def parse(reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerOrderId"), outcome):  # L24
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L24
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
    name="cancellation.submit",
    steps=(
        Step(
            name="cancellation.submit",
            operation="cancellation.submit",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="replay", key="header.Idempotency-Key", ttl_s=86400.0),
    inquiry=Inquiry(operation="policy.get", visibility_lag_s=5.0, not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_replay,
)
