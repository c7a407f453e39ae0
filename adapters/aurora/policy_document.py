"""Aurora P&C (fictional) 2025.11 policy.document.

Generated from mappings/carriers/aurora/policy_document.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 72c678b397b1f49256ff7237df2f02c493b6d2646160ac495263510d07dce851

from adapters.aurora.carrier import encoded, error
from adapters.aurora.codes import DOCUMENT_OUT
from gateway.model import Document, DocumentKind, PolicyDocumentRequest, PolicyDocumentResult
from gateway.wire import (
    Context,
    Forged,
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
    Wire,
    WireReply,
    WireRequest,
    base64_text,
    bytes_in,
    cannot_send,
    charset_in,
    dig,
    first,
    first_form,
    fresh,
    headers_of,
    heard,
    hex_lower,
    hmac_sha256,
    json_in,
    lookup,
    match,
    message_in,
    need,
    note,
    over,
    percent_out,
    problem,
    require,
    same_signature,
    secret,
    sha256,
    unanswered,
    unmapped,
    value_in,
    with_former_keys,
)

MAPPING = "mappings/carriers/aurora/policy_document.yaml"
KNOWN = Known({"content": None, "errors": {"code": None}})


def build(req: PolicyDocumentRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "GET",
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
            + "/documents/"
            + percent_out(str(need(lookup(DOCUMENT_OUT, req.kind), 'lookup("document", req.kind)'))),
            None,
            ctx,
            {},
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def decoded_once_1(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    headers = headers_of(reply)
    if not same_signature(
        base64_text(
            hmac_sha256(
                secret(ctx, "hmac_key"),
                over("UTF-8", headers.get("x-timestamp"), "\n", hex_lower(sha256(over("UTF-8", reply.body)))),
            )
        ),
        headers.get("x-signature"),
    ):  # L8
        raise Forged("the signature of the reply is not the carrier's")  # L8
    if not fresh(headers.get("x-timestamp"), ctx.now, 300.0):  # L8
        raise Forged("the time stamp of the reply is too far from now")  # L8
    content = charset_in(reply.body, "UTF-8")  # L9
    tree = json_in(content)  # L10
    return message_in(tree)


def decoded_once_2(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    headers = headers_of(reply)
    if not same_signature(
        base64_text(
            hmac_sha256(
                secret(ctx, "hmac_key"),
                over("utf-8", headers.get("x-timestamp"), "\n", hex_lower(sha256(over("utf-8", reply.body)))),
            )
        ),
        headers.get("x-signature"),
    ):  # L11
        raise Forged("the signature of the reply is not the carrier's")  # L11
    if not fresh(headers.get("x-timestamp"), ctx.now, 300.0):  # L11
        raise Forged("the time stamp of the reply is too far from now")  # L11
    tree = {"content": reply.body}  # L12
    return message_in(tree)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message of the first form that decodes."""
    return first_form(reply, ctx, decoded_once_1, decoded_once_2)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def classify(wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 200 and headers.get("content-type") == "application/pdf" and dig(wire, "content"):  # L16
        return Outcome(kind=OutcomeKind.accepted)  # L16
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L17
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L17
    return Outcome(kind=OutcomeKind.unknown)  # L18


def read_result(
    wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context
) -> tuple[PolicyDocumentResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    headers = headers_of(reply)
    document_content: bytes | None = None
    try:
        document_content = bytes_in(v) if (v := value_in(wire.get("content"))) is not None else None  # L20
    except Exception as error:
        note(problems, error)
    document_kind: DocumentKind | None = None
    try:
        document_kind = DocumentKind(req.kind)  # L22
    except Exception as error:
        note(problems, error)
    document_mime: str | None = None
    try:
        document_mime = headers.get("content-type")  # L23
    except Exception as error:
        note(problems, error)
    document_name: str | None = None
    try:
        document_name = match(headers.get("content-disposition"), 'filename="([^"]+)"')  # L24
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = (
            (
                Document(
                    content=document_content,
                    kind=require(document_kind, "kind"),
                    mime=document_mime,
                    name=document_name,
                ),
            )
            if document_content is not None
            or document_kind is not None
            or document_mime is not None
            or document_name is not None
            else ()
        )  # L20
    except Exception as error:
        note(problems, error)
    return PolicyDocumentResult(documents=documents), problems


def parse(reply: WireReply, req: PolicyDocumentRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
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
    name="policy.document",
    steps=(
        Step(
            name="policy.document",
            operation="policy.document",
            safety=SafetyClass.read,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    safety=SafetyClass.read,
)
