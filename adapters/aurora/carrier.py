"""Aurora P&C (fictional) 2025.11 all operations.

Generated from mappings/carriers/aurora/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 7dfb922f353d6d360011a7f349cc0c89549d3caa94dd79168a12aa55a49b1afa

from datetime import date, datetime
from typing import Any

from adapters.aurora.codes import (
    APPLICATION_IN,
    CLAIM_DOCUMENT_IN,
    CLAIM_DOCUMENT_OUT,
    COVERAGE_IN,
    COVERAGE_OUT,
    DOCUMENT_IN,
    DOCUMENT_STATUS_IN,
    DOC_TYPE_IN,
    DOC_TYPE_OUT,
    INSURED_STATUS_IN,
    POLICY_STATUS_IN,
    RELATION_IN,
    RELATION_OUT,
    SEX_IN,
    SEX_OUT,
    TRANSPORT_OUT,
    WANTED_IN,
)
from gateway.model import (
    Address,
    ApplicationStatus,
    Beneficiary,
    ChecklistItem,
    ChecklistStatus,
    Coverage,
    Document,
    DocumentStatus,
    EventTicket,
    Freight,
    IdDocument,
    IdType,
    Insured,
    Number,
    NumberKind,
    Party,
    Period,
    PersonTravel,
    Phone,
    PolicyIssueResult,
    PolicyStatus,
    Premium,
    Ticket,
    UnderwritingSubmitResult,
)
from gateway.wire import (
    Callback,
    Carrier,
    Context,
    ErrorTable,
    Forged,
    Inbound,
    Known,
    Notice,
    Outcome,
    OutcomeKind,
    Reply,
    Timeout,
    Token,
    TokenSource,
    UNKNOWN,
    UNMAPPED_MAX,
    Wire,
    WireReply,
    WireRequest,
    any_given,
    base64_text,
    basic_credentials,
    by_code,
    by_index_out,
    cannot_send,
    charset_in,
    child,
    client_credentials_body,
    code_in,
    datetime_codec,
    dig,
    e164_in,
    e164_out,
    each,
    element_in,
    first,
    fresh,
    headers_of,
    headers_own,
    heard,
    hex_lower,
    hmac_sha256,
    int_number_in,
    iso_day_in,
    iso_day_out,
    json_in,
    json_out,
    known_texts,
    message_in,
    money_codec,
    need,
    nonce_text,
    note,
    now_text,
    nth_out,
    oauth_token,
    over,
    present,
    problem,
    put,
    require,
    said,
    same_signature,
    secret,
    sha256,
    share_percent_codec,
    text,
    text_given,
    text_in,
    text_of,
    text_required,
    unmapped,
    url_path,
    value_in,
    wait_s,
    waiting,
    with_former_keys,
)

MAPPING = "mappings/carriers/aurora/carrier.yaml"
MONEY_MAJOR = money_codec("major", None, None, False)
SHARE_PERCENT_0_NUMBER = share_percent_codec(0, None, True)
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
KNOWN_POLICY_STATUS = Known(
    {
        "data": {
            "policy": {
                "number": None,
                "status": None,
                "issuedAt": None,
                "inceptionAt": None,
                "expiryAt": None,
                "premium": {
                    "gross": {"currency": None, "amount": None},
                    "net": {"currency": None, "amount": None},
                    "tax": {"currency": None, "amount": None},
                },
                "persons": {
                    "ref": None,
                    "relationship": None,
                    "fullName": None,
                    "sex": None,
                    "dateOfBirth": None,
                    "identity": {"docType": None, "docNumber": None, "expiry": None},
                    "contact": {"phone": None, "email": None, "address": None},
                    "certificateNo": None,
                    "status": None,
                },
                "coverages": {"coverageCode": None, "limit": {"currency": None, "amount": None}},
                "documents": {"type": None, "status": None},
            },
            "reasonCode": None,
            "partnerOrderId": None,
            "applicationId": None,
        },
        "eventType": None,
    }
)
KNOWN_APPLICATION_STATUS = Known(
    {
        "data": {
            "applicationId": None,
            "reasonCode": None,
            "partnerOrderId": None,
            "status": None,
            "conditions": None,
            "validUntil": None,
        },
        "eventType": None,
    }
)


def encoded(method: str, url: str, wire: Wire | None, ctx: Context, more: dict[str, str | None]) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Authorization"] = "Bearer " + ctx.token  # L24
    if (x_partner := text(ctx.config.get("partner_id"))) is not None:  # L25
        headers["X-Partner"] = x_partner  # L25
    headers["X-Timestamp"] = now_text(ctx.now, "epoch_s", "+08:00")  # L26
    headers["X-Nonce"] = nonce_text(ctx.nonce, 16)  # L27
    headers_own(headers, more)
    body = json_out(wire) if wire is not None else b""  # L10
    given = {name.lower(): value for name, value in headers.items()}
    signature = base64_text(
        hmac_sha256(
            secret(ctx, "hmac_key"),
            over(
                "UTF-8",
                method,
                "\n",
                url_path(url),
                "\n",
                given.get("x-timestamp"),
                "\n",
                given.get("x-nonce"),
                "\n",
                hex_lower(sha256(over("UTF-8", body))),
            ),
        )
    )  # L29
    headers["X-Signature"] = signature  # L29
    if body:
        if "Content-Type" not in more:
            headers["Content-Type"] = "application/json"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    headers = headers_of(reply)
    if not same_signature(
        base64_text(
            hmac_sha256(
                secret(ctx, "hmac_key"),
                over("UTF-8", headers.get("x-timestamp"), "\n", hex_lower(sha256(over("UTF-8", reply.body)))),
            )
        ),
        headers.get("x-signature"),
    ):  # L36
        raise Forged("the signature of the reply is not the carrier's")  # L36
    if not fresh(headers.get("x-timestamp"), ctx.now, 300.0):  # L36
        raise Forged("the time stamp of the reply is too far from now")  # L36
    content = charset_in(reply.body, "UTF-8")  # L8
    tree = json_in(content)  # L10
    return message_in(tree)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def wanted_in(w: Wire, raw: dict[str, str], at: str) -> ChecklistItem:
    """The carrier's `wanted` as ChecklistItem."""
    return ChecklistItem(
        kind=code_in(CLAIM_DOCUMENT_IN, require(value_in(w.get("kind")), "kind"), raw, at, "kind"),  # L146
        status=WANTED_IN[v] if (v := value_in(w.get("status"))) is not None else ChecklistStatus.missing,  # L147
    )


