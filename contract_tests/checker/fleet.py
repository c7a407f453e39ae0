"""Gateways as processes of their own groups: started, told where to die, killed, stopped, and never left behind."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

READY_S = 60.0
POLL_S = 0.02
OWN_PORTS = range(10_000, 30_000)


class GatewayFailed(Exception):
    """A gateway did not come up; its own words are in the text."""


class Served:
    """One gateway: a parent, a worker, the pipe they obey."""

    def __init__(self, words: list[str], root: Path, environ: Mapping[str, str], log: Path, port: int) -> None:
        """Start the process; it imports and waits for `go`."""
        self.port, self.url, self._log = port, f"http://127.0.0.1:{port}", log
        with log.open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "contract_tests.checker.serve", *words], stdin=subprocess.PIPE, stdout=file,
                stderr=file, cwd=root, env=dict(environ), start_new_session=True, bufsize=0,
            )  # fmt: skip
        assert self._process.stdin is not None
        self._hand = self._process.stdin
        self.is_up = False

    @property
    def pid(self) -> int:
        """The process group, and its parent's id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the parent is gone."""
        return self._process.poll() is not None

    @property
    def exit_code(self) -> int | None:
        """How the parent ended: as its worker did."""
        return self._process.poll()

    def say(self, word: str) -> None:
        """Tell the worker something; one that is gone does not hear it."""
        with suppress(OSError, ValueError):
            self._hand.write(f"{word}\n".encode())

    async def ready(self) -> None:
        """Wait until it answers. Raises GatewayFailed."""
        until = time.monotonic() + READY_S
        async with httpx.AsyncClient(base_url=self.url, timeout=2) as http:
            while time.monotonic() < until and not self.has_ended:
                with suppress(httpx.TransportError):
                    # Anything else is said by somebody else, or by a gateway that cannot serve yet.
                    if (await http.get("/healthz")).status_code == httpx.codes.OK:
                        self.is_up = True
                        return
                await asyncio.sleep(POLL_S)
        words = self._log.read_text(errors="replace")
        raise GatewayFailed(f"a gateway did not start (exit code {self._process.poll()}):\n{words[-3000:]}")

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill_parent(self) -> None:
        """Only the parent: its worker serves on."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    async def ended(self, within_s: float) -> bool:
        """Wait for the parent's end."""
        until = time.monotonic() + within_s
        while not self.has_ended and time.monotonic() < until:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(POLL_S)
        return self.has_ended

    async def kill(self) -> None:
        """End the whole group at once."""
        self.is_up = False
        self.signal(signal.SIGKILL)
        await self.ended(5.0)
        # By the file and never by its number: that may be another connection's by now.
        with suppress(OSError):
            self._hand.close()


class Fleet:
    """All gateways of a run; others are kept warm, so that a restart costs no import."""

    def __init__(
        self, root: Path, state: Path, environ: Mapping[str, str], *words: str, versions: Sequence[Path] = ()
    ) -> None:
        """`words` are further words of every gateway's command line; `versions` of adapters are taken in turn."""
        self._root, self._state, self._environ, self._words = root, state, environ, words
        self._versions = versions
        self._warm: list[Served] = []
        self._all: list[Served] = []
        self.log = state / "gateway.log"
        self.up: list[Served] = []
        self.starts = 0

    def _new(self, *more: str) -> Served:
        port = free_port()
        words = [
            "--root", str(self._root), "--state", str(self._state), "--port", str(port),
            "--seed", str(self.starts), *self._words, *more,
        ]  # fmt: skip
        if self._versions:
            words += ["--adapters", str(self._versions[self.starts % len(self._versions)])]
        served = Served(words, self._root, self._environ, self.log, port)
        self._all.append(served)
        self.starts += 1
        return served

    async def start(self, *more: str) -> Served:
        """Bring up one more gateway; `more` are words for this one alone."""
        served = self._new(*more) if more or not self._warm else self._warm.pop(0)
        served.say("go")
        await served.ready()
        self.up.append(served)
        return served

    def warm(self, count: int) -> None:
        """Let the next ones import in the meantime."""
        while len(self._warm) < count:
            self._warm.append(self._new())

    def lose(self, served: Served) -> None:
        """This one takes no more orders."""
        if served in self.up:
            self.up.remove(served)

    async def kill(self, served: Served) -> None:
        """Kill a whole group."""
        self.lose(served)
        await served.kill()
        self._all.remove(served)

    async def close(self) -> None:
        """End every process that was started here."""
        for served in list(self._all):
            await served.kill()
        self._all.clear()
        self.up.clear()

    def must_be_up(self) -> None:
        """Raises GatewayFailed when one that nobody killed is gone: what follows would say nothing of the others."""
        for served in self.up:
            if served.has_ended:
                raise GatewayFailed(
                    f"a gateway that nobody killed has ended (exit code {served.exit_code}): {self.log}"
                )

    def hits(self) -> Counter[str]:
        """How often each crash point was reached."""
        file = self._state / "hits"
        return Counter(file.read_text().split()) if file.exists() else Counter()


class Relay:
    """Where carriers call back: one address in front of whichever gateway is up; without one it is a dead host."""

    def __init__(self, choose: Callable[[], int | None]) -> None:
        """`choose` gives the port of a gateway."""
        self._choose = choose
        self._server: asyncio.Server | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = self._choose()
        try:
            if port is None:
                return
            async with asyncio.timeout(10):
                back, forth = await asyncio.open_connection("127.0.0.1", port)
                try:
                    await asyncio.gather(_pump(reader, forth), _pump(back, writer))
                finally:
                    forth.close()
        except (OSError, TimeoutError):
            pass
        finally:
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    with suppress(OSError):
        writer.write_eof()


def free_port() -> int:
    """A port that nobody has, of those that the system gives to nobody by itself.

    A gateway binds it when it has imported everything: until then a mock or a caller's connection could get one of the
    system's own choice.
    """
    while True:
        number = secrets.choice(OWN_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", number))
            return number
