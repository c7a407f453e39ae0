"""The append-only record of every effect a mock carrier had: the witness that can contradict the gateway."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


class Ledger:
    """A file of JSON lines. A line is in the file before the reply leaves, and on the disk when `fsync` is on.

    The write survives the death of this process; the fsync, shared by all requests that wait for it, the machine's.
    """

    def __init__(self, path: Path | None, *, fsync: bool = True) -> None:
        self.path, self._fsync = path, fsync and path is not None
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if path else None
        self._lines: list[dict[str, Any]] = []
        self._written = self._durable = 0
        self._syncing: asyncio.Future[None] | None = None
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="ledger") if self._fsync else None

    def append(self, line: dict[str, Any]) -> None:
        """Write one effect."""
        if self._file is None:
            self._lines.append(line)
            return
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if os.write(self._file, data) != len(data):
            raise OSError("the ledger's disk is full")
        self._written += 1

    async def durable(self) -> None:
        """Wait until everything written so far is on the disk; one fsync serves all who wait."""
        wanted = self._written
        while self._fsync and self._durable < wanted:
            if self._syncing is None:
                self._syncing = asyncio.ensure_future(self._sync())
            await asyncio.shield(self._syncing)

    async def _sync(self) -> None:
        covered = self._written
        assert self._file is not None
        try:
            await asyncio.get_running_loop().run_in_executor(self._disk, os.fdatasync, self._file)
            self._durable = covered
        finally:
            self._syncing = None

    def lines(self, namespace: str | None = None) -> list[dict[str, Any]]:
        """All effects, or those of one namespace, as they stand in the file."""
        found = self._lines if self.path is None else read_ledger(self.path)
        return [line for line in found if namespace is None or line["namespace"] == namespace]

    def close(self) -> None:
        """Close the file."""
        if self._disk:
            self._disk.shutdown()
        if self._file is not None:
            os.close(self._file)
            self._file = None


def read_ledger(path: Path) -> list[dict[str, Any]]:
    """Read a ledger's file; a last line cut short by a crash of the machine is left out."""
    data = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]
