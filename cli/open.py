"""Opening what a command works on: the workspace, its settings and its journal."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from cli.here import workspace_root
from cli.out import Exit, leave
from gateway.app import open_journal
from gateway.journal.errors import JournalUnavailable
from gateway.journal.protocol import Journal
from gateway.settings import Settings, SettingsInvalid, load_settings

T = TypeVar("T")


def settings_of(root: Path) -> Settings:
    """The workspace's settings; ends the command when they cannot be used."""
    try:
        return load_settings(root)
    except SettingsInvalid as invalid:
        leave(Exit.usage, str(invalid))


async def open_workspace_journal(work: Callable[[Journal], Awaitable[T]]) -> T:
    """Open the workspace's journal, work with it, close it."""
    settings = settings_of(workspace_root())
    try:
        journal = open_journal(settings.journal, upgrades=settings.upgrades_journal)
    except SettingsInvalid as invalid:
        leave(Exit.usage, str(invalid))
    try:
        await journal.start()
    except JournalUnavailable as down:
        leave(Exit.missing, str(down))
    try:
        return await work(journal)
    finally:
        await journal.close()
