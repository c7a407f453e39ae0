"""What a seed means: the orders, the faults of every carrier, how processes end. Drawn once, before anything runs."""

from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.checker.faults import BEYOND
from contract_tests.simulate.points import KINDS, Fate
from contract_tests.simulate.shared import CARRIER_OF

ORDERS_MIN, ORDERS_MAX = 20, 22
WITHIN_S = 60.0
REPLICAS_SHARE, ZOMBIE_SHARE, OUTAGE_SHARE, WRONG_CLOCK_SHARE = 0.5, 0.5, 0.25, 0.3
CLAIMS_SHARE = 0.06
ASKED_NOTHING = ("harbor",)
"""A carrier that tells nothing of a policy, whoever asks."""
BATCH_SHARE, BATCH_ORDERS_MAX = 0.25, 4

AFTER_SENDING = (
    "commit_then_rst",
    "commit_then_fin",
    "commit_then_hang",
    "rst_before_commit",
    "fin_before_commit",
    "late_commit",
    "error_before_commit",
    "error_after_commit",
    "html_200",
    "html_502",
    "empty_200",
    "garbage",
    "truncate",
    "truncate_close",
    "truncate_chunked",
    "bad_chunk",
    "bad_gzip",
    "wrong_charset",
    "dup_response",
    "swap_response",
    "huge_header",
    "slow_first_byte",
    "slow",
    "maintenance",
    "early_callback",
)
"""Faults that strike when the carrier has read the request: the write is in doubt, or only looks so."""
READING = ("query_lag", "auth_expired", "rate_limit", "slow")
"""Faults of inquiries and tokens, within what the carriers document: a lag longer than theirs would be a lie."""
CALLBACKS = ("dup_callback", "lost_callback", "forged_callback", "reorder_callback")
PARAMS: dict[str, dict[str, Any]] = {
    "slow": {"seconds": 4.0},
    "late_commit": {"after": 45.0},
    "swap_response": {"wait": 3.0},
    "query_lag": {"seconds": 20.0},
    "maintenance": {"retry_after": 5},
}
TAILS = {
    "lotus": ("7001", "7002", "7004", "7005", "7007"),
    "aurora": ("7001", "7002", "7004", "7005", "7007"),
    "harbor": ("7002", "7004", "7005", "7006"),
}
"""Last digits of a phone number that make the carriers play a case: decided later, busy, in doubt, declined."""


class Order(Struct, frozen=True, kw_only=True):
    """One order: when, of which carrier, and what its caller does beside calling once."""

    serial: int
    carrier: str
    at: float
    tail: str
    wait_s: float
    twins_after: tuple[float, ...] = ()
    again_after: float | None = None
    other_body_after: float | None = None
    other_key_after: float | None = None
    cancels_after: float | None = None
    reads_after: tuple[float, ...] = ()
    claims_after: float | None = None
    retries: int = 0


class Plan(Struct, frozen=True, kw_only=True):
    """Everything a seed decides beforehand."""

    seed: int
    orders: tuple[Order, ...]
    faults: dict[str, list[dict[str, Any]]]
    replicas: int
    fates: tuple[tuple[int, Fate], ...]
    pauses: tuple[tuple[int, float, float], ...]
    outages: tuple[tuple[float, float], ...]
    unsent_share: float
    wrong_clocks: tuple[float, ...] = ()
    """By replica: how many seconds its clock is ahead of the carriers', the callers' and the other replica's."""
    batches: tuple[tuple[Order, ...], ...] = ()
    """Orders that come together, under one key."""


def draw(seed: int) -> Plan:
    """The plan of a seed."""
    chance, serving = Random(seed), Random(f"serving {seed}")
    replicas = 2 if chance.random() < REPLICAS_SHARE else 1
    count = chance.randint(ORDERS_MIN, ORDERS_MAX)
    return Plan(
        seed=seed,
        orders=tuple(_served(serving, _order(chance, serial)) for serial in range(count)),
        faults={channel: _faults(chance, carrier) for channel, carrier in CARRIER_OF.items()},
        replicas=replicas,
        fates=tuple(_fate(chance, replicas) for _ in range(chance.randint(2, 4))),
        pauses=_pauses(chance, replicas),
        outages=_outages(chance),
        unsent_share=chance.choice((0.0, 0.05, 0.15)),
        wrong_clocks=_wrong_clocks(chance, replicas),
        batches=_batches(chance, count),
    )