def claim_document_out(item: Document) -> Wire:
    """Document as the carrier's `claim_document`."""
    out: Wire = {}
    out["kind"] = CLAIM_DOCUMENT_OUT[item.kind]  # L139
    out["name"] = need(item.name, "name")  # L140
    out["sha256"] = need(item.sha256, "sha256")  # L141
    out["url"] = need(item.url, "url")  # L142
    return out


def premium_in(w: Wire) -> Premium:
    """The carrier's `premium` as Premium."""
    gross: Wire = child(w, "gross") or {}  # L93
    net: Wire = child(w, "net") or {}  # L94
    tax: Wire = child(w, "tax") or {}  # L95
    return Premium(
        gross=MONEY_MAJOR.read(
            require(value_in(gross.get("amount")), "gross.amount"), value_in(gross.get("currency"))
        ),  # L93
        net=MONEY_MAJOR.read(v, value_in(net.get("currency")))
        if (v := value_in(net.get("amount"))) is not None
        else None,  # L94
        tax=MONEY_MAJOR.read(v, value_in(tax.get("currency")))
        if (v := value_in(tax.get("amount"))) is not None
        else None,  # L95
    )


def policyholder_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `policyholder` as Party."""
    identity: Wire = child(w, "identity") or {}  # L55
    contact: Wire = child(w, "contact") or {}  # L64
    id_doc_type: IdType = code_in(
        DOC_TYPE_IN, require(value_in(identity.get("docType")), "identity.docType"), raw, at, "id_docs.0.type"
    )  # L55
    id_doc_number: str = text_required(identity.get("docNumber"), "identity.docNumber")  # L56
    id_doc_valid_to: date | None = iso_day_in(v) if (v := value_in(identity.get("expiry"))) is not None else None  # L57
    phone_number: str = e164_in(require(value_in(contact.get("phone")), "contact.phone"))  # L64
    address_line: str | None = text_given(contact.get("address"))  # L60
    return Party(
        name=text_required(w.get("fullName"), "fullName"),  # L52
        gender=SEX_IN[require(value_in(w.get("sex")), "sex")],  # L53
        birth_date=iso_day_in(require(value_in(w.get("dateOfBirth")), "dateOfBirth")),  # L54
        id_docs=(IdDocument(type=id_doc_type, number=id_doc_number, valid_to=id_doc_valid_to),),  # L55
        phones=(Phone(number=phone_number),),  # L64
        email=text_given(contact.get("email")),  # L59
        address=Address(line=address_line) if address_line is not None else None,  # L60
    )


def person_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `person` as Party."""
    identity: Wire = child(w, "identity") or {}  # L55
    contact: Wire = child(w, "contact") or {}  # L58
    id_doc_type: IdType = code_in(
        DOC_TYPE_IN, require(value_in(identity.get("docType")), "identity.docType"), raw, at, "id_docs.0.type"
    )  # L55
    id_doc_number: str = text_required(identity.get("docNumber"), "identity.docNumber")  # L56
    id_doc_valid_to: date | None = iso_day_in(v) if (v := value_in(identity.get("expiry"))) is not None else None  # L57
    phone_number: str | None = e164_in(v) if (v := value_in(contact.get("phone"))) is not None else None  # L58
    address_line: str | None = text_given(contact.get("address"))  # L60
    return Party(
        name=text_required(w.get("fullName"), "fullName"),  # L52
        gender=SEX_IN[require(value_in(w.get("sex")), "sex")],  # L53
        birth_date=iso_day_in(require(value_in(w.get("dateOfBirth")), "dateOfBirth")),  # L54
        id_docs=(IdDocument(type=id_doc_type, number=id_doc_number, valid_to=id_doc_valid_to),),  # L55
        phones=(Phone(number=phone_number),) if phone_number is not None else (),  # L58
        email=text_given(contact.get("email")),  # L59
        address=Address(line=address_line) if address_line is not None else None,  # L60
    )


