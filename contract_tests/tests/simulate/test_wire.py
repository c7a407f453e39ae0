"""Bytes without a socket end as they do on one: the same faults under the same names."""

import gzip

import httpx
import pytest

from contract_tests.simulate.wire import read_reply, request_bytes
from gateway.transport.errors import Ambiguous, Fault

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("data", "ended", "fault"),
    [
        (b"", Fault.reset, Fault.reset),
        (b"", Fault.closed, Fault.closed),
        (b"\x16\x03\x01\x00", None, Fault.garbage),
        (OK, Fault.closed, Fault.truncated),
        (OK + b"Content-Length: 10\r\n\r\n12345", Fault.closed, Fault.truncated),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", Fault.closed, Fault.truncated),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", None, Fault.bad_chunk),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", None, Fault.bad_gzip),
        (OK + b"X-Padding: " + b"a" * 200_000 + b"\r\n\r\n", None, Fault.headers_too_large),
    ],
)
def test_what_is_no_reply_is_ambiguous_under_the_name_a_socket_gives_it(data, ended, fault):
    with pytest.raises(Ambiguous) as caught:
        read_reply(data, ended)
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    ("data", "ended", "body"),
    [
        (OK + b"Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK", None, b"ok"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", None, b"ok"),
        (OK + b"\r\nhalf a bo", Fault.closed, b"half a bo"),
    ],
)
def test_a_whole_reply_is_read_and_a_cut_one_without_a_length_looks_whole(data, ended, body):
    assert read_reply(data, ended).content == body


def test_a_reply_that_inflates_is_given_inflated():
    packed = gzip.compress(b"ok")
    head = OK + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    assert read_reply(head + packed, None).content == b"ok"


@pytest.mark.parametrize("data", [b"", OK, OK + b"Content-Length: 10\r\n\r\n123"])
def test_an_unfinished_reply_is_waited_for(data):
    assert read_reply(data, None) is None


def test_a_request_leaves_as_it_was_built():
    request = httpx.Request("POST", "http://lotus-main.test/a%20b?c=1", headers=[("X-One", "1")], content=b"body")
    data = request_bytes(request)
    assert data.startswith(b"POST /a%20b?c=1 HTTP/1.1\r\n")
    assert b"X-One: 1\r\n" in data
    assert data.endswith(b"\r\n\r\nbody")
