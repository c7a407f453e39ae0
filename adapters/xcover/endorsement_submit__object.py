"""XCover partner API 1 endorsement.submit/object.

Generated from mappings/carriers/xcover/endorsement_submit.object.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: d9e813904c037ada94eaddcb1a8983f6fe7074009d6e7c7f0fb0c2a306da5de0

from datetime import datetime
from typing import Any

from adapters.xcover import hooks
from adapters.xcover.carrier import decoded, encoded, error
from gateway.model import (
    Document,
    DocumentKind,
    EndorsementStatus,
    EndorsementSubmitRequest,
    EndorsementSubmitResult,
    Money,
    Premium,
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
    cannot_send,
    datetime_codec,
    datetime_of,
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
    percent_out,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/xcover/endorsement_submit.object.yaml"
DATETIME_ISO_Z = datetime_codec("iso", "Z", False)
KNOWN_PRICE = Known({"status": None, "type": None, "update_id": None, "id": None})
MONEY_MAJOR_NUMBER = money_codec("major", None, None, True)
KNOWN_CONFIRM = Known(
    {
        "status": None,
        "type": None,
        "update_id": None,
        "id": None,
        "currency": None,
        "total_price_diff": None,
        "total_price": None,
        "total_premium": None,
        "total_tax": None,
        "quotes": {"updated_at": None},
        "coi": {"pdf": None},
    }
)


def message_price(req: EndorsementSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    quotes_list: list[Any] = []
    wire["quotes"] = quotes_list
    quotes_0: Wire = {}
    quotes_list.append(quotes_0)
    if (id_2 := ctx.refs.get("quote_id")) is not None:  # L13
        quotes_0["id"] = id_2  # L13
    update_fields: Wire = {}
    quotes_0["update_fields"] = update_fields
    if (tickets := hooks.ticket_prices(req)) is not None:  # L14
        update_fields["tickets"] = tickets  # L14
    if (number_of_tickets := hooks.ticket_count(req)) is not None:  # L15
        update_fields["number_of_tickets"] = number_of_tickets  # L15
    if (
        event_datetime := DATETIME_ISO_Z.send(found_datetime)
        if (
            found_datetime := datetime_of(
                found_change.to
                if (found_change := first(one for one in req.changes if one.field == "event_ticket.starts_at"))
                is not None
                else None,
                "iso",
                "Z",
            )
        )
        is not None
        else None
    ) is not None:  # L16
        update_fields["event_datetime"] = event_datetime  # L16
    if (
        event_name := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "event_ticket.event")) is not None
        else None
    ) is not None:  # L17
        update_fields["event_name"] = event_name  # L17
    if (
        event_location := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "event_ticket.venue")) is not None
        else None
    ) is not None:  # L18
        update_fields["event_location"] = event_location  # L18
    if not update_fields:
        del quotes_0["update_fields"]
    if quotes_list[-1:] == [{}]:
        quotes_list.pop()
    if not quotes_list:
        del wire["quotes"]
    return wire


def build_price(req: EndorsementSubmitRequest, ctx: Context) -> WireRequest:
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
            + "/quote_for_update",
            message_price(req, ctx),
            ctx,
        )  # L9
    except Exception as error:
        raise cannot_send(error) from None


def classify_price(wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 200 and dig(wire, "update_id") and text_of(dig(wire, "status")) == "CONFIRMED":  # L24
        return Outcome(kind=OutcomeKind.accepted)  # L24
    if status == 422 and text_of(dig(wire, "type")) == "state_error":  # L25
        return Outcome(kind=OutcomeKind.declined, code="endorsement.not_allowed", text="当前状态不允许批改")  # L25
    if status in (401, 404, 422):  # L26
        return error(dig(wire, "type"), wire, headers, ctx)  # L26
    return Outcome(kind=OutcomeKind.unknown)  # L27


def read_result_price(
    wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context
) -> tuple[EndorsementSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    return EndorsementSubmitResult(), problems


def parse_price(reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_price(wire, reply, req, ctx)
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None,
            dig(wire, "id"),
            outcome,
        ):  # L21
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L21
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_price(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


def wanted_price(req: EndorsementSubmitRequest, ctx: Context) -> bool:
    """Whether this step is needed at all."""
    return bool(not ctx.refs.get("update_id"))  # L8


def message_confirm(req: EndorsementSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    return wire


def build_confirm(req: EndorsementSubmitRequest, ctx: Context) -> WireRequest:
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
            + "/confirm_update/"
            + percent_out(
                str(
                    need(
                        ctx.refs.get("update_id")
                        if ctx.refs.get("update_id")
                        else dig(ctx.steps.get("price"), "update_id"),
                        "refs.update_id if refs.update_id else step.price.update_id",
                    )
                )
            )
            + "/",
            message_confirm(req, ctx),
            ctx,
        )  # L30
    except Exception as error:
        raise cannot_send(error) from None


def classify_confirm(wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 201 and text_of(dig(wire, "status")) == "CONFIRMED" and not dig(wire, "update_id"):  # L43
        return Outcome(kind=OutcomeKind.accepted)  # L43
    if status == 422 and text_of(dig(wire, "type")) == "state_error":  # L44
        return Outcome(kind=OutcomeKind.unknown, then="inquiry")  # L44
    if status in (401, 404, 422):  # L45
        return error(dig(wire, "type"), wire, headers, ctx)  # L45
    return Outcome(kind=OutcomeKind.unknown)  # L46


def read_result_confirm(
    wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context
) -> tuple[EndorsementSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    quotes = element_in(wire.get("quotes"), 0, problems)  # L52
    coi = element_in(wire, "coi", problems)  # L53
    premium_gross: Money | None = None
    try:
        premium_gross = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_price"))) is not None
            else None
        )  # L49
    except Exception as error:
        note(problems, error)
    premium_net: Money | None = None
    try:
        premium_net = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_premium"))) is not None
            else None
        )  # L50
    except Exception as error:
        note(problems, error)
    premium_tax: Money | None = None
    try:
        premium_tax = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_tax"))) is not None
            else None
        )  # L51
    except Exception as error:
        note(problems, error)
    certificate_document_url: str | None = None
    try:
        certificate_document_url = text_given(coi.get("pdf"))  # L53
    except Exception as error:
        note(problems, error)
    refs_update_id: str | None = None
    try:
        refs_update_id = ""  # L57
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"update_id": refs_update_id})  # L57
    except Exception as error:
        note(problems, error)
    status: EndorsementStatus | None = None
    try:
        status = EndorsementStatus("effective")  # L55
    except Exception as error:
        note(problems, error)
    premium_delta: Money | None = None
    try:
        premium_delta = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_price_diff"))) is not None
            else None
        )  # L48
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=require(premium_gross, "total_price"), net=premium_net, tax=premium_tax)
            if premium_gross is not None or premium_net is not None or premium_tax is not None
            else None
        )  # L49
    except Exception as error:
        note(problems, error)
    effective_at: datetime | None = None
    try:
        effective_at = DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("updated_at"))) is not None else None  # L52
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = (
            (Document(kind=DocumentKind.certificate, url=certificate_document_url),)
            if certificate_document_url is not None
            else ()
        )  # L53
    except Exception as error:
        note(problems, error)
    return EndorsementSubmitResult(
        refs=refs,
        status=status,
        premium_delta=premium_delta,
        premium=premium,
        effective_at=effective_at,
        documents=documents,
    ), problems


def parse_confirm(reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Reply:
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
        ):  # L40
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L40
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_confirm(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


def serves(req: EndorsementSubmitRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(
        req.kind == "object_change"
        and all(
            one.field in ("event_ticket.tickets", "event_ticket.event", "event_ticket.venue", "event_ticket.starts_at")
            for one in req.changes
        )
    )  # L2


OPERATION = Operation(
    carrier="xcover",
    name="endorsement.submit",
    variant="object",
    steps=(
        Step(
            name="price",
            operation="endorsement.quote",
            safety=SafetyClass.read,
            build=build_price,
            parse=parse_price,
            when=wanted_price,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
        Step(
            name="confirm",
            operation="endorsement.submit",
            safety=SafetyClass.write_inquiry,
            build=build_confirm,
            parse=parse_confirm,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    idempotency=Idempotency(kind="query_only"),
    inquiry=Inquiry(operation="policy.get", not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_inquiry,
    when=serves,
)