def _order(chance: Random, serial: int) -> Order:
    # The first three go to one carrier each: no seed leaves a safety class out.
    carriers = tuple(TAILS)
    carrier = carriers[serial] if serial < len(carriers) else chance.choice(carriers)
    special = chance.random() < 0.3

    def maybe(share: float, most: float) -> float | None:
        return chance.random() * most if chance.random() < share else None

    twins = 1 if serial == 3 else chance.choice((0, 0, 0, 1, 2))
    return Order(
        serial=serial,
        carrier=carrier,
        at=chance.random() * WITHIN_S,
        tail=chance.choice(TAILS[carrier]) if special else f"{1000 + serial:04}",
        wait_s=chance.choice((0.05, 1.0, 10.0, 30.0)),
        twins_after=tuple(chance.random() * chance.choice((0.02, 2.0)) for _ in range(twins)),
        again_after=20.0 if serial == 4 else maybe(0.2, 60.0),
        other_body_after=maybe(0.1, 30.0),
        other_key_after=maybe(0.15, 60.0),
        cancels_after=maybe(0.3, 10.0),
        retries=chance.choice((0, 1, 2)),
    )


def _served(chance: Random, order: Order) -> Order:
    """What is asked of a policy that is there: how it stands at its insurer, and, of one that stays, a claim."""
    count = 0 if order.carrier in ASKED_NOTHING else chance.choice((0, 0, 0, 0, 0, 1))
    reads = tuple(chance.random() * 20.0 for _ in range(count))
    claims = chance.random() * 20.0 if order.cancels_after is None and chance.random() < CLAIMS_SHARE else None
    return replace(order, reads_after=reads, claims_after=claims)


def _faults(chance: Random, carrier: str) -> list[dict[str, Any]]:
    """One fault that surely strikes the first or second issue, others by chance."""
    fitting = [name for name in AFTER_SENDING if name not in BEYOND.get(carrier, ())]
    certain = _rule(chance.choice(fitting), operation="policy.issue", nth=[chance.randint(1, 2)])
    share = chance.choice((0.03, 0.08, 0.2))
    some = [_rule(name, probability=share) for name in chance.sample(fitting, 4)]
    reads = [_rule(name, probability=0.1) for name in chance.sample(READING, 2)]
    calls = [_rule(name, probability=0.3) for name in chance.sample(CALLBACKS, 2)]
    return [certain, *some, *reads, *calls]


def _rule(fault: str, **match: Any) -> dict[str, Any]:
    return {"fault": fault, "with": PARAMS.get(fault, {}), **match}


def _fate(chance: Random, replicas: int) -> tuple[int, Fate]:
    return chance.randrange(replicas), Fate(kind=chance.choice(KINDS), left=chance.choice((1, 2, 4, 8)))


def _pauses(chance: Random, replicas: int) -> tuple[tuple[int, float, float], ...]:
    """A replica that stands still for longer than its lease while the other one takes over."""
    if replicas < 2 or chance.random() >= ZOMBIE_SHARE:
        return ()
    return ((chance.randrange(replicas), chance.random() * WITHIN_S, 46.0 + chance.random() * 60.0),)


def _batches(chance: Random, first: int) -> tuple[tuple[Order, ...], ...]:
    """Now and then several orders under one key, of whichever carriers."""
    if chance.random() >= BATCH_SHARE:
        return ()
    orders = tuple(_order(chance, first + number) for number in range(chance.randint(2, BATCH_ORDERS_MAX)))
    return (orders,)


def _wrong_clocks(chance: Random, replicas: int) -> tuple[float, ...]:
    """Minutes, ahead or behind, at some of the replicas."""
    return tuple(
        chance.choice((-1.0, 1.0)) * (60.0 + chance.random() * 840.0) if chance.random() < WRONG_CLOCK_SHARE else 0.0
        for _ in range(replicas)
    )


def _outages(chance: Random) -> tuple[tuple[float, float], ...]:
    if chance.random() >= OUTAGE_SHARE:
        return ()
    return ((chance.random() * WITHIN_S, 0.5 + chance.random() * 8.0),)
