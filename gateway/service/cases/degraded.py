"""What is told when an insurer cannot be asked: what was last known, and that it is no more than that."""

from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from gateway.errors import NotExecuted, Said
from gateway.model import Model, Reason, ReasonSource
from gateway.model.errors import ErrorCode

V = TypeVar("V", bound=Model)


def last_known(view: V, known_at: datetime, unserved: NotExecuted) -> V:
    """A view that says since when it was not confirmed, and why nobody could be asked.

    It has `reasons`, as policies, applications, claims and documents have.
    """
    since = f"known since {known_at.isoformat(timespec='seconds')}; {unserved.detail}"
    told = (Said(code=ErrorCode.channel_last_known, source="gateway", text=since), *unserved.reasons)
    reasons = tuple(Reason(code=each.code, source=ReasonSource.gateway, text=each.text) for each in told)
    own: tuple[Reason, ...] = getattr(view, "reasons")  # noqa: B009 - a view without it cannot tell
    return replace(view, reasons=(*own, *reasons))
