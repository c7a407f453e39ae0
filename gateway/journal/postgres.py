"""The journal in PostgreSQL: several gateways write one database; each commits its own groups together.

A commit that was sent and not answered may have happened: the database itself is asked for that transaction's fate
before anyone is told.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from tenacity import AsyncRetrying, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from gateway.journal.batches import Batches, Ending
from gateway.journal.changes import Change, must_be_moves
from gateway.journal.errors import JournalUnavailable
from gateway.journal.outbox_reads import OutboxReads, claim_values, claiming
from gateway.journal.postgres_months import make_ahead
from gateway.journal.postgres_opening import CONNECT_S, not_opened
from gateway.journal.postgres_schema import prepare
from gateway.journal.postgres_writes import TOO_MUCH, apply_apart, apply_together, storable
from gateway.journal.reads import LIVE
from gateway.journal.records import DeliveryRecord, OperationRecord
from gateway.journal.schema import MIGRATIONS, migrations_of
from gateway.journal.statements import Group
from gateway.journal.tables import DELIVERIES, OPERATIONS, TRIED, instant, micros, numbered
from gateway.model.events import Ordering

READERS_MAX = 8
_log = logging.getLogger("insurehub.journal")
STATEMENT_S = 10.0
FATE_WITHIN_S = 10.0
FATE_STEP_S = 0.2
SETTLING_S = (0.002, 0.005, 0.02, 0.1, 0.3)

DOWN = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
_WORDS = {
    asyncpg.ReadOnlySQLTransactionError: "the database takes no writes: is it a standby, or set read-only?",
    asyncpg.DiskFullError: "the database's disk is full",
}
_CLAIM = (
    "UPDATE operations SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE operation_id IN ("  # noqa: S608
    f"SELECT operation_id FROM operations WHERE state IN ({LIVE}) "
    "AND (lease_until IS NULL OR lease_until < $3) AND (next_check_at IS NULL OR next_check_at <= $3) "
    "ORDER BY next_check_at LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING operation_id"
)
_CLAIMED = f"SELECT {OPERATIONS.selected} FROM {OPERATIONS.view} WHERE operation_id = ANY($1)"  # noqa: S608 - our names
_ALONE = "SELECT 1 FROM webhook_endpoints WHERE endpoint_id = $1 FOR UPDATE SKIP LOCKED"
_WRITING_EVENTS = (
    "SELECT virtualtransaction FROM pg_locks WHERE relation = 'events'::regclass AND mode = 'RowExclusiveLock' "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class PostgresJournal(OutboxReads):
    """A journal in a PostgreSQL database; any number of gateways may share it."""

    member = "(convert_from(body, 'UTF8')::json ->> '{name}')"

    def __init__(self, dsn: str, *, upgrades: bool = False, migrations: Path = MIGRATIONS) -> None:
        """Name the database, as libpq does: `postgresql://user@host:5432/name`.

        An empty one is set up; one in use is brought to this version's schema only with `upgrades`.
        """
        self._dsn = dsn
        self._upgrades = upgrades
        self._migrations = migrations
        self._pool: asyncpg.Pool | None = None
        self._writing: asyncpg.Connection | None = None
        self._batches = Batches[Group](self._commit)
        self._settled = 0

    async def start(self) -> None:
        """Connect, and see to the schema; gateways that start together wait for each other."""
        try:
            await self._prepare()
            self._pool = await asyncpg.create_pool(
                self._dsn, min_size=0, max_size=READERS_MAX, command_timeout=STATEMENT_S
            )
            await self._writer()
        except (*DOWN, ValueError) as error:
            await self._close_pool()
            raise JournalUnavailable(not_opened(self._dsn, error)) from None
        self._batches.start()

    async def _prepare(self) -> None:
        files = migrations_of("postgres", self._migrations)
        # Statements have no limit: a migration takes its time.
        connection = await asyncpg.connect(self._dsn, timeout=CONNECT_S)
        try:
            await prepare(connection, files, upgrades=self._upgrades)
        finally:
            await hang_up(connection)

    async def close(self) -> None:
        """Commit what is queued and disconnect."""
        await self._batches.close()
        if self._writing is not None:
            await hang_up(self._writing)
            self._writing = None
        await self._close_pool()

    async def _close_pool(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def clock(self) -> datetime:
        """The database server's clock."""
        return instant((await self.rows("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", ()))[0][0])

    async def look_ahead(self, now: datetime) -> None:
        """Make the partitions of the months to come."""
        try:
            connection = await asyncpg.connect(self._dsn)
            try:
                made = await make_ahead(connection, now)
            finally:
                await hang_up(connection)
        except DOWN as error:
            raise JournalUnavailable(f"the partitions of the next months could not be made: {said(error)}") from None
        if made:
            _log.info("partitions made ahead: %s", ", ".join(made))

    async def write(self, *changes: Change) -> None:
        """Write a group of changes atomically and durably."""
        must_be_moves(changes)
        await self._batches.submit(changes)

    async def try_writing(self, now: datetime) -> None:
        """Write one row that is always the same; nobody waits for it."""
        try:
            await self._opened().execute(numbered(TRIED), micros(now))
        except DOWN as error:
            raise JournalUnavailable(f"the journal could not write: {said(error)}") from None

    async def claim_due(self, now: datetime, owner: str, lease_until: datetime, limit: int) -> list[OperationRecord]:
        """Take live operations whose lease has ended and whose next check is due; nobody else's are waited for."""
        pool = self._opened()
        try:
            async with pool.acquire() as connection, connection.transaction():
                taken = await connection.fetch(_CLAIM, owner, micros(lease_until), micros(now), limit)
                rows = await connection.fetch(_CLAIMED, [row[0] for row in taken]) if taken else []
        except DOWN as error:
            raise JournalUnavailable(f"the journal could not write: {said(error)}") from None
        return [OPERATIONS.load(tuple(row)) for row in rows]

    async def claim_deliveries(
        self, endpoint_id: str, ordering: Ordering, now: datetime, owner: str, lease_until: datetime, limit: int
    ) -> list[DeliveryRecord]:
        """Take due deliveries of an endpoint whose turn it is; their fence goes up by one, nobody is waited for."""
        values = claim_values(endpoint_id, ordering, now, owner, lease_until, limit)
        try:
            async with self._opened().acquire() as connection, connection.transaction():
                # Whether another one is being sent is seen only by who comes after its claim was committed.
                if ordering is Ordering.per_client and not await connection.fetch(_ALONE, endpoint_id):
                    return []
                rows = await connection.fetch(numbered(claiming(ordering, " FOR UPDATE SKIP LOCKED")), *values)
        except DOWN as error:
            raise JournalUnavailable(f"the journal could not write: {said(error)}") from None
        return sorted((DELIVERIES.load(tuple(row)) for row in rows), key=lambda each: each.place)

    async def events_upto(self) -> int:
        """The last place below which nothing can appear any more.

        Places are given when an event is written and seen when it is committed, which may be in another order. So the
        last place given is believed once every writer of that moment is over; until then, the one believed before.
        """
        last = (await self.rows("SELECT last_value FROM events_place_seq", ()))[0][0]
        writing = await self._writing_events()
        for wait_s in SETTLING_S:
            if not writing:
                self._settled = max(self._settled, last)
                break
            await asyncio.sleep(wait_s)
            writing &= await self._writing_events()
        return self._settled

    async def _writing_events(self) -> set[str]:
        """The transactions that may have written events and are not over: each holds the table's lock to its end."""
        return {row[0] for row in await self.rows(_WRITING_EVENTS, ())}

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Read over a connection of the pool."""
        try:
            return [tuple(row) for row in await self._opened().fetch(numbered(sql), *storable(values))]
        except DOWN as error:
            raise JournalUnavailable(f"the journal cannot be read: {said(error)}") from None

    def _opened(self) -> asyncpg.Pool:
        if self._pool is None:
            raise JournalUnavailable("the journal is not open")
        return self._pool

    async def _commit(self, groups: Sequence[Group]) -> list[Ending]:
        try:
            connection = await self._writer()
            endings, xid = await _written(connection, groups)
        except DOWN as error:
            return await self._not_written(groups, said(error))
        try:
            await connection.execute("COMMIT", timeout=STATEMENT_S)
        except DOWN as error:
            await self._drop_writer()
            if not await self._happened(xid):
                return await self._not_written(groups, said(error))
        return endings

    async def _not_written(self, groups: Sequence[Group], why: str) -> list[Ending]:
        await self._drop_writer()
        return [(None, JournalUnavailable(f"the journal could not write: {why}")) for _ in groups]

    async def _happened(self, xid: str) -> bool:
        """Whether a transaction whose commit was not answered was committed; no answer in time counts as no."""
        asking = AsyncRetrying(
            retry=retry_if_exception_type(DOWN) | retry_if_result(lambda fate: fate == "in progress"),
            wait=wait_fixed(FATE_STEP_S),
            stop=stop_after_delay(FATE_WITHIN_S),
            retry_error_callback=lambda _: "not told",
        )
        return bool(await asking(self._fate, xid) == "committed")

    async def _fate(self, xid: str) -> str | None:
        """What the database says became of a transaction; asked over a connection of its own when the last one died."""
        try:
            fate: str | None = await (await self._writer()).fetchval("SELECT pg_xact_status($1::text::xid8)", xid)
        except DOWN:
            await self._drop_writer()
            raise
        return fate

    async def _writer(self) -> asyncpg.Connection:
        if self._writing is None or self._writing.is_closed():
            self._writing = await asyncpg.connect(self._dsn, command_timeout=STATEMENT_S)
        return self._writing

    async def _drop_writer(self) -> None:
        if self._writing is not None:
            await hang_up(self._writing)
            self._writing = None


async def _written(connection: asyncpg.Connection, groups: Sequence[Group]) -> tuple[list[Ending], str]:
    """Apply a batch inside a transaction that is left open, and say which transaction it is."""
    await connection.execute("BEGIN")
    together = False
    try:
        together = await apply_together(connection, groups)
    except asyncpg.IntegrityConstraintViolationError:
        pass  # a guard that the database keeps itself: found out group by group
    except TOO_MUCH:
        pass  # a value that cannot be stored: its group is found in the same way
    except asyncpg.DeadlockDetectedError:
        pass  # two gateways opened the same keys in another order: the groups go one by one
    endings: list[Ending] = [(None, None)] * len(groups)
    if not together:
        await connection.execute("ROLLBACK")
        await connection.execute("BEGIN")
        endings = await apply_apart(connection, groups)
    return endings, await connection.fetchval("SELECT pg_current_xact_id()::text")


async def hang_up(connection: asyncpg.Connection) -> None:
    """Close a connection, also one that does not answer any more."""
    try:
        await connection.close(timeout=1.0)
    except DOWN:
        connection.terminate()


def said(error: BaseException) -> str:
    """A failure in words; a database's own text may quote values, so only its class and code are told."""
    code = getattr(error, "sqlstate", None)
    words = next((f": {words}" for kind, words in _WORDS.items() if isinstance(error, kind)), "")
    return f"{type(error).__name__}{f' ({code})' if code else ''}{words}"
