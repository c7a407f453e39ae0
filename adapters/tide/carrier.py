"""潮汐货运险（虚构） 2.0 all operations.

Generated from mappings/carriers/tide/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: e9c8fdba53ce29332db734d504d2dc0aa2610a24879a0b0de9361314bd31768c

from datetime import datetime

from adapters.tide.codes import GENDER_OUT, ID_TYPE_OUT
from gateway.model import BatchItemResult, FreightObject, Number, NumberKind, PolicyIssueRequest, PolicyIssueResult
from gateway.wire import (
    Carrier,
    Context,
    ErrorTable,
    Forged,
    Outcome,
    OutcomeKind,
    PipeForm,
    Place,
    Record,
    Timeout,
    UNKNOWN,
    Wire,
    WireReply,
    WireRequest,
    by_code,
    charset_in,
    charset_out,
    datetime_codec,
    days,
    dig,
    dig_exact,
    first,
    first_form,
    fit,
    hex_upper,
    item_result,
    lookup,
    md5,
    message_in,
    need,
    note,
    nth_out,
    over,
    pipe_in,
    pipe_out,
    put,
    same_signature,
    secret,
    text,
    text_given,
    text_in,
    upper_out,
    value_in,
    with_former_keys,
    yuan_out,
)

MAPPING = "mappings/carriers/tide/carrier.yaml"
DATETIME_YYYY_M_MDD_H_HMM_08_00 = datetime_codec("yyyyMMddHHmm", "+08:00", False)
PIPE = PipeForm(
    records=(
        Record(
            places=(
                Place(path=("ver",)),
                Place(path=("txn",)),
                Place(path=("partner",)),
                Place(path=("at",)),
                Place(path=("no",)),
                Place(path=("product",)),
                Place(path=("plan",)),
                Place(path=("start",)),
                Place(path=("days",)),
                Place(path=("name",)),
                Place(path=("gender",)),
                Place(path=("idType",)),
                Place(path=("idNo",)),
                Place(path=("mobile",)),
                Place(path=("orderNo",)),
                Place(path=("shop",)),
                Place(path=("goods",)),
                Place(path=("sum",)),
                Place(path=("premium",)),
                Place(),
            )
        ),
    )
)  # L8
PIPE_2 = PipeForm(records=(Record(places=(Place(path=("record",), rest=True), Place(path=("mac",)))),))  # L11
PIPE_3 = PipeForm(
    records=(
        Record(
            places=(
                Place(path=("ver",)),
                Place(path=("txn",)),
                Place(path=("no",)),
                Place(path=("result",)),
                Place(path=("code",)),
                Place(path=("text",)),
                Place(path=("policyNo",)),
                Place(path=("issuedAt",)),
                Place(path=("end",)),
                Place(path=("premium",)),
            )
        ),
    )
)  # L18
PIPE_4 = PipeForm(
    records=(
        Record(places=(Place(path=("ver",)), Place(path=("verdict",)), Place(path=("code",)), Place(path=("text",)))),
    )
)  # L23


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    message = pipe_out(wire, PIPE)  # L8
    body = charset_out(message, "GBK")  # L9
    mac = hex_upper(md5(over("GBK", body, secret(ctx, "sign_key"))))  # L10
    wrapper: Wire = {}  # L11
    put(wrapper, charset_in(body, "GBK"), "record")  # L11
    put(wrapper, mac, "mac")  # L11
    message = pipe_out(wrapper, PIPE_2)  # L11
    body = charset_out(message, "GBK")  # L12
    headers["Content-Type"] = "text/plain; charset=GBK"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded_once_1(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "GBK")  # L15
    wrapper = pipe_in(content, PIPE_2)  # L16
    content = text_in(dig_exact(wrapper, "record"))  # L16
    if not same_signature(
        hex_upper(md5(over("GBK", content.encode("gb18030"), secret(ctx, "sign_key")))), dig_exact(wrapper, "mac")
    ):  # L17
        raise Forged("the signature of the reply is not the carrier's")  # L17
    tree = pipe_in(content, PIPE_3)  # L18
    return message_in(tree)


def decoded_once_2(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "GBK")  # L20
    wrapper = pipe_in(content, PIPE_2)  # L21
    content = text_in(dig_exact(wrapper, "record"))  # L21
    if not same_signature(
        hex_upper(md5(over("GBK", content.encode("gb18030"), secret(ctx, "sign_key")))), dig_exact(wrapper, "mac")
    ):  # L22
        raise Forged("the signature of the reply is not the carrier's")  # L22
    tree = pipe_in(content, PIPE_4)  # L23
    return message_in(tree)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message of the first form that decodes."""
    return first_form(reply, ctx, decoded_once_1, decoded_once_2)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def order_out(item: PolicyIssueRequest, ctx: Context) -> Wire:
    """PolicyIssueRequest as the carrier's `order`."""
    out: Wire = {}
    if (plan := text(lookup(ctx.binding.get("plan_code") or {}, item.plan))) is not None:  # L32
        out["plan"] = plan  # L32
    if (
        days_2 := text(
            days(
                item.period.start if item.period is not None else None,
                item.period.end if item.period is not None else None,
                "+08:00",
            )
        )
    ) is not None:  # L33
        out["days"] = days_2  # L33
    if (
        goods := found_order_item.name
        if (
            found_order_item := first(
                found_object.freight.items if isinstance((found_object := first(item.objects)), FreightObject) else None
            )
        )
        is not None
        else None
    ) is not None:  # L34
        out["goods"] = goods  # L34
    period = item.period
    out["start"] = DATETIME_YYYY_M_MDD_H_HMM_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L36
    policyholder = item.policyholder
    out["name"] = fit(policyholder.name, 40, "GBK")  # L37
    if (gender := policyholder.gender) is not None:  # L38
        out["gender"] = GENDER_OUT[gender]  # L38
    id_docs = policyholder.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L39
    if id_doc is not None:
        out["idType"] = ID_TYPE_OUT[id_doc.type]  # L39
        out["idNo"] = fit(upper_out(id_doc.number), 20, "GBK")  # L40
    phones = policyholder.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L41
    out["mobile"] = fit(
        need(phone.number if phone is not None else None, "policyholder.phones.0.number"), 11, "GBK"
    )  # L41
    objects = item.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L42
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    out["orderNo"] = fit(
        need(freight.order_no if freight is not None else None, "objects.0.freight.order_no"), 40, "GBK"
    )  # L42
    if freight is not None and (shop := freight.shop) is not None:  # L43
        out["shop"] = fit(shop, 60, "GBK")  # L43
    coverages = item.coverages
    coverage = coverages[0] if len(coverages) == 1 else nth_out(coverages, 0, 1)  # L44
    out["sum"] = yuan_out(
        need(coverage.sum_insured if coverage is not None else None, "coverages.0.sum_insured")
    )  # L44
    out["premium"] = yuan_out(item.expected_premium)  # L45
    return out


