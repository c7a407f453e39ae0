"""The decision: filter, health gate, score, pick; a pure function of what it is given.

Equal inputs give equal decisions, so a recorded one can be made again against another catalogue.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from gateway.catalogue.products import Binding, Product
from gateway.catalogue.rates import premium
from gateway.catalogue.snapshot import Snapshot
from gateway.routing.filter import Ruled, rule_out
from gateway.routing.health import Health, may_probe
from gateway.routing.pick import Counters, random_pick, smooth_pick
from gateway.routing.score import score, stability
from gateway.routing.types import GROUP_OF_FAMILY, Candidate, Decision, Group, RouteRequest

TIE_SHARE = 0.95


class Seen(Struct, frozen=True, kw_only=True):
    """What a decision sees beside the request and the catalogue.

    `health` per (channel, group); `offers` the operations each channel's carrier has; `used` policies made today per
    channel; `counters` of the round robin for this product; `now_s` on the clock of `health`; `chance` in [0, 1).
    """

    health: Mapping[tuple[str, Group], Health]
    offers: Mapping[str, frozenset[str]]
    used: Mapping[str, int] = {}
    counters: Counters = {}
    now_s: float = 0.0
    chance: float = 0.0


class Outcome(Struct, frozen=True, kw_only=True):
    """A decision and the round robin's counters after it; `probe` says that the chosen channel is being tried out."""

    decision: Decision
    counters: Counters
    probe: bool = False


def decide(decision_id: str, request: RouteRequest, snapshot: Snapshot, seen: Seen) -> Outcome:
    """Choose a channel for new business, or none, with the reasons for every channel of the product."""
    product = snapshot.products[request.product]
    ruled = rule_out(request, snapshot, product, seen)
    group = GROUP_OF_FAMILY[request.family]
    health = {name: seen.health.get((name, group), Health()) for name in product.bindings}
    standing = _after_modes(product, _after_health(ruled, health, seen.now_s, group))
    candidates = _scored(request, product, standing, health, seen)
    chosen, picked_by, counters = _pick(candidates, request, seen, health)
    shares = sum(each.score for each in candidates if not each.ruled_out) or 1.0
    candidates = tuple(
        msgspec.structs.replace(each, share=0.0 if each.ruled_out else round(each.score / shares, 6))
        for each in candidates
    )
    decision = Decision(
        decision_id=decision_id,
        operation=request.operation,
        product=request.product,
        at=request.at,
        catalogue=snapshot.number,
        rate_mode=product.routing.rate,
        preset=product.routing.preset,
        candidates=candidates,
        chosen=chosen,
        picked_by=picked_by,
        sentence=_sentence(candidates, chosen, picked_by),
        binding=_binding(product.bindings[chosen]) if chosen else {},
    )
    return Outcome(decision=decision, counters=counters, probe=picked_by == "probe")


def eligible(decision: Decision) -> tuple[str, ...]:
    """The channels a decision did not rule out, best score first: whom a quote asks."""
    standing = [each for each in decision.candidates if not each.ruled_out]
    return tuple(each.channel for each in sorted(standing, key=lambda each: -each.score))


def _after_health(
    ruled: Mapping[str, Ruled | None], health: Mapping[str, Health], now_s: float, group: Group
) -> dict[str, Ruled | None]:
    """Take out channels whose breaker is open, unless that would leave no read anyone to ask."""
    states = {name: health[name].at(now_s) for name in ruled}
    gated = {
        name: why or (_OPEN if states[name] == "open" else None) or _waiting_probe(health[name], now_s)
        for name, why in ruled.items()
    }
    nobody = all(gated.values()) and not all(ruled.values())
    return dict(ruled) if nobody and group == "quote" else gated


def _after_modes(product: Product, standing: Mapping[str, Ruled | None]) -> dict[str, Ruled | None]:
    """A primary channel takes everything while it stands; a standby nothing while another one does."""
    modes = {product.bindings[name].mode for name, why in standing.items() if why is None}
    best = next((mode for mode in ("primary", "weighted", "standby") if mode in modes), "")
    return {
        name: why
        or (None if product.bindings[name].mode == best else Ruled("channel.standby", f"a {best} channel stands"))
        for name, why in standing.items()
    }


_OPEN = Ruled("channel.breaker_open", "too many of its last calls failed")
_HALF = Ruled("channel.probing", "one call is trying it out; others wait for that")


def _waiting_probe(health: Health, now_s: float) -> Ruled | None:
    return _HALF if health.at(now_s) == "half_open" and not may_probe(health, now_s) else None


def _scored(
    request: RouteRequest,
    product: Product,
    standing: Mapping[str, Ruled | None],
    health: Mapping[str, Health],
    seen: Seen,
) -> tuple[Candidate, ...]:
    premiums = {
        name: premium(binding, request.request, product, request.at) for name, binding in product.bindings.items()
    }
    candidates = []
    for name, binding in product.bindings.items():
        why = standing[name]
        price = premiums[name]
        shown = {"amount": price.amount, "currency": price.currency} if price else None
        if why is not None:
            candidates.append(Candidate(channel=name, ruled_out=why.code, why=why.text, premium=shown))
            continue
        rivals = [p.amount for other, p in premiums.items() if p and standing[other] is None]
        lowest = min(rivals, default=None) if _rate_counts(product, name, standing, health, seen.now_s) else None
        terms = score(request, product, binding, health[name], price, lowest, seen.now_s)
        total = 1.0
        for term in terms:
            total *= term.value
        candidates.append(Candidate(channel=name, terms=terms, score=total, premium=shown))
    return tuple(candidates)


def _rate_counts(
    product: Product, name: str, standing: Mapping[str, Ruled | None], health: Mapping[str, Health], now_s: float
) -> bool:
    """A tiebreak looks at the premium only among channels whose weight and stability are within five percent."""
    if product.routing.rate != "tiebreak":
        return True
    merits = {
        other: product.bindings[other].weight * stability(product, health[other], now_s).value
        for other, why in standing.items()
        if why is None
    }
    return merits[name] >= TIE_SHARE * max(merits.values())


def _pick(
    candidates: tuple[Candidate, ...], request: RouteRequest, seen: Seen, health: Mapping[str, Health]
) -> tuple[str | None, str, Counters]:
    weights = {each.channel: each.score for each in candidates if not each.ruled_out and each.score > 0}
    if not weights:
        return None, "nobody", seen.counters
    probes = [name for name in weights if health[name].at(seen.now_s) == "half_open"]
    if probes and not request.exclude:
        return probes[0], "probe", seen.counters
    if request.exclude:
        return random_pick(weights, seen.chance), "failover", seen.counters
    chosen, counters = smooth_pick(weights, seen.counters)
    return chosen, "smooth weighted round robin", counters


def _binding(binding: Binding) -> Mapping[str, Any]:
    return dict(binding.binding)


def _sentence(candidates: tuple[Candidate, ...], chosen: str | None, picked_by: str) -> str:
    out = ", ".join(f"{each.channel} ({each.why})" for each in candidates if each.ruled_out)
    aside = f"; not asked: {out}" if out else ""
    if chosen is None:
        return f"no channel can take this{aside}"
    winner = next(each for each in candidates if each.channel == chosen)
    rivals = [each for each in candidates if not each.ruled_out and each.channel != chosen]
    terms = " x ".join(f"{term.name} {term.value:.3g}" for term in winner.terms)
    among = f", among {len(rivals) + 1} that could" if rivals else ", the only one that could"
    return f"{chosen} by {picked_by}: {terms} = {winner.score:.3g}, share {winner.share:.0%}{among}{aside}"
