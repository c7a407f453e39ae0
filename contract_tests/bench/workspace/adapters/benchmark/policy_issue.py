"""Benchmark carrier (fictional) 1.0.0 policy.issue.

Generated from mappings/carriers/benchmark/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: c87f1d25d4d07ff3e37bf94b984216b71e4bad8e8c74fb19e608de47b2f60c27

from datetime import datetime
from typing import Any

from adapters.benchmark.carrier import (
    ERRORS,
    cover_in,
    cover_out,
    decoded,
    encoded,
    insured_in,
    insured_out,
    person_in,
    person_out,
)
from gateway.model import (
    Coverage,
    Insured,
    Money,
    Number,
    NumberKind,
    Party,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
)
from gateway.wire import (
    Context,
    Idempotency,
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
    child,
    datetime_codec,
    datetime_of,
    dig,
    each,
    echoed,
    element_in,
    heard,
    need,
    note,
    now_text,
    number_cut,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    until_codec,
    value_in,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/benchmark/policy_issue.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00 = until_codec("yyyyMMddHHmmss", "1s", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "issued": None,
            "policyNo": None,
            "premium": None,
            "holder": {
                "name": None,
                "sex": None,
                "birthday": None,
                "idType": None,
                "idNo": None,
                "mobile": None,
                "email": None,
                "country": None,
                "city": None,
                "address": None,
            },
            "insureds": {
                "ref": None,
                "name": None,
                "sex": None,
                "birthday": None,
                "idType": None,
                "idNo": None,
                "mobile": None,
                "email": None,
                "country": None,
                "city": None,
                "address": None,
                "relation": None,
            },
            "covers": {
                "code": None,
                "name": None,
                "main": None,
                "sum": None,
                "premium": None,
                "unit": None,
                "length": None,
            },
        },
        "head": {"result": None, "serial": None},
    }
)


def message(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["code"] = "ISSUE"  # L6
    head["serial"] = number_cut(ctx.request_no, 30)  # L7
    head["sent"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L8
    if (partner := ctx.config.get("partner")) is not None:  # L9
        head["partner"] = partner  # L9
    body: Wire = {}
    wire["body"] = body
    if (product := ctx.binding.get("product_code")) is not None:  # L10
        body["product"] = product  # L10
    body["count"] = len(req.insureds)  # L11
    period = req.period
    if period is not None:
        body["start"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(period.start)  # L13
        body["end"] = UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.send(period.end)  # L14
    body["premium"] = yuan_out(req.expected_premium)  # L15
    body["orderNo"] = req.client_ref  # L16
    policyholder = req.policyholder
    body["holder"] = person_out(policyholder)  # L17
    if req.insureds:  # L18
        body["insureds"] = [insured_out(item) for item in req.insureds]  # L18
    if req.coverages:  # L19
        body["covers"] = [cover_out(item) for item in req.coverages]  # L19
    return wire


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/api", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    if unanswered(status):
        return UNKNOWN
    if status == 200 and text_of(dig(wire, "head", "result")) == "0000" and dig(wire, "body", "policyNo"):  # L48
        return Outcome(kind=OutcomeKind.accepted)  # L48
    if status == 200:  # L49
        return by_code(ERRORS, dig(wire, "head", "result"))  # L49
    return Outcome(kind=OutcomeKind.unknown)  # L50


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    body = element_in(wire, "body", problems)  # L52
    insureds_read: list[Insured] = []
    try:
        for one in each(body.get("insureds")):  # L55
            try:
                insureds_read.append(insured_in(one, raw, "insureds."))  # L55
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    coverages_read: list[Coverage] = []
    try:
        for one in each(body.get("covers")):  # L56
            try:
                coverages_read.append(cover_in(one))  # L56
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("policyNo"))  # L52
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("premium"))) is not None else None  # L53
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L52
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = datetime_of(dig(wire, "body", "issued"), "yyyyMMddHHmmss", "+08:00")  # L58
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = (
            person_in(found, raw, "policyholder.") if (found := child(body, "holder")) is not None else None
        )  # L54
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L55
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = tuple(coverages_read)  # L56
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L53
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
        issued_at=issued_at,
        policyholder=policyholder,
        insureds=insureds,
        coverages=coverages,
        premium=premium,
    ), problems


def parse(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 30), dig(wire, "head", "serial")):  # L46
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L46
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
    carrier="benchmark",
    name="policy.issue",
    steps=(
        Step(
            name="policy.issue",
            operation="policy.issue",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=10.0),
        ),
    ),
    idempotency=Idempotency(kind="replay", key="head.serial", ttl_s=86400.0),
    safety=SafetyClass.write_replay,
)
