"""The decision: filter, health gate, score, pick; a pure function of what it is given.

Equal inputs give equal decisions, so a recorded one can be made again against another catalogue.
"""

from collections.abc import Mapping

from msgspec import Struct

from gateway.catalogue.facts import Facts
from gateway.model import Money
from gateway.routing.explain import sentence
from gateway.routing.filter import Asked, Line, Reasons, Sale, rule_out
from gateway.routing.gate import after_health
from gateway.routing.modes import after_modes, canary_terms
from gateway.routing.pick import Counters, random_pick, smooth_pick, sticky_pick
from gateway.routing.score import own_terms, pace_terms, rate_terms, score_of, steadiness, tolerated
from gateway.routing.sticky import sticky_key
from gateway.routing.types import GROUP_OF_FAMILY, USUAL, Candidate, Decision, RouteRequest, Ruled, Standing, Term


class Seen(Struct, frozen=True, kw_only=True):
    """What a decision sees beside the request and the catalogue.

    `standings` of each channel for this group of operations; `offers` the operations each channel's carrier has;
    `used` the policies of today per channel; `needs` per channel the share of the business to come that keeps its
    commitment; `held` channels an operator holds back; `pins` a product an operator pins; `counters` of the round robin
    for this product; `chance` in [0, 1); `margins` the seconds before a maintenance window in which its writes stop.
    `prices`: premiums are told though the product does not choose by them.
    """

    offers: Mapping[str, frozenset[str]]
    standings: Mapping[str, Standing] = {}
    used: Mapping[str, int] = {}
    needs: Mapping[str, float] = {}
    held: Mapping[str, Ruled] = {}
    pins: Mapping[str, str] = {}
    counters: Counters = {}
    chance: float = 0.0
    margins: Mapping[str, float] = {}
    prices: bool = False


class Outcome(Struct, frozen=True, kw_only=True):
    """A decision and the round robin's counters after it; `probe` says that the chosen channel is being tried out."""

    decision: Decision
    counters: Counters
    probe: bool = False


def decide(decision_id: str, request: RouteRequest, sale: Sale, seen: Seen) -> Outcome:
    """Choose a channel for new business, or none, with the reasons for every channel of the product."""
    asked = Asked(request, Facts(request.request, request.at))
    group = GROUP_OF_FAMILY[request.family]
    gated, panic = after_health(rule_out(asked, sale, seen), sale, seen.standings, group)
    ruled = after_modes(gated, sale)
    standing = [line for line in sale.lines if ruled[line.name] is None]
    counts = sale.product.routing.rate != "off"
    premiums = _premiums(standing, asked.facts) if counts or seen.prices else {}
    terms = _terms(standing, request, sale, seen, premiums if counts else {})
    scores = {name: score_of(each) for name, each in terms.items()}
    if sale.canaries:
        terms |= canary_terms(terms, scores, sale)
        scores = {name: score_of(each) for name, each in terms.items()}
    chosen, picked_by, counters = _pick(scores, request, sale, seen)
    candidates = _candidates(sale, ruled, terms, scores, premiums, seen)
    decision = Decision(
        decision_id=decision_id,
        operation=request.operation,
        product=request.product,
        at=request.at,
        catalogue=sale.number,
        rate_mode=sale.product.routing.rate,
        preset=sale.product.routing.preset,
        candidates=candidates,
        chosen=chosen,
        picked_by=picked_by,
        sentence=sentence(candidates, chosen, picked_by),
        chance=seen.chance,
        counters=seen.counters,
        used=seen.used,
        panic=panic,
        needs=seen.needs,
        pinned=seen.pins.get(sale.product.code),
        binding=dict(sale.product.bindings[chosen].binding) if chosen else {},
    )
    probe = chosen is not None and seen.standings.get(chosen, USUAL).breaker == "half_open"
    return Outcome(decision=decision, counters=counters, probe=probe)


