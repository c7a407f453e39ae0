"""潮汐货运险（虚构） 2.0 policy.issue_batch.

Generated from mappings/carriers/tide/policy_issue_batch.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 6dfba97c421a17031949bd827caf2d408a6cc31f63bdc6181948ea103e7e519a

from adapters.tide.carrier import ERRORS, order_out, sold_in
from gateway.model import BatchItem, BatchItemResult, PolicyIssueBatchRequest, PolicyIssueBatchResult, Reason
from gateway.wire import (
    Context,
    Forged,
    Idempotency,
    Inquiry,
    Known,
    Operation,
    Outcome,
    OutcomeKind,
    PipeForm,
    Place,
    Record,
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
    batch_of,
    by_code,
    cannot_send,
    charset_in,
    charset_out,
    cut_out,
    dig,
    dig_exact,
    each,
    echoed_in_yes,
    first_form,
    heard,
    hex_upper,
    matched_items,
    md5,
    message_in,
    need,
    note,
    now_text,
    number_cut,
    over,
    pipe_in,
    pipe_out,
    problem,
    put,
    same_signature,
    secret,
    text,
    text_given,
    text_in,
    unanswered,
    unmapped,
    with_former_keys,
)

MAPPING = "mappings/carriers/tide/policy_issue_batch.yaml"
PIPE = PipeForm(
    records=(
        Record(
            places=(
                Place(path=("ver",)),
                Place(path=("txn",)),
                Place(path=("partner",)),
                Place(path=("at",)),
                Place(path=("batchNo",)),
                Place(path=("product",)),
            ),
            starts="H",
        ),
        Record(
            places=(
                Place(path=("no",)),
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
            ),
            starts="D",
            items=("list",),
        ),
        Record(places=(Place(path=("count",)), Place(path=("total",))), starts="T"),
    )
)  # L6
PIPE_2 = PipeForm(records=(Record(places=(Place(path=("record",), rest=True), Place(path=("mac",)))),))  # L13
PIPE_3 = PipeForm(
    records=(
        Record(
            places=(
                Place(path=("ver",)),
                Place(path=("txn",)),
                Place(path=("batchNo",)),
                Place(path=("result",)),
                Place(path=("code",)),
                Place(path=("text",)),
            ),
            starts="H",
        ),
        Record(
            places=(
                Place(path=("no",)),
                Place(path=("result",)),
                Place(path=("code",)),
                Place(path=("text",)),
                Place(path=("policyNo",)),
                Place(path=("issuedAt",)),
            ),
            starts="D",
            items=("list",),
        ),
        Record(places=(Place(path=("count",)),), starts="T"),
    )
)  # L20
PIPE_4 = PipeForm(
    records=(
        Record(places=(Place(path=("ver",)), Place(path=("verdict",)), Place(path=("code",)), Place(path=("text",)))),
    )
)  # L29
KNOWN = Known(
    {
        "code": None,
        "result": None,
        "verdict": None,
        "batchNo": None,
        "ver": None,
        "txn": None,
        "count": None,
        "list": {"no": None, "policyNo": None, "issuedAt": None, "text": None, "code": None, "result": None},
        "text": None,
    }
)


def item_out(item: BatchItem, ctx: Context) -> Wire:
    out: Wire = {}
    out["no"] = cut_out(item.ref, 32)  # L44
    request = item.request
    out.update(order_out(request, ctx))  # L44
    return out


def message(req: PolicyIssueBatchRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["ver"] = "TD20"  # L35
    wire["txn"] = "批量承保"  # L36
    if (partner := text(ctx.config.get("partner"))) is not None:  # L37
        wire["partner"] = partner  # L37
    wire["at"] = now_text(ctx.now, "yyyyMMddHHmm", "+08:00")  # L38
    wire["batchNo"] = number_cut(ctx.request_no, 32)  # L39
    if (product := text(ctx.binding.get("product_code"))) is not None:  # L40
        wire["product"] = product  # L40
    wire["count"] = text(len(req.items))  # L41
    wire["total"] = text(sum(one.request.expected_premium.amount for one in req.items))  # L42
    if req.items:  # L44
        wire["list"] = [item_out(item, ctx) for item in req.items]  # L44
    return wire


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    message = pipe_out(wire, PIPE)  # L6
    body = charset_out(message, "GBK")  # L11
    mac = hex_upper(md5(over("GBK", body, secret(ctx, "sign_key"))))  # L12
    wrapper: Wire = {}  # L13
    put(wrapper, charset_in(body, "GBK"), "record")  # L13
    put(wrapper, mac, "mac")  # L13
    message = pipe_out(wrapper, PIPE_2)  # L13
    body = charset_out(message, "GBK")  # L14
    headers["Content-Type"] = "text/plain; charset=GBK"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def build(req: PolicyIssueBatchRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        batch_of(req.items, 100)
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/tide/record", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def decoded_once_1(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "GBK")  # L17
    wrapper = pipe_in(content, PIPE_2)  # L18
    content = text_in(dig_exact(wrapper, "record"))  # L18
    if not same_signature(
        hex_upper(md5(over("GBK", content.encode("gb18030"), secret(ctx, "sign_key")))), dig_exact(wrapper, "mac")
    ):  # L19
        raise Forged("the signature of the reply is not the carrier's")  # L19
    tree = pipe_in(content, PIPE_3)  # L20
    return message_in(tree)


def decoded_once_2(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "GBK")  # L26
    wrapper = pipe_in(content, PIPE_2)  # L27
    content = text_in(dig_exact(wrapper, "record"))  # L27
    if not same_signature(
        hex_upper(md5(over("GBK", content.encode("gb18030"), secret(ctx, "sign_key")))), dig_exact(wrapper, "mac")
    ):  # L28
        raise Forged("the signature of the reply is not the carrier's")  # L28
    tree = pipe_in(content, PIPE_4)  # L29
    return message_in(tree)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message of the first form that decodes."""
    return first_form(reply, ctx, decoded_once_1, decoded_once_2)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def classify(wire: Wire, reply: WireReply, req: PolicyIssueBatchRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "verdict") == "拒收" and dig(wire, "code"):  # L52
        return by_code(ERRORS, dig(wire, "code"))  # L52
    if dig(wire, "result") == "成功":  # L53
        return Outcome(kind=OutcomeKind.accepted)  # L53
    if dig(wire, "result") == "失败" and dig(wire, "code"):  # L54
        return by_code(ERRORS, dig(wire, "code"))  # L54
    return Outcome(kind=OutcomeKind.unknown)  # L55


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueBatchRequest, ctx: Context
) -> tuple[PolicyIssueBatchResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("code"))  # L58
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("text"))  # L59
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L58
    except Exception as error:
        note(problems, error)
    items: tuple[BatchItemResult, ...] = ()
    try:
        items = tuple([sold_in(one, problems) for one in each(wire.get("list"))])  # L57
    except Exception as error:
        note(problems, error)
    return PolicyIssueBatchResult(reasons=reasons, items=items), problems


def parse(reply: WireReply, req: PolicyIssueBatchRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "batchNo"), outcome):  # L48
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L48
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    result = matched_items(req, result, outcome, problems)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN, UNMAPPED_MAX),
        wire=wire,
    )


def serves(req: PolicyIssueBatchRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(
        all(
            all(
                one2.relationship_to_policyholder is None or one2.relationship_to_policyholder == "self"
                for one2 in one.request.insureds
            )
            for one in req.items
        )
    )  # L4


OPERATION = Operation(
    carrier="tide",
    name="policy.issue_batch",
    steps=(
        Step(
            name="policy.issue_batch",
            operation="policy.issue_batch",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=10.0),
        ),
    ),
    idempotency=Idempotency(kind="query_only"),
    inquiry=Inquiry(
        operation="policy.get",
        visibility_lag_s=20.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 20.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
    when=serves,
)
