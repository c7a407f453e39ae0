"""Aurora P&C (fictional) 2025.11 underwriting.get/number.

Generated from mappings/carriers/aurora/underwriting_get.number.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 291f3a8d8f14d6d2da73695c63275e1db6e7a238db5f1d116b09596df33a43c0

from datetime import datetime

from adapters.aurora.carrier import decoded, encoded, error
from adapters.aurora.codes import APPLICATION_IN
from gateway.model import (
    ApplicationStatus,
    Number,
    NumberKind,
    Reason,
    UnderwritingGetRequest,
    UnderwritingGetResult,
    UwDecision,
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
    cannot_send,
    datetime_codec,
    dig,
    each,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    need,
    note,
    percent_out,
    problem,
    text_given,
    text_in,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/underwriting_get.number.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
KNOWN = Known(
    {
        "applicationId": None,
        "errors": {"code": None, "detail": None},
        "reasonCode": None,
        "status": None,
        "conditions": None,
        "validUntil": None,
    }
)


def build(req: UnderwritingGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "GET",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/partner/v2"
            + "/applications/"
            + percent_out(
                str(
                    need(
                        found_number.no
                        if (found_number := first(one for one in req.numbers if one.kind == "application")) is not None
                        else None,
                        'first(req.numbers, item.kind == "application").no',
                    )
                )
            ),
            None,
            ctx,
            {},
        )  # L3
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: UnderwritingGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 200 and text_of(dig(wire, "status")) == "ACCEPTED" and dig(wire, "applicationId"):  # L11
        return Outcome(kind=OutcomeKind.accepted)  # L11
    if status == 200 and text_of(dig(wire, "status")) == "REFERRED":  # L12
        return Outcome(kind=OutcomeKind.pending, code="underwriting.manual")  # L12
    if status == 200 and text_of(dig(wire, "status")) == "DECLINED":  # L13
        return error(dig(wire, "reasonCode"), wire, headers, ctx)  # L13
    if status == 200 and text_of(dig(wire, "status")) == "LAPSED":  # L14
        return Outcome(kind=OutcomeKind.declined, code="application.expired", text="投保单已失效")  # L14
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L15
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L15
    return Outcome(kind=OutcomeKind.unknown)  # L16


def read_result(
    wire: Wire, reply: WireReply, req: UnderwritingGetRequest, ctx: Context
) -> tuple[UnderwritingGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    conditions_read: list[str] = []
    try:
        for one in each(wire.get("conditions")):  # underwriting_submit.yaml L94
            try:
                conditions_read.append(text_in(one))  # underwriting_submit.yaml L94
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    errors = element_in(wire.get("errors"), 0, problems)  # underwriting_submit.yaml L96
    application_number_no: str | None = None
    try:
        application_number_no = text_given(wire.get("applicationId"))  # underwriting_submit.yaml L92
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(errors.get("detail"))  # underwriting_submit.yaml L96
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.application, no=application_number_no),)
            if application_number_no is not None
            else ()
        )  # underwriting_submit.yaml L92
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (Reason(text=reason_text),) if reason_text is not None else ()  # underwriting_submit.yaml L96
    except Exception as error:
        note(problems, error)
    status: ApplicationStatus | None = None
    try:
        status = (
            APPLICATION_IN[v] if (v := value_in(wire.get("status"))) is not None else None
        )  # underwriting_submit.yaml L93
    except Exception as error:
        note(problems, error)
    decision: UwDecision | None = None
    try:
        decision = (
            UwDecision(v)
            if (
                v := "accept"
                if text_of(dig(wire, "status")) == "ACCEPTED"
                else "refer"
                if text_of(dig(wire, "status")) == "REFERRED"
                else None
            )
            is not None
            else None
        )  # underwriting_submit.yaml L98
    except Exception as error:
        note(problems, error)
    conditions: tuple[str, ...] = ()
    try:
        conditions = tuple(conditions_read)  # underwriting_submit.yaml L94
    except Exception as error:
        note(problems, error)
    valid_until: datetime | None = None
    try:
        valid_until = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(wire.get("validUntil"))) is not None else None
        )  # underwriting_submit.yaml L95
    except Exception as error:
        note(problems, error)
    return UnderwritingGetResult(
        numbers=numbers,
        reasons=reasons,
        status=status,
        decision=decision,
        conditions=conditions,
        valid_until=valid_until,
    ), problems


def parse(reply: WireReply, req: UnderwritingGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "application")) is not None
            else None,
            dig(wire, "applicationId"),
            outcome,
        ):  # L8
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L8
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


def serves(req: UnderwritingGetRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(any(one.kind == "application" for one in req.numbers))  # L2


OPERATION = Operation(
    carrier="aurora",
    name="underwriting.get",
    variant="number",
    steps=(
        Step(
            name="underwriting.get",
            operation="underwriting.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
    when=serves,
)
