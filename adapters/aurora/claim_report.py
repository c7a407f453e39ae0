"""Aurora P&C (fictional) 2025.11 claim.report.

Generated from mappings/carriers/aurora/claim_report.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: a93d74da3d9b53f1e33739c6cbad27003ca0b1cd4899d964198a0b36ff4ce078

from typing import Any

from adapters.aurora.carrier import decoded, encoded, error, wanted_in
from adapters.aurora.codes import CAUSE_OUT, DECISION_IN, PROCESS_IN, REJECT_IN, RELATION_OUT
from gateway.model import (
    ChecklistItem,
    ClaimAmounts,
    ClaimDecision,
    ClaimProcess,
    ClaimRejectReason,
    ClaimReportRequest,
    ClaimReportResult,
    DecisionReason,
    Money,
    Number,
    NumberKind,
    Reason,
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
    cannot_send,
    code_in,
    datetime_codec,
    dig,
    e164_out,
    each,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    money_codec,
    need,
    note,
    nth_out,
    number_cut,
    present,
    problem,
    text_given,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/claim_report.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN = Known(
    {
        "claimId": None,
        "errors": {"code": None, "detail": None},
        "partnerOrderId": None,
        "status": None,
        "decision": None,
        "rejectCode": None,
        "rejectText": None,
        "claimed": {"currency": None, "amount": None},
        "approved": {"currency": None, "amount": None},
        "paid": {"currency": None, "amount": None},
        "checklist": {"kind": None, "status": None},
    }
)


def message(req: ClaimReportRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerOrderId"] = number_cut(ctx.request_no, 32)  # L8
    if (
        policy_number := found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
        else None
    ) is not None:  # L9
        wire["policyNumber"] = policy_number  # L9
    if req.insured_refs:  # L11
        wire["insuredRefs"] = [item for item in req.insured_refs]  # L11
    occurrence = req.occurrence
    wire["occurredAt"] = DATETIME_ISO_08_00.send(occurrence.at)  # L12
    place = occurrence.place
    place_2: Wire = {}
    wire["place"] = place_2
    if place is not None:
        if (country := place.country) is not None:  # L13
            place_2["country"] = country  # L13
        if (text_2 := place.text) is not None:  # L14
            place_2["text"] = text_2  # L14
    wire["cause"] = CAUSE_OUT[need(occurrence.cause_code, "occurrence.cause_code")]  # L15
    wire["description"] = need(occurrence.description, "occurrence.description")  # L16
    reporter = req.reporter
    party = reporter.party
    reporter_2: Wire = {}
    wire["reporter"] = reporter_2
    reporter_2["fullName"] = party.name  # L17
    phones = party.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L18
    reporter_2["phone"] = e164_out(
        need(phone.number if phone is not None else None, "reporter.party.phones.0.number")
    )  # L18
    reporter_2["relationship"] = RELATION_OUT[need(reporter.relationship, "reporter.relationship")]  # L19
    requested = req.requested
    claimed_amount: Wire = {}
    wire["claimedAmount"] = claimed_amount
    if requested is not None:  # L20
        claimed_amount["amount"] = MONEY_MAJOR.send(requested.amount)  # L20
        claimed_amount["currency"] = requested.amount.currency  # L20
    if not claimed_amount:
        del wire["claimedAmount"]
    if not place_2:
        del wire["place"]
    return wire


def build(req: ClaimReportRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/partner/v2" + "/claims",
            message(req, ctx),
            ctx,
            {"Idempotency-Key": number_cut(ctx.request_no, 32)},
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 201 and dig(wire, "claimId"):  # L31
        return Outcome(kind=OutcomeKind.accepted)  # L31
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L32
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L32
    return Outcome(kind=OutcomeKind.unknown)  # L33


def read_result(
    wire: Wire, reply: WireReply, req: ClaimReportRequest, ctx: Context
) -> tuple[ClaimReportResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    claimed = element_in(wire, "claimed", problems)  # L42
    approved = element_in(wire, "approved", problems)  # L43
    paid = element_in(wire, "paid", problems)  # L44
    checklist_read: list[ChecklistItem] = []
    try:
        for one in each(wire.get("checklist")):  # L45
            try:
                checklist_read.append(wanted_in(one, raw, "checklist."))  # L45
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    errors = element_in(wire.get("errors"), 0, problems)  # L46
    report_number_no: str | None = None
    try:
        report_number_no = text_given(wire.get("claimId"))  # L36
    except Exception as error:
        note(problems, error)
    claim_number_no: str | None = None
    try:
        claim_number_no = text_given(wire.get("claimId"))  # L37
    except Exception as error:
        note(problems, error)
    decision_reason_code: ClaimRejectReason | None = None
    try:
        decision_reason_code = (
            code_in(REJECT_IN, v, raw, "", "decision_reasons.0.code")
            if (v := value_in(wire.get("rejectCode"))) is not None
            else None
        )  # L40
    except Exception as error:
        note(problems, error)
    decision_reason_carrier_text: str | None = None
    try:
        decision_reason_carrier_text = text_given(wire.get("rejectText"))  # L41
    except Exception as error:
        note(problems, error)
    amounts_requested: Money | None = None
    try:
        amounts_requested = (
            MONEY_MAJOR.read(v, value_in(claimed.get("currency")))
            if (v := value_in(claimed.get("amount"))) is not None
            else None
        )  # L42
    except Exception as error:
        note(problems, error)
    amounts_approved: Money | None = None
    try:
        amounts_approved = (
            MONEY_MAJOR.read(v, value_in(approved.get("currency")))
            if (v := value_in(approved.get("amount"))) is not None
            else None
        )  # L43
    except Exception as error:
        note(problems, error)
    amounts_paid: Money | None = None
    try:
        amounts_paid = (
            MONEY_MAJOR.read(v, value_in(paid.get("currency")))
            if (v := value_in(paid.get("amount"))) is not None
            else None
        )  # L44
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(errors.get("detail"))  # L46
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.report, no=report_number_no) if report_number_no is not None else None,
            Number(kind=NumberKind.claim, no=claim_number_no) if claim_number_no is not None else None,
        )  # L36
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (Reason(text=reason_text),) if reason_text is not None else ()  # L46
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = PROCESS_IN[v] if (v := value_in(wire.get("status"))) is not None else None  # L38
    except Exception as error:
        note(problems, error)
    decision: ClaimDecision | None = None
    try:
        decision = DECISION_IN[v] if (v := value_in(wire.get("decision"))) is not None else None  # L39
    except Exception as error:
        note(problems, error)
    decision_reasons: tuple[DecisionReason, ...] = ()
    try:
        decision_reasons = (
            (DecisionReason(code=decision_reason_code, carrier_text=decision_reason_carrier_text),)
            if decision_reason_code is not None or decision_reason_carrier_text is not None
            else ()
        )  # L40
    except Exception as error:
        note(problems, error)
    amounts: ClaimAmounts | None = None
    try:
        amounts = (
            ClaimAmounts(requested=amounts_requested, approved=amounts_approved, paid=amounts_paid)
            if amounts_requested is not None or amounts_approved is not None or amounts_paid is not None
            else None
        )  # L42
    except Exception as error:
        note(problems, error)
    checklist: tuple[ChecklistItem, ...] = ()
    try:
        checklist = tuple(checklist_read)  # L45
    except Exception as error:
        note(problems, error)
    ext: dict[str, Any] = {}
    try:
        ext = {"raw": raw} if raw else {}
    except Exception as error:
        note(problems, error)
    return ClaimReportResult(
        numbers=numbers,
        reasons=reasons,
        ext=ext,
        process=process,
        decision=decision,
        decision_reasons=decision_reasons,
        amounts=amounts,
        checklist=checklist,
    ), problems


def parse(reply: WireReply, req: ClaimReportRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerOrderId"), outcome):  # L28
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L28
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
    carrier="aurora",
    name="claim.report",
    steps=(
        Step(
            name="claim.report",
            operation="claim.report",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="replay", key="header.Idempotency-Key", ttl_s=86400.0),
    inquiry=Inquiry(operation="claim.get", visibility_lag_s=5.0, not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_replay,
)
