"""莲花财险（虚构） 2.0.0 endorsement.submit.

Generated from mappings/carriers/lotus/endorsement_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: e095e9c44ee3884727f54a9cb7ba008694db15351b34b5c369db6160e078ce58

from datetime import datetime

from adapters.lotus.carrier import ERRORS, change_out, decoded, encoded
from gateway.model import (
    EndorsementKind,
    EndorsementStatus,
    EndorsementSubmitRequest,
    EndorsementSubmitResult,
    Money,
    Number,
    NumberKind,
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
    dig,
    echoed,
    element_in,
    fen_number_in,
    fit,
    heard,
    match,
    need,
    note,
    now_text,
    number_cut,
    only_out,
    present,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/lotus/endorsement_submit.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
KNOWN = Known(
    {
        "body": {"endorseNo": None, "transStatus": None, "policyNo": None, "premiumDelta": None, "effectTime": None},
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: EndorsementSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH1007"  # L9
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L10
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L11
    body: Wire = {}
    wire["body"] = body
    body["policyNo"] = None  # L12
    if (endorse_quote_no := ctx.refs.get("endorse_quote_no")) is not None:  # L13
        body["endorseQuoteNo"] = endorse_quote_no  # L13
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L15
    body["policyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "UTF-8"
    )  # L15
    kind = req.kind  # L16
    if kind == EndorsementKind.contact_change and all(one.target == "policyholder" for one in req.changes):  # L18
        body["endorseType"] = "01"  # L18
    elif kind in (EndorsementKind.contact_change, EndorsementKind.party_correction) and (
        all(match(one.target, "^insured/.") is not None and one.field == "phones.0.number" for one in req.changes)
    ):  # L19
        body["endorseType"] = "02"  # L19
    else:
        raise CannotSend("no case of kind holds; this carrier cannot be told", path="kind")  # L18
    body["effectTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(req.effective_at)  # L20
    if req.changes:  # L21
        body["changeList"] = [change_out(item) for item in req.changes]  # L21
    if body["policyNo"] is None:
        del body["policyNo"]
    return wire


def build(req: EndorsementSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "transStatus")) == "1"
        and dig(wire, "body", "endorseNo")
    ):  # L42
        return Outcome(kind=OutcomeKind.accepted)  # L42
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "transStatus")) == "2":  # L43
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=30.0, for_s=86400.0)  # L43
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L44
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L44
    return Outcome(kind=OutcomeKind.unknown)  # L45


def read_result(
    wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context
) -> tuple[EndorsementSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L47
    head = element_in(wire, "head", problems)  # L51
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(body.get("endorseNo"))  # L47
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(body.get("policyNo"))  # L48
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L51
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L52
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.endorsement, no=endorsement_number_no)
            if endorsement_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L47
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L51
    except Exception as error:
        note(problems, error)
    status: EndorsementStatus | None = None
    try:
        status = (
            EndorsementStatus(v)
            if (
                v := "effective"
                if text_of(dig(wire, "body", "transStatus")) == "1"
                else "pending_carrier"
                if text_of(dig(wire, "body", "transStatus")) == "2"
                else None
            )
            is not None
            else None
        )  # L54
    except Exception as error:
        note(problems, error)
    premium_delta: Money | None = None
    try:
        premium_delta = fen_number_in(v) if (v := value_in(body.get("premiumDelta"))) is not None else None  # L49
    except Exception as error:
        note(problems, error)
    effective_at: datetime | None = None
    try:
        effective_at = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v) if (v := value_in(body.get("effectTime"))) is not None else None
        )  # L50
    except Exception as error:
        note(problems, error)
    return EndorsementSubmitResult(
        numbers=numbers, reasons=reasons, status=status, premium_delta=premium_delta, effective_at=effective_at
    ), problems


def parse(reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L39
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L39
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
    name="endorsement.submit",
    steps=(
        Step(
            name="endorsement.submit",
            operation="endorsement.submit",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="reject_duplicate", key="head.requestNo"),
    inquiry=Inquiry(
        operation="policy.get",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
