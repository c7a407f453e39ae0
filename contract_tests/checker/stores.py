"""The database under torture: where the journal is, what can be done to it, and its rows read without touching them."""

import asyncio
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import asyncpg

OWNERS = ("postgres", "nobody")
START_S = 30.0


class StoreMissing(Exception):
    """There is no such database on this machine; the text says what was looked for."""


class Store(Protocol):
    """A database the harness owns."""

    dsn: str

    async def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """Read rows without being able to change one."""

    async def close(self) -> None:
        """End and remove it."""


class SqliteStore:
    """One file; its nemeses are a lock that another process holds and a disk that is full."""

    def __init__(self, state: Path) -> None:
        """The file stands in the run's folder, and stays there."""
        self.file = state / "journal.db"
        self.dsn = f"sqlite:{self.file}"

    async def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """Read through a connection that may only read."""
        if not self.file.exists():
            return []
        connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    async def lock(self, seconds: float) -> None:
        """Another process keeps the write lock."""
        connection = sqlite3.connect(self.file, timeout=5, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    def pages(self) -> int:
        """How many pages the file has."""
        connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)
        try:
            return int(connection.execute("PRAGMA page_count").fetchone()[0])
        finally:
            connection.close()

    async def close(self) -> None:
        """The file stays as evidence."""


class PostgresStore:
    """A private cluster; its nemeses are a restart without warning and connections that are cut."""

    def __init__(self, programs: Path, folder: Path, owner: str | None) -> None:
        """See `open_postgres`."""
        self._programs, self._folder, self._owner = programs, folder, owner
        self._data = folder / "data"
        self.dsn = f"postgresql://postgres@/torture?host={folder}"

    async def start(self) -> None:
        """Make the cluster and its one database."""
        await self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c max_connections=60"
        await self._run("pg_ctl", "-D", str(self._data), "-o", options, "-l", str(self._folder / "log"), "-w", "start")
        connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={self._folder}")
        await connection.execute("CREATE DATABASE torture")
        await connection.close()

    async def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """Read through a connection that may only read."""
        connection = await asyncpg.connect(self.dsn, server_settings={"default_transaction_read_only": "on"})
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    async def restart(self) -> None:
        """Stop at once, as a crash would, and start again."""
        await self._run(
            "pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "restart", "-l", str(self._folder / "log")
        )

    async def cut_connections(self) -> int:
        """End every other connection from the server's side; gives how many."""
        connection = await asyncpg.connect(self.dsn)
        try:
            cut = await connection.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = 'torture' AND pid <> pg_backend_pid()"
            )
            return len(cut)
        finally:
            await connection.close()

    async def close(self) -> None:
        """Stop the server and remove its files."""
        if (self._data / "postmaster.pid").exists():
            await self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _run(self, program: str, *words: str) -> None:
        who: dict[str, Any] = {}
        if self._owner is not None:
            known = pwd.getpwnam(self._owner)
            who = {"user": known.pw_uid, "group": known.pw_gid, "extra_groups": []}
        # Not a pipe: the server would inherit it, and reading it would not end.
        with (self._folder.parent / f"{self._folder.name}.out").open("w+") as said:
            process = await asyncio.create_subprocess_exec(
                str(self._programs / program), *words, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                cwd=self._folder, start_new_session=True, **who,
            )  # fmt: skip
            code = await asyncio.wait_for(process.wait(), START_S)
            said.seek(0)
            words_said = said.read()
        os.unlink(said.name)  # noqa: PTH108 - a file of ours that is closed
        if code:
            raise StoreMissing(f"PostgreSQL's {program} failed:\n{words_said[-1500:]}")


async def open_store(kind: str, state: Path) -> Store:
    """The database of a run. Raises StoreMissing."""
    if kind == "sqlite":
        return SqliteStore(state)
    store = postgres()
    try:
        await store.start()
    except BaseException:
        await store.close()
        raise
    return store


def postgres() -> PostgresStore:
    """A private cluster that is not started yet. Raises StoreMissing."""
    programs = server_programs()
    if programs is None:
        raise StoreMissing("no PostgreSQL server here: neither pg_config nor PATH leads to initdb and pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="insurehub-pg-"))
    owner = None
    if os.geteuid() == 0:
        owner = next((name for name in OWNERS if _is_known(name)), None)
        if owner is None:
            raise StoreMissing("PostgreSQL does not run as root, and there is no user postgres or nobody")
        os.chown(folder, pwd.getpwnam(owner).pw_uid, pwd.getpwnam(owner).pw_gid)
    return PostgresStore(programs, folder, owner)


def server_programs() -> Path | None:
    """The folder of initdb and pg_ctl: as pg_config says, else where PATH finds them."""
    found: list[Path] = []
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603
        found.append(Path(said.stdout.strip()))
    if initdb := shutil.which("initdb"):
        found.append(Path(initdb).resolve().parent)
    return next((each for each in found if (each / "initdb").exists() and (each / "pg_ctl").exists()), None)


def _is_known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