def insured_read_in(w: Wire, raw: dict[str, str], at: str) -> Insured:
    """The carrier's `insured_read` as Insured."""
    return Insured(
        ref=text_required(w.get("ref"), "ref"),  # L68
        relationship_to_policyholder=code_in(
            RELATION_IN,
            require(value_in(w.get("relationship")), "relationship"),
            raw,
            at,
            "relationship_to_policyholder",
        ),  # L69
        party=person_in(w, raw, at + "party.")
        if any_given(w, "contact", "dateOfBirth", "fullName", "identity", "sex")
        else None,  # L70
        certificate_no=text_given(w.get("certificateNo")),  # L75
        status=INSURED_STATUS_IN[v] if (v := value_in(w.get("status"))) is not None else None,  # L76
    )


def beneficiary_in(w: Wire, raw: dict[str, str], at: str) -> Beneficiary:
    """The carrier's `beneficiary` as Beneficiary."""
    return Beneficiary(
        insured_ref=text_required(w.get("insuredRef"), "insuredRef"),  # L80
        order=int_number_in(v) if (v := value_in(w.get("order"))) is not None else 1,  # L81
        share=SHARE_PERCENT_0_NUMBER.read(require(value_in(w.get("share")), "share")),  # L82
        relationship_to_insured=code_in(
            RELATION_IN,
            require(value_in(w.get("relationshipToInsured")), "relationshipToInsured"),
            raw,
            at,
            "relationship_to_insured",
        ),  # L83
        party=person_in(w, raw, at + "party.")
        if any_given(w, "contact", "dateOfBirth", "fullName", "identity", "sex")
        else None,  # L84
    )


def coverage_in(w: Wire) -> Coverage:
    """The carrier's `coverage` as Coverage."""
    limit: Wire = child(w, "limit") or {}  # L89
    return Coverage(
        code=COVERAGE_IN[require(value_in(w.get("coverageCode")), "coverageCode")],  # L88
        sum_insured=MONEY_MAJOR.read(
            require(value_in(limit.get("amount")), "limit.amount"), value_in(limit.get("currency"))
        ),  # L89
    )


def document_in(w: Wire, raw: dict[str, str], at: str) -> Document:
    """The carrier's `document` as Document."""
    return Document(
        kind=code_in(DOCUMENT_IN, require(value_in(w.get("type")), "type"), raw, at, "kind"),  # L133
        status=DOCUMENT_STATUS_IN[v] if (v := value_in(w.get("status"))) is not None else DocumentStatus.ready,  # L134
    )


def policyholder_out(item: Party) -> Wire:
    """Party as the carrier's `policyholder`."""
    out: Wire = {}
    out["fullName"] = item.name  # L52
    out["sex"] = SEX_OUT[need(item.gender, "gender")]  # L53
    out["dateOfBirth"] = iso_day_out(need(item.birth_date, "birth_date"))  # L54
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L55
    identity: Wire = {}
    out["identity"] = identity
    identity["docType"] = DOC_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L55
    identity["docNumber"] = need(id_doc.number if id_doc is not None else None, "id_docs.0.number")  # L56
    if id_doc is not None and (valid_to := id_doc.valid_to) is not None:  # L57
        identity["expiry"] = iso_day_out(valid_to)  # L57
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L64
    contact: Wire = {}
    out["contact"] = contact
    contact["phone"] = e164_out(need(phone.number if phone is not None else None, "phones.0.number"))  # L64
    if (email := item.email) is not None:  # L59
        contact["email"] = email  # L59
    address = item.address
    if address is not None and (line := address.line) is not None:  # L60
        contact["address"] = line  # L60
    return out


