"""Hard gates: what rules a channel out before anything is weighed, each with its reason code."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gateway.catalogue.channels import Channel
from gateway.catalogue.products import Binding, Product
from gateway.catalogue.rates import premium
from gateway.catalogue.snapshot import Snapshot
from gateway.routing.types import RouteRequest

if TYPE_CHECKING:
    from gateway.routing.decide import Seen

WRITE_MARGIN_S = 120.0


class Ruled(NamedTuple):
    """Why a channel was ruled out: a stable code and a sentence."""

    code: str
    text: str


class Gate(NamedTuple):
    """What a gate looks at."""

    request: RouteRequest
    product: Product
    channel: Channel
    binding: Binding
    seen: "Seen"


def rule_out(request: RouteRequest, snapshot: Snapshot, product: Product, seen: "Seen") -> dict[str, Ruled | None]:
    """For each channel of the product the first gate that closes, or None."""
    pinned = _pinned(request, product)
    ruled: dict[str, Ruled | None] = {}
    for name, binding in product.bindings.items():
        gate = Gate(request, product, snapshot.channels[name], binding, seen)
        first = next((why for check in _GATES if (why := check(gate)) is not None), None)
        if first is None and pinned and name not in pinned:
            first = Ruled("channel.not_pinned", f"pinned to {', '.join(sorted(pinned))}")
        ruled[name] = first
    return ruled


def _pinned(request: RouteRequest, product: Product) -> frozenset[str]:
    hints = getattr(request.request, "routing", None)
    if hints is not None and hints.pin:
        return frozenset({hints.pin})
    return frozenset(
        name
        for name, binding in product.bindings.items()
        if any(rule.pin and rule.holds(request.request) for rule in binding.rules)
    )


def _tried(gate: Gate) -> Ruled | None:
    tried = gate.channel.name in gate.request.exclude
    return Ruled("channel.tried", "tried before for this operation") if tried else None


def _excluded(gate: Gate) -> Ruled | None:
    hints = getattr(gate.request.request, "routing", None)
    if hints is not None and gate.channel.name in hints.exclude:
        return Ruled("channel.excluded_by_caller", "the caller excludes it")
    return None


def _active(gate: Gate) -> Ruled | None:
    state = gate.channel.state
    usable = state in ("active", "degraded", "canary")
    return None if usable else Ruled("channel.not_active", f"it is {state}")


def _offers(gate: Gate) -> Ruled | None:
    offered = gate.request.operation in gate.seen.offers.get(gate.channel.name, frozenset())
    return None if offered else Ruled("channel.not_offered", f"its carrier does not offer {gate.request.operation}")


def _region(gate: Gate) -> Ruled | None:
    party = getattr(gate.request.request, "policyholder", None)
    serves = gate.channel.serves(party)
    return None if serves else Ruled("channel.region", f"it sells in {', '.join(gate.channel.regions)} only")


def _maintained(gate: Gate) -> Ruled | None:
    margin_s = WRITE_MARGIN_S if gate.request.family != "quote" else 0.0
    window = gate.channel.in_maintenance(gate.request.at, margin_s)
    return Ruled("channel.maintenance", "its maintenance window is now or about to begin") if window else None


def _within_limits(gate: Gate) -> Ruled | None:
    why = gate.binding.beyond_limits(gate.request.request, gate.request.at)
    return Ruled("channel.limit", why) if why else None


def _premium(gate: Gate) -> Ruled | None:
    """A carrier whose filed rate gives another premium than the caller expects would refuse it: ask another."""
    expected = getattr(gate.request.request, "expected_premium", None)
    if expected is None or gate.request.family != "issue":
        return None
    known = premium(gate.binding, gate.request.request, gate.product, gate.request.at)
    if known is None or known == expected:
        return None
    return Ruled("premium.mismatch", f"its premium is {known.amount} {known.currency}, {expected.amount} is expected")


def _quota(gate: Gate) -> Ruled | None:
    per_day = gate.binding.limits.per_day
    used = gate.seen.used.get(gate.channel.name, 0)
    if per_day is not None and used >= per_day and gate.request.family != "quote":
        return Ruled("channel.quota", f"its quota of {per_day} a day is used up")
    return None


def _rules(gate: Gate) -> Ruled | None:
    for rule in gate.binding.rules:
        if rule.exclude is not None and rule.holds(gate.request.request):
            return Ruled("channel.rule", f"a rule of the product excludes it: {rule.exclude}")
    return None


_GATES: tuple[Callable[[Gate], Ruled | None], ...] = (
    _tried,
    _excluded,
    _active,
    _offers,
    _region,
    _maintained,
    _within_limits,
    _premium,
    _quota,
    _rules,
)

Reasons = Mapping[str, Ruled | None]
