"""Benchmark carrier in GBK XML (fictional) 1.0.0 code tables.

Generated from mappings/carriers/benchmark_xml/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 9494b2ebbe37f922fbe238797e50f08f9f5a789dd64a4087249d3a558a3469f2

from gateway.model import Gender, IdType, Relationship
from gateway.wire import ReadTable, SendTable

MAPPING = "mappings/carriers/benchmark_xml/codes.yaml"
GENDER_IN: ReadTable[Gender] = ReadTable("gender", {"1": Gender.male, "2": Gender.female, "0": Gender.unknown})  # L3
GENDER_OUT = SendTable("gender", {Gender.male: "1", Gender.female: "2", Gender.unknown: "0"})  # L3
ID_TYPE_IN: ReadTable[IdType] = ReadTable(
    "id_type", {"01": IdType.cn_resident_id, "02": IdType.passport, "99": IdType.other}, IdType.other
)  # L4
ID_TYPE_OUT = SendTable("id_type", {IdType.cn_resident_id: "01", IdType.passport: "02", IdType.other: "99"})  # L4
RELATION_IN: ReadTable[Relationship] = ReadTable(
    "relation",
    {
        "00": Relationship.self,
        "01": Relationship.spouse,
        "02": Relationship.child,
        "03": Relationship.parent,
        "99": Relationship.other,
    },
)  # L5
RELATION_OUT = SendTable(
    "relation",
    {
        Relationship.self: "00",
        Relationship.spouse: "01",
        Relationship.child: "02",
        Relationship.parent: "03",
        Relationship.other: "99",
    },
)  # L5
