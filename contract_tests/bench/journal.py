"""Durable operations per second through the journal, beside a bare loop of the same statements on the same driver.

An operation is what an issue writes: opened with its decision, attempt and exact bytes; then ended with the policy it
made. 64 operations are under way at once; the bare loop writes batches of 64, each in one transaction, as durably.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from statistics import quantiles

import asyncpg
from msgspec.structs import replace

from contract_tests.bench.figures import Figure
from contract_tests.checker.stores import StoreMissing, postgres
from gateway.journal.changes import Cross, Decide, EndAttempt, Keep, Move, Open, Put, StartAttempt
from gateway.journal.postgres import PostgresJournal
from gateway.journal.protocol import Journal
from gateway.journal.records import (
    AttemptRecord,
    DecisionRecord,
    MessageRecord,
    NumberRecord,
    ObjectRecord,
    OperationRecord,
)
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.statements import Group, in_batch
from gateway.journal.tables import numbered
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState
from gateway.ports import World

OPERATIONS, AT_ONCE = 6_400, 64
LEAST = 0.3
NOW = datetime(2026, 3, 3, tzinfo=UTC)
"""When everything was written: what is measured does not depend on it."""

Told = Callable[[str], None]
Written = tuple[Group, Group]


def run(told: Told) -> list[Figure]:
    """Both databases; PostgreSQL is left out with a line where there is none."""
    return asyncio.run(_run(told))


async def _run(told: Told) -> list[Figure]:
    world = World()
    told("SQLite")
    with tempfile.TemporaryDirectory(prefix="insurehub-bench-") as folder:
        bare, journal = Path(folder) / "bare.db", Path(folder) / "journal.db"
        figures = await _figures("sqlite", SqliteJournal(journal), lambda made: _bare_sqlite(bare, made), world)
    told("PostgreSQL")
    async with _databases() as found:
        if found is None:
            return [*figures, Figure(name="journal.postgres", value=0, unit="", note="no PostgreSQL: not measured")]
        dsn, bare_dsn = found
        return figures + await _figures(
            "postgres", PostgresJournal(dsn), lambda made: _bare_postgres(bare_dsn, made), world
        )


async def _figures(
    name: str, journal: Journal, bare: Callable[[list[Written]], Awaitable[float]], world: World
) -> list[Figure]:
    bare_per_s = await bare([_written(world) for _ in range(OPERATIONS)])
    per_s, p99_s = await _through(journal, [_written(world) for _ in range(OPERATIONS)])
    return [
        Figure(name=f"journal.{name}_per_s", value=round(per_s), unit="/s", note="durable operations, two groups each"),
        Figure(name=f"journal.{name}_p99_ms", value=round(p99_s * 1000, 1), unit="ms", note="both groups of one"),
        Figure(name=f"journal.{name}_bare_per_s", value=round(bare_per_s), unit="/s", note="the same statements, bare"),
        Figure(
            name=f"journal.{name}_to_bare", value=round(per_s / bare_per_s, 2), unit="x", limit=LEAST, rule="at_least"
        ),
    ]


async def _through(journal: Journal, made: list[Written]) -> tuple[float, float]:
    """Operations per second through the protocol, and the 99th percentile of one."""
    await journal.start()
    waits: list[float] = []
    waiting = iter(made)

    async def work() -> None:
        for first, second in waiting:
            began = time.perf_counter()
            await journal.write(*first)
            await journal.write(*second)
            waits.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    spent = time.perf_counter() - began
    await journal.close()
    return len(made) / spent, quantiles(waits, n=100)[98]


async def _bare_sqlite(path: Path, made: list[Written]) -> float:
    journal = SqliteJournal(path)
    await journal.start()
    await journal.close()
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        began = time.perf_counter()
        for groups in _batches(made):
            connection.execute("BEGIN IMMEDIATE")
            for statement, changes in in_batch(groups):
                connection.executemany(statement.sql, [statement.values(change) for change in changes])
            connection.execute("COMMIT")
        return len(made) / (time.perf_counter() - began)


async def _bare_postgres(dsn: str, made: list[Written]) -> float:
    journal = PostgresJournal(dsn)
    await journal.start()
    await journal.close()
    connection = await asyncpg.connect(dsn)
    began = time.perf_counter()
    for groups in _batches(made):
        async with connection.transaction():
            for statement, changes in in_batch(groups):
                await connection.executemany(numbered(statement.sql), [statement.values(change) for change in changes])
    spent = time.perf_counter() - began
    await connection.close()
    return len(made) / spent


def _batches(made: list[Written]) -> list[list[Group]]:
    """First and second groups of 64 operations in turn."""
    cut = [made[at : at + AT_ONCE] for at in range(0, len(made), AT_ONCE)]
    return [[written[half] for written in part] for part in cut for half in (0, 1)]


def _written(world: World) -> Written:
    """What one issue writes, before its bytes leave and after its answer came."""
    op = OperationRecord(
        operation_id=world.new_id("op"),
        client="bench",
        operation="policy.issue",
        idem_key=token_hex(12),
        request_hash=token_hex(32),
        business_key=f"policy:bench:{token_hex(8)}",
        state=OperationState.sending,
        request=b"r" * 2_400,
        channel="bench_main",
        adapter_version="1",
        client_ref=token_hex(8),
        deadline_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )
    attempt = AttemptRecord(
        attempt_id=world.new_id("att"),
        operation_id=op.operation_id,
        step="",
        purpose="effect",
        number=1,
        channel="bench_main",
        request_no=token_hex(25),
        adapter_version="1",
        started_at=NOW,
    )
    decision = DecisionRecord(
        decision_id=world.new_id("rd"),
        operation_id=op.operation_id,
        client="bench",
        created_at=NOW,
        channel="bench_main",
        body=b"d" * 700,
    )
    policy = ObjectRecord(
        kind="policy",
        object_id=world.new_id("pol"),
        client="bench",
        client_ref=op.client_ref,
        channel="bench_main",
        operation_id=op.operation_id,
        status="in_force",
        data=b"p" * 2_000,
        created_at=NOW,
        updated_at=NOW,
    )
    ended = replace(attempt, ended_at=NOW, outcome=OutcomeKind.accepted)
    done = replace(
        op, state=OperationState.succeeded, subject_id=policy.object_id, answer_status=201, answer_object="policy"
    )
    number = NumberRecord(
        channel="bench_main", number_kind="policy", no=token_hex(10), kind="policy", object_id=policy.object_id,
        client="bench",
    )  # fmt: skip
    return (
        (Open(op), Decide(decision), StartAttempt(attempt), Keep(_message(attempt, "request", 2_600))),
        (
            EndAttempt(ended),
            Keep(_message(attempt, "reply", 1_200)),
            Put(policy),
            Cross(number),
            Move(done, OperationState.sending),
        ),
    )


def _message(attempt: AttemptRecord, direction: str, size: int) -> MessageRecord:
    return MessageRecord(owner_id=attempt.attempt_id, direction=direction, at=NOW, sealed=b"m" * size)


@asynccontextmanager
async def _databases() -> AsyncIterator[tuple[str, str] | None]:
    """Two databases of a server of one's own; None where there is no PostgreSQL."""
    try:
        store = postgres()
    except StoreMissing:
        yield None
        return
    try:
        await store.start()
        connection = await asyncpg.connect(store.dsn)
        await connection.execute("CREATE DATABASE bare")
        await connection.close()
        yield store.dsn, store.dsn.replace("/torture", "/bare")
    finally:
        await store.close()
