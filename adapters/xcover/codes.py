"""XCover partner API 1 code tables.

Generated from mappings/carriers/xcover/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 4ad7e23d5e1204252395a284b9aebfbfea31eed5706381edcf369ddbb0619c74

from gateway.model import PolicyStatus
from gateway.wire import ReadTable

MAPPING = "mappings/carriers/xcover/codes.yaml"
PACKAGE_IN: ReadTable[PolicyStatus] = ReadTable(
    "package",
    {"PENDING_PAYMENT": PolicyStatus.issuing, "CONFIRMED": PolicyStatus.in_force, "CANCELLED": PolicyStatus.cancelled},
)  # L4
