"""Aurora P&C (fictional) 2025.11 endorsement.quote.

Generated from mappings/carriers/aurora/endorsement_quote.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 56b7fd58c1fcba1c5947b210a6e97655206e90fed6c562e4e8119db7adcf5ff3

from datetime import datetime
from typing import Any

from adapters.aurora.carrier import decoded, encoded, error
from adapters.aurora.codes import CHANGED_FIELD_OUT, ENDORSEMENT_OUT
from gateway.model import Change, EndorsementQuoteRequest, EndorsementQuoteResult, Money, Number, NumberKind
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
    bool_in,
    by_index_out,
    cannot_send,
    datetime_codec,
    dig,
    e164_out,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    known,
    match,
    money_codec,
    need,
    note,
    number_cut,
    percent_out,
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/endorsement_quote.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN = Known(
    {
        "endorsementQuoteId": None,
        "errors": {"code": None},
        "partnerRef": None,
        "allowed": None,
        "needsUnderwriting": None,
        "premiumDelta": {"currency": None, "amount": None},
        "validUntil": None,
    }
)


def change_out(item: Change, req: EndorsementQuoteRequest) -> Wire:
    out: Wire = {}
    if (
        target := "policyHolder"
        if item.target == "policyholder"
        else "person/" + found_text
        if (found_text := match(item.target, "^insured/(.+)$")) is not None
        else None
    ) is not None:  # L18
        out["target"] = target  # L18
    out["field"] = None  # L19
    if (
        from_ := None
        if req.kind == "insured_remove"
        else (e164_out(found_text) if (found_text := text(item.from_)) is not None else None)
        if item.field == "phones.0.number"
        else text(item.from_)
    ) is not None:  # L20
        out["from"] = from_  # L20
    if (
        to := None
        if req.kind == "insured_remove"
        else (e164_out(found_text) if (found_text := text(item.to)) is not None else None)
        if item.field == "phones.0.number"
        else text(item.to)
    ) is not None:  # L21
        out["to"] = to  # L21
    if req.kind != "insured_remove":  # L22
        out["field"] = CHANGED_FIELD_OUT[item.field]  # L22
    if out["field"] is None:
        del out["field"]
    return out


def message(req: EndorsementQuoteRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerRef"] = number_cut(ctx.request_no, 32)  # L7
    wire["kind"] = ENDORSEMENT_OUT[req.kind]  # L9
    wire["effectiveAt"] = DATETIME_ISO_08_00.send(req.effective_at)  # L10
    if req.changes:  # L11
        wire["changes"] = by_index_out([change_out(item, req) for item in req.changes])  # L11
    return wire


def build(req: EndorsementQuoteRequest, ctx: Context) -> WireRequest:
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
            + "/endorsement-quotes",
            message(req, ctx),
            ctx,
            {},
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: EndorsementQuoteRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 200 and dig(wire, "endorsementQuoteId"):  # L28
        return Outcome(kind=OutcomeKind.accepted)  # L28
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L29
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L29
    return Outcome(kind=OutcomeKind.unknown)  # L30


def read_result(
    wire: Wire, reply: WireReply, req: EndorsementQuoteRequest, ctx: Context
) -> tuple[EndorsementQuoteResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    premium_delta_2 = element_in(wire, "premiumDelta", problems)  # L36
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(wire.get("endorsementQuoteId"))  # L32
    except Exception as error:
        note(problems, error)
    refs_endorsement_quote: str | None = None
    try:
        refs_endorsement_quote = text_given(wire.get("endorsementQuoteId"))  # L33
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L32
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"endorsement_quote": refs_endorsement_quote})  # L33
    except Exception as error:
        note(problems, error)
    allowed: bool | None = None
    try:
        allowed = bool_in(v) if (v := value_in(wire.get("allowed"))) is not None else None  # L34
    except Exception as error:
        note(problems, error)
    needs_underwriting: bool | None = None
    try:
        needs_underwriting = bool_in(v) if (v := value_in(wire.get("needsUnderwriting"))) is not None else None  # L35
    except Exception as error:
        note(problems, error)
    premium_delta: Money | None = None
    try:
        premium_delta = (
            MONEY_MAJOR.read(v, value_in(premium_delta_2.get("currency")))
            if (v := value_in(premium_delta_2.get("amount"))) is not None
            else None
        )  # L36
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = DATETIME_ISO_08_00.read(v) if (v := value_in(wire.get("validUntil"))) is not None else None  # L37
    except Exception as error:
        note(problems, error)
    return EndorsementQuoteResult(
        numbers=numbers,
        refs=refs,
        allowed=allowed,
        needs_underwriting=needs_underwriting,
        premium_delta=premium_delta,
        valid_until=valid_until,
    ), problems


def parse(reply: WireReply, req: EndorsementQuoteRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerRef"), outcome):  # L25
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L25
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


def serves(req: EndorsementQuoteRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(
        all(one.target == "policyholder" or match(one.target, "^insured/(.+)$") is not None for one in req.changes)
    )  # L3


OPERATION = Operation(
    carrier="aurora",
    name="endorsement.quote",
    steps=(
        Step(
            name="endorsement.quote",
            operation="endorsement.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
    when=serves,
)
