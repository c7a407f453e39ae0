"""海港财险（虚构） 2.4 all operations.

Generated from mappings/carriers/harbor/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 3de29dd1d52a4272bb3eb87671cc51ea630d155262f744dc2de26350dc94f98d

from adapters.harbor.codes import ID_TYPE_OUT, SEX_OUT
from gateway.model import Insured, Party, PolicyIssueRequest, QuoteCreateRequest, Relationship
from gateway.wire import (
    Carrier,
    Context,
    ErrorTable,
    Outcome,
    OutcomeKind,
    Timeout,
    Tls,
    Wire,
    WireReply,
    WireRequest,
    XmlForm,
    aes_ecb_in,
    aes_ecb_out,
    base64_in,
    base64_out,
    charset_in,
    charset_out,
    cipher_key,
    dig_exact,
    filled,
    fit,
    message_in,
    need,
    nth_out,
    put,
    secret,
    soap_action,
    soap_form,
    soap_in,
    soap_out,
    text_in,
    unfilled,
    upper_out,
    with_former_keys,
    xml_declaration,
    xml_in,
    xml_out,
    ymd_out,
)

MAPPING = "mappings/carriers/harbor/carrier.yaml"
XML = XmlForm(root="REQUEST", declaration=xml_declaration("GBK"))  # L11
SOAP = soap_form(
    "1.1", declaration=xml_declaration("UTF-8"), cdata=frozenset(("h:request",)), ns={"h": "urn:harbor:policy"}
)  # L13


def encoded(method: str, url: str, wire: Wire, ctx: Context, element: str) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Content-Type"] = "text/xml; charset=UTF-8"  # L25
    message = xml_out(wire, XML)  # L11
    body = charset_out(message, "GBK")  # L12
    wrapper: Wire = {}  # L13
    put(wrapper, ctx.config.get("partner"), "h:partner")  # L13
    put(wrapper, charset_in(body, "GBK"), "h:request")  # L13
    headers["SOAPAction"] = soap_action("urn:harbor:policy/{call}", element)  # L13
    message = soap_out(wrapper, element, SOAP)  # L13
    body = charset_out(message, "UTF-8")  # L14
    key = cipher_key(secret(ctx, "aes_key"), "utf-8", (16,))  # L15
    body = aes_ecb_out(key, filled(body, "pkcs7", 16))  # L15
    body = base64_out(body)  # L16
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    body = base64_in(reply.body)  # L18
    key = cipher_key(secret(ctx, "aes_key"), "utf-8", (16,))  # L19
    body = unfilled(aes_ecb_in(key, body), "pkcs7", 16)  # L19
    content = charset_in(body, "UTF-8")  # L20
    wrapper = soap_in(content)  # L21
    if "Fault" in wrapper:
        return message_in(wrapper)
    content = text_in(dig_exact(wrapper, "response"))  # L21
    tree = xml_in(content, "RESPONSE")  # L22
    return message_in(tree)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def policyholder_out(item: Party) -> Wire:
    """Party as the carrier's `policyholder`."""
    out: Wire = {}
    out["NAME"] = fit(item.name, 40, "GBK")  # L34
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L35
    out["CARDTYPE"] = ID_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L35
    out["CARDNO"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 20, "GBK"
    )  # L36
    out["SEX"] = SEX_OUT[need(item.gender, "gender")]  # L37
    out["BIRTHDAY"] = ymd_out(need(item.birth_date, "birth_date"))  # L38
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L42
    out["MOBILE"] = fit(need(phone.number if phone is not None else None, "phones.0.number"), 11, "GBK")  # L42
    out["EMAIL"] = fit(email, 50, "GBK") if (email := item.email) is not None else ""  # L43
    return out


def person_out(item: Party) -> Wire:
    """Party as the carrier's `person`."""
    out: Wire = {}
    out["NAME"] = fit(item.name, 40, "GBK")  # L34
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L35
    out["CARDTYPE"] = ID_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L35
    out["CARDNO"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 20, "GBK"
    )  # L36
    out["SEX"] = SEX_OUT[need(item.gender, "gender")]  # L37
    out["BIRTHDAY"] = ymd_out(need(item.birth_date, "birth_date"))  # L38
    return out


