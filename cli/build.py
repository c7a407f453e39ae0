"""Composing a gateway from a workspace, for every command that runs one."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

from cli.here import carriers_of, has_channels
from cli.journal_keys import how_to_put_back
from cli.mapping.workspace import MAPPINGS
from cli.open import settings_of
from cli.out import Exit, leave
from gateway.allowed import by_commission
from gateway.api.app import Api, create_app
from gateway.api.app import Settings as ApiSettings
from gateway.api.metrics import Metrics
from gateway.app import Gateway
from gateway.catalogue.load import CHANNELS, Catalogue, CatalogueInvalid
from gateway.journal.errors import JournalUnavailable
from gateway.journal.sealing import KeysMissing
from gateway.journal.vault import VaultError
from gateway.settings import Settings, SettingsInvalid, load_settings


def catalogue_of(root: Path, environ: Mapping[str, str] = os.environ) -> Catalogue:
    """The workspace's catalogue; ends the command with every fault when it has errors, or is empty yet."""
    if not has_channels(root):
        leave(
            Exit.wrong,
            f"{MAPPINGS}/{CHANNELS} names no channel yet: there is nothing to sell",
            "insurehub new <carrier>",
        )
    try:
        allowed = by_commission(root, environ)
        return Catalogue.open(root / MAPPINGS, carriers_of(root), by_commission=allowed)
    except CatalogueInvalid as invalid:
        leave(Exit.wrong, str(invalid), "insurehub check")


def gateway_of(root: Path, environ: Mapping[str, str] | None = None) -> Gateway:
    """A composed gateway; ends the command when settings, keys or adapters do not allow one."""
    try:
        settings: Settings = settings_of(root) if environ is None else load_settings(root, environ)
        return Gateway(settings, catalogue_of(root, os.environ if environ is None else environ))
    except (SettingsInvalid, VaultError) as invalid:
        leave(Exit.usage, str(invalid))


def api_of(gateway: Gateway, *, logs: bool = True) -> Api:
    """The HTTP interface over a gateway, its background work opened and closed with it."""
    metrics = Metrics()
    gateway.listeners.append(metrics.attempted)
    gateway.service.events.dispatcher.listeners.append(metrics.delivered)
    return create_app(
        gateway.service,
        ApiSettings(logs_requests=logs),
        metrics=metrics,
        background=_running(gateway),
        before_metrics=_counting(gateway, metrics),
    )


def _counting(gateway: Gateway, metrics: Metrics) -> Callable[[], Awaitable[None]]:
    async def count() -> None:
        # Metrics are shown without these gauges rather than not at all: they are wanted most when something is down.
        with suppress(JournalUnavailable):
            metrics.operations_are(await gateway.parts.journal.open_operations())
            counts, oldest = await gateway.parts.journal.waiting_deliveries()
            age_s = (gateway.parts.world.now() - oldest).total_seconds() if oldest else 0.0
            metrics.deliveries_are(counts, max(age_s, 0.0))
            metrics.orphans_are(await gateway.parts.journal.orphan_counts())

    return count


def _running(gateway: Gateway) -> Callable[[], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        try:
            await gateway.start()
        except JournalUnavailable as down:
            leave(Exit.missing, str(down))
        except KeysMissing as missing:
            leave(Exit.missing, str(missing), how_to_put_back(gateway.settings, missing))
        try:
            yield
        finally:
            await gateway.stop()

    return running
