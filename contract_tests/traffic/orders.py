"""What is simulated of orders, beside the scenarios of calls: lost answers, months with promises, shared quotas."""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from contract_tests.traffic import months, quotas, writes
from contract_tests.traffic.months import MONTHS, Kept, Month, kept
from contract_tests.traffic.quotas import MORNINGS, Morning, Rationed, rationed
from contract_tests.traffic.ways import AWAY, WAYS
from contract_tests.traffic.writes import SHIPPED, Losing, Written, written

Kind = Literal["writes", "months", "quotas"]
ORDERS: tuple[Kind, ...] = ("writes", "months", "quotas")
WITH: Mapping[str, Mapping[Kind, tuple[str, ...]]] = {
    "redis_loss": {"writes": (AWAY,), "quotas": tuple(each.name for each in MORNINGS)}
}
"""What a scenario of calls brings along: without the server that replicas share no order may be doubled, no quota be
overrun either.
"""


class OrderPart(Struct, frozen=True):
    """One piece of work over all seeds: a way of handling lost answers with what is lost, a month or a morning."""

    kind: Kind
    name: str
    seeds: int
    course: Losing | Month | Morning


def courses(held: int | None = None) -> dict[Kind, dict[str, Losing | Month | Morning]]:
    """All there is of each kind: the shipped ones, or those drawn from a seed."""
    losing = SHIPPED if held is None else writes.held_out(held)
    return {
        "writes": dict.fromkeys(WAYS, losing),
        "months": {each.name: each for each in (MONTHS if held is None else months.held_out(held))},
        "quotas": {each.name: each for each in (MORNINGS if held is None else quotas.held_out(held))},
    }


def order_parts(scenarios: Iterable[str], seeds: int, held: int | None = None) -> list[OrderPart]:
    """The work on orders: each way of handling lost answers, each month, each morning; and what scenarios bring."""
    named = set(scenarios)
    brought = [more for scenario, more in WITH.items() if scenario in named]
    return [
        OrderPart(kind, name, seeds, course)
        for kind, found in courses(held).items()
        for name, course in found.items()
        if kind in named or any(name in more.get(kind, ()) for more in brought)
    ]


def work_on_orders(part: OrderPart) -> Written | Kept | Rationed:
    """Do one piece of work on orders."""
    match part.course:
        case Losing():
            return written(part.name, part.seeds, part.course)
        case Month():
            return kept(part.course, part.seeds)
        case Morning():
            return rationed(part.course, part.seeds)