def insured_out(item: Insured, req: PolicyIssueRequest | QuoteCreateRequest) -> Wire:
    """Insured as the carrier's `insured`."""
    out: Wire = {}
    out["SEQ"] = None  # L46
    out["RELATION"] = None  # L46
    out["SEQ"] = need(item.ref, "ref")  # L48
    relationship_to_policyholder = item.relationship_to_policyholder  # L49
    if relationship_to_policyholder == Relationship.self:  # L51
        out["RELATION"] = "601001"  # L51
    elif relationship_to_policyholder == Relationship.spouse and (
        req.policyholder.gender == "male" and item.party is not None and item.party.gender == "female"
    ):  # L52
        out["RELATION"] = "601011"  # L52
    elif relationship_to_policyholder == Relationship.spouse and (
        req.policyholder.gender == "female" and item.party is not None and item.party.gender == "male"
    ):  # L53
        out["RELATION"] = "601012"  # L53
    elif relationship_to_policyholder == Relationship.child and (
        req.policyholder.gender == "male" and item.party is not None and item.party.gender == "male"
    ):  # L54
        out["RELATION"] = "601021"  # L54
    elif relationship_to_policyholder == Relationship.child and (
        req.policyholder.gender == "male" and item.party is not None and item.party.gender == "female"
    ):  # L55
        out["RELATION"] = "601022"  # L55
    elif relationship_to_policyholder == Relationship.child and (
        req.policyholder.gender == "female" and item.party is not None and item.party.gender == "male"
    ):  # L56
        out["RELATION"] = "601023"  # L56
    elif relationship_to_policyholder == Relationship.child and (
        req.policyholder.gender == "female" and item.party is not None and item.party.gender == "female"
    ):  # L57
        out["RELATION"] = "601024"  # L57
    elif relationship_to_policyholder == Relationship.parent and (
        req.policyholder.gender == "male" and item.party is not None and item.party.gender == "male"
    ):  # L58
        out["RELATION"] = "601031"  # L58
    elif relationship_to_policyholder == Relationship.parent and (
        req.policyholder.gender == "male" and item.party is not None and item.party.gender == "female"
    ):  # L59
        out["RELATION"] = "601032"  # L59
    elif relationship_to_policyholder == Relationship.parent and (
        req.policyholder.gender == "female" and item.party is not None and item.party.gender == "male"
    ):  # L60
        out["RELATION"] = "601033"  # L60
    elif relationship_to_policyholder == Relationship.parent and (
        req.policyholder.gender == "female" and item.party is not None and item.party.gender == "female"
    ):  # L61
        out["RELATION"] = "601034"  # L61
    elif relationship_to_policyholder == Relationship.other:  # L62
        out["RELATION"] = "601099"  # L62
    elif relationship_to_policyholder is not None:  # L63
        out["RELATION"] = "601099"  # L63
    party = item.party
    if party is not None:  # L64
        out.update(person_out(party))  # L64
    if out["SEQ"] is None:
        del out["SEQ"]
    if out["RELATION"] is None:
        del out["RELATION"]
    return out


ERRORS = ErrorTable(
    {
        "100101": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="报文无法解析"),  # L67
        "100102": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="字段校验失败"),  # L68
        "100103": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="渠道未授权"),  # L69
        "200101": Outcome(
            kind=OutcomeKind.declined, code="underwriting.age", text="被保险人年龄不在承保范围", field="insureds"
        ),  # L70
        "200102": Outcome(
            kind=OutcomeKind.declined, code="underwriting.sum_limit", text="被保险人累计保额超限", field="insureds"
        ),  # L71
        "200103": Outcome(
            kind=OutcomeKind.declined, code="premium.mismatch", text="保费不一致", field="expected_premium"
        ),  # L72
        "200199": Outcome(kind=OutcomeKind.declined, code="underwriting.refused", text="核保不通过"),  # L73
        "200201": Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="保单不存在"),  # L74
        "200202": Outcome(kind=OutcomeKind.declined, code="policy.already_cancelled", text="保单已退保"),  # L75
        "200203": Outcome(kind=OutcomeKind.declined, code="cancellation.not_allowed", text="不在犹豫期"),  # L76
        "200204": Outcome(
            kind=OutcomeKind.declined, code="cancellation.refund_mismatch", text="退费不一致", field="expected_refund"
        ),  # L77
        "200301": Outcome(
            kind=OutcomeKind.declined, code="claim.not_covered", text="出险时间不在保险期间内", field="occurrence.at"
        ),  # L78
        "300001": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="系统忙，未受理",
            because="2.6 入口排队已满，报文没有进入处理，5 秒后可以再发",
            after_s=5.0,
        ),  # L79
        "300002": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="流量超限，未受理",
            because="2.9 超出 300002，未处理，1 秒后再发",
            after_s=1.0,
        ),  # L80
        "300101": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="信封不能识别"),  # L81
        "900001": Outcome(kind=OutcomeKind.unknown, code="carrier.internal", text="系统异常"),  # L82
        "900002": Outcome(kind=OutcomeKind.unknown, code="carrier.internal", text="处理中断，结果不明"),  # L83
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L84
)
CARRIER = Carrier(
    id="harbor",
    name="海港财险（虚构）",
    version="2.4",
    mapping_sha256="3de29dd1d52a4272bb3eb87671cc51ea630d155262f744dc2de26350dc94f98d",
    operations={
        "cancellation.submit": ("cancellation_submit",),
        "claim.report": ("claim_report",),
        "policy.issue": ("policy_issue",),
        "quote.create": ("quote_create",),
    },
    unsupported={
        "cancellation.quote": "1.3 没有退保试算，按 4.4.2 自行计算",
        "claim.get": "1.3 没有任何查询",
        "claim.modify": "1.3 理赔修改到柜面",
        "claim.submit": "1.3 理赔资料到柜面",
        "claim.supplement": "1.3 理赔资料到柜面",
        "claim.withdraw": "1.3 理赔撤销到柜面",
        "endorsement.quote": "1.3 批改到柜面",
        "endorsement.submit": "1.3 批改到柜面",
        "policy.document": "1.3 电子保单短信发给投保人，没有下载",
        "policy.get": "1.3 没有任何查询，结果不明以对账文件为准",
        "policy.issue_batch": "1.2 没有批量出单",
        "underwriting.get": "1.3 没有任何查询",
        "underwriting.submit": "1.3 没有单独的核保",
    },
    timeout=Timeout(connect_s=5.0, total_s=30.0),
    tls=Tls(cert="secret.client_cert", ca="config.ca_file"),
    statement="statement",
    config_keys=("base_url", "ca_file", "partner"),
    secret_keys=("aes_key", "client_cert"),
    rate_per_s=10.0,
)
