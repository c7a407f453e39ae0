"""A decision with everything written out, for people and their tools: a recorded one leaves out what is as usual."""

from typing import Any

from msgspec import to_builtins
from msgspec.structs import asdict

from gateway.routing.score import latency, slow_start, steadiness, tolerated
from gateway.routing.types import Candidate, Decision

OWN, COMPARED = ("stability", "latency", "slow start"), ("rate", "pace")
TERMS = ("weight", "rule", *OWN, *COMPARED)
"""In the order in which they are multiplied; a canary has a term of its own in place of its weight."""


def whole(decision: Decision) -> dict[str, Any]:
    """The decision as plain data with every default, and each channel with every term, those of 1 too.

    A term is null where a channel was ruled out before it was worked out.
    """
    tolerance = tolerated(decision.preset, (each.standing for each in decision.candidates if not each.ruled_out))
    told = {**asdict(decision), "candidates": [_whole(each, tolerance) for each in decision.candidates]}
    data: dict[str, Any] = to_builtins(told)
    return data


def _whole(candidate: Candidate, tolerance: float) -> dict[str, Any]:
    found = {term.name: to_builtins(term) for term in candidate.terms}
    usual = _as_usual(candidate, tolerance)
    names = [name for name in ("canary", *TERMS) if name in found or name in usual]
    if "canary" in found:
        names.remove("weight")
    terms = [found.get(name) or usual[name] for name in names]
    return {**asdict(candidate), "terms": terms, "standing": asdict(candidate.standing)}


def _as_usual(candidate: Candidate, tolerance: float) -> dict[str, dict[str, Any]]:
    """The terms as they are where nothing is said of them."""
    if candidate.ruled_out is None:
        return {name: {"name": name, "value": 1.0, "why": "as usual"} for name in TERMS}
    standing, why = candidate.standing, "ruled out: not weighed against the others"
    own = (steadiness(standing, tolerance), latency(standing), slow_start(standing))
    told = {
        name: {"name": name, "value": value, "why": "of its standing"} for name, value in zip(OWN, own, strict=True)
    }
    return {name: told.get(name, {"name": name, "value": None, "why": why}) for name in TERMS}
