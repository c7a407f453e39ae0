"""莲花财险（虚构） 2.0.0 claim.submit.

Generated from mappings/carriers/lotus/claim_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: e7120af734d614fbc44e31b180782d3c94370d2733135098d76ec005443770f4

from typing import Any

from adapters.lotus.carrier import ERRORS, claim_document_out, decoded, encoded, wanted_in
from adapters.lotus.codes import CLAIM_PROCESS_IN
from gateway.model import ChecklistItem, ClaimProcess, ClaimSubmitRequest, ClaimSubmitResult, Number, NumberKind, Reason
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
    by_code,
    cannot_send,
    dig,
    each,
    echoed,
    element_in,
    fen_number_out,
    fit,
    heard,
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

MAPPING = "mappings/carriers/lotus/claim_submit.yaml"
KNOWN = Known(
    {
        "body": {
            "claimNo": None,
            "claimStatus": None,
            "reportNo": None,
            "docList": {"docType": None, "docStatus": None},
        },
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: ClaimSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH3002"  # L9
    head["requestNo"] = number_cut(ctx.request_no, 32)  # L10
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L11
    body: Wire = {}
    wire["body"] = body
    body["reportNo"] = None  # L12
    body["claimAmount"] = None  # L13
    payee: Wire = {}
    body["payee"] = payee
    payee["payMode"] = "1" if req.account is None else "2"  # L14
    if (
        payee_name := req.policyholder.name if req.account is None or req.account.holder is None else req.account.holder
    ) is not None:  # L15
        payee["payeeName"] = payee_name  # L15
    numbers = req.numbers
    report_number = only_out([item for item in numbers if item.kind == NumberKind.report])  # L17
    body["reportNo"] = fit(
        need(report_number.no if report_number is not None else None, "numbers(kind=report).no"), 20, "UTF-8"
    )  # L17
    requested = req.requested
    body["claimAmount"] = fen_number_out(
        need(requested.amount if requested is not None else None, "requested.amount")
    )  # L18
    account = req.account
    if account is not None:
        if (bank := account.bank) is not None:  # L19
            payee["bankName"] = fit(bank, 100, "UTF-8")  # L19
        payee["accountNo"] = fit(account.number, 40, "UTF-8")  # L20
    if req.documents:  # L21
        body["docList"] = [claim_document_out(item) for item in req.documents]  # L21
    if body["reportNo"] is None:
        del body["reportNo"]
    if body["claimAmount"] is None:
        del body["claimAmount"]
    return wire


def build(req: ClaimSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and dig(wire, "body", "claimStatus")
        and dig(wire, "body", "claimNo")
    ):  # L44
        return Outcome(kind=OutcomeKind.accepted)  # L44
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L45
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L45
    return Outcome(kind=OutcomeKind.unknown)  # L46


def read_result(
    wire: Wire, reply: WireReply, req: ClaimSubmitRequest, ctx: Context
) -> tuple[ClaimSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    body = element_in(wire, "body", problems)  # L48
    checklist_read: list[ChecklistItem] = []
    try:
        for one in each(body.get("docList")):  # L51
            try:
                checklist_read.append(wanted_in(one, raw, "checklist."))  # L51
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    head = element_in(wire, "head", problems)  # L52
    report_number_no: str | None = None
    try:
        report_number_no = text_given(body.get("reportNo"))  # L48
    except Exception as error:
        note(problems, error)
    claim_number_no: str | None = None
    try:
        claim_number_no = text_given(body.get("claimNo"))  # L49
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L52
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L53
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.report, no=report_number_no) if report_number_no is not None else None,
            Number(kind=NumberKind.claim, no=claim_number_no) if claim_number_no is not None else None,
        )  # L48
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L52
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = CLAIM_PROCESS_IN[v] if (v := value_in(body.get("claimStatus"))) is not None else None  # L50
    except Exception as error:
        note(problems, error)
    checklist: tuple[ChecklistItem, ...] = ()
    try:
        checklist = tuple(checklist_read)  # L51
    except Exception as error:
        note(problems, error)
    ext: dict[str, Any] = {}
    try:
        ext = {"raw": raw} if raw else {}
    except Exception as error:
        note(problems, error)
    return ClaimSubmitResult(numbers=numbers, reasons=reasons, ext=ext, process=process, checklist=checklist), problems


def parse(reply: WireReply, req: ClaimSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.request_no, 32), dig(wire, "head", "requestNo")):  # L41
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L41
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
    name="claim.submit",
    steps=(
        Step(
            name="claim.submit",
            operation="claim.submit",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="reject_duplicate", key="head.requestNo"),
    inquiry=Inquiry(
        operation="claim.get",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
