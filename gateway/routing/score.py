"""A channel's score: its weight, times what the rate says, times how stable and how fast it has been.

The terms are kept apart with their reasons: their product is the score, and the explanation.
"""

from gateway.catalogue.products import Binding, Product
from gateway.model import Money
from gateway.routing.health import Health
from gateway.routing.types import RouteRequest, Term

TOLERANCE = {"default": 0.05, "success_first": 0.03}
STABILITY_EXPONENT = 3.0
STABILITY_FLOOR = 0.02
LATENCY_FLOOR = 0.1
SLOW_START_S = 30.0
SLOW_START_FLOOR = 0.1


def score(
    request: RouteRequest,
    product: Product,
    binding: Binding,
    health: Health,
    price: Money | None,
    lowest: int | None,
    now_s: float,
) -> tuple[Term, ...]:
    """The terms of one channel's score; their product is what the pick weighs."""
    terms = [
        Term(name="weight", value=float(binding.weight), why="the contract share in the product file"),
        _preference(request, binding),
        _rate(product, price, lowest),
        stability(product, health, now_s),
        _latency(health),
        _slow_start(health, now_s),
    ]
    return tuple(term for term in terms if term is not None)


def _preference(request: RouteRequest, binding: Binding) -> Term | None:
    factor = 1.0
    for rule in binding.rules:
        if rule.prefer is not None and rule.holds(request.request):
            factor *= float(rule.prefer)
    return Term(name="rule", value=factor, why="a rule of the product prefers it here") if factor != 1.0 else None


def _rate(product: Product, price: Money | None, lowest: int | None) -> Term | None:
    """`lowest_premium` and `tiebreak` favour the cheaper cover; without a known premium the rate says nothing."""
    if product.routing.rate == "off" or price is None or not lowest:
        return None
    return Term(name="rate", value=lowest / price.amount, why=f"premium {price.amount} against the lowest {lowest}")


def stability(product: Product, health: Health, now_s: float) -> Term:
    """The posterior as a multiplier: 1 within the tolerance, falling steeply beyond it, never quite to nothing."""
    failure = 1.0 - health.success(now_s)
    tolerance = TOLERANCE[product.routing.preset]
    value = 1.0
    if failure > tolerance:
        value = max(STABILITY_FLOOR, (tolerance / failure) ** STABILITY_EXPONENT)
    return Term(name="stability", value=value, why=f"expected failures {failure:.1%}, tolerated {tolerance:.0%}")


def _latency(health: Health) -> Term | None:
    if not health.baseline_s or not health.latency_s or health.latency_s <= 2 * health.baseline_s:
        return None
    value = max(LATENCY_FLOOR, 2 * health.baseline_s / health.latency_s)
    return Term(name="latency", value=value, why=f"{health.latency_s:.2f} s against usual {health.baseline_s:.2f} s")


def _slow_start(health: Health, now_s: float) -> Term | None:
    since_s = now_s - health.closed_at_s
    if since_s >= SLOW_START_S:
        return None
    value = max(SLOW_START_FLOOR, since_s / SLOW_START_S)
    return Term(name="slow start", value=value, why=f"back since {since_s:.0f} s")
