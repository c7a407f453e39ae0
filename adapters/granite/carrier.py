"""磐石车险（虚构） 1.4.0 all operations.

Generated from mappings/carriers/granite/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 5e716c7be45872dea3f11a6b62cf80f9ad8cd6e1ebe0e30a4012c1d2d5a2e34e

from datetime import datetime

from adapters.granite.codes import (
    CERT_TYPE_OUT,
    COVER_IN,
    COVER_OUT,
    ENERGY_OUT,
    GENDER_OUT,
    PLATE_TYPE_IN,
    PLATE_TYPE_OUT,
    USAGE_OUT,
)
from gateway.model import (
    Coverage,
    Driver,
    Money,
    Number,
    NumberKind,
    Party,
    PartyType,
    PolicyIssueResult,
    Premium,
    Reason,
    Vehicle,
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
    UNKNOWN,
    UNMAPPED_MAX,
    Wire,
    WireReply,
    WireRequest,
    base64_bytes,
    base64_text,
    by_code,
    charset_in,
    charset_out,
    datetime_codec,
    dig,
    dig_exact,
    element_in,
    fit,
    flag_out,
    heard,
    iso_day_out,
    json_in,
    json_out,
    known_texts,
    leaves,
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
    rsa_pkcs1_out,
    rsa_sha256,
    rsa_sha256_genuine,
    secret,
    sorted_pairs,
    text_given,
    text_in,
    text_of,
    texts_in,
    texts_out,
    unmapped,
    upper_out,
    value_in,
    with_former_keys,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/granite/carrier.yaml"
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
KNOWN_POLICY_ISSUED = Known(
    {
        "body": {
            "commercialPolicyNo": None,
            "compulsoryPolicyNo": None,
            "reasonCode": None,
            "status": None,
            "origRequestNo": None,
            "eventId": None,
            "proposalNo": None,
            "issuedAt": None,
            "totalPremium": None,
            "reasonText": None,
        },
        "head": {"service": None, "requestNo": None},
    }
)


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    for leaf_2 in leaves(
        wire,
        ("body", "applicant", "certNo"),
        ("body", "applicant", "mobile"),
        ("body", "applicant", "address"),
        ("body", "insured", "certNo"),
        ("body", "insured", "mobile"),
        ("body", "insured", "address"),
        ("body", "vehicle", "owner", "certNo"),
        ("body", "vehicle", "drivers", "licenceNo"),
    ):  # L10
        body = charset_out(leaf_2.text, "UTF-8")  # L10
        key = secret(ctx, "carrier_public_key")  # L10
        body = rsa_pkcs1_out(key, ctx.nonce(32), body)  # L10
        leaf_2.put(base64_text(body))  # L10
    texts_out(wire, ("body", "vehicle"))  # L14
    body = json_out(wire)  # L15
    wrapper: Wire = {}  # L18
    put(wrapper, ctx.config.get("partner_id"), "partnerId")  # L18
    put(wrapper, "1.4", "version")  # L18
    put(wrapper, now_text(ctx.now, "yyyy-MM-dd HH:mm:ss", "+08:00"), "timestamp")  # L18
    put(wrapper, nonce_text(ctx.nonce, 16), "nonce")  # L18
    put(wrapper, charset_in(body, "UTF-8"), "data")  # L18
    put(wrapper, None, "sign")  # L18
    put(
        wrapper,
        base64_text(
            rsa_sha256(secret(ctx, "private_key"), over("UTF-8", sorted_pairs(wrapper, "&", "keep", without=("sign",))))
        ),
        "sign",
    )  # L17
    body = json_out(wrapper)  # L18
    headers["Content-Type"] = "application/json"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "UTF-8")  # L22
    wrapper = json_in(content)  # L23
    content = text_in(dig_exact(wrapper, "data"))  # L23
    if not rsa_sha256_genuine(
        secret(ctx, "carrier_public_key"),
        over("UTF-8", sorted_pairs(wrapper, "&", "keep", without=("sign",))),
        base64_bytes(dig_exact(wrapper, "sign")),
    ):  # L24
        raise Forged("the signature of the reply is not the carrier's")  # L24
    tree = json_in(content)  # L25
    texts_in(tree, ("body", "vehicle"))  # L26
    return message_in(tree)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def vehicle_told_in(w: Wire) -> Vehicle:
    """The carrier's `vehicle_told` as Vehicle."""
    return Vehicle(
        plate=text_given(w.get("plate")),  # L65
        plate_type=PLATE_TYPE_IN[v] if (v := value_in(w.get("plateType"))) is not None else None,  # L66
        vin=text_given(w.get("vin")),  # L67
    )


