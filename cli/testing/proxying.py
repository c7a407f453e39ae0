"""`insurehub test --sign-proxy`: a proxy that signs an example's requests again, until Ctrl-C."""

import asyncio
import signal
from collections.abc import Sequence
from typing import NoReturn

import msgspec
import typer

from cli.mapping.workspace import CarrierFolder
from cli.out import Exit, counted, leave, out
from cli.testing.live import sandbox_or_leave
from cli.testing.wish import Wish
from contract_tests.examples.subject import Subject
from contract_tests.interchange.sign_proxy import SignProxy
from contract_tests.runner.run import Unprepared


def serve_proxy(wish: Wish, folders: Sequence[CarrierFolder]) -> NoReturn:
    """Tell where it is, serve, and end the command."""
    assert wish.sign_proxy is not None
    if len(folders) != 1:
        names = ", ".join(each.id for each in folders)
        leave(Exit.usage, "--sign-proxy signs as one channel: name one carrier", f"there are: {names}")
    sandbox = sandbox_or_leave(wish.sign_proxy, wish.allow_host, wish.channel, understood=wish.understood)
    try:
        proxy = SignProxy(Subject(folders[0].path, folders[0].root), sandbox, wish.proxy_port)
    except Unprepared as reason:
        leave(Exit.wrong, str(reason))
    try:
        asyncio.run(_until_ended(proxy, json=wish.json))
    except OSError as wrong:
        leave(Exit.usage, f"port {wish.proxy_port} cannot be used: {wrong.strerror}")
    raise typer.Exit(Exit.ok)


async def _until_ended(proxy: SignProxy, *, json: bool) -> None:
    ended = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    async with proxy:
        _tell(proxy, json=json)
        await ended.wait()


def _tell(proxy: SignProxy, *, json: bool) -> None:
    carrier, target = proxy.subject.carrier, proxy.sandbox.origin
    if json:
        told = {"carrier": carrier, "proxy_url": proxy.url, "target": target, "safe": proxy.safe}
        typer.echo(msgspec.json.encode(told))  # one line, and at once: who waits for it goes on
        return
    known = f"{counted(proxy.safe, 'request')} of {len(proxy.known)} may be sent (live.safe)"
    out.print(f"{carrier}: {proxy.url} signs again and sends to {target}; {known}; Ctrl-C ends it", soft_wrap=True)
