"""翡翠健康（虚构） 1.3.0 all operations.

Generated from mappings/carriers/jade/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 78b6ed72c2559d005a400b28b1cc36dd96067e25a52781af9dccc4e062b49da5

from datetime import datetime

from adapters.jade.codes import GENDER_OUT, ID_TYPE_OUT, RELATION_OUT
from gateway.model import (
    Insured,
    Money,
    Number,
    NumberKind,
    Party,
    Period,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    QuoteCreateRequest,
    Reason,
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
    age,
    base64_bytes,
    base64_in,
    base64_out,
    base64_text,
    by_code,
    charset_in,
    cipher_iv,
    cipher_key,
    datetime_codec,
    dig,
    dig_exact,
    each,
    element_in,
    filled,
    fit,
    fresh,
    heard,
    hex_lower,
    iso_day_out,
    item_result,
    json_in,
    json_out,
    json_text_numbers_in,
    known_texts,
    message_in,
    need,
    nonce_text,
    note,
    now_text,
    nth_out,
    over,
    problem,
    put,
    require,
    same_signature,
    secret,
    sm2,
    sm2_genuine,
    sm3,
    sm4_cbc_in,
    sm4_cbc_out,
    sorted_pairs,
    text_given,
    text_in,
    text_of,
    unfilled,
    unmapped,
    until_codec,
    upper_out,
    value_in,
    with_former_keys,
    yuan_in,
)

MAPPING = "mappings/carriers/jade/carrier.yaml"
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
UNTIL_YYYY_MM_DD_1_D_08_00 = until_codec("yyyy-MM-dd", "1d", "+08:00", False)
KNOWN_POLICY_ISSUED = Known(
    {
        "body": {
            "policyNo": None,
            "reasonCode": None,
            "state": None,
            "origRequestNo": None,
            "declinedPremium": None,
            "issueTime": None,
            "startDate": None,
            "endDate": None,
            "premium": None,
            "members": {"result": None, "reasonCode": None, "memberNo": None, "certNo": None, "reasonText": None},
            "reasonText": None,
        },
        "head": {"service": None, "eventNo": None, "requestTime": None},
    }
)


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Content-Type"] = "application/json"  # L27
    body = json_out(wire)  # L10
    digest = hex_lower(sm3(over("UTF-8", body)))  # L12
    key = cipher_key(secret(ctx, "body_key"), "hex", (16,))  # L13
    iv = nonce_text(ctx.nonce, 16)  # L13
    iv_2 = cipher_iv(iv, "utf-8", (16,))  # L13
    body = sm4_cbc_out(key, iv_2, filled(body, "pkcs7", 16))  # L13
    body = base64_out(body)  # L14
    wrapper: Wire = {}  # L16
    put(wrapper, ctx.config.get("app_id"), "appId")  # L16
    put(wrapper, now_text(ctx.now, "epoch_ms", "+08:00"), "timestamp")  # L16
    put(wrapper, nonce_text(ctx.nonce, 16), "nonce")  # L16
    put(wrapper, iv, "iv")  # L16
    put(wrapper, digest, "digest")  # L16
    put(wrapper, charset_in(body, "ascii"), "data")  # L16
    put(wrapper, None, "sign")  # L16
    put(
        wrapper,
        base64_text(
            sm2(secret(ctx, "platform_key"), over("UTF-8", sorted_pairs(wrapper, "&", "drop", without=("sign",))))
        ),
        "sign",
    )  # L15
    body = json_out(wrapper)  # L16
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    wrapper = json_in(reply.body)  # L18
    content = text_in(dig_exact(wrapper, "data"))  # L18
    if not sm2_genuine(
        secret(ctx, "insurer_public"),
        over("UTF-8", sorted_pairs(wrapper, "&", "drop", without=("sign",))),
        base64_bytes(dig_exact(wrapper, "sign")),
    ):  # L19
        raise Forged("the signature of the reply is not the carrier's")  # L19
    if not fresh(text_of(dig_exact(wrapper, "timestamp")), ctx.now, 300.0):  # L19
        raise Forged("the time stamp of the reply is too far from now")  # L19
    body = content.encode()
    body = base64_in(body)  # L20
    key = cipher_key(secret(ctx, "body_key"), "hex", (16,))  # L21
    iv = cipher_iv(text_in(dig_exact(wrapper, "iv")), "utf-8", (16,))  # L21
    body = unfilled(sm4_cbc_in(key, iv, body), "pkcs7", 16)  # L21
    if not same_signature(hex_lower(sm3(over("UTF-8", body))), dig_exact(wrapper, "digest")):  # L22
        raise Forged("the signature of the reply is not the carrier's")  # L22
    content = charset_in(body, "UTF-8")  # L23
    tree = json_text_numbers_in(content)  # L24
    return message_in(tree)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def member_told_outcome(w: Wire) -> Outcome:
    """What became of one item: the first row of its outcome table that holds."""
    if text_of(dig(w, "result")) == "1" and dig(w, "certNo"):  # L64
        return Outcome(kind=OutcomeKind.accepted)  # L64
    if text_of(dig(w, "result")) == "0" and not dig(w, "certNo"):  # L65
        return by_code(ERRORS, dig(w, "reasonCode"))  # L65
    return Outcome(kind=OutcomeKind.unknown)  # L66


def member_told_in(w: Wire, problems: list[str]) -> Insured:
    """The carrier's `member_told` as Insured."""
    outcome = UNKNOWN
    try:
        outcome = member_told_outcome(w)
    except Exception as error:
        note(problems, error)
    result_text: str | None = None
    try:
        result_text = text_given(w.get("reasonText"))  # L62
    except Exception as error:
        note(problems, error)
    ref: str | None = None
    try:
        ref = text_given(w.get("memberNo"))  # L60
    except Exception as error:
        note(problems, error)
    certificate_no: str | None = None
    try:
        certificate_no = text_given(w.get("certNo"))  # L61
    except Exception as error:
        note(problems, error)
    return Insured(
        ref=ref,
        certificate_no=certificate_no,
        result=item_result(outcome, result_text, problems),
    )


