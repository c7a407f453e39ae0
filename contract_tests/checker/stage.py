"""Everything a run needs, started in order and ended in order: database, carriers, clock, relay, gateways, clients."""

import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from contract_tests.checker.carriers import Carriers, sandbox, write_mappings
from contract_tests.checker.clients import Clients
from contract_tests.checker.clock import ClockFile
from contract_tests.checker.fleet import Fleet, Relay
from contract_tests.checker.notes import Notes
from contract_tests.checker.orders import CHANNELS, OFFERS, Orders, proposal
from contract_tests.checker.stores import Store, open_store
from contract_tests.checker.versions import write_versions
from contract_tests.checker.webhooks import RETRY, Receiver
from gateway.app import open_journal
from gateway.ports import World
from gateway.service.gateway import add_client


class Stage:
    """The parts of a run, by name."""

    def __init__(
        self, root: Path, state: Path, store: Store, clock: ClockFile, carriers: Carriers, fleet: Fleet
    ) -> None:
        """See `open_stage`."""
        self.root, self.state, self.store, self.clock = root, state, store, clock
        self.carriers, self.fleet = carriers, fleet
        self.notes = Notes()
        self.clients: Clients
        self.orders: Orders
        self.receiver = Receiver(0)
        self.keeps_evidence = True
        """Whether the folder of ledgers, journal and logs stays when the run is over."""
        self.secrets: tuple[str, ...] = ()
        self.api_key = ""

    async def forward(self, seconds: float) -> None:
        """Time passes for gateways and carriers alike."""
        self.clock.forward(seconds)
        await self.carriers.forward(seconds)

    async def add_client(self, name: str) -> str:
        """A new API key."""
        journal = open_journal(self.store.dsn)
        await journal.start()
        try:
            return await add_client(journal, World(), name)
        finally:
            await journal.close()

    async def meet(self, seed: int, channels: Collection[str]) -> None:
        """The clients learn from quotes what offers at these channels cost, and say where to tell them of events."""
        self.api_key = await self.add_client(self.notes.client)
        self.clients = Clients(self.notes, lambda: [each.url for each in self.fleet.up], self.api_key, seed)
        endpoint = await self.clients.post("/v1/webhook-endpoints", {"url": self.receiver.url}, "endpoint")
        self.receiver.key = endpoint["secret"]
        self.secrets = (*self.secrets, self.api_key, self.receiver.key)
        prices = {}
        for offer in OFFERS:
            channel = offer.channels[0]
            if channel not in channels:
                continue
            if offer.price is not None:
                prices[offer.product, offer.plan, channel] = offer.price
                continue
            asked = {**proposal(offer, 0, "price", None, World().now()), "routing": {"pin": channel}}
            (quote,) = (await self.clients.post("/v1/quotes", asked, f"price {offer.product} {channel}"))["quotes"]
            prices[offer.product, offer.plan, channel] = int(quote["premium"]["gross"]["amount"])
        self.orders = Orders(secrets.token_hex(3), seed, prices)


@asynccontextmanager
async def open_stage(
    root: Path, db: str, seed: int, *words: str, versions: bool = False, channels: Collection[str] = CHANNELS
) -> AsyncIterator[Stage]:
    """Start all that a run needs, and one gateway; everything that was started is ended at the end.

    `channels` are those whose carriers are there. With `versions` every other gateway speaks another version of each
    adapter. Raises StoreMissing.
    """
    state = Path(tempfile.mkdtemp(prefix="insurehub-torture-"))
    stage: Stage | None = None
    async with AsyncExitStack() as stack:
        stack.callback(_remove, state, lambda: stage is not None and not stage.keeps_evidence)
        store = await open_store(db, state)
        stack.push_async_callback(store.close)
        catalogue = write_mappings(root, state)
        clock = ClockFile(state / "clock")
        fleets: list[Fleet] = []
        relay = Relay(lambda: next((each.port for each in fleets[0].up), None) if fleets else None)
        await relay.start()
        stack.push_async_callback(relay.close)
        box = await stack.enter_async_context(sandbox(root, state, catalogue, relay.url, channels))
        environ = {
            **box.environ,
            "INSUREHUB_JOURNAL": store.dsn,
            "INSUREHUB_WEBHOOKS_ALLOW": "127.0.0.1/32",
            "INSUREHUB_WEBHOOKS_RETRY": ",".join(RETRY),
        }
        fleet = Fleet(root, state, environ, *words, versions=write_versions(root, state) if versions else ())
        fleets.append(fleet)
        stack.push_async_callback(fleet.close)
        carriers = Carriers(box, seed)
        stack.push_async_callback(carriers.close)
        stage = Stage(root, state, store, clock, carriers, fleet)
        stage.receiver = Receiver(seed)
        await stage.receiver.start()
        stack.push_async_callback(stage.receiver.close)
        stage.secrets = tuple(file.read_text() for file in sorted((state / "secrets").iterdir()))
        await fleet.start()
        await stage.meet(seed, channels)
        stack.push_async_callback(stage.clients.close)
        yield stage


def _remove(state: Path, wanted: Callable[[], bool]) -> None:
    if wanted():
        shutil.rmtree(state, ignore_errors=True)
