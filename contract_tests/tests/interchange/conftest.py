"""A carrier that plays its examples: it answers as the example of the moment says, and keeps what it was sent."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from contract_tests.examples.subject import Subject
from contract_tests.interchange.shown import Shown, shown_of

ROOT = Path(__file__).parents[3]


class Player:
    """The server: `now` is the exchange it plays, `spoilt` changes what it answers."""

    def __init__(self) -> None:
        self.now: Shown | None = None
        self.spoilt: Callable[[bytes], bytes] = bytes
        self.seen: list[tuple[str, str, str, dict[str, str], bytes]] = []
        player = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                player.answer(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the names the server calls

            def log_message(self, *_: object) -> None:
                """Nothing is told."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        assert self.now is not None
        assert self.now.exchange.reply is not None
        self.seen.append((self.now.key, handler.command, handler.path, dict(handler.headers), body))
        reply = self.now.exchange.reply.reply
        content = self.spoilt(reply.body)
        handler.send_response(reply.status)
        for name, value in reply.headers:
            if name.lower() != "content-length":
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def player() -> Iterator[Player]:
    found = Player()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(scope="session")
def subject_of() -> Callable[[str], Subject]:
    kept: dict[str, Subject] = {}
    return lambda carrier: kept.setdefault(carrier, Subject(ROOT / "mappings" / "carriers" / carrier, ROOT))


@pytest.fixture(scope="session")
def plays(subject_of: Any) -> Callable[[str], dict[str, Shown]]:
    return lambda carrier: {each.key: each for each in shown_of(subject_of(carrier).files)}
