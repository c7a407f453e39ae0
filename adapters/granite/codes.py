"""磐石车险（虚构） 1.4.0 code tables.

Generated from mappings/carriers/granite/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 5e716c7be45872dea3f11a6b62cf80f9ad8cd6e1ebe0e30a4012c1d2d5a2e34e

from gateway.model import DocumentStatus, Gender, IdType, PolicyStatus, QuoteStatus, VehicleEnergy
from gateway.wire import ReadTable, SendTable

MAPPING = "mappings/carriers/granite/codes.yaml"
CERT_TYPE_OUT = SendTable(
    "cert_type",
    {
        IdType.cn_resident_id: "01",
        IdType.passport: "02",
        IdType.military_officer: "03",
        IdType.cn_foreign_permanent_resident: "04",
        IdType.uscc: "71",
        IdType.other: "99",
    },
    "99",
)  # L4
COVER_IN: ReadTable[str] = ReadTable(
    "cover",
    {
        "J1": "MOTOR_COMPULSORY",
        "S1": "MOTOR_DAMAGE",
        "S2": "MOTOR_THIRD_PARTY",
        "S3": "MOTOR_DRIVER",
        "S4": "MOTOR_PASSENGER",
    },
)  # L9
COVER_OUT = SendTable(
    "cover",
    {
        "MOTOR_COMPULSORY": "J1",
        "MOTOR_DAMAGE": "S1",
        "MOTOR_THIRD_PARTY": "S2",
        "MOTOR_DRIVER": "S3",
        "MOTOR_PASSENGER": "S4",
    },
)  # L9
ENERGY_OUT = SendTable(
    "energy",
    {
        VehicleEnergy.petrol: "A",
        VehicleEnergy.diesel: "B",
        VehicleEnergy.electric: "C",
        VehicleEnergy.plug_in_hybrid: "D",
        VehicleEnergy.hybrid: "E",
        VehicleEnergy.gas: "F",
        VehicleEnergy.other: "Z",
    },
    "Z",
)  # L6
GENDER_OUT = SendTable("gender", {Gender.male: "M", Gender.female: "F"})  # L5
PLATE_TYPE_IN: ReadTable[str] = ReadTable("plate_type", {"01": "large", "02": "small", "52": "small_new_energy"})  # L8
PLATE_TYPE_OUT = SendTable("plate_type", {"large": "01", "small": "02", "small_new_energy": "52"})  # L8
POLICY_STATUS_IN: ReadTable[PolicyStatus] = ReadTable(
    "policy_status",
    {
        "1": PolicyStatus.issued_not_effective,
        "2": PolicyStatus.in_force,
        "3": PolicyStatus.expired,
        "4": PolicyStatus.cancelled,
    },
)  # L11
READY_IN: ReadTable[DocumentStatus] = ReadTable(
    "ready", {"Y": DocumentStatus.ready, "N": DocumentStatus.not_ready}
)  # L12
RESULT_IN: ReadTable[QuoteStatus] = ReadTable("result", {"Y": QuoteStatus.quoted, "N": QuoteStatus.declined})  # L10
USAGE_OUT = SendTable("usage", {"private": "211", "company": "212", "agency": "213"})  # L7
