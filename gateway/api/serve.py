"""The application on a socket: granian inside our own event loop, so that journal and requests share it.

One process has one loop, one journal and one application; more cores are used by more processes over PostgreSQL.
"""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from gateway.api.app import Api
from gateway.transport import loop

BACKLOG = 2048
HEADER_WAIT_MS = 10_000
LISTENING_EVERY_S = 0.01
YOUNG_OBJECTS_MAX = 20_000
"""New objects before the collector looks for cycles: a request makes hundreds, and nearly none is part of one."""


async def serve(
    api: Api,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    uds: Path | None = None,
    listening: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT: then stop accepting, finish what is under way, close what runs beside it.

    `listening` is called once the address answers.

    Raises what starting the background work raises, and OSError when the address cannot be had.
    """
    if uds is None:
        must_be_free(host, port)
    server = Server(
        api,
        address=host,
        port=port,
        uds=uds,
        # The lifespan is ours to open: an error at the start reaches the caller as itself.
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_WAIT_MS),
        websockets=False,
        backlog=BACKLOG,
        log_enabled=False,
    )
    async with api.running():
        _stop_on_signals(server.stop)
        _settle_memory()
        telling = asyncio.create_task(_tell(listening, host, port)) if listening and uds is None else None
        try:
            await server.serve()
        finally:
            if telling is not None:
                telling.cancel()


async def _tell(listening: Callable[[], None], host: str, port: int) -> None:
    # The server has no word for it, but whoever reads ours may connect at once.
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return listening()
        await asyncio.sleep(LISTENING_EVERY_S)


def must_be_free(host: str, port: int) -> None:
    """Raises OSError when another process listens there.

    The server itself shares a port with whoever else shares it, and the kernel would deal out requests between the two.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def run(make_api: Callable[[], Api], host: str = "127.0.0.1", port: int = 8080, *, uds: Path | None = None) -> None:
    """Make the application inside a fresh uvloop and serve it; the whole process for `insurehub serve`."""

    async def main() -> None:
        await serve(make_api(), host, port, uds=uds)

    loop.run(main())


def _settle_memory() -> None:
    """Leave what the start made (modules, adapters, catalogue) out of every later collection: it stays anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, *gc.get_threshold()[1:])


def _stop_on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
