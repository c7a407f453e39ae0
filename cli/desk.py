"""What an operator's command works with: the workspace's journal and catalogue, and no carrier.

The journal is opened by this process, beside a running gateway or without one: an operation that waits for a person is
claimed by no worker, and the guards of the journal (state, fence, number) decide between two who write at once. SQLite
takes one writer at a time; the second waits for the lock and is told when it waits too long.
"""

import getpass
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from cli.build import catalogue_of
from cli.here import workspace_root
from cli.open import open_workspace_journal, settings_of
from cli.out import Exit, leave
from gateway.app import open_vault
from gateway.errors import HubError
from gateway.journal.errors import JournalUnavailable
from gateway.journal.protocol import Journal
from gateway.journal.vault import Vault, VaultError
from gateway.ports import World
from gateway.routing.router import Router
from gateway.service.events.outbox import with_events
from gateway.service.events.subscriptions import Subscriptions
from gateway.service.parts import Parts

T = TypeVar("T")


async def at_the_desk(work: Callable[[Parts], Awaitable[T]], options: Mapping[str, str] | None = None) -> T:
    """Work on the journal as a gateway without channels; ends the command with what was refused.

    `options`: what to add to or correct in the command where a field of the request is lacking or wrong.
    """
    root = workspace_root()
    catalogue, world = catalogue_of(root), World()

    async def seated(journal: Journal) -> T:
        subscriptions = Subscriptions()
        await subscriptions.refresh(journal)
        parts = Parts(
            journal=with_events(journal, subscriptions, world),  # clients are told of what is done here, too
            vault=vault_here(root) or Vault({"desk": World().token(32)}, "desk"),  # nothing is sealed at the desk
            world=world,
            catalogue=catalogue,
            router=Router(catalogue, world, {}),
            channels={},
            owner="desk",
        )
        try:
            return await work(parts)
        except HubError as no:
            faults = "; ".join(f"{fault.path}: {fault.message}" for fault in no.faults)
            leave(Exit.wrong, f"{no.detail}{f' ({faults})' if faults else ''}", _next_step(no, options or {}))
        except JournalUnavailable as down:
            leave(Exit.missing, str(down))

    return await open_workspace_journal(seated)


def _next_step(no: HubError, options: Mapping[str, str]) -> str:
    """What to do about a refusal: the API speaks of fields, the command line of its options."""
    named = dict.fromkeys(options[fault.path] for fault in no.faults if fault.path in options)
    return "; ".join(named) or ("correct what is named, and run it again" if no.faults else no.next_step)


def vault_here(root: Path) -> Vault | None:
    """The keys for raw messages, if there are any here: a command that looks makes none."""
    settings = settings_of(root)
    if not settings.key and not settings.key_file.exists():
        return None
    try:
        return open_vault(settings)
    except VaultError as invalid:
        leave(Exit.usage, str(invalid))


def who(name: str | None) -> str:
    """The person who acts: as named, else the user this process runs for."""
    try:
        return name or getpass.getuser()
    except (OSError, KeyError):
        leave(Exit.usage, "nobody is named", "say who you are with --by")
