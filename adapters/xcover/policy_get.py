"""XCover partner API 1 policy.get.

Generated from mappings/carriers/xcover/policy_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 5794603ce2ec5a21e9ef694ef33f175c2efbca1994c7082810c040d8f276d6b8

from datetime import datetime
from typing import Any

from adapters.xcover.carrier import decoded, encoded, error, holder_in
from adapters.xcover.codes import PACKAGE_IN
from gateway.model import (
    Document,
    DocumentKind,
    Money,
    Number,
    NumberKind,
    Party,
    Period,
    PolicyGetRequest,
    PolicyGetResult,
    PolicyStatus,
    Premium,
)
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
    Wire,
    WireReply,
    WireRequest,
    cannot_send,
    child,
    datetime_codec,
    dig,
    element_in,
    first,
    headers_of,
    heard,
    known,
    money_codec,
    need,
    note,
    percent_out,
    present,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/xcover/policy_get.yaml"
DATETIME_ISO_Z = datetime_codec("iso", "Z", False)
MONEY_MAJOR_NUMBER = money_codec("major", None, None, True)
KNOWN = Known(
    {
        "id": None,
        "policyholder": {
            "first_name": None,
            "last_name": None,
            "email": None,
            "birth_date": None,
            "phone": None,
            "company": None,
            "country": None,
            "region": None,
            "city": None,
            "postcode": None,
            "address1": None,
            "address2": None,
        },
        "quotes": {"confirmed_at": None, "id": None, "policy_start_date": None, "policy_end_date": None},
        "status": None,
        "type": None,
        "currency": None,
        "total_price": None,
        "total_premium": None,
        "total_tax": None,
        "coi": {"pdf": None},
        "pds_url": None,
    }
)


def build(req: PolicyGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "GET",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/xcover/partners/"
            + str(need(ctx.config.get("partner"), "config.partner"))
            + "/bookings/"
            + percent_out(
                str(
                    need(
                        found_number.no
                        if (
                            found_number := first(
                                one for one in req.numbers if one.kind == "policy" or one.kind == "quote"
                            )
                        )
                        is not None
                        else None,
                        'first(req.numbers, item.kind == "policy" or item.kind == "quote").no',
                    )
                )
            )
            + "/",
            None,
            ctx,
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 200 and not any(one.no == text_of(dig(wire, "id")) for one in req.numbers):  # L9
        return Outcome(kind=OutcomeKind.unknown)  # L9
    if status == 200 and text_of(dig(wire, "status")) == "CONFIRMED":  # L10
        return Outcome(kind=OutcomeKind.accepted)  # L10
    if (
        status == 200
        and text_of(dig(wire, "status")) == "CANCELLED"
        and dig(first(dig(wire, "quotes")), "confirmed_at")
    ):  # L11
        return Outcome(kind=OutcomeKind.accepted)  # L11
    if status == 200 and text_of(dig(wire, "status")) == "CANCELLED":  # L12
        return Outcome(kind=OutcomeKind.declined, code="policy.refused", text="未确认即取消")  # L12
    if status == 200 and text_of(dig(wire, "status")) == "PENDING_PAYMENT":  # L13
        return Outcome(kind=OutcomeKind.pending)  # L13
    if status == 200 and text_of(dig(wire, "status")) == "RECEIVED":  # L14
        return Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="仅有报价")  # L14
    if status in (401, 404, 422):  # L15
        return error(dig(wire, "type"), wire, headers, ctx)  # L15
    return Outcome(kind=OutcomeKind.unknown)  # L16


def read_result(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> tuple[PolicyGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    quotes = element_in(wire.get("quotes"), 0, problems)  # L19
    coi = element_in(wire, "coi", problems)  # L28
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(wire.get("id"))  # L18
    except Exception as error:
        note(problems, error)
    refs_quote_id: str | None = None
    try:
        refs_quote_id = text_given(quotes.get("id"))  # L19
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("policy_start_date"))) is not None else None
        )  # L22
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("policy_end_date"))) is not None else None
        )  # L23
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_price"))) is not None
            else None
        )  # L25
    except Exception as error:
        note(problems, error)
    premium_net: Money | None = None
    try:
        premium_net = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_premium"))) is not None
            else None
        )  # L26
    except Exception as error:
        note(problems, error)
    premium_tax: Money | None = None
    try:
        premium_tax = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_tax"))) is not None
            else None
        )  # L27
    except Exception as error:
        note(problems, error)
    certificate_document_url: str | None = None
    try:
        certificate_document_url = (
            text_given(coi.get("pdf")) if text_of(dig(wire, "status")) == "CONFIRMED" else None
        )  # L28
    except Exception as error:
        note(problems, error)
    terms_document_url: str | None = None
    try:
        terms_document_url = text_given(wire.get("pds_url"))  # L29
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L18
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"quote_id": refs_quote_id})  # L19
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = (
            PACKAGE_IN[v]
            if text_of(dig(wire, "status")) != "RECEIVED" and (v := value_in(wire.get("status"))) is not None
            else None
        )  # L20
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(
                start=require(period_start, "quotes.0.policy_start_date"),
                end=require(period_end, "quotes.0.policy_end_date"),
            )
            if period_start is not None or period_end is not None
            else None
        )  # L22
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("confirmed_at"))) is not None else None  # L21
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = holder_in(found, wire) if (found := child(wire, "policyholder")) is not None else None  # L24
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=require(premium_gross, "total_price"), net=premium_net, tax=premium_tax)
            if premium_gross is not None or premium_net is not None or premium_tax is not None
            else None
        )  # L25
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = present(
            Document(kind=DocumentKind.certificate, url=certificate_document_url)
            if certificate_document_url is not None
            else None,
            Document(kind=DocumentKind.terms, url=terms_document_url) if terms_document_url is not None else None,
        )  # L28
    except Exception as error:
        note(problems, error)
    return PolicyGetResult(
        numbers=numbers,
        refs=refs,
        status=status,
        period=period,
        issued_at=issued_at,
        policyholder=policyholder,
        premium=premium,
        documents=documents,
    ), problems


def parse(reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


OPERATION = Operation(
    carrier="xcover",
    name="policy.get",
    steps=(
        Step(
            name="policy.get",
            operation="policy.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    safety=SafetyClass.read,
)
