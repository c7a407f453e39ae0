"""青竹人寿（虚构） 3.1 claim.submit.

Generated from mappings/carriers/bamboo/claim_submit.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 8214cd9ed38bf7362bd46fb129ee23ad3ee869075bad484467e6bb47cee0d89e

from adapters.bamboo.carrier import ERRORS, claim_document_out, decoded, encoded
from adapters.bamboo.codes import CLAIM_PROCESS_IN
from gateway.model import ClaimProcess, ClaimSubmitRequest, ClaimSubmitResult, Number, NumberKind, Reason
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
    echoed,
    element_in,
    first,
    fit,
    heard,
    need,
    note,
    now_text,
    number_cut,
    only_out,
    present,
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    value_in,
    yuan_out,
)

MAPPING = "mappings/carriers/bamboo/claim_submit.yaml"
KNOWN = Known(
    {
        "@code": None,
        "Body": {"ClmNo": None, "RptNo": None, "ClmState": None},
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message(req: ClaimSubmitRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "CL02"  # L9
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L10
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L11
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L12
    if (channel_code := text(ctx.config.get("channel_code"))) is not None:  # L13
        head["ChannelCode"] = channel_code  # L13
    body: Wire = {}
    wire["Body"] = body
    body["RptNo"] = None  # L14
    body["ClaimAmount"] = None  # L15
    if (
        payee_name := req.policyholder.name if req.account is None or req.account.holder is None else req.account.holder
    ) is not None:  # L16
        body["PayeeName"] = payee_name  # L16
    numbers = req.numbers
    report_number = only_out([item for item in numbers if item.kind == NumberKind.report])  # L18
    body["RptNo"] = fit(
        need(report_number.no if report_number is not None else None, "numbers(kind=report).no"), 20, "GBK"
    )  # L18
    requested = req.requested
    body["ClaimAmount"] = yuan_out(need(requested.amount if requested is not None else None, "requested.amount"))  # L19
    account = req.account
    body["BankName"] = fit(need(account.bank if account is not None else None, "account.bank"), 60, "GBK")  # L20
    body["AccountNo"] = fit(need(account.number if account is not None else None, "account.number"), 40, "GBK")  # L21
    if req.documents:  # L22
        body["Doc"] = [claim_document_out(item) for item in req.documents]  # L22
    if body["RptNo"] is None:
        del body["RptNo"]
    if body["ClaimAmount"] is None:
        del body["ClaimAmount"]
    return wire


def build(req: ClaimSubmitRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: ClaimSubmitRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        dig(wire, "@code") == "1"
        and dig(wire, "Body", "RptNo")
        == (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "report")) is not None
            else None
        )
        and dig(wire, "Body", "ClmNo")
    ):  # L45
        return Outcome(kind=OutcomeKind.accepted)  # L45
    if dig(wire, "@code") == "0" and dig(wire, "ErrCode") == "E1404":  # L46
        return Outcome(kind=OutcomeKind.declined, code="claim.not_found", text="无此案件")  # L46
    if dig(wire, "@code") == "0":  # L47
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L47
    return Outcome(kind=OutcomeKind.unknown)  # L48


def read_result(
    wire: Wire, reply: WireReply, req: ClaimSubmitRequest, ctx: Context
) -> tuple[ClaimSubmitResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "Body", problems)  # L50
    report_number_no: str | None = None
    try:
        report_number_no = text_given(body.get("RptNo"))  # L50
    except Exception as error:
        note(problems, error)
    claim_number_no: str | None = None
    try:
        claim_number_no = text_given(body.get("ClmNo"))  # L51
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("ErrCode"))  # L53
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("ErrMsg"))  # L54
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.report, no=report_number_no) if report_number_no is not None else None,
            Number(kind=NumberKind.claim, no=claim_number_no) if claim_number_no is not None else None,
        )  # L50
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L53
    except Exception as error:
        note(problems, error)
    process: ClaimProcess | None = None
    try:
        process = CLAIM_PROCESS_IN[v] if (v := value_in(body.get("ClmState"))) is not None else None  # L52
    except Exception as error:
        note(problems, error)
    return ClaimSubmitResult(numbers=numbers, reasons=reasons, process=process), problems


def parse(reply: WireReply, req: ClaimSubmitRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L42
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L42
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
    carrier="bamboo",
    name="claim.submit",
    steps=(
        Step(
            name="claim.submit",
            operation="claim.submit",
            safety=SafetyClass.write_inquiry,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    idempotency=Idempotency(kind="query_only"),
    inquiry=Inquiry(
        operation="claim.get",
        by="natural_key",
        visibility_lag_s=30.0,
        not_found_is_final_after_s=60.0,
        every_s=(5.0, 10.0, 15.0, 30.0, 60.0, 300.0),
    ),
    safety=SafetyClass.write_inquiry,
)
