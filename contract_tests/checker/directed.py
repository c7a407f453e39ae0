"""A run for each planted bug, with the faults under which it must show; and the same run without it."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from contract_tests.checker import planted, quiet
from contract_tests.checker.book import read_rows
from contract_tests.checker.evidence import history
from contract_tests.checker.faults import WRITES
from contract_tests.checker.history import Violation
from contract_tests.checker.invariants import violations
from contract_tests.checker.notes import ENDED
from contract_tests.checker.orders import CEDARS, LATER_YES, OFFERS, Intent
from contract_tests.checker.stage import Stage, open_stage
from gateway.journal.vault import vault_from_file

ORDERS = 6
ISSUE = "policy.issue"
HANG: Mapping[str, Any] = {"fault": "commit_then_hang", "with": {"seconds": 6}, "operation": ISSUE, "first": ORDERS}
LATE: Mapping[str, Any] = {"fault": "late_commit", "with": {"after": 45}, "operation": ISSUE, "first": ORDERS}
SWAP: Mapping[str, Any] = {"fault": "swap_response", "with": {"wait": 0.8}, "operation": ISSUE, "first": ORDERS}
DOUBLE: Mapping[str, Any] = {"fault": "dup_callback", "with": {"times": 3}}
ARRIVED_WITHIN_S, WOKEN_S = 5.0, 1.5
PATIENCE_S = 400.0


class Trial(Struct, frozen=True, kw_only=True):
    """What carriers play, what is ordered, and what else is done while it is under way."""

    channels: tuple[str, ...]
    fault: Mapping[str, Any] | None = None
    fate: str | None = None
    sleeper: bool = False
    successor: bool = False


TRIALS: Mapping[str, Trial] = {
    planted.RESEND: Trial(channels=("harbor_main",), fault=HANG),
    planted.FAIL_OVER: Trial(channels=CEDARS, fault=HANG),
    planted.NO_ROW: Trial(channels=CEDARS),
    planted.NOT_FOUND: Trial(channels=("lotus_main",), fault=LATE),
    planted.SWAPPED: Trial(channels=("aurora_main",), fault=SWAP),
    planted.TWICE: Trial(channels=("aurora_main",), fault=DOUBLE, fate=LATER_YES),
    planted.ZOMBIE: Trial(channels=("aurora_main",), fault=HANG, sleeper=True),
    planted.NEWEST: Trial(channels=CEDARS, fault=HANG, successor=True),
}


class Outcome(Struct, frozen=True, kw_only=True):
    """A bug, the promise that must catch it, what was found with and without it."""

    bug: str
    invariant: str
    seed: int
    found: tuple[str, ...]
    found_without: tuple[str, ...]
    wait_s: float

    @property
    def caught(self) -> bool:
        """Whether the named promise was seen broken with the bug, and none without it."""
        return self.invariant in self.found and not self.found_without


async def trial(root: Path, bug: str, seed: int) -> Outcome:
    """Run with the bug, and the same without. Raises what `open_stage` raises."""
    began = time.monotonic()
    found, clean = await asyncio.gather(_violations(root, bug, seed), _violations(root, bug, seed, plant=False))
    return Outcome(
        bug=bug,
        invariant=planted.INVARIANT[bug],
        seed=seed,
        found=tuple(sorted({each.invariant for each in found})),
        found_without=tuple(str(each) for each in clean),
        wait_s=time.monotonic() - began,
    )


async def _violations(root: Path, bug: str, seed: int, *, plant: bool = True) -> list[Violation]:
    words = ("--plant", bug) if plant else ()
    wanted = TRIALS[bug]
    # Other carriers would only cost their start.
    opened = open_stage(root, "sqlite", seed, *words, versions=wanted.successor, channels=wanted.channels)
    async with opened as stage:
        stage.keeps_evidence = False
        for channel in wanted.channels if wanted.fault else ():
            await stage.carriers.plan(channel, wanted.fault or {})
        act = _with_a_sleeper if wanted.sleeper else _with_a_successor if wanted.successor else _at_once
        await act(stage, _orders(stage, wanted))
        await quiet.settle(stage, patience_s=PATIENCE_S)
        await quiet.ask_all(stage)
        rows = await read_rows(stage.store, vault_from_file(stage.state / "key"), stage.clock.moves)
        met, sent = await stage.carriers.met(), await stage.carriers.deliveries()
        return violations(history(stage.notes, stage.carriers.ledgers(), rows, met, sent))


def _orders(stage: Stage, wanted: Trial) -> list[Intent]:
    offer = next(each for each in OFFERS if each.channels == wanted.channels)
    return [stage.orders.order(offer, wanted.fate) for _ in range(ORDERS)]


async def _at_once(stage: Stage, intents: list[Intent]) -> None:
    """All of them at the same time; who waits looks on."""
    await _ordered(stage, intents)
    await _watched(stage, lambda states: all(state in quiet.RESTING for state in states), 2.0)


async def _ordered(stage: Stage, intents: list[Intent]) -> None:
    for intent in intents:
        stage.notes.ask(intent)
    await asyncio.gather(*(stage.clients.send(intent) for intent in intents))


async def _with_a_sleeper(stage: Stage, intents: list[Intent]) -> None:
    """The gateway that sent them sleeps beyond its lease, another ends them, and then it wakes up."""
    sleeper = stage.fleet.up[0]
    ordering = asyncio.create_task(_ordered(stage, intents))
    await _until(lambda: _arrived(stage, len(intents)), ARRIVED_WITHIN_S)
    sleeper.signal(signal.SIGSTOP)
    stage.fleet.lose(sleeper)
    await stage.fleet.start()
    await _watched(stage, lambda states: bool(states) and all(state in ENDED for state in states), 12.0)
    sleeper.signal(signal.SIGCONT)
    await _watched(stage, lambda _: False, WOKEN_S)
    await ordering


async def _with_a_successor(stage: Stage, intents: list[Intent]) -> None:
    """The gateway that sent them dies before an answer comes, and one with another version of the adapter goes on."""
    ordering = asyncio.create_task(_ordered(stage, intents))
    await _until(lambda: _arrived(stage, len(intents)), ARRIVED_WITHIN_S)
    await stage.fleet.kill(stage.fleet.up[0])
    await stage.fleet.start()
    await ordering


async def _arrived(stage: Stage, count: int) -> bool:
    return sum(each.operation in WRITES for each in await stage.carriers.met()) >= count


async def _until(happened: Callable[[], Awaitable[bool]], within_s: float) -> None:
    until = time.monotonic() + within_s
    while time.monotonic() < until and not await happened():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.02)


async def _watched(stage: Stage, enough: Callable[[list[str]], bool], within_s: float) -> None:
    """Look at every operation again and again, as callers do."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        rows = await stage.store.rows("SELECT idem_key, operation_id FROM operations")
        states = [await stage.clients.look(str(key), str(operation_id)) for key, operation_id in rows]
        if enough([state or "" for state in states]):
            return
        await asyncio.sleep(0.1)
