"""One key in many hands: the same order from several callers in the same instant, by the thousand.

No process dies here. What is tried out is the entrance: however often a key comes at once, with its body or another,
at whichever gateway, it is executed at most once and everybody is told the same. The carriers' ledgers judge.
"""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from http import HTTPStatus
from pathlib import Path

import aiohttp
from msgspec import Struct
from msgspec.structs import replace

from contract_tests.checker import quiet
from contract_tests.checker.book import read_rows
from contract_tests.checker.clients import WAIT_S
from contract_tests.checker.evidence import history
from contract_tests.checker.history import History
from contract_tests.checker.notes import ENDED, Notes, Told, now, other_body
from contract_tests.checker.orders import NO, OFFERS, Intent, Orders
from contract_tests.checker.report import Report
from contract_tests.checker.run import REPLICAS, kept
from contract_tests.checker.stage import Stage, open_stage
from contract_tests.checker.verdict import Findings, Made, reported
from gateway.journal.vault import vault_from_file

AT_ONCE = 24
COPIES = (2, 3, 4)
OTHER_SHARE, RIVAL_SHARE, DECLINED_SHARE, FAULTY_SHARE = 0.05, 0.05, 0.03, 0.01
ANSWER_S = 30.0
TOLD_EVERY = 100


class Crowded(Struct, frozen=True, kw_only=True):
    """How many keys, at which database."""

    keys: int
    db: str = "sqlite"
    seed: int = 1


class Crowd:
    """Callers who all ask at once, over connections that are kept."""

    def __init__(self, notes: Notes, urls: list[str], http: aiohttp.ClientSession, seed: int) -> None:
        """`urls` are the gateways that share the journal; each copy goes to one of them by chance."""
        self._notes, self._urls, self._http = notes, urls, http
        self._chance = random.Random(seed)
        self.copies = self.others = self.rivals = self.repeats = 0

    async def buy(self, intents: Iterator[Intent], done: Callable[[], None]) -> None:
        """Orders one after the other until there are none, each from several callers at once."""
        for intent in intents:
            self._notes.ask(intent)
            sent = [self._send(intent) for _ in range(self._chance.choice(COPIES))]
            self.copies += len(sent)
            drawn = self._chance.random()
            if drawn < OTHER_SHARE:
                self.others += 1
                sent.append(self._send(intent, other=True))
            elif drawn < OTHER_SHARE + RIVAL_SHARE:
                self.rivals += 1
                sent += [self._send(self._rival(intent)) for _ in range(COPIES[0])]
            self._chance.shuffle(sent)
            await asyncio.gather(*sent)
            done()

    async def repeat(self, intents: Iterator[Intent], done: Callable[[], None]) -> None:
        """Each key once more, when everything is over."""
        for intent in intents:
            self.repeats += 1
            told = await self._send(intent)
            if told.state not in ENDED:  # two gateways: this one may have been asked while it was busy
                await self._send(intent)
            done()

    def _rival(self, intent: Intent) -> Intent:
        """The same order under another key: whichever comes first has it, the other is refused."""
        rival = replace(intent, key=f"{intent.key}-rival")
        self._notes.ask(rival)
        return rival

    async def _send(self, intent: Intent, *, other: bool = False) -> Told:
        began_at = now()
        status, body = await self._asked(intent, other_body(intent) if other else intent.body)
        told = Told(key=intent.key, began_at=began_at, ended_at=now(), status=status, body=body, other=other)
        self._notes.tell(told)
        return told

    async def _asked(self, intent: Intent, body: object) -> tuple[int | None, bytes]:
        url = self._chance.choice(self._urls) + intent.path
        try:
            async with self._http.post(url, json=body, headers={"Idempotency-Key": intent.key}) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            return None, b""


async def crowd(root: Path, wanted: Crowded, tell: Callable[[str, int], None]) -> Report:
    """Run and judge. Raises StoreMissing, SandboxFailed, GatewayFailed."""
    began = time.monotonic()
    async with open_stage(root, wanted.db, wanted.seed) as stage:
        for _ in range(REPLICAS[wanted.db] - 1):
            await stage.fleet.start()
        async with _session(stage) as http:
            callers = Crowd(stage.notes, [each.url for each in stage.fleet.up], http, wanted.seed)
            findings = await _pressed(stage, wanted, callers, tell)
        tell("verdict", wanted.keys)
        evidence = await _read(stage)
        made = _made(stage, wanted, callers)
        return kept(stage, reported(made, findings, evidence, time.monotonic() - began), evidence)


def _session(stage: Stage) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {stage.api_key}", "Prefer": f"wait={WAIT_S:.0f}"},
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=ANSWER_S),
    )


async def _pressed(stage: Stage, wanted: Crowded, callers: Crowd, tell: Callable[[str, int], None]) -> Findings:
    """Everything at once while carriers misbehave a little; then, when all is over, every key once more."""
    stage.receiver.unwell = False
    await stage.carriers.misbehave(FAULTY_SHARE, None)
    intents = _intents(stage.orders, wanted)
    await _together(lambda done: callers.buy(intents, done), lambda done: tell("at once", done))
    await stage.carriers.behave()
    stage.fleet.must_be_up()
    tell("quiet", wanted.keys)
    await quiet.settle(stage)
    asked = iter(list(stage.notes.intents.values()))
    await _together(lambda done: callers.repeat(asked, done), lambda done: tell("every key again", done))
    await quiet.settle(stage, 0.0)  # a key whose first callers all went away begins with its repetition
    stage.fleet.must_be_up()
    return Findings()


def _intents(orders: Orders, wanted: Crowded) -> Iterator[Intent]:
    chance = random.Random(wanted.seed)
    for offer in chance.choices(OFFERS, [each.weight for each in OFFERS], k=wanted.keys):
        yield orders.order(offer, NO if chance.random() < DECLINED_SHARE else None)


async def _together(
    work: Callable[[Callable[[], None]], Coroutine[None, None, None]], tell: Callable[[int], None]
) -> None:
    """The same work in many tasks, which take their share from one iterator."""
    finished = 0

    def done() -> None:
        nonlocal finished
        finished += 1
        if finished % TOLD_EVERY == 0:
            tell(finished)

    await asyncio.gather(*(work(done) for _ in range(AT_ONCE)))


async def _read(stage: Stage) -> History:
    rows = await read_rows(stage.store, vault_from_file(stage.state / "key"), stage.clock.moves)
    return history(stage.notes, stage.carriers.ledgers(), rows)


def _made(stage: Stage, wanted: Crowded, callers: Crowd) -> Made:
    return Made(
        db=wanted.db,
        seed=wanted.seed,
        keys=len(stage.notes.intents),
        acknowledged=len(stage.notes.acknowledged),
        unforeseen=sum(told.status == HTTPStatus.INTERNAL_SERVER_ERROR for told in stage.notes.told),
        kills=0,
        kills_in_flight=0,
        nemeses={
            "asked at once": callers.copies,
            "other bodies": callers.others,
            "same order, another key": callers.rivals,
            "asked again": callers.repeats,
        },
        crash_points={},
        missed_counts=False,
        evidence=str(stage.state),
    )
