"""青竹人寿（虚构） 3.1 policy.issue.

Generated from mappings/carriers/bamboo/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: b79b7cfd528a801c0fb7ac952ab590f829c747a2b5a00a941ed492ce330dbdc0

from datetime import datetime

from adapters.bamboo.carrier import (
    ERRORS,
    coverage_out,
    decoded,
    encoded,
    insured_out,
    insured_result_in,
    policyholder_out,
    trip_out,
)
from gateway.model import (
    Collector,
    Insured,
    Money,
    Number,
    NumberKind,
    PersonTravelObject,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    Reason,
)
from gateway.wire import (
    CannotSend,
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
    datetime_of,
    dig,
    each,
    echoed,
    element_in,
    first,
    fit,
    heard,
    lookup,
    need,
    note,
    now_text,
    nth_out,
    number_cut,
    present,
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

MAPPING = "mappings/carriers/bamboo/policy_issue.yaml"
DATETIME_MMSS_08_00 = datetime_codec("mmss", "+08:00", False)
DATETIME_YYYY_MM_DD_08_00 = datetime_codec("yyyy-MM-dd", "+08:00", False)
DATETIME_HH_08_00 = datetime_codec("HH", "+08:00", False)
UNTIL_YYYY_MM_DD_1_D_08_00 = until_codec("yyyy-MM-dd", "1d", "+08:00", False)
KNOWN_UNDERWRITE = Known(
    {
        "@code": None,
        "Body": {
            "ApplyNo": None,
            "UWCode": None,
            "UWResult": None,
            "Prem": None,
            "Insured": {"InsuredNo": None, "CertNo": None, "UWResult": None, "UWCode": None},
            "UWMsg": None,
        },
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)
DATETIME_HH_MM_SS_08_00 = datetime_codec("HH:mm:ss", "+08:00", False)
KNOWN_ACCEPT = Known(
    {
        "@code": None,
        "Body": {
            "IssueDate": None,
            "IssueTime": None,
            "PolicyNo": None,
            "ApplyNo": None,
            "Prem": None,
            "Insured": {"InsuredNo": None, "CertNo": None, "UWResult": None, "UWCode": None},
        },
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message_underwrite(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "NB02"  # L12
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L13
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L14
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L15
    if (channel_code := text(ctx.config.get("channel_code"))) is not None:  # L16
        head["ChannelCode"] = channel_code  # L16
    body: Wire = {}
    wire["Body"] = body
    if (product_code := text(ctx.binding.get("product_code"))) is not None:  # L17
        body["ProductCode"] = product_code  # L17
    if (plan_code := text(lookup(ctx.binding.get("plan_code") or {}, req.plan))) is not None:  # L18
        body["PlanCode"] = plan_code  # L18
    body["CValiDate"] = None  # L19
    body["CValiHour"] = None  # L20
    body["EndDate"] = None  # L21
    body["EndHour"] = None  # L22
    period = req.period  # L24
    if period is not None and (
        req.period is not None
        and DATETIME_MMSS_08_00.send(req.period.start) == "0000"
        and DATETIME_MMSS_08_00.send(req.period.end) == "0000"
    ):  # L27
        body["CValiDate"] = DATETIME_YYYY_MM_DD_08_00.send(period.start)  # L29
        if (
            c_vali_hour := DATETIME_HH_08_00.send(req.period.start) if req.period is not None else None
        ) is not None:  # L31
            body["CValiHour"] = c_vali_hour  # L31
        if (
            end_date := UNTIL_YYYY_MM_DD_1_D_08_00.send(req.period.end)
            if req.period is not None and DATETIME_HH_08_00.send(req.period.end) == "00"
            else DATETIME_YYYY_MM_DD_08_00.send(req.period.end)
            if req.period is not None
            else None
        ) is not None:  # L32
            body["EndDate"] = end_date  # L32
        if (
            end_hour := "24"
            if req.period is not None and DATETIME_HH_08_00.send(req.period.end) == "00"
            else DATETIME_HH_08_00.send(req.period.end)
            if req.period is not None
            else None
        ) is not None:  # L33
            body["EndHour"] = end_hour  # L33
    elif period is not None:
        raise CannotSend("no case of period holds; this carrier cannot be told", path="period")  # L27
    body["Prem"] = yuan_out(req.expected_premium)  # L34
    policyholder = req.policyholder
    body["Appnt"] = policyholder_out(policyholder)  # L35
    if req.insureds:  # L36
        body["Insured"] = [insured_out(item, req) for item in req.insureds]  # L36
    if req.coverages:  # L37
        body["Risk"] = [coverage_out(item, ctx) for item in req.coverages]  # L37
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L38
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    body["Trip"] = (
        trip_out(person_travel) if person_travel is not None else {"FromPlace": "", "ToPlace": "", "Vehicle": ""}
    )  # L38
    if body["CValiDate"] is None:
        del body["CValiDate"]
    if body["CValiHour"] is None:
        del body["CValiHour"]
    if body["EndDate"] is None:
        del body["EndDate"]
    if body["EndHour"] is None:
        del body["EndHour"]
    return wire


def build_underwrite(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service",
            message_underwrite(req, ctx),
            ctx,
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify_underwrite(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "@code") == "1" and dig(wire, "Body", "UWResult") == "1" and dig(wire, "Body", "ApplyNo"):  # L44
        return Outcome(kind=OutcomeKind.accepted)  # L44
    if dig(wire, "@code") == "1" and dig(wire, "Body", "UWResult") == "2" and dig(wire, "Body", "ApplyNo"):  # L45
        return Outcome(
            kind=OutcomeKind.pending,
            code="underwriting.manual",
            text="转人工核保",
            then="inquiry",
            every_s=60.0,
            for_s=86400.0,
        )  # L45
    if dig(wire, "@code") == "1" and dig(wire, "Body", "UWResult") == "3":  # L46
        return by_code(ERRORS, dig(wire, "Body", "UWCode"))  # L46
    if dig(wire, "@code") == "0":  # L47
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L47
    return Outcome(kind=OutcomeKind.unknown)  # L48


def read_result_underwrite(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "Body", problems)  # L50
    insureds_read: list[Insured] = []
    try:
        for one in each(body.get("Insured")):  # L52
            try:
                insureds_read.append(insured_result_in(one))  # L52
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("UWCode"))  # L53
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L53
            reason_code = text_given(wire.get("ErrCode"))  # L53
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("UWMsg"))  # L54
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L54
            reason_text = text_given(wire.get("ErrMsg"))  # L54
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("ApplyNo"))  # L50
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("Prem"))) is not None else None  # L51
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.application, no=application_number_no),)
            if application_number_no is not None
            else ()
        )  # L50
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L53
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L52
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L51
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(numbers=numbers, reasons=reasons, insureds=insureds, premium=premium), problems


def parse_underwrite(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_underwrite(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L41
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L41
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_underwrite(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_UNDERWRITE, UNMAPPED_MAX),
        wire=wire,
    )


def message_accept(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "NB03"  # L60
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L61
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L62
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L63
    if (channel_code := text(ctx.config.get("channel_code"))) is not None:  # L64
        head["ChannelCode"] = channel_code  # L64
    body: Wire = {}
    wire["Body"] = body
    if (
        apply_no := text(
            (
                found_number.no
                if (found_number := first(one for one in req.numbers if one.kind == "application")) is not None
                else None
            )
            if dig(ctx.steps.get("underwrite"), "Body", "ApplyNo") is None
            else dig(ctx.steps.get("underwrite"), "Body", "ApplyNo")
        )
    ) is not None:  # L65
        body["ApplyNo"] = apply_no  # L65
    body["Prem"] = None  # L66
    body["PayMode"] = None  # L67
    body["PayNo"] = None  # L68
    body["PayDate"] = None  # L69
    body["PayTime"] = None  # L70
    body["Prem"] = yuan_out(req.expected_premium)  # L72
    receipt = req.receipt
    if req.receipt is None:  # L74
        body["PayMode"] = "2"  # L74
        body["PayNo"] = ""  # L74
        body["PayDate"] = ""  # L74
        body["PayTime"] = ""  # L74
    elif receipt is not None and receipt.collected_by in (Collector.platform, Collector.intermediary):  # L75
        body["PayMode"] = "1"  # L77
        body["PayNo"] = fit(
            need(receipt.payment_ref if receipt is not None else None, "receipt.payment_ref"), 40, "GBK"
        )  # L79
        if receipt is not None:
            body["PayDate"] = DATETIME_YYYY_MM_DD_08_00.send(receipt.paid_at)  # L80
            body["PayTime"] = DATETIME_HH_MM_SS_08_00.send(receipt.paid_at)  # L80
    elif req.receipt is not None or receipt is not None:
        raise CannotSend("no case of this object holds; this carrier cannot be told")  # L74
    if body["Prem"] is None:
        del body["Prem"]
    if body["PayMode"] is None:
        del body["PayMode"]
    if body["PayNo"] is None:
        del body["PayNo"]
    if body["PayDate"] is None:
        del body["PayDate"]
    if body["PayTime"] is None:
        del body["PayTime"]
    return wire


def build_accept(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service",
            message_accept(req, ctx),
            ctx,
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify_accept(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if dig(wire, "@code") == "1" and dig(wire, "Body", "PolicyNo"):  # L107
        return Outcome(kind=OutcomeKind.accepted)  # L107
    if dig(wire, "@code") == "0":  # L108
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L108
    return Outcome(kind=OutcomeKind.unknown)  # L109


def read_result_accept(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "Body", problems)  # L111
    insureds_read: list[Insured] = []
    try:
        for one in each(body.get("Insured")):  # L114
            try:
                insureds_read.append(insured_result_in(one))  # L114
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("ApplyNo"))  # L111
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("PolicyNo"))  # L112
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("Prem"))) is not None else None  # L113
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("ErrCode"))  # L115
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("ErrMsg"))  # L116
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L111
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L115
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = datetime_of(
            found_value + found_value2
            if (found_value := dig(wire, "Body", "IssueDate")) is not None
            and (found_value2 := dig(wire, "Body", "IssueTime")) is not None
            else None,
            "yyyy-MM-ddHH:mm:ss",
            "+08:00",
        )  # L118
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L114
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L113
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(
        numbers=numbers, reasons=reasons, issued_at=issued_at, insureds=insureds, premium=premium
    ), problems


def parse_accept(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_accept(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L104
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L104
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_accept(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_ACCEPT, UNMAPPED_MAX),
        wire=wire,
    )


OPERATION = Operation(
    carrier="bamboo",
    name="policy.issue",
    steps=(
        Step(
            name="underwrite",
            operation="underwriting.submit",
            safety=SafetyClass.write_inquiry,
            build=build_underwrite,
            parse=parse_underwrite,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
        Step(
            name="accept",
            operation="policy.issue",
            safety=SafetyClass.write_inquiry,
            build=build_accept,
            parse=parse_accept,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    idempotency=Idempotency(kind="query_only"),
    inquiry=Inquiry(
        operation="policy.get",
        by="natural_key",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
