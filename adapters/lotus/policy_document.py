"""莲花财险（虚构） 2.0.0 policy.document.

Generated from mappings/carriers/lotus/policy_document.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: e8b08c45caa3d27c2c0c5cbdf58e3eacb7d24ccb2bd31bcafbff61aacee16edd

from datetime import datetime

from adapters.lotus.carrier import ERRORS, decoded, encoded
from adapters.lotus.codes import DOCUMENT_IN, DOCUMENT_OUT, DOCUMENT_READY_IN
from gateway.model import (
    Document,
    DocumentKind,
    DocumentStatus,
    NumberKind,
    PolicyDocumentRequest,
    PolicyDocumentResult,
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
    by_code,
    cannot_send,
    datetime_codec,
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
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/lotus/policy_document.yaml"
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)
KNOWN = Known(
    {
        "body": {"docStatus": None, "docType": None, "docUrl": None, "policyNo": None, "urlExpireTime": None},
        "head": {"resultCode": None, "requestNo": None, "transCode": None, "responseTime": None, "resultMsg": None},
    }
)


def message(req: PolicyDocumentRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["transCode"] = "LH2002"  # L7
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L8
    head["requestTime"] = now_text(ctx.now, "yyyyMMddHHmmss", "+08:00")  # L9
    body: Wire = {}
    wire["body"] = body
    body["policyNo"] = None  # L10
    body["docType"] = None  # L11
    if (
        endorse_no := (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "endorsement")) is not None
            else None
        )
        if req.kind == "endorsement"
        else None
    ) is not None:  # L12
        body["endorseNo"] = endorse_no  # L12
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L14
    body["policyNo"] = fit(
        need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "UTF-8"
    )  # L14
    body["docType"] = DOCUMENT_OUT[req.kind]  # L15
    if body["policyNo"] is None:
        del body["policyNo"]
    if body["docType"] is None:
        del body["docType"]
    return wire


def build(req: PolicyDocumentRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/gateway.do", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "policyNo")) != (
        found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
        else None
    ):  # L34
        return Outcome(kind=OutcomeKind.unknown)  # L34
    if (
        text_of(dig(wire, "head", "resultCode")) == "0000"
        and text_of(dig(wire, "body", "docStatus")) == "1"
        and dig(wire, "body", "docUrl")
    ):  # L35
        return Outcome(kind=OutcomeKind.accepted)  # L35
    if text_of(dig(wire, "head", "resultCode")) == "0000" and text_of(dig(wire, "body", "docStatus")) == "0":  # L36
        return Outcome(kind=OutcomeKind.pending, code="policy.document_not_ready", after_s=10.0)  # L36
    if dig(wire, "head", "resultCode") and text_of(dig(wire, "head", "resultCode")) != "0000":  # L37
        return by_code(ERRORS, dig(wire, "head", "resultCode"))  # L37
    return Outcome(kind=OutcomeKind.unknown)  # L38


def read_result(
    wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context
) -> tuple[PolicyDocumentResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L40
    head = element_in(wire, "head", problems)  # L44
    document_kind: DocumentKind | None = None
    try:
        document_kind = DOCUMENT_IN[v] if (v := value_in(body.get("docType"))) is not None else None  # L40
    except Exception as error:
        note(problems, error)
    document_status: DocumentStatus | None = None
    try:
        document_status = DOCUMENT_READY_IN[v] if (v := value_in(body.get("docStatus"))) is not None else None  # L41
    except Exception as error:
        note(problems, error)
    document_url: str | None = None
    try:
        document_url = text_given(body.get("docUrl"))  # L42
    except Exception as error:
        note(problems, error)
    document_url_expires_at: datetime | None = None
    try:
        document_url_expires_at = (
            DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(v)
            if (v := value_in(body.get("urlExpireTime"))) is not None
            else None
        )  # L43
    except Exception as error:
        note(problems, error)
    document_mime: str | None = None
    try:
        document_mime = "application/pdf" if dig(wire, "body", "docType") is not None else None  # L47
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("resultCode")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L44
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("resultMsg")) if text_of(dig(wire, "head", "resultCode")) != "0000" else None
        )  # L45
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L44
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = (
            (
                Document(
                    kind=require(document_kind, "body.docType"),
                    status=document_status if document_status is not None else DocumentStatus.ready,
                    url=document_url,
                    url_expires_at=document_url_expires_at,
                    mime=document_mime,
                ),
            )
            if document_kind is not None
            or document_status is not None
            or document_url is not None
            or document_url_expires_at is not None
            or document_mime is not None
            else ()
        )  # L40
    except Exception as error:
        note(problems, error)
    return PolicyDocumentResult(reasons=reasons, documents=documents), problems


def parse(reply: WireReply, req: PolicyDocumentRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L31
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L31
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
    name="policy.document",
    steps=(
        Step(
            name="policy.document",
            operation="policy.document",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
