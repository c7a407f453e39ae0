"""Aurora P&C (fictional) 2025.11 code tables.

Generated from mappings/carriers/aurora/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 7dfb922f353d6d360011a7f349cc0c89549d3caa94dd79168a12aa55a49b1afa

from gateway.model import (
    ApplicationStatus,
    CancelKind,
    CancelPhase,
    CancelRequestor,
    ChecklistStatus,
    ClaimDecision,
    ClaimProcess,
    ClaimRejectReason,
    Collector,
    DocumentKind,
    DocumentStatus,
    EndorsementKind,
    Gender,
    IdType,
    PolicyStatus,
    QuoteBinding,
    Relationship,
    TransportMode,
)
from gateway.wire import ReadTable, SendTable

MAPPING = "mappings/carriers/aurora/codes.yaml"
APPLICATION_IN: ReadTable[ApplicationStatus] = ReadTable(
    "application",
    {
        "ACCEPTED": ApplicationStatus.accepted,
        "REFERRED": ApplicationStatus.referred,
        "DECLINED": ApplicationStatus.declined,
        "LAPSED": ApplicationStatus.expired,
    },
)  # L41
BINDING_IN: ReadTable[QuoteBinding] = ReadTable(
    "binding", {"INDICATION": QuoteBinding.indication, "BINDABLE": QuoteBinding.bindable}
)  # L50
CANCEL_PHASE_IN: ReadTable[CancelPhase] = ReadTable(
    "cancel_phase", {"CONFIRMED": CancelPhase.confirmed, "REQUESTED": CancelPhase.requested}
)  # L58
CANCELLATION_OUT = SendTable(
    "cancellation",
    {CancelKind.free_look: "COOLING_OFF", CancelKind.flat_full: "BEFORE_INCEPTION", CancelKind.pro_rata: "PRO_RATA"},
)  # L55
CAUSE_OUT = SendTable(
    "cause",
    {
        "quality": "QUALITY",
        "no_reason": "NO_REASON",
        "wrong_item": "WRONG_ITEM",
        "accident_death": "ACCIDENT_DEATH",
        "accident_disability": "ACCIDENT_DISABILITY",
        "accident_medical": "ACCIDENT_MEDICAL",
        "illness": "ILLNESS",
        "event_cancelled": "EVENT_CANCELLED",
        "transport_delay": "TRANSPORT_DELAY",
        "other": "OTHER",
    },
    "OTHER",
)  # L62
CHANGED_FIELD_OUT = SendTable(
    "changed_field",
    {
        "phones.0.number": "phone",
        "email": "email",
        "address.line": "address",
        "name": "fullName",
        "id_docs.0.number": "docNumber",
    },
)  # L53
CLAIM_DOCUMENT_IN: ReadTable[DocumentKind] = ReadTable(
    "claim_document",
    {
        "IDENTITY": DocumentKind.identity,
        "INVOICE": DocumentKind.invoice,
        "MEDICAL_RECORD": DocumentKind.medical_record,
        "RETURN_WAYBILL": DocumentKind.waybill,
        "TICKET": DocumentKind.receipt,
        "DEATH_CERTIFICATE": DocumentKind.loss_proof,
        "OTHER": DocumentKind.other,
    },
    DocumentKind.other,
)  # L113
CLAIM_DOCUMENT_OUT = SendTable(
    "claim_document",
    {
        DocumentKind.identity: "IDENTITY",
        DocumentKind.invoice: "INVOICE",
        DocumentKind.medical_record: "MEDICAL_RECORD",
        DocumentKind.waybill: "RETURN_WAYBILL",
        DocumentKind.receipt: "TICKET",
        DocumentKind.loss_proof: "DEATH_CERTIFICATE",
        DocumentKind.other: "OTHER",
    },
    "OTHER",
)  # L113
COLLECTOR_OUT = SendTable("collector", {Collector.platform: "PARTNER", Collector.insurer: "INSURER"}, "PARTNER")  # L60
COVERAGE_IN: ReadTable[str] = ReadTable(
    "coverage",
    {
        "ADD": "ACCIDENT_DEATH",
        "MED": "ACCIDENT_MEDICAL",
        "TICKET_REFUND": "TICKET_REFUND",
        "RETURN_FREIGHT": "RETURN_FREIGHT",
    },
)  # L37
COVERAGE_OUT = SendTable(
    "coverage",
    {
        "ACCIDENT_DEATH": "ADD",
        "ACCIDENT_MEDICAL": "MED",
        "TICKET_REFUND": "TICKET_REFUND",
        "RETURN_FREIGHT": "RETURN_FREIGHT",
    },
)  # L37
DECISION_IN: ReadTable[ClaimDecision] = ReadTable(
    "decision",
    {
        "UNDECIDED": ClaimDecision.undecided,
        "APPROVED": ClaimDecision.approved,
        "PARTIAL": ClaimDecision.partially_approved,
        "EX_GRATIA": ClaimDecision.ex_gratia,
        "REJECTED": ClaimDecision.rejected,
        "NO_CLAIM": ClaimDecision.no_claim,
    },
)  # L91
DECLARATION_OUT = SendTable("declaration", {"health_issue": "HEALTH"})  # L39
DOC_TYPE_IN: ReadTable[IdType] = ReadTable(
    "doc_type",
    {
        "NATIONAL_ID": IdType.cn_resident_id,
        "HOUSEHOLD_REGISTER": IdType.cn_household_register,
        "PASSPORT": IdType.passport,
        "FOREIGN_RESIDENT_CARD": IdType.cn_foreign_permanent_resident,
        "HK_MO_PERMIT": IdType.hk_mo_permit,
        "TW_PERMIT": IdType.tw_permit,
        "BUSINESS_ID": IdType.uscc,
        "OTHER": IdType.other,
    },
    IdType.other,
)  # L6
DOC_TYPE_OUT = SendTable(
    "doc_type",
    {
        IdType.cn_resident_id: "NATIONAL_ID",
        IdType.cn_household_register: "HOUSEHOLD_REGISTER",
        IdType.passport: "PASSPORT",
        IdType.cn_foreign_permanent_resident: "FOREIGN_RESIDENT_CARD",
        IdType.hk_mo_permit: "HK_MO_PERMIT",
        IdType.tw_permit: "TW_PERMIT",
        IdType.uscc: "BUSINESS_ID",
        IdType.other: "OTHER",
    },
    "OTHER",
)  # L6
DOCUMENT_IN: ReadTable[DocumentKind] = ReadTable(
    "document",
    {"POLICY": DocumentKind.policy, "ENDORSEMENT": DocumentKind.endorsement, "INVOICE": DocumentKind.invoice},
    DocumentKind.other,
)  # L47
DOCUMENT_OUT = SendTable(
    "document",
    {DocumentKind.policy: "POLICY", DocumentKind.endorsement: "ENDORSEMENT", DocumentKind.invoice: "INVOICE"},
)  # L47
DOCUMENT_STATUS_IN: ReadTable[DocumentStatus] = ReadTable(
    "document_status", {"READY": DocumentStatus.ready, "NOT_READY": DocumentStatus.not_ready}
)  # L48
ENDORSEMENT_OUT = SendTable(
    "endorsement",
    {
        EndorsementKind.contact_change: "CONTACT_CHANGE",
        EndorsementKind.party_correction: "PARTY_CORRECTION",
        EndorsementKind.insured_remove: "INSURED_REMOVE",
    },
)  # L52
INSURED_STATUS_IN: ReadTable[PolicyStatus] = ReadTable(
    "insured_status", {"INSURED": PolicyStatus.in_force, "REMOVED": PolicyStatus.cancelled}
)  # L45
POLICY_STATUS_IN: ReadTable[PolicyStatus] = ReadTable(
    "policy_status",
    {
        "ISSUED": PolicyStatus.issued_not_effective,
        "CANCELLED": PolicyStatus.cancelled,
        "EXPIRED": PolicyStatus.expired,
        "CANCELLATION_REQUESTED": PolicyStatus.in_force,
    },
)  # L43
PROCESS_IN: ReadTable[ClaimProcess] = ReadTable(
    "process",
    {
        "REPORTED": ClaimProcess.reported,
        "DOCUMENTS_WANTED": ClaimProcess.docs_required,
        "UNDER_REVIEW": ClaimProcess.under_review,
        "DECIDED": ClaimProcess.decided,
        "SETTLING": ClaimProcess.settling,
        "SETTLED": ClaimProcess.settled,
        "CLOSED": ClaimProcess.closed,
        "WITHDRAWN": ClaimProcess.withdrawn,
    },
)  # L77
REJECT_IN: ReadTable[ClaimRejectReason] = ReadTable(
    "reject",
    {
        "NOT_IN_FORCE": ClaimRejectReason.not_in_force,
        "WAITING_PERIOD": ClaimRejectReason.waiting_period,
        "EXCLUDED": ClaimRejectReason.excluded_cause,
        "NOT_COVERED": ClaimRejectReason.not_covered,
        "NON_DISCLOSURE": ClaimRejectReason.non_disclosure,
        "DOCUMENTS_INSUFFICIENT": ClaimRejectReason.insufficient_documents,
        "FRAUD_SUSPECTED": ClaimRejectReason.fraud_suspected,
        "DUPLICATE": ClaimRejectReason.duplicate_claim,
        "LIMIT_EXHAUSTED": ClaimRejectReason.limit_exhausted,
        "BELOW_DEDUCTIBLE": ClaimRejectReason.deductible_not_reached,
        "TIME_BARRED": ClaimRejectReason.time_barred,
        "NOT_INSURED": ClaimRejectReason.not_insured_person,
        "EMPTY_PARCEL": ClaimRejectReason.empty_package,
        "OTHER": ClaimRejectReason.other,
    },
    ClaimRejectReason.other,
)  # L93
RELATION_IN: ReadTable[Relationship] = ReadTable(
    "relation",
    {
        "SELF": Relationship.self,
        "SPOUSE": Relationship.spouse,
        "CHILD": Relationship.child,
        "PARENT": Relationship.parent,
        "SIBLING": Relationship.sibling,
        "GRANDPARENT": Relationship.grandparent,
        "GRANDCHILD": Relationship.grandchild,
        "EMPLOYEE": Relationship.employee,
        "OTHER": Relationship.other,
    },
    Relationship.other,
)  # L20
RELATION_OUT = SendTable(
    "relation",
    {
        Relationship.self: "SELF",
        Relationship.spouse: "SPOUSE",
        Relationship.child: "CHILD",
        Relationship.parent: "PARENT",
        Relationship.sibling: "SIBLING",
        Relationship.grandparent: "GRANDPARENT",
        Relationship.grandchild: "GRANDCHILD",
        Relationship.employee: "EMPLOYEE",
        Relationship.other: "OTHER",
    },
    "OTHER",
)  # L20
REQUESTOR_OUT = SendTable(
    "requestor",
    {
        CancelRequestor.policyholder: "POLICYHOLDER",
        CancelRequestor.platform: "PARTNER",
        CancelRequestor.insurer: "INSURER",
    },
    "INSURER",
)  # L57
SEX_IN: ReadTable[Gender] = ReadTable("sex", {"M": Gender.male, "F": Gender.female, "U": Gender.unknown})  # L4
SEX_OUT = SendTable("sex", {Gender.male: "M", Gender.female: "F", Gender.unknown: "U"})  # L4
TRANSPORT_OUT = SendTable(
    "transport",
    {
        TransportMode.air: "AIR",
        TransportMode.rail: "TRAIN",
        TransportMode.road: "ROAD",
        TransportMode.sea: "SEA",
        TransportMode.other: "OTHER",
    },
    "OTHER",
)  # L35
WANTED_IN: ReadTable[ChecklistStatus] = ReadTable(
    "wanted", {"WANTED": ChecklistStatus.missing, "RECEIVED": ChecklistStatus.received}
)  # L114
