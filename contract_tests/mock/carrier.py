"""A running mock carrier: its port, its namespaces, its ledger, its admin API."""

import asyncio
import base64
import ssl
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import yaml

from contract_tests.language.template import NULL
from contract_tests.mock.admin import Admin
from contract_tests.mock.callbacks import Dispatcher, Post
from contract_tests.mock.certificates import Mutual, bad_context, mutual, one_sided
from contract_tests.mock.clock import Clock
from contract_tests.mock.connection import Connection
from contract_tests.mock.definition import Definition
from contract_tests.mock.faults import Plan, Rule, make_plan, refuse_idle
from contract_tests.mock.ledger import Ledger
from contract_tests.mock.loading import load_definition
from contract_tests.mock.messages import HttpRequest
from contract_tests.mock.port import Port
from contract_tests.mock.world import World

KEYS_FILE = Path(__file__).parents[1] / "keys" / "test-only.yaml"
NAMESPACES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How a mock carrier is run; what it says is in its mock.yaml.

    A carrier that says `tls: mutual` makes its certificates at start, and those of its client (`MockCarrier.mutual`),
    unless `tls` brings others or `plain` leaves TLS to somebody before it; with `encrypted` any other carrier makes one
    for itself too. `time` and `post` stand for the clock and
    the network of callbacks where a carrier is played without either.
    """

    port: int = 0
    admin_port: int = 0
    host: str = "127.0.0.1"
    ledger: Path | None = None
    fsync: bool = True
    callback_base: str | None = None
    seed: int = 0
    tls: ssl.SSLContext | None = None
    plain: bool = False
    encrypted: bool = False
    limits: bool = True
    requests_kept_max: int = 10_000
    lag_s: float | None = None
    time: Callable[[], float] = time.time
    post: Post | None = None


@dataclass(slots=True)
class Noted:
    """A request as it arrived."""

    time: float
    namespace: str
    connection: int
    operation: str
    fault: str | None
    raw: bytes

    def describe(self) -> dict[str, Any]:
        """The request as the admin API shows it; `raw` is base64."""
        raw = base64.b64encode(self.raw).decode()
        return {
            "time": datetime.fromtimestamp(self.time, UTC).isoformat(), "namespace": self.namespace,
            "connection": self.connection, "operation": self.operation, "fault": self.fault, "raw": raw,
        }  # fmt: skip


class MockCarrier:
    """One mock carrier in this process: `async with MockCarrier.load(folder) as mock: ...`."""

    def __init__(self, definition: Definition, secrets: Mapping[str, Any], settings: Settings) -> None:
        self.definition, self.secrets, self.settings = definition, dict(secrets), settings
        self.mutual: Mutual | None = None
        if settings.tls is None and not settings.plain and (definition.mutual_tls or settings.encrypted):
            self.mutual = mutual() if definition.mutual_tls else one_sided()
        self._tls = self.mutual.server if self.mutual is not None else settings.tls
        if not settings.limits:
            definition.per_second_max = None
        if settings.lag_s is not None:
            definition.lag_s = settings.lag_s
        self.worlds: dict[str, World] = {}
        self.plans: dict[str, Plan] = {}
        self.played: dict[str, Counter[str]] = {}
        self.requests: deque[Noted] = deque(maxlen=settings.requests_kept_max)
        self.swaps: dict[str, Any] = {}
        self.ledger_file = Ledger(settings.ledger, fsync=settings.fsync)
        self.dispatcher = Dispatcher(
            settings.callback_base, lambda world: self.plan_of(world.name), settings.post, self.count
        )
        self._port = Port(self._serve, self._greet)
        self._admin = Port(Admin(self).serve)
        self._connections = 0

    @classmethod
    def load(cls, folder: Path | str, *, secrets: Path | Mapping[str, Any] | None = None, **settings: Any) -> Self:
        """Read a carrier's folder (or its mock.yaml). Raises MockFileError with the place of every fault.

        `secrets` is a map, or a key file whose entry for this carrier is taken; settings are those of Settings.
        """
        definition = load_definition(Path(folder))
        held = (
            secrets
            if isinstance(secrets, Mapping)
            else read_keys(secrets or _keys_near(Path(folder)), definition.carrier)
        )
        if isinstance(settings.get("ledger"), str):
            settings["ledger"] = Path(settings["ledger"])
        return cls(definition, held, Settings(**settings))

    async def __aenter__(self) -> Self:
        await self._port.open(self.settings.host, self.settings.port)
        await self._admin.open(self.settings.host, self.settings.admin_port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop serving, delivering and writing."""
        await self._port.close()
        await self._admin.close()
        await self.dispatcher.close()
        for world in self.worlds.values():
            world.timers.clear()
        self.ledger_file.close()

    @property
    def base_url(self) -> str:
        """Where the carrier is: without a path."""
        return f"{'https' if self._tls else 'http'}://{self._shown_host}:{self._port.number}"

    @property
    def admin_url(self) -> str:
        """Where its admin API is: without a path."""
        return f"http://{self._shown_host}:{self._admin.number}"

    @property
    def _shown_host(self) -> str:
        return f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host

    def namespace_url(self, name: str) -> str:
        """The carrier's address for a state of one's own."""
        return f"{self.base_url}/ns/{name}"

    def world(self, namespace: str = "default") -> World:
        """The state of a namespace, made at first use."""
        found = self.worlds.get(namespace)
        if found is None:
            if len(self.worlds) >= NAMESPACES_MAX:
                self.worlds.pop(next(iter(self.worlds)))
            seed = f"{self.settings.seed}/{self.definition.carrier}/{namespace}"
            names = {**self.definition.constants, "secret": self.secrets, "null": NULL}
            found = self.worlds[namespace] = World(self.definition, namespace, names, seed, Clock(self.settings.time))
            found.on_effect, found.on_callback = self._write, self.dispatcher.submit
        return found

    def plan_of(self, namespace: str) -> Plan:
        """The faults planned for a namespace."""
        return self.plans.get(namespace) or _NO_PLAN

    async def plan(self, *faults: str | Mapping[str, Any], seed: int = 0, namespace: str = "default") -> None:
        """Plan faults, replacing those planned before; none ends them all. Raises BadPlan, and then nothing changes."""
        plan = make_plan(faults, seed)
        refuse_idle(
            plan, operations=self.definition.operations, callbacks=self.definition.callbacks,
            encrypted=self._tls is not None, namespace=namespace,
        )  # fmt: skip
        self.plans[namespace] = plan
        if any(plan.refuses() for plan in self.plans.values()):
            if await self._port.refuse():
                self.count("refuse", namespace)
        else:
            self._port.listen()

    def ledger(self, namespace: str | None = None) -> list[dict[str, Any]]:
        """Every effect the carrier had, oldest first."""
        return self.ledger_file.lines(namespace)

    def errors(self) -> list[str]:
        """Faults of mock.yaml itself that requests ran into: a test that meets one has proved nothing."""
        return [error for world in self.worlds.values() for error in world.errors]

    def given(self, name: str, params: Mapping[str, Any] | None = None, namespace: str = "default") -> dict[str, Any]:
        """Bring about one of the `givens`; gives the records it made. Raises ValueError when the carrier says no."""
        scope = self.world(namespace).scope(given=dict(params or {}))
        answer = self.definition.givens[name](scope)
        if answer is not None:
            raise ValueError(f"given '{name}': the carrier answers {answer.code}")
        return {thing.kind: dict(thing) for thing in scope.get("touched", ())}

    def reset(self, namespace: str | None = None) -> None:
        """Forget records, timers, plans and requests; the ledger and the serial numbers stay."""
        for name in [namespace] if namespace is not None else list(self.worlds):
            self.world(name).forget()
            self.plans.pop(name, None)
            self.played.pop(name, None)
        kept = [one for one in self.requests if namespace is not None and one.namespace != namespace]
        self.requests.clear()
        self.requests.extend(kept)
        if not any(plan.refuses() for plan in self.plans.values()):
            self._port.listen()

    def note(self, connection: int, request: HttpRequest, operation: str, fault: str | None) -> None:
        """Keep a request as it arrived."""
        noted = Noted(self.settings.time(), request.namespace, connection, operation, fault, request.raw)
        self.requests.append(noted)

    def count(self, fault: str, namespace: str = "default") -> None:
        """Keep that a fault, or a verb of the admin API about callbacks, was really played."""
        self.played.setdefault(namespace, Counter())[fault] += 1

    def _write(self, world: World, line: dict[str, Any]) -> None:
        head = {
            "time": datetime.fromtimestamp(self.settings.time(), UTC).isoformat(),
            "carrier": self.definition.carrier,
            "namespace": world.name,
            "carrier_time": world.now().isoformat(),
        }
        self.ledger_file.append({**head, **line})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        await Connection(self, reader, writer, self._connections).serve()

    def _greet(self) -> tuple[str | None, ssl.SSLContext | None]:
        """What a new connection meets: no request is known yet, so only the default namespace's plan counts."""
        rule: Rule | None = self.plan_of("default").strike("accept", {})
        if rule is None:
            return None, self._tls
        self.count(rule.fault)
        if self._tls is None:
            return rule.fault, None
        if rule.fault in ("tls_untrusted", "tls_expired"):
            return None, bad_context(expired=rule.fault == "tls_expired")
        return rule.fault, self._tls


