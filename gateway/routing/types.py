"""What a decision is asked, what it sees and what it says; all frozen, so that any decision can be replayed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from gateway.errors import Said
from gateway.routing.memory import HALF_LIFE_S

Group = Literal["quote", "write", "service", "carrier"]
"""What shares a breaker: an outage of issuing must not cut quotes. `carrier` is every group's: faults of connection."""

Breaker = Literal["closed", "open", "half_open", "probed"]
"""A breaker as a decision sees it; `probed`: half open, and the one call that tries it out is under way."""

GROUP_OF_FAMILY: Mapping[str, Group] = {
    "quote": "quote",
    "underwrite": "write",
    "issue": "write",
    "endorse": "service",
    "cancel": "service",
    "claim": "service",
    "query": "service",
}

SUCCESS_USUAL = 0.985
"""What is expected of a channel of which nothing is known."""


class Ruled(NamedTuple):
    """Why a channel was ruled out: a stable code and a sentence."""

    code: str
    text: str


class RouteRequest(Struct, frozen=True, kw_only=True):
    """New business looking for a channel: the operation, the product, and the canonical request.

    `key` is what sticks to a channel where the product says so (a digest of the customer, a merchant, an order).
    """

    operation: str
    family: str
    product: str
    request: Any
    at: datetime
    key: str = ""
    exclude: frozenset[str] = frozenset()


class Standing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a channel stands for one group of operations: its breaker, and what is expected of its next call.

    `success` is a probability, `since_closed_s` how long ago the breaker closed again, None when it never opened;
    `half_life_s` says in what time the evidence for `success` fades by half.
    """

    breaker: Breaker = "closed"
    success: float = SUCCESS_USUAL
    latency_s: float | None = None
    baseline_s: float | None = None
    since_closed_s: float | None = None
    half_life_s: float = HALF_LIFE_S


USUAL = Standing()


class Term(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One factor of a channel's score, with its number and why it is what it is; a factor of 1 is left out."""

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
    standing: Standing = USUAL


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole decision: every channel of the product with its reasons, and the one chosen.

    `catalogue` is the number of the snapshot it was made with, `chance` the random number it drew, `counters` where the
    round robin stood before it, `used` the policies of the day where there is a quota, and each candidate has the
    standing that was seen: with these it can be made again. `panic`: reads went to channels that were ruled
    out for their health, because hardly any other was left. `needs` is the share of the business to come that each
    promise needed then, `pinned` whom an operator had pinned the product to.
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
    chance: float = 0.0
    counters: Mapping[str, float] = {}
    used: Mapping[str, int] = {}
    panic: bool = False
    needs: Mapping[str, float] = {}
    pinned: str | None = None
    binding: Mapping[str, Any] = {}

    def said(self) -> tuple[Said, ...]:
        """Each ruled-out channel with its reason, for a problem document."""
        return tuple(
            Said(code=each.ruled_out, source="gateway", text=f"{each.channel}: {each.why or each.ruled_out}")
            for each in self.candidates
            if each.ruled_out
        )
