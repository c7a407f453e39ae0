"""XCover partner API 1 policy.issue.

Generated from mappings/carriers/xcover/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 0057d5a5051a9b0b2802d58c0904e37129d7ba01e0519fef09dbf5431edfaee6

from datetime import datetime
from typing import Any

from adapters.xcover.carrier import decoded, encoded, error, holder_in, policyholder_out
from adapters.xcover.codes import PACKAGE_IN
from gateway.model import (
    Document,
    DocumentKind,
    Money,
    Number,
    NumberKind,
    Party,
    Period,
    PolicyIssueRequest,
    PolicyIssueResult,
    PolicyStatus,
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
    child,
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

MAPPING = "mappings/carriers/xcover/policy_issue.yaml"
KNOWN_BOOK = Known({"status": None, "type": None, "id": None, "quotes": {"id": None}})
DATETIME_ISO_Z = datetime_codec("iso", "Z", False)
MONEY_MAJOR_NUMBER = money_codec("major", None, None, True)
KNOWN_CONFIRM = Known(
    {
        "quotes": {"confirmed_at": None, "policy_start_date": None, "policy_end_date": None},
        "status": None,
        "type": None,
        "id": None,
        "policyholder": {
            "email": None,
            "birth_date": None,
            "phone": None,
            "first_name": None,
            "last_name": None,
            "company": None,
            "country": None,
            "region": None,
            "city": None,
            "postcode": None,
            "address1": None,
            "address2": None,
        },
        "currency": None,
        "total_price": None,
        "total_premium": None,
        "total_tax": None,
        "coi": {"pdf": None},
        "pds_url": None,
    }
)


def message_book(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    quotes_list: list[Any] = []
    wire["quotes"] = quotes_list
    quotes_0: Wire = {}
    quotes_list.append(quotes_0)
    if (id_2 := ctx.refs.get("quote_id")) is not None:  # L13
        quotes_0["id"] = id_2  # L13
    wire["policyholder"] = None  # L14
    wire["require_payment_confirmation"] = True  # L15
    policyholder = req.policyholder
    wire["policyholder"] = policyholder_out(policyholder, ctx)  # L17
    if wire["policyholder"] is None:
        del wire["policyholder"]
    if quotes_list[-1:] == [{}]:
        quotes_list.pop()
    if not quotes_list:
        del wire["quotes"]
    return wire


def build_book(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
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
                        if (found_number := first(one for one in req.numbers if one.kind == "quote")) is not None
                        else None,
                        'first(req.numbers, item.kind == "quote").no',
                    )
                )
            )
            + "/",
            message_book(req, ctx),
            ctx,
        )  # L9
    except Exception as error:
        raise cannot_send(error) from None


def classify_book(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 200 and text_of(dig(wire, "status")) == "PENDING_PAYMENT":  # L51
        return Outcome(kind=OutcomeKind.accepted)  # L51
    if status in (401, 404, 422):  # L52
        return error(dig(wire, "type"), wire, headers, ctx)  # L52
    return Outcome(kind=OutcomeKind.unknown)  # L53


def read_result_book(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    quotes = element_in(wire.get("quotes"), 0, problems)  # L55
    refs_quote_id: str | None = None
    try:
        refs_quote_id = text_given(quotes.get("id"))  # L55
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"quote_id": refs_quote_id})  # L55
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(refs=refs), problems


def parse_book(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_book(wire, reply, req, ctx)
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "quote")) is not None
            else None,
            dig(wire, "id"),
            outcome,
        ):  # L48
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L48
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_book(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


def message_confirm(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    return wire


def build_confirm(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "PUT",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/xcover/partners/"
            + str(need(ctx.config.get("partner"), "config.partner"))
            + "/bookings/"
            + percent_out(
                str(
                    need(
                        found_number.no
                        if (found_number := first(one for one in req.numbers if one.kind == "quote")) is not None
                        else None,
                        'first(req.numbers, item.kind == "quote").no',
                    )
                )
            )
            + "/confirm",
            message_confirm(req, ctx),
            ctx,
        )  # L58
    except Exception as error:
        raise cannot_send(error) from None


def classify_confirm(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if (
        status == 201
        and text_of(dig(wire, "status")) == "CONFIRMED"
        and dig(first(dig(wire, "quotes")), "confirmed_at")
    ):  # L65
        return Outcome(kind=OutcomeKind.accepted)  # L65
    if status in (200, 201) and dig(wire, "status"):  # L66
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=5.0, for_s=86400.0)  # L66
    if status == 422 and text_of(dig(wire, "type")) == "state_error":  # L68
        return Outcome(kind=OutcomeKind.unknown, then="inquiry")  # L68
    if status in (401, 404, 422):  # L69
        return error(dig(wire, "type"), wire, headers, ctx)  # L69
    return Outcome(kind=OutcomeKind.unknown)  # L70


def read_result_confirm(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    quotes = element_in(wire.get("quotes"), 0, problems)  # L74
    coi = element_in(wire, "coi", problems)  # L81
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(wire.get("id"))  # L72
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("policy_start_date"))) is not None else None
        )  # L75
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("policy_end_date"))) is not None else None
        )  # L76
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_price"))) is not None
            else None
        )  # L78
    except Exception as error:
        note(problems, error)
    premium_net: Money | None = None
    try:
        premium_net = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_premium"))) is not None
            else None
        )  # L79
    except Exception as error:
        note(problems, error)
    premium_tax: Money | None = None
    try:
        premium_tax = (
            MONEY_MAJOR_NUMBER.read(v, value_in(wire.get("currency")))
            if (v := value_in(wire.get("total_tax"))) is not None
            else None
        )  # L80
    except Exception as error:
        note(problems, error)
    certificate_document_url: str | None = None
    try:
        certificate_document_url = text_given(coi.get("pdf"))  # L81
    except Exception as error:
        note(problems, error)
    terms_document_url: str | None = None
    try:
        terms_document_url = text_given(wire.get("pds_url"))  # L82
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L72
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = PACKAGE_IN[v] if (v := value_in(wire.get("status"))) is not None else None  # L73
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
        )  # L75
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = DATETIME_ISO_Z.read(v) if (v := value_in(quotes.get("confirmed_at"))) is not None else None  # L74
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = holder_in(found, wire) if (found := child(wire, "policyholder")) is not None else None  # L77
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=require(premium_gross, "total_price"), net=premium_net, tax=premium_tax)
            if premium_gross is not None or premium_net is not None or premium_tax is not None
            else None
        )  # L78
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = present(
            Document(kind=DocumentKind.certificate, url=certificate_document_url)
            if certificate_document_url is not None
            else None,
            Document(kind=DocumentKind.terms, url=terms_document_url) if terms_document_url is not None else None,
        )  # L81
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(
        numbers=numbers,
        status=status,
        period=period,
        issued_at=issued_at,
        policyholder=policyholder,
        premium=premium,
        documents=documents,
    ), problems


def parse_confirm(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_confirm(wire, reply, req, ctx)
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "quote")) is not None
            else None,
            dig(wire, "id"),
            outcome,
        ):  # L62
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L62
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_confirm(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


OPERATION = Operation(
    carrier="xcover",
    name="policy.issue",
    steps=(
        Step(
            name="book",
            operation="policy.issue",
            safety=SafetyClass.write_inquiry,
            build=build_book,
            parse=parse_book,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
        Step(
            name="confirm",
            operation="policy.issue",
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
