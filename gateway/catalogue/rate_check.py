"""Whether what a product's `routing: rate` compares can be compared: premiums in one currency, a rate for every channel
that shares the business, and commission only where an operator allows it.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import ListNode, MapNode, ScalarNode
from gateway.catalogue.products import Plan, Product
from gateway.catalogue.rates import Rate, days_meet, meet
from gateway.catalogue.values import Faults

COMMISSION_SETTING = "routing_by_commission"
SHARING = ("weighted", "primary")

Row = tuple[str, Rate, Mark]
"""A channel's name, one of its rates, and where that stands."""


def check_rates(root: MapNode, product: Product, faults: Faults, *, by_commission: bool) -> None:
    """Note what cannot be compared in a product that was read without a fault; nothing where rates do not count."""
    mode = product.routing.rate
    if mode == "off":
        return
    channels = root.get("channels")
    assert isinstance(channels, MapNode), "a product without its channels has a fault"
    if mode == "expected_value" and not by_commission:
        hint = f"set {COMMISSION_SETTING}: allowed in insurehub.yaml, or write rate: off"
        message = "'expected_value' chooses by commission, which this gateway's settings do not allow"
        faults.add(_mark_of_mode(root), message, hint, code="E508")
    _everyone_has_a_rate(channels, product, faults)
    _one_currency(list(_rows(channels, product)), product.plans, faults)
    if mode == "expected_value":
        _costs_are_in_it(channels, product, faults)


def _mark_of_mode(root: MapNode) -> Mark:
    routing = root.get("routing")
    node = routing.get("rate") if isinstance(routing, MapNode) else None
    return node.mark if node is not None else root.mark


def _everyone_has_a_rate(channels: MapNode, product: Product, faults: Faults) -> None:
    mode = product.routing.rate
    for name, binding in product.bindings.items():
        if binding.mode not in SHARING or not binding.weight:
            continue
        if not binding.rates:
            message = f"{name} has no rates: under '{mode}' it is taken as the best where no quote tells its premium"
            faults.add(channels.mark_of(name), message, "write its rates, or rate: off", code="W508")
        if mode == "expected_value" and binding.commission is None:
            message = f"{name} has no commission: it earns nothing, and is not chosen beside one that does"
            faults.add(channels.mark_of(name), message, "write its commission, or rate: off", code="W508")


def _one_currency(rows: list[Row], plans: Mapping[str, Plan], faults: Faults) -> None:
    """No request may find rates of two channels in two currencies; of each channel the first is told."""
    told: set[str] = set()
    for (one, first, _), (other, second, mark) in combinations(rows, 2):
        if one == other or other in told or not _for_one_request(first, second):
            continue
        asked = first.currency or second.currency
        currencies = (_currency(first, asked, plans), _currency(second, asked, plans))
        if None not in currencies and currencies[0] != currencies[1]:
            told.add(other)
            message = f"{other}: a premium in {currencies[1]} is compared with one of {one} in {currencies[0]}"
            hint = "tell rates apart by the currency of the sum insured, make two products, or write rate: off"
            faults.add(mark, message, hint, code="E508")


def _costs_are_in_it(channels: MapNode, product: Product, faults: Faults) -> None:
    for name, binding in product.bindings.items():
        cost = binding.commission.cost if binding.commission else None
        known = {_currency(each, each.currency, product.plans) for each in binding.rates} - {None}
        if cost is not None and known - {cost.currency}:
            message = (
                f"{name}: a cost in {cost.currency} is taken from a commission in {', '.join(sorted(map(str, known)))}"
            )
            faults.add(_mark_of_cost(channels, name), message, "give the cost in the premium's currency", code="E508")


def _for_one_request(one: Rate, other: Rate) -> bool:
    """Whether some request on some day would find the one at its channel and the other at its own."""
    same = (one.plan, other.plan), (one.category, other.category), (one.merchant, other.merchant)
    in_time = (one.until is None or other.start < one.until) and (other.until is None or one.start < other.until)
    return (
        in_time and meet(one.currency, other.currency) and days_meet(one, other) and all(meet(*each) for each in same)
    )


def _currency(row: Rate, asked: str | None, plans: Mapping[str, Plan]) -> str | None:
    """The currency of a row's premium for a sum insured in the one asked for; None: it has none, or it is not known."""
    if row.of == "fixed":
        return row.amount.currency if row.amount else None
    bound = next((each.currency for each in (row.plus, row.at_least, row.at_most) if each is not None), None)
    base = row.currency or asked or _of_sums(row, plans)
    return base if bound in (None, base) else bound if base is None else None


def _of_sums(row: Rate, plans: Mapping[str, Plan]) -> str | None:
    """The currency in which the row's plans are insured, where it is one."""
    chosen = [each for code, each in plans.items() if row.plan in (None, code)]
    sums = [each.sum_insured for plan in chosen for each in plan.coverages if each.sum_insured is not None]
    found = {each.currency for each in sums} if row.of == "sum_insured" else set()
    return found.pop() if len(found) == 1 else None


def _rows(channels: MapNode, product: Product) -> Iterator[Row]:
    """Every rate with its place: they were read in the order of their first days, then of their lines."""
    for name, binding in product.bindings.items():
        node = channels.get(name)
        rates = node.get("rates") if isinstance(node, MapNode) else None
        nodes = sorted(rates, key=_when) if isinstance(rates, ListNode) else []
        yield from ((name, rate, each.mark) for rate, each in zip(binding.rates, nodes, strict=True))


def _when(node: object) -> tuple[str, int]:
    assert isinstance(node, MapNode), "a rate that is no map is a fault"
    start = node.get("from")
    return (start.text if isinstance(start, ScalarNode) else "", node.mark.line)


def _mark_of_cost(channels: MapNode, name: str) -> Mark:
    node = channels.get(name)
    commission = node.get("commission") if isinstance(node, MapNode) else None
    return commission.mark_of("cost") if isinstance(commission, MapNode) else channels.mark_of(name)
