"""XCover partner API 1 all operations.

Generated from mappings/carriers/xcover/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: fdbeefa129ed17a266bcbe679b1e19471314dfda358fd1d2eceb28de03c42df4

from typing import Any

from gateway.model import Address, EventTicket, LatinName, Party, Phone, QuoteCreateRequest, Ticket
from gateway.wire import (
    Carrier,
    Context,
    ErrorTable,
    Outcome,
    OutcomeKind,
    Timeout,
    Wire,
    WireReply,
    WireRequest,
    age,
    base64_text,
    by_code,
    charset_in,
    date_of,
    datetime_codec,
    dig,
    e164_in,
    e164_out,
    hmac_sha512,
    iso_day_in,
    iso_day_out,
    json_in,
    json_out,
    message_in,
    money_codec,
    need,
    now_text,
    nth_out,
    over,
    require,
    said,
    secret,
    text_given,
    text_required,
    value_in,
)

MAPPING = "mappings/carriers/xcover/carrier.yaml"
DATETIME_ISO_Z = datetime_codec("iso", "Z", False)
MONEY_MAJOR_MIN_NUMBER = money_codec("major", "min", None, True)


def encoded(method: str, url: str, wire: Wire | None, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Date"] = now_text(ctx.now, "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "Z")  # L17
    body = json_out(wire) if wire is not None else b""  # L11
    given = {name.lower(): value for name, value in headers.items()}
    signature = base64_text(hmac_sha512(secret(ctx, "secret"), over("UTF-8", "date: ", given.get("date"))))  # L13
    headers["Authorization"] = (
        'Signature keyId="'
        + str(need(ctx.config.get("key_id"), "config.key_id"))
        + '",algorithm="hmac-sha512",headers="date",signature="'
        + signature
        + '"'
    )  # L18
    if body:
        headers["Content-Type"] = "application/json"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "UTF-8")  # L12
    tree = json_in(content)  # L11
    return message_in(tree)


def holder_in(w: Wire, wire: Wire) -> Party:
    """The carrier's `holder` as Party."""
    phone_number: str | None = e164_in(v) if (v := value_in(w.get("phone"))) is not None else None  # L71
    name_latin_given: str = text_required(w.get("first_name"), "first_name")  # L72
    name_latin_family: str | None = text_given(w.get("last_name"))  # L73
    address_country: str | None = text_given(w.get("country"))  # L75
    address_region: str | None = text_given(w.get("region"))  # L76
    address_city: str | None = text_given(w.get("city"))  # L77
    address_postcode: str | None = text_given(w.get("postcode"))  # L78
    address_line: str | None = text_given(w.get("address1"))  # L79
    address_line_2: str | None = text_given(w.get("address2"))  # L80
    return Party(
        email=text_given(w.get("email")),  # L69
        birth_date=iso_day_in(v) if (v := value_in(w.get("birth_date"))) is not None else None,  # L70
        phones=(Phone(number=phone_number),) if phone_number is not None else (),  # L71
        name_latin=LatinName(given=name_latin_given, family=require(name_latin_family, "last_name")),  # L72
        employer=text_given(w.get("company")),  # L74
        address=Address(
            country=address_country,
            region=address_region,
            city=address_city,
            postcode=address_postcode,
            line=address_line,
            line2=address_line_2,
        )
        if address_country is not None
        or address_region is not None
        or address_city is not None
        or address_postcode is not None
        or address_line is not None
        or address_line_2 is not None
        else None,  # L75
        name=require(
            found_value + " " + found_value2
            if (found_value := dig(wire, "policyholder", "first_name")) is not None
            and (found_value2 := dig(wire, "policyholder", "last_name")) is not None
            else None,
            "name",
        ),  # L82
    )


def policyholder_out(item: Party, ctx: Context) -> Wire:
    """Party as the carrier's `policyholder`."""
    out: Wire = {}
    name_latin = item.name_latin
    out["first_name"] = need(name_latin.given if name_latin is not None else None, "name_latin.given")  # L49
    out["last_name"] = need(name_latin.family if name_latin is not None else None, "name_latin.family")  # L50
    if (
        age_2 := age(item.birth_date, date_of(now_text(ctx.now, "yyyy-MM-dd", "Z"), "yyyy-MM-dd"), "Z")
    ) is not None:  # L51
        out["age"] = age_2  # L51
    if not ctx.config.get("age_only") and (birth_date := item.birth_date) is not None:  # L53
        out["birth_date"] = iso_day_out(birth_date)  # L53
    out["email"] = need(item.email, "email")  # L54
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L55
    if phone is not None:  # L55
        out["phone"] = e164_out(phone.number)  # L55
    address = item.address
    country: str | None = address.country if address is not None else None  # L56
    if country is None:  # L56
        country = ctx.config.get("country")  # L56
    out["country"] = need(country, "address.country")  # L56
    if item.address is not None:  # L58
        out["region"] = region if address is not None and (region := address.region) is not None else None  # L58
    if (employer := item.employer) is not None:  # L59
        out["company"] = employer  # L59
    if address is not None:
        if (city := address.city) is not None:  # L60
            out["city"] = city  # L60
        if (postcode := address.postcode) is not None:  # L61
            out["postcode"] = postcode  # L61
        if (line := address.line) is not None:  # L62
            out["address1"] = line  # L62
        if (line_2 := address.line2) is not None:  # L63
            out["address2"] = line_2  # L63
    return out


