"""Aurora P&C (fictional) 2025.11 claim.get/number.

Generated from mappings/carriers/aurora/claim_get.number.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: bb29921fe7de467ae19117160e63e58009d8a40409457ba55fe5332e17c385fb

from typing import Any

from adapters.aurora.carrier import decoded, encoded, error, wanted_in
from adapters.aurora.codes import DECISION_IN, PROCESS_IN, REJECT_IN
from gateway.model import (
    ChecklistItem,
    ClaimAmounts,
    ClaimDecision,
    ClaimGetRequest,
    ClaimGetResult,
    ClaimProcess,
    ClaimRejectReason,
    DecisionReason,
    Money,
    Number,
    NumberKind,
    Reason,
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
    percent_out,
    present,
    problem,
    text_given,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/claim_get.number.yaml"
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN = Known(
    {
        "claimId": None,
        "errors": {"code": None, "detail": None},
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


def build(req: ClaimGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "GET",
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
            ),
            None,
            ctx,
            {},
        )  # L3
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 200 and dig(wire, "claimId"):  # L11
        return Outcome(kind=OutcomeKind.accepted)  # L11
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L12
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L12
    return Outcome(kind=OutcomeKind.unknown)  # L13


def read_result(wire: Wire, reply: WireReply, req: ClaimGetRequest, ctx: Context) -> tuple[ClaimGetResult, list[str]]:
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
    return ClaimGetResult(
        numbers=numbers,
        reasons=reasons,
        ext=ext,
        process=process,
        decision=decision,
        decision_reasons=decision_reasons,
        amounts=amounts,
        checklist=checklist,
    ), problems


def parse(reply: WireReply, req: ClaimGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "claim")) is not None
            else None,
            dig(wire, "claimId"),
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


def serves(req: ClaimGetRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(any(one.kind == "claim" for one in req.numbers))  # L2


OPERATION = Operation(
    carrier="aurora",
    name="claim.get",
    variant="number",
    steps=(
        Step(
            name="claim.get",
            operation="claim.get",
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
