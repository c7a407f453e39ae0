"""XCover partner API 1 code tables.

Generated from mappings/carriers/xcover/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: fdbeefa129ed17a266bcbe679b1e19471314dfda358fd1d2eceb28de03c42df4

from gateway.model import PolicyStatus
from gateway.wire import ReadTable

MAPPING = "mappings/carriers/xcover/codes.yaml"
PACKAGE_IN: ReadTable[PolicyStatus] = ReadTable(
    "package",
    {"PENDING_PAYMENT": PolicyStatus.issuing, "CONFIRMED": PolicyStatus.in_force, "CANCELLED": PolicyStatus.cancelled},
)  # L4
