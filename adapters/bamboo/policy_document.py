"""青竹人寿（虚构） 3.1 policy.document.

Generated from mappings/carriers/bamboo/policy_document.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: ef195e6407b5b49dd42a5c2a4d7699598a01651ca9c3d99f0dbf686f28d41e28

from adapters.bamboo.carrier import ERRORS, decoded, encoded
from gateway.model import Document, DocumentKind, NumberKind, PolicyDocumentRequest, PolicyDocumentResult, Reason
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
    base64_bytes_in,
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
    problem,
    text,
    text_given,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/bamboo/policy_document.yaml"
KNOWN = Known(
    {
        "@code": None,
        "Body": {"FileContent": None, "PolicyNo": None, "FileName": None},
        "ErrCode": None,
        "Head": {"SerialNo": None, "TransType": None},
        "ErrMsg": None,
    }
)


def message(req: PolicyDocumentRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    head: Wire = {}
    wire["Head"] = head
    head["TransType"] = "EP01"  # L7
    head["SerialNo"] = number_cut(ctx.attempt_no, 30)  # L8
    head["SendDate"] = now_text(ctx.now, "yyyy-MM-dd", "+08:00")  # L9
    head["SendTime"] = now_text(ctx.now, "HH:mm:ss", "+08:00")  # L10
    if (channel_code := text(ctx.config.get("channel_code"))) is not None:  # L11
        head["ChannelCode"] = channel_code  # L11
    body: Wire = {}
    wire["Body"] = body
    numbers = req.numbers
    policy_number = only_out([item for item in numbers if item.kind == NumberKind.policy])  # L13
    if req.kind == DocumentKind.policy:  # L13
        body["PolicyNo"] = fit(
            need(policy_number.no if policy_number is not None else None, "numbers(kind=policy).no"), 24, "GBK"
        )  # L13
    else:
        raise CannotSend("no case of this object holds; this carrier cannot be told")  # L13
    if not body:
        del wire["Body"]
    return wire


def build(req: PolicyDocumentRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST", str(need(ctx.config.get("base_url"), "config.base_url")) + "/ebiz/service", message(req, ctx), ctx
        )
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    if unanswered(reply.status):
        return UNKNOWN
    if (
        dig(wire, "@code") == "1"
        and dig(wire, "Body", "PolicyNo")
        == (
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None
        )
        and dig(wire, "Body", "FileContent")
    ):  # L32
        return Outcome(kind=OutcomeKind.accepted)  # L32
    if dig(wire, "@code") == "0":  # L33
        return by_code(ERRORS, dig(wire, "ErrCode"))  # L33
    return Outcome(kind=OutcomeKind.unknown)  # L34


def read_result(
    wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context
) -> tuple[PolicyDocumentResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    body = element_in(wire, "Body", problems)  # L36
    policy_document_name: str | None = None
    try:
        policy_document_name = text_given(body.get("FileName"))  # L36
    except Exception as error:
        note(problems, error)
    policy_document_content: bytes | None = None
    try:
        policy_document_content = (
            base64_bytes_in(v) if (v := value_in(body.get("FileContent"))) is not None else None
        )  # L37
    except Exception as error:
        note(problems, error)
    policy_document_mime: str | None = None
    try:
        policy_document_mime = "application/pdf" if dig(wire, "Body", "FileContent") is not None else None  # L41
    except Exception as error:
        note(problems, error)
    reason_code: str | None = None
    try:
        reason_code = text_given(wire.get("ErrCode"))  # L38
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(wire.get("ErrMsg"))  # L39
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (
            (Reason(code=reason_code, text=reason_text),) if reason_code is not None or reason_text is not None else ()
        )  # L38
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = (
            (
                Document(
                    kind=DocumentKind.policy,
                    name=policy_document_name,
                    content=policy_document_content,
                    mime=policy_document_mime,
                ),
            )
            if policy_document_name is not None
            or policy_document_content is not None
            or policy_document_mime is not None
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
        if not echoed(number_cut(ctx.attempt_no, 30), dig(wire, "Head", "SerialNo")):  # L29
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L29
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
    name="policy.document",
    steps=(
        Step(
            name="policy.document",
            operation="policy.document",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=3.0, total_s=25.0),
        ),
    ),
    safety=SafetyClass.read,
)
