"""The gateway of a torture: `gateway.app` with a journal and a transport that can be told where to die."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import cast

from msgspec.structs import replace

from cli.build import api_of
from cli.here import carriers_of, workspace_root
from contract_tests.checker.clock import SharedWorld
from contract_tests.checker.crashes import CrashingJournal, CrashingTransport, Trap
from contract_tests.checker.planted import plant_adapters, planted_journal, planted_transport
from contract_tests.checker.ways import Ways
from gateway.api.serve import serve
from gateway.app import Gateway, open_journal
from gateway.catalogue.load import Catalogue
from gateway.journal.protocol import Journal
from gateway.journal.sqlite import SqliteJournal
from gateway.service.clock import CommonClock
from gateway.settings import Settings, load_settings
from gateway.transport import loop

WORKER_EVERY_S = 0.1
DEADLINE_S = 3600.0

Compose = Callable[[], tuple[Gateway, Ways]]


def prepare(options: argparse.Namespace, trap: Trap) -> Compose:
    """Everything that can be done before the journal is opened and a loop runs; gives what composes the rest."""
    root = workspace_root(options.root)
    settings = replace(load_settings(root), lease_s=options.lease)
    catalogue = Catalogue.open(options.state / "mappings", carriers_of(root))
    carriers = {name: entry.carrier for name, entry in catalogue.snapshot.channels.items()}

    def compose() -> tuple[Gateway, Ways]:
        ways = Ways(
            settings.channels,
            carriers,
            connections_max=options.connections,
            dns_lost=options.dns_lost,
            seed=options.seed,
        )
        journal = planted_journal(options.plant, _journal(settings, options.pages))
        world = SharedWorld(options.state / "clock", options.clock_wrong)
        gateway = Gateway(
            settings,
            catalogue,
            world=CommonClock(world),
            journal=cast("Journal", CrashingJournal(journal, trap, lambda: world.ahead_s)),
            transport=planted_transport(options.plant, CrashingTransport(ways, trap)),
        )
        plant_adapters(options.plant, gateway)
        policy = gateway.parts.policy
        gateway.parts.policy = replace(
            policy, attempt_s=options.attempt, worker_every_s=WORKER_EVERY_S, deadline_s=DEADLINE_S
        )
        return gateway, ways

    return compose


def run(compose: Compose, port: int) -> None:
    """Serve until the process ends."""

    async def main() -> None:
        gateway, ways = compose()
        try:
            await serve(api_of(gateway), port=port)
        finally:
            await ways.aclose()

    loop.run(main())


def _journal(settings: Settings, pages: int | None) -> Journal:
    if pages is None:
        return open_journal(settings.journal)
    return SqliteJournal(Path(settings.journal.partition(":")[2]), page_count_max=pages)


__all__ = ["Trap", "prepare", "run"]
