"""莲花财险（虚构） 2.0.0 underwriting.get.

Generated from mappings/carriers/lotus/underwriting_get.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 79bc3c041359f373fc412d3e880566df943d21777935b0c1032fc4095602a2e7

from typing import Any

from adapters.lotus.carrier import ERRORS, decoded, encoded
from adapters.lotus.codes import APPLICATION_IN, DECISION_IN
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
    by_code,
    cannot_send,
    dig,
    echoed,
    element_in,
    heard,
    known,
    need,
    note,
    now_text,
    number_cut,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/lotus/underwriting_get.yaml"
KNOWN = Known(
    {
        "body": {
            "origRequestNo": None,
            "reasonCode": None,
            "transStatus": None,
            "transType": None,
            "uwNo": None,
            "reasonMsg": None,
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: UnderwritingGetRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH2001"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L9
    body: Wire = {}
    wire["body"] = body
    body["queryType"] = "1"  # L10
    if (
        orig_request_no := number_cut(ctx.request_no, 32)
        if ctx.refs.get("underwriting_request_no") is None
        else ctx.refs.get("underwriting_request_no")
    ) is not None:  # L11
        body["origRequestNo"] = orig_request_no  # L11
    return wire


def build(req: UnderwritingGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: UnderwritingGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if text_of(dig(wire, "head", "resultCode")) == "2001":  # L29
        return Outcome(kind=OutcomeKind.declined, code="application.not_found", text="交易或保单不存在")  # L29
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L30
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L30
    if text_of(dig(wire, "body", "transType")) != "01" or text_of(dig(wire, "body", "origRequestNo")) != (
        number_cut(ctx.request_no, 32)
        if ctx.refs.get("underwriting_request_no") is None
        else ctx.refs.get("underwriting_request_no")
    ):  # L31
        return Outcome(kind=OutcomeKind.unknown)  # L31
    if text_of(dig(wire, "body", "transStatus")) == "1" and dig(wire, "body", "uwNo"):  # L32
        return Outcome(kind=OutcomeKind.accepted)  # L32
    if text_of(dig(wire, "body", "transStatus")) == "2":  # L33
        return Outcome(kind=OutcomeKind.pending)  # L33
    if text_of(dig(wire, "body", "transStatus")) == "4":  # L34
        return Outcome(kind=OutcomeKind.pending, code="underwriting.manual")  # L34
    if text_of(dig(wire, "body", "transStatus")) == "3":  # L35
        return by_code(ERRORS, dig(wire, "body", "reasonCode"))  # L35
    return Outcome(kind=OutcomeKind.unknown)  # L36


def read_result(
    wire: Wire, reply: WireReply, req: UnderwritingGetRequest, ctx: Context
) -> tuple[UnderwritingGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L38
    head = element_in(wire, "head", problems)  # L42
    reason_code: str | None = None
    try:
        reason_code = text_given(body.get("reasonCode"))  # L42
    except Exception as error:
        note(problems, error)
    try:
        if reason_code is None:  # L42
            reason_code = (
                text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L42
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(body.get("reasonMsg"))  # L43
    except Exception as error:
        note(problems, error)
    try:
        if reason_text is None:  # L43
            reason_text = (
                text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
            )  # L43
    except Exception as error:
        note(problems, error)
    application_number_no: str | None = None
    try:
        application_number_no = text_given(body.get("uwNo"))  # L38
    except Exception as error:
        note(problems, error)
    refs_underwriting_request_no: str | None = None
    try:
        refs_underwriting_request_no = text_given(body.get("origRequestNo"))  # L41
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = (
            (Number(kind=NumberKind.application, no=application_number_no),)
            if application_number_no is not None
            else ()
        )  # L38
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"underwriting_request_no": refs_underwriting_request_no})  # L41
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L42
    except Exception as error:
        note(problems, error)
    status: ApplicationStatus | None = None
    try:
        status = APPLICATION_IN[v] if (v := value_in(body.get("transStatus"))) is not None else None  # L39
    except Exception as error:
        note(problems, error)
    decision: UwDecision | None = None
    try:
        decision = (
            DECISION_IN[v]
            if text_of(dig(wire, "body", "transStatus")) != "2" and (v := value_in(body.get("transStatus"))) is not None
            else None
        )  # L40
    except Exception as error:
        note(problems, error)
    return UnderwritingGetResult(
        numbers=numbers, refs=refs, reasons=reasons, status=status, decision=decision
    ), problems


def parse(reply: WireReply, req: UnderwritingGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L26
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L26
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
    name="underwriting.get",
    steps=(
        Step(
            name="underwriting.get",
            operation="underwriting.get",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
