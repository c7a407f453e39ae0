"""Opening the database behind the workspace's journal, for the commands that look after it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

from cli.here import workspace_root
from cli.open import settings_of
from cli.out import Exit, leave
from gateway.app import open_upkeep
from gateway.journal.errors import JournalUnavailable
from gateway.journal.schema import SchemaRefused
from gateway.journal.upkeep.database import Database
from gateway.journal.upkeep.lease import LeaseHeld
from gateway.settings import SettingsInvalid

T = TypeVar("T")


def with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """Open the journal's database, work with it, close it; ends the command where that cannot be done."""
    try:
        database = open_upkeep(settings_of(workspace_root()).journal)
    except SettingsInvalid as invalid:
        leave(Exit.usage, str(invalid))

    async def run() -> T:
        await database.open()
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except SchemaRefused as refused:
        leave(Exit.wrong, str(refused))
    except (JournalUnavailable, LeaseHeld) as down:
        leave(Exit.missing, str(down))


def stopped_by_signal() -> asyncio.Event:
    """Set by Ctrl-C or SIGTERM: work that goes in batches ends between two of them."""
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    return stop
