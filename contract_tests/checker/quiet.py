"""When faults have stopped: time passes until everything is over, then everything is asked for once more."""

import asyncio
from collections.abc import Callable

from contract_tests.checker.book import fingerprint, states, waiting_events
from contract_tests.checker.carriers import Delivery
from contract_tests.checker.invariants.ends import RECOVERED, REPLAYED
from contract_tests.checker.notes import ENDED, now
from contract_tests.checker.stage import Stage

RESTING = ENDED | {"needs_review"}
HORIZON_S = 90.0
"""Longer than any carrier here takes to do late what it was asked for, and to be sure that it will not."""
PATIENCE_S = 6 * 3600.0
STEP_S, STEP_MAX_S = 5.0, 600.0
ROUND_S = 0.25


async def settle(stage: Stage, at_least_s: float = HORIZON_S, patience_s: float = PATIENCE_S) -> float:
    """Let time pass until nothing waits for the gateway, or far too much has passed; gives how much, in seconds."""
    passed_s, step_s = 0.0, STEP_S
    while passed_s < patience_s:
        await stage.forward(step_s)
        passed_s += step_s
        await asyncio.sleep(ROUND_S)
        open_now = sum(count for state, count in (await states(stage.store)).items() if state not in RESTING)
        untold = await waiting_events(stage.store)
        if not (open_now or untold) and passed_s > at_least_s:
            break
        step_s = STEP_S if passed_s < 300 else min(STEP_MAX_S, step_s * 1.5)
    return passed_s


async def ask_all(stage: Stage, tick: Callable[[int], None] = lambda _: None) -> None:
    """Every key once more; those that were opened only now, once they are over; then every operation as it stands."""
    asked_from = now()
    await stage.clients.repeat(list(stage.notes.intents), tick)
    await settle(stage, 0.0)
    over = {told.key for told in stage.notes.told if told.began_at >= asked_from and told.state in ENDED}
    await stage.clients.repeat([key for key in stage.notes.intents if key not in over], tick)
    rows = await stage.store.rows("SELECT idem_key, operation_id FROM operations WHERE idem_key IS NOT NULL")
    await stage.clients.look_at([(str(key), str(operation_id)) for key, operation_id in rows])


async def once_more(stage: Stage, deliveries: list[Delivery]) -> list[tuple[str, str, str]]:
    """Genuine callbacks again, and recovery again: what the journal was before and after each."""
    before = await fingerprint(stage.store)
    again = min(len(deliveries), 40)
    for channel in {each.channel for each in deliveries if not each.forged}:
        for _ in range(again):
            await stage.carriers.again("duplicate", channel)
    replayed = await fingerprint(stage.store)
    for served in list(stage.fleet.up):
        await stage.fleet.kill(served)
    await stage.fleet.start()
    for _ in range(4):
        await stage.forward(30.0)
        await asyncio.sleep(ROUND_S)
    return [(REPLAYED, before, replayed), (RECOVERED, replayed, await fingerprint(stage.store))]
