"""海港财险（虚构） 2.4 code tables.

Generated from mappings/carriers/harbor/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 3de29dd1d52a4272bb3eb87671cc51ea630d155262f744dc2de26350dc94f98d

from gateway.model import CancelKind, Gender, IdType
from gateway.wire import SendTable

MAPPING = "mappings/carriers/harbor/codes.yaml"
CANCEL_TYPE_OUT = SendTable("cancel_type", {CancelKind.free_look: "140001", CancelKind.pro_rata: "140002"})  # L10
CAUSE_OUT = SendTable(
    "cause",
    {"accident_death": "150001", "accident_disability": "150002", "accident_medical": "150003", "other": "150099"},
)  # L11
ID_TYPE_OUT = SendTable(
    "id_type",
    {
        IdType.cn_resident_id: "120001",
        IdType.passport: "120002",
        IdType.military_officer: "120003",
        IdType.hk_mo_permit: "120004",
        IdType.tw_permit: "120005",
        IdType.cn_foreign_permanent_resident: "120006",
        IdType.other: "120099",
    },
    "120099",
)  # L5
SEX_OUT = SendTable("sex", {Gender.male: "110001", Gender.female: "110002"})  # L4
