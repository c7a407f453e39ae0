"""Benchmark carrier in SOAP (fictional) 1.0.0 policy.issue.

Generated from mappings/carriers/benchmark_soap/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 01eb6aeafba1bfdec5c7f8777895411aa7ab4b358ad55bf69dfda08570b87c21

from datetime import datetime
from typing import Any

from adapters.benchmark_soap.carrier import (
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
    dig,
    dig_exact,
    each,
    echoed,
    heard,
    money_codec,
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
)

MAPPING = "mappings/carriers/benchmark_soap/policy_issue.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN = Known(
    {
        "Fault": {"code": None},
        "policyNo": None,
        "serial": None,
        "issuedAt": None,
        "premium@currency": None,
        "premium": None,
        "holder": {
            "fullName": {"@sex": None},
            "birthDate": None,
            "document": {"type": None, "number": None},
            "phone": None,
            "email": None,
            "address": {"country": None, "city": None, "line": None},
        },
        "insured": {
            "@ref": None,
            "relation": None,
            "person": {
                "fullName": {"@sex": None},
                "birthDate": None,
                "document": {"type": None, "number": None},
                "phone": None,
                "email": None,
                "address": {"country": None, "city": None, "line": None},
            },
        },
        "cover": {
            "code": None,
            "name": None,
            "main": None,
            "b:limit@currency": None,
            "limit": None,
            "b:premium@currency": None,
            "premium": None,
        },
    }
)


def message(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["b:serial"] = number_cut(ctx.request_no, 30)  # L6
    wire["b:sentAt"] = now_text(ctx.now, "iso", "+08:00")  # L7
    if (b_product := text(ctx.binding.get("product_code"))) is not None:  # L8
        wire["b:product"] = b_product  # L8
    period = req.period
    b_period: Wire = {}
    wire["b:period"] = b_period
    if period is not None:
        b_period["b:from"] = DATETIME_ISO_08_00.send(period.start)  # L10
        b_period["b:to"] = DATETIME_ISO_08_00.send(period.end)  # L11
    b_premium: Wire = {}
    wire["b:premium"] = b_premium
    b_premium["#text"] = MONEY_MAJOR.send(req.expected_premium)  # L12
    b_premium["@currency"] = req.expected_premium.currency  # L12
    policyholder = req.policyholder
    wire["b:holder"] = person_out(policyholder)  # L13
    if req.insureds:  # L14
        wire["b:insured"] = [insured_out(item) for item in req.insureds]  # L14
    if req.coverages:  # L15
        wire["b:cover"] = [cover_out(item) for item in req.coverages]  # L15
    if not b_period:
        del wire["b:period"]
    return wire


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/soap",
            message(req, ctx),
            ctx,
            "b:issuePolicy",
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    if unanswered(status, 500):
        return UNKNOWN
    if status == 200 and dig(wire, "policyNo"):  # L45
        return Outcome(kind=OutcomeKind.accepted)  # L45
    if status in (200, 500) and dig(wire, "Fault", "code"):  # L46
        return by_code(ERRORS, dig(wire, "Fault", "code"))  # L46
    return Outcome(kind=OutcomeKind.unknown)  # L47


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    insureds_read: list[Insured] = []
    try:
        for one in each(wire.get("insured")):  # L53
            try:
                insureds_read.append(insured_in(one, raw, "insureds."))  # L53
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    coverages_read: list[Coverage] = []
    try:
        for one in each(wire.get("cover")):  # L54
            try:
                coverages_read.append(cover_in(one))  # L54
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(wire.get("policyNo"))  # L49
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = (
            MONEY_MAJOR.read(v, value_in(dig_exact(wire, "premium", "@currency")))
            if (v := value_in(wire.get("premium"))) is not None
            else None
        )  # L51
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L49
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = DATETIME_ISO_08_00.read(v) if (v := value_in(wire.get("issuedAt"))) is not None else None  # L50
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = (
            person_in(found, raw, "policyholder.") if (found := child(wire, "holder")) is not None else None
        )  # L52
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L53
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = tuple(coverages_read)  # L54
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L51
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
        if not echoed(number_cut(ctx.request_no, 30), dig(wire, "serial")):  # L43
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L43
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
    carrier="benchmark_soap",
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
    idempotency=Idempotency(kind="replay", key="b:serial", ttl_s=86400.0),
    safety=SafetyClass.write_replay,
)
