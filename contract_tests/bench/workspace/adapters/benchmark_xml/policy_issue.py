"""Benchmark carrier in GBK XML (fictional) 1.0.0 policy.issue.

Generated from mappings/carriers/benchmark_xml/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 869fecb561c98f3f1b38a98d118a7e88593c33a1b1cd4369ce88baf18aca0e47

from datetime import datetime
from typing import Any

from adapters.benchmark_xml.carrier import (
    ERRORS,
    decoded,
    encoded,
    insured_in,
    insured_out,
    person_in,
    person_out,
    risk_in,
    risk_out,
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
    each,
    echoed,
    element_in,
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
    until_codec,
    value_in,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/benchmark_xml/policy_issue.yaml"
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00 = until_codec("yyyy-MM-dd HH:mm:ss", "1s", "+08:00", False)
KNOWN = Known(
    {
        "@code": None,
        "Body": {
            "PolicyNo": None,
            "SignTime": None,
            "Prem": None,
            "Appnt": {
                "Stature": None,
                "Weight": None,
                "MaritalStatus": None,
                "Name": None,
                "Sex": None,
                "Birthday": None,
                "IDType": None,
                "IDNo": None,
                "Mobile": None,
                "Email": None,
                "Address": None,
            },
            "Insured": {
                "InsuredNo": None,
                "RelaToAppnt": None,
                "Stature": None,
                "Weight": None,
                "MaritalStatus": None,
                "Name": None,
                "Sex": None,
                "Birthday": None,
                "IDType": None,
                "IDNo": None,
                "Mobile": None,
                "Email": None,
                "Address": None,
            },
            "Risk": {"RiskCode": None, "Amnt": None, "Prem": None, "@main": None},
        },
        "ErrCode": None,
        "Head": {"SerialNo": None},
    }
)


def message(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "NB02"  # L6
    head["SerialNo"] = number_cut(ctx.request_no, 30)  # L7
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L8
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L9
    body: Wire = {}
    wire["Body"] = body
    if (product_code := text(ctx.binding.get("product_code"))) is not None:  # L10
        body["ProductCode"] = product_code  # L10
    period = req.period
    if period is not None:
        body["CValiDate"] = DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.send(period.start)  # L12
        body["EndDate"] = UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00.send(period.end)  # L13
    body["Prem"] = yuan_out(req.expected_premium)  # L14
    policyholder = req.policyholder
    body["Appnt"] = person_out(policyholder)  # L15
    if req.insureds:  # L16
        body["Insured"] = [insured_out(item) for item in req.insureds]  # L16
    if req.coverages:  # L17
        body["Risk"] = [risk_out(item) for item in req.coverages]  # L17
    return wire


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/xml", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    if unanswered(status):
        return UNKNOWN
    if status == 200 and dig(wire, "@code") == "1" and dig(wire, "Body", "PolicyNo"):  # L47
        return Outcome(kind=OutcomeKind.accepted)  # L47
    if status == 200 and dig(wire, "ErrCode"):  # L48
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L48
    return Outcome(kind=OutcomeKind.unknown)  # L49


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    body = element_in(wire, "Body", problems)  # L51
    insureds_read: list[Insured] = []
    try:
        for one in each(body.get("Insured")):  # L55
            try:
                insureds_read.append(insured_in(one, raw, "insureds."))  # L55
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    coverages_read: list[Coverage] = []
    try:
        for one in each(body.get("Risk")):  # L56
            try:
                coverages_read.append(risk_in(one))  # L56
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("PolicyNo"))  # L51
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("Prem"))) is not None else None  # L53
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.policy, no=policy_number_no),) if policy_number_no is not None else ()  # L51
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("SignTime"))) is not None else None
        )  # L52
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = (
            person_in(found, raw, "policyholder.") if (found := child(body, "Appnt")) is not None else None
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
        if not echoed(number_cut(ctx.request_no, 30), dig(wire, "Head", "SerialNo")):  # L45
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L45
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
    carrier="benchmark_xml",
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
    idempotency=Idempotency(kind="replay", key="Head.SerialNo", ttl_s=86400.0),
    safety=SafetyClass.write_replay,
)
