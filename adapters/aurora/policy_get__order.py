"""Aurora P&C (fictional) 2025.11 policy.get/order.

Generated from mappings/carriers/aurora/policy_get.order.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 0e0d662073c0bbef5a2038b9c1383d9a03d82339114d74c15166237d76714b99

from datetime import datetime
from typing import Any

from adapters.aurora.carrier import (
    beneficiary_in,
    coverage_in,
    decoded,
    document_in,
    encoded,
    error,
    insured_read_in,
    policyholder_in,
    premium_in,
)
from adapters.aurora.codes import POLICY_STATUS_IN
from gateway.model import (
    Beneficiary,
    Coverage,
    Document,
    Insured,
    Number,
    NumberKind,
    Party,
    Period,
    PolicyGetRequest,
    PolicyGetResult,
    PolicyStatus,
    Premium,
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
    child,
    datetime_codec,
    dig,
    each,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    need,
    note,
    number_cut,
    percent_out,
    present,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/policy_get.order.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
KNOWN = Known(
    {
        "errors": {"code": None, "detail": None},
        "policy": {
            "number": None,
            "status": None,
            "issuedAt": None,
            "inceptionAt": None,
            "expiryAt": None,
            "premium": {
                "gross": {"currency": None, "amount": None},
                "net": {"currency": None, "amount": None},
                "tax": {"currency": None, "amount": None},
            },
            "policyHolder": {
                "fullName": None,
                "sex": None,
                "dateOfBirth": None,
                "identity": {"docType": None, "docNumber": None, "expiry": None},
                "contact": {"phone": None, "email": None, "address": None},
            },
            "persons": {
                "ref": None,
                "relationship": None,
                "fullName": None,
                "sex": None,
                "dateOfBirth": None,
                "identity": {"docType": None, "docNumber": None, "expiry": None},
                "contact": {"phone": None, "email": None, "address": None},
                "certificateNo": None,
                "status": None,
            },
            "beneficiaries": {
                "insuredRef": None,
                "order": None,
                "share": None,
                "relationshipToInsured": None,
                "fullName": None,
                "sex": None,
                "dateOfBirth": None,
                "identity": {"docType": None, "docNumber": None, "expiry": None},
                "contact": {"phone": None, "email": None, "address": None},
            },
            "coverages": {"coverageCode": None, "limit": {"currency": None, "amount": None}},
            "documents": {"type": None, "status": None},
        },
        "reasonCode": None,
        "status": None,
        "partnerOrderId": None,
        "applicationId": None,
    }
)


def build(req: PolicyGetRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "GET",
            str(need(ctx.config.get("base_url"), "config.base_url"))
            + "/partner/v2"
            + "/policies/by-order/"
            + percent_out(str(number_cut(ctx.request_no, 32))),
            None,
            ctx,
            {},
        )  # L4
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 200 and text_of(dig(wire, "status")) == "ISSUED" and dig(wire, "policy", "number"):  # L12
        return Outcome(kind=OutcomeKind.accepted)  # L12
    if status == 200 and text_of(dig(wire, "status")) == "PENDING":  # L13
        return Outcome(kind=OutcomeKind.pending)  # L13
    if status == 200 and text_of(dig(wire, "status")) == "DECLINED":  # L14
        return error(dig(wire, "reasonCode"), wire, headers, ctx)  # L14
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L15
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L15
    return Outcome(kind=OutcomeKind.unknown)  # L16


def read_result(wire: Wire, reply: WireReply, req: PolicyGetRequest, ctx: Context) -> tuple[PolicyGetResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    policy = element_in(wire, "policy", problems)  # policy_issue.yaml L66
    insureds_read: list[Insured] = []
    try:
        for one in each(policy.get("persons")):  # policy_issue.yaml L73
            try:
                insureds_read.append(insured_read_in(one, raw, "insureds."))  # policy_issue.yaml L73
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    beneficiaries_read: list[Beneficiary] = []
    try:
        for one in each(policy.get("beneficiaries")):  # policy_issue.yaml L74
            try:
                beneficiaries_read.append(beneficiary_in(one, raw, "beneficiaries."))  # policy_issue.yaml L74
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    coverages_read: list[Coverage] = []
    try:
        for one in each(policy.get("coverages")):  # policy_issue.yaml L75
            try:
                coverages_read.append(coverage_in(one))  # policy_issue.yaml L75
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    documents_read: list[Document] = []
    try:
        for one in each(policy.get("documents")):  # policy_issue.yaml L76
            try:
                documents_read.append(document_in(one, raw, "documents."))  # policy_issue.yaml L76
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    errors = element_in(wire.get("errors"), 0, problems)  # policy_issue.yaml L77
    application_number_no: str | None = None
    try:
        application_number_no = text_given(wire.get("applicationId"))  # policy_issue.yaml L65
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(policy.get("number"))  # policy_issue.yaml L66
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("inceptionAt"))) is not None else None
        )  # policy_issue.yaml L69
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("expiryAt"))) is not None else None
        )  # policy_issue.yaml L70
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(errors.get("detail"))  # policy_issue.yaml L77
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # policy_issue.yaml L65
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (Reason(text=reason_text),) if reason_text is not None else ()  # policy_issue.yaml L77
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = (
            POLICY_STATUS_IN[v] if (v := value_in(policy.get("status"))) is not None else None
        )  # policy_issue.yaml L67
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "policy.inceptionAt"), end=require(period_end, "policy.expiryAt"))
            if period_start is not None or period_end is not None
            else None
        )  # policy_issue.yaml L69
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("issuedAt"))) is not None else None
        )  # policy_issue.yaml L68
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = (
            policyholder_in(found, raw, "policyholder.")
            if (found := child(policy, "policyHolder")) is not None
            else None
        )  # policy_issue.yaml L72
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # policy_issue.yaml L73
    except Exception as error:
        note(problems, error)
    beneficiaries: tuple[Beneficiary, ...] = ()
    try:
        beneficiaries = tuple(beneficiaries_read)  # policy_issue.yaml L74
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = tuple(coverages_read)  # policy_issue.yaml L75
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = (
            premium_in(found) if (found := child(policy, "premium")) is not None else None
        )  # policy_issue.yaml L71
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = tuple(documents_read)  # policy_issue.yaml L76
    except Exception as error:
        note(problems, error)
    ext: dict[str, Any] = {}
    try:
        ext = {"raw": raw} if raw else {}
    except Exception as error:
        note(problems, error)
    return PolicyGetResult(
        numbers=numbers,
        reasons=reasons,
        ext=ext,
        status=status,
        period=period,
        issued_at=issued_at,
        policyholder=policyholder,
        insureds=insureds,
        beneficiaries=beneficiaries,
        coverages=coverages,
        premium=premium,
        documents=documents,
    ), problems


def parse(reply: WireReply, req: PolicyGetRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Exception as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerOrderId"), outcome):  # L9
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L9
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


def serves(req: PolicyGetRequest, ctx: Context) -> bool:
    """Whether this variant serves the request."""
    return bool(not any(one.kind == "policy" for one in req.numbers))  # L3


OPERATION = Operation(
    carrier="aurora",
    name="policy.get",
    variant="order",
    steps=(
        Step(
            name="policy.get",
            operation="policy.get",
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
