"""磐石车险（虚构） 1.4.0 policy.document.

Generated from mappings/carriers/granite/policy_document.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: f3d84553df7e6712a5a2abb228100e704f858c951f96436a01e1af6a38531ab7

from datetime import datetime

from adapters.granite.carrier import ERRORS, decoded, encoded
from adapters.granite.codes import READY_IN
from gateway.model import Document, DocumentKind, DocumentStatus, PolicyDocumentRequest, PolicyDocumentResult, Reason
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
    heard,
    need,
    note,
    number_cut,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/granite/policy_document.yaml"
DATETIME_YYYY_MM_DD_HH_MM_SS_08_00 = datetime_codec("yyyy-MM-dd HH:mm:ss", "+08:00", False)
KNOWN = Known(
    {
        "body": {"policyNo": None, "ready": None, "url": None, "expiresAt": None},
        "head": {"respCode": None, "requestNo": None, "service": None, "respMsg": None},
    }
)


def message(req: PolicyDocumentRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["head"] = head
    head["service"] = "MTR202"  # L8
    head["requestNo"] = number_cut(ctx.attempt_no, 32)  # L9
    body: Wire = {}
    wire["body"] = body
    if (
        policy_no := (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None
        )
        or (
            found_number2.no
            if (found_number2 := first(one for one in req.numbers if one.kind == "compulsory_policy")) is not None
            else None
        )
    ) is not None:  # L10
        body["policyNo"] = policy_no  # L10
    if not body:
        del wire["body"]
    return wire


def build(req: PolicyDocumentRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/motor" + "/document",
            message(req, ctx),
            ctx,
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if text_of(dig(wire, "head", "respCode")) == "S000" and text_of(dig(wire, "body", "policyNo")) != (
        (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None
        )
        or (
            found_number2.no
            if (found_number2 := first(one for one in req.numbers if one.kind == "compulsory_policy")) is not None
            else None
        )
    ):  # L30
        return Outcome(kind=OutcomeKind.unknown)  # L30
    if (
        text_of(dig(wire, "head", "respCode")) == "S000"
        and text_of(dig(wire, "body", "ready")) == "Y"
        and dig(wire, "body", "url")
    ):  # L31
        return Outcome(kind=OutcomeKind.accepted)  # L31
    if text_of(dig(wire, "head", "respCode")) == "S000" and text_of(dig(wire, "body", "ready")) == "N":  # L32
        return Outcome(kind=OutcomeKind.pending, code="policy.document_not_ready", after_s=10.0)  # L32
    if dig(wire, "head", "respCode") and text_of(dig(wire, "head", "respCode")) != "S000":  # L33
        return by_code(ERRORS, dig(wire, "head", "respCode"))  # L33
    return Outcome(kind=OutcomeKind.unknown)  # L34


def read_result(
    wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context
) -> tuple[PolicyDocumentResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "body", problems)  # L36
    head = element_in(wire, "head", problems)  # L39
    document_status: DocumentStatus | None = None
    try:
        document_status = READY_IN[v] if (v := value_in(body.get("ready"))) is not None else None  # L36
    except Exception as error:
        note(problems, error)
    document_url: str | None = None
    try:
        document_url = text_given(body.get("url"))  # L37
    except Exception as error:
        note(problems, error)
    document_url_expires_at: datetime | None = None
    try:
        document_url_expires_at = (
            DATETIME_YYYY_MM_DD_HH_MM_SS_08_00.read(v) if (v := value_in(body.get("expiresAt"))) is not None else None
        )  # L38
    except Exception as error:
        note(problems, error)
    document_kind: DocumentKind | None = None
    try:
        document_kind = (
            DocumentKind(v) if (v := "policy" if dig(wire, "body", "ready") is not None else None) is not None else None
        )  # L42
    except Exception as error:
        note(problems, error)
    document_mime: str | None = None
    try:
        document_mime = "application/pdf" if dig(wire, "body", "ready") is not None else None  # L43
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = (
            text_given(head.get("respCode")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
        )  # L39
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = (
            text_given(head.get("respMsg")) if text_of(dig(wire, "head", "respCode")) != "S000" else None
        )  # L40
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L39
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = (
            (
                Document(
                    status=document_status if document_status is not None else DocumentStatus.ready,
                    url=document_url,
                    url_expires_at=document_url_expires_at,
                    kind=require(document_kind, "kind"),
                    mime=document_mime,
                ),
            )
            if document_status is not None
            or document_url is not None
            or document_url_expires_at is not None
            or document_kind is not None
            or document_mime is not None
            else ()
        )  # L36
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
        if not echoed(number_cut(ctx.attempt_no, 32), dig(wire, "head", "requestNo")):  # L27
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L27
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
    carrier="granite",
    name="policy.document",
    steps=(
        Step(
            name="policy.document",
            operation="policy.document",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=20.0),
        ),
    ),
    safety=SafetyClass.read,
)
