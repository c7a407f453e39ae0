"""A carrier whose replies are hostile: a run ends in time, says what is wrong, and its page and terminal stay whole."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from contract_tests.kit.portable import sending
from contract_tests.kit.portable.main import main
from contract_tests.tests.kit.conftest import secrets_of

HEAD = b"HTTP/1.1 200 OK\r\n"
HOSTILE = b"<script>alert(1)</script></pre><img src=x onerror=alert(2)>\"'&\x00\x1b[31m\xc2\x9b"


@contextmanager
def answering(answer: Callable[[socket.socket], Any]) -> Iterator[str]:
    """A server that lets `answer` write to every connection; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=reply, args=(connection,), daemon=True).start()

        def reply(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.recv(65536)
                answer(connection)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    """To its end: closed with a request half read, the reply would be lost to a reset."""

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def whole(body: bytes) -> Callable[[socket.socket], Any]:
    head = HEAD + b"Content-Type: application/json\r\nX-<i>: </small>\r\n"
    return lambda to: to.sendall(head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)


def without_end(first: bytes, piece: bytes, pause_s: float = 0.0) -> Callable[[socket.socket], Any]:
    def answer(to: socket.socket) -> None:
        to.sendall(HEAD + first)
        while True:
            to.sendall(piece)
            time.sleep(pause_s)

    return answer


@pytest.fixture
def reason(kit_file, tmp_path, capsys, monkeypatch) -> Callable[..., str]:
    """Why the quote of cedar's kit ended as it did, with its result."""
    monkeypatch.setattr(sending, "REPLY_WAIT_S", 1.0)
    for name, secret in secrets_of("cedar").items():
        monkeypatch.setenv(f"KIT_{name.upper()}", secret)

    def go(answer: Callable[[socket.socket], Any], *words: str) -> str:
        with answering(answer) as url:
            given = ["run", "--kit", str(kit_file("cedar")), "--target", url, "--only", "a-quote-is-as-the-sample"]
            main([*given, "--verdict", str(tmp_path / "v.json"), *words])
        capsys.readouterr()
        (test,) = json.loads((tmp_path / "v.json").read_text("utf-8"))["tests"]
        return f"{test['result']}: {test['reason']}"

    return go


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda to: to.sendall(HEAD + b'Content-Length: 100\r\n\r\n{"a":1}'), "93 bytes of it are missing"),
        (without_end(b"Content-Length: 1000000\r\n\r\n", b"x", 0.1), "the reply took longer than 1 s"),
        (without_end(b"", b"A: b\r\n", 0.1), "the reply took longer than 1 s"),
        (without_end(b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", b"x" * 10**6), "the reply is longer than"),
        (without_end(b"\r\n", b"x" * 10**6), "the reply is longer than"),
        (lambda to: to.sendall(b"HTTP/1.1 99999 x\r\n\r\n"), "BadStatusLine"),
        (lambda to: to.sendall(b"\xff\xfe\x00\r\n\r\n"), "BadStatusLine"),
    ],
    ids=["short", "drips", "headers without end", "a chunk of minus one", "no end", "status", "no HTTP"],
)
def test_a_reply_that_is_not_whole_fails_the_carrier_in_time(reason, answer, told):
    said = reason(answer)
    assert said.startswith("FAIL: quote: no whole reply: ")
    assert told in said


@pytest.mark.parametrize("body", [b"[" * 200_000, b"9" * 7_000_000, b"\xff\xfe", b'{"outcome":"\\ud800"}', b"null"])
def test_a_reply_that_cannot_be_read_fails_the_carrier_and_is_no_error_of_the_kit(reason, body):
    assert reason(whole(body)).startswith("FAIL: quoted.said.outcome == 'accepted'")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_holds_what_a_hostile_carrier_said_as_text(reason, tmp_path, language):
    page = tmp_path / "r.html"
    reason(whole(HOSTILE), "--report", str(page), "--lang", language)
    text = page.read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;/pre&gt;" in text
    assert "x-&lt;i&gt;: &lt;/small&gt;" in text
    assert not [part for part in ("<script", "<img", "<i>", "http-equiv", 'src="', "url(") if part in text]
    assert all(each.isprintable() or each == "\n" for each in text)


def test_a_terminal_is_told_no_control_characters(kit_file, capsys, monkeypatch):
    for name, secret in secrets_of("cedar").items():
        monkeypatch.setenv(f"KIT_{name.upper()}", secret)
    with answering(lambda to: to.sendall(b"\x1b]0;owned\x07\r\n\r\n")) as url:
        main(["run", "--kit", str(kit_file("cedar")), "--target", url, "--only", "a-quote-is-as-the-sample"])
    said = capsys.readouterr().out
    assert "owned" in said
    assert not {"\x1b", "\x07"} & set(said)
