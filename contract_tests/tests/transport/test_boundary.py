"""The boundary: every lower error has a name here, and none of its words get through."""

import inspect
import traceback

import aiohttp
import httpx
import pytest
import respx
from aiohttp import client_exceptions, http_exceptions

from gateway.transport import Ambiguous, CarrierTransport, Fault, NoReply, NotSent, send
from gateway.transport.errors import SENTENCES
from gateway.transport.faults import AIOHTTP_FAULTS, HTTPX_AMBIGUOUS, HTTPX_NOT_SENT, detail_of, from_httpx, name_of
from gateway.transport.passage import Passage


def tree(root: type) -> set[type]:
    """A class and all below it that its own library defines."""
    package = root.__module__.partition(".")[0]
    below = {one for child in root.__subclasses__() for one in tree(child)}
    return {cls for cls in below | {root} if cls.__module__.partition(".")[0] == package}


def test_every_exception_of_the_aiohttp_client_has_a_fault():
    assert tree(aiohttp.ClientError) - set(AIOHTTP_FAULTS) == set()


def test_every_exported_exception_of_the_aiohttp_client_is_in_the_tree_or_is_not_for_http():
    exported = {cls for _, cls in inspect.getmembers(client_exceptions, inspect.isclass) if issubclass(cls, Exception)}
    ours = {cls for cls in exported if cls.__module__ == client_exceptions.__name__}
    assert ours - set(AIOHTTP_FAULTS) == {client_exceptions.WSMessageTypeError}


def test_every_parser_error_of_aiohttp_is_named_when_it_is_the_cause():
    for cls in tree(http_exceptions.BadHttpMessage):
        error, cause = aiohttp.ClientPayloadError(), cls("line")
        error.__cause__ = cause
        assert name_of(error) in (Fault.truncated, Fault.headers_too_large), cls


def test_every_exception_of_httpx_is_on_one_side():
    assert tree(httpx.RequestError) == set(HTTPX_NOT_SENT) | set(HTTPX_AMBIGUOUS)
    assert not set(HTTPX_NOT_SENT) & set(HTTPX_AMBIGUOUS)


def test_every_fault_has_its_sentence():
    assert set(SENTENCES) == set(Fault)


@pytest.mark.parametrize("cls", sorted(AIOHTTP_FAULTS, key=lambda cls: cls.__name__))
def test_what_was_sent_is_decided_by_how_far_the_call_came_never_by_the_exception(cls):
    passage = Passage()
    error = cls.__new__(cls)
    before = passage.failed(error)
    passage.sent = True
    after = passage.failed(error)
    assert (type(before), type(after)) == (NotSent, Ambiguous)


def test_an_exception_of_a_later_library_is_named_by_its_nearest_ancestor():
    class NewerError(aiohttp.ServerDisconnectedError):
        pass

    assert name_of(NewerError()) is Fault.closed
    assert name_of(RuntimeError()) is Fault.other


async def test_an_unforeseen_failure_before_sending_is_not_sent_and_after_it_ambiguous(transport, issue, monkeypatch):
    def fails(*_args, **_kwargs):
        raise KeyError("holder Li")

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", fails)
    with pytest.raises(NotSent) as caught:
        await transport.handle_async_request(issue("http://127.0.0.1:9"))
    assert str(caught.value) == "other: the HTTP library failed in a way not seen before (KeyError)"


async def test_an_unforeseen_failure_while_reading_is_ambiguous(a_host, transport, issue, monkeypatch):
    async def ok(visit):
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def fails(*_args, **_kwargs):
        raise KeyError("holder Li")

    monkeypatch.setattr(aiohttp.StreamReader, "readany", fails)
    async with a_host(ok) as host:
        with pytest.raises(Ambiguous) as caught:
            await transport.handle_async_request(issue(host.url))
        assert caught.value.fault is Fault.other


async def test_no_word_of_a_message_gets_into_an_error(a_host, transport):
    canary = "440301199001011234"

    async def blurt(visit):
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\nX " + canary.encode() + b"\x00: bad\r\n\r\n")

    async with a_host(blurt) as host:
        headers = (("X-Holder", canary),)
        with pytest.raises(Ambiguous) as caught:
            await send(transport, "POST", f"{host.url}/p?id={canary}", headers, canary.encode())
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    assert canary not in "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))


def test_a_detail_is_a_class_and_an_errno():
    assert detail_of(OSError(113, "No route to host of Li")) == "OSError EHOSTUNREACH"
    assert detail_of(ValueError("Li")) == "ValueError"


def test_an_error_is_a_transport_error_of_httpx_with_a_stable_text():
    error = NotSent(Fault.refused, "ClientConnectorError ECONNREFUSED")
    assert isinstance(error, httpx.TransportError)
    assert str(error) == "refused: the host refused the connection (ClientConnectorError ECONNREFUSED)"


async def test_send_works_over_a_mocked_router():
    router = respx.Router()
    router.post("https://carrier.example/policies").respond(201, headers={"X-No": "1"}, content="保".encode("gbk"))
    reply = await send(
        httpx.MockTransport(router.async_handler), "POST", "https://carrier.example/policies", (("A", "b"),), b"{}"
    )
    assert (reply.status, reply.header("x-no"), reply.body) == (201, "1", "保".encode("gbk"))


@pytest.mark.parametrize("cls", sorted(tree(httpx.RequestError), key=lambda cls: cls.__name__))
async def test_send_lets_only_our_errors_through(cls):
    def fails(request):
        raise cls("holder Li", request=request)

    with pytest.raises(NoReply) as caught:
        await send(httpx.MockTransport(fails), "POST", "http://carrier.example/", body=b"{}")
    assert caught.value.sent is (cls not in HTTPX_NOT_SENT)
    assert "Li" not in str(caught.value)
    assert caught.value.__context__ is None


async def test_send_passes_our_own_errors_on_unchanged():
    own = NotSent(Fault.pool)

    def fails(_request):
        raise own

    with pytest.raises(NotSent) as caught:
        await send(httpx.MockTransport(fails), "POST", "http://carrier.example/")
    assert caught.value is own is from_httpx(own)


async def test_send_tells_the_transport_what_it_may_take():
    seen = {}

    def look(request):
        seen.update(request.extensions)
        return httpx.Response(200)

    mock = httpx.MockTransport(look)
    await send(mock, "GET", "http://carrier.example/", deadline_s=7.0, connect_s=2.0, fresh=False)
    assert seen == {"deadline_s": 7.0, "connect_s": 2.0, "fresh_connection": False}
    seen.clear()
    await send(mock, "GET", "http://carrier.example/")
    assert seen == {"deadline_s": 30.0, "fresh_connection": True}


async def test_a_mocked_body_that_does_not_inflate_is_ambiguous():
    mock = httpx.MockTransport(
        lambda _request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"{}"))
    )
    with pytest.raises(Ambiguous) as caught:
        await send(mock, "POST", "http://carrier.example/")
    assert caught.value.fault is Fault.bad_gzip


async def test_a_transport_opens_nothing_until_it_is_used():
    async with CarrierTransport() as transport:
        assert transport._sessions == {}