def person_out(item: Party) -> Wire:
    """Party as the carrier's `person`."""
    out: Wire = {}
    out["fullName"] = item.name  # L52
    out["sex"] = SEX_OUT[need(item.gender, "gender")]  # L53
    out["dateOfBirth"] = iso_day_out(need(item.birth_date, "birth_date"))  # L54
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L55
    identity: Wire = {}
    out["identity"] = identity
    identity["docType"] = DOC_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L55
    identity["docNumber"] = need(id_doc.number if id_doc is not None else None, "id_docs.0.number")  # L56
    if id_doc is not None and (valid_to := id_doc.valid_to) is not None:  # L57
        identity["expiry"] = iso_day_out(valid_to)  # L57
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L58
    contact: Wire = {}
    out["contact"] = contact
    if phone is not None:  # L58
        contact["phone"] = e164_out(phone.number)  # L58
    if (email := item.email) is not None:  # L59
        contact["email"] = email  # L59
    address = item.address
    if address is not None and (line := address.line) is not None:  # L60
        contact["address"] = line  # L60
    if not contact:
        del out["contact"]
    return out


def insured_out(item: Insured) -> Wire:
    """Insured as the carrier's `insured`."""
    out: Wire = {}
    out["ref"] = need(item.ref, "ref")  # L68
    out["relationship"] = RELATION_OUT[need(item.relationship_to_policyholder, "relationship_to_policyholder")]  # L69
    party = item.party
    if party is not None:  # L70
        out.update(person_out(party))  # L70
    return out


def beneficiary_out(item: Beneficiary) -> Wire:
    """Beneficiary as the carrier's `beneficiary`."""
    out: Wire = {}
    out["insuredRef"] = need(item.insured_ref, "insured_ref")  # L80
    out["order"] = item.order  # L81
    out["share"] = SHARE_PERCENT_0_NUMBER.send(need(item.share, "share"))  # L82
    out["relationshipToInsured"] = RELATION_OUT[need(item.relationship_to_insured, "relationship_to_insured")]  # L83
    party = item.party
    if party is not None:  # L84
        out.update(person_out(party))  # L84
    return out


def coverage_out(item: Coverage) -> Wire:
    """Coverage as the carrier's `coverage`."""
    out: Wire = {}
    out["coverageCode"] = COVERAGE_OUT[item.code]  # L88
    limit: Wire = {}
    out["limit"] = limit
    sum_insured_2 = need(item.sum_insured, "sum_insured")  # L89
    limit["amount"] = MONEY_MAJOR.send(sum_insured_2)  # L89
    limit["currency"] = sum_insured_2.currency  # L89
    return out


def freight_out(item: Freight) -> Wire:
    """Freight as the carrier's `freight`."""
    out: Wire = {}
    out["orderNo"] = item.order_no  # L100
    if (shop := item.shop) is not None:  # L101
        out["shop"] = shop  # L101
    items = item.items
    item_2 = items[0] if len(items) == 1 else nth_out(items, 0, 1)  # L102
    if item_2 is not None and (name := item_2.name) is not None:  # L102
        out["items"] = name  # L102
    freight_amount: Wire = {}
    out["freightAmount"] = freight_amount
    amount_2 = need(item.amount, "amount")  # L103
    freight_amount["amount"] = MONEY_MAJOR.send(amount_2)  # L103
    freight_amount["currency"] = amount_2.currency  # L103
    if (carrier_company := item.carrier_company) is not None:  # L104
        out["carrierCompany"] = carrier_company  # L104
    if (return_waybill := item.return_waybill) is not None:  # L105
        out["returnWaybill"] = return_waybill  # L105
    return out


def ticket_out(item: Ticket) -> Wire:
    """Ticket as the carrier's `ticket`."""
    out: Wire = {}
    if (type_2 := item.type) is not None:  # L119
        out["type"] = type_2  # L119
    price: Wire = {}
    out["price"] = price
    price_3 = need(item.price, "price")  # L120
    price["amount"] = MONEY_MAJOR.send(price_3)  # L120
    price["currency"] = price_3.currency  # L120
    return out


def event_ticket_out(item: EventTicket) -> Wire:
    """EventTicket as the carrier's `event_ticket`."""
    out: Wire = {}
    out["orderNo"] = need(item.order_no, "order_no")  # L109
    out["eventName"] = need(item.event, "event")  # L110
    out["venue"] = need(item.venue, "venue")  # L111
    out["country"] = need(item.country, "country")  # L112
    out["startsAt"] = DATETIME_ISO_08_00.send(need(item.starts_at, "starts_at"))  # L113
    out["resale"] = resale if (resale := item.resale) is not None else False  # L114
    if item.tickets:  # L115
        out["tickets"] = by_index_out([ticket_out(item) for item in item.tickets])  # L115
    return out


def trip_out(item: PersonTravel) -> Wire:
    """PersonTravel as the carrier's `trip`."""
    out: Wire = {}
    if (trip_no := item.trip_no) is not None:  # L124
        out["tripNo"] = trip_no  # L124
    if (from_ := item.from_) is not None:  # L125
        out["fromPlace"] = from_  # L125
    out["toPlace"] = need(item.to, "to")  # L126
    if (transport := item.transport) is not None:  # L127
        out["transport"] = TRANSPORT_OUT[transport]  # L127
    if item.countries:  # L128
        out["countries"] = [item for item in item.countries]  # L128
    return out


