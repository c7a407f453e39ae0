"""What upkeep needs of a database: one connection of its own, the same statements whatever the database."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from msgspec import Struct

from gateway.journal.postgres_months import Month
from gateway.journal.schema import EVERY_PHASE, Migration, Phase, Schema

Row = tuple[Any, ...]


class Size(Struct, frozen=True, kw_only=True):
    """How large a table is; `is_exact` is false where counting would read all of a very large one."""

    rows: int
    is_exact: bool = True
    bytes: int | None = None


class Database(ABC):
    """A journal's database as upkeep sees it; every method raises JournalUnavailable when it does not answer."""

    @abstractmethod
    async def open(self) -> None:
        """Connect; the schema is left as it is."""

    @abstractmethod
    async def close(self) -> None:
        """Disconnect."""

    @abstractmethod
    async def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run a statement with `?` for its values; gives its rows, or those it returns."""

    @abstractmethod
    def transaction(self) -> AbstractAsyncContextManager[None]:
        """What is run inside happens as a whole or not at all."""

    @abstractmethod
    async def schema(self) -> Schema:
        """What there are files for, and what has been applied. Raises SchemaRefused."""

    @abstractmethod
    async def upgrade(self, phases: Collection[Phase] = EVERY_PHASE) -> list[Migration]:
        """Apply what is pending of these phases; gives what was applied. Raises SchemaRefused."""

    @abstractmethod
    async def columns(self) -> dict[str, list[str]]:
        """The tables of the journal with their columns, in the order of their names."""

    @abstractmethod
    async def size(self, table: str) -> Size:
        """How large a table is, its indexes included."""

    async def months(self) -> dict[str, list[Month]]:
        """The months each partitioned table has a partition for, in order."""
        return {}

    async def make_ahead(self, now: datetime) -> list[str]:
        """Make the partitions of the months to come; gives their names."""
        return []

    @abstractmethod
    async def hold(self, tables: Collection[str]) -> None:
        """Let nobody else read or write these tables until the transaction ends."""

    @abstractmethod
    async def drop(self, month: Month, tables: Collection[str]) -> None:
        """Drop these tables' partitions of a month, inside a transaction; without months there is nothing to drop."""

    async def reusable_bytes(self) -> int | None:
        """What was removed and will be written anew before a file grows; None where the database sees to it itself."""
        return None


def marks(values: Collection[object]) -> str:
    """Placeholders for a list of values, in brackets."""
    return f"({', '.join('?' for _ in values)})"