def ticket_out(item: Ticket, wire: Wire) -> Wire:
    """Ticket as the carrier's `ticket`."""
    out: Wire = {}
    if (price := item.price) is not None:  # L43
        out["price"] = MONEY_MAJOR_MIN_NUMBER.send(price)  # L43
        wire["currency"] = price.currency  # L43
    return out


def event_out(item: EventTicket, req: QuoteCreateRequest, ctx: Context, wire: Wire) -> Wire:
    """EventTicket as the carrier's `event`."""
    out: Wire = {}
    if (policy_type := ctx.binding.get("policy_type")) is not None:  # L27
        out["policy_type"] = policy_type  # L27
    if (policy_type_version := ctx.binding.get("policy_type_version")) is not None:  # L28
        out["policy_type_version"] = policy_type_version  # L28
    if (
        policy_start_date := DATETIME_ISO_Z.send(req.period.start) if req.period is not None else None
    ) is not None:  # L29
        out["policy_start_date"] = policy_start_date  # L29
    out["event_datetime"] = DATETIME_ISO_Z.send(need(item.starts_at, "starts_at"))  # L31
    out["event_name"] = need(item.event, "event")  # L32
    out["event_location"] = need(item.venue, "venue")  # L33
    out["number_of_tickets"] = sum(
        found_int for one in item.tickets if (found_int := one.quantity if one.quantity is not None else 1) is not None
    )  # L36
    if item.tickets:  # L37
        out["tickets"] = [ticket_out(item, wire) for item in item.tickets]  # L37
    out["resale_ticket"] = resale if (resale := item.resale) is not None else False  # L38
    out["event_country"] = need(item.country, "country")  # L39
    return out


def error(code: Any, wire: Wire, headers: dict[str, str], ctx: Context) -> Outcome:
    """The outcome of a carrier's code, with what the reply itself says of it."""
    key, _ = ERRORS.row(code)
    found = by_code(ERRORS, code)
    if key == "validation_error":  # L87
        return said(found, dig(wire, "message"))  # L87
    return found


ERRORS = ErrorTable(
    {
        "authentication_error": Outcome(
            kind=OutcomeKind.refused, code="carrier.unauthorized", text="签名或密钥不被接受", alert=True
        ),  # L85
        "not_found": Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="没有此保单"),  # L86
        "validation_error": Outcome(
            kind=OutcomeKind.refused, code="request.invalid", text="报文校验失败", alert=True
        ),  # L87
        "underwriting_declined": Outcome(
            kind=OutcomeKind.declined, code="underwriting.refused", text="核保不通过"
        ),  # L88
        "state_error": Outcome(kind=OutcomeKind.declined, code="policy.refused", text="当前状态不允许此操作"),  # L89
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L90
)
CARRIER = Carrier(
    id="xcover",
    name="XCover partner API",
    version="1",
    mapping_sha256="fdbeefa129ed17a266bcbe679b1e19471314dfda358fd1d2eceb28de03c42df4",
    operations={
        "cancellation.quote": ("cancellation_quote",),
        "cancellation.submit": ("cancellation_submit",),
        "endorsement.quote": ("endorsement_quote",),
        "endorsement.submit": ("endorsement_submit__contact", "endorsement_submit__object"),
        "policy.document": ("policy_document",),
        "policy.get": ("policy_get",),
        "policy.issue": ("policy_issue",),
        "quote.create": ("quote_create",),
    },
    unsupported={
        "claim.get": "no claims on this interface (1.4)",
        "claim.modify": "no claims on this interface (1.4)",
        "claim.report": "no claims on this interface (1.4)",
        "claim.submit": "no claims on this interface (1.4)",
        "claim.supplement": "no claims on this interface (1.4)",
        "claim.withdraw": "no claims on this interface (1.4)",
        "underwriting.get": "this interface has no underwriting of its own (1.4)",
        "underwriting.submit": "this interface has no underwriting of its own; booking decides (1.4)",
    },
    timeout=Timeout(connect_s=3.0, total_s=20.0),
    config_keys=("age_only", "base_url", "country", "key_id", "language", "partner"),
    secret_keys=("secret",),
    rate_per_s=10.0,
)