def unsold(decision_id: str, request: RouteRequest, number: int) -> Decision:
    """The decision where the catalogue has the product no longer: nobody can take an order that was under way."""
    return Decision(
        decision_id=decision_id,
        operation=request.operation,
        product=request.product,
        at=request.at,
        catalogue=number,
        rate_mode="off",
        preset="default",
        candidates=(),
        chosen=None,
        picked_by="nobody",
        sentence=f"no channel can take this: the catalogue has no product {request.product} any more",
    )


def eligible(decision: Decision, most: int | None = None) -> tuple[str, ...]:
    """The channels a decision did not rule out, best score first: whom a quote asks, at most so many.

    Who is being tried out comes first, whatever it scores, and no other half-open channel is asked beside it.
    """
    standing = [each for each in decision.candidates if not each.ruled_out]
    ranked = [each.channel for each in sorted(standing, key=lambda each: -each.score)]
    if decision.picked_by == "probe":
        waiting = {each.channel for each in standing if each.standing.breaker == "half_open"}
        ranked = [each for each in ranked if each not in waiting or decision.panic]
        ranked = [decision.chosen or "", *(each for each in ranked if each != decision.chosen)]
    return tuple(ranked[:most])


def _premiums(standing: list[Line], facts: Facts) -> dict[str, Money]:
    """What each channel that stands would cost, where its filed rate tells."""
    known = ((line.name, line.premium(facts)) for line in standing)
    return {name: price for name, price in known if price is not None}


def _terms(
    standing: list[Line], request: RouteRequest, sale: Sale, seen: Seen, premiums: Mapping[str, Money]
) -> dict[str, list[Term]]:
    known = {line.name: seen.standings.get(line.name, USUAL) for line in standing}
    tolerance = tolerated(sale.product.routing.preset, known.values())
    terms = {line.name: own_terms(line, request, known[line.name], tolerance) for line in standing}
    more: list[dict[str, Term]] = []
    if premiums or seen.needs:
        stable = {name: steadiness(each, tolerance) for name, each in known.items()}
        weights = {name: each[0].value for name, each in terms.items()}
        success = {name: each.success for name, each in known.items()}
        merits = {name: weights[name] * stable[name] for name in terms}
        more = [rate_terms(sale.product, merits, premiums, success), pace_terms(weights, seen.needs, stable)]
    for found in more:
        for name, term in found.items():
            terms[name].append(term)
    return terms


def _pick(
    scores: Mapping[str, float], request: RouteRequest, sale: Sale, seen: Seen
) -> tuple[str | None, str, Counters]:
    weights = {name: score for name, score in scores.items() if score > 0}
    if not weights:
        return None, "nobody", seen.counters
    known = seen.standings
    probes = [name for name in weights if known.get(name, USUAL).breaker == "half_open"]
    if request.exclude:
        well = {name: weight for name, weight in weights.items() if name not in probes}
        return random_pick(well or weights, seen.chance), "failover", seen.counters
    if probes:
        return probes[0], "probe", seen.counters
    if (sticky := sale.product.routing.sticky) != "none" and (key := sticky_key(sticky, request)):
        return sticky_pick(weights, key), "weighted rendezvous", seen.counters
    chosen, counters = smooth_pick(weights, seen.counters)
    return chosen, "smooth weighted round robin", counters


def _candidates(
    sale: Sale,
    ruled: Reasons,
    terms: Mapping[str, list[Term]],
    scores: Mapping[str, float],
    premiums: Mapping[str, Money],
    seen: Seen,
) -> tuple[Candidate, ...]:
    total = sum(scores.values()) or 1.0
    found = []
    for line in sale.lines:
        name = line.name
        standing = seen.standings.get(name, USUAL)
        if (why := ruled[name]) is not None:
            found.append(Candidate(channel=name, ruled_out=why.code, why=why.text, standing=standing))
            continue
        score = scores[name]
        found.append(
            Candidate(
                channel=name,
                terms=tuple(terms[name]),
                score=score,
                share=round(score / total, 6),
                premium=_shown(premiums.get(name)),
                standing=standing,
            )
        )
    return tuple(found)


def _shown(price: Money | None) -> Mapping[str, object] | None:
    return {"amount": price.amount, "currency": price.currency} if price else None
