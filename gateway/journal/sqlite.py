"""The journal in one SQLite file: WAL, synchronous=FULL, one writer thread with group commit, reads beside it.

Reads run on a connection of the event loop's own thread: a point read of a warm page costs less than a thread's hop.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from gateway.journal.apply import apply
from gateway.journal.protocol import LIVE_STATES, Change, JournalUnavailable
from gateway.journal.records import (
    AttemptRecord,
    ClientRecord,
    DecisionRecord,
    InboundRecord,
    MessageRecord,
    NoteRecord,
    NumberRecord,
    ObjectRecord,
    OperationRecord,
    Record,
)
from gateway.journal.tables import (
    ATTEMPTS,
    CLIENTS,
    DECISIONS,
    INBOUND,
    MESSAGES,
    NOTES,
    NUMBERS,
    OBJECTS,
    OPERATIONS,
    Table,
    micros,
)
from gateway.journal.writer import GroupCommitter
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 2_000
_LIVE = ", ".join(f"'{state.value}'" for state in LIVE_STATES)
_FREE = "('failed', 'declined', 'expired')"

R = TypeVar("R", bound=Record)


class SqliteJournal:
    """A journal in a file; several processes may read it, one gateway writes it."""

    def __init__(self, path: Path, *, page_count_max: int | None = None) -> None:
        """Name the file; `page_count_max` bounds its size in pages, for trying out a full disk."""
        self._path = path
        self._page_count_max = page_count_max
        self._writer = GroupCommitter(self._connect_to_write)
        self._reader: sqlite3.Connection | None = None

    async def start(self) -> None:
        """Open the file, make it when absent, and bring its schema up to date."""
        await self._writer.start()
        try:
            self._reader = self._connect()
            self._reader.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise JournalUnavailable(f"the journal cannot be read: {error}") from None

    async def close(self) -> None:
        """Commit what is queued and close."""
        await self._writer.close()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    async def write(self, *changes: Change) -> None:
        """Write a group of changes atomically and durably."""
        await self._writer.submit(lambda connection: apply(connection, changes))

    async def claim_due(self, now: datetime, owner: str, lease_until: datetime, limit: int) -> list[OperationRecord]:
        """Take live operations whose lease has ended and whose next check is due; their fence goes up by one."""
        stamp = micros(now)
        claim = (
            "UPDATE operations SET lease_owner = ?, lease_until = ?, fence = fence + 1 WHERE operation_id IN ("  # noqa: S608
            f"SELECT operation_id FROM operations WHERE state IN ({_LIVE}) "
            "AND (lease_until IS NULL OR lease_until < ?) AND (next_check_at IS NULL OR next_check_at <= ?) "
            "ORDER BY next_check_at LIMIT ?) RETURNING operation_id"
        )
        chosen = f"SELECT {OPERATIONS.selected} FROM {OPERATIONS.view} WHERE operation_id = ?"  # noqa: S608 - our names
        values = (owner, micros(lease_until), stamp, stamp, limit)

        def claimed(connection: sqlite3.Connection) -> list[Any]:
            ids = connection.execute(claim, values).fetchall()
            return [connection.execute(chosen, each).fetchone() for each in ids]

        rows = await self._writer.submit(claimed)
        return [OPERATIONS.load(row) for row in rows]

    async def operation(self, operation_id: str) -> OperationRecord | None:
        return self._one(OPERATIONS, "operation_id = ?", operation_id)

    async def operation_by_key(self, client: str, operation: str, idem_key: str) -> OperationRecord | None:
        return self._one(OPERATIONS, "client = ? AND operation = ? AND idem_key = ?", client, operation, idem_key)

    async def operation_by_business_key(self, business_key: str) -> OperationRecord | None:
        return self._one(OPERATIONS, f"business_key = ? AND state NOT IN {_FREE}", business_key)

    async def operation_by_request_no(self, channel: str, request_no: str) -> OperationRecord | None:
        where = (
            "operation_id IN (SELECT operation_id FROM attempts WHERE channel = ? "
            "AND request_no >= ? AND request_no < ?)"
        )
        return self._one(OPERATIONS, where, channel, request_no, request_no + "\U0010ffff")

    async def operations(
        self, *, states: Sequence[OperationState] = (), client: str | None = None, limit: int = 100
    ) -> list[OperationRecord]:
        where, values = ["1 = 1"], list[Any]()
        if states:
            where.append(f"state IN ({', '.join('?' for _ in states)})")
            values += [state.value for state in states]
        if client is not None:
            where.append("client = ?")
            values.append(client)
        return self._all(OPERATIONS, " AND ".join(where), *values, order="operation_id DESC", limit=limit)

    async def open_operations(self) -> dict[OperationState, int]:
        counted = self._read(f"SELECT state, count(*) FROM operations WHERE state IN ({_LIVE}) GROUP BY state", ())  # noqa: S608 - our names
        waiting = self._count("SELECT count(*) FROM operations WHERE state = 'needs_review'")
        found = {OperationState(state): count for state, count in counted}
        return {**found, OperationState.needs_review: waiting} if waiting else found

    async def operations_of(self, subject_id: str) -> list[OperationRecord]:
        return self._all(OPERATIONS, "subject_id = ?", subject_id, order="operation_id")

    async def attempts(self, operation_id: str) -> list[AttemptRecord]:
        return self._all(ATTEMPTS, "operation_id = ?", operation_id, order="number, attempt_id")

    async def attempt_count(self, since: datetime, outcome: OutcomeKind | None = None) -> int:
        if outcome is None:
            return self._count("SELECT count(*) FROM attempts WHERE started_at >= ?", micros(since))
        where = "SELECT count(*) FROM attempts WHERE started_at >= ? AND outcome = ?"
        return self._count(where, micros(since), outcome.value)

    async def recent_attempts(self, since: datetime, limit: int) -> list[AttemptRecord]:
        latest = self._all(
            ATTEMPTS, "ended_at >= ?", micros(since), order="operation_id DESC, attempt_id DESC", limit=limit
        )
        return sorted(latest, key=lambda each: each.attempt_id)

    async def messages(self, owner_id: str) -> list[MessageRecord]:
        return self._all(MESSAGES, "owner_id = ?", owner_id, order="at, direction DESC")

    async def decision(self, decision_id: str) -> DecisionRecord | None:
        return self._one(DECISIONS, "decision_id = ?", decision_id)

    async def decisions(self, operation_id: str) -> list[DecisionRecord]:
        return self._all(DECISIONS, "operation_id = ?", operation_id, order="decision_id")

    async def object(self, kind: str, object_id: str) -> ObjectRecord | None:
        return self._one(OBJECTS, "kind = ? AND object_id = ?", kind, object_id)

    async def object_by_client_ref(self, kind: str, client: str, client_ref: str) -> ObjectRecord | None:
        where = "kind = ? AND client = ? AND client_ref = ?"
        return self._one(OBJECTS, where, kind, client, client_ref, order="object_id DESC")

    async def object_by_number(self, kind: str, client: str, no: str) -> ObjectRecord | None:
        where = "kind = ? AND object_id = (SELECT object_id FROM numbers WHERE client = ? AND no = ? AND kind = ?)"
        return self._one(OBJECTS, where, kind, client, no, kind)

    async def number(self, channel: str, number_kind: str, no: str) -> NumberRecord | None:
        return self._one(NUMBERS, "channel = ? AND number_kind = ? AND no = ?", channel, number_kind, no)

    async def objects(
        self, kind: str, client: str, *, after: str | None = None, limit: int = 100
    ) -> list[ObjectRecord]:
        where, values = "kind = ? AND client = ?", [kind, client]
        if after is not None:
            where, values = f"{where} AND object_id < ?", [*values, after]
        return self._all(OBJECTS, where, *values, order="object_id DESC", limit=limit)

    async def object_count(self, kind: str, channel: str, since: datetime) -> int:
        where = "SELECT count(*) FROM objects WHERE kind = ? AND channel = ? AND created_at >= ?"
        return self._count(where, kind, channel, micros(since))

    async def inbound(self, inbound_id: str) -> InboundRecord | None:
        return self._one(INBOUND, "inbound_id = ?", inbound_id)

    async def waiting_inbound(self, limit: int) -> list[InboundRecord]:
        return self._all(INBOUND, "state = 'received'", order="received_at", limit=limit)

    async def notes(self, operation_id: str) -> list[NoteRecord]:
        return self._all(NOTES, "operation_id = ?", operation_id, order="note_id")

    async def client_by_key(self, key_hash: str) -> ClientRecord | None:
        return self._one(CLIENTS, "key_hash = ?", key_hash)

    async def clients(self) -> list[ClientRecord]:
        return self._all(CLIENTS, "1 = 1", order="client, created_at")

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, cached_statements=256)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if self._page_count_max is not None:
            connection.execute(f"PRAGMA max_page_count = {self._page_count_max}")
        _migrate(connection)
        return connection

    def _connect_to_write(self) -> sqlite3.Connection:
        """The writer waits for locks in its thread, never inside a statement on the loop."""
        connection = self._connect()
        connection.execute("PRAGMA busy_timeout = 0")
        return connection

    def _read(self, sql: str, values: Sequence[Any]) -> list[Any]:
        if self._reader is None:
            raise JournalUnavailable("the journal is not open")
        try:
            return self._reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise JournalUnavailable(f"the journal cannot be read: {error}") from None

    def _all(self, table: Table[R], where: str, *values: Any, order: str, limit: int = -1) -> list[R]:
        sql = f"SELECT {table.selected} FROM {table.view} WHERE {where} ORDER BY {order} LIMIT {limit}"  # noqa: S608
        return [table.load(row) for row in self._read(sql, values)]

    def _one(self, table: Table[R], where: str, *values: Any, order: str | None = None) -> R | None:
        rows = self._all(table, where, *values, order=order or table.keys[0], limit=1)
        return rows[0] if rows else None

    def _count(self, sql: str, *values: Any) -> int:
        return int(self._read(sql, values)[0][0])


def _migrate(connection: sqlite3.Connection) -> None:
    """Run the numbered files that this database has not seen, each in its own transaction."""
    done = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for file in sorted(MIGRATIONS.glob("sqlite_*.sql")):
        number = int(file.name.split("_")[1])
        if number > done:
            script = file.read_text(encoding="utf-8")
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
