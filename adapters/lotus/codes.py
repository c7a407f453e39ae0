"""莲花财险（虚构） 2.0.0 code tables.

Generated from mappings/carriers/lotus/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: c7a38bf6cd1da450c1d8b60ac3f359ed59c539bde25a28159080efdbfcee8d2b

from gateway.model import (
    ApplicationStatus,
    CancelKind,
    CancelRequestor,
    ChecklistStatus,
    ClaimDecision,
    ClaimProcess,
    ClaimRejectReason,
    DocumentKind,
    DocumentStatus,
    Gender,
    IdType,
    MemberOutcome,
    PolicyStatus,
    QuoteStatus,
    Relationship,
    TransportMode,
    UwDecision,
)
from gateway.wire import ReadTable, SendTable

MAPPING = "mappings/carriers/lotus/codes.yaml"
APPLICATION_IN: ReadTable[ApplicationStatus] = ReadTable(
    "application",
    {
        "1": ApplicationStatus.accepted,
        "2": ApplicationStatus.submitted,
        "3": ApplicationStatus.declined,
        "4": ApplicationStatus.referred,
    },
)  # L15
APPLY_ROLE_OUT = SendTable(
    "apply_role", {CancelRequestor.policyholder: "1", CancelRequestor.platform: "2", CancelRequestor.insurer: "3"}
)  # L25
CAUSE_OUT = SendTable(
    "cause",
    {
        "quality": "01",
        "no_reason": "02",
        "wrong_item": "03",
        "accident_death": "11",
        "accident_disability": "12",
        "accident_medical": "13",
    },
)  # L30
CLAIM_DECISION_IN: ReadTable[ClaimDecision] = ReadTable(
    "claim_decision",
    {
        "0": ClaimDecision.undecided,
        "1": ClaimDecision.approved,
        "2": ClaimDecision.partially_approved,
        "3": ClaimDecision.rejected,
        "4": ClaimDecision.ex_gratia,
        "5": ClaimDecision.no_claim,
    },
)  # L36
CLAIM_DOCUMENT_IN: ReadTable[DocumentKind] = ReadTable(
    "claim_document",
    {
        "01": DocumentKind.identity,
        "02": DocumentKind.waybill,
        "03": DocumentKind.invoice,
        "04": DocumentKind.medical_record,
        "06": DocumentKind.bank_card,
        "99": DocumentKind.other,
        "05": DocumentKind.other,
    },
    DocumentKind.other,
)  # L37
CLAIM_DOCUMENT_OUT = SendTable(
    "claim_document",
    {
        DocumentKind.identity: "01",
        DocumentKind.waybill: "02",
        DocumentKind.invoice: "03",
        DocumentKind.medical_record: "04",
        DocumentKind.bank_card: "06",
        DocumentKind.other: "99",
    },
    "99",
)  # L37
CLAIM_PROCESS_IN: ReadTable[ClaimProcess] = ReadTable(
    "claim_process",
    {
        "1": ClaimProcess.reported,
        "2": ClaimProcess.docs_required,
        "3": ClaimProcess.under_review,
        "4": ClaimProcess.decided,
        "5": ClaimProcess.settling,
        "6": ClaimProcess.settled,
        "7": ClaimProcess.closed,
        "8": ClaimProcess.withdrawn,
    },
)  # L31
COVERAGE_IN: ReadTable[str] = ReadTable(
    "coverage", {"RF01": "RETURN_FREIGHT", "AD01": "ACCIDENT_DEATH", "AM01": "ACCIDENT_MEDICAL"}
)  # L12
COVERAGE_OUT = SendTable(
    "coverage", {"RETURN_FREIGHT": "RF01", "ACCIDENT_DEATH": "AD01", "ACCIDENT_MEDICAL": "AM01"}
)  # L12
DECISION_IN: ReadTable[UwDecision] = ReadTable(
    "decision", {"1": UwDecision.accept, "3": UwDecision.decline, "4": UwDecision.refer}
)  # L16
DOCUMENT_IN: ReadTable[DocumentKind] = ReadTable(
    "document", {"1": DocumentKind.policy, "2": DocumentKind.endorsement}
)  # L27
DOCUMENT_OUT = SendTable("document", {DocumentKind.policy: "1", DocumentKind.endorsement: "2"})  # L27
DOCUMENT_READY_IN: ReadTable[DocumentStatus] = ReadTable(
    "document_ready", {"1": DocumentStatus.ready, "0": DocumentStatus.not_ready}
)  # L28
DOCUMENT_WANTED_IN: ReadTable[ChecklistStatus] = ReadTable(
    "document_wanted", {"0": ChecklistStatus.missing, "1": ChecklistStatus.received}
)  # L43
ENDORSED_FIELD_OUT = SendTable(
    "endorsed_field", {"phones.0.number": "mobile", "email": "email", "address.line": "address"}
)  # L26
GENDER_IN: ReadTable[Gender] = ReadTable("gender", {"1": Gender.male, "2": Gender.female}, Gender.unknown)  # L4
GENDER_OUT = SendTable("gender", {Gender.male: "1", Gender.female: "2"})  # L4
ID_TYPE_IN: ReadTable[IdType] = ReadTable(
    "id_type",
    {
        "01": IdType.cn_resident_id,
        "02": IdType.cn_household_register,
        "03": IdType.passport,
        "04": IdType.hk_mo_permit,
        "05": IdType.tw_permit,
        "06": IdType.cn_foreign_permanent_resident,
        "07": IdType.military_officer,
        "08": IdType.uscc,
        "99": IdType.other,
    },
    IdType.other,
)  # L5
ID_TYPE_OUT = SendTable(
    "id_type",
    {
        IdType.cn_resident_id: "01",
        IdType.cn_household_register: "02",
        IdType.passport: "03",
        IdType.hk_mo_permit: "04",
        IdType.tw_permit: "05",
        IdType.cn_foreign_permanent_resident: "06",
        IdType.military_officer: "07",
        IdType.uscc: "08",
        IdType.other: "99",
    },
    "99",
)  # L5
MEMBER_IN: ReadTable[MemberOutcome] = ReadTable(
    "member", {"1": MemberOutcome.accepted, "3": MemberOutcome.declined}
)  # L17
POLICY_STATUS_IN: ReadTable[PolicyStatus] = ReadTable(
    "policy_status",
    {
        "1": PolicyStatus.issued_not_effective,
        "2": PolicyStatus.in_force,
        "3": PolicyStatus.expired,
        "4": PolicyStatus.cancelled,
        "5": PolicyStatus.void,
    },
)  # L18
QUOTE_STATUS_IN: ReadTable[QuoteStatus] = ReadTable(
    "quote_status", {"1": QuoteStatus.quoted, "3": QuoteStatus.declined}
)  # L14
REFUND_TYPE_OUT = SendTable(
    "refund_type", {CancelKind.pro_rata: "0", CancelKind.flat_full: "1", CancelKind.free_look: "2"}
)  # L24
REJECT_REASON_IN: ReadTable[ClaimRejectReason] = ReadTable(
    "reject_reason",
    {
        "01": ClaimRejectReason.not_in_force,
        "02": ClaimRejectReason.waiting_period,
        "03": ClaimRejectReason.excluded_cause,
        "04": ClaimRejectReason.not_covered,
        "05": ClaimRejectReason.non_disclosure,
        "06": ClaimRejectReason.insufficient_documents,
        "07": ClaimRejectReason.fraud_suspected,
        "08": ClaimRejectReason.duplicate_claim,
        "09": ClaimRejectReason.limit_exhausted,
        "10": ClaimRejectReason.deductible_not_reached,
        "11": ClaimRejectReason.time_barred,
        "12": ClaimRejectReason.not_insured_person,
        "13": ClaimRejectReason.empty_package,
        "99": ClaimRejectReason.other,
    },
    ClaimRejectReason.other,
)  # L44
RELATION_IN: ReadTable[Relationship] = ReadTable(
    "relation",
    {
        "01": Relationship.self,
        "02": Relationship.spouse,
        "03": Relationship.child,
        "04": Relationship.parent,
        "05": Relationship.employee,
        "06": Relationship.sibling,
        "99": Relationship.other,
    },
    Relationship.other,
)  # L10
RELATION_OUT = SendTable(
    "relation",
    {
        Relationship.self: "01",
        Relationship.spouse: "02",
        Relationship.child: "03",
        Relationship.parent: "04",
        Relationship.employee: "05",
        Relationship.sibling: "06",
        Relationship.other: "99",
    },
    "99",
)  # L10
TRANSPORT_OUT = SendTable(
    "transport",
    {
        TransportMode.air: "1",
        TransportMode.rail: "2",
        TransportMode.road: "3",
        TransportMode.sea: "4",
        TransportMode.other: "9",
    },
    "9",
)  # L11
