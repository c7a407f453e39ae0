"""The one place where concrete parts are chosen."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from gateway.catalogue.load import Catalogue
from gateway.catalogue.values import did_you_mean
from gateway.channel import AdapterMissing, Answer, Channel, ChannelSettings, Exchange, Registry
from gateway.channel.audit import Begins, Listener
from gateway.channel.margins import write_margin_s
from gateway.channel.tls import own_transport
from gateway.journal.memory import MemoryJournal
from gateway.journal.postgres import PostgresJournal
from gateway.journal.protocol import Journal
from gateway.journal.sealing import must_open
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.upkeep.database import Database
from gateway.journal.upkeep.postgres import PostgresDatabase
from gateway.journal.upkeep.sqlite import SqliteDatabase
from gateway.journal.vault import Vault, VaultError, vault_from_file, vault_from_text
from gateway.model.operations import OPERATIONS
from gateway.ports import World
from gateway.routing.router import Router
from gateway.routing.sharing import ANSWER_MAX_S as WAIT_S
from gateway.routing.sharing import Sharing
from gateway.service.cases import volumes
from gateway.service.clock import CommonClock, agree
from gateway.service.events.outbox import with_events
from gateway.service.events.pace import Pace
from gateway.service.events.subscriptions import Subscriptions
from gateway.service.gateway import Service
from gateway.service.operating import steering
from gateway.service.parts import Parts, Policy
from gateway.settings import Settings, SettingsInvalid
from gateway.transport import UNREACHED, CarrierTransport, Reach, TlsInvalid
from gateway.wire.contract import Tls
from gateway.wire.extras import missing


class Gateway:
    """A whole gateway: parts composed, started and stopped in order."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        *,
        world: World | None = None,
        journal: Journal | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        vault: Vault | None = None,
        receivers: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Compose from settings; each part may be handed in instead."""
        self.settings = settings
        world = world or CommonClock()
        self._transports = Transports(transport)
        registry = Registry()
        listeners: list[Listener] = []
        begins: list[Begins] = []
        self.sharing: Sharing | None = None
        channels = _channels(
            catalogue, settings.channels, registry, self._transports, world, listeners, begins, self.replicas
        )
        router = Router(
            catalogue,
            world,
            {name: frozenset(c.adapter.carrier.operations) for name, c in channels.items()},
            {name: write_margin_s(c.adapter) for name, c in channels.items()},
        )
        listeners.append(_teach(router))
        begins.append(_tell_begun(router))
        subscriptions = Subscriptions()
        self.parts = Parts(
            journal=with_events(
                journal or open_journal(settings.journal, upgrades=settings.upgrades_journal), subscriptions, world
            ),
            vault=vault or open_vault(settings),
            world=world,
            catalogue=catalogue,
            router=router,
            channels=channels,
            owner=f"gw-{secrets.token_hex(4)}",
            policy=Policy(
                answer_within_s=settings.answer_within_s, deadline_s=settings.deadline_s, lease_s=settings.lease_s
            ),
            subscriptions=subscriptions,
            reach=Reach(settings.webhooks_allow),
            receivers=receivers,
            pace=pace_of(settings),
        )
        self.parts.vault.chance = world.token
        self.listeners = listeners
        self.service = Service(self.parts)
        self.sharing = _sharing(settings, router, world, self.parts.owner)

    def replicas(self) -> int:
        """How many gateways are known to share what this one sees; it alone where nothing was heard of others."""
        return self.sharing.places.replicas or 1 if self.sharing is not None else 1

    async def start(self) -> None:
        """Open the journal, then begin the background work: what a crash left is taken up at once.

        Raises JournalUnavailable, and KeysMissing where the journal was sealed with other keys.
        """
        await self.parts.journal.start()
        await self._try_keys()
        await agree(self.parts.world, self.parts.journal)  # before anything is taken up
        await self.parts.subscriptions.refresh(self.parts.journal)
        if self.sharing is not None:
            self.sharing.start()
        await steering.refresh(self.parts)  # before anything is sent: what an operator has stopped stays so
        await volumes.refresh(self.parts)
        self.service.watch.start()
        self.service.worker.start()
        self.service.events.dispatcher.start()

    async def _try_keys(self) -> None:
        """Before anything is sealed: with other keys than the journal's nothing is begun. Raises KeysMissing."""
        try:
            must_open(self.parts.vault, await self.parts.journal.sealed_samples(), self.settings.lost_keys)
        except BaseException:
            await self.parts.journal.close()
            raise

    async def stop(self, drain_s: float = 20.0) -> None:
        """Take up nothing more, let what is under way end within `drain_s` in all, then close."""
        service = self.service
        await asyncio.gather(
            service.drain(drain_s), service.worker.stop(drain_s), service.events.dispatcher.stop(drain_s)
        )
        await service.watch.stop()
        await self.service.events.transport.aclose()
        if self.sharing is not None:
            await self.sharing.stop()
        await self._transports.aclose()
        await self.parts.journal.close()