_NO_PLAN = Plan()


def _keys_near(folder: Path) -> Path:
    """The test keys of the workspace a carrier stands in, where they name it; else the shipped ones."""
    home = folder.resolve() if folder.is_dir() else folder.resolve().parent
    own = home.parents[min(2, len(home.parents) - 1)] / "contract_tests" / "keys" / KEYS_FILE.name
    if own.is_file() and home.name in (yaml.load(own.read_text("utf-8"), Loader=yaml.CSafeLoader) or {}):
        return own
    return KEYS_FILE


def read_keys(file: Path, carrier: str) -> dict[str, Any]:
    """The keys of one carrier in a key file."""
    loaded = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) or {}
    found: dict[str, Any] | None = loaded.get(carrier)
    if found is None:
        raise LookupError(f"{file} has no keys of carrier '{carrier}'")
    return {name: str(value) for name, value in found.items()}


@asynccontextmanager
async def running(folders: Iterable[Path], **settings: Any) -> AsyncIterator[dict[str, MockCarrier]]:
    """Several mock carriers at once, by name."""
    mocks: dict[str, MockCarrier] = {}
    try:
        for folder in folders:
            mock = MockCarrier.load(folder, **settings)
            mocks[mock.definition.carrier] = await mock.__aenter__()
        yield mocks
    finally:
        for mock in mocks.values():
            await mock.close()
