"""One worker at a time: a lease in the database, renewed inside every transaction it protects."""

from datetime import timedelta

from gateway.journal.errors import JournalError
from gateway.journal.tables import micros
from gateway.journal.upkeep.database import Database
from gateway.ports import World

LEASE_S = 120.0
_TAKE = (
    "INSERT INTO leases (name, owner, until) VALUES (?, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET owner = EXCLUDED.owner, until = EXCLUDED.until "
    "WHERE leases.owner = EXCLUDED.owner OR leases.until < ? RETURNING owner"
)
_GIVE_BACK = "DELETE FROM leases WHERE name = ? AND owner = ?"


class LeaseHeld(JournalError):
    """Another process is at this work: wait for it, or for the end of its lease if it has died."""


class Lease:
    """The right to do one kind of upkeep; it ends by itself when its holder dies."""

    def __init__(self, database: Database, world: World, name: str) -> None:
        """Name the work; nothing is taken yet."""
        self._database, self._world, self._name = database, world, name
        self._owner = world.new_id("lease")

    async def take(self) -> None:
        """Take the lease, or hold it for longer. Raises LeaseHeld."""
        now = self._world.now()
        until = micros(now + timedelta(seconds=LEASE_S))
        if not await self._database.rows(_TAKE, (self._name, self._owner, until, micros(now))):
            raise LeaseHeld(f"another process has the lease '{self._name}', for {LEASE_S:.0f} s after its last sign")

    async def give_back(self) -> None:
        """Let the next one begin at once."""
        await self._database.rows(_GIVE_BACK, (self._name, self._owner))