class Transports:
    """One transport for all channels, and one of its own for each that shows a certificate."""

    def __init__(self, given: httpx.AsyncBaseTransport | None) -> None:
        """Take a transport for every channel, or make what each needs."""
        self._given = given
        self._made = [] if given else [CarrierTransport()]

    def of(self, tls: Tls | None, settings: ChannelSettings) -> httpx.AsyncBaseTransport:
        """The transport of a channel. Raises TlsInvalid, also for an address that would leave TLS out."""
        if self._given is not None:
            return self._given
        if tls is None:
            return self._made[0]
        if plain := [key for key, value in settings.config.items() if str(value).lower().startswith("http:")]:
            raise TlsInvalid(
                f"its carrier is called over TLS only: config {', '.join(sorted(plain))} begins with http:"
            )
        self._made.append(own_transport(tls, settings))
        return self._made[-1]

    async def aclose(self) -> None:
        """Close those made here."""
        for transport in self._made:
            await transport.aclose()


def _channels(
    catalogue: Catalogue,
    settings: Mapping[str, ChannelSettings],
    registry: Registry,
    transports: "Transports",
    world: World,
    listeners: list[Listener],
    begins: list[Begins],
    sharers: Callable[[], int],
) -> dict[str, Channel]:
    """Every channel of the catalogue that has settings and an adapter; the others are not configured here."""

    def tell(exchange: Exchange, answer: Answer) -> None:
        for listen in listeners:
            listen(exchange, answer)

    def begin(exchange: Exchange) -> None:
        for told in begins:
            told(exchange)

    channels = {}
    for name in settings:
        if name not in catalogue.snapshot.channels:
            hint = did_you_mean(name, catalogue.snapshot.channels) or "channels stand in mappings/channels.yaml"
            raise SettingsInvalid(f"settings: there is no channel '{name}'; {hint}")
    for name, entry in catalogue.snapshot.channels.items():
        if name not in settings:
            continue
        try:
            adapter = registry.adapter(entry.carrier)
        except AdapterMissing as absent:
            raise SettingsInvalid(f"channel {name}: {absent}") from None
        if (lack := missing(adapter.carrier.extras)) is not None:
            raise SettingsInvalid(f"channel {name}: its carrier needs what is not here: {lack}")
        lacking = [key for key in adapter.carrier.secret_keys if key not in settings[name].secrets]
        # Other plain values may be left out: a mapping says itself where it cannot do without one.
        tls = adapter.carrier.tls
        urls = [key for key in adapter.carrier.config_keys if key.endswith("url")]
        authority = (tls.ca or "").partition(".") if tls is not None else ("", "", "")
        urls += [authority[2]] if authority[0] == "config" else []
        lacking += [key for key in urls if key not in settings[name].config]
        if lacking:
            raise SettingsInvalid(f"channel {name}: its carrier needs the settings {', '.join(lacking)}")
        try:
            transport = transports.of(tls, settings[name])
        except TlsInvalid as invalid:
            raise SettingsInvalid(f"channel {name}: {invalid}") from None
        channels[name] = Channel(name, adapter, settings[name], transport, world, (tell,), (begin,), sharers)
    return channels