def company_out(item: Party) -> Wire:
    """Party as the carrier's `company`."""
    out: Wire = {}
    out["name"] = fit(item.name, 120, "UTF-8")  # L36
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L37
    out["creditCode"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 18, "UTF-8"
    )  # L37
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L38
    out["contactMobile"] = fit(need(phone.number if phone is not None else None, "phones.0.number"), 11, "UTF-8")  # L38
    address = item.address
    if address is not None and (line := address.line) is not None:  # L39
        out["address"] = fit(line, 200, "UTF-8")  # L39
    return out


def member_out(item: Insured, req: PolicyIssueRequest | QuoteCreateRequest) -> Wire:
    """Insured as the carrier's `member`."""
    out: Wire = {}
    out["memberNo"] = fit(need(item.ref, "ref"), 10, "UTF-8")  # L43
    party = item.party
    if party is not None:  # L47
        out["name"] = fit(party.name, 60, "UTF-8")  # L47
    id_docs = party.id_docs if party is not None else None
    id_doc = nth_out(id_docs, 0, 1) if id_docs is not None else None  # L48
    if party is not None:
        type_2 = need(id_doc.type if id_doc is not None else None, "id_docs.0.type")  # L48
        out["idType"] = ID_TYPE_OUT[type_2]  # L48
        number = need(id_doc.number if id_doc is not None else None, "id_docs.0.number")  # L49
        out["idNo"] = fit(upper_out(number), 30, "UTF-8")  # L49
        gender_2 = need(party.gender if party is not None else None, "gender")  # L50
        out["gender"] = GENDER_OUT[gender_2]  # L50
        birth_date_2 = need(party.birth_date if party is not None else None, "birth_date")  # L51
        out["birthday"] = iso_day_out(birth_date_2)  # L51
    if (
        age_2 := str(found_int)
        if (
            found_int := age(
                item.party.birth_date if item.party is not None else None,
                req.period.start if req.period is not None else None,
                "+08:00",
            )
        )
        is not None
        else None
    ) is not None:  # L54
        out["age"] = age_2  # L54
    out["relation"] = RELATION_OUT[need(item.relationship_to_policyholder, "relationship_to_policyholder")]  # L55
    return out


