"""What a caller gets back: a status and bytes, stored once and replayed byte for byte."""

from typing import Any

import msgspec
from msgspec import Struct

from gateway.errors import HubError, Said
from gateway.model.errors import heading_of
from gateway.model.validate import Fault

JSON = "application/json"
PROBLEM = "application/problem+json"
FAULTS_MAX = 100
"""A body may have a fault at each of its thousands of values; an answer need not be larger than its question."""


class Answer(Struct, frozen=True, kw_only=True):
    """An HTTP answer without HTTP: status, body, where the thing is, and when to come again.

    `content_type` is set where the body is another's format: a carrier's, in answer to its callback.
    """

    status: int
    body: bytes
    location: str | None = None
    retry_after_s: int | None = None
    replayed: bool = False
    content_type: str | None = None

    @property
    def media_type(self) -> str:
        """Problem documents have a media type of their own (RFC 9457)."""
        if self.content_type is not None:
            return self.content_type
        return PROBLEM if self.status >= 400 else JSON


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An RFC 9457 problem document with the fields every refusal here carries."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    source: str
    next: str
    faults: tuple[Fault, ...] = ()
    reasons: tuple[Said, ...] = ()
    operation_id: str | None = None
    extra: dict[str, Any] = {}


def problem(error: HubError, operation_id: str | None = None) -> Answer:
    """The answer of a refusal: its title belongs to its code, as RFC 9457 asks; what is particular is its detail."""
    listed, found = error.faults[:FAULTS_MAX], len(error.faults)
    detail = (
        error.detail if found <= FAULTS_MAX else f"{error.detail}; the first {FAULTS_MAX} of {found} faults are listed"
    )
    document = Problem(
        type=f"urn:insurehub:problem:{error.error_code}",
        title=heading_of(error.error_code),
        status=error.http_status,
        detail=detail,
        code=error.error_code,
        source=error.source,
        next=error.next_step,
        faults=listed,
        reasons=error.reasons,
        operation_id=operation_id,
        extra=error.extra,
    )
    return Answer(status=error.http_status, body=msgspec.json.encode(document), retry_after_s=error.retry_after_s)


def done(status: int, document: Any, location: str | None = None) -> Answer:
    """The answer of something that was done."""
    return Answer(status=status, body=msgspec.json.encode(document), location=location)
