"""One torture: trade, kill, restart, again and again; then quiet, and the verdict."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contract_tests.checker import crashes, quiet
from contract_tests.checker.book import read_rows, recorded_keys, told_events
from contract_tests.checker.carriers import Delivery
from contract_tests.checker.evidence import history
from contract_tests.checker.history import History, Violation
from contract_tests.checker.nemeses import Nemesis, deck
from contract_tests.checker.notes import hash_of
from contract_tests.checker.on_purpose import play_missing
from contract_tests.checker.pages import strangers_pages
from contract_tests.checker.report import Report
from contract_tests.checker.shown import nothing_personal
from contract_tests.checker.stage import Stage, open_stage
from contract_tests.checker.verdict import Findings, Made, reported
from contract_tests.checker.webhooks import everything_told
from gateway.journal.vault import vault_from_file

CALLERS = 10
FAULTY_SHARE = 0.25
WELL_S = SICK_S = 2.5
SICK = "bamboo_main"
PLAN_EVERY = 3
LONG_ENOUGH_KILLS = 50
REPLICAS = {"sqlite": 1, "postgres": 2}
DNS_LOST = 0.01
CONNECTIONS_MAX = 24


class Wanted(Struct, frozen=True, kw_only=True):
    """How long and how hard: `kills` or `seconds`, whichever is said, end the kills."""

    db: str = "sqlite"
    seed: int = 1
    kills: int | None = None
    seconds: float | None = None


class Torture:
    """The run itself, phase by phase."""

    def __init__(self, stage: Stage, wanted: Wanted, tell: Callable[[str, int], None]) -> None:
        """`tell(phase, done)` is called as it goes on."""
        self._stage, self._wanted, self._tell = stage, wanted, tell
        self._chance = random.Random(wanted.seed)
        self.nemesis = Nemesis(stage, self._chance, REPLICAS[wanted.db])
        self.findings = Findings()
        self._hashes: dict[str, str] = {}

    async def run(self) -> None:
        """Kills, the sick carrier, quiet."""
        await self.nemesis.restore()
        over = asyncio.Event()
        trading = asyncio.create_task(self._stage.clients.trade(iter(self._stage.orders), CALLERS, over), name="trade")
        try:
            await self._kill_and_kill()
            if self.nemesis.kills >= LONG_ENOUGH_KILLS:
                self._tell("what chance left out", self.nemesis.kills)
                await play_missing(self._stage)
            await self._stage.carriers.behave()
            self.findings.played = await self._stage.carriers.played()
            await self._one_is_sick()
        finally:
            over.set()
            await trading
        await self._stage.carriers.behave()
        await self._stage.carriers.callbacks("release")
        self._stage.receiver.unwell = False

    async def _kill_and_kill(self) -> None:
        began, cards = time.monotonic(), list[str]()
        while not self._enough(time.monotonic() - began):
            if self.nemesis.kills % PLAN_EVERY == 0:
                await self._stage.carriers.misbehave(FAULTY_SHARE, self._chance)
            cards = cards or deck(self._wanted.db, self._chance)
            await self.nemesis.strike(cards.pop())
            await self._nothing_forgotten()
            self._tell("kills", self.nemesis.kills)

    def _enough(self, passed_s: float) -> bool:
        kills, seconds = self._wanted.kills, self._wanted.seconds
        return (kills is not None and self.nemesis.kills >= kills) or (seconds is not None and passed_s >= seconds)

    async def _nothing_forgotten(self) -> None:
        """S5 after a restart: every key acknowledged so far is there, for the body it was acknowledged for."""
        acknowledged = self._stage.notes.acknowledged
        recorded = await recorded_keys(self._stage.store)
        for key in acknowledged:
            if key not in self._hashes:
                self._hashes[key] = hash_of(self._stage.notes.intents[key])
            if recorded.get(key) != self._hashes[key]:
                text = f"after restart {self.nemesis.kills}: " + ("other body" if key in recorded else "not there")
                self.findings.found.append(Violation(invariant="S5", subject=key, text=text))
        self.findings.kept_checks += len(acknowledged)

    async def _one_is_sick(self) -> None:
        """V3: how long others' callers wait while one carrier hangs, and while none does."""
        await self._stage.forward(60.0)
        self._tell("sick carrier", 0)
        await asyncio.sleep(1.0)
        began = time.time()
        await asyncio.sleep(WELL_S)
        hang = {"fault": "commit_then_hang", "with": {"seconds": 5}}
        middle = time.time()
        await self._stage.carriers.plan(SICK, hang)
        await asyncio.sleep(SICK_S)
        ended = time.time()
        for told in self._stage.notes.told:
            intent = self._stage.notes.intents[told.key]
            if SICK in intent.channels or told.status is None or told.began_at < began or told.ended_at > ended:
                continue
            phase = "well" if told.ended_at <= middle else "sick" if told.began_at > middle else ""
            if phase:
                self.findings.waits[phase].append(told.ended_at - told.began_at)

    async def settle(self) -> History:
        """Quiet; then everything is asked for once more, done once more, and read."""
        stage = self._stage
        self._tell("quiet", 0)
        await quiet.settle(stage)
        silent = set(stage.notes.intents) - stage.notes.acknowledged
        self.findings.unacknowledged = len(silent & set(await recorded_keys(stage.store)))
        await quiet.ask_all(stage, lambda done: self._tell("every key again", done))
        deliveries = await stage.carriers.deliveries()
        steady = await quiet.once_more(stage, deliveries)
        self._tell("verdict", 0)
        self._believed_forgeries(await stage.carriers.deliveries())
        rows = await read_rows(stage.store, vault_from_file(stage.state / "key"), stage.clock.moves)
        met = await stage.carriers.met()
        events = await told_events(stage.store, stage.notes.client)
        self.findings.events = len(events)
        ends = {row.operation_id: row.state for row in rows.operations if row.client == stage.notes.client}
        self.findings.found += everything_told(ends, events, stage.receiver.came)
        self.findings.reads = stage.notes.reads
        self.findings.found += [
            Violation(invariant="S11", subject=each.policy_id, text="read afresh, it was another policy")
            for each in stage.notes.reads
            if each.is_another
        ]
        self._believed(await stage.carriers.errors())
        await self._shown()
        return history(stage.notes, stage.carriers.ledgers(), rows, met, deliveries, steady)

    async def _shown(self) -> None:
        """S14: logs, metrics, and pages that strangers see."""
        stage = self._stage
        stranger = await stage.add_client("stranger")
        texts = [("gateway.log", stage.fleet.log.read_text(errors="replace")), *await strangers_pages(stage, stranger)]
        personal = {value for intent in stage.notes.intents.values() for value in intent.personal}
        secrets = {*stage.secrets, stranger, (stage.state / "key").read_text().strip()}
        self.findings.found += nothing_personal(texts, personal, secrets)
        self.findings.characters = sum(len(text) for _, text in texts)

    def _believed(self, errors: list[str]) -> None:
        """A ledger of a mock that failed proves nothing."""
        for error in errors[:1]:
            self.findings.found.append(Violation(invariant="S2", subject="a mock carrier", text=f"it failed: {error}"))

    def _believed_forgeries(self, deliveries: list[Delivery]) -> None:
        for each in deliveries:
            if each.forged and any(acknowledged for _, acknowledged in each.attempts):
                text = "a forged callback was acknowledged"
                self.findings.found.append(Violation(invariant="S10", subject=each.channel, text=text))