def decoded_policy_issued_once(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    wrapper = json_in(reply.body)  # L96
    content = text_in(dig_exact(wrapper, "data"))  # L96
    if not sm2_genuine(
        secret(ctx, "insurer_public"),
        over("UTF-8", sorted_pairs(wrapper, "&", "drop", without=("sign",))),
        base64_bytes(dig_exact(wrapper, "sign")),
    ):  # L97
        raise Forged("the signature of the reply is not the carrier's")  # L97
    if not fresh(text_of(dig_exact(wrapper, "timestamp")), ctx.now, 300.0):  # L97
        raise Forged("the time stamp of the reply is too far from now")  # L97
    body = content.encode()
    body = base64_in(body)  # L98
    key = cipher_key(secret(ctx, "body_key"), "hex", (16,))  # L99
    iv = cipher_iv(text_in(dig_exact(wrapper, "iv")), "utf-8", (16,))  # L99
    body = unfilled(sm4_cbc_in(key, iv, body), "pkcs7", 16)  # L99
    if not same_signature(hex_lower(sm3(over("UTF-8", body))), dig_exact(wrapper, "digest")):  # L100
        raise Forged("the signature of the reply is not the carrier's")  # L100
    content = charset_in(body, "UTF-8")  # L101
    tree = json_text_numbers_in(content)  # L102
    return message_in(tree)


def decoded_policy_issued(reply: Inbound, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_policy_issued_once, reply, ctx)


def classify_policy_issued(wire: Wire, reply: Inbound, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if text_of(dig(wire, "body", "state")) == "A" and dig(wire, "body", "policyNo"):  # L109
        return Outcome(kind=OutcomeKind.accepted)  # L109
    if text_of(dig(wire, "body", "state")) == "R" and not dig(wire, "body", "policyNo"):  # L110
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L110
    return Outcome(kind=OutcomeKind.unknown)  # L111


def read_result_policy_issued(wire: Wire, reply: Inbound, ctx: Context) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L113
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("policyNo"))  # L113
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_YYYY_MM_DD_08_00.read(v) if (v := value_in(body.get("startDate"))) is not None else None
        )  # L115
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            UNTIL_YYYY_MM_DD_1_D_08_00.read(v) if (v := value_in(body.get("endDate"))) is not None else None
        )  # L116
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("premium"))) is not None else None  # L117
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L119
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L120
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L113
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L119
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "body.startDate"), end=require(period_end, "body.endDate"))
            if period_start is not None or period_end is not None
            else None
        )  # L115
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("issueTime"))) is not None else None
        )  # L114
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple([member_told_in(one, problems) for one in each(body.get("members"))])  # L118
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L117
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
    if not (text_of(dig(wire, "head", "service")) == "GH90"):  # L103
        return Notice(matched=False, genuine=True)
    return Notice(
        matched=True,
        genuine=True,
        event_id=text_of(dig(wire, "head", "eventNo")),
        correlate=known_texts({"request_no": dig(wire, "body", "origRequestNo")}),
        reply=reply_policy_issued(wire, inbound, ctx),
    )  # L94


