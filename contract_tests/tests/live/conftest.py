"""The runner's small carrier with a sandbox: its mock on a socket, in a thread, with real time."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands.test import app
from contract_tests.live.sandbox import FLAG
from contract_tests.mock import MockCarrier
from contract_tests.tests.runner.conftest import Room, generated, room, workspace

__all__ = ["Room", "Served", "command", "generated", "room", "sandbox", "served", "workspace"]

ISSUE, GET = "examples/policy_issue.yaml", "examples/policy_get.yaml"
SAFE = "    live: { safe: true }\n"


class Served:
    """A mock carrier in a thread of its own, as a process far away would be."""

    def __init__(self, folder: Any, **settings: Any) -> None:
        self.folder, self.settings = folder, settings
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "Served":
        self._thread.start()
        self.mock = self.do(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self.mock.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()

    def do(self, work: Any) -> Any:
        """Carry out a coroutine of the mock where it lives."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def _open(self) -> MockCarrier:
        mock = MockCarrier.load(self.folder, lag_s=0.0, **self.settings)
        return await mock.__aenter__()

    @property
    def url(self) -> str:
        return self.mock.base_url

    def effects(self) -> list[str]:
        """What the carrier did, in order."""
        return [line["effect"] for line in self.mock.ledger()]


@pytest.fixture
def served():
    """Serve a carrier's folder until the test ends."""
    open_ones: list[Served] = []

    def serve(folder, **settings) -> Served:
        open_ones.append(Served(folder, **settings).__enter__())
        return open_ones[-1]

    yield serve
    for each in open_ones:
        each.__exit__()


@pytest.fixture
def sandbox(room, served) -> Served:
    """The room's mock; both of its examples may be carried out."""
    room.change(ISSUE, "  - id: basic\n", f"  - id: basic\n{SAFE}")
    room.change(GET, "  - id: issued-before\n", f"  - id: issued-before\n{SAFE}")
    return served(room.folder)


@pytest.fixture
def command(room, monkeypatch) -> Callable[..., tuple[int, Any, str]]:
    """`insurehub test rowan --live ...`, allowed and understood; gives the code, the document, and what is said."""
    monkeypatch.chdir(room.root)
    monkeypatch.delenv("CI", raising=False)

    def run(url, *arguments, allowed=("127.0.0.1",), understood=True):
        words = ["rowan", "--json", "--live", url, *arguments]
        words += [word for host in allowed for word in ("--allow-host", host)]
        words += [FLAG] if understood else []
        done = CliRunner().invoke(app, words)
        return done.exit_code, json.loads(done.stdout) if done.stdout else {}, done.stderr

    return run