def person_out(item: Party) -> Wire:
    """Party as the carrier's `person`."""
    out: Wire = {}
    out["type"] = None  # L34
    out["name"] = fit(item.name, 60, "UTF-8")  # L36
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L37
    out["certType"] = CERT_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L37
    out["certNo"] = upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number"))  # L38
    if item.type == PartyType.person:  # L41
        out["type"] = "1"  # L41
        out["gender"] = GENDER_OUT[need(item.gender, "gender")]  # L41
        out["birthday"] = iso_day_out(need(item.birth_date, "birth_date"))  # L41
    elif item.type == PartyType.org:  # L42
        out["type"] = "2"  # L42
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L43
    out["mobile"] = need(phone.number if phone is not None else None, "phones.0.number")  # L43
    address = item.address
    if address is not None and (line := address.line) is not None:  # L44
        out["address"] = line  # L44
    if out["type"] is None:
        del out["type"]
    return out


def driver_out(item: Driver) -> Wire:
    """Driver as the carrier's `driver`."""
    out: Wire = {}
    party = item.party
    out["name"] = fit(party.name, 60, "UTF-8")  # L71
    out["licenceNo"] = upper_out(need(item.licence_no, "licence_no"))  # L72
    out["licenceClass"] = fit(need(item.licence_class, "licence_class"), 4, "UTF-8")  # L73
    out["licensedOn"] = iso_day_out(need(item.licensed_on, "licensed_on"))  # L74
    out["main"] = (
        flag_out(is_main, "1", "0") if (is_main := item.is_main) is not None else flag_out(False, "1", "0")
    )  # L75
    return out


def vehicle_out(item: Vehicle) -> Wire:
    """Vehicle as the carrier's `vehicle`."""
    out: Wire = {}
    if (plate := item.plate) is not None:  # L48
        out["plate"] = fit(plate, 20, "UTF-8")  # L48
    if (plate_type := item.plate_type) is not None:  # L49
        out["plateType"] = PLATE_TYPE_OUT[plate_type]  # L49
    out["vin"] = upper_out(need(item.vin, "vin"))  # L50
    out["engineNo"] = fit(need(item.engine_no, "engine_no"), 30, "UTF-8")  # L51
    out["modelCode"] = fit(need(item.model_code, "model_code"), 20, "UTF-8")  # L52
    if (maker := item.maker) is not None:  # L53
        out["brand"] = fit(maker, 60, "UTF-8")  # L53
    out["seats"] = need(item.seats, "seats")  # L54
    out["energy"] = ENERGY_OUT[need(item.energy, "energy")]  # L55
    out["usage"] = USAGE_OUT[need(item.usage, "usage")]  # L56
    if (displacement_cc := item.displacement_cc) is not None:  # L57
        out["displacement"] = displacement_cc  # L57
    out["registerDate"] = iso_day_out(need(item.first_registered_on, "first_registered_on"))  # L58
    out["newPrice"] = yuan_out(need(item.new_price, "new_price"))  # L59
    owner = item.owner
    owner_2: Wire = {}
    out["owner"] = owner_2
    if owner is not None:  # L60
        owner_2["name"] = fit(owner.name, 60, "UTF-8")  # L60
    id_docs = owner.id_docs if owner is not None else None
    id_doc = nth_out(id_docs, 0, 1) if id_docs is not None else None  # L60
    if owner is not None:
        type_2 = need(id_doc.type if id_doc is not None else None, "id_docs.0.type")  # L60
        owner_2["certType"] = CERT_TYPE_OUT[type_2]  # L60
        number = need(id_doc.number if id_doc is not None else None, "id_docs.0.number")  # L60
        owner_2["certNo"] = upper_out(number)  # L60
    if item.drivers:  # L61
        out["drivers"] = [driver_out(item) for item in item.drivers]  # L61
    if not owner_2:
        del out["owner"]
    return out


def cover_out(item: Coverage) -> Wire:
    """Coverage as the carrier's `cover`."""
    out: Wire = {}
    out["code"] = COVER_OUT[item.code]  # L79
    if item.code != "MOTOR_COMPULSORY":  # L80
        out["amount"] = yuan_out(need(item.sum_insured, "sum_insured"))  # L80
    return out