def build_token(ctx: Context) -> WireRequest:
    """The request for an access token."""
    try:
        body = client_credentials_body({"scope": "policy.write"})  # L15
        return WireRequest(
            method="POST",
            url=str(need(ctx.config.get("auth_url"), "config.auth_url")) + "/oauth/token",
            headers=(
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Authorization", basic_credentials(secret(ctx, "client_id"), secret(ctx, "client_secret"))),
            ),
            body=body,
        )  # L15
    except Exception as error:
        raise cannot_send(error) from None


def read_token(reply: WireReply, ctx: Context) -> Token:
    """The access token in the reply."""
    return oauth_token(reply)  # L15


def decoded_policy_status_once(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    headers = headers_of(reply)
    if not same_signature(
        base64_text(
            hmac_sha256(
                secret(ctx, "hmac_key"),
                over("UTF-8", headers.get("x-timestamp"), "\n", hex_lower(sha256(over("UTF-8", reply.body)))),
            )
        ),
        headers.get("x-signature"),
    ):  # L36
        raise Forged("the signature of the reply is not the carrier's")  # L36
    if not fresh(headers.get("x-timestamp"), ctx.now, 300.0):  # L36
        raise Forged("the time stamp of the reply is too far from now")  # L36
    content = charset_in(reply.body, "UTF-8")  # L8
    tree = json_in(content)  # L10
    return message_in(tree)


def decoded_policy_status(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_policy_status_once, reply, ctx)


def classify_policy_status(wire: Wire, reply: Inbound, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    headers = headers_of(reply)
    if text_of(dig(wire, "eventType")) == "POLICY_ISSUED" and dig(wire, "data", "policy", "number"):  # L201
        return Outcome(kind=OutcomeKind.accepted)  # L201
    if text_of(dig(wire, "eventType")) == "POLICY_DECLINED":  # L202
        return error(dig(wire, "data", "reasonCode"), wire, headers, ctx)  # L202
    return Outcome(kind=OutcomeKind.unknown)  # L203


def read_result_policy_status(wire: Wire, reply: Inbound, ctx: Context) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    data = element_in(wire, "data", problems)  # L205
    policy = element_in(data, "policy", problems)  # L206
    insureds_read: list[Insured] = []
    try:
        for one in each(policy.get("persons")):  # L212
            try:
                insureds_read.append(insured_read_in(one, raw, "insureds."))  # L212
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    coverages_read: list[Coverage] = []
    try:
        for one in each(policy.get("coverages")):  # L213
            try:
                coverages_read.append(coverage_in(one))  # L213
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    documents_read: list[Document] = []
    try:
        for one in each(policy.get("documents")):  # L214
            try:
                documents_read.append(document_in(one, raw, "documents."))  # L214
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(data.get("applicationId"))  # L205
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(policy.get("number"))  # L206
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("inceptionAt"))) is not None else None
        )  # L209
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("expiryAt"))) is not None else None  # L210
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L205
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = POLICY_STATUS_IN[v] if (v := value_in(policy.get("status"))) is not None else None  # L207
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(
                start=require(period_start, "data.policy.inceptionAt"), end=require(period_end, "data.policy.expiryAt")
            )
            if period_start is not None or period_end is not None
            else None
        )  # L209
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("issuedAt"))) is not None else None  # L208
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L212
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = tuple(coverages_read)  # L213
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = premium_in(found) if (found := child(policy, "premium")) is not None else None  # L211
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = tuple(documents_read)  # L214
    except Exception as error:
        note(problems, error)
    ext: dict[str, Any] = {}
    try:
        ext = {"raw": raw} if raw else {}
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(
        numbers=numbers,
        ext=ext,
        status=status,
        period=period,
        issued_at=issued_at,
        insureds=insureds,
        coverages=coverages,
        premium=premium,
        documents=documents,
    ), problems


def reply_policy_status(wire: Wire, reply: Inbound, ctx: Context) -> Reply:
    """What the callback says; never raises."""
    try:
        outcome = classify_policy_status(wire, reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_policy_status(wire, reply, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_POLICY_STATUS, UNMAPPED_MAX),
        wire=wire,
    )