def _sharing(settings: Settings, router: Router, world: World, replica: str) -> Sharing | None:
    """The exchange with other gateways where settings name a server for it. Raises SettingsInvalid."""
    if not settings.shared:
        return None
    try:
        from redis.asyncio import Redis  # noqa: PLC0415 - only who shares needs the package
        from redis.exceptions import RedisError  # noqa: PLC0415
    except ImportError:
        raise SettingsInvalid("shared: the package redis is not here: pip install 'insurehub[redis]'") from None
    try:
        client = Redis.from_url(settings.shared, socket_timeout=WAIT_S, socket_connect_timeout=WAIT_S)
    except (RedisError, ValueError) as error:
        raise SettingsInvalid(f"shared: {error}; write redis://host:6379/0") from None
    return Sharing(router, world, client, replica=replica)


def _teach(router: Router) -> Listener:
    def listen(exchange: Exchange, answer: Answer) -> None:
        family = OPERATIONS[exchange.step.operation].family
        outcome = answer.reply.outcome
        router.observe(
            exchange.channel,
            family,
            outcome.kind,
            answer.wait_s,
            outcome.after_s or 0.0,
            attempt_id=exchange.attempt_id,
            unreached=answer.fault in UNREACHED,
        )

    return listen


def _tell_begun(router: Router) -> Begins:
    def begun(exchange: Exchange) -> None:
        router.began(exchange.channel, OPERATIONS[exchange.step.operation].family, exchange.attempt_id)

    return begun


def open_journal(dsn: str, *, upgrades: bool = False) -> Journal:
    """The journal a DSN names: `sqlite:<path>`, `postgresql://..` or `memory:`. Raises SettingsInvalid.

    With `upgrades` a gateway brings the schema of a PostgreSQL in use up to date; a SQLite file always is.
    """
    kind, _, rest = dsn.partition(":")
    if kind == "sqlite" and rest:
        return SqliteJournal(Path(rest))
    if kind in ("postgresql", "postgres") and rest.startswith("//"):
        return PostgresJournal(dsn, upgrades=upgrades)
    if kind == "memory":
        return MemoryJournal()
    # It may hold a password: only its kind is repeated.
    said = f"{kind[:20]}:.." if rest else kind[:20]
    raise SettingsInvalid(f"journal: '{said}' is not one of sqlite:<path>, postgresql://user@host:port/name, memory:")


def open_upkeep(dsn: str) -> Database:
    """The database behind a journal, for looking after it. Raises SettingsInvalid, also for one without any."""
    journal = open_journal(dsn)
    if isinstance(journal, SqliteJournal):
        return SqliteDatabase(Path(dsn.partition(":")[2]))
    if isinstance(journal, PostgresJournal):
        return PostgresDatabase(dsn)
    raise SettingsInvalid(f"journal: '{dsn}' keeps nothing that could be looked after")


def pace_of(settings: Settings) -> Pace:
    """How webhooks are delivered: a sending ends before the lease on it does."""
    deadline_s = min(Pace().deadline_s, settings.lease_s * 0.75)
    return Pace(waits_s=settings.webhooks_retry_s, lease_s=settings.lease_s, deadline_s=deadline_s)


def open_vault(settings: Settings) -> Vault:
    """The keys for raw messages: from the settings, else from the key file, made at first start."""
    if not settings.key:
        return vault_from_file(settings.key_file)
    try:
        return vault_from_text(settings.key)
    except VaultError as wrong:
        raise VaultError(f"INSUREHUB_KEY: {wrong}") from None


def describe(gateway: Gateway) -> dict[str, Any]:
    """What is running, for a start-up line: no secret, no URL."""
    return {"channels": sorted(gateway.parts.channels), "journal": gateway.settings.journal.partition(":")[0]}
