"""What only a file on a disk can promise, or break."""

import asyncio
import sqlite3
import subprocess
import sys
import textwrap

import pytest
from msgspec.structs import replace

from gateway.journal.changes import Keep, Move, Open, Put
from gateway.journal.errors import JournalUnavailable
from gateway.journal.records import MessageRecord
from gateway.journal.sqlite import SqliteJournal
from gateway.model.states import OperationState


async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path):
    script = textwrap.dedent(f"""
        import asyncio, os, signal
        from datetime import UTC, datetime
        from pathlib import Path
        from gateway.journal.changes import Keep
        from gateway.journal.records import MessageRecord
        from gateway.journal.sqlite import SqliteJournal

        async def main():
            journal = SqliteJournal(Path({str(tmp_path / "j.db")!r}))
            await journal.start()
            now = datetime.now(UTC)
            rows = [MessageRecord(owner_id=f"o{{i}}", direction="request", at=now, sealed=b"x")
                    for i in range(200)]
            await asyncio.gather(*(journal.write(Keep(row)) for row in rows))
            print("acknowledged", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
    """)
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "acknowledged\n"
    assert done.returncode == -9
    journal = SqliteJournal(tmp_path / "j.db")
    await journal.start()
    assert all([await journal.messages(f"o{i}") for i in range(200)])
    await journal.close()


async def test_a_locked_database_refuses_and_says_so(tmp_path, operation, monkeypatch):
    monkeypatch.setattr("gateway.journal.writer.LOCKED_MAX_S", 0.05)
    journal = SqliteJournal(tmp_path / "j.db")
    await journal.start()
    other = sqlite3.connect(tmp_path / "j.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    record = operation()
    with pytest.raises(JournalUnavailable):
        await journal.write(Open(record))
    other.execute("ROLLBACK")
    await journal.write(Open(record))
    assert await journal.operation(record.operation_id) == record
    await journal.close()
    other.close()


async def test_a_full_disk_refuses_the_group_and_keeps_the_rest(tmp_path, now):
    journal = SqliteJournal(tmp_path / "j.db", page_count_max=120)
    await journal.start()

    def row(name: str, size: int) -> Keep:
        return Keep(MessageRecord(owner_id=name, direction="reply", at=now, sealed=b"x" * size))

    await journal.write(row("small", 10))
    with pytest.raises(JournalUnavailable):
        await journal.write(row("huge", 4_000_000))
    await journal.write(row("small again", 10))
    assert [len(await journal.messages(name)) for name in ("small", "huge", "small again")] == [1, 0, 1]
    await journal.close()


async def test_a_folder_that_cannot_be_written_is_reported_at_start(tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    journal = SqliteJournal(tmp_path / "taken" / "j.db")
    with pytest.raises(JournalUnavailable):
        await journal.start()


async def test_a_second_start_finds_the_schema_in_place(tmp_path, operation):
    record = operation()
    for _ in range(2):
        journal = SqliteJournal(tmp_path / "j.db")
        await journal.start()
        if await journal.operation(record.operation_id) is None:
            await journal.write(Open(record))
        await journal.close()
    assert sqlite3.connect(tmp_path / "j.db").execute("SELECT count(*) FROM operations").fetchone() == (1,)


async def test_a_version_is_kept_aside_when_the_next_one_replaces_it(tmp_path, policy):
    journal = SqliteJournal(tmp_path / "j.db")
    await journal.start()
    first = policy(data=b'{"no":1}')
    for version in (1, 2, 3):
        await journal.write(Put(replace(first, version=version, data=b'{"no":%d}' % version)))
    current = await journal.object("policy", first.object_id)
    await journal.close()
    kept = sqlite3.connect(tmp_path / "j.db").execute("SELECT version, data FROM object_versions").fetchall()
    assert kept == [(1, b'{"no":1}'), (2, b'{"no":2}')]
    assert current.data == b'{"no":3}'


async def test_a_move_changes_everything_but_what_the_operation_was_opened_with(tmp_path, operation, now):
    journal = SqliteJournal(tmp_path / "j.db")
    await journal.start()
    opened = operation(business_key="b1")
    await journal.write(Open(opened))
    moved = replace(
        opened, state=OperationState.succeeded, answer_status=201, answer=b"{}", business_key=None, updated_at=now
    )
    await journal.write(Move(replace(moved, request=b"[]", idem_key="other"), opened.state))
    assert await journal.operation(opened.operation_id) == moved
    await journal.close()


async def test_a_journal_that_is_not_open_refuses(tmp_path, operation):
    with pytest.raises(JournalUnavailable):
        await SqliteJournal(tmp_path / "j.db").write(Open(operation()))
