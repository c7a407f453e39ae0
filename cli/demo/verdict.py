"""The verdict: do the carriers' ledgers and the gateway's own answers tell the same story?

It knows only the ledger files and what the HTTP API answers. An order is recognised in a ledger by its canary, a value
of its own that no other order carries (an id number, an order number), never by a number the gateway told us.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

LedgerLine = Mapping[str, Any]
TERMINAL = frozenset({"succeeded", "declined", "failed", "expired"})


class Order(Struct, frozen=True, kw_only=True):
    """What the trade system asked for, and what only this order carries."""

    client_ref: str
    canaries: tuple[str, ...]
    product: str


class Told(Struct, frozen=True, kw_only=True):
    """What the API says of an order in the end: its operation's state, and its policy if it has one."""

    client_ref: str
    state: str
    policy_no: str | None = None
    channel: str | None = None
    premium: int | None = None
    cancelled: bool = False
    claim_nos: tuple[str, ...] = ()


class Verdict(Struct, frozen=True, kw_only=True):
    """What the comparison found; every list but `policies` is empty when all is well.

    `doubled`: an order with more than one policy at carriers, or one policy cancelled or claimed upon twice. `lost`: an
    order the API says is insured, or a claim it says is reported, that no ledger has under that number. `orphans`: a
    policy or claim in a ledger of an order that the API says is not insured or has no claim, or of none.
    `wrong_premium`: both have it, with different premiums. `uncancelled`: cancelled for one side only. `unresolved`:
    operations that are not terminal.
    """

    policies: int
    doubled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    wrong_premium: tuple[str, ...] = ()
    uncancelled: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """True when ledgers and gateway tell the same story and nothing is open."""
        faults = (self.doubled, self.lost, self.orphans, self.wrong_premium, self.uncancelled, self.unresolved)
        return not any(faults)


def judge(
    orders: Iterable[Order],
    told: Iterable[Told],
    ledgers: Mapping[str, Sequence[LedgerLine]],
    waiting: Iterable[str] = (),
) -> Verdict:
    """Compare; `ledgers` by channel, `waiting` names operations of any kind that are not terminal."""
    of_order = {each.client_ref: each for each in told}
    orders = tuple(orders)
    by_canary = {canary: order for order in orders for canary in order.canaries}
    issued, strangers = _issued(by_canary, ledgers)
    cancels, reports = (_of_policies(ledgers, effect) for effect in ("cancel", "claim_report"))
    doubled = [ref for ref, mine in issued.items() if len(mine) > 1]
    lost, orphans, wrong, uncancelled = [], list(strangers), [], []
    for order in orders:
        said = of_order.get(order.client_ref)
        mine = issued[order.client_ref]
        insured = said is not None and said.state == "succeeded" and said.policy_no is not None
        if not insured:
            orphans += [f"{order.client_ref}: {channel} {line['number']}" for channel, line in mine]
            continue
        assert said is not None
        found = [line for channel, line in mine if (channel, line["number"]) == (said.channel, said.policy_no)]
        if not found:
            lost.append(f"{order.client_ref}: {said.channel} {said.policy_no}")
            continue
        wrong += [order.client_ref for line in found if _premium(line) not in (None, said.premium)]
        policy = (said.channel, said.policy_no)
        if said.cancelled != bool(cancels[policy]):
            uncancelled.append(order.client_ref)
        claims = reports[policy]
        lost += [f"{order.client_ref}: claim" for _ in said.claim_nos[:1] if not {*said.claim_nos} & {*claims}]
        orphans += [f"{order.client_ref}: claim {number}" for number in claims if not said.claim_nos]
        doubled += [f"{order.client_ref}: cancelled twice"] if len(cancels[policy]) > 1 else []
        doubled += [f"{order.client_ref}: claimed twice"] if len(claims) > 1 else []
    unresolved = [each.client_ref for each in of_order.values() if each.state not in TERMINAL]
    return Verdict(
        policies=sum(1 for each in of_order.values() if each.policy_no),
        doubled=tuple(doubled),
        lost=tuple(lost),
        orphans=tuple(orphans),
        wrong_premium=tuple(wrong),
        uncancelled=tuple(uncancelled),
        unresolved=(*unresolved, *waiting),
    )


def _effects(ledgers: Mapping[str, Sequence[LedgerLine]], effect: str) -> list[tuple[str, LedgerLine]]:
    return [(channel, line) for channel, lines in ledgers.items() for line in lines if line["effect"] == effect]


def _of_policies(ledgers: Mapping[str, Sequence[LedgerLine]], effect: str) -> defaultdict[Any, list[str]]:
    """The numbers an effect bears, by channel and policy."""
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for channel, line in _effects(ledgers, effect):
        found[channel, line.get("policy_no") or line["number"]].append(line["number"])
    return found


def _issued(
    by_canary: Mapping[str, Order], ledgers: Mapping[str, Sequence[LedgerLine]]
) -> tuple[defaultdict[str, list[tuple[str, LedgerLine]]], list[str]]:
    """Policies in the ledgers by order, and those that belong to no order of ours."""
    issued: defaultdict[str, list[tuple[str, LedgerLine]]] = defaultdict(list)
    strangers = []
    for channel, line in _effects(ledgers, "issue"):
        owners = {by_canary[value].client_ref for value in _canaries(line) if value in by_canary}
        if len(owners) == 1:
            issued[owners.pop()].append((channel, line))
        else:
            strangers.append(f"{channel} {line['number']} belongs to {len(owners)} orders")
    return issued, strangers


def _canaries(line: LedgerLine) -> list[str]:
    canaries = line.get("canaries") or ()
    values = canaries.values() if isinstance(canaries, Mapping) else canaries
    flat: list[str] = []
    for value in values:
        flat += [str(each) for each in value] if isinstance(value, list) else [str(value)]
    return flat


def _premium(line: LedgerLine) -> int | None:
    premium = line.get("premium")
    return int(premium["amount"]) if isinstance(premium, Mapping) else None