def cover_told_in(w: Wire) -> Coverage:
    """The carrier's `cover_told` as Coverage."""
    premium_gross: Money | None = yuan_in(v) if (v := value_in(w.get("premium"))) is not None else None  # L85
    return Coverage(
        code=COVER_IN[require(value_in(w.get("code")), "code")],  # L84
        premium=Premium(gross=premium_gross) if premium_gross is not None else None,  # L85
    )


def decoded_policy_issued_once(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "UTF-8")  # L112
    wrapper = json_in(content)  # L113
    content = text_in(dig_exact(wrapper, "data"))  # L113
    if not rsa_sha256_genuine(
        secret(ctx, "carrier_public_key"),
        over("UTF-8", sorted_pairs(wrapper, "&", "keep", without=("sign",))),
        base64_bytes(dig_exact(wrapper, "sign")),
    ):  # L114
        raise Forged("the signature of the reply is not the carrier's")  # L114
    tree = json_in(content)  # L115
    return message_in(tree)


def decoded_policy_issued(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_policy_issued_once, reply, ctx)


def classify_policy_issued(wire: Wire, reply: Inbound, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if text_of(dig(wire, "body", "status")) == "ISSUED" and (
        dig(wire, "body", "compulsoryPolicyNo") or dig(wire, "body", "commercialPolicyNo")
    ):  # L122
        return Outcome(kind=OutcomeKind.accepted)  # L122
    if text_of(dig(wire, "body", "status")) == "DECLINED" and dig(wire, "body", "reasonCode"):  # L123
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L123
    return Outcome(kind=OutcomeKind.unknown)  # L124


def read_result_policy_issued(wire: Wire, reply: Inbound, ctx: Context) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L126
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("proposalNo"))  # L126
    except Exception as error:
        note(problems, error)
    compulsory_policy_number_no: str | None = None
    try:
        compulsory_policy_number_no = text_given(body.get("compulsoryPolicyNo"))  # L127
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("commercialPolicyNo"))  # L128
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L130
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L131
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L132
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.compulsory_policy, no=compulsory_policy_number_no)
            if compulsory_policy_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L126
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L131
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("issuedAt"))) is not None else None
        )  # L129
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L130
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(numbers=numbers, reasons=reasons, issued_at=issued_at, premium=premium), problems


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
    if not (text_of(dig(wire, "head", "service")) == "MTR901"):  # L116
        return Notice(matched=False, genuine=True)
    return Notice(
        matched=True,
        genuine=True,
        event_id=text_of(dig(wire, "body", "eventId")),
        correlate=known_texts({"request_no": dig(wire, "body", "origRequestNo")}),
        reply=reply_policy_issued(wire, inbound, ctx),
    )  # L110


