"""莲花财险（虚构） 2.0.0 all operations.

Generated from mappings/carriers/lotus/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: c7a38bf6cd1da450c1d8b60ac3f359ed59c539bde25a28159080efdbfcee8d2b

from datetime import datetime

from adapters.lotus.codes import (
    CLAIM_DOCUMENT_IN,
    CLAIM_DOCUMENT_OUT,
    COVERAGE_IN,
    COVERAGE_OUT,
    DOCUMENT_WANTED_IN,
    ENDORSED_FIELD_OUT,
    GENDER_IN,
    GENDER_OUT,
    ID_TYPE_IN,
    ID_TYPE_OUT,
    MEMBER_IN,
    RELATION_IN,
    RELATION_OUT,
    TRANSPORT_OUT,
)
from gateway.model import (
    Address,
    Beneficiary,
    BeneficiaryClass,
    Change,
    ChecklistItem,
    ChecklistStatus,
    Coverage,
    Document,
    Freight,
    IdDocument,
    IdType,
    Insured,
    MemberOutcome,
    MemberResult,
    Money,
    Number,
    NumberKind,
    Party,
    Period,
    PersonTravel,
    Phone,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    QuoteCreateRequest,
    Reason,
    UnderwritingSubmitRequest,
)
from gateway.wire import (
    Callback,
    CannotSend,
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
    by_code,
    cannot_send,
    charset_in,
    code_in,
    datetime_codec,
    dig,
    dig_exact,
    each,
    element_in,
    fen_number_in,
    fen_number_out,
    first,
    fit,
    form_in,
    form_out,
    heard,
    hex_upper,
    json_in,
    json_out,
    known_texts,
    lower_out,
    match,
    md5,
    message_in,
    need,
    nonce_text,
    note,
    now_text,
    nth_out,
    over,
    present,
    problem,
    put,
    require,
    same_signature,
    secret,
    share_percent_codec,
    sorted_pairs,
    text_given,
    text_in,
    text_of,
    text_required,
    token_of,
    unmapped,
    unreadable,
    until_codec,
    upper_in,
    upper_out,
    value_in,
    with_former_keys,
    ymd_in,
    ymd_out,
)

MAPPING = "mappings/carriers/lotus/carrier.yaml"
SHARE_PERCENT_0_NUMBER = share_percent_codec(0, None, True)
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00 = until_codec("yyyyMMddHHmmss", "1s", "+08:00", False)
KNOWN_POLICY_ISSUED = Known(
    {
        "body": {
            "policyNo": None,
            "reasonCode": None,
            "transStatus": None,
            "origRequestNo": None,
            "eventId": None,
            "applyNo": None,
            "issueTime": None,
            "startTime": None,
            "endTime": None,
            "totalPremium": None,
            "insuredList": {"insuredRef": None, "certNo": None, "insuredStatus": None, "insuredCode": None},
            "reasonMsg": None,
        },
        "head": {"transCode": None, "requestNo": None, "requestTime": None},
    }
)


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"  # L24
    headers["X-Access-Token"] = ctx.token  # L25
    body = json_out(wire)  # L10
    wrapper: Wire = {}  # L12
    put(wrapper, ctx.config.get("app_id"), "appId")  # L12
    put(wrapper, "2.0", "version")  # L12
    put(wrapper, now_text(ctx.now, "yyyyMMddHHmmss", "+08:00"), "timestamp")  # L12
    put(wrapper, nonce_text(ctx.nonce, 16), "nonce")  # L12
    put(wrapper, charset_in(body, "utf-8"), "bizContent")  # L12
    put(wrapper, None, "sign")  # L12
    put(
        wrapper,
        hex_upper(
            md5(over("utf-8", sorted_pairs(wrapper, "&", "drop", without=("sign",)), "&key=", secret(ctx, "sign_key")))
        ),
        "sign",
    )  # L11
    body = form_out(wrapper, "UTF-8")  # L12
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "UTF-8")  # L17
    wrapper = json_in(content)  # L18
    content = text_in(dig_exact(wrapper, "bizContent"))  # L18
    if not same_signature(
        hex_upper(
            md5(over("UTF-8", sorted_pairs(wrapper, "&", "drop", without=("sign",)), "&key=", secret(ctx, "sign_key")))
        ),
        dig_exact(wrapper, "sign"),
    ):  # L19
        raise Forged("the signature of the reply is not the carrier's")  # L19
    tree = json_in(content)  # L20
    return message_in(tree)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def wanted_in(w: Wire, raw: dict[str, str], at: str) -> ChecklistItem:
    """The carrier's `wanted` as ChecklistItem."""
    return ChecklistItem(
        kind=code_in(CLAIM_DOCUMENT_IN, require(value_in(w.get("docType")), "docType"), raw, at, "kind"),  # L144
        status=DOCUMENT_WANTED_IN[v]
        if (v := value_in(w.get("docStatus"))) is not None
        else ChecklistStatus.missing,  # L145
    )


