"""One difference between what a carrier says and what its mapping knows: how bad, where, and no value of it."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Severity = Literal["break", "warn", "info", "could-not-check"]
SEVERITIES: tuple[Severity, ...] = ("break", "could-not-check", "warn", "info")
"""The worst first; what could not be checked is neither drift nor right."""

Kind = Literal[
    "outcome",
    "unknown code",
    "unreadable",
    "signature",
    "missing field",
    "new field",
    "unread field",
    "type",
    "format",
    "null",
    "constant",
    "latency",
    "header",
    "certificate",
    "unreachable",
    "not allowed",
    "data",
    "left behind",
]


class Finding(Struct, frozen=True, kw_only=True):
    """`at` is a path of the reply, or empty; `mapping` the line that reads it, `file:line`, or empty."""

    severity: Severity
    kind: Kind
    carrier: str
    operation: str
    example: str = ""
    at: str = ""
    said: str
    mapping: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same finding in another run, or at another reply."""
        return (self.carrier, self.operation, self.example, self.kind, self.at, self.said if not self.at else "")


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The worst of them; None where there is none."""
    found = {each.severity for each in findings}
    return next((each for each in SEVERITIES if each in found), None)


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once, the worst first."""
    once = {each.key: each for each in findings}
    return tuple(sorted(once.values(), key=lambda each: (SEVERITIES.index(each.severity), each.key)))
