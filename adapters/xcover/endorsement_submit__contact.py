"""XCover partner API 1 endorsement.submit/contact.

Generated from mappings/carriers/xcover/endorsement_submit.contact.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: cbf3c57a861dd5bae0e56cb82ea1423be0391b018313dc8df6076aeb85498393

from datetime import datetime

from adapters.xcover.carrier import decoded, encoded, error
from gateway.model import EndorsementStatus, EndorsementSubmitRequest, EndorsementSubmitResult, Money, Premium
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
    e164_out,
    echoed_in_yes,
    first,
    headers_of,
    heard,
    money_codec,
    need,
    note,
    percent_out,
    problem,
    text,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/xcover/endorsement_submit.contact.yaml"
MONEY_MAJOR_NUMBER = money_codec("major", None, None, True)
DATETIME_ISO_Z = datetime_codec("iso", "Z", False)
KNOWN = Known(
    {
        "status": None,
        "type": None,
        "id": None,
        "currency": None,
        "total_price_diff": None,
        "total_price": None,
        "updated_at": None,
    }
)


def message(req: EndorsementSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    policyholder: Wire = {}
    wire["policyholder"] = policyholder
    if (
        phone := e164_out(found_text)
        if (
            found_text := text(
                found_change.to
                if (found_change := first(one for one in req.changes if one.field == "phones.0.number")) is not None
                else None
            )
        )
        is not None
        else None
    ) is not None:  # L10
        policyholder["phone"] = phone  # L10
    if (
        email := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "email")) is not None
        else None
    ) is not None:  # L11
        policyholder["email"] = email  # L11
    if (
        address_1 := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "address.line")) is not None
        else None
    ) is not None:  # L12
        policyholder["address1"] = address_1  # L12
    if (
        address_2 := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "address.line2")) is not None
        else None
    ) is not None:  # L13
        policyholder["address2"] = address_2  # L13
    if (
        city := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "address.city")) is not None
        else None
    ) is not None:  # L14
        policyholder["city"] = city  # L14
    if (
        postcode := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "address.postcode")) is not None
        else None
    ) is not None:  # L15
        policyholder["postcode"] = postcode  # L15
    if not policyholder:
        del wire["policyholder"]
    return wire


def build(req: EndorsementSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "PATCH",
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
            + "/",
            message(req, ctx),
            ctx,
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 200 and text_of(dig(wire, "status")) == "CONFIRMED":  # L26
        return Outcome(kind=OutcomeKind.accepted)  # L26
    if status == 422 and text_of(dig(wire, "type")) == "state_error":  # L27
        return Outcome(kind=OutcomeKind.declined, code="endorsement.not_allowed", text="当前状态不允许批改")  # L27
    if status in (401, 404, 422):  # L28
        return error(dig(wire, "type"), wire, headers, ctx)  # L28
    return Outcome(kind=OutcomeKind.unknown)  # L29


def read_result(
    wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context
) -> tuple[EndorsementSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    premium_gross: Money | None = None
    try:
        premium_gross = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_price"))) is not None
            else None
        )  # L32
    except Exception as error:
        note(problems, error)
    status: EndorsementStatus | None = None
    try:
        status = EndorsementStatus("effective")  # L35
    except Exception as error:
        note(problems, error)
    premium_delta: Money | None = None
    try:
        premium_delta = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_price_diff"))) is not None
            else None
        )  # L31
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L32
    except Exception as error:
        note(problems, error)
    effective_at: datetime | None = None
    try:
        effective_at = DATETIME_ISO_Z.read(v) if (v := value_in(wire.get("updated_at"))) is not None else None  # L33
    except Exception as error:
        note(problems, error)
    return EndorsementSubmitResult(
        status=status, premium_delta=premium_delta, premium=premium, effective_at=effective_at
    ), problems


def parse(reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Reply:
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
        ):  # L23
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L23
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


def serves(req: EndorsementSubmitRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(
        req.kind == "contact_change"
        and all(
            one.target == "policyholder"
            and one.field
            in ("phones.0.number", "email", "address.line", "address.line2", "address.city", "address.postcode")
            for one in req.changes
        )
    )  # L3


OPERATION = Operation(
    carrier="xcover",
    name="endorsement.submit",
    variant="contact",
    steps=(
        Step(
            name="endorsement.submit",
            operation="endorsement.submit",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    idempotency=Idempotency(kind="query_only"),
    inquiry=Inquiry(operation="policy.get", not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_inquiry,
    when=serves,
)
