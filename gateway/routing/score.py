"""A channel's score: its weight, times what the rate says, times how stable and how fast it has been.

The terms are kept apart with their reasons: their product is the score, and the explanation. A factor of 1 is no term.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from gateway.catalogue.products import Binding, Product
from gateway.model import Money
from gateway.routing.memory import HALF_LIFE_CALLS, HALF_LIFE_S
from gateway.routing.types import RouteRequest, Standing, Term

if TYPE_CHECKING:
    from gateway.routing.filter import Line

TOLERANCE = {"default": 0.05, "success_first": 0.03}
STEADIEST_TIMES, STEADIEST_USUAL = 3.0, 0.005
"""What all channels fail alike, as where a storm of orders finds none with room, is no channel's fault: beyond what its
preset tolerates one may fail three times what the steadiest does above its usual half a percent. Who went from one to
the next instead would fill one after another, and in the end ask those again that it had left for good reason."""
STABILITY_EXPONENT = 3.0
STABILITY_FLOOR = 0.02
LATENCY_FLOOR = 0.1
SLOW_START_S = 30.0
SLOW_START_FLOOR = 0.1
PACE_MAX = 3.0
TIE_SHARE = 0.95


def weight(binding: Binding) -> Term:
    """The contract share; a canary begins at 1 and is given its share of all in the end."""
    if binding.share is not None:
        return Term(name="canary", value=1.0, why=f"{binding.share:.1%} of the business, to try it out")
    return Term(name="weight", value=float(binding.weight), why="the contract share in the product file")


def score_of(terms: list[Term]) -> float:
    """The score that terms make together."""
    total = 1.0
    for term in terms:
        total *= term.value
    return total


def tolerated(preset: str, standings: Iterable[Standing]) -> float:
    """How many calls in one may fail before a channel gets less, given how those stand that may be asked."""
    steadiest = min((1.0 - each.success for each in standings), default=0.0)
    return max(TOLERANCE[preset], STEADIEST_TIMES * (steadiest - STEADIEST_USUAL))


def own_terms(line: "Line", request: RouteRequest, standing: Standing, tolerance: float) -> list[Term]:
    """The terms that concern one channel alone; `tolerance` as `tolerated` gives it."""
    terms = [line.weight]
    if line.binding.rules and (factor := _preference(line.binding, request)) != 1.0:
        terms.append(Term(name="rule", value=factor, why="a rule of the product prefers it here"))
    if (value := steadiness(standing, tolerance)) != 1.0:
        why = f"expected failures {1.0 - standing.success:.1%}, tolerated {tolerance:.0%}{_remembered(standing)}"
        terms.append(Term(name="stability", value=value, why=why))
    if (value := latency(standing)) != 1.0:
        why = f"{standing.latency_s or 0:.2f} s against usual {standing.baseline_s or 0:.2f} s"
        terms.append(Term(name="latency", value=value, why=why))
    if (value := slow_start(standing)) != 1.0:
        terms.append(Term(name="slow start", value=value, why=f"back since {standing.since_closed_s or 0:.0f} s"))
    return terms


def _remembered(standing: Standing) -> str:
    """Why what was seen counts for longer than usual; nothing where it does not."""
    if standing.half_life_s <= HALF_LIFE_S:
        return ""
    gap_s = standing.half_life_s / HALF_LIFE_CALLS
    return f"; usually called every {gap_s:.0f} s, so what was seen fades by half in {standing.half_life_s:.0f} s"


def _preference(binding: Binding, request: RouteRequest) -> float:
    factor = 1.0
    for rule in binding.rules:
        if rule.prefer is not None and rule.holds(request.request):
            factor *= rule.prefer
    return factor


def steadiness(standing: Standing, tolerance: float) -> float:
    """The posterior as a multiplier: 1 within the tolerance, falling steeply beyond it, never quite to nothing."""
    failure = 1.0 - standing.success
    return 1.0 if failure <= tolerance else max(STABILITY_FLOOR, (tolerance / failure) ** STABILITY_EXPONENT)


def latency(standing: Standing) -> float:
    """1 up to twice the usual latency; beyond it as many times less as it is slower."""
    if not standing.baseline_s or not standing.latency_s or standing.latency_s <= 2 * standing.baseline_s:
        return 1.0
    return max(LATENCY_FLOOR, 2 * standing.baseline_s / standing.latency_s)


def slow_start(standing: Standing) -> float:
    """A channel that came back takes up its share step by step."""
    since_s = standing.since_closed_s
    return 1.0 if since_s is None or since_s >= SLOW_START_S else max(SLOW_START_FLOOR, since_s / SLOW_START_S)


def rate_terms(
    product: Product, merits: Mapping[str, float], premiums: Mapping[str, Money], success: Mapping[str, float]
) -> dict[str, Term]:
    """What the rate says of each channel that stands; `merits` are weight times stability, for a tiebreak.

    Without a known premium the rate says nothing of a channel. A rate never lifts a channel past a gate.
    """
    mode = product.routing.rate
    rivals = {name: premiums[name] for name in merits if name in premiums}
    if mode == "tiebreak" and merits:
        best = max(merits.values())
        rivals = {name: price for name, price in rivals.items() if merits[name] >= TIE_SHARE * best}
    if mode == "expected_value":
        return _by_value(product, rivals, success)
    lowest = min((price.amount for price in rivals.values()), default=0)
    return {
        name: Term(name="rate", value=lowest / price.amount, why=f"premium {price.amount} against the lowest {lowest}")
        for name, price in rivals.items()
        if lowest and price.amount != lowest
    }


def _by_value(product: Product, premiums: Mapping[str, Money], success: Mapping[str, float]) -> dict[str, Term]:
    """What a channel is expected to earn, against the one that earns most; no commission is above the filed one."""
    values = {name: _value(product.bindings[name], price, success[name]) for name, price in premiums.items()}
    best = max(values.values(), default=0.0)
    return {
        name: Term(name="rate", value=max(0.0, value) / best, why=f"expected to earn {value:.1f} against {best:.1f}")
        for name, value in values.items()
        if best > 0 and value != best
    }


def _value(binding: Binding, price: Money, success: float) -> float:
    if binding.commission is None:
        return 0.0
    earned = Decimal(price.amount) * min(binding.commission.rate, binding.commission.filed)
    return success * float(earned) - (binding.commission.cost.amount if binding.commission.cost else 0)


def pace_terms(
    weights: Mapping[str, float], needs: Mapping[str, float], stable: Mapping[str, float]
) -> dict[str, Term]:
    """Who is behind a promised volume takes more: as much as the share it needs of what is still to come, at most three
    times its own; who is not well takes no more than its share.
    """
    total = sum(weights.values())
    terms = {}
    for name, needed in needs.items():
        own = weights.get(name, 0.0) / total if total else 0.0
        if own <= 0 or needed <= own or stable.get(name, 0.0) < 1.0:
            continue
        factor = PACE_MAX if needed >= 1.0 else min(PACE_MAX, needed * (1 - own) / (own * (1 - needed)))
        if own < 1.0:
            why = f"needs {needed:.1%} of what is to come to keep its commitment, has {own:.1%}"
            terms[name] = Term(name="pace", value=factor, why=why)
    return terms
