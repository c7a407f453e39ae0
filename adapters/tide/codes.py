"""潮汐货运险（虚构） 2.0 code tables.

Generated from mappings/carriers/tide/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: e9c8fdba53ce29332db734d504d2dc0aa2610a24879a0b0de9361314bd31768c

from gateway.model import Gender, IdType, PolicyStatus
from gateway.wire import ReadTable, SendTable

MAPPING = "mappings/carriers/tide/codes.yaml"
GENDER_OUT = SendTable("gender", {Gender.male: "男", Gender.female: "女"}, "")  # L3
ID_TYPE_OUT = SendTable(
    "id_type",
    {
        IdType.cn_resident_id: "身份证",
        IdType.cn_household_register: "户口簿",
        IdType.passport: "护照",
        IdType.hk_mo_permit: "港澳通行证",
        IdType.tw_permit: "台胞证",
        IdType.cn_foreign_permanent_resident: "外国人居留证",
        IdType.military_officer: "军官证",
        IdType.other: "其他",
    },
    "其他",
)  # L4
STATUS_IN: ReadTable[PolicyStatus] = ReadTable(
    "status",
    {"未起保": PolicyStatus.issued_not_effective, "有效": PolicyStatus.in_force, "已到期": PolicyStatus.expired},
)  # L9
