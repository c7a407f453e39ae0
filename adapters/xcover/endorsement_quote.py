"""XCover partner API 1 endorsement.quote.

Generated from mappings/carriers/xcover/endorsement_quote.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 331e84ae543bc6690da9d61d9ff4d3735642f32d5e421801754d5abdc8b5af85

from typing import Any

from adapters.xcover import hooks
from adapters.xcover.carrier import decoded, encoded, error
from gateway.model import EndorsementQuoteRequest, EndorsementQuoteResult, Money, Number, NumberKind
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
    datetime_of,
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

MAPPING = "mappings/carriers/xcover/endorsement_quote.yaml"
DATETIME_ISO_Z = datetime_codec("iso", "Z", False)
MONEY_MAJOR_NUMBER = money_codec("major", None, None, True)
KNOWN = Known({"status": None, "type": None, "update_id": None, "id": None, "currency": None, "total_price_diff": None})


def message(req: EndorsementQuoteRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    quotes_list: list[Any] = []
    wire["quotes"] = quotes_list
    quotes_0: Wire = {}
    quotes_list.append(quotes_0)
    if (id_2 := ctx.refs.get("quote_id")) is not None:  # L8
        quotes_0["id"] = id_2  # L8
    update_fields: Wire = {}
    quotes_0["update_fields"] = update_fields
    if (tickets := hooks.ticket_prices(req)) is not None:  # L9
        update_fields["tickets"] = tickets  # L9
    if (number_of_tickets := hooks.ticket_count(req)) is not None:  # L10
        update_fields["number_of_tickets"] = number_of_tickets  # L10
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
    ) is not None:  # L11
        update_fields["event_datetime"] = event_datetime  # L11
    if (
        event_name := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "event_ticket.event")) is not None
        else None
    ) is not None:  # L12
        update_fields["event_name"] = event_name  # L12
    if (
        event_location := found_change.to
        if (found_change := first(one for one in req.changes if one.field == "event_ticket.venue")) is not None
        else None
    ) is not None:  # L13
        update_fields["event_location"] = event_location  # L13
    if not update_fields:
        del quotes_0["update_fields"]
    if quotes_list[-1:] == [{}]:
        quotes_list.pop()
    if not quotes_list:
        del wire["quotes"]
    return wire


def build(req: EndorsementQuoteRequest, ctx: Context) -> WireRequest:
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
            message(req, ctx),
            ctx,
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: EndorsementQuoteRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 200 and dig(wire, "update_id") and text_of(dig(wire, "status")) == "CONFIRMED":  # L20
        return Outcome(kind=OutcomeKind.accepted)  # L20
    if status == 422 and text_of(dig(wire, "type")) == "state_error":  # L21
        return Outcome(kind=OutcomeKind.declined, code="endorsement.not_allowed", text="当前状态不允许批改")  # L21
    if status in (401, 404, 422):  # L22
        return error(dig(wire, "type"), wire, headers, ctx)  # L22
    return Outcome(kind=OutcomeKind.unknown)  # L23


def read_result(
    wire: Wire, reply: WireReply, req: EndorsementQuoteRequest, ctx: Context
) -> tuple[EndorsementQuoteResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(wire.get("update_id"))  # L25
    except Exception as error:
        note(problems, error)
    refs_update_id: str | None = None
    try:
        refs_update_id = text_given(wire.get("update_id"))  # L26
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L25
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"update_id": refs_update_id})  # L26
    except Exception as error:
        note(problems, error)
    allowed: bool | None = None
    try:
        allowed = True  # L29
    except Exception as error:
        note(problems, error)
    needs_underwriting: bool | None = None
    try:
        needs_underwriting = False  # L30
    except Exception as error:
        note(problems, error)
    premium_delta: Money | None = None
    try:
        premium_delta = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_price_diff"))) is not None
            else None
        )  # L27
    except Exception as error:
        note(problems, error)
    return EndorsementQuoteResult(
        numbers=numbers, refs=refs, allowed=allowed, needs_underwriting=needs_underwriting, premium_delta=premium_delta
    ), problems


def parse(reply: WireReply, req: EndorsementQuoteRequest, ctx: Context) -> Reply:
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
        ):  # L17
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L17
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


def serves(req: EndorsementQuoteRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(
        req.kind == "object_change"
        and all(
            one.field in ("event_ticket.tickets", "event_ticket.event", "event_ticket.venue", "event_ticket.starts_at")
            for one in req.changes
        )
    )  # L3


OPERATION = Operation(
    carrier="xcover",
    name="endorsement.quote",
    steps=(
        Step(
            name="endorsement.quote",
            operation="endorsement.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    safety=SafetyClass.read,
    when=serves,
)
