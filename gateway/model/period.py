"""Periods of cover: half-open instants `[start, end)`, and the arithmetic of business dates in a zone."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from gateway.model.base import Model
from gateway.model.enums import PeriodStartRule

Instant = Annotated[datetime, Meta(tz=True)]

ZONE_DEFAULT = "Asia/Shanghai"


class Period(Model, frozen=True, kw_only=True):
    """A span of cover (保险期间), half-open: `start` is covered, `end` is not.

    `zone` (IANA name) says on which clock business dates are read; `rule` what the start was counted from.
    """

    start: Instant
    end: Instant
    rule: PeriodStartRule | None = None
    zone: str = ZONE_DEFAULT
