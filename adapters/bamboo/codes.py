"""青竹人寿（虚构） 3.1 code tables.

Generated from mappings/carriers/bamboo/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 6812aca168a0f2c24a2dc9b4abd38393dd27fb963e7dd23e47f6696ded69436b

from gateway.model import (
    CancelKind,
    CancelRequestor,
    ClaimDecision,
    ClaimProcess,
    ClaimRejectReason,
    DocumentKind,
    Gender,
    IdType,
    MemberOutcome,
    PolicyStatus,
    QuoteStatus,
    TransportMode,
)
from gateway.wire import ReadTable, SendTable

MAPPING = "mappings/carriers/bamboo/codes.yaml"
APPLY_BY_OUT = SendTable("apply_by", {CancelRequestor.policyholder: "1", CancelRequestor.platform: "2"})  # L23
CANCEL_TYPE_OUT = SendTable(
    "cancel_type", {CancelKind.free_look: "1", CancelKind.pro_rata: "2", CancelKind.flat_full: "3"}
)  # L22
CAUSE_OUT = SendTable(
    "cause", {"accident_death": "1", "accident_disability": "2", "accident_medical": "3", "other": "9"}
)  # L25
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
)  # L28
CLAIM_DOCUMENT_OUT = SendTable(
    "claim_document",
    {
        DocumentKind.identity: "A",
        DocumentKind.medical_record: "B",
        DocumentKind.invoice: "C",
        DocumentKind.bank_card: "E",
        DocumentKind.other: "Z",
    },
    "Z",
)  # L27
CLAIM_PROCESS_IN: ReadTable[ClaimProcess] = ReadTable(
    "claim_process",
    {
        "10": ClaimProcess.reported,
        "20": ClaimProcess.under_review,
        "30": ClaimProcess.decided,
        "40": ClaimProcess.settled,
        "50": ClaimProcess.closed,
    },
)  # L26
ID_TYPE_IN: ReadTable[IdType] = ReadTable(
    "id_type",
    {
        "0": IdType.cn_resident_id,
        "1": IdType.passport,
        "2": IdType.military_officer,
        "3": IdType.hk_mo_permit,
        "4": IdType.cn_household_register,
        "5": IdType.tw_permit,
        "6": IdType.cn_foreign_permanent_resident,
        "8": IdType.other,
    },
    IdType.other,
)  # L5
ID_TYPE_OUT = SendTable(
    "id_type",
    {
        IdType.cn_resident_id: "0",
        IdType.passport: "1",
        IdType.military_officer: "2",
        IdType.hk_mo_permit: "3",
        IdType.cn_household_register: "4",
        IdType.tw_permit: "5",
        IdType.cn_foreign_permanent_resident: "6",
        IdType.other: "8",
    },
)  # L5
MEMBER_IN: ReadTable[MemberOutcome] = ReadTable(
    "member", {"1": MemberOutcome.accepted, "2": MemberOutcome.pending, "3": MemberOutcome.declined}
)  # L14
POLICY_STATUS_IN: ReadTable[PolicyStatus] = ReadTable(
    "policy_status",
    {
        "1": PolicyStatus.issuing,
        "3": PolicyStatus.void,
        "4": PolicyStatus.in_force,
        "5": PolicyStatus.cancelled,
        "6": PolicyStatus.expired,
        "2": PolicyStatus.issuing,
        "9": PolicyStatus.void,
    },
)  # L15
QUOTE_STATUS_IN: ReadTable[QuoteStatus] = ReadTable(
    "quote_status", {"1": QuoteStatus.quoted, "3": QuoteStatus.declined}
)  # L13
REJECT_REASON_IN: ReadTable[ClaimRejectReason] = ReadTable(
    "reject_reason",
    {
        "R1": ClaimRejectReason.not_in_force,
        "R2": ClaimRejectReason.excluded_cause,
        "R3": ClaimRejectReason.not_covered,
        "R4": ClaimRejectReason.non_disclosure,
        "R5": ClaimRejectReason.insufficient_documents,
        "R6": ClaimRejectReason.duplicate_claim,
        "R7": ClaimRejectReason.limit_exhausted,
        "R9": ClaimRejectReason.other,
    },
    ClaimRejectReason.other,
)  # L29
RISK_IN: ReadTable[str] = ReadTable("risk", {"BT01": "ACCIDENT_DEATH", "BT02": "ACCIDENT_MEDICAL"})  # L11
RISK_OUT = SendTable("risk", {"ACCIDENT_DEATH": "BT01", "ACCIDENT_MEDICAL": "BT02"})  # L11
SEX_IN: ReadTable[Gender] = ReadTable("sex", {"0": Gender.male, "1": Gender.female}, Gender.unknown)  # L4
SEX_OUT = SendTable("sex", {Gender.male: "0", Gender.female: "1"})  # L4
VEHICLE_OUT = SendTable(
    "vehicle",
    {
        TransportMode.air: "1",
        TransportMode.rail: "2",
        TransportMode.road: "3",
        TransportMode.sea: "4",
        TransportMode.other: "9",
    },
    "9",
)  # L10
