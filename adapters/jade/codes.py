"""翡翠健康（虚构） 1.3.0 code tables.

Generated from mappings/carriers/jade/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 78b6ed72c2559d005a400b28b1cc36dd96067e25a52781af9dccc4e062b49da5

from gateway.model import CancelKind, Gender, IdType, PolicyStatus, QuoteStatus, Relationship
from gateway.wire import ReadTable, SendTable

MAPPING = "mappings/carriers/jade/codes.yaml"
CANCEL_TYPE_OUT = SendTable("cancel_type", {CancelKind.flat_full: "1", CancelKind.pro_rata: "2"})  # L13
GENDER_OUT = SendTable("gender", {Gender.male: "M", Gender.female: "F"})  # L4
ID_TYPE_OUT = SendTable(
    "id_type",
    {
        IdType.cn_resident_id: "1",
        IdType.cn_household_register: "2",
        IdType.passport: "3",
        IdType.hk_mo_permit: "4",
        IdType.tw_permit: "5",
        IdType.cn_foreign_permanent_resident: "6",
        IdType.other: "9",
    },
    "9",
)  # L5
POLICY_STATUS_IN: ReadTable[PolicyStatus] = ReadTable(
    "policy_status",
    {
        "1": PolicyStatus.issued_not_effective,
        "2": PolicyStatus.in_force,
        "3": PolicyStatus.expired,
        "4": PolicyStatus.cancelled,
    },
)  # L11
QUOTE_STATUS_IN: ReadTable[QuoteStatus] = ReadTable(
    "quote_status", {"A": QuoteStatus.quoted, "R": QuoteStatus.declined}
)  # L12
RELATION_OUT = SendTable(
    "relation",
    {Relationship.employee: "E", Relationship.spouse: "S", Relationship.child: "C", Relationship.parent: "P"},
)  # L10
