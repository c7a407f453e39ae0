"""磐石车险（虚构） 1.4.0 quote.create.

Generated from mappings/carriers/granite/quote_create.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 72bcee58d9cb71edeb4b4015c3b11a39758054b6e68c161e29a57e981b23f924

from datetime import datetime

from adapters.granite.carrier import ERRORS, cover_out, cover_told_in, decoded, encoded, person_out, vehicle_out
from adapters.granite.codes import RESULT_IN
from gateway.model import (
    Coverage,
    Money,
    Number,
    NumberKind,
    Premium,
    QuoteBinding,
    QuoteCreateRequest,
    QuoteCreateResult,
    QuoteStatus,
    Reason,
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
    datetime_codec,
    decimal_codec,
    dig,
    each,
    echoed,
    element_in,
    fit,
    flag_out,
    heard,
    iso_day_out,
    need,
    note,
    nth_out,
    number_cut,
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

MAPPING = "mappings/carriers/granite/quote_create.yaml"
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00 = until_codec("yyyy-MM-dd HH:mm:ss", "1s", "+08:00", False)
DECIMAL_2 = decimal_codec(2, None, False)
KNOWN = Known(
    {
        "body": {
            "quoteNo": None,
            "reasonCode": None,
            "result": None,
            "compulsoryPremium": None,
            "commercialPremium": None,
            "totalPremium": None,
            "vehicleTax": None,
            "covers": {"code": None, "premium": None},
            "validUntil": None,
            "reasonText": None,
        },
        "head": {"respCode": None, "requestNo": None, "service": None, "respMsg": None},
    }
)


def message(req: QuoteCreateRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "MTR101"  # L8
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L9
    body: Wire = {}
    wire["body"] = body
    if (product_code := ctx.binding.get("product_code")) is not None:  # L10
        body["productCode"] = product_code  # L10
    period = req.period
    body["startTime"] = DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L12
    body["endTime"] = UNTIL_YYYY_MM_DD_HH_MM_SS_1_S_08_00.send(
        need(period.end if period is not None else None, "period.end")
    )  # L13
    policyholder = req.policyholder
    body["applicant"] = person_out(policyholder)  # L14
    insureds = req.insureds
    insured = insureds[0] if len(insureds) == 1 else nth_out(insureds, 0, 1)  # L15
    party = insured.party if insured is not None else None
    if party is not None:  # L15
        body["insured"] = person_out(party)  # L15
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L16
    vehicle = object_2.vehicle if object_2 is not None and isinstance(object_2, VehicleObject) else None
    if vehicle is not None:  # L16
        body["vehicle"] = vehicle_out(vehicle)  # L16
    if req.coverages:  # L17
        body["covers"] = [cover_out(item) for item in req.coverages]  # L17
    prior_policy = req.prior_policy
    last_policy: Wire = {}
    body["lastPolicy"] = last_policy
    if prior_policy is not None:
        if (insurer := prior_policy.insurer) is not None:  # L21
            last_policy["insurer"] = fit(insurer, 60, "UTF-8")  # L21
        if (no := prior_policy.no) is not None:  # L22
            last_policy["policyNo"] = fit(no, 40, "UTF-8")  # L22
        end_2 = need(prior_policy.end if prior_policy is not None else None, "end")  # L23
        last_policy["endDate"] = iso_day_out(end_2)  # L23
        claimed_2 = need(prior_policy.claimed if prior_policy is not None else None, "claimed")  # L24
        last_policy["claimed"] = flag_out(claimed_2, "Y", "N")  # L24
        no_claim_bonus_2 = need(
            prior_policy.no_claim_bonus if prior_policy is not None else None, "no_claim_bonus"
        )  # L25
        last_policy["ncd"] = DECIMAL_2.send(no_claim_bonus_2)  # L25
    if not last_policy:
        del body["lastPolicy"]
    return wire


def build(req: QuoteCreateRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/motor" + "/quote",
            message(req, ctx),
            ctx,
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "respCode")) == "S000"
        and text_of(dig(wire, "body", "result")) == "Y"
        and dig(wire, "body", "quoteNo")
    ):  # L52
        return Outcome(kind=OutcomeKind.accepted)  # L52
    if text_of(dig(wire, "head", "respCode")) == "S000" and text_of(dig(wire, "body", "result")) == "N":  # L53
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L53
    if dig(wire, "head", "respCode") and text_of(dig(wire, "head", "respCode")) != "S000":  # L54
        return by_code(ERRORS, dig(wire, "head", "respCode"))  # L54
    return Outcome(kind=OutcomeKind.unknown)  # L55


def read_result(
    wire: Wire, reply: WireReply, req: QuoteCreateRequest, ctx: Context
) -> tuple[QuoteCreateResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L57
    coverages_read: list[Coverage] = []
    try:
        for one in each(body.get("covers")):  # L61
            try:
                coverages_read.append(cover_told_in(one))  # L61
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "head", problems)  # L63
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L63
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L63
            reason_code = (
                text_given(head.get("respCode")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
            )  # L63
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonText"))  # L64
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L64
            reason_text = (
                text_given(head.get("respMsg")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
            )  # L64
    except Exception as error:
        note(problems, error)
    quote_number_no: str | None = None
    try:
        quote_number_no = text_given(body.get("quoteNo"))  # L57
    except Exception as error:
        note(problems, error)
    premium_gross: Money | None = None
    try:
        premium_gross = yuan_in(v) if (v := value_in(body.get("totalPremium"))) is not None else None  # L59
    except Exception as error:
        note(problems, error)
    premium_tax: Money | None = None
    try:
        premium_tax = yuan_in(v) if (v := value_in(body.get("vehicleTax"))) is not None else None  # L60
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (Number(kind=NumberKind.quote, no=quote_number_no),) if quote_number_no is not None else ()  # L57
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L63
    except Exception as error:
        note(problems, error)
    status: QuoteStatus | None = None
    try:
        status = RESULT_IN[v] if (v := value_in(body.get("result"))) is not None else None  # L58
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            Premium(gross=require(premium_gross, "body.totalPremium"), tax=premium_tax)
            if premium_gross is not None or premium_tax is not None
            else None
        )  # L59
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = tuple(coverages_read)  # L61
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("validUntil"))) is not None else None
        )  # L62
    except Exception as error:
        note(problems, error)
    binding: QuoteBinding | None = None
    try:
        binding = (
            QuoteBinding(v)
            if (v := "bindable" if text_of(dig(wire, "body", "result")) == "Y" else None) is not None
            else None
        )  # L66
    except Exception as error:
        note(problems, error)
    return QuoteCreateResult(
        numbers=numbers,
        reasons=reasons,
        status=status,
        premium=premium,
        coverages=coverages,
        valid_until=valid_until,
        binding=binding,
    ), problems


def parse(reply: WireReply, req: QuoteCreateRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L49
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L49
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
    name="quote.create",
    steps=(
        Step(
            name="quote.create",
            operation="quote.create",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    safety=SafetyClass.read,
)
