"""What a decision is asked, what it sees and what it says; all frozen, so that any decision can be replayed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from gateway.errors import Said

Group = Literal["quote", "write", "service"]
"""What shares a breaker: an outage of issuing must not cut quotes."""

GROUP_OF_FAMILY: Mapping[str, Group] = {
    "quote": "quote",
    "underwrite": "write",
    "issue": "write",
    "endorse": "service",
    "cancel": "service",
    "claim": "service",
    "query": "service",
}


class RouteRequest(Struct, frozen=True, kw_only=True):
    """New business looking for a channel: the operation, the product, and the canonical request."""

    operation: str
    family: str
    product: str
    request: Any
    at: datetime
    key: str = ""
    exclude: frozenset[str] = frozenset()


class Term(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One factor of a channel's score, with its number and why it is what it is."""

    name: str
    value: float
    why: str


class Candidate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was thought of one channel: a reason code when it was ruled out, else its terms and score."""

    channel: str
    ruled_out: str | None = None
    why: str | None = None
    terms: tuple[Term, ...] = ()
    score: float = 0.0
    share: float = 0.0
    premium: Mapping[str, Any] | None = None


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole decision: every channel of the product with its reasons, and the one chosen.

    `catalogue` is the number of the snapshot it was made with, `health` the statistics it saw, `chance` the random
    numbers it drew: with these it can be made again.
    """

    decision_id: str
    operation: str
    product: str
    at: datetime
    catalogue: int
    rate_mode: str
    preset: str
    candidates: tuple[Candidate, ...]
    chosen: str | None
    picked_by: str
    sentence: str
    binding: Mapping[str, Any] = {}

    def said(self) -> tuple[Said, ...]:
        """Each ruled-out channel with its reason, for a problem document."""
        return tuple(
            Said(code=each.ruled_out, source="gateway", text=f"{each.channel}: {each.why or each.ruled_out}")
            for each in self.candidates
            if each.ruled_out
        )