async def torture(root: Path, wanted: Wanted, tell: Callable[[str, int], None]) -> Report:
    """Run and judge. Raises StoreMissing, SandboxFailed, GatewayFailed."""
    began = time.monotonic()
    words = ("--dns-lost", str(DNS_LOST), "--connections", str(CONNECTIONS_MAX))
    async with open_stage(root, wanted.db, wanted.seed, *words, versions=True) as stage:
        run = Torture(stage, wanted, tell)
        await run.run()
        evidence = await run.settle()
        made = Made(
            db=wanted.db,
            seed=wanted.seed,
            keys=len(stage.notes.intents),
            acknowledged=len(stage.notes.acknowledged),
            unforeseen=sum(told.status == httpx.codes.INTERNAL_SERVER_ERROR for told in stage.notes.told),
            kills=run.nemesis.kills,
            kills_in_flight=run.nemesis.kills_in_flight,
            nemeses=dict(sorted(run.nemesis.done.items())),
            crash_points={point: stage.fleet.hits()[point] for point in crashes.POINTS},
            missed_counts=run.nemesis.kills >= LONG_ENOUGH_KILLS,
            evidence=str(stage.state),
        )
        return kept(stage, reported(made, run.findings, evidence, time.monotonic() - began), evidence)


def kept(stage: Stage, report: Report, evidence: History) -> Report:
    """The report; the evidence stays where a promise was broken."""
    stage.keeps_evidence = not report.ok
    if not stage.keeps_evidence:
        return replace(report, evidence="removed: all promises held")
    # The database may be removed with its server: what was read of it stays.
    (stage.state / "history.json").write_bytes(msgspec.json.encode(replace(evidence, terms={})))
    return report
