"""Hard gates: what rules a channel out before anything is weighed, each with its reason code.

Which gates a channel has at all depends on the catalogue alone and is found out once for each snapshot: a decision asks
only those that could close.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from gateway.catalogue.channels import Channel
from gateway.catalogue.facts import Facts
from gateway.catalogue.limits import Check, checks_of
from gateway.catalogue.products import Binding, Product, Rule
from gateway.catalogue.rates import premium
from gateway.catalogue.snapshot import Snapshot
from gateway.model import Money
from gateway.routing.score import weight
from gateway.routing.types import RouteRequest, Ruled, Term

if TYPE_CHECKING:
    from gateway.routing.decide import Seen

WRITE_MARGIN_S = 120.0
"""So long before a maintenance window writes stop where the carrier's own time is not known."""

USABLE = ("active", "degraded", "canary")


class Asked(NamedTuple):
    """What is asked of every gate: the request, and what was measured of it so far."""

    request: RouteRequest
    facts: Facts


Gate = Callable[["Line", Asked, "Seen"], Ruled | None]


class Line(Struct, frozen=True, kw_only=True):
    """One channel of a product, with the gates it has; `closed` says why it can take nothing, whatever is asked."""

    name: str
    product: Product
    channel: Channel
    binding: Binding
    weight: Term
    gates: tuple[Gate, ...] = ()
    closed: Ruled | None = None

    def premium(self, facts: Facts) -> Money | None:
        """What its cover costs by its filed rates, as far as they say."""
        return premium(self.binding, facts, self.product)


class Sale(Struct, frozen=True, kw_only=True):
    """A product as decisions read it: its channels with their gates, the share of each canary among them.

    `number` is that of the snapshot; `pins` the rules that pin, with the channel of each; `ranked`: not all channels
    have one mode.
    """

    number: int
    product: Product
    lines: tuple[Line, ...]
    canaries: Mapping[str, float] = {}
    pins: tuple[tuple[str, Rule], ...] = ()
    ranked: bool = False
    has_quota: bool = False


def compiled(snapshot: Snapshot, code: str) -> Sale:
    """The channels of a product with the gates that could close for each."""
    product = snapshot.products[code]
    lines = (_line(product, snapshot.channels[name], binding) for name, binding in product.bindings.items())
    bindings = product.bindings
    return Sale(
        number=snapshot.number,
        product=product,
        lines=tuple(lines),
        canaries={name: each.share for name, each in bindings.items() if each.share},
        pins=tuple((name, rule) for name, each in bindings.items() for rule in each.rules if rule.pin),
        ranked=len({each.mode for each in bindings.values()}) > 1,
        has_quota=any(each.limits.per_day is not None for each in bindings.values()),
    )


def rule_out(asked: Asked, sale: Sale, seen: "Seen") -> dict[str, Ruled | None]:
    """For each channel of the product the first gate that closes, or None."""
    request = asked.request
    hints = getattr(request.request, "routing", None)
    refused = frozenset(hints.exclude) if hints is not None else frozenset()
    ruled = {line.name: _ruled(line, asked, refused, seen) for line in sale.lines}
    pinned = _pinned(request, sale, seen)
    if pinned:
        why = Ruled("channel.not_pinned", f"pinned to {', '.join(sorted(pinned))}")
        ruled = {name: first or (None if name in pinned else why) for name, first in ruled.items()}
    return ruled


def _ruled(line: Line, asked: Asked, refused: frozenset[str], seen: "Seen") -> Ruled | None:
    name, request = line.name, asked.request
    if name in request.exclude:
        return _TRIED
    if name in refused:
        return _REFUSED
    if line.closed is not None:
        return line.closed
    if name in seen.held:
        return seen.held[name]
    if request.operation not in seen.offers.get(name, frozenset()):
        return Ruled("channel.not_offered", f"its carrier does not offer {request.operation}")
    for gate in line.gates:
        if (why := gate(line, asked, seen)) is not None:
            return why
    return None


MAINTAINED = Ruled("channel.maintenance", "its maintenance window is now or about to begin")
_TRIED = Ruled("channel.tried", "tried before for this operation")
_REFUSED = Ruled("channel.excluded_by_caller", "the caller excludes it")


def _pinned(request: RouteRequest, sale: Sale, seen: "Seen") -> frozenset[str]:
    """Whom the caller pins; else whom an operator pins; else whom a rule pins."""
    hints = getattr(request.request, "routing", None)
    if hints is not None and hints.pin:
        return frozenset({hints.pin})
    if sale.product.code in seen.pins:
        return frozenset({seen.pins[sale.product.code]})
    return frozenset(name for name, rule in sale.pins if rule.holds(request.request))


def _line(product: Product, channel: Channel, binding: Binding) -> Line:
    return Line(
        name=channel.name,
        product=product,
        channel=channel,
        binding=binding,
        weight=weight(binding),
        gates=tuple(_gates(channel, binding)),
        closed=_closed(product, channel),
    )


def _closed(product: Product, channel: Channel) -> Ruled | None:
    if channel.state not in USABLE:
        return Ruled("channel.not_active", f"it is {channel.state}")
    if channel.licences and product.lob.value not in channel.licences:
        return Ruled("channel.licence", f"its insurer is not licensed for {product.lob}")
    return None


def _gates(channel: Channel, binding: Binding) -> Iterator[Gate]:
    """The gates that could close, the cheap ones first."""
    if channel.regions:
        yield _region
    if channel.maintenance:
        yield _maintained
    yield from (_limit(check) for check in checks_of(binding.limits))
    if binding.rates:
        yield _premium
    if binding.limits.per_day is not None:
        yield _quota
    if any(rule.exclude is not None for rule in binding.rules):
        yield _rules


def _region(line: Line, asked: Asked, _seen: "Seen") -> Ruled | None:
    if asked.facts.lies_in(line.channel.regions):
        return None
    return Ruled("channel.region", f"it sells in {', '.join(line.channel.regions)} only")


def _maintained(line: Line, asked: Asked, seen: "Seen") -> Ruled | None:
    margin_s = seen.margins.get(line.name, WRITE_MARGIN_S) if asked.request.family != "quote" else 0.0
    window = line.channel.in_maintenance(asked.request.at, margin_s)
    return MAINTAINED if window else None


def _limit(check: Check) -> Gate:
    def gate(line: Line, asked: Asked, _seen: "Seen") -> Ruled | None:
        why = check(line.binding, asked.facts)
        return Ruled("channel.limit", why) if why else None

    return gate


def _premium(line: Line, asked: Asked, _seen: "Seen") -> Ruled | None:
    """A carrier whose filed rate gives another premium than the caller expects would refuse it: ask another."""
    expected = getattr(asked.request.request, "expected_premium", None)
    if expected is None or asked.request.family != "issue":
        return None
    known = line.premium(asked.facts)
    if known is None or known == expected:
        return None
    return Ruled("premium.mismatch", f"its premium is {known.amount} {known.currency}, {expected.amount} is expected")


def _quota(line: Line, asked: Asked, seen: "Seen") -> Ruled | None:
    per_day = line.binding.limits.per_day
    if per_day is None or asked.request.family == "quote" or seen.used.get(line.name, 0) < per_day:
        return None
    return Ruled("channel.quota", f"its quota of {per_day} a day is used up")


def _rules(line: Line, asked: Asked, _seen: "Seen") -> Ruled | None:
    for rule in line.binding.rules:
        if rule.exclude is not None and rule.holds(asked.request.request):
            return Ruled("channel.rule", f"a rule of the product excludes it: {rule.exclude}")
    return None


Reasons = Mapping[str, Ruled | None]
