"""磐石车险（虚构） 1.4.0 policy.get.

Generated from mappings/carriers/granite/policy_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: b01e410066051452f2ab6bcdf768acf2624960686411a73a41352602c9715857

from datetime import datetime

from adapters.granite.carrier import ERRORS, decoded, encoded, vehicle_told_in
from adapters.granite.codes import POLICY_STATUS_IN
from gateway.model import (
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
    Vehicle,
    VehicleObject,
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
    echoed,
    element_in,
    first,
    heard,
    need,
    note,
    number_cut,
    present,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    until_codec,
    value_in,
    yuan_in,
)

MAPPING = "mappings/carriers/granite/policy_get.yaml"
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00 = until_codec("yyyy-MM-dd HH:mm:ss", "1s", "+08:00", False)
KNOWN = Known(
    {
        "body": {
            "commercialPolicyNo": None,
            "compulsoryPolicyNo": None,
            "origRequestNo": None,
            "reasonCode": None,
            "status": None,
            "proposalNo": None,
            "policyStatus": None,
            "issuedAt": None,
            "startTime": None,
            "endTime": None,
            "applicantName": None,
            "vehicle": {"plate": None, "plateType": None, "vin": None},
            "totalPremium": None,
            "reasonText": None,
        },
        "head": {"respCode": None, "requestNo": None, "service": None, "respMsg": None},
    }
)


def message(req: PolicyGetRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "MTR201"  # L8
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L9
    body: Wire = {}
    wire["body"] = body
    body["queryType"] = "2" if any(one.kind in ("policy", "compulsory_policy") for one in req.numbers) else "1"  # L10
    if (
        orig_request_no := None
        if any(one.kind in ("policy", "compulsory_policy") for one in req.numbers)
        else number_cut(ctx.request_no, 32)
    ) is not None:  # L11
        body["origRequestNo"] = orig_request_no  # L11
    if (
        policy_no := (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None
        )
        or (
            found_number2.no
            if (found_number2 := first(one for one in req.numbers if one.kind == "compulsory_policy")) is not None
            else None
        )
    ) is not None:  # L12
        body["policyNo"] = policy_no  # L12
    return wire


def build(req: PolicyGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/motor" + "/query",
            message(req, ctx),
            ctx,
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "head", "respCode") and text_of(dig(wire, "head", "respCode")) != "S000":  # L30
        return by_code(ERRORS, dig(wire, "head", "respCode"))  # L30
    if not any(one.kind in ("policy", "compulsory_policy") for one in req.numbers) and text_of(
        dig(wire, "body", "origRequestNo")
    ) != number_cut(ctx.request_no, 32):  # L31
        return Outcome(kind=OutcomeKind.unknown)  # L31
    if any(one.kind == "policy" for one in req.numbers) and text_of(dig(wire, "body", "commercialPolicyNo")) != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
        else None
    ):  # L32
        return Outcome(kind=OutcomeKind.unknown)  # L32
    if text_of(dig(wire, "body", "status")) == "ISSUED" and (
        dig(wire, "body", "compulsoryPolicyNo") or dig(wire, "body", "commercialPolicyNo")
    ):  # L33
        return Outcome(kind=OutcomeKind.accepted)  # L33
    if text_of(dig(wire, "body", "status")) == "WAIT_SMS":  # L34
        return Outcome(kind=OutcomeKind.pending)  # L34
    if text_of(dig(wire, "body", "status")) == "PROCESSING":  # L35
        return Outcome(kind=OutcomeKind.pending, then="inquiry")  # L35
    if text_of(dig(wire, "body", "status")) == "MANUAL":  # L36
        return Outcome(kind=OutcomeKind.pending, code="underwriting.manual")  # L36
    if text_of(dig(wire, "body", "status")) == "LAPSED":  # L37
        return Outcome(kind=OutcomeKind.declined, code="application.expired", text="投保单已失效")  # L37
    if text_of(dig(wire, "body", "status")) == "DECLINED":  # L38
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L38
    return Outcome(kind=OutcomeKind.unknown)  # L39


def read_result(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> tuple[PolicyGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L41
    head = element_in(wire, "head", problems)  # L51
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L51
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L51
            reason_code = (
                text_given(head.get("respCode")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
            )  # L51
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L52
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L52
            reason_text = (
                text_given(head.get("respMsg")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
            )  # L52
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("proposalNo"))  # L41
    except Exception as error:
        note(problems, error)
    compulsory_policy_number_no: str | None = None
    try:
        compulsory_policy_number_no = text_given(body.get("compulsoryPolicyNo"))  # L42
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("commercialPolicyNo"))  # L43
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("startTime"))) is not None else None
        )  # L46
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00.read(v) if (v := value_in(body.get("endTime"))) is not None else None
        )  # L47
    except Exception as error:
        note(problems, error)
    policyholder_name: str | None = None
    try:
        policyholder_name = text_given(body.get("applicantName"))  # L48
    except Exception as error:
        note(problems, error)
    object_vehicle: Vehicle | None = None
    try:
        object_vehicle = vehicle_told_in(found) if (found := child(body, "vehicle")) is not None else None  # L49
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L50
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.compulsory_policy, no=compulsory_policy_number_no)
            if compulsory_policy_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L41
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L51
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = POLICY_STATUS_IN[v] if (v := value_in(body.get("policyStatus"))) is not None else None  # L44
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "body.startTime"), end=require(period_end, "body.endTime"))
            if period_start is not None or period_end is not None
            else None
        )  # L46
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("issuedAt"))) is not None else None
        )  # L45
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = Party(name=policyholder_name) if policyholder_name is not None else None  # L48
    except Exception as error:
        note(problems, error)
    objects: tuple[InsuredObject, ...] = ()
    try:
        objects = (VehicleObject(vehicle=object_vehicle),) if object_vehicle is not None else ()  # L49
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L50
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
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L27
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L27
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
    carrier="granite",
    name="policy.get",
    steps=(
        Step(
            name="policy.get",
            operation="policy.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    safety=SafetyClass.read,
)
