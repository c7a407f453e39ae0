"""潮汐货运险（虚构） 2.0 policy.issue.

Generated from mappings/carriers/tide/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 2a2d324eaf39ce8fbcc329e8da4af037ee8e71cec4d4c7955631703287b8b31d

from datetime import datetime

from adapters.tide.carrier import ERRORS, decoded, encoded, order_out
from gateway.model import Money, Number, NumberKind, PolicyIssueRequest, PolicyIssueResult, Premium, Reason
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
    by_code,
    cannot_send,
    datetime_codec,
    dig,
    echoed_in_yes,
    heard,
    need,
    note,
    now_text,
    number_cut,
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    value_in,
    yuan_in,
)

MAPPING = "mappings/carriers/tide/policy_issue.yaml"
DATETIME_YYYY_M_MDD_H_HMM_08_00 = datetime_codec("yyyyMMddHHmm", "+08:00", False)
KNOWN = Known(
    {
        "code": None,
        "policyNo": None,
        "result": None,
        "verdict": None,
        "no": None,
        "ver": None,
        "txn": None,
        "issuedAt": None,
        "premium": None,
        "text": None,
    }
)


def message(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["ver"] = "TD20"  # L10
    wire["txn"] = "承保"  # L11
    if (partner := text(ctx.config.get("partner"))) is not None:  # L12
        wire["partner"] = partner  # L12
    wire["at"] = now_text(ctx.now, "yyyyMMddHHmm", "+08:00")  # L13
    wire["no"] = number_cut(ctx.request_no, 32)  # L14
    if (product := text(ctx.binding.get("product_code"))) is not None:  # L15
        wire["product"] = product  # L15
    wire.update(order_out(req, ctx))  # L17
    return wire


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/tide/record", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "verdict") == "拒收" and dig(wire, "code"):  # L25
        return by_code(ERRORS, dig(wire, "code"))  # L25
    if dig(wire, "result") == "成功" and dig(wire, "policyNo"):  # L26
        return Outcome(kind=OutcomeKind.accepted)  # L26
    if dig(wire, "result") == "处理中":  # L27
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=30.0, for_s=3600.0)  # L27
    if dig(wire, "result") == "失败" and dig(wire, "code"):  # L28
        return by_code(ERRORS, dig(wire, "code"))  # L28
    return Outcome(kind=OutcomeKind.unknown)  # L29


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(wire.get("policyNo"))  # L31
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(wire.get("premium"))) is not None else None  # L33
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("code"))  # L34
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("text"))  # L35
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L31
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L34
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_M_MDD_H_HMM_08_00.read(v) if (v := value_in(wire.get("issuedAt"))) is not None else None
        )  # L32
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L33
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(numbers=numbers, reasons=reasons, issued_at=issued_at, premium=premium), problems


def parse(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "no"), outcome):  # L21
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L21
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


def serves(req: PolicyIssueRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(
        all(
            one.relationship_to_policyholder is None or one.relationship_to_policyholder == "self"
            for one in req.insureds
        )
    )  # L4


OPERATION = Operation(
    carrier="tide",
    name="policy.issue",
    steps=(
        Step(
            name="policy.issue",
            operation="policy.issue",
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
