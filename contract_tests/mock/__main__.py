"""`python -m contract_tests.mock <carrier-folder>`: one mock carrier as a process."""

import argparse
import asyncio
import json
import signal
import ssl
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import uvloop

from contract_tests.language.places import FaultyFile as MockFileError
from contract_tests.mock.carrier import MockCarrier
from contract_tests.mock.faults import BadPlan, make_plan, read_plan


def arguments(given: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mock", description=__doc__)
    parser.add_argument("folder", type=Path, help="the carrier's folder, or its mock.yaml")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--admin-port", type=int, default=0)
    parser.add_argument("--ledger", type=Path, help="append effects to this file")
    parser.add_argument("--no-fsync", action="store_true", help="for benchmarks: do not wait for the disk")
    parser.add_argument("--no-limits", action="store_true", help="for benchmarks: no limit of requests a second")
    parser.add_argument("--lag", type=float, help="seconds that inquiries lag behind, instead of the file's")
    parser.add_argument("--callback-base", help="registered address of callbacks; may hold {callback}, {carrier}")
    parser.add_argument("--secrets", type=Path, help="a key file; default: the test-only keys")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--faults", type=Path, help='a plan as JSON: {"faults": [...], "seed": 0}')
    parser.add_argument("--fault", action="append", default=[], help="a fault of every request; or FAULT:OPERATION")
    parser.add_argument("--requests-max", type=int, default=10_000, help="requests kept for /_mock/requests")
    parser.add_argument("--tls", action="store_true", help="HTTPS with a certificate made at start")
    parser.add_argument("--tls-cert", type=Path, help="a certificate (and key, unless --tls-key) in PEM")
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--tls-files", type=Path, help="where a carrier with mutual TLS puts its client's files")
    parser.add_argument("--plain", action="store_true", help="no TLS, whatever the carrier's document says")
    return parser.parse_args(given)


def carrier(options: argparse.Namespace) -> MockCarrier:
    """Make the mock that the command line asks for."""
    tls = None
    if options.tls_cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.tls_cert, options.tls_key)
    return MockCarrier.load(
        options.folder, secrets=options.secrets, host=options.host, port=options.port, admin_port=options.admin_port,
        ledger=options.ledger, fsync=not options.no_fsync, limits=not options.no_limits, lag_s=options.lag,
        callback_base=options.callback_base, seed=options.seed, requests_kept_max=options.requests_max, tls=tls,
        plain=options.plain, encrypted=options.tls,
    )  # fmt: skip


def _rule(text: str) -> dict[str, Any]:
    """`commit_then_rst`, or `commit_then_rst:policy.issue`, as a rule of a plan."""
    fault, _, operation = text.partition(":")
    return {"fault": fault, **({"operation": operation} if operation else {})}


async def _plan(mock: MockCarrier, options: argparse.Namespace) -> None:
    """Plan what the file and the command line say. Raises BadPlan, of the file with its name and place."""
    rules, seed = _planned(options.faults, options.seed) if options.faults else ([], options.seed)
    faults = [*rules, *(_rule(each) for each in options.fault)]
    if faults:
        await mock.plan(*faults, seed=seed)


def _planned(file: Path, seed: int) -> tuple[list[Any], int]:
    try:
        plan = json.loads(file.read_text("utf-8"))
        found = read_plan({"seed": seed, **plan} if isinstance(plan, dict) else plan)
        make_plan(found[0])
    except json.JSONDecodeError as error:
        raise BadPlan(f"{file}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except ValueError as error:
        raise BadPlan(f"{file}: {error}") from None
    return found


def _refuse_address(text: str | None) -> None:
    """Raise ValueError for a place where no callback could ever arrive."""
    if text is None:
        return
    parts = urlsplit(text.replace("{callback}", "x").replace("{carrier}", "x"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"--callback-base {text} is no http:// or https:// URL")


async def serve(options: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    _refuse_address(options.callback_base)
    async with AsyncExitStack() as kept:
        mock = await kept.enter_async_context(carrier(options))
        await _plan(mock, options)
        ready: dict[str, Any] = {
            "carrier": mock.definition.carrier, "base_url": mock.base_url, "admin_url": mock.admin_url,
        }  # fmt: skip
        if mock.mutual is not None:
            folder = options.tls_files or Path(kept.enter_context(TemporaryDirectory(prefix="insurehub-mock-")))
            ready["tls"] = mock.mutual.write(folder)
        print(json.dumps(ready), flush=True)  # noqa: T201 the line a starter waits for
        await stop.wait()


def main(given: list[str] | None = None) -> int:
    """Run the command; 1 for a file that cannot be used, with the place of every fault, 3 for what is not there."""
    options = arguments(sys.argv[1:] if given is None else given)
    try:
        uvloop.run(serve(options))
    except OSError as error:
        what = error.filename or f"{options.host}, port {options.port} or {options.admin_port}"
        print(f"{what}: {error.strerror or error}", file=sys.stderr)  # noqa: T201 a command's error
        return 3
    except (MockFileError, BadPlan, LookupError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201 a command's error
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