def encoded_policy_issued(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Content-Type"] = "application/json"  # L27
    body = json_out(wire)  # L10
    digest = hex_lower(sm3(over("UTF-8", body)))  # L12
    key = cipher_key(secret(ctx, "body_key"), "hex", (16,))  # L13
    iv = nonce_text(ctx.nonce, 16)  # L13
    iv_2 = cipher_iv(iv, "utf-8", (16,))  # L13
    body = sm4_cbc_out(key, iv_2, filled(body, "pkcs7", 16))  # L13
    body = base64_out(body)  # L14
    wrapper: Wire = {}  # L16
    put(wrapper, ctx.config.get("app_id"), "appId")  # L16
    put(wrapper, now_text(ctx.now, "epoch_ms", "+08:00"), "timestamp")  # L16
    put(wrapper, nonce_text(ctx.nonce, 16), "nonce")  # L16
    put(wrapper, iv, "iv")  # L16
    put(wrapper, digest, "digest")  # L16
    put(wrapper, charset_in(body, "ascii"), "data")  # L16
    put(wrapper, None, "sign")  # L16
    put(
        wrapper,
        base64_text(
            sm2(secret(ctx, "platform_key"), over("UTF-8", sorted_pairs(wrapper, "&", "drop", without=("sign",))))
        ),
        "sign",
    )  # L15
    body = json_out(wrapper)  # L16
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def answer_policy_issued(notice: Notice, ctx: Context) -> WireReply:
    """What the carrier wants to hear after policy_issued."""
    wire: Wire = (notice.reply.wire if notice.reply is not None else None) or {}
    answer: Wire = {}
    put(answer, "GH90", "head", "service")  # L94
    put(answer, dig(wire, "head", "eventNo"), "head", "eventNo")  # L94
    put(answer, "J0000", "head", "code")  # L94
    put(answer, "OK", "head", "message")  # L94
    sent = encoded_policy_issued("POST", "", answer, ctx)
    return WireReply(status=200, headers=sent.headers, body=sent.body)


ERRORS = ErrorTable(
    {
        "J1001": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="验签失败"),  # L69
        "J1002": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="解密失败"),  # L70
        "J1003": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="时间戳无效"),  # L71
        "J1004": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="应用未授权"),  # L72
        "J1005": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="报文校验失败"),  # L73
        "J1006": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="请求流水号内容不一致"),  # L74
        "J1007": Outcome(kind=OutcomeKind.refused, code="channel.unsupported", text="不支持的服务"),  # L75
        "J1010": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="流量超限",
            because="7.1 每个 appId 每秒 20 笔，超出 J1010，未处理，1 秒后再发",
            after_s=1.0,
        ),  # L76
        "J2001": Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="请求或保单不存在"),  # L77
        "J2002": Outcome(
            kind=OutcomeKind.declined, code="premium.mismatch", text="保费不一致", field="expected_premium"
        ),  # L78
        "J2003": Outcome(kind=OutcomeKind.declined, code="quote.expired", text="报价已过期"),  # L79
        "J2004": Outcome(kind=OutcomeKind.declined, code="policy.already_cancelled", text="保单已退保或已满期"),  # L80
        "J2005": Outcome(
            kind=OutcomeKind.declined,
            code="cancellation.refund_mismatch",
            text="退费金额不一致",
            field="expected_refund",
        ),  # L81
        "J2006": Outcome(kind=OutcomeKind.declined, code="cancellation.not_allowed", text="退保类型与日期不符"),  # L82
        "J9001": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="系统繁忙",
            because="9.1 系统繁忙，未受理：5 秒后可用同一流水号重发",
            after_s=5.0,
        ),  # L83
        "J9999": Outcome(kind=OutcomeKind.unknown, code="carrier.internal", text="系统异常"),  # L84
        "U01": Outcome(
            kind=OutcomeKind.declined, code="underwriting.refused", text="投保人数少于3人", field="insureds"
        ),  # L85
        "U02": Outcome(
            kind=OutcomeKind.declined, code="underwriting.refused", text="无可承保人员", field="insureds"
        ),  # L86
        "U09": Outcome(kind=OutcomeKind.declined, code="underwriting.refused", text="核保不通过"),  # L87
        "M01": Outcome(kind=OutcomeKind.declined, code="underwriting.age", text="年龄不在承保范围"),  # L88
        "M02": Outcome(kind=OutcomeKind.declined, code="underwriting.duplicate_cover", text="同一证件重复"),  # L89
        "M09": Outcome(kind=OutcomeKind.declined, code="underwriting.health", text="健康告知不符"),  # L90
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L91
)
CARRIER = Carrier(
    id="jade",
    name="翡翠健康（虚构）",
    version="1.3.0",
    mapping_sha256="78b6ed72c2559d005a400b28b1cc36dd96067e25a52781af9dccc4e062b49da5",
    operations={
        "cancellation.submit": ("cancellation_submit",),
        "policy.get": ("policy_get",),
        "policy.issue": ("policy_issue",),
        "quote.create": ("quote_create",),
    },
    unsupported={
        "cancellation.quote": "1.3 不支持退保试算",
        "claim.get": "1.3 由理赔专员受理",
        "claim.modify": "1.3 由理赔专员受理",
        "claim.report": "1.3 由理赔专员受理",
        "claim.submit": "1.3 由理赔专员受理",
        "claim.supplement": "1.3 由理赔专员受理",
        "claim.withdraw": "1.3 由理赔专员受理",
        "endorsement.quote": "1.3 批改另签协议",
        "endorsement.submit": "1.3 批改、增减人另签协议",
        "policy.document": "1.3 寄送纸质凭证",
        "underwriting.get": "1.3 不支持单独核保",
        "underwriting.submit": "1.3 不支持单独核保",
    },
    timeout=Timeout(connect_s=3.0, total_s=20.0),
    callbacks={
        "policy_issued": Callback(
            name="policy_issued", operation="policy.issue", read=notice_policy_issued, answer=answer_policy_issued
        ),
    },
    config_keys=("app_id", "base_url"),
    secret_keys=("body_key", "insurer_public", "platform_key"),
    extras=("gm",),
    rate_per_s=20.0,
)
