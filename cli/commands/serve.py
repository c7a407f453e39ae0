"""`insurehub serve`: the gateway, alone or with the mock carriers beside it."""

import errno
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli.build import api_of, catalogue_of, gateway_of
from cli.here import workspace_root
from cli.open import settings_of
from cli.out import Exit, emit_json, err, leave, out
from cli.sandbox import Sandbox, SandboxFailed
from gateway.api.serve import must_be_free
from gateway.api.serve import serve as serve_api
from gateway.app import Gateway
from gateway.ports import World
from gateway.service.gateway import add_client
from gateway.transport import loop

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
    with_mocks: Annotated[bool, typer.Option("--with-mocks", help="Start a mock of every carrier beside it.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No request log.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print where it listens as one JSON document.")] = False,
) -> None:
    """Serve the gateway until Ctrl-C or SIGTERM; what is under way is finished first.

    Example: insurehub serve --with-mocks
    """
    root = workspace_root()
    settings = settings_of(root)
    address = (host or settings.host, port or settings.port)
    try:
        run = _with_mocks if with_mocks else _alone
        loop.run(run(root, *address, quiet=quiet, json=json))
    except SandboxFailed as failed:
        leave(Exit.missing, str(failed))


async def _alone(root: Path, host: str, port: int, *, quiet: bool, json: bool) -> None:
    gateway = gateway_of(root)
    _must_be_free(host, port)
    say = partial(_say, f"http://{host}:{port}", gateway, {}, json=json)
    await serve_api(api_of(gateway, logs=not quiet), host, port, listening=say)


async def _with_mocks(root: Path, host: str, port: int, *, quiet: bool, json: bool) -> None:
    """The gateway in this process, the mocks in their own; ledgers and journal in a folder that is named."""
    url = f"http://{host}:{port}"
    snapshot = catalogue_of(root).snapshot
    _must_be_free(host, port)
    async with Sandbox(root, snapshot, url) as sandbox:
        gateway = gateway_of(root, sandbox.environ)
        await gateway.parts.journal.start()
        api_key = await add_client(gateway.parts.journal, World(), "demo")
        await gateway.parts.journal.close()
        told = {
            "api_key": api_key,
            "mocks": {name: mock.base_url for name, mock in sandbox.mocks.items()},
            "ledgers": str(sandbox.state),
            # Operators' commands in another terminal look into this gateway's journal, not the workspace's.
            "operate": "export " + " ".join(f"{name}={value}" for name, value in sandbox.own_environ.items()),
        }
        gateway = gateway_of(root, sandbox.environ)
        say = partial(_say, url, gateway, told, json=json)
        await serve_api(api_of(gateway, logs=not quiet), host, port, listening=say)


def _must_be_free(host: str, port: int) -> None:
    """Before anything is started or printed: the address can be had."""
    try:
        must_be_free(host, port)
    except UnicodeError:
        leave(Exit.usage, f"'{host}' is no name of a host", "name another with --host")
    except OSError as error:
        what = f"cannot listen on {host}:{port}: {error.strerror or error}"
        is_taken = error.errno == errno.EADDRINUSE
        leave(
            Exit.missing, what, f"name another with {'--port or INSUREHUB_PORT' if is_taken else '--host and --port'}"
        )


def _say(url: str, gateway: Gateway, more: Mapping[str, object], *, json: bool) -> None:
    channels = sorted(gateway.parts.channels)
    if json:
        emit_json({"url": url, "docs": f"{url}/docs", "channels": channels, **more})
        return
    out.print(f"insurehub  {url}   docs {url}/docs", highlight=False)
    if not channels:
        err.print("[yellow]no channel has settings: quotes and issues will find no channel[/] (see insurehub doctor)")
    for name, value in more.items():
        lines = value.items() if isinstance(value, Mapping) else [("", value)]
        for index, (what, where) in enumerate(lines):
            words = [f"{'' if index else name:8}", *([f"{what:14}"] if what else []), str(where)]
            out.print(" ".join(words), markup=False, soft_wrap=True)
    if more:
        out.print(
            "try it: the README's five minutes as a trade system, or the docs; Ctrl-C ends it all", highlight=False
        )