def notice_policy_status(inbound: Inbound, ctx: Context) -> Notice:
    """A callback policy_status: is it genuine, whose is it, what does it say."""
    try:
        wire = decoded_policy_status(inbound, ctx)
    except Forged:
        return Notice(matched=True, genuine=False)
    except Exception:
        return Notice(matched=False, genuine=False)
    if not (text_of(dig(wire, "eventType")) in ("POLICY_ISSUED", "POLICY_DECLINED")):  # L195
        return Notice(matched=False, genuine=True)
    return Notice(
        matched=True,
        genuine=True,
        event_id=text_of(dig(wire, "eventId")),
        correlate=known_texts({"request_no": dig(wire, "data", "partnerOrderId")}),
        reply=reply_policy_status(wire, inbound, ctx),
    )  # L194


def encoded_policy_status(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    body = json_out(wire)  # L10
    given = {name.lower(): value for name, value in headers.items()}
    signature = base64_text(
        hmac_sha256(
            secret(ctx, "hmac_key"),
            over(
                "UTF-8",
                method,
                "\n",
                url_path(url),
                "\n",
                given.get("x-timestamp"),
                "\n",
                given.get("x-nonce"),
                "\n",
                hex_lower(sha256(over("UTF-8", body))),
            ),
        )
    )  # L29
    headers["X-Signature"] = signature  # L29
    headers["Content-Type"] = "application/json"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def answer_policy_status(notice: Notice, ctx: Context) -> WireReply:
    """What the carrier wants to hear after policy_status."""
    answer: Wire = {}
    put(answer, True, "received")  # L194
    sent = encoded_policy_status("POST", "", answer, ctx)
    return WireReply(status=200, headers=sent.headers, body=sent.body)


def decoded_application_status_once(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    headers = headers_of(reply)
    if not same_signature(
        base64_text(
            hmac_sha256(
                secret(ctx, "hmac_key"),
                over("UTF-8", headers.get("x-timestamp"), "\n", hex_lower(sha256(over("UTF-8", reply.body)))),
            )
        ),
        headers.get("x-signature"),
    ):  # L36
        raise Forged("the signature of the reply is not the carrier's")  # L36
    if not fresh(headers.get("x-timestamp"), ctx.now, 300.0):  # L36
        raise Forged("the time stamp of the reply is too far from now")  # L36
    content = charset_in(reply.body, "UTF-8")  # L8
    tree = json_in(content)  # L10
    return message_in(tree)


def decoded_application_status(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_application_status_once, reply, ctx)


def classify_application_status(wire: Wire, reply: Inbound, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    headers = headers_of(reply)
    if text_of(dig(wire, "eventType")) == "APPLICATION_ACCEPTED" and dig(wire, "data", "applicationId"):  # L223
        return Outcome(kind=OutcomeKind.accepted)  # L223
    if text_of(dig(wire, "eventType")) == "APPLICATION_DECLINED":  # L224
        return error(dig(wire, "data", "reasonCode"), wire, headers, ctx)  # L224
    return Outcome(kind=OutcomeKind.unknown)  # L225


def read_result_application_status(
    wire: Wire, reply: Inbound, ctx: Context
) -> tuple[UnderwritingSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    data = element_in(wire, "data", problems)  # L227
    conditions_read: list[str] = []
    try:
        for one in each(data.get("conditions")):  # L229
            try:
                conditions_read.append(text_in(one))  # L229
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(data.get("applicationId"))  # L227
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.application, no=application_number_no),)
            if application_number_no is not None
            else ()
        )  # L227
    except Exception as error:
        note(problems, error)
    status: ApplicationStatus | None = None
    try:
        status = APPLICATION_IN[v] if (v := value_in(data.get("status"))) is not None else None  # L228
    except Exception as error:
        note(problems, error)
    conditions: tuple[str, ...] = ()
    try:
        conditions = tuple(conditions_read)  # L229
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(data.get("validUntil"))) is not None else None
        )  # L230
    except Exception as error:
        note(problems, error)
    return UnderwritingSubmitResult(
        numbers=numbers, status=status, conditions=conditions, valid_until=valid_until
    ), problems


def reply_application_status(wire: Wire, reply: Inbound, ctx: Context) -> Reply:
    """What the callback says; never raises."""
    try:
        outcome = classify_application_status(wire, reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_application_status(wire, reply, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_APPLICATION_STATUS, UNMAPPED_MAX),
        wire=wire,
    )


def notice_application_status(inbound: Inbound, ctx: Context) -> Notice:
    """A callback application_status: is it genuine, whose is it, what does it say."""
    try:
        wire = decoded_application_status(inbound, ctx)
    except Forged:
        return Notice(matched=True, genuine=False)
    except Exception:
        return Notice(matched=False, genuine=False)
    if not (text_of(dig(wire, "eventType")) in ("APPLICATION_ACCEPTED", "APPLICATION_DECLINED")):  # L217
        return Notice(matched=False, genuine=True)
    return Notice(
        matched=True,
        genuine=True,
        event_id=text_of(dig(wire, "eventId")),
        correlate=known_texts({"request_no": dig(wire, "data", "partnerOrderId")}),
        reply=reply_application_status(wire, inbound, ctx),
    )  # L216