def sold_outcome(w: Wire) -> Outcome:
    """What became of one item: the first row of its outcome table that holds."""
    if dig(w, "result") == "成功" and dig(w, "policyNo"):  # L54
        return Outcome(kind=OutcomeKind.accepted)  # L54
    if dig(w, "result") == "处理中":  # L55
        return Outcome(kind=OutcomeKind.pending)  # L55
    if dig(w, "result") == "失败" and dig(w, "code"):  # L56
        return by_code(ERRORS, dig(w, "code"))  # L56
    return Outcome(kind=OutcomeKind.unknown)  # L57


def sold_in(w: Wire, problems: list[str]) -> BatchItemResult:
    """The carrier's `sold` as BatchItemResult."""
    outcome = UNKNOWN
    try:
        outcome = sold_outcome(w)
    except Exception as error:
        note(problems, error)
    result_text: str | None = None
    try:
        result_text = text_given(w.get("text"))  # L52
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(w.get("policyNo"))  # L50
    except Exception as error:
        note(problems, error)
    policy_issued_at: datetime | None = None
    try:
        policy_issued_at = (
            DATETIME_YYYY_M_MDD_H_HMM_08_00.read(v) if (v := value_in(w.get("issuedAt"))) is not None else None
        )  # L51
    except Exception as error:
        note(problems, error)
    ref: str | None = None
    try:
        ref = text_given(w.get("no"))  # L49
    except Exception as error:
        note(problems, error)
    policy: PolicyIssueResult | None = None
    try:
        policy = (
            PolicyIssueResult(
                numbers=(Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else (),
                issued_at=policy_issued_at,
            )
            if policy_number_no is not None or policy_issued_at is not None
            else None
        )  # L50
    except Exception as error:
        note(problems, error)
    return BatchItemResult(
        ref=ref,
        policy=policy,
        result=item_result(outcome, result_text, problems),
    )


ERRORS = ErrorTable(
    {
        "报文错误": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="报文无法解析"),  # L60
        "签名错误": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="签名错误"),  # L61
        "时间无效": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="时间戳无效"),  # L62
        "合作方无效": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="合作方未开通"),  # L63
        "流量超限": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="流量超限",
            because="7.1 流量超限，未处理，1 秒后再发",
            after_s=1.0,
        ),  # L64
        "系统忙": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="系统忙",
            because="9 系统忙，未受理：没有处理，5 秒后可再发",
            after_s=5.0,
        ),  # L65
        "字段错误": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="字段不符"),  # L66
        "产品无效": Outcome(kind=OutcomeKind.refused, code="channel.unsupported", text="没有该产品或方案"),  # L67
        "批量超限": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="超过一批的笔数"),  # L68
        "保费不符": Outcome(
            kind=OutcomeKind.declined, code="premium.mismatch", text="保费与方案不符", field="expected_premium"
        ),  # L69
        "保额不符": Outcome(
            kind=OutcomeKind.declined, code="underwriting.sum_limit", text="保额与方案不符", field="coverages"
        ),  # L70
        "频次过高": Outcome(kind=OutcomeKind.declined, code="underwriting.refused", text="退货过于频繁"),  # L71
        "名单限制": Outcome(
            kind=OutcomeKind.declined, code="underwriting.blacklist", text="不予承保", disclose=False
        ),  # L72
        "起保过早": Outcome(
            kind=OutcomeKind.declined, code="underwriting.period", text="起保时间已过", field="period"
        ),  # L73
        "无此单": Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="没有该业务单号或保单"),  # L74
        "系统异常": Outcome(kind=OutcomeKind.unknown, code="carrier.internal", text="系统异常"),  # L75
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L76
)
CARRIER = Carrier(
    id="tide",
    name="潮汐货运险（虚构）",
    version="2.0",
    mapping_sha256="e9c8fdba53ce29332db734d504d2dc0aa2610a24879a0b0de9361314bd31768c",
    operations={
        "policy.get": ("policy_get",),
        "policy.issue": ("policy_issue",),
        "policy.issue_batch": ("policy_issue_batch",),
    },
    unsupported={
        "cancellation.quote": "1.3 a premium is not given back",
        "cancellation.submit": "1.3 a premium is not given back",
        "claim.get": "1.3 paid by the carrier when the return is received",
        "claim.modify": "1.3 paid by the carrier when the return is received",
        "claim.report": "1.3 paid by the carrier when the return is received",
        "claim.submit": "1.3 paid by the carrier when the return is received",
        "claim.supplement": "1.3 paid by the carrier when the return is received",
        "claim.withdraw": "1.3 paid by the carrier when the return is received",
        "endorsement.quote": "1.3 nothing can be changed",
        "endorsement.submit": "1.3 nothing can be changed",
        "policy.document": "1.3 the policy number is the proof",
        "quote.create": "1.3 the price is fixed by plan",
        "underwriting.get": "1.3 decided at once when issuing",
        "underwriting.submit": "1.3 decided at once when issuing",
    },
    timeout=Timeout(connect_s=3.0, total_s=10.0),
    statement="statement",
    config_keys=("base_url", "partner"),
    secret_keys=("sign_key",),
    rate_per_s=200.0,
    batch_max=100,
)
