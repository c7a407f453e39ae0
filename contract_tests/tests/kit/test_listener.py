"""Where callbacks come in: any HTTP client may send one, in one piece or in chunks, and none costs more than its limit."""

import http.client
import socket

import pytest

from contract_tests.kit.portable.limits import CALLBACK_BYTES_MAX
from contract_tests.kit.portable.listener import Listener


@pytest.fixture
def listener():
    listening = Listener("127.0.0.1", 0)
    listening.take = lambda came: (came, (200, {}, b"ok"))
    yield listening
    listening.close()


def sent(listener, head: str, body: bytes = b"") -> bytes:
    port = int(listener.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"POST /cb HTTP/1.1\r\nHost: h\r\n{head}\r\n\r\n".encode() + body)
        reply = http.client.HTTPResponse(connection)
        reply.begin()
        return f"{reply.status} ".encode() + reply.read()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Length: 7", b'{"a":1}'),
        ("Transfer-Encoding: chunked", b'3\r\n{"a\r\n4;x=y\r\n":1}\r\n0\r\n\r\n'),
    ],
)
def test_a_callback_is_taken_by_its_length_and_in_chunks(listener, head, body):
    assert sent(listener, head, body) == b"200 ok"
    (event,) = listener.events
    assert (event["path"], event["body"]) == ("/cb", b'{"a":1}')


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"Content-Length: {CALLBACK_BYTES_MAX + 1}", b""),
        ("Content-Length: -1", b""),
        ("X: y", b""),
        ("Transfer-Encoding: chunked", b"fffffff\r\n"),
        ("Transfer-Encoding: chunked", b"-1\r\n"),
        ("Transfer-Encoding: chunked", b"x\r\n"),
    ],
)
def test_a_callback_without_end_is_turned_away(listener, head, body):
    assert sent(listener, head, body) == b"413 "
    assert listener.events == []
