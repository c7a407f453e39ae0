"""What chance has left out of a long run is played on purpose, while trade goes on, until each was met."""

import asyncio
from collections.abc import Mapping

from contract_tests.checker.faults import PLANNED, each_once
from contract_tests.checker.nemeses import CALLBACKS
from contract_tests.checker.orders import CHANNELS, LATER_YES, OFFERS, Intent
from contract_tests.checker.stage import Stage

ROUNDS_MAX = 6
FATES = (LATER_YES, LATER_YES, None, None)
"""Of each offer's orders in a round: callbacks need one that is decided later, looks at a policy one that is sold."""
DECIDED_S = 10.0
"""Longer than a carrier here takes to decide what it decides later."""


async def play_missing(stage: Stage) -> None:
    """Round after round, until the carriers themselves have counted everything or enough was tried."""
    for _ in range(ROUNDS_MAX):
        faults, verbs = lacking(await stage.carriers.played())
        if not faults and not verbs:
            break
        await asyncio.gather(*(stage.carriers.plan(name, *each_once(name, faults)) for name in CHANNELS))
        await _called_back(stage, verbs[0] if verbs else "")


def lacking(played: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """The faults, and the verbs about callbacks, that no carrier has played."""
    faults = [name for name in PLANNED if not played.get(name)]
    return faults, [verb for verb in CALLBACKS.values() if not played.get(verb)]


async def _called_back(stage: Stage, verb: str) -> None:
    """Orders everywhere, some of them decided later; what happens to their callbacks is `verb`."""
    carriers, (_, _, what) = stage.carriers, verb.partition("/")
    if what in ("release", "reorder"):
        await carriers.callbacks("hold")
    await asyncio.gather(*(_bought(stage, intent) for intent in _orders(stage)))
    await stage.forward(DECIDED_S)
    await asyncio.sleep(1.0)
    if what in ("release", "reorder"):
        await carriers.callbacks(what)
    elif what:
        await asyncio.gather(*(carriers.again(what, name) for name in CHANNELS))


def _orders(stage: Stage) -> list[Intent]:
    return [stage.orders.order(offer, fate if offer.calls_back else None) for offer in OFFERS for fate in FATES]


async def _bought(stage: Stage, intent: Intent) -> None:
    policy = await stage.clients.buy(intent)
    if policy is not None:
        await stage.clients.read(policy)
