"""One difference between two versions of a mapping, and whom it breaks."""

from dataclasses import dataclass
from typing import Literal

Breaks = Literal["carrier", "caller", "nobody"]
What = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, where, from what to what.

    `breaks` is who has to change with it: the carrier gets other messages, the caller other answers, or nobody.
    `place` is a line of the newer version, or of the older where the newer has none.
    """

    area: str
    subject: str
    what: What
    breaks: Breaks
    before: str = ""
    after: str = ""
    place: str = ""


def what_of(*, was: object, now: object) -> What:
    """Whether something came, went, or is another thing now."""
    return "added" if not was else "removed" if not now else "changed"
