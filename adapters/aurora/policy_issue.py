"""Aurora P&C (fictional) 2025.11 policy.issue.

Generated from mappings/carriers/aurora/policy_issue.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: bd6f3dec28fc0a65e2e1441d86f38bcda272b4389766b3ddc6d21abe8d0f7afd

from datetime import datetime
from typing import Any

from adapters.aurora.carrier import (
    beneficiary_in,
    beneficiary_out,
    coverage_in,
    coverage_out,
    decoded,
    document_in,
    encoded,
    error,
    event_ticket_out,
    freight_out,
    insured_out,
    insured_read_in,
    policyholder_in,
    policyholder_out,
    premium_in,
    trip_out,
)
from adapters.aurora.codes import COLLECTOR_OUT, POLICY_STATUS_IN
from gateway.model import (
    Beneficiary,
    Coverage,
    Document,
    EventTicketObject,
    FreightObject,
    Insured,
    Number,
    NumberKind,
    Party,
    Period,
    PersonTravelObject,
    PolicyIssueRequest,
    PolicyIssueResult,
    PolicyStatus,
    Premium,
    Reason,
)
from gateway.wire import (
    Context,
    Forged,
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
    child,
    datetime_codec,
    dig,
    each,
    echoed_in_yes,
    element_in,
    first,
    headers_of,
    heard,
    lookup,
    money_codec,
    need,
    note,
    nth_out,
    number_cut,
    present,
    problem,
    require,
    text_given,
    text_of,
    unanswered,
    unmapped,
    value_in,
)

MAPPING = "mappings/carriers/aurora/policy_issue.yaml"
DATETIME_ISO_08_00 = datetime_codec("iso", "+08:00", False)
MONEY_MAJOR = money_codec("major", None, None, False)
KNOWN = Known(
    {
        "errors": {"code": None, "detail": None},
        "pendingReason": None,
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
        "partnerOrderId": None,
        "applicationId": None,
    }
)


def message(req: PolicyIssueRequest, ctx: Context) -> Wire:
    """The message as the carrier wants it."""
    wire: Wire = {}
    wire["partnerOrderId"] = number_cut(ctx.request_no, 32)  # L8
    if (
        application_id := found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "application")) is not None
        else None
    ) is not None:  # L9
        wire["applicationId"] = application_id  # L9
    if (
        quote_id := found_number.no
        if (found_number := first(one for one in req.numbers if one.kind == "quote")) is not None
        else None
    ) is not None:  # L10
        wire["quoteId"] = quote_id  # L10
    product: Wire = {}
    wire["product"] = product
    if (code := ctx.binding.get("product_code")) is not None:  # L11
        product["code"] = code  # L11
    if (
        plan := lookup(ctx.binding.get("plan_code") or {}, req.plan if req.plan is not None else "standard")
    ) is not None:  # L12
        product["plan"] = plan  # L12
    period = req.period
    wire["inceptionAt"] = DATETIME_ISO_08_00.send(
        need(period.start if period is not None else None, "period.start")
    )  # L14
    wire["expiryAt"] = DATETIME_ISO_08_00.send(need(period.end if period is not None else None, "period.end"))  # L15
    policyholder = req.policyholder
    wire["policyHolder"] = policyholder_out(policyholder)  # L16
    if req.insureds:  # L17
        wire["persons"] = by_index_out([insured_out(item) for item in req.insureds])  # L17
    if chosen := [beneficiary_out(item) for item in req.beneficiaries if item.kind == "named"]:  # L18
        wire["beneficiaries"] = by_index_out(chosen)  # L18
    if req.coverages:  # L19
        wire["coverages"] = by_index_out([coverage_out(item) for item in req.coverages])  # L19
    objects = req.objects
    object_2 = objects[0] if len(objects) == 1 else nth_out(objects, 0, 1)  # L20
    freight = object_2.freight if object_2 is not None and isinstance(object_2, FreightObject) else None
    if freight is not None:  # L20
        wire["freight"] = freight_out(freight)  # L20
    event_ticket = object_2.event_ticket if object_2 is not None and isinstance(object_2, EventTicketObject) else None
    if event_ticket is not None:  # L21
        wire["eventTicket"] = event_ticket_out(event_ticket)  # L21
    person_travel = (
        object_2.person_travel if object_2 is not None and isinstance(object_2, PersonTravelObject) else None
    )
    if person_travel is not None:  # L22
        wire["trip"] = trip_out(person_travel)  # L22
    quoted_premium: Wire = {}
    wire["quotedPremium"] = quoted_premium
    quoted_premium["amount"] = MONEY_MAJOR.send(req.expected_premium)  # L23
    quoted_premium["currency"] = req.expected_premium.currency  # L23
    receipt = req.receipt
    payment: Wire = {}
    wire["payment"] = payment
    if receipt is not None:
        payment["collectedBy"] = COLLECTOR_OUT[receipt.collected_by]  # L28
        payment_ref_2 = need(receipt.payment_ref if receipt is not None else None, "payment_ref")  # L29
        payment["reference"] = payment_ref_2  # L29
    amount: Wire = {}
    payment["amount"] = amount
    if receipt is not None:
        amount["amount"] = MONEY_MAJOR.send(receipt.amount)  # L30
        amount["currency"] = receipt.amount.currency  # L30
        payment["paidAt"] = DATETIME_ISO_08_00.send(receipt.paid_at)  # L31
    if not amount:
        del payment["amount"]
    if not payment:
        del wire["payment"]
    if not product:
        del wire["product"]
    return wire


def build(req: PolicyIssueRequest, ctx: Context) -> WireRequest:
    """The bytes of this call; raises `CannotSend` for what the wire cannot carry."""
    try:
        return encoded(
            "POST",
            str(need(ctx.config.get("base_url"), "config.base_url")) + "/partner/v2" + "/policies",
            message(req, ctx),
            ctx,
            {"Idempotency-Key": number_cut(ctx.request_no, 32)},
        )  # L2
    except Exception as error:
        raise cannot_send(error) from None


def classify(wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Outcome:
    """What the reply means: the first row of the outcome table that holds."""
    status = reply.status
    headers = headers_of(reply)
    if unanswered(status, 500, 503):
        return UNKNOWN
    if status == 201 and dig(wire, "policy", "number"):  # L58
        return Outcome(kind=OutcomeKind.accepted)  # L58
    if status == 202 and text_of(dig(wire, "pendingReason")) == "MANUAL_UNDERWRITING":  # L60
        return Outcome(
            kind=OutcomeKind.pending, code="underwriting.manual", then="inquiry", every_s=600.0, for_s=259200.0
        )  # L60
    if status == 202:  # L61
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=5.0, for_s=600.0)  # L61
    if status in (400, 401, 403, 404, 409, 422, 429, 500, 503):  # L62
        return error(dig(first(dig(wire, "errors")), "code"), wire, headers, ctx)  # L62
    return Outcome(kind=OutcomeKind.unknown)  # L63


def by_status(reply: WireReply, ctx: Context) -> Outcome:
    """What the status alone says of a reply whose body cannot be decoded."""
    status = reply.status
    if status == 202:  # L61
        return Outcome(kind=OutcomeKind.pending, then="inquiry", every_s=5.0, for_s=600.0)  # L61
    return UNKNOWN


def read_result(
    wire: Wire, reply: WireReply, req: PolicyIssueRequest, ctx: Context
) -> tuple[PolicyIssueResult, list[str]]:
    """What the reply tells, and what of it could not be read."""
    problems: list[str] = []
    raw: dict[str, str] = {}
    policy = element_in(wire, "policy", problems)  # L66
    insureds_read: list[Insured] = []
    try:
        for one in each(policy.get("persons")):  # L73
            try:
                insureds_read.append(insured_read_in(one, raw, "insureds."))  # L73
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    beneficiaries_read: list[Beneficiary] = []
    try:
        for one in each(policy.get("beneficiaries")):  # L74
            try:
                beneficiaries_read.append(beneficiary_in(one, raw, "beneficiaries."))  # L74
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    coverages_read: list[Coverage] = []
    try:
        for one in each(policy.get("coverages")):  # L75
            try:
                coverages_read.append(coverage_in(one))  # L75
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    documents_read: list[Document] = []
    try:
        for one in each(policy.get("documents")):  # L76
            try:
                documents_read.append(document_in(one, raw, "documents."))  # L76
            except Exception as error:
                note(problems, error)
    except Exception as error:
        note(problems, error)
    errors = element_in(wire.get("errors"), 0, problems)  # L77
    application_number_no: str | None = None
    try:
        application_number_no = text_given(wire.get("applicationId"))  # L65
    except Exception as error:
        note(problems, error)
    policy_number_no: str | None = None
    try:
        policy_number_no = text_given(policy.get("number"))  # L66
    except Exception as error:
        note(problems, error)
    period_start: datetime | None = None
    try:
        period_start = (
            DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("inceptionAt"))) is not None else None
        )  # L69
    except Exception as error:
        note(problems, error)
    period_end: datetime | None = None
    try:
        period_end = DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("expiryAt"))) is not None else None  # L70
    except Exception as error:
        note(problems, error)
    reason_text: str | None = None
    try:
        reason_text = text_given(errors.get("detail"))  # L77
    except Exception as error:
        note(problems, error)
    numbers: tuple[Number, ...] = ()
    try:
        numbers = present(
            Number(kind=NumberKind.application, no=application_number_no)
            if application_number_no is not None
            else None,
            Number(kind=NumberKind.policy, no=policy_number_no) if policy_number_no is not None else None,
        )  # L65
    except Exception as error:
        note(problems, error)
    reasons: tuple[Reason, ...] = ()
    try:
        reasons = (Reason(text=reason_text),) if reason_text is not None else ()  # L77
    except Exception as error:
        note(problems, error)
    status: PolicyStatus | None = None
    try:
        status = POLICY_STATUS_IN[v] if (v := value_in(policy.get("status"))) is not None else None  # L67
    except Exception as error:
        note(problems, error)
    period: Period | None = None
    try:
        period = (
            Period(start=require(period_start, "policy.inceptionAt"), end=require(period_end, "policy.expiryAt"))
            if period_start is not None or period_end is not None
            else None
        )  # L69
    except Exception as error:
        note(problems, error)
    issued_at: datetime | None = None
    try:
        issued_at = DATETIME_ISO_08_00.read(v) if (v := value_in(policy.get("issuedAt"))) is not None else None  # L68
    except Exception as error:
        note(problems, error)
    policyholder: Party | None = None
    try:
        policyholder = (
            policyholder_in(found, raw, "policyholder.")
            if (found := child(policy, "policyHolder")) is not None
            else None
        )  # L72
    except Exception as error:
        note(problems, error)
    insureds: tuple[Insured, ...] = ()
    try:
        insureds = tuple(insureds_read)  # L73
    except Exception as error:
        note(problems, error)
    beneficiaries: tuple[Beneficiary, ...] = ()
    try:
        beneficiaries = tuple(beneficiaries_read)  # L74
    except Exception as error:
        note(problems, error)
    coverages: tuple[Coverage, ...] = ()
    try:
        coverages = tuple(coverages_read)  # L75
    except Exception as error:
        note(problems, error)
    premium: Premium | None = None
    try:
        premium = premium_in(found) if (found := child(policy, "premium")) is not None else None  # L71
    except Exception as error:
        note(problems, error)
    documents: tuple[Document, ...] = ()
    try:
        documents = tuple(documents_read)  # L76
    except Exception as error:
        note(problems, error)
    ext: dict[str, Any] = {}
    try:
        ext = {"raw": raw} if raw else {}
    except Exception as error:
        note(problems, error)
    return PolicyIssueResult(
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


def parse(reply: WireReply, req: PolicyIssueRequest, ctx: Context) -> Reply:
    """The reply, classified first and mapped second; never raises."""
    try:
        wire = decoded(reply, ctx)
    except Forged as error:
        return Reply(outcome=UNKNOWN, problems=(problem(error),))
    except Exception as error:
        return Reply(outcome=by_status(reply, ctx), problems=(problem(error),))
    try:
        outcome = classify(wire, reply, req, ctx)
        if not echoed_in_yes(number_cut(ctx.request_no, 32), dig(wire, "partnerOrderId"), outcome):  # L54
            raise Unreadable("the reply does not bear what was sent: it may be another caller's")  # L54
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
    name="policy.issue",
    steps=(
        Step(
            name="policy.issue",
            operation="policy.issue",
            safety=SafetyClass.write_replay,
            build=build,
            parse=parse,
            timeout=Timeout(connect_s=2.0, total_s=15.0),
            needs_token=True,
        ),
    ),
    idempotency=Idempotency(kind="replay", key="header.Idempotency-Key", ttl_s=86400.0),
    inquiry=Inquiry(operation="policy.get", visibility_lag_s=5.0, not_found_is_final_after_s=60.0),
    safety=SafetyClass.write_replay,
)