def claim_document_out(item: Document) -> Wire:
    """Document as the carrier's `claim_document`."""
    out: Wire = {}
    out["docType"] = CLAIM_DOCUMENT_OUT[item.kind]  # L137
    out["docName"] = fit(need(item.name, "name"), 100, "UTF-8")  # L138
    out["sha256"] = lower_out(need(item.sha256, "sha256"))  # L139
    out["docUrl"] = fit(need(item.url, "url"), 300, "UTF-8")  # L140
    return out


def change_out(item: Change) -> Wire:
    """Change as the carrier's `change`."""
    out: Wire = {}
    out["itemType"] = "1" if item.target == "policyholder" else "2"  # L127
    if (item_ref := match(item.target, "^insured/(.+)$")) is not None:  # L128
        out["itemRef"] = item_ref  # L128
    out["fieldCode"] = None  # L129
    if (old_value := item.from_) is not None:  # L130
        out["oldValue"] = old_value  # L130
    out["fieldCode"] = ENDORSED_FIELD_OUT[item.field]  # L132
    out["newValue"] = item.to  # L133
    if out["fieldCode"] is None:
        del out["fieldCode"]
    return out


def applicant_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `applicant` as Party."""
    id_doc_type: IdType = code_in(
        ID_TYPE_IN, require(value_in(w.get("idType")), "idType"), raw, at, "id_docs.0.type"
    )  # L47
    id_doc_number: str = upper_in(require(value_in(w.get("idNo")), "idNo"))  # L48
    phone_number: str = text_required(w.get("mobile"), "mobile")  # L54
    address_line: str | None = text_given(w.get("address"))  # L56
    return Party(
        name=text_required(w.get("name"), "name"),  # L46
        id_docs=(IdDocument(type=id_doc_type, number=id_doc_number),),  # L47
        gender=code_in(GENDER_IN, require(value_in(w.get("gender")), "gender"), raw, at, "gender"),  # L49
        birth_date=ymd_in(require(value_in(w.get("birthday")), "birthday")),  # L50
        phones=(Phone(number=phone_number),),  # L54
        email=text_given(w.get("email")),  # L55
        address=Address(line=address_line) if address_line is not None else None,  # L56
    )


def insured_person_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `insured_person` as Party."""
    id_doc_type: IdType = code_in(
        ID_TYPE_IN, require(value_in(w.get("idType")), "idType"), raw, at, "id_docs.0.type"
    )  # L47
    id_doc_number: str = upper_in(require(value_in(w.get("idNo")), "idNo"))  # L48
    phone_number: str | None = text_given(w.get("mobile"))  # L60
    return Party(
        name=text_required(w.get("name"), "name"),  # L46
        id_docs=(IdDocument(type=id_doc_type, number=id_doc_number),),  # L47
        gender=code_in(GENDER_IN, require(value_in(w.get("gender")), "gender"), raw, at, "gender"),  # L49
        birth_date=ymd_in(require(value_in(w.get("birthday")), "birthday")),  # L50
        phones=(Phone(number=phone_number),) if phone_number is not None else (),  # L60
    )


