"""潮汐货运险（虚构） 2.0 policy.get.

Generated from mappings/carriers/tide/policy_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: c7b4330efd16d3a1e34f80d85553755784ff8567a1d59b924a6d36fb7bf14ca4

from datetime import datetime

from adapters.tide.carrier import ERRORS
from adapters.tide.codes import STATUS_IN
from gateway.model import (
    Freight,
    FreightObject,
    InsuredObject,
    Money,
    Number,
    NumberKind,
    Party,
    Period,
    PolicyGetRequest,
    PolicyGetResult,
    PolicyStatus,
    Premium,
    Reason,
)
from gateway.wire import (
    Context,
    Forged,
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
    by_code,
    cannot_send,
    charset_in,
    charset_out,
    datetime_codec,
    dig,
    dig_exact,
    echoed_in_yes,
    first,
    first_form,
    fit,
    heard,
    hex_upper,
    md5,
    message_in,
    need,
    note,
    now_text,
    number_cut,
    only_out,
    over,
    pipe_in,
    pipe_out,
    problem,
    put,
    require,
    same_signature,
    secret,
    text,
    text_given,
    text_in,
    unanswered,
    unmapped,
    value_in,
    with_former_keys,
    yuan_in,
)

MAPPING = "mappings/carriers/tide/policy_get.yaml"
PIPE = PipeForm(
    records=(
        Record(
            places=(
                Place(path=("ver",)),
                Place(path=("txn",)),
                Place(path=("partner",)),
                Place(path=("at",)),
                Place(path=("no",)),
                Place(path=("origNo",)),
                Place(path=("policyNo",)),
            )
        ),
    )
)  # L5
PIPE_2 = PipeForm(records=(Record(places=(Place(path=("record",), rest=True), Place(path=("mac",)))),))  # L8
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
                Place(path=("origNo",)),
                Place(path=("policyNo",)),
                Place(path=("status",)),
                Place(path=("product",)),
                Place(path=("plan",)),
                Place(path=("start",)),
                Place(path=("end",)),
                Place(path=("sum",)),
                Place(path=("premium",)),
                Place(path=("name",)),
                Place(path=("orderNo",)),
                Place(path=("issuedAt",)),
            )
        ),
    )
)  # L15
PIPE_4 = PipeForm(
    records=(
        Record(places=(Place(path=("ver",)), Place(path=("verdict",)), Place(path=("code",)), Place(path=("text",)))),
    )
)  # L20
DATETIME_YYYY_M_MDD_H_HMM_08_00 = datetime_codec("yyyyMMddHHmm", "+08:00", False)
KNOWN = Known(
    {
        "code": None,
        "origNo": None,
        "policyNo": None,
        "result": None,
        "verdict": None,
        "no": None,
        "ver": None,
        "txn": None,
        "product": None,
        "plan": None,
        "sum": None,
        "status": None,
        "start": None,
        "end": None,
        "premium": None,
        "name": None,
        "orderNo": None,
        "issuedAt": None,
        "text": None,
    }
)


def message(req: PolicyGetRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["ver"] = "TD20"  # L24
    wire["txn"] = "查询"  # L25
    if (partner := text(ctx.config.get("partner"))) is not None:  # L26
        wire["partner"] = partner  # L26
    wire["at"] = now_text(ctx.now, "yyyyMMddHHmm", "+08:00")  # L27
    wire["no"] = number_cut(ctx.attempt_no, 32)  # L28
    if (
        orig_no := None if any(one.kind == "policy" for one in req.numbers) else number_cut(ctx.request_no, 32)
    ) is not None:  # L29
        wire["origNo"] = orig_no  # L29
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L31
    if policy_number is not None:  # L31
        wire["policyNo"] = fit(policy_number.no, 20, "GBK")  # L31
    return wire


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    message = pipe_out(wire, PIPE)  # L5
    body = charset_out(message, "GBK")  # L6
    mac = hex_upper(md5(over("GBK", body, secret(ctx, "sign_key"))))  # L7
    wrapper: Wire = {}  # L8
    put(wrapper, charset_in(body, "GBK"), "record")  # L8
    put(wrapper, mac, "mac")  # L8
    message = pipe_out(wrapper, PIPE_2)  # L8
    body = charset_out(message, "GBK")  # L9
    headers["Content-Type"] = "text/plain; charset=GBK"
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def build(req: PolicyGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/tide/record", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def decoded_once_1(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "GBK")  # L12
    wrapper = pipe_in(content, PIPE_2)  # L13
    content = text_in(dig_exact(wrapper, "record"))  # L13
    if not same_signature(
        hex_upper(md5(over("GBK", content.encode("gb18030"), secret(ctx, "sign_key")))), dig_exact(wrapper, "mac")
    ):  # L14
        raise Forged("the signature of the reply is not the carrier's")  # L14
    tree = pipe_in(content, PIPE_3)  # L15
    return message_in(tree)


def decoded_once_2(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "GBK")  # L17
    wrapper = pipe_in(content, PIPE_2)  # L18
    content = text_in(dig_exact(wrapper, "record"))  # L18
    if not same_signature(
        hex_upper(md5(over("GBK", content.encode("gb18030"), secret(ctx, "sign_key")))), dig_exact(wrapper, "mac")
    ):  # L19
        raise Forged("the signature of the reply is not the carrier's")  # L19
    tree = pipe_in(content, PIPE_4)  # L20
    return message_in(tree)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message of the first form that decodes."""
    return first_form(reply, ctx, decoded_once_1, decoded_once_2)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def classify(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "verdict") == "拒收" and dig(wire, "code"):  # L39
        return by_code(ERRORS, dig(wire, "code"))  # L39
    if dig(wire, "result") == "失败" and dig(wire, "code"):  # L40
        return by_code(ERRORS, dig(wire, "code"))  # L40
    if any(one.kind == "policy" for one in req.numbers) and dig(wire, "policyNo") != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
        else None
    ):  # L41
        return Outcome(kind=OutcomeKind.unknown)  # L41
    if not any(one.kind == "policy" for one in req.numbers) and dig(wire, "origNo") != number_cut(
        ctx.request_no, 32
    ):  # L42
        return Outcome(kind=OutcomeKind.unknown)  # L42
    if dig(wire, "result") == "成功" and dig(wire, "policyNo"):  # L43
        return Outcome(kind=OutcomeKind.accepted)  # L43
    if dig(wire, "result") == "处理中":  # L44
        return Outcome(kind=OutcomeKind.pending)  # L44
    return Outcome(kind=OutcomeKind.unknown)  # L45


