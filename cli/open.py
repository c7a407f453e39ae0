"""Opening what a command works on: the workspace, its settings and its journal."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from cli.mapping.workspace import find_workspace
from cli.out import Exit, leave
from gateway.app import open_journal
from gateway.journal.protocol import Journal, JournalUnavailable
from gateway.settings import Settings, SettingsInvalid, load_settings

T = TypeVar("T")


def workspace_root(start: Path | None = None) -> Path:
    """The nearest folder upwards that has `mappings/`, its adapters importable; ends the command when there is none."""
    here = (start or Path.cwd()).resolve()
    root = find_workspace(here)
    if root is None:
        leave(Exit.usage, f"no workspace here: neither {here} nor a folder above it has mappings/", "insurehub init")
    # Last, so that nothing of the workspace can stand before an installed package; `adapters` is one name over both.
    if str(root) not in sys.path:
        sys.path.append(str(root))
    return root


def settings_of(root: Path) -> Settings:
    """The workspace's settings; ends the command when they cannot be used."""
    try:
        return load_settings(root)
    except SettingsInvalid as invalid:
        leave(Exit.usage, str(invalid))


async def open_workspace_journal(work: Callable[[Journal], Awaitable[T]]) -> T:
    """Open the workspace's journal, work with it, close it."""
    journal = open_journal(settings_of(workspace_root()).journal)
    try:
        await journal.start()
    except JournalUnavailable as down:
        leave(Exit.missing, str(down))
    try:
        return await work(journal)
    finally:
        await journal.close()
