"""Sealing everything again under the current key, so that an older one can be put away.

In bounded batches under a lease, beside running gateways. What cannot be opened stays as it is and is told: a message
whose key is lost is not an empty message.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from gateway.journal.upkeep.database import Database, Row
from gateway.journal.upkeep.lease import Lease
from gateway.journal.vault import KeyLost, Vault, VaultError
from gateway.ports import World

BATCH = 200
PAUSE_S = 0.02
LEASE = "reseal"
DAMAGED = "damaged"


class Sealed(Struct, frozen=True, kw_only=True):
    """Where sealed bytes stand: the first key column is the id they were sealed for."""

    table: str
    keys: tuple[str, ...]
    column: str

    @property
    def old(self) -> str:
        """What is not sealed under the key whose mark is given with its length."""
        return f"substr({self.column}, 1, ?) <> ?"


SEALED = (
    Sealed(table="messages", keys=("owner_id", "direction"), column="sealed"),
    Sealed(table="inbound", keys=("inbound_id",), column="sealed"),
    Sealed(table="webhook_endpoints", keys=("endpoint_id",), column="keys"),
)


@dataclass
class Resealing:
    """One run, and what it found: how many were sealed again, and how many could not be opened, by table and why."""

    database: Database
    world: World
    vault: Vault
    dry_run: bool = False
    stops: Callable[[], bool] = lambda: False
    told: Callable[[int], None] = lambda _rows: None
    resealed: Counter[str] = field(default_factory=Counter)
    unopened: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def count(self) -> int:
        """How many are sealed under another key than the current one."""
        mark = self.vault.mark
        total = 0
        for place in SEALED:
            counted = await self.database.rows(
                f"SELECT count(*) FROM {place.table} WHERE {place.old}",  # noqa: S608 - our names
                (len(mark), mark),
            )
            total += counted[0][0]
        return total

    async def run(self) -> bool:
        """Seal again whatever is not under the current key; False when it was stopped before its end.

        Raises LeaseHeld.
        """
        lease = Lease(self.database, self.world, LEASE)
        await lease.take()
        try:
            for place in SEALED:
                if not await self._table(place, lease):
                    return False
        finally:
            await lease.give_back()
        return True

    async def _table(self, place: Sealed, lease: Lease) -> bool:
        columns = ", ".join((*place.keys, place.column))
        keys = ", ".join(place.keys)
        after: tuple[Any, ...] = ("",) * len(place.keys)
        mark = self.vault.mark
        select = (
            f"SELECT {columns} FROM {place.table} WHERE ({keys}) > ({', '.join('?' for _ in after)}) "  # noqa: S608
            f"AND {place.old} ORDER BY {keys} LIMIT {BATCH}"
        )
        while found := await self.database.rows(select, (*after, len(mark), mark)):
            if self.stops():
                return False
            after = found[-1][:-1]
            async with self.database.transaction():
                await lease.take()
                for row in found:
                    await self._row(place, row)
            self.told(len(found))
            await self.world.sleep(PAUSE_S)
        return True

    async def _row(self, place: Sealed, row: Row) -> None:
        *keys, sealed = row
        try:
            plain = self.vault.open(sealed, keys[0])
        except KeyLost as lost:
            self.unopened[place.table, lost.key_id] += 1
            return
        except VaultError:
            self.unopened[place.table, DAMAGED] += 1
            return
        self.resealed[place.table] += 1
        if not self.dry_run:
            # Only what is still as it was read: a gateway may have written it anew since.
            where = " AND ".join(f"{key} = ?" for key in (*place.keys, place.column))
            await self.database.rows(
                f"UPDATE {place.table} SET {place.column} = ? WHERE {where}",  # noqa: S608 - our names
                (self.vault.seal(plain, keys[0]), *keys, sealed),
            )
