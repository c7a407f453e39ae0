"""The carriers under torture: mock processes with ledgers, the faults they play, their clocks and callbacks."""

import asyncio
import base64
import random
import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct
from msgspec.structs import replace
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

from cli.here import carriers_of
from cli.sandbox import Sandbox
from contract_tests.checker.faults import faults_of
from contract_tests.checker.orders import CHANNELS
from gateway.catalogue.load import Catalogue

PRODUCTS = ("freight-return", "travel-accident", "family-accident", "parcel-return")


class Met(Struct, frozen=True, kw_only=True):
    """A request as a carrier met it: when, what, which fault it played, and the SHA-256 of the body."""

    channel: str
    at: float
    operation: str
    fault: str | None = None
    digest: str = ""


class Delivery(Struct, frozen=True, kw_only=True):
    """A callback as a carrier sent it: its state, and of each attempt the body and whether it was acknowledged."""

    channel: str
    forged: bool
    state: str
    attempts: tuple[tuple[bytes, bool], ...]


def write_mappings(root: Path, state: Path) -> Catalogue:
    """The catalogue of a run: carriers of every idempotency kind, and one carrier behind two channels of one price."""
    folder = state / "mappings"
    (folder / "products").mkdir(parents=True)
    lines = (root / "mappings/channels.yaml").read_text("utf-8")
    second = "cedar_second: { carrier: cedar, insurer: cedar_pc, via: direct, state: active }\n"
    (folder / "channels.yaml").write_text(f"{lines}\n{second}", encoding="utf-8")
    for product in PRODUCTS:
        text = (root / f"mappings/products/{product}.yaml").read_text("utf-8")
        found = re.search(r"^  cedar_main:\n(?:    .*\n|\n)+", text, re.MULTILINE)
        again = found.group(0).replace("cedar_main", "cedar_second") if found else ""
        (folder / "products" / f"{product}.yaml").write_text(f"{text.rstrip()}\n{again}", encoding="utf-8")
    return Catalogue.open(folder, carriers_of(root))


def sandbox(
    root: Path, state: Path, catalogue: Catalogue, callbacks: str, names: Collection[str] = CHANNELS
) -> Sandbox:
    """The mocks of the channels that take part; they look at no rate, and remember every request."""
    snapshot = catalogue.snapshot
    channels = {name: snapshot.channels[name] for name in names}
    options = ("--no-limits", "--no-fsync", "--requests-max", "1000000")
    return Sandbox(root, replace(snapshot, channels=channels), callbacks, options=options, state=state)


class Carriers:
    """The harness's hand on the mocks: plans, clocks, callbacks, and what they wrote down."""

    def __init__(self, box: Sandbox, seed: int) -> None:
        """Take mocks that are running."""
        self._box, self._seed, self._rounds = box, seed, 0
        self._names = tuple(box.mocks)
        self._http = httpx.AsyncClient(timeout=30)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def plan(self, channel: str, *faults: Mapping[str, Any]) -> None:
        """Replace the faults of one carrier."""
        self._rounds += 1
        await self._told("PUT", channel, "faults", {"faults": list(faults), "seed": self._seed + self._rounds})

    async def misbehave(self, share: float, chance: random.Random | None) -> None:
        """Every carrier plays every fault, `share` of its writes in all; by chance one of them refuses connections."""
        refusing = chance.choice([*self._names, None, None, None]) if chance else None
        plans = {name: faults_of(name, share, refuses=name == refusing) for name in self._names}
        await asyncio.gather(*(self.plan(name, *faults) for name, faults in plans.items()))

    async def behave(self) -> None:
        """No fault from now on."""
        await asyncio.gather(*(self.plan(name) for name in self._names))

    async def forward(self, seconds: float) -> None:
        """Time passes at the carriers."""
        await asyncio.gather(*(self._forward(name, seconds) for name in self._names))

    async def _forward(self, channel: str, seconds: float) -> None:
        now = (await self._told("POST", channel, "clock/advance", {"seconds": 0}))["now"]
        await self._told("POST", channel, "clock/advance", {"to": datetime.fromisoformat(now).timestamp() + seconds})

    async def callbacks(self, verb: str) -> None:
        """`hold`, `release` or `reorder` the callbacks of all."""
        await asyncio.gather(*(self._told("POST", name, f"callbacks/{verb}", {}) for name in self._names))

    async def again(self, verb: str, channel: str) -> None:
        """`duplicate` or `forge` a carrier's newest callback, where it has sent one."""
        await self._asked("POST", channel, f"callbacks/{verb}", {})  # 404: it has sent none

    def ledgers(self) -> dict[str, list[dict[str, Any]]]:
        """What every carrier did, as its file says."""
        return self._box.ledgers()

    async def met(self) -> list[Met]:
        """Every request of every carrier, oldest first."""
        found: list[Met] = []
        for name in self._names:
            noted = await self._told("GET", name, "requests", last=1_000_000)
            found += [_met(name, each) for each in noted["requests"]]
        return sorted(found, key=lambda each: each.at)

    async def deliveries(self) -> list[Delivery]:
        """Every callback of every carrier."""
        found = []
        for name in self._names:
            told = await self._told("GET", name, "callbacks")
            found += [_delivery(name, each) for each in told["callbacks"]]
        return found

    async def played(self) -> Counter[str]:
        """How often each fault and each verb about callbacks was really played, as the carriers count it, by name."""
        told = [(await self._told("GET", name, "faults"))["played"] for name in self._names]
        return sum((Counter(each) for each in told), Counter[str]())

    async def errors(self) -> list[str]:
        """What went wrong in the mocks themselves: then the run has proved nothing."""
        states = [await self._told("GET", name, "state") for name in self._names]
        return [error for state in states for error in state["errors"]]

    # A connection that is lost to a busy machine is no finding; a mock that has ended refuses the next one too. What is
    # asked for twice is done once: plans and times are absolute, callbacks held or sent already stay so.
    @retry(
        retry=retry_if_exception_type(httpx.TransportError),
        stop=stop_after_attempt(3),
        wait=wait_fixed(0.2),
        reraise=True,
    )
    async def _asked(self, method: str, channel: str, what: str, body: Any = None, **params: Any) -> httpx.Response:
        url = f"{self._box.mocks[channel].admin_url}/_mock/{what}"
        return await self._http.request(method, url, json=body, params=params)

    async def _told(self, method: str, channel: str, what: str, body: Any = None, **params: Any) -> Any:
        return (await self._asked(method, channel, what, body, **params)).raise_for_status().json()


def _met(channel: str, noted: Mapping[str, Any]) -> Met:
    body = base64.b64decode(noted["raw"]).partition(b"\r\n\r\n")[2]
    return Met(
        channel=channel,
        at=datetime.fromisoformat(noted["time"]).timestamp(),
        operation=noted["operation"],
        fault=noted["fault"],
        digest=sha256(body).hexdigest(),
    )


def _delivery(channel: str, told: Mapping[str, Any]) -> Delivery:
    attempts = [(base64.b64decode(each["body"]), bool(each.get("acknowledged"))) for each in told["attempts"]]
    return Delivery(channel=channel, forged=told["forged"], state=told["state"], attempts=tuple(attempts))