def encoded_application_status(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    body = json_out(wire)  # L10
    given = {name.lower(): value for name, value in headers.items()}
    signature = base64_text(
        hmac_sha256(
            secret(ctx, "hmac_key"),
            over(
                "UTF-8",
                method,
                "\n",
                url_path(url),
                "\n",
                given.get("x-timestamp"),
                "\n",
                given.get("x-nonce"),
                "\n",
                hex_lower(sha256(over("UTF-8", body))),
            ),
        )
    )  # L29
    headers["X-Signature"] = signature  # L29
    headers["Content-Type"] = "application/json"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def answer_application_status(notice: Notice, ctx: Context) -> WireReply:
    """What the carrier wants to hear after application_status."""
    answer: Wire = {}
    put(answer, True, "received")  # L216
    sent = encoded_application_status("POST", "", answer, ctx)
    return WireReply(status=200, headers=sent.headers, body=sent.body)


def error(code: Any, wire: Wire, headers: dict[str, str], ctx: Context) -> Outcome:
    """The outcome of a carrier's code, with what the reply itself says of it."""
    key, _ = ERRORS.row(code)
    found = by_code(ERRORS, code)
    if key == "MALFORMED":  # L151
        return said(found, dig(first(dig(wire, "errors")), "detail"))  # L151
    if key == "VALIDATION":  # L156
        return said(found, dig(first(dig(wire, "errors")), "detail"))  # L156
    if key == "IN_PROGRESS":  # L158
        return waiting(found, wait_s(headers.get("retry-after"), ctx.now))  # L158
    if key == "RATE_LIMITED":  # L160
        return waiting(found, wait_s(headers.get("retry-after"), ctx.now))  # L160
    if key == "BUSY":  # L161
        return waiting(found, wait_s(headers.get("retry-after"), ctx.now))  # L161
    if key == "MAINTENANCE":  # L162
        return waiting(found, wait_s(headers.get("retry-after"), ctx.now))  # L162
    return found


ERRORS = ErrorTable(
    {
        "MALFORMED": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="报文无法解析", alert=True),  # L151
        "TOKEN_INVALID": Outcome(
            kind=OutcomeKind.refused, code="carrier.unauthorized", text="令牌无效", alert=True
        ),  # L152
        "SIGNATURE_INVALID": Outcome(
            kind=OutcomeKind.refused, code="carrier.unauthorized", text="签名错误", alert=True
        ),  # L153
        "REPLAYED_NONCE": Outcome(
            kind=OutcomeKind.refused, code="carrier.unauthorized", text="随机数重复", alert=True
        ),  # L154
        "NOT_PERMITTED": Outcome(
            kind=OutcomeKind.refused, code="carrier.unauthorized", text="未开通该产品或操作", alert=True
        ),  # L155
        "VALIDATION": Outcome(
            kind=OutcomeKind.refused, code="request.invalid", text="字段校验失败", alert=True
        ),  # L156
        "IDEMPOTENCY_CONFLICT": Outcome(
            kind=OutcomeKind.refused, code="request.duplicate", text="幂等键冲突", alert=True
        ),  # L157
        "IN_PROGRESS": Outcome(
            kind=OutcomeKind.pending, code="operation.in_progress", text="首次请求处理中", then="inquiry"
        ),  # L158
        "KEY_EXPIRED": Outcome(kind=OutcomeKind.unknown, code="request.duplicate", text="幂等键已过期"),  # L159
        "RATE_LIMITED": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="请求过于频繁",
            because="2.5: the request was not accepted and nothing was processed",
        ),  # L160
        "BUSY": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="系统繁忙",
            because="2.5: the request was not accepted and nothing was processed",
        ),  # L161
        "MAINTENANCE": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="系统维护",
            because="2.5: the request was not accepted and nothing was processed",
        ),  # L162
        "INTERNAL": Outcome(kind=OutcomeKind.unknown, code="carrier.internal", text="系统异常"),  # L163
        "POLICY_NOT_FOUND": Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="保单不存在"),  # L164
        "APPLICATION_NOT_FOUND": Outcome(
            kind=OutcomeKind.declined, code="application.not_found", text="投保单不存在"
        ),  # L165
        "CLAIM_NOT_FOUND": Outcome(kind=OutcomeKind.declined, code="claim.not_found", text="赔案不存在"),  # L166
        "QUOTE_NOT_FOUND": Outcome(kind=OutcomeKind.declined, code="quote.not_found", text="报价不存在"),  # L167
        "DOCUMENT_NOT_READY": Outcome(
            kind=OutcomeKind.declined, code="policy.document_not_ready", text="电子保单尚未生成"
        ),  # L168
        "AGE_NOT_ELIGIBLE": Outcome(
            kind=OutcomeKind.declined, code="underwriting.age", text="被保险人年龄不在承保范围", field="insureds"
        ),  # L170
        "SUM_LIMIT": Outcome(
            kind=OutcomeKind.declined, code="underwriting.sum_limit", text="累计保额超限", field="coverages"
        ),  # L171
        "LIMIT_OUT_OF_RANGE": Outcome(
            kind=OutcomeKind.declined, code="underwriting.sum_limit", text="保额超出范围", field="coverages"
        ),  # L172
        "DUPLICATE_RISK": Outcome(
            kind=OutcomeKind.declined, code="underwriting.duplicate_cover", text="该订单已投保", field="objects"
        ),  # L173
        "SANCTIONS_HIT": Outcome(
            kind=OutcomeKind.declined, code="underwriting.refused", text="不予承保", disclose=False
        ),  # L174
        "UNDERWRITING_REFUSED": Outcome(
            kind=OutcomeKind.declined, code="underwriting.refused", text="不予承保"
        ),  # L175
        "PREMIUM_MISMATCH": Outcome(
            kind=OutcomeKind.declined, code="premium.mismatch", text="保费不一致", field="expected_premium"
        ),  # L177
        "QUOTE_EXPIRED": Outcome(kind=OutcomeKind.declined, code="quote.expired", text="报价已失效"),  # L178
        "APPLICATION_NOT_ACCEPTED": Outcome(
            kind=OutcomeKind.declined, code="application.expired", text="投保单未通过或已失效"
        ),  # L179
        "VERSION_CONFLICT": Outcome(kind=OutcomeKind.declined, code="version.conflict", text="版本冲突"),  # L180
        "ENDORSEMENT_NOT_OFFERED": Outcome(
            kind=OutcomeKind.declined, code="endorsement.not_allowed", text="不支持该批改", field="kind"
        ),  # L181
        "CHANGE_NOT_ALLOWED": Outcome(
            kind=OutcomeKind.declined, code="endorsement.not_allowed", text="不允许该变更", field="changes"
        ),  # L182
        "POLICY_STATE": Outcome(
            kind=OutcomeKind.declined, code="policy.not_in_force", text="保单已退保或已满期"
        ),  # L183
        "CANCELLATION_NOT_ALLOWED": Outcome(
            kind=OutcomeKind.declined, code="cancellation.not_allowed", text="不符合退保条件"
        ),  # L184
        "REFUND_MISMATCH": Outcome(
            kind=OutcomeKind.declined,
            code="cancellation.refund_mismatch",
            text="退费金额不一致",
            field="expected_refund",
        ),  # L185
        "NOT_IN_FORCE": Outcome(
            kind=OutcomeKind.declined, code="policy.not_in_force", text="出险时间不在保险期间"
        ),  # L186
        "CLAIM_STATE": Outcome(kind=OutcomeKind.declined, code="claim.duplicate", text="赔案状态不允许该操作"),  # L187
        "CLAIM_DECIDED": Outcome(kind=OutcomeKind.declined, code="claim.already_decided", text="赔案已结论"),  # L188
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L190
)
CARRIER = Carrier(
    id="aurora",
    name="Aurora P&C (fictional)",
    version="2025.11",
    mapping_sha256="7dfb922f353d6d360011a7f349cc0c89549d3caa94dd79168a12aa55a49b1afa",
    operations={
        "cancellation.quote": ("cancellation_quote",),
        "cancellation.submit": ("cancellation_submit",),
        "claim.get": ("claim_get__number", "claim_get__order"),
        "claim.modify": ("claim_modify",),
        "claim.report": ("claim_report",),
        "claim.submit": ("claim_submit",),
        "claim.supplement": ("claim_supplement",),
        "claim.withdraw": ("claim_withdraw",),
        "endorsement.quote": ("endorsement_quote",),
        "endorsement.submit": ("endorsement_submit",),
        "policy.document": ("policy_document",),
        "policy.get": ("policy_get__number", "policy_get__order"),
        "policy.issue": ("policy_issue",),
        "quote.create": ("quote_create",),
        "underwriting.get": ("underwriting_get__number", "underwriting_get__order"),
        "underwriting.submit": ("underwriting_submit",),
    },
    timeout=Timeout(connect_s=2.0, total_s=15.0),
    token=TokenSource(build=build_token, read=read_token, refresh_before_s=60.0),
    callbacks={
        "policy_status": Callback(
            name="policy_status", operation="policy.issue", read=notice_policy_status, answer=answer_policy_status
        ),
        "application_status": Callback(
            name="application_status",
            operation="underwriting.submit",
            read=notice_application_status,
            answer=answer_application_status,
        ),
    },
    config_keys=("auth_url", "base_url", "partner_id"),
    secret_keys=("client_id", "client_secret", "hmac_key"),
    rate_per_s=30.0,
)