def insured_told_in(w: Wire, raw: dict[str, str], at: str) -> Insured:
    """The carrier's `insured_told` as Insured."""
    result_code: MemberOutcome | None = (
        MEMBER_IN[v] if (v := value_in(w.get("insuredStatus"))) is not None else None
    )  # L90
    result_text: str | None = text_given(w.get("insuredCode"))  # L91
    return Insured(
        ref=text_given(w.get("insuredRef")),  # L86
        relationship_to_policyholder=code_in(RELATION_IN, v, raw, at, "relationship_to_policyholder")
        if (v := value_in(w.get("relation"))) is not None
        else None,  # L87
        party=insured_person_in(w, raw, at + "party.")
        if any_given(w, "birthday", "gender", "idNo", "idType", "mobile", "name")
        else None,  # L88
        certificate_no=text_given(w.get("certNo")),  # L89
        result=MemberResult(code=result_code, text=result_text)
        if result_code is not None or result_text is not None
        else None,  # L90
    )


def coverage_in(w: Wire) -> Coverage:
    """The carrier's `coverage` as Coverage."""
    return Coverage(
        code=COVERAGE_IN[require(value_in(w.get("coverageCode")), "coverageCode")],  # L102
        sum_insured=fen_number_in(require(value_in(w.get("sumInsured")), "sumInsured")),  # L103
    )


def applicant_out(item: Party) -> Wire:
    """Party as the carrier's `applicant`."""
    out: Wire = {}
    out["name"] = fit(item.name, 60, "UTF-8")  # L46
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L47
    out["idType"] = ID_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L47
    out["idNo"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 30, "UTF-8"
    )  # L48
    out["gender"] = GENDER_OUT[need(item.gender, "gender")]  # L49
    out["birthday"] = ymd_out(need(item.birth_date, "birth_date"))  # L50
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L54
    out["mobile"] = fit(need(phone.number if phone is not None else None, "phones.0.number"), 11, "UTF-8")  # L54
    if (email := item.email) is not None:  # L55
        out["email"] = fit(email, 60, "UTF-8")  # L55
    address = item.address
    if address is not None and (line := address.line) is not None:  # L56
        out["address"] = fit(line, 200, "UTF-8")  # L56
    return out


def insured_person_out(item: Party) -> Wire:
    """Party as the carrier's `insured_person`."""
    out: Wire = {}
    out["name"] = fit(item.name, 60, "UTF-8")  # L46
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L47
    out["idType"] = ID_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L47
    out["idNo"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 30, "UTF-8"
    )  # L48
    out["gender"] = GENDER_OUT[need(item.gender, "gender")]  # L49
    out["birthday"] = ymd_out(need(item.birth_date, "birth_date"))  # L50
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L60
    if phone is not None:  # L60
        out["mobile"] = fit(phone.number, 11, "UTF-8")  # L60
    return out


def person_out(item: Party) -> Wire:
    """Party as the carrier's `person`."""
    out: Wire = {}
    out["name"] = fit(item.name, 60, "UTF-8")  # L46
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L47
    out["idType"] = ID_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L47
    out["idNo"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 30, "UTF-8"
    )  # L48
    out["gender"] = GENDER_OUT[need(item.gender, "gender")]  # L49
    out["birthday"] = ymd_out(need(item.birth_date, "birth_date"))  # L50
    return out


def beneficiary_out(item: Beneficiary) -> Wire:
    """Beneficiary as the carrier's `beneficiary`."""
    out: Wire = {}
    out["benefOrder"] = None  # L75
    out["benefRatio"] = SHARE_PERCENT_0_NUMBER.send(need(item.share, "share"))  # L77
    party = item.party
    if party is not None:  # L78
        out.update(person_out(party))  # L78
    out["relToInsured"] = RELATION_OUT[need(item.relationship_to_insured, "relationship_to_insured")]  # L79
    if item.class_ == BeneficiaryClass.death:  # L81
        out["benefOrder"] = item.order  # L81
    else:
        raise CannotSend("no case of this object holds; this carrier cannot be told")  # L81
    if out["benefOrder"] is None:
        del out["benefOrder"]
    return out


