"""XCover partner API 1 cancellation.submit.

Generated from mappings/carriers/xcover/cancellation_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 48fcd2051c6c327e52a0e8182b8018bc65c0b2455a29b915822148f02eb8b308

from datetime import datetime

from adapters.xcover.carrier import decoded, encoded, error
from gateway.model import CancelPhase, CancellationSubmitRequest, CancellationSubmitResult, Money, Refund
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
    percent_out,
    problem,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/xcover/cancellation_submit.yaml"
KNOWN_PREVIEW = Known({"cancellation_id": None, "type": None, "id": None})
MONEY_MAJOR_NUMBER = money_codec("major", None, None, True)
DATETIME_ISO_Z = datetime_codec("iso", "Z", False)
KNOWN_CONFIRM = Known(
    {"quotes": {"cancelled_at": None}, "status": None, "type": None, "id": None, "currency": None, "total_refund": None}
)


def message_preview(req: CancellationSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["preview"] = True  # L9
    return wire


def build_preview(req: CancellationSubmitRequest, ctx: Context) -> WireRequest:
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
            message_preview(req, ctx),
            ctx,
        )  # L8
    except Exception as error:
        raise cannot_send(error) from None


def classify_preview(wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 200 and dig(wire, "cancellation_id"):  # L15
        return Outcome(kind=OutcomeKind.accepted)  # L15
    if status == 422 and text_of(dig(wire, "type")) == "state_error":  # L16
        return Outcome(kind=OutcomeKind.declined, code="policy.already_cancelled", text="保单已退保")  # L16
    if status in (401, 404, 422):  # L17
        return error(dig(wire, "type"), wire, headers, ctx)  # L17
    return Outcome(kind=OutcomeKind.unknown)  # L18


def read_result_preview(
    wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context
) -> tuple[CancellationSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    return CancellationSubmitResult(), problems


def parse_preview(reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_preview(wire, reply, req, ctx)
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None,
            dig(wire, "id"),
            outcome,
        ):  # L12
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L12
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_preview(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


def wanted_preview(req: CancellationSubmitRequest, ctx: Context) -> bool:
    """Whether this step is needed at all."""
    return bool(not ctx.refs.get("cancellation_id"))  # L7


def message_confirm(req: CancellationSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    return wire


def build_confirm(req: CancellationSubmitRequest, ctx: Context) -> WireRequest:
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
            + "/confirm_cancellation/"
            + percent_out(
                str(
                    need(
                        ctx.refs.get("cancellation_id")
                        if ctx.refs.get("cancellation_id") is not None
                        else dig(ctx.steps.get("preview"), "cancellation_id"),
                        "refs.cancellation_id if refs.cancellation_id is not None else step.preview.cancellation_id",
                    )
                )
            )
            + "/",
            message_confirm(req, ctx),
            ctx,
        )  # L21
    except Exception as error:
        raise cannot_send(error) from None


def classify_confirm(wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if (
        status == 200
        and text_of(dig(wire, "status")) == "CANCELLED"
        and dig(first(dig(wire, "quotes")), "cancelled_at")
    ):  # L36
        return Outcome(kind=OutcomeKind.accepted)  # L36
    if status == 422 and text_of(dig(wire, "type")) == "state_error":  # L37
        return Outcome(kind=OutcomeKind.unknown, then="inquiry")  # L37
    if status in (401, 404, 422):  # L38
        return error(dig(wire, "type"), wire, headers, ctx)  # L38
    return Outcome(kind=OutcomeKind.unknown)  # L39


def read_result_confirm(
    wire: Wire, reply: WireReply, req: CancellationSubmitRequest, ctx: Context
) -> tuple[CancellationSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    quotes = element_in(wire.get("quotes"), 0, problems)  # L42
    refund_amount: Money | None = None
    try:
        refund_amount = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_refund"))) is not None
            else None
        )  # L41
    except Exception as error:
        note(problems, error)
    phase: CancelPhase | None = None
    try:
        phase = CancelPhase("confirmed")  # L45
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
            DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("cancelled_at"))) is not None else None
        )  # L42
    except Exception as error:
        note(problems, error)
    cover_continues_until: datetime | None = None
    try:
        cover_continues_until = (
            DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("cancelled_at"))) is not None else None
        )  # L43
    except Exception as error:
        note(problems, error)
    return CancellationSubmitResult(
        phase=phase, refund=refund, effective_at=effective_at, cover_continues_until=cover_continues_until
    ), problems


def parse_confirm(reply: WireReply, req: CancellationSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_confirm(wire, reply, req, ctx)
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None,
            dig(wire, "id"),
            outcome,
        ):  # L33
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L33
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_confirm(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


OPERATION = Operation(
    carrier="xcover",
    name="cancellation.submit",
    steps=(
        Step(
            name="preview",
            operation="cancellation.quote",
            safety=SafetyClass.read,
            build=build_preview,
            parse=parse_preview,
            when=wanted_preview,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
        Step(
            name="confirm",
            operation="cancellation.submit",
            safety=SafetyClass.write_inquiry,
            build=build_confirm,
            parse=parse_confirm,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    idempotency=Idempotency(kind="query_only"),
    inquiry=Inquiry(operation="policy.get", not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_inquiry,
)
