"""Aurora P&C (fictional) 2025.11 claim.submit.

Generated from mappings/carriers/aurora/claim_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: b1f24a184b18160656cfea793542d6fec803d94179f36cc1f2e11c589c9afdd9

from typing import Any

from adapters.aurora.carrier import claim_document_out, decoded, encoded, error, wanted_in
from adapters.aurora.codes import DECISION_IN, PROCESS_IN, REJECT_IN
from gateway.model import (
    ChecklistItem,
    ClaimAmounts,
    ClaimDecision,
    ClaimProcess,
    ClaimRejectReason,
    ClaimSubmitRequest,
    ClaimSubmitResult,
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
    by_index_out,
    cannot_send,
    code_in,
    dig,
    each,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    money_codec,
    need,
    note,
    number_cut,
    percent_out,
    present,
    problem,
    text_given,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/claim_submit.yaml"
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


def message(req: ClaimSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerOrderId"] = number_cut(ctx.request_no, 32)  # L7
    requested = req.requested
    claimed_amount: Wire = {}
    wire["claimedAmount"] = claimed_amount
    amount = need(requested.amount if requested is not None else None, "requested.amount")  # L9
    claimed_amount["amount"] = MONEY_MAJOR.send(amount)  # L9
    claimed_amount["currency"] = amount.currency  # L9
    payee: Wire = {}
    wire["payee"] = payee
    if (
        full_name := req.account.holder
        if req.account is not None and req.account.holder is not None
        else req.policyholder.name
    ) is not None:  # L14
        payee["fullName"] = full_name  # L14
    payee["method"] = "BANK_TRANSFER" if req.account is not None else "ORIGINAL"  # L15
    if (bank_name := req.account.bank if req.account is not None else None) is not None:  # L16
        payee["bankName"] = bank_name  # L16
    if (account_number := req.account.number if req.account is not None else None) is not None:  # L17
        payee["accountNumber"] = account_number  # L17
    if req.documents:  # L18
        wire["documents"] = by_index_out([claim_document_out(item) for item in req.documents])  # L18
    return wire


def build(req: ClaimSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/partner/v2"
            + "/claims/"
            + percent_out(
                str(
                    need(
                        found_number.no
                        if (found_number := first(one for one in req.numbers if one.kind == "claim")) is not None
                        else None,
                        'first(req.numbers, item.kind == "claim").no',
                    )
                )
            )
            + "/submission",
            message(req, ctx),
            ctx,
            {"Idempotency-Key": number_cut(ctx.request_no, 32)},
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 200 and dig(wire, "claimId"):  # L26
        return Outcome(kind=OutcomeKind.accepted)  # L26
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L27
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L27
    return Outcome(kind=OutcomeKind.unknown)  # L28


def read_result(
    wire: Wire, reply: WireReply, req: ClaimSubmitRequest, ctx: Context
) -> tuple[ClaimSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    claimed = element_in(wire, "claimed", problems)  # claim_report.yaml L42
    approved = element_in(wire, "approved", problems)  # claim_report.yaml L43
    paid = element_in(wire, "paid", problems)  # claim_report.yaml L44
    checklist_read: list[ChecklistItem] = []
    try:
        for one in each(wire.get("checklist")):  # claim_report.yaml L45
            try:
                checklist_read.append(wanted_in(one, raw, "checklist."))  # claim_report.yaml L45
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    errors = element_in(wire.get("errors"), 0, problems)  # claim_report.yaml L46
    report_number_no: str | None = None
    try:
        report_number_no = text_given(wire.get("claimId"))  # claim_report.yaml L36
    except Exception as error:
        note(problems, error)
    claim_number_no: str | None = None
    try:
        claim_number_no = text_given(wire.get("claimId"))  # claim_report.yaml L37
    except Exception as error:
        note(problems, error)
    decision_reason_code: ClaimRejectReason | None = None
    try:
        decision_reason_code = (
            code_in(REJECT_IN, v, raw, "", "decision_reasons.0.code")
            if (v := value_in(wire.get("rejectCode"))) is not None
            else None
        )  # claim_report.yaml L40
    except Exception as error:
        note(problems, error)
    decision_reason_carrier_text: str | None = None
    try:
        decision_reason_carrier_text = text_given(wire.get("rejectText"))  # claim_report.yaml L41
    except Exception as error:
        note(problems, error)
    amounts_requested: Money | None = None
    try:
        amounts_requested = (
            MONEY_MAJOR.read(v, value_in(claimed.get("currency")))
            if (v := value_in(claimed.get("amount"))) is not None
            else None
        )  # claim_report.yaml L42
    except Exception as error:
        note(problems, error)
    amounts_approved: Money | None = None
    try:
        amounts_approved = (
            MONEY_MAJOR.read(v, value_in(approved.get("currency")))
            if (v := value_in(approved.get("amount"))) is not None
            else None
        )  # claim_report.yaml L43
    except Exception as error:
        note(problems, error)
    amounts_paid: Money | None = None
    try:
        amounts_paid = (
            MONEY_MAJOR.read(v, value_in(paid.get("currency")))
            if (v := value_in(paid.get("amount"))) is not None
            else None
        )  # claim_report.yaml L44
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(errors.get("detail"))  # claim_report.yaml L46
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.report, no=report_number_no) if report_number_no is not None else None,
            Number(kind=NumberKind.claim, no=claim_number_no) if claim_number_no is not None else None,
        )  # claim_report.yaml L36
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (Reason(text=reason_text),) if reason_text is not None else ()  # claim_report.yaml L46
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = PROCESS_IN[v] if (v := value_in(wire.get("status"))) is not None else None  # claim_report.yaml L38
    except Exception as error:
        note(problems, error)
    decision: ClaimDecision | None = None
    try:
        decision = (
            DECISION_IN[v] if (v := value_in(wire.get("decision"))) is not None else None
        )  # claim_report.yaml L39
    except Exception as error:
        note(problems, error)
    decision_reasons: tuple[DecisionReason, ...] = ()
    try:
        decision_reasons = (
            (DecisionReason(code=decision_reason_code, carrier_text=decision_reason_carrier_text),)
            if decision_reason_code is not None or decision_reason_carrier_text is not None
            else ()
        )  # claim_report.yaml L40
    except Exception as error:
        note(problems, error)
    amounts: ClaimAmounts | None = None
    try:
        amounts = (
            ClaimAmounts(requested=amounts_requested, approved=amounts_approved, paid=amounts_paid)
            if amounts_requested is not None or amounts_approved is not None or amounts_paid is not None
            else None
        )  # claim_report.yaml L42
    except Exception as error:
        note(problems, error)
    checklist: tuple[ChecklistItem, ...] = ()
    try:
        checklist = tuple(checklist_read)  # claim_report.yaml L45
    except Exception as error:
        note(problems, error)
    ext: dict[str, Any] = {}
    try:
        ext = {"raw": raw} if raw else {}
    except Exception as error:
        note(problems, error)
    return ClaimSubmitResult(
        numbers=numbers,
        reasons=reasons,
        ext=ext,
        process=process,
        decision=decision,
        decision_reasons=decision_reasons,
        amounts=amounts,
        checklist=checklist,
    ), problems


def parse(reply: WireReply, req: ClaimSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerOrderId"), outcome):  # L23
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L23
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
    name="claim.submit",
    steps=(
        Step(
            name="claim.submit",
            operation="claim.submit",
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
