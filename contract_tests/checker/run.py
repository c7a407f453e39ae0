"""One torture: trade, kill, restart, again and again; then quiet, and the verdict."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import httpx
from msgspec import Struct
from msgspec.structs import replace

from contract_tests.checker import crashes, quiet
from contract_tests.checker.book import read_rows, recorded_keys, told_events
from contract_tests.checker.carriers import EXCHANGE_FAULTS, QUERY_FAULTS, WRITES, Delivery, Met, hits_of
from contract_tests.checker.evidence import history
from contract_tests.checker.history import History, Violation
from contract_tests.checker.invariants import ALL
from contract_tests.checker.invariants.examined import EXAMINED
from contract_tests.checker.nemeses import Nemesis, deck
from contract_tests.checker.notes import hash_of
from contract_tests.checker.orders import CHANNELS
from contract_tests.checker.report import Judged, Report, judged
from contract_tests.checker.shown import nothing_personal, sick_carrier_slows_no_other
from contract_tests.checker.stage import Stage, open_stage
from contract_tests.checker.webhooks import everything_told
from gateway.journal.vault import vault_from_file

CALLERS = 10
FAULTY_SHARE = 0.3
WELL_S = SICK_S = 2.5
MISSING_S = 2.0
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
        self.found: list[Violation] = []
        self.kept_checks = 0
        self.unacknowledged = self.events = 0
        self.waits: dict[str, list[float]] = {"well": [], "sick": []}
        self._hashes: dict[str, str] = {}
        self.met: list[Met] = []
        self.deliveries: list[Delivery] = []

    async def run(self) -> None:
        """Kills, the sick carrier, quiet."""
        await self.nemesis.restore()
        over = asyncio.Event()
        trading = asyncio.create_task(self._stage.clients.trade(iter(self._stage.orders), CALLERS, over), name="trade")
        try:
            await self._kill_and_kill()
            await self._play_what_is_missing()
            await self._stage.carriers.behave()
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

    async def _play_what_is_missing(self) -> None:
        """What chance has left out of a long run is played on purpose, by every carrier once."""
        met = hits_of(await self._stage.carriers.met())
        missing = [fault for fault in EXCHANGE_FAULTS if not met[fault["fault"]]]
        if missing and self.nemesis.kills >= LONG_ENOUGH_KILLS:
            once = [{**fault, "operation": list(WRITES), "first": 1} for fault in missing]
            await asyncio.gather(*(self._stage.carriers.plan(name, *once) for name in CHANNELS))
            await asyncio.sleep(MISSING_S)

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
                self.found.append(Violation(invariant="S5", subject=key, text=text))
        self.kept_checks += len(acknowledged)

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
                self.waits[phase].append(told.ended_at - told.began_at)

    async def settle(self) -> History:
        """Quiet; then everything is asked for once more, done once more, and read."""
        stage = self._stage
        self._tell("quiet", 0)
        await quiet.settle(stage)
        silent = set(stage.notes.intents) - stage.notes.acknowledged
        self.unacknowledged = len(silent & set(await recorded_keys(stage.store)))
        await quiet.ask_all(stage, lambda done: self._tell("every key again", done))
        deliveries = await stage.carriers.deliveries()
        steady = await quiet.once_more(stage, deliveries)
        self._tell("verdict", 0)
        self.deliveries = await stage.carriers.deliveries()
        self._believed_forgeries(self.deliveries)
        rows = await read_rows(stage.store, vault_from_file(stage.state / "key"), stage.clock.moves)
        self.met = await stage.carriers.met()
        events = await told_events(stage.store, stage.notes.client)
        self.events = len(events)
        ends = {row.operation_id: row.state for row in rows.operations if row.client == stage.notes.client}
        self.found += everything_told(ends, events, stage.receiver.came)
        return history(stage.notes, stage.carriers.ledgers(), rows, self.met, deliveries, steady)

    def _believed_forgeries(self, deliveries: list[Delivery]) -> None:
        for each in deliveries:
            if each.forged and any(acknowledged for _, acknowledged in each.attempts):
                text = "a forged callback was acknowledged"
                self.found.append(Violation(invariant="S10", subject=each.channel, text=text))

    # -- the verdict --------------------------------------------------------------------------------------------

    async def shown(self) -> tuple[list[Violation], int]:
        """S14: logs, metrics, and pages that strangers see."""
        stage = self._stage
        stranger = await stage.add_client("stranger")
        texts = [("gateway.log", stage.fleet.log.read_text(errors="replace"))]
        texts += await strangers_pages(stage, stranger)
        personal = {value for intent in stage.notes.intents.values() for value in intent.personal}
        secrets = {*stage.secrets, stranger, (stage.state / "key").read_text().strip()}
        return nothing_personal(texts, personal, secrets), sum(len(text) for _, text in texts)


async def strangers_pages(stage: Stage, api_key: str) -> list[tuple[str, str]]:
    """What others see: the metrics, the docs' errors, another client's reads, bodies that cannot be read."""
    intent = next(iter(stage.notes.intents.values()))
    rows = await stage.store.rows("SELECT object_id FROM objects WHERE kind = 'policy' LIMIT 3")
    url = stage.fleet.up[0].url
    found = []
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {api_key}"}, timeout=20) as http:
        for (policy_id,) in rows:
            answer = await http.get(f"/v1/policies/{policy_id}")
            found.append((f"a stranger's read ({answer.status_code})", answer.text))
        broken = {**intent.body, "policyholder": {**intent.body["policyholder"], "birth_date": "2031-01-01"}}
        for what, content in (
            ("an impossible body", httpx.Request("POST", url, json=broken).content),
            ("half a body", b'{"policyholder": {"name": "' + intent.personal[0].encode()),
        ):
            headers = {"Idempotency-Key": "stranger", "Content-Type": "application/json"}
            answer = await http.post("/v1/policies", content=content, headers=headers)
            found.append((f"{what} ({answer.status_code})", answer.text))
        for path in ("/metrics", "/v1/policies", "/readyz", "/console"):
            found += [(path, (await http.get(path)).text)]
    return found


async def torture(root: Path, wanted: Wanted, tell: Callable[[str, int], None]) -> Report:
    """Run and judge. Raises StoreMissing, SandboxFailed, GatewayFailed."""
    began = time.monotonic()
    words = ("--dns-lost", str(DNS_LOST), "--connections", str(CONNECTIONS_MAX))
    async with open_stage(root, wanted.db, wanted.seed, *words) as stage:
        run = Torture(stage, wanted, tell)
        await run.run()
        evidence = await run.settle()
        shown, characters = await run.shown()
        errors = await stage.carriers.errors()
        verdicts = judge(run, evidence, shown, characters, errors)
        report = _report(run, stage, wanted, evidence, verdicts, time.monotonic() - began)
        stage.keeps_evidence = not report.ok
        return report if stage.keeps_evidence else replace(report, evidence="removed: all promises held")


def judge(
    run: Torture, evidence: History, shown: list[Violation], characters: int, errors: list[str]
) -> dict[str, Judged]:
    """Every promise with what was examined."""
    found: dict[str, list[str]] = {}
    for each in run.found + shown + sick_carrier_slows_no_other(run.waits["well"], run.waits["sick"]):
        found.setdefault(each.invariant, []).append(f"{each.subject}: {each.text}")
    if errors:
        found.setdefault("S2", []).append(f"a mock carrier failed, so its ledger proves nothing: {errors[0]}")
    verdicts = {}
    for name, invariant in ALL.items():
        of, count = EXAMINED[name]
        broken = found.get(name, []) + [f"{each.subject}: {each.text}" for each in invariant(evidence)]
        more = run.kept_checks if name == "S5" else 0
        verdicts[name] = judged(name, count(evidence) + more, of, broken)
    waits = min(len(run.waits["well"]), len(run.waits["sick"]))
    verdicts["S14"] = judged("S14", characters, "characters of logs, metrics, errors", found.get("S14", []))
    verdicts["V2"] = judged("V2", run.events, "events", found.get("V2", []))
    verdicts["V3"] = judged("V3", waits, "waits at other carriers", found.get("V3", []))
    return dict(sorted(verdicts.items(), key=lambda item: (item[0][0], int(item[0][1:]))))


def _report(
    run: Torture, stage: Stage, wanted: Wanted, evidence: History, verdicts: Mapping[str, Judged], wait_s: float
) -> Report:
    counts = faults_met(run, evidence)
    points = {point: stage.fleet.hits()[point] for point in crashes.POINTS}
    nemesis = run.nemesis
    missed = [name for name, count in {**points, **counts}.items() if not count]
    lost = {each.partition(":")[0] for name in ("S3", "S5") for each in verdicts[name].violations}
    return Report(
        db=wanted.db,
        seed=wanted.seed,
        keys=len(stage.notes.intents),
        acknowledged=len(stage.notes.acknowledged),
        lost=len(lost),
        doubled=len(verdicts["S1"].violations),
        stuck=len(verdicts["V1"].violations),
        stored_unacknowledged=run.unacknowledged,
        kills=nemesis.kills,
        kills_in_flight=nemesis.kills_in_flight,
        needs_review=sum(row.state == "needs_review" for row in evidence.rows.operations),
        nemeses=dict(sorted(nemesis.done.items())),
        crash_points=points,
        faults=counts,
        missed=tuple(missed) if nemesis.kills >= LONG_ENOUGH_KILLS else (),
        invariants=verdicts,
        wait_s=wait_s,
        evidence=str(stage.state),
    )


def callbacks_met(deliveries: Iterable[Delivery]) -> dict[str, int]:
    """How often callbacks were lost, forged, or came more than once."""
    sent = list(deliveries)
    return {
        "callback: lost": sum(each.state == "lost" for each in sent),
        "callback: forged": sum(each.forged for each in sent),
        "callback: more than once": sum(len(each.attempts) > 1 and not each.forged for each in sent),
    }


def faults_met(run: Torture, evidence: History) -> dict[str, int]:
    """How often each planned fault struck, as the carriers noted it; those of connecting, as attempts ended."""
    struck = hits_of(run.met)
    names = [each["fault"] for each in (*EXCHANGE_FAULTS, *QUERY_FAULTS)] + ["rst_mid_request", "early_callback"]
    ends = Counter(f"attempt: {each.fault}" for each in evidence.rows.attempts if each.fault)
    wanted = {f"attempt: {name}": 0 for name in ("refused", "dns", "tls", "reset", "closed", "total_timeout")}
    return {
        **{name: struck[name] for name in names},
        **callbacks_met(run.deliveries),
        **wanted,
        **dict(sorted(ends.items())),
    }
