"""What is simulated of orders, beside the scenarios of calls: lost answers, and months with promises."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from contract_tests.traffic.months import MONTHS, Kept, kept
from contract_tests.traffic.ways import WAYS
from contract_tests.traffic.writes import Written, written

Kind = Literal["writes", "months"]
ORDERS: tuple[Kind, ...] = ("writes", "months")


class OrderPart(Struct, frozen=True):
    """One piece of work: a way of handling lost answers, or a month, over all seeds."""

    kind: Kind
    name: str
    seeds: int


def order_parts(kinds: Iterable[str], seeds: int) -> list[OrderPart]:
    """The work on orders: each way of handling lost answers, each month."""
    names: dict[Kind, list[str]] = {"writes": list(WAYS), "months": [each.name for each in MONTHS]}
    return [OrderPart(kind, name, seeds) for kind in ORDERS if kind in kinds for name in names[kind]]


def work_on_orders(part: OrderPart) -> Written | Kept:
    """Do one piece of work on orders."""
    if part.kind == "writes":
        return written(part.name, part.seeds)
    return kept(next(each for each in MONTHS if each.name == part.name), part.seeds)
