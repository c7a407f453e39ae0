"""青竹人寿（虚构） 3.1 policy.get.

Generated from mappings/carriers/bamboo/policy_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 6daecf4b13d3e4a9a36c85e872c19342084e3f56c3bd08cf24de44fc10c8ace1

from datetime import datetime
from typing import Any

from adapters.bamboo.carrier import ERRORS, coverage_in, decoded, encoded, insured_told_in, policyholder_in
from adapters.bamboo.codes import POLICY_STATUS_IN
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
    datetime_of,
    dig,
    each,
    echoed,
    element_in,
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
    text,
    text_given,
    unanswered,
    unmapped,
    until_codec,
    value_in,
    yuan_in,
)

MAPPING = "mappings/carriers/bamboo/policy_get.yaml"
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
DATETIME_HH_08_00 = datetime_codec("HH", "+08:00", False)
UNTIL_YYYY_MM_DD_1_D_08_00 = until_codec("yyyy-MM-dd", "1d", "+08:00", False)
KNOWN = Known(
    {
        "@code": None,
        "Body": {
            "Cont": {
                "Appnt": {
                    "Name": None,
                    "IDType": None,
                    "IDNo": None,
                    "Sex": None,
                    "Birthday": None,
                    "Mobile": None,
                    "Email": None,
                    "Address": None,
                    "Stature": None,
                    "Weight": None,
                    "MaritalStatus": None,
                    "WorkCode": None,
                },
                "CValiDate": None,
                "CValiHour": None,
                "ContState": None,
                "EndDate": None,
                "EndHour": None,
                "IssueDate": None,
                "IssueTime": None,
                "PolicyNo": None,
                "UWCode": None,
                "ProductCode": None,
                "PlanCode": None,
                "Trip": None,
                "RefundAmount": None,
                "CancelDate": None,
                "ApplyNo": None,
                "EdorNo": None,
                "Insured": {
                    "BnfType": None,
                    "Bnf": None,
                    "InsuredNo": None,
                    "RelaToAppnt": None,
                    "Name": None,
                    "IDType": None,
                    "IDNo": None,
                    "Sex": None,
                    "Birthday": None,
                    "Mobile": None,
                    "Email": None,
                    "Address": None,
                    "Stature": None,
                    "Weight": None,
                    "MaritalStatus": None,
                    "WorkCode": None,
                    "CertNo": None,
                },
                "Risk": {"RiskCode": None, "Amnt": None},
                "Prem": None,
                "UWMsg": None,
            }
        },
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message(req: PolicyGetRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "QY01"  # L8
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L9
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L10
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L11
    head["ChannelCode"] = "" if (channel_code := text(ctx.config.get("channel_code"))) is None else channel_code  # L12
    body: Wire = {}
    wire["Body"] = body
    body["QueryType"] = "2" if any(one.kind == "policy" for one in req.numbers) else "1"  # L13
    body["AppntIDNo"] = (
        ""
        if (
            appnt_id_no := None
            if any(one.kind == "policy" for one in req.numbers)
            else found_id_document.number.upper()
            if (found_id_document := first(req.policyholder.id_docs)) is not None
            else None
        )
        is None
        else appnt_id_no
    )  # L14
    body["ProductCode"] = (
        ""
        if (
            product_code := text(
                None if any(one.kind == "policy" for one in req.numbers) else ctx.binding.get("product_code")
            )
        )
        is None
        else product_code
    )  # L15
    body["CValiDate"] = (
        ""
        if (
            c_vali_date := None
            if any(one.kind == "policy" for one in req.numbers)
            else DATETIME_YYYY_MM_DD_08_00.send(req.period.start)
            if req.period is not None
            else None
        )
        is None
        else c_vali_date
    )  # L16
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L18
    body["PolicyNo"] = fit(policy_number.no, 24, "GBK") if policy_number is not None else ""  # L18
    return wire


def build(req: PolicyGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "@code") == "0":  # L34
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L34
    if dig(wire, "@code") != "1" or dig(wire, "Body", "Cont", "ContState") is None:  # L35
        return Outcome(kind=OutcomeKind.unknown)  # L35
    if any(one.kind == "policy" for one in req.numbers) and dig(wire, "Body", "Cont", "PolicyNo") != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
        else None
    ):  # L36
        return Outcome(kind=OutcomeKind.unknown)  # L36
    if dig(wire, "Body", "Cont", "ContState") in ("4", "5", "6") and dig(wire, "Body", "Cont", "PolicyNo"):  # L37
        return Outcome(kind=OutcomeKind.accepted)  # L37
    if dig(wire, "Body", "Cont", "Appnt", "Name") != req.policyholder.name:  # L38
        return Outcome(kind=OutcomeKind.unknown)  # L38
    if dig(wire, "Body", "Cont", "EndDate") != (
        UNTIL_YYYY_MM_DD_1_D_08_00.send(req.period.end)
        if req.period is not None and DATETIME_HH_08_00.send(req.period.end) == "00"
        else DATETIME_YYYY_MM_DD_08_00.send(req.period.end)
        if req.period is not None
        else None
    ):  # L39
        return Outcome(kind=OutcomeKind.unknown)  # L39
    if dig(wire, "Body", "Cont", "ContState") == "1":  # L40
        return Outcome(kind=OutcomeKind.pending)  # L40
    if dig(wire, "Body", "Cont", "ContState") == "2":  # L41
        return Outcome(kind=OutcomeKind.pending, code="underwriting.manual", text="人工核保中")  # L41
    if dig(wire, "Body", "Cont", "ContState") == "3":  # L42
        return by_code(ERRORS, dig(wire, "Body", "Cont", "UWCode"))  # L42
    if dig(wire, "Body", "Cont", "ContState") == "9":  # L43
        return Outcome(kind=OutcomeKind.declined, code="application.expired", text="投保单已失效")  # L43
    return Outcome(kind=OutcomeKind.unknown)  # L44


def read_result(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> tuple[PolicyGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    body = element_in(wire, "Body", problems)  # L46
    cont = element_in(body, "Cont", problems)  # L46
    insureds_read: list[Insured] = []
    try:
        for one in each(cont.get("Insured")):  # L51
            try:
                insureds_read.append(insured_told_in(one, raw, "insureds."))  # L51
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    coverages_read: list[Coverage] = []
    try:
        for one in each(cont.get("Risk")):  # L52
            try:
                coverages_read.append(coverage_in(one))  # L52
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(cont.get("UWCode"))  # L54
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L54
            reason_code = text_given(wire.get("ErrCode"))  # L54
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(cont.get("UWMsg"))  # L55
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L55
            reason_text = text_given(wire.get("ErrMsg"))  # L55
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(cont.get("ApplyNo"))  # L46
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(cont.get("PolicyNo"))  # L47
    except Exception as error:
        note(problems, error)
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(cont.get("EdorNo"))  # L48
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(cont.get("Prem"))) is not None else None  # L53
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = datetime_of(
            found_value + found_value2
            if (found_value := dig(wire, "Body", "Cont", "CValiDate")) is not None
            and (found_value2 := dig(wire, "Body", "Cont", "CValiHour")) is not None
            else None,
            "yyyy-MM-ddHH",
            "+08:00",
        )  # L58
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            (
                UNTIL_YYYY_MM_DD_1_D_08_00.read(found_value)
                if (found_value := dig(wire, "Body", "Cont", "EndDate")) is not None
                else None
            )
            if dig(wire, "Body", "Cont", "EndHour") == "24"
            else datetime_of(
                found_value2 + found_value3
                if (found_value2 := dig(wire, "Body", "Cont", "EndDate")) is not None
                and (found_value3 := dig(wire, "Body", "Cont", "EndHour")) is not None
                else None,
                "yyyy-MM-ddHH",
                "+08:00",
            )
        )  # L59
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
        )  # L46
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L54
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = POLICY_STATUS_IN[v] if (v := value_in(cont.get("ContState"))) is not None else None  # L49
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "start"), end=require(period_end, "end"))
            if period_start is not None or period_end is not None
            else None
        )  # L58
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = datetime_of(
            found_value + found_value2
            if (found_value := dig(wire, "Body", "Cont", "IssueDate")) is not None
            and (found_value2 := dig(wire, "Body", "Cont", "IssueTime")) is not None
            else None,
            "yyyy-MM-ddHH:mm:ss",
            "+08:00",
        )  # L57
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = (
            policyholder_in(found, raw, "policyholder.") if (found := child(cont, "Appnt")) is not None else None
        )  # L50
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L51
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = tuple(coverages_read)  # L52
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
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L31
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L31
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
    carrier="bamboo",
    name="policy.get",
    steps=(
        Step(
            name="policy.get",
            operation="policy.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    safety=SafetyClass.read,
)
