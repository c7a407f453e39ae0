"""莲花财险（虚构） 2.0.0 endorsement.quote.

Generated from mappings/carriers/lotus/endorsement_quote.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: afb3052dbdcba3b2c9c8ab06dd6f1399279bfd3e244dcaf15015a0c254511de5

from typing import Any

from adapters.lotus.carrier import ERRORS, change_out, decoded, encoded
from gateway.model import EndorsementKind, EndorsementQuoteRequest, EndorsementQuoteResult, Money, NumberKind, Reason
from gateway.wire import (
    CannotSend,
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
    dig,
    echoed,
    element_in,
    fen_number_in,
    fit,
    flag_in,
    heard,
    known,
    match,
    need,
    note,
    now_text,
    number_cut,
    only_out,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/lotus/endorsement_quote.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
KNOWN = Known(
    {
        "body": {"allowed": None, "policyNo": None, "premiumDelta": None, "endorseQuoteNo": None},
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: EndorsementQuoteRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH1006"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L9
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L11
    body: Wire = {}
    wire["body"] = body
    body["policyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "UTF-8"
    )  # L11
    kind = req.kind  # L12
    if kind == EndorsementKind.contact_change and all(one.target == "policyholder" for one in req.changes):  # L14
        body["endorseType"] = "01"  # L14
    elif kind in (EndorsementKind.contact_change, EndorsementKind.party_correction) and (
        all(match(one.target, "^insured/.") is not None and one.field == "phones.0.number" for one in req.changes)
    ):  # L15
        body["endorseType"] = "02"  # L15
    else:
        raise CannotSend("no case of kind holds; this carrier cannot be told", path="kind")  # L14
    body["effectTime"] = DATETIME_YYYY_M_MDD_H_HMMSS_08_00.send(req.effective_at)  # L16
    if req.changes:  # L17
        body["changeList"] = [change_out(item) for item in req.changes]  # L17
    return wire


def build(req: EndorsementQuoteRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: EndorsementQuoteRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "allowed")) == "1":  # L35
        return Outcome(kind=OutcomeKind.accepted)  # L35
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L36
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L36
    return Outcome(kind=OutcomeKind.unknown)  # L37


def read_result(
    wire: Wire, reply: WireReply, req: EndorsementQuoteRequest, ctx: Context
) -> tuple[EndorsementQuoteResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L39
    head = element_in(wire, "head", problems)  # L42
    refs_endorse_quote_no: str | None = None
    try:
        refs_endorse_quote_no = text_given(body.get("endorseQuoteNo"))  # L41
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L42
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L43
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"endorse_quote_no": refs_endorse_quote_no})  # L41
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L42
    except Exception as error:
        note(problems, error)
    allowed: bool | None = None
    try:
        allowed = flag_in(v, "1", "0") if (v := value_in(body.get("allowed"))) is not None else None  # L39
    except Exception as error:
        note(problems, error)
    needs_underwriting: bool | None = None
    try:
        needs_underwriting = False if text_of(dig(wire, "body", "allowed")) == "1" else None  # L45
    except Exception as error:
        note(problems, error)
    premium_delta: Money | None = None
    try:
        premium_delta = fen_number_in(v) if (v := value_in(body.get("premiumDelta"))) is not None else None  # L40
    except Exception as error:
        note(problems, error)
    return EndorsementQuoteResult(
        refs=refs, reasons=reasons, allowed=allowed, needs_underwriting=needs_underwriting, premium_delta=premium_delta
    ), problems


def parse(reply: WireReply, req: EndorsementQuoteRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L32
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L32
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
    name="endorsement.quote",
    steps=(
        Step(
            name="endorsement.quote",
            operation="endorsement.quote",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
