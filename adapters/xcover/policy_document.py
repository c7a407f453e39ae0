"""XCover partner API 1 policy.document.

Generated from mappings/carriers/xcover/policy_document.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: ea57e2e11aa32d5c854da1b86f194745758b1e95fd83c9d181c4c66447407c14

from adapters.xcover.carrier import decoded, encoded, error
from gateway.model import Document, DocumentKind, PolicyDocumentRequest, PolicyDocumentResult
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
    dig,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    need,
    note,
    percent_out,
    problem,
    text_given,
    text_of,
    unanswered,
    unmapped,
)

MAPPING = "mappings/carriers/xcover/policy_document.yaml"
KNOWN = Known({"coi": {"pdf": None}, "status": None, "type": None, "id": None})


def build(req: PolicyDocumentRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "GET",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/xcover/partners/"
            + str(need(ctx.config.get("partner"), "config.partner"))
            + "/bookings/"
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
            + "/",
            None,
            ctx,
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status):
        return UNKNOWN
    if status == 200 and text_of(dig(wire, "status")) == "CONFIRMED" and dig(wire, "coi", "pdf"):  # L13
        return Outcome(kind=OutcomeKind.accepted)  # L13
    if status == 200 and text_of(dig(wire, "status")) == "PENDING_PAYMENT":  # L14
        return Outcome(kind=OutcomeKind.declined, code="policy.document_not_ready", text="保单尚未确认")  # L14
    if status == 200 and text_of(dig(wire, "status")) in ("CANCELLED", "RECEIVED"):  # L15
        return Outcome(kind=OutcomeKind.declined, code="policy.not_in_force", text="保单无效")  # L15
    if status in (401, 404, 422):  # L16
        return error(dig(wire, "type"), wire, headers, ctx)  # L16
    return Outcome(kind=OutcomeKind.unknown)  # L17


def read_result(
    wire: Wire, reply: WireReply, req: PolicyDocumentRequest, ctx: Context
) -> tuple[PolicyDocumentResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    coi = element_in(wire, "coi", problems)  # L19
    certificate_document_url: str | None = None
    try:
        certificate_document_url = text_given(coi.get("pdf"))  # L19
    except Exception as error:
        note(problems, error)
    certificate_document_mime: str | None = None
    try:
        certificate_document_mime = "application/pdf"  # L21
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = (
            (Document(kind=DocumentKind.certificate, url=certificate_document_url, mime=certificate_document_mime),)
            if certificate_document_url is not None or certificate_document_mime is not None
            else ()
        )  # L19
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
        if not echoed_in_yes(
            found_number.no
            if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None
            else None,
            dig(wire, "id"),
            outcome,
        ):  # L10
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L10
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),), wire=wire)
    result, problems = read_result(wire, reply, req, ctx)
    told = heard(problems, outcome)
    return Reply(outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped=(), wire=wire)


def serves(req: PolicyDocumentRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(req.kind in ("policy", "certificate"))  # L3


OPERATION = Operation(
    carrier="xcover",
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
    when=serves,
)
