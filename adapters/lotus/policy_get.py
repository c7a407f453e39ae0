"""莲花财险（虚构） 2.0.0 policy.get.

Generated from mappings/carriers/lotus/policy_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 72281d888f0930c5116dddb65b18dc71aa30482cc7cd4bfb93a41f50926daa01

from datetime import datetime
from typing import Any

from adapters.lotus.carrier import ERRORS, applicant_in, coverage_in, decoded, encoded, insured_told_in
from adapters.lotus.codes import POLICY_STATUS_IN
from gateway.model import (
    Coverage,
    Insured,
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
    fen_number_in,
    first,
    fit,
    heard,
    need,
    note,
    now_text,
    number_cut,
    only_out,
    present,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    until_codec,
    value_in,
)

MAPPING = "mappings/carriers/lotus/policy_get.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00 = until_codec("yyyyMMddHHmmss", "1s", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "origRequestNo": None,
            "policy": {
                "policyStatus": None,
                "productCode": None,
                "planCode": None,
                "orderInfo": None,
                "travelInfo": None,
                "endorseList": None,
                "policyNo": None,
                "issueTime": None,
                "startTime": None,
                "endTime": None,
                "applicant": {
                    "name": None,
                    "idType": None,
                    "idNo": None,
                    "gender": None,
                    "birthday": None,
                    "mobile": None,
                    "email": None,
                    "address": None,
                },
                "insuredList": {
                    "benefType": None,
                    "benefList": None,
                    "insuredRef": None,
                    "relation": None,
                    "name": None,
                    "idType": None,
                    "idNo": None,
                    "gender": None,
                    "birthday": None,
                    "mobile": None,
                    "certNo": None,
                    "insuredStatus": None,
                    "insuredCode": None,
                },
                "coverageList": {"coverageCode": None, "sumInsured": None},
                "totalPremium": None,
            },
            "policyNo": None,
            "reasonCode": None,
            "transStatus": None,
            "transType": None,
            "refundAmount": None,
            "applyNo": None,
            "endorseNo": None,
            "reasonMsg": None,
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: PolicyGetRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH2001"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L9
    body: Wire = {}
    wire["body"] = body
    body["queryType"] = "2" if any(one.kind == "policy" for one in req.numbers) else "1"  # L10
    if (
        orig_request_no := None if any(one.kind == "policy" for one in req.numbers) else number_cut(ctx.request_no, 32)
    ) is not None:  # L11
        body["origRequestNo"] = orig_request_no  # L11
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L13
    if policy_number is not None:  # L13
        body["policyNo"] = fit(policy_number.no, 24, "UTF-8")  # L13
    return wire


def build(req: PolicyGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L31
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L31
    if any(one.kind == "policy" for one in req.numbers) and text_of(dig(wire, "body", "policyNo")) != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
        else None
    ):  # L32
        return Outcome(kind=OutcomeKind.unknown)  # L32
    if any(one.kind == "policy" for one in req.numbers) and dig(wire, "body", "policy", "policyStatus"):  # L33
        return Outcome(kind=OutcomeKind.accepted)  # L33
    if text_of(dig(wire, "body", "origRequestNo")) != number_cut(ctx.request_no, 32):  # L34
        return Outcome(kind=OutcomeKind.unknown)  # L34
    if text_of(dig(wire, "body", "transStatus")) == "1" and dig(wire, "body", "policyNo"):  # L35
        return Outcome(kind=OutcomeKind.accepted)  # L35
    if text_of(dig(wire, "body", "transStatus")) == "2":  # L36
        return Outcome(kind=OutcomeKind.pending)  # L36
    if text_of(dig(wire, "body", "transStatus")) == "4":  # L37
        return Outcome(kind=OutcomeKind.pending, code="underwriting.manual")  # L37
    if text_of(dig(wire, "body", "transStatus")) == "3":  # L38
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L38
    return Outcome(kind=OutcomeKind.unknown)  # L39


def read_result(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> tuple[PolicyGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    body = element_in(wire, "body", problems)  # L41
    policy = element_in(body, "policy", problems)  # L42
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("policyNo"))  # L42
    except Exception as error:
        note(problems, error)
    try:
        if policy_number_no is None:  # L42
            policy_number_no = text_given(policy.get("policyNo"))  # L42
    except Exception as error:
        note(problems, error)
    insureds_read: list[Insured] = []
    try:
        for one in each(policy.get("insuredList")):  # L49
            try:
                insureds_read.append(insured_told_in(one, raw, "insureds."))  # L49
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    coverages_read: list[Coverage] = []
    try:
        for one in each(policy.get("coverageList")):  # L50
            try:
                coverages_read.append(coverage_in(one))  # L50
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "head", problems)  # L52
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L52
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L52
            reason_code = (
                text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L52
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonMsg"))  # L53
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L53
            reason_text = (
                text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L53
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("applyNo"))  # L41
    except Exception as error:
        note(problems, error)
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(body.get("endorseNo"))  # L43
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(policy.get("startTime"))) is not None else None
        )  # L46
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            UNTIL_YYYY_M_MDD_H_HMMSS_1_S_08_00.read(v) if (v := value_in(policy.get("endTime"))) is not None else None
        )  # L47
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = fen_number_in(v) if (v := value_in(policy.get("totalPremium"))) is not None else None  # L51
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
            Number(kind=NumberKind.endorsement, no=endorsement_number_no)
            if endorsement_number_no is not None
            else None,
        )  # L41
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L52
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = POLICY_STATUS_IN[v] if (v := value_in(policy.get("policyStatus"))) is not None else None  # L44
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "body.policy.startTime"), end=require(period_end, "body.policy.endTime"))
            if period_start is not None or period_end is not None
            else None
        )  # L46
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(policy.get("issueTime"))) is not None else None
        )  # L45
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = (
            applicant_in(found, raw, "policyholder.") if (found := child(policy, "applicant")) is not None else None
        )  # L48
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L49
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = tuple(coverages_read)  # L50
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
    return PolicyGetResult(
        numbers=numbers,
        reasons=reasons,
        ext=ext,
        status=status,
        period=period,
        issued_at=issued_at,
        policyholder=policyholder,
        insureds=insureds,
        coverages=coverages,
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
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L28
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L28
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
    carrier="lotus",
    name="policy.get",
    steps=(
        Step(
            name="policy.get",
            operation="policy.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