def insured_out(item: Insured, req: PolicyIssueRequest | QuoteCreateRequest | UnderwritingSubmitRequest) -> Wire:
    """Insured as the carrier's `insured`."""
    out: Wire = {}
    out["insuredRef"] = fit(need(item.ref, "ref"), 10, "UTF-8")  # L64
    out["relation"] = RELATION_OUT[need(item.relationship_to_policyholder, "relationship_to_policyholder")]  # L65
    party = item.party
    if party is not None:  # L66
        out.update(insured_person_out(party))  # L66
    out["benefType"] = (
        "2"
        if any(
            one.kind == "named" and (one.insured_ref is None or one.insured_ref == item.ref)
            for one in req.beneficiaries
        )
        else "1"
    )  # L70
    up = item
    if beneficiary_list := [
        beneficiary_out(item)
        for item in req.beneficiaries
        if (item.kind == "named" and (item.insured_ref is None or item.insured_ref == up.ref))
    ]:  # L72
        out["benefList"] = beneficiary_list  # L72
    return out


def coverage_out(item: Coverage) -> Wire:
    """Coverage as the carrier's `coverage`."""
    out: Wire = {}
    out["coverageCode"] = COVERAGE_OUT[item.code]  # L102
    out["sumInsured"] = fen_number_out(need(item.sum_insured, "sum_insured"))  # L103
    return out


def order_out(item: Freight) -> Wire:
    """Freight as the carrier's `order`."""
    out: Wire = {}
    out["orderNo"] = None  # L107
    out["shopName"] = None  # L108
    if (
        goods_name := found_order_item.name if (found_order_item := first(item.items)) is not None else None
    ) is not None:  # L109
        out["goodsName"] = goods_name  # L109
    if (
        goods_amount := (
            found_order_item3.price.amount
            if (found_order_item3 := first(item.items)) is not None and found_order_item3.price is not None
            else None
        )
        if len(item.items) == 1
        and (
            (found_order_item := first(item.items)) is None
            or found_order_item.quantity is None
            or (found_order_item2 := first(item.items)) is not None
            and found_order_item2.quantity == 1
        )
        else None
    ) is not None:  # L110
        out["goodsAmount"] = goods_amount  # L110
    out["orderNo"] = fit(item.order_no, 64, "UTF-8")  # L112
    if (shop := item.shop) is not None:  # L113
        out["shopName"] = fit(shop, 100, "UTF-8")  # L113
    out["freightAmount"] = fen_number_out(need(item.amount, "amount"))  # L114
    if (carrier_company := item.carrier_company) is not None:  # L115
        out["logisticsCompany"] = fit(carrier_company, 60, "UTF-8")  # L115
    if (return_waybill := item.return_waybill) is not None:  # L116
        out["returnWaybillNo"] = fit(return_waybill, 40, "UTF-8")  # L116
    if out["orderNo"] is None:
        del out["orderNo"]
    if out["shopName"] is None:
        del out["shopName"]
    return out


def journey_out(item: PersonTravel) -> Wire:
    """PersonTravel as the carrier's `journey`."""
    out: Wire = {}
    if (trip_no := item.trip_no) is not None:  # L120
        out["tripNo"] = fit(trip_no, 40, "UTF-8")  # L120
    if (from_ := item.from_) is not None:  # L121
        out["fromPlace"] = fit(from_, 60, "UTF-8")  # L121
    out["toPlace"] = fit(need(item.to, "to"), 60, "UTF-8")  # L122
    if (transport := item.transport) is not None:  # L123
        out["transport"] = TRANSPORT_OUT[transport]  # L123
    return out


def insured_result_in(w: Wire) -> Insured:
    """The carrier's `insured_result` as Insured."""
    result_code: MemberOutcome | None = (
        MEMBER_IN[v] if (v := value_in(w.get("insuredStatus"))) is not None else None
    )  # L97
    result_text: str | None = text_given(w.get("insuredCode"))  # L98
    return Insured(
        ref=text_given(w.get("insuredRef")),  # L95
        certificate_no=text_given(w.get("certNo")),  # L96
        result=MemberResult(code=result_code, text=result_text)
        if result_code is not None or result_text is not None
        else None,  # L97
    )


