"""磐石车险（虚构） 1.4.0 policy.issue.

Generated from mappings/carriers/granite/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 1c1b6dc577633da313ab403403db83e543c578ceed9d96b75d8f0b8b258d50ce

from datetime import datetime

from adapters.granite.carrier import ERRORS, cover_out, decoded, encoded, person_out, vehicle_out
from gateway.model import (
    Collector,
    Money,
    Needed,
    NeededKind,
    Number,
    NumberKind,
    PolicyIssueRequest,
    PolicyIssueResult,
    Premium,
    Reason,
    VehicleObject,
)
from gateway.wire import (
    CannotSend,
    Context,
    Idempotency,
    Inquiry,
    Known,
    Needs,
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
    answer,
    by_code,
    cannot_send,
    datetime_codec,
    decimal_codec,
    dig,
    echoed,
    element_in,
    first,
    fit,
    flag_out,
    heard,
    iso_day_out,
    need,
    note,
    nth_out,
    number_cut,
    present,
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

MAPPING = "mappings/carriers/granite/policy_issue.yaml"
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00 = until_codec("yyyy-MM-dd HH:mm:ss", "1s", "+08:00", False)
DECIMAL_2 = decimal_codec(2, None, False)
KNOWN_QUOTE = Known(
    {
        "body": {
            "quoteNo": None,
            "reasonCode": None,
            "result": None,
            "covers": {"code": None, "premium": None},
            "compulsoryPremium": None,
            "commercialPremium": None,
            "validUntil": None,
            "vehicleTax": None,
            "totalPremium": None,
            "reasonText": None,
        },
        "head": {"respCode": None, "requestNo": None, "service": None, "respMsg": None},
    }
)
KNOWN_PRECONFIRM = Known(
    {
        "body": {
            "proposalNo": None,
            "reasonCode": None,
            "status": None,
            "smsMobile": None,
            "validUntil": None,
            "reasonText": None,
        },
        "head": {"respCode": None, "requestNo": None, "service": None, "respMsg": None},
    }
)
KNOWN_CONFIRM = Known(
    {
        "body": {
            "commercialPolicyNo": None,
            "compulsoryPolicyNo": None,
            "reasonCode": None,
            "status": None,
            "proposalNo": None,
            "issuedAt": None,
            "totalPremium": None,
            "reasonText": None,
        },
        "head": {"respCode": None, "requestNo": None, "service": None, "respMsg": None},
    }
)


def message_quote(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "MTR101"  # quote_create.yaml L8
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # quote_create.yaml L9
    body: Wire = {}
    wire["body"] = body
    if (product_code := ctx.binding.get("product_code")) is not None:  # quote_create.yaml L10
        body["productCode"] = product_code  # quote_create.yaml L10
    period = req.period
    body["startTime"] = DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # quote_create.yaml L12
    body["endTime"] = UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # quote_create.yaml L13
    policyholder = req.policyholder
    body["applicant"] = person_out(policyholder)  # quote_create.yaml L14
    insureds = req.insureds
    insured = insureds[0] if len(insureds) == 1 else nth_out(insureds, 0, 1)  # quote_create.yaml L15
    party = insured.party if insured is not None else None
    if party is not None:  # quote_create.yaml L15
        body["insured"] = person_out(party)  # quote_create.yaml L15
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # quote_create.yaml L16
    vehicle = object_2.vehicle if object_2 is not None and isinstance(object_2, VehicleObject) else None
    if vehicle is not None:  # quote_create.yaml L16
        body["vehicle"] = vehicle_out(vehicle)  # quote_create.yaml L16
    if req.coverages:  # quote_create.yaml L17
        body["covers"] = [cover_out(item) for item in req.coverages]  # quote_create.yaml L17
    prior_policy = req.prior_policy
    last_policy: Wire = {}
    body["lastPolicy"] = last_policy
    if prior_policy is not None:
        if (insurer := prior_policy.insurer) is not None:  # quote_create.yaml L21
            last_policy["insurer"] = fit(insurer, 60, "UTF-8")  # quote_create.yaml L21
        if (no := prior_policy.no) is not None:  # quote_create.yaml L22
            last_policy["policyNo"] = fit(no, 40, "UTF-8")  # quote_create.yaml L22
        end_2 = need(prior_policy.end if prior_policy is not None else None, "end")  # quote_create.yaml L23
        last_policy["endDate"] = iso_day_out(end_2)  # quote_create.yaml L23
        claimed_2 = need(prior_policy.claimed if prior_policy is not None else None, "claimed")  # quote_create.yaml L24
        last_policy["claimed"] = flag_out(claimed_2, "Y", "N")  # quote_create.yaml L24
        no_claim_bonus_2 = need(
            prior_policy.no_claim_bonus if prior_policy is not None else None, "no_claim_bonus"
        )  # quote_create.yaml L25
        last_policy["ncd"] = DECIMAL_2.send(no_claim_bonus_2)  # quote_create.yaml L25
    if not last_policy:
        del body["lastPolicy"]
    return wire


def build_quote(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/motor" + "/quote",
            message_quote(req, ctx),
            ctx,
        )  # L9
    except Exception as error:
        raise cannot_send(error) from None


def classify_quote(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "respCode")) == "S000"
        and text_of(dig(wire, "body", "result")) == "Y"
        and dig(wire, "body", "quoteNo")
    ):  # L20
        return Outcome(kind=OutcomeKind.accepted)  # L20
    if text_of(dig(wire, "head", "respCode")) == "S000" and text_of(dig(wire, "body", "result")) == "N":  # L21
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L21
    if dig(wire, "head", "respCode") and text_of(dig(wire, "head", "respCode")) != "S000":  # L22
        return by_code(ERRORS, dig(wire, "head", "respCode"))  # L22
    return Outcome(kind=OutcomeKind.unknown)  # L23


def read_result_quote(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L25
    head = element_in(wire, "head", problems)  # L27
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L27
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L27
            reason_code = (
                text_given(head.get("respCode")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
            )  # L27
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L28
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L28
            reason_text = (
                text_given(head.get("respMsg")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
            )  # L28
    except Exception as error:
        note(problems, error)
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(body.get("quoteNo"))  # L25
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L26
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L25
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L27
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L26
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(numbers=numbers, reasons=reasons, premium=premium), problems


def parse_quote(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_quote(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L17
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L17
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_quote(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_QUOTE, UNMAPPED_MAX),
        wire=wire,
    )


def wanted_quote(req: PolicyIssueRequest, ctx: Context) -> bool:
    """Whether this step is needed at all."""
    return bool(not any(one.kind == "quote" for one in req.numbers))  # L10


def message_preconfirm(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "MTR102"  # L35
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L36
    body: Wire = {}
    wire["body"] = body
    if (product_code := ctx.binding.get("product_code")) is not None:  # quote_create.yaml L10
        body["productCode"] = product_code  # quote_create.yaml L10
    if (
        quote_no := (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "quote")) is not None
            else None
        )
        or dig(ctx.steps.get("quote"), "body", "quoteNo")
    ) is not None:  # L37
        body["quoteNo"] = quote_no  # L37
    period = req.period
    body["startTime"] = DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # quote_create.yaml L12
    body["endTime"] = UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # quote_create.yaml L13
    policyholder = req.policyholder
    body["applicant"] = person_out(policyholder)  # quote_create.yaml L14
    insureds = req.insureds
    insured = insureds[0] if len(insureds) == 1 else nth_out(insureds, 0, 1)  # quote_create.yaml L15
    party = insured.party if insured is not None else None
    if party is not None:  # quote_create.yaml L15
        body["insured"] = person_out(party)  # quote_create.yaml L15
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # quote_create.yaml L16
    vehicle = object_2.vehicle if object_2 is not None and isinstance(object_2, VehicleObject) else None
    if vehicle is not None:  # quote_create.yaml L16
        body["vehicle"] = vehicle_out(vehicle)  # quote_create.yaml L16
    if req.coverages:  # quote_create.yaml L17
        body["covers"] = [cover_out(item) for item in req.coverages]  # quote_create.yaml L17
    prior_policy = req.prior_policy
    last_policy: Wire = {}
    body["lastPolicy"] = last_policy
    if prior_policy is not None:
        if (insurer := prior_policy.insurer) is not None:  # quote_create.yaml L21
            last_policy["insurer"] = fit(insurer, 60, "UTF-8")  # quote_create.yaml L21
        if (no := prior_policy.no) is not None:  # quote_create.yaml L22
            last_policy["policyNo"] = fit(no, 40, "UTF-8")  # quote_create.yaml L22
        end_2 = need(prior_policy.end if prior_policy is not None else None, "end")  # quote_create.yaml L23
        last_policy["endDate"] = iso_day_out(end_2)  # quote_create.yaml L23
        claimed_2 = need(prior_policy.claimed if prior_policy is not None else None, "claimed")  # quote_create.yaml L24
        last_policy["claimed"] = flag_out(claimed_2, "Y", "N")  # quote_create.yaml L24
        no_claim_bonus_2 = need(
            prior_policy.no_claim_bonus if prior_policy is not None else None, "no_claim_bonus"
        )  # quote_create.yaml L25
        last_policy["ncd"] = DECIMAL_2.send(no_claim_bonus_2)  # quote_create.yaml L25
    body["totalPremium"] = yuan_out(req.expected_premium)  # L39
    if not last_policy:
        del body["lastPolicy"]
    return wire


def build_preconfirm(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/motor" + "/preconfirm",
            message_preconfirm(req, ctx),
            ctx,
        )  # L31
    except Exception as error:
        raise cannot_send(error) from None


def classify_preconfirm(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "respCode")) == "S000"
        and text_of(dig(wire, "body", "status")) == "WAIT_SMS"
        and dig(wire, "body", "proposalNo")
    ):  # L45
        return Outcome(kind=OutcomeKind.accepted)  # L45
    if text_of(dig(wire, "head", "respCode")) == "S000" and text_of(dig(wire, "body", "status")) == "DECLINED":  # L46
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L46
    if dig(wire, "head", "respCode") and text_of(dig(wire, "head", "respCode")) != "S000":  # L47
        return by_code(ERRORS, dig(wire, "head", "respCode"))  # L47
    return Outcome(kind=OutcomeKind.unknown)  # L48


def read_result_preconfirm(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L50
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
        application_number_no = text_given(body.get("proposalNo"))  # L50
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
        )  # L51
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(numbers=numbers, reasons=reasons), problems


def parse_preconfirm(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_preconfirm(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L42
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L42
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_preconfirm(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_PRECONFIRM, UNMAPPED_MAX),
        wire=wire,
    )


def message_confirm(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "MTR103"  # L60
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L61
    body: Wire = {}
    wire["body"] = body
    if (
        proposal_no := dig(ctx.steps.get("preconfirm"), "body", "proposalNo")
        or (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "application")) is not None
            else None
        )
    ) is not None:  # L62
        body["proposalNo"] = proposal_no  # L62
    if (sms_code := answer(req.answers, "sms_code")) is not None:  # L63
        body["smsCode"] = sms_code  # L63
    body["totalPremium"] = yuan_out(req.expected_premium)  # L65
    payment: Wire = {}
    body["payment"] = payment
    receipt = req.receipt
    if req.receipt is None:  # L67
        payment["mode"] = "2"  # L67
    elif receipt is not None and receipt.collected_by in (Collector.platform, Collector.intermediary):  # L68
        payment["mode"] = "1"  # L70
        payment["ref"] = fit(
            need(receipt.payment_ref if receipt is not None else None, "receipt.payment_ref"), 40, "UTF-8"
        )  # L72
        if receipt is not None:
            payment["amount"] = yuan_out(receipt.amount)  # L73
            payment["paidAt"] = DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.send(receipt.paid_at)  # L74
    elif req.receipt is not None or receipt is not None:
        raise CannotSend("no case of this object holds; this carrier cannot be told")  # L67
    if not payment:
        del body["payment"]
    return wire


def build_confirm(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/motor" + "/confirm",
            message_confirm(req, ctx),
            ctx,
        )  # L55
    except Exception as error:
        raise cannot_send(error) from None


def classify_confirm(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "respCode")) == "S000"
        and text_of(dig(wire, "body", "status")) == "ISSUED"
        and (dig(wire, "body", "compulsoryPolicyNo") or dig(wire, "body", "commercialPolicyNo"))
    ):  # L80
        return Outcome(kind=OutcomeKind.accepted)  # L80
    if text_of(dig(wire, "head", "respCode")) == "S000" and text_of(dig(wire, "body", "status")) == "PROCESSING":  # L81
        return Outcome(kind=OutcomeKind.pending, then="callback", every_s=30.0, for_s=86400.0)  # L81
    if text_of(dig(wire, "head", "respCode")) == "S000" and text_of(dig(wire, "body", "status")) == "MANUAL":  # L82
        return Outcome(
            kind=OutcomeKind.pending, code="underwriting.manual", then="callback", every_s=300.0, for_s=259200.0
        )  # L82
    if text_of(dig(wire, "head", "respCode")) == "S000" and text_of(dig(wire, "body", "status")) == "DECLINED":  # L83
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L83
    if dig(wire, "head", "respCode") and text_of(dig(wire, "head", "respCode")) != "S000":  # L84
        return by_code(ERRORS, dig(wire, "head", "respCode"))  # L84
    return Outcome(kind=OutcomeKind.unknown)  # L85


def read_result_confirm(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L87
    head = element_in(wire, "head", problems)  # L92
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L92
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L92
            reason_code = (
                text_given(head.get("respCode")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
            )  # L92
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L93
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L93
            reason_text = (
                text_given(head.get("respMsg")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
            )  # L93
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("proposalNo"))  # L87
    except Exception as error:
        note(problems, error)
    compulsory_policy_number_no: str | None = None
    try:
        compulsory_policy_number_no = text_given(body.get("compulsoryPolicyNo"))  # L88
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("commercialPolicyNo"))  # L89
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L91
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
        )  # L87
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L92
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("issuedAt"))) is not None else None
        )  # L90
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = Premium(gross=premium_gross) if premium_gross is not None else None  # L91
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(numbers=numbers, reasons=reasons, issued_at=issued_at, premium=premium), problems


def parse_confirm(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify_confirm(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L77
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L77
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result_confirm(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(
        outcome=outcome,
        result=result,
        incomplete=bool(told),
        problems=told,
        unmapped=unmapped(wire, KNOWN_CONFIRM, UNMAPPED_MAX),
        wire=wire,
    )


def needed_confirm(req: PolicyIssueRequest, ctx: Context) -> Needed:
    """What only the caller can supply before this step."""
    return Needed(
        kind=NeededKind.sms_code,
        ref=text_of(dig(ctx.steps.get("preconfirm"), "body", "smsMobile")),
        text="发往投保人手机的验证码",
    )  # L56


OPERATION = Operation(
    carrier="granite",
    name="policy.issue",
    steps=(
        Step(
            name="quote",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build_quote,
            parse=parse_quote,
            when=wanted_quote,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
        Step(
            name="preconfirm",
            operation="underwriting.submit",
            safety=SafetyClass.write_inquiry,
            build=build_preconfirm,
            parse=parse_preconfirm,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
        Step(
            name="confirm",
            operation="policy.issue",
            safety=SafetyClass.write_inquiry,
            build=build_confirm,
            parse=parse_confirm,
            needs=Needs(
                ask=needed_confirm,
                for_s=1800.0,
                because="4.3.3 预确认后 30 分钟内没有确认的投保单自动失效，未承保，不产生任何费用",
            ),
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    idempotency=Idempotency(kind="reject_duplicate", key="head.requestNo"),
    inquiry=Inquiry(
        operation="policy.get",
        visibility_lag_s=10.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 20.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
