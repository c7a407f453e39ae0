"""Where the carrier's callbacks come in: a small server that notes each one and answers as the test wants."""

import threading
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any

from contract_tests.kit.portable.limits import CALLBACK_BYTES_MAX, CALLBACKS_KEPT_MAX, CHUNK_LINE_MAX

Answer = tuple[int, dict[str, str], bytes]


class Listener:
    """Serves on a port until closed; `take` makes an event of what came, `refuses` says which are not acknowledged."""

    def __init__(self, host: str, port: int) -> None:
        self.events: list[dict[str, Any]] = []
        self.take: Callable[[dict[str, Any]], tuple[dict[str, Any], Answer]] = lambda came: (came, (503, {}, b""))
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((host, port), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def note(self, came: dict[str, Any]) -> Answer:
        """Keep a callback, and say what it is answered."""
        with self._lock:
            event, answer = self.take(came)
            if len(self.events) < CALLBACKS_KEPT_MAX:
                self.events.append(event)
            return answer


def _body(stream: BufferedIOBase, headers: Message) -> bytes:
    """The body of a callback, by its length or in chunks. Raises ValueError for one that is too long or neither."""
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        return b"".join(_chunks(stream))
    return stream.read(_within(int(headers.get("Content-Length", ""))))


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    length = 0
    while size := _within(int(stream.readline(CHUNK_LINE_MAX).partition(b";")[0], 16)):
        length = _within(length + size)
        yield stream.read(size)
        stream.readline(CHUNK_LINE_MAX)


def _within(length: int) -> int:
    if not 0 <= length <= CALLBACK_BYTES_MAX:
        raise ValueError(length)
    return length


def _handler_of(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One callback; whatever is too long or no POST is turned away."""

        timeout = 10

        def do_POST(self) -> None:
            try:
                body = _body(self.rfile, self.headers)
            except ValueError:
                self._answer((413, {}, b""))
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(listener.note({"path": self.path, "headers": headers, "body": body}))

        def _answer(self, answer: Answer) -> None:
            status, headers, body = answer
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: what came is evidence, not a log line."""

    return Handler