def encoded_token(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"  # L24
    body = json_out(wire)  # L10
    wrapper: Wire = {}  # L12
    put(wrapper, ctx.config.get("app_id"), "appId")  # L12
    put(wrapper, "2.0", "version")  # L12
    put(wrapper, now_text(ctx.now, "yyyyMMddHHmmss", "+08:00"), "timestamp")  # L12
    put(wrapper, nonce_text(ctx.nonce, 16), "nonce")  # L12
    put(wrapper, charset_in(body, "utf-8"), "bizContent")  # L12
    put(wrapper, None, "sign")  # L12
    put(
        wrapper,
        hex_upper(
            md5(over("utf-8", sorted_pairs(wrapper, "&", "drop", without=("sign",)), "&key=", secret(ctx, "sign_key")))
        ),
        "sign",
    )  # L11
    body = form_out(wrapper, "UTF-8")  # L12
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def build_token(ctx: Context) -> WireRequest:
    """The request for an access token."""
    try:
        wire: Wire = {}
        head: Wire = {}
        wire["head"] = head
        head["transCode"] = "LH0001"  # L30
        head["requestNo"] = nonce_text(ctx.nonce, 32)  # L31
        head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L32
        body: Wire = {}
        wire["body"] = body
        body["appSecret"] = secret(ctx, "app_secret").reveal()  # L33
        return encoded_token(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", wire, ctx
        )  # L27
    except Exception as error:
        raise cannot_send(error) from None


def decoded_token_once(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "UTF-8")  # L17
    wrapper = json_in(content)  # L18
    content = text_in(dig_exact(wrapper, "bizContent"))  # L18
    if not same_signature(
        hex_upper(
            md5(over("UTF-8", sorted_pairs(wrapper, "&", "drop", without=("sign",)), "&key=", secret(ctx, "sign_key")))
        ),
        dig_exact(wrapper, "sign"),
    ):  # L19
        raise Forged("the signature of the reply is not the carrier's")  # L19
    tree = json_in(content)  # L20
    return message_in(tree)


def decoded_token(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_token_once, reply, ctx)


def read_token(reply: WireReply, ctx: Context) -> Token:
    """The access token in the reply."""
    try:
        wire = decoded_token(reply, ctx)
        return token_of(wire, ("body", "accessToken"), ("body", "expiresIn"))  # L27
    except Exception as error:
        raise unreadable(error) from None


def decoded_policy_issued_once(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    wrapper = form_in(reply.body, "utf-8")  # L184
    content = text_in(dig_exact(wrapper, "bizContent"))  # L184
    if not same_signature(
        hex_upper(
            md5(over("utf-8", sorted_pairs(wrapper, "&", "drop", without=("sign",)), "&key=", secret(ctx, "sign_key")))
        ),
        dig_exact(wrapper, "sign"),
    ):  # L185
        raise Forged("the signature of the reply is not the carrier's")  # L185
    tree = json_in(content)  # L186
    return message_in(tree)


def decoded_policy_issued(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_policy_issued_once, reply, ctx)


def classify_policy_issued(wire: Wire, reply: Inbound, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if text_of(dig(wire, "body", "transStatus")) == "1" and dig(wire, "body", "policyNo"):  # L193
        return Outcome(kind=OutcomeKind.accepted)  # L193
    if text_of(dig(wire, "body", "transStatus")) == "3" and not dig(wire, "body", "policyNo"):  # L194
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L194
    return Outcome(kind=OutcomeKind.unknown)  # L195


def read_result_policy_issued(wire: Wire, reply: Inbound, ctx: Context) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L197
    insureds_read: list[Insured] = []
    try:
        for one in each(body.get("insuredList")):  # L203
            try:
                insureds_read.append(insured_result_in(one))  # L203
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("applyNo"))  # L197
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("policyNo"))  # L198
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("startTime"))) is not None else None
        )  # L200
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.read(v) if (v := value_in(body.get("endTime"))) is not None else None
        )  # L201
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = fen_number_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L202
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L204
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonMsg"))  # L205
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L197
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L204
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "body.startTime"), end=require(period_end, "body.endTime"))
            if period_start is not None or period_end is not None
            else None
        )  # L200
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("issueTime"))) is not None else None
        )  # L199
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L203
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L202
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(
        numbers=numbers, reasons=reasons, period=period, issued_at=issued_at, insureds=insureds, premium=premium
    ), problems


