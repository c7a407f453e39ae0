"""Aurora P&C (fictional) 2025.11 endorsement.submit.

Generated from mappings/carriers/aurora/endorsement_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 5d24a18924808004a8ea6e1beb1477032620ec89b4dec2bf160973be1ce7573f

from typing import Any

from adapters.aurora.carrier import decoded, encoded, error
from adapters.aurora.codes import CHANGED_FIELD_OUT, ENDORSEMENT_OUT
from gateway.model import (
    Change,
    EndorsementStatus,
    EndorsementSubmitRequest,
    EndorsementSubmitResult,
    Money,
    Number,
    NumberKind,
)
from gateway.wire import (
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
    by_index_out,
    cannot_send,
    datetime_codec,
    dig,
    e164_out,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    known,
    match,
    money_codec,
    need,
    note,
    number_cut,
    percent_out,
    present,
    problem,
    text,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/endorsement_submit.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN = Known(
    {
        "endorsementNo": None,
        "errors": {"code": None},
        "status": None,
        "partnerOrderId": None,
        "policyNumber": None,
        "premiumDelta": {"currency": None, "amount": None},
    }
)


def change_out(item: Change, req: EndorsementSubmitRequest) -> Wire:
    out: Wire = {}
    if (
        target := "policyHolder"
        if item.target == "policyholder"
        else "person/" + found_text
        if (found_text := match(item.target, "^insured/(.+)$")) is not None
        else None
    ) is not None:  # L22
        out["target"] = target  # L22
    out["field"] = None  # L23
    if (
        from_ := None
        if req.kind == "insured_remove"
        else (e164_out(found_text) if (found_text := text(item.from_)) is not None else None)
        if item.field == "phones.0.number"
        else text(item.from_)
    ) is not None:  # L24
        out["from"] = from_  # L24
    if (
        to := None
        if req.kind == "insured_remove"
        else (e164_out(found_text) if (found_text := text(item.to)) is not None else None)
        if item.field == "phones.0.number"
        else text(item.to)
    ) is not None:  # L25
        out["to"] = to  # L25
    if req.kind != "insured_remove":  # L26
        out["field"] = CHANGED_FIELD_OUT[item.field]  # L26
    if out["field"] is None:
        del out["field"]
    return out


def message(req: EndorsementSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerOrderId"] = number_cut(ctx.request_no, 32)  # L9
    wire["baseVersion"] = req.basis_version  # L10
    if (
        endorsement_quote_id := ctx.refs.get("endorsement_quote") if ctx.refs.get("endorsement_quote") else None
    ) is not None:  # L11
        wire["endorsementQuoteId"] = endorsement_quote_id  # L11
    wire["kind"] = ENDORSEMENT_OUT[req.kind]  # L13
    wire["effectiveAt"] = DATETIME_ISO_08_00.send(req.effective_at)  # L14
    if req.changes:  # L15
        wire["changes"] = by_index_out([change_out(item, req) for item in req.changes])  # L15
    return wire


def build(req: EndorsementSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/partner/v2"
            + "/policies/"
            + percent_out(
                str(
                    need(
                        found_number.no
                        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
                        else None,
                        'first(req.numbers, item.kind == "policy").no',
                    )
                )
            )
            + "/endorsements",
            message(req, ctx),
            ctx,
            {"Idempotency-Key": number_cut(ctx.request_no, 32)},
        )  # L3
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 201 and dig(wire, "endorsementNo") and text_of(dig(wire, "status")) == "EFFECTIVE":  # L35
        return Outcome(kind=OutcomeKind.accepted)  # L35
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L36
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L36
    return Outcome(kind=OutcomeKind.unknown)  # L37


def read_result(
    wire: Wire, reply: WireReply, req: EndorsementSubmitRequest, ctx: Context
) -> tuple[EndorsementSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    premium_delta_2 = element_in(wire, "premiumDelta", problems)  # L41
    endorsement_number_no: str | None = None
    try:
        endorsement_number_no = text_given(wire.get("endorsementNo"))  # L39
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(wire.get("policyNumber"))  # L40
    except Exception as error:
        note(problems, error)
    refs_endorsement_quote: str | None = None
    try:
        refs_endorsement_quote = ""  # L45
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.endorsement, no=endorsement_number_no)
            if endorsement_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L39
    except Exception as error:
        note(problems, error)
    refs: dict[str, Any] = {}
    try:
        refs = known({"endorsement_quote": refs_endorsement_quote})  # L45
    except Exception as error:
        note(problems, error)
    status: EndorsementStatus | None = None
    try:
        status = (
            EndorsementStatus(v)
            if (v := "effective" if text_of(dig(wire, "status")) == "EFFECTIVE" else None) is not None
            else None
        )  # L43
    except Exception as error:
        note(problems, error)
    premium_delta: Money | None = None
    try:
        premium_delta = (
            MONEY_MAJOR.read(v, value_in(premium_delta_2.get("currency")))
            if (v := value_in(premium_delta_2.get("amount"))) is not None
            else None
        )  # L41
    except Exception as error:
        note(problems, error)
    return EndorsementSubmitResult(numbers=numbers, refs=refs, status=status, premium_delta=premium_delta), problems


def parse(reply: WireReply, req: EndorsementSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerOrderId"), outcome):  # L32
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


def serves(req: EndorsementSubmitRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(
        all(one.target == "policyholder" or match(one.target, "^insured/(.+)$") is not None for one in req.changes)
    )  # L2


OPERATION = Operation(
    carrier="aurora",
    name="endorsement.submit",
    steps=(
        Step(
            name="endorsement.submit",
            operation="endorsement.submit",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="replay", key="header.Idempotency-Key", ttl_s=86400.0),
    inquiry=Inquiry(operation="policy.get", visibility_lag_s=5.0, not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_replay,
    when=serves,
)