def encoded_policy_issued(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    for leaf_2 in leaves(
        wire,
        ("body", "applicant", "certNo"),
        ("body", "applicant", "mobile"),
        ("body", "applicant", "address"),
        ("body", "insured", "certNo"),
        ("body", "insured", "mobile"),
        ("body", "insured", "address"),
        ("body", "vehicle", "owner", "certNo"),
        ("body", "vehicle", "drivers", "licenceNo"),
    ):  # L10
        body = charset_out(leaf_2.text, "UTF-8")  # L10
        key = secret(ctx, "carrier_public_key")  # L10
        body = rsa_pkcs1_out(key, ctx.nonce(32), body)  # L10
        leaf_2.put(base64_text(body))  # L10
    texts_out(wire, ("body", "vehicle"))  # L14
    body = json_out(wire)  # L15
    wrapper: Wire = {}  # L18
    put(wrapper, ctx.config.get("partner_id"), "partnerId")  # L18
    put(wrapper, "1.4", "version")  # L18
    put(wrapper, now_text(ctx.now, "yyyy-MM-dd HH:mm:ss", "+08:00"), "timestamp")  # L18
    put(wrapper, nonce_text(ctx.nonce, 16), "nonce")  # L18
    put(wrapper, charset_in(body, "UTF-8"), "data")  # L18
    put(wrapper, None, "sign")  # L18
    put(
        wrapper,
        base64_text(
            rsa_sha256(secret(ctx, "private_key"), over("UTF-8", sorted_pairs(wrapper, "&", "keep", without=("sign",))))
        ),
        "sign",
    )  # L17
    body = json_out(wrapper)  # L18
    headers["Content-Type"] = "application/json"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def answer_policy_issued(notice: Notice, ctx: Context) -> WireReply:
    """What the carrier wants to hear after policy_issued."""
    wire: Wire = (notice.reply.wire if notice.reply is not None else None) or {}
    answer: Wire = {}
    put(answer, "MTR901", "head", "service")  # L110
    put(answer, dig(wire, "head", "requestNo"), "head", "requestNo")  # L110
    put(answer, "S000", "head", "respCode")  # L110
    sent = encoded_policy_issued("POST", "", answer, ctx)
    return WireReply(status=200, headers=sent.headers, body=sent.body)


ERRORS = ErrorTable(
    {
        "G001": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="验签失败"),  # L88
        "G002": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="解密失败"),  # L89
        "G003": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="时间戳或随机数无效"),  # L90
        "G004": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="合作方未开通"),  # L91
        "G005": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="报文校验失败"),  # L92
        "G009": Outcome(
            kind=OutcomeKind.pending, code="request.duplicate", text="请求流水号重复", then="inquiry"
        ),  # L93
        "G010": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="流量超限",
            because="7.1 每个合作方每秒 20 笔，超出 G010，未处理，1 秒后可重发",
            after_s=1.0,
        ),  # L94
        "G099": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="系统繁忙",
            because="9.1 系统繁忙，未受理：没有处理，5 秒后可用同一流水号重发",
            after_s=5.0,
        ),  # L95
        "G999": Outcome(kind=OutcomeKind.unknown, code="carrier.internal", text="系统异常"),  # L96
        "M101": Outcome(
            kind=OutcomeKind.declined, code="underwriting.refused", text="车型或使用性质不承保", field="objects"
        ),  # L97
        "M102": Outcome(kind=OutcomeKind.declined, code="underwriting.duplicate_cover", text="该车已有有效保单"),  # L98
        "M104": Outcome(
            kind=OutcomeKind.declined, code="premium.mismatch", text="保费不一致", field="expected_premium"
        ),  # L99
        "M105": Outcome(kind=OutcomeKind.declined, code="quote.expired", text="报价已失效"),  # L100
        "M106": Outcome(
            kind=OutcomeKind.pending, code="underwriting.answer_wrong", text="验证码错误", then="answer"
        ),  # L101
        "M107": Outcome(
            kind=OutcomeKind.declined, code="underwriting.identity", text="验证码错误次数超限，投保单作废"
        ),  # L102
        "M108": Outcome(kind=OutcomeKind.declined, code="application.expired", text="投保单已失效"),  # L103
        "M109": Outcome(
            kind=OutcomeKind.declined, code="underwriting.sum_limit", text="保额不在承保范围", field="coverages"
        ),  # L104
        "M199": Outcome(kind=OutcomeKind.declined, code="underwriting.refused", text="核保不通过"),  # L105
        "P001": Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="交易或保单不存在"),  # L106
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L107
)
CARRIER = Carrier(
    id="granite",
    name="磐石车险（虚构）",
    version="1.4.0",
    mapping_sha256="5e716c7be45872dea3f11a6b62cf80f9ad8cd6e1ebe0e30a4012c1d2d5a2e34e",
    operations={
        "policy.document": ("policy_document",),
        "policy.get": ("policy_get",),
        "policy.issue": ("policy_issue",),
        "quote.create": ("quote_create",),
    },
    unsupported={
        "cancellation.quote": "1.3 退保须临柜办理",
        "cancellation.submit": "1.3 退保须临柜办理",
        "claim.get": "1.3 请拨打客服电话",
        "claim.modify": "1.3 请拨打客服电话",
        "claim.report": "1.3 请拨打客服电话",
        "claim.submit": "1.3 请拨打客服电话",
        "claim.supplement": "1.3 请拨打客服电话",
        "claim.withdraw": "1.3 请拨打客服电话",
        "endorsement.quote": "1.3 批改须临柜办理",
        "endorsement.submit": "1.3 批改须临柜办理",
        "policy.issue_batch": "1.3 不支持批量投保",
        "underwriting.get": "1.3 预确认即核保",
        "underwriting.submit": "1.3 预确认即核保",
    },
    timeout=Timeout(connect_s=3.0, total_s=20.0),
    callbacks={
        "policy_issued": Callback(
            name="policy_issued", operation="policy.issue", read=notice_policy_issued, answer=answer_policy_issued
        ),
    },
    config_keys=("base_url", "partner_id"),
    secret_keys=("carrier_public_key", "private_key"),
    rate_per_s=20.0,
)