def reply_policy_issued(wire: Wire, reply: Inbound, ctx: Context) -> Reply:
    """What the callback says; never raises."""
    try:
        outcome = classify_policy_issued(wire, reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_policy_issued(wire, reply, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_POLICY_ISSUED, UNMAPPED_MAX),
        wire=wire,
    )


def notice_policy_issued(inbound: Inbound, ctx: Context) -> Notice:
    """A callback policy_issued: is it genuine, whose is it, what does it say."""
    try:
        wire = decoded_policy_issued(inbound, ctx)
    except Forged:
        return Notice(matched=True, genuine=False)
    except Exception:
        return Notice(matched=False, genuine=False)
    if not (text_of(dig(wire, "head", "transCode")) == "LH9001"):  # L187
        return Notice(matched=False, genuine=True)
    return Notice(
        matched=True,
        genuine=True,
        event_id=text_of(dig(wire, "body", "eventId")),
        correlate=known_texts({"request_no": dig(wire, "body", "origRequestNo")}),
        reply=reply_policy_issued(wire, inbound, ctx),
    )  # L182


def encoded_policy_issued(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"  # L24
    body = json_out(wire)  # L10
    wrapper: Wire = {}  # L12
    put(wrapper, ctx.config.get("app_id"), "appId")  # L12
    put(wrapper, "2.0", "version")  # L12
    put(wrapper, now_text(ctx.now, "yyyyMMddHHmmss", "+08:00"), "timestamp")  # L12
    put(wrapper, nonce_text(ctx.nonce, 16), "nonce")  # L12
    put(wrapper, charset_in(body, "utf-8"), "bizContent")  # L12
    put(wrapper, None, "sign")  # L12
    put(
        wrapper,
        hex_upper(
            md5(over("utf-8", sorted_pairs(wrapper, "&", "drop", without=("sign",)), "&key=", secret(ctx, "sign_key")))
        ),
        "sign",
    )  # L11
    body = form_out(wrapper, "UTF-8")  # L12
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def answer_policy_issued(notice: Notice, ctx: Context) -> WireReply:
    """What the carrier wants to hear after policy_issued."""
    wire: Wire = (notice.reply.wire if notice.reply is not None else None) or {}
    answer: Wire = {}
    put(answer, "LH9001", "head", "transCode")  # L182
    put(answer, dig(wire, "head", "requestNo"), "head", "requestNo")  # L182
    put(answer, "0000", "head", "resultCode")  # L182
    put(answer, "OK", "head", "resultMsg")  # L182
    sent = encoded_policy_issued("POST", "", answer, ctx)
    return WireReply(status=200, headers=sent.headers, body=sent.body)


ERRORS = ErrorTable(
    {
        "1001": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="签名错误"),  # L148
        "1002": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.unauthorized",
            text="令牌无效或过期",
            because="3.1 令牌无效或过期：HTTP 401，该请求未处理，重新登录后以同一 requestNo 再发",
            once=True,
        ),  # L149
        "1003": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="时间戳或随机数无效"),  # L150
        "1004": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="应用未授权"),  # L151
        "1005": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="报文校验失败"),  # L152
        "1006": Outcome(kind=OutcomeKind.refused, code="channel.unsupported", text="不支持的交易或产品"),  # L153
        "1009": Outcome(
            kind=OutcomeKind.pending, code="request.duplicate", text="请求流水号重复", then="inquiry"
        ),  # L154
        "1010": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="流量超限",
            because="7.2 每个 appId 每秒 50 笔，超出 1010，未处理，1 秒后再发",
            after_s=1.0,
        ),  # L155
        "9001": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="系统繁忙",
            because="9.1 系统繁忙，未受理：请求没有被处理、没有登记流水号，5 秒后可用同一流水号重发",
            after_s=5.0,
        ),  # L156
        "9999": Outcome(kind=OutcomeKind.unknown, code="carrier.internal", text="系统异常"),  # L157
        "2001": Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="交易或保单不存在"),  # L158
        "2201": Outcome(
            kind=OutcomeKind.declined, code="premium.mismatch", text="保费不一致", field="expected_premium"
        ),  # L159
        "2202": Outcome(kind=OutcomeKind.declined, code="quote.expired", text="报价或试算已过期"),  # L160
        "2204": Outcome(kind=OutcomeKind.declined, code="application.expired", text="核保号无效"),  # L161
        "2301": Outcome(kind=OutcomeKind.declined, code="endorsement.not_allowed", text="不支持的批改"),  # L162
        "2302": Outcome(
            kind=OutcomeKind.declined, code="endorsement.refused", text="批改原值不符", field="changes"
        ),  # L163
        "2303": Outcome(kind=OutcomeKind.declined, code="endorsement.not_allowed", text="保单状态不允许批改"),  # L164
        "2401": Outcome(kind=OutcomeKind.declined, code="policy.already_cancelled", text="保单已退保或已终止"),  # L165
        "2402": Outcome(kind=OutcomeKind.declined, code="cancellation.not_allowed", text="不在犹豫期"),  # L166
        "2403": Outcome(
            kind=OutcomeKind.declined, code="cancellation.not_allowed", text="保险已起保，不可全额退保"
        ),  # L167
        "2404": Outcome(kind=OutcomeKind.declined, code="cancellation.refused", text="有未决赔案，不可退保"),  # L168
        "2405": Outcome(
            kind=OutcomeKind.declined,
            code="cancellation.refund_mismatch",
            text="退费金额不一致",
            field="expected_refund",
        ),  # L169
        "3001": Outcome(kind=OutcomeKind.declined, code="claim.not_found", text="案件不存在"),  # L170
        "3002": Outcome(
            kind=OutcomeKind.declined, code="claim.not_covered", text="出险时间不在保险期间内", field="occurrence.at"
        ),  # L171
        "3003": Outcome(kind=OutcomeKind.declined, code="claim.already_decided", text="案件状态不允许"),  # L172
        "3004": Outcome(kind=OutcomeKind.declined, code="claim.duplicate", text="该报案已申请理赔"),  # L173
        "U101": Outcome(
            kind=OutcomeKind.declined, code="underwriting.age", text="被保险人年龄不在承保范围", field="insureds"
        ),  # L174
        "U102": Outcome(kind=OutcomeKind.declined, code="underwriting.sum_limit", text="累计保额超限"),  # L175
        "U103": Outcome(kind=OutcomeKind.declined, code="underwriting.duplicate_cover", text="重复投保"),  # L176
        "U104": Outcome(
            kind=OutcomeKind.declined, code="underwriting.sum_limit", text="保额不在承保范围", field="coverages"
        ),  # L177
        "U199": Outcome(kind=OutcomeKind.declined, code="underwriting.refused", text="核保不通过"),  # L178
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L179
)
CARRIER = Carrier(
    id="lotus",
    name="莲花财险（虚构）",
    version="2.0.0",
    mapping_sha256="c7a38bf6cd1da450c1d8b60ac3f359ed59c539bde25a28159080efdbfcee8d2b",
    operations={
        "cancellation.quote": ("cancellation_quote",),
        "cancellation.submit": ("cancellation_submit",),
        "claim.get": ("claim_get",),
        "claim.report": ("claim_report",),
        "claim.submit": ("claim_submit",),
        "claim.supplement": ("claim_supplement",),
        "claim.withdraw": ("claim_withdraw",),
        "endorsement.quote": ("endorsement_quote",),
        "endorsement.submit": ("endorsement_submit",),
        "policy.document": ("policy_document",),
        "policy.get": ("policy_get",),
        "policy.issue": ("policy_issue",),
        "quote.create": ("quote_create",),
        "underwriting.get": ("underwriting_get",),
        "underwriting.submit": ("underwriting_submit",),
    },
    unsupported={
        "claim.modify": "1.3 请先撤案再重新报案",
    },
    timeout=Timeout(connect_s=3.0, total_s=20.0),
    token=TokenSource(build=build_token, read=read_token, refresh_before_s=60.0, lifetime_s=86400.0),
    callbacks={
        "policy_issued": Callback(
            name="policy_issued", operation="policy.issue", read=notice_policy_issued, answer=answer_policy_issued
        ),
    },
    config_keys=("app_id", "base_url"),
    secret_keys=("app_secret", "sign_key"),
    rate_per_s=50.0,
)
