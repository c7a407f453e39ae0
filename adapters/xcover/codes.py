"""XCover partner API 1 code tables.

Generated from mappings/carriers/xcover/codes.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 11d938933600b7b6e483cfd29a2ef39d67e7c04bd593802501a109117c65b6be

from gateway.model import PolicyStatus
from gateway.wire import ReadTable

MAPPING = "mappings/carriers/xcover/codes.yaml"
PACKAGE_IN: ReadTable[PolicyStatus] = ReadTable(
    "package",
    {"PENDING_PAYMENT": PolicyStatus.issuing, "CONFIRMED": PolicyStatus.in_force, "CANCELLED": PolicyStatus.cancelled},
)  # L4
