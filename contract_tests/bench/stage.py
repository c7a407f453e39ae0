"""The processes of a gateway benchmark: a carrier on one core with the load, the server under test on another."""

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from contract_tests.bench.load import http
from contract_tests.bench.message import WORKSPACE, context, request
from gateway.journal.sqlite import SqliteJournal
from gateway.ports import World
from gateway.service.gateway import add_client

START_S = 20.0
SERVER_CORE, OTHER_CORE = 0, 1
_SHARED = ("policyholder", "insureds", "coverages", "period", "product", "plan", "expected_premium")


@dataclass(frozen=True)
class Server:
    """A server under test: where it listens, its process, and how to make its requests."""

    name: str
    port: int
    process: asyncio.subprocess.Process
    api_key: str = ""

    def request(self, serial: int) -> bytes:
        """The bytes of one request; each issue has a key and a reference of its own."""
        if not self.api_key:
            return http("/api" if self.name == "carrier" else "/forward", _CARRIER_BODY)
        body = _ISSUE.replace(b"ORDER-SERIAL", f"ORDER-{serial:08}".encode())
        headers = f"Authorization: Bearer {self.api_key}\r\nIdempotency-Key: bench-{serial}\r\n"
        return http("/v1/policies", body, headers)

    def memory_mb(self) -> float:
        """Resident memory of the process."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _issue() -> bytes:
    asked = request()
    body = {name: getattr(asked, name) for name in _SHARED}
    return msgspec.json.encode({**body, "client_ref": "ORDER-SERIAL"})


def _carrier_body() -> bytes:
    from contract_tests.bench.handwritten.json import build  # noqa: PLC0415 - imported where it is needed once

    return build(request(), context()).body


_ISSUE = _issue()
_CARRIER_BODY = _carrier_body()


@asynccontextmanager
async def carrier() -> AsyncIterator[Server]:
    """The benchmark carrier."""
    process = await _start("-m", "contract_tests.bench.carrier", core=OTHER_CORE, pipe=True)
    assert process.stdout is not None
    port = int(await asyncio.wait_for(process.stdout.readline(), START_S))
    try:
        yield Server("carrier", port, process)
    finally:
        await _stop(process)


@asynccontextmanager
async def proxy(kind: str, target: Server) -> AsyncIterator[Server]:
    """A bare proxy in front of the carrier."""
    port = _free_port()
    url = f"http://127.0.0.1:{target.port}/api"
    process = await _start("-m", "contract_tests.bench.proxies", kind, "--port", str(port), "--target", url)
    try:
        await _listening(port)
        yield Server(kind, port, process)
    finally:
        await _stop(process)


@asynccontextmanager
async def gateway(target: Server) -> AsyncIterator[Server]:
    """The gateway with its journal on the disk, in front of the carrier."""
    with tempfile.TemporaryDirectory(prefix="insurehub-bench-") as folder:
        state, port = Path(folder), _free_port()
        secret = state / "sign_key"
        secret.write_text("benchmark-key", encoding="utf-8")
        config = f"{{ base_url: 'http://127.0.0.1:{target.port}', partner: P01 }}"
        settings = (
            f"channels:\n  benchmark_main:\n    config: {config}\n    secrets: {{ sign_key: {{ file: '{secret}' }} }}\n"
        )
        (state / "insurehub.yaml").write_text(settings, encoding="utf-8")
        api_key = await _client(state)
        environ = {
            "INSUREHUB_SETTINGS": str(state / "insurehub.yaml"),
            "INSUREHUB_JOURNAL": f"sqlite:{state / 'journal.db'}",
            "INSUREHUB_KEY_FILE": str(state / "key"),
        }
        command = ("-m", "cli", "serve", "--port", str(port), "--quiet")
        process = await _start(*command, environ=environ, cwd=WORKSPACE)
        try:
            await _listening(port)
            yield Server("gateway", port, process, api_key)
        finally:
            await _stop(process)


async def _client(state: Path) -> str:
    journal = SqliteJournal(state / "journal.db")
    await journal.start()
    try:
        return await add_client(journal, World(), "bench")
    finally:
        await journal.close()


async def _start(
    *command: str,
    core: int = SERVER_CORE,
    environ: dict[str, str] | None = None,
    cwd: Path | None = None,
    pipe: bool = False,
) -> asyncio.subprocess.Process:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **(environ or {})},
        stdout=asyncio.subprocess.PIPE if pipe else asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    pin(core, process.pid)
    return process


def pin(core: int, pid: int = 0) -> None:
    """Keep a process on one core, where there are several."""
    cores = sorted(os.sched_getaffinity(0) | {0})
    if len(cores) > 1 or core in cores:
        os.sched_setaffinity(pid, {core % (os.cpu_count() or 1)})


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _listening(port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError("a server under test did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