def read_result(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> tuple[PolicyGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(wire.get("policyNo"))  # L47
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_YYYY_M_MDD_H_HMM_08_00.read(v) if (v := value_in(wire.get("start"))) is not None else None
        )  # L49
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            DATETIME_YYYY_M_MDD_H_HMM_08_00.read(v) if (v := value_in(wire.get("end"))) is not None else None
        )  # L50
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(wire.get("premium"))) is not None else None  # L51
    except Exception as error:
        note(problems, error)
    policyholder_name: str | None = None
    try:
        policyholder_name = text_given(wire.get("name"))  # L52
    except Exception as error:
        note(problems, error)
    object_freight_order_no: str | None = None
    try:
        object_freight_order_no = text_given(wire.get("orderNo"))  # L53
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("code"))  # L55
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("text"))  # L56
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L47
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L55
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = (
            STATUS_IN[v] if dig(wire, "result") == "成功" and (v := value_in(wire.get("status"))) is not None else None
        )  # L48
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "start"), end=require(period_end, "end"))
            if period_start is not None or period_end is not None
            else None
        )  # L49
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_M_MDD_H_HMM_08_00.read(v) if (v := value_in(wire.get("issuedAt"))) is not None else None
        )  # L54
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = Party(name=policyholder_name) if policyholder_name is not None else None  # L52
    except Exception as error:
        note(problems, error)
    objects: tuple[InsuredObject, ...] = ()
    try:
        objects = (
            (FreightObject(freight=Freight(order_no=object_freight_order_no)),)
            if object_freight_order_no is not None
            else ()
        )  # L53
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L51
    except Exception as error:
        note(problems, error)
    return PolicyGetResult(
        numbers=numbers,
        reasons=reasons,
        status=status,
        period=period,
        issued_at=issued_at,
        policyholder=policyholder,
        objects=objects,
        premium=premium,
    ), problems


def parse(reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.attempt_no, 32), dig(wire, "no"), outcome):  # L35
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L35
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN, UNMAPPED_MAX),
        wire=wire,
    )


OPERATION = Operation(
    carrier="tide",
    name="policy.get",
    steps=(
        Step(
            name="policy.get",
            operation="policy.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=10.0),
        ),
    ),
    safety=SafetyClass.read,
)
