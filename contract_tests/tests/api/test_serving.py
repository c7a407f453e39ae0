"""The application on real sockets: it starts, drains, stops, and tells what went wrong."""

import asyncio
import os
import signal
import socket
from contextlib import asynccontextmanager

import httpx
import pytest

from gateway.api import Api, Limits, Settings, create_app, serve
from gateway.errors import Unavailable
from gateway.service.answers import done


class Background:
    """Something that must run beside the application; it notes what happened, in order."""

    def __init__(self, error: Exception | None = None) -> None:
        self.events: list[str] = []
        self.error = error

    @asynccontextmanager
    async def __call__(self):
        if self.error is not None:
            raise self.error
        self.events.append("opened")
        try:
            yield
        finally:
            self.events.append("closed")


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


async def _listening(connect) -> None:
    for _ in range(200):
        try:
            _, writer = await connect()
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
    raise AssertionError("nobody listens")


@asynccontextmanager
async def _served(api: Api, port: int):
    serving = asyncio.create_task(serve(api, port=port))
    await _listening(lambda: asyncio.open_connection("127.0.0.1", port))
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": "Bearer key-of-everything"}
    ) as http:
        yield http, serving
    if not serving.done():
        os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 10)


async def test_a_request_over_a_socket_is_answered_and_sigterm_ends_the_server(insurer, port):
    background = Background()
    async with _served(create_app(insurer, background=background), port) as (http, _):
        assert (await http.get("/v1/channels")).status_code == 200
        assert (await http.head("/v1/channels")).content == b""
        raw = await http.post("/callbacks/lotus-a/x?a=%2B", content=b"\x00\xff")
        assert raw.content == b"<ok/>"
        assert insurer.calls[-1][2][2].target == "/callbacks/lotus-a/x?a=%2B"
        assert background.events == ["opened"]
    assert background.events == ["opened", "closed"]


async def test_at_the_end_requests_under_way_are_finished_before_the_background_closes(insurer, port):
    background = Background()
    arrived, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_caller):
        arrived.set()
        await may_end.wait()
        background.events.append("answered")
        return done(200, {"channels": []})

    insurer.channels = slow
    async with _served(create_app(insurer, background=background), port) as (http, serving):
        asking = asyncio.create_task(http.get("/v1/channels"))
        await arrived.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.1)
        with pytest.raises(httpx.ConnectError):
            await http.get("/healthz")
        assert not serving.done()
        may_end.set()
        assert (await asking).status_code == 200
        await asyncio.wait_for(serving, 10)
    assert background.events == ["opened", "answered", "closed"]


async def test_background_work_that_cannot_start_ends_the_server_with_its_own_error(insurer, port):
    with pytest.raises(Unavailable, match="locked"):
        await serve(create_app(insurer, background=Background(Unavailable("the journal is locked"))), port=port)


async def test_a_port_that_is_taken_is_an_error_before_anything_is_opened(insurer, port):
    background = Background()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(Exception, match=r"(?i)address"):
            await asyncio.wait_for(serve(create_app(insurer, background=background), port=port), 5)
    assert background.events == []


async def test_who_waits_for_it_is_told_when_the_address_answers(insurer, port):
    told = asyncio.Event()
    serving = asyncio.create_task(serve(create_app(insurer), port=port, listening=told.set))
    await asyncio.wait_for(told.wait(), 10)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        assert (await http.get("/healthz")).status_code == 200
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 10)


async def test_a_port_that_another_gateway_shares_is_taken_as_well(insurer, port):
    async with _served(create_app(insurer), port) as (http, _):
        with pytest.raises(OSError, match=r"(?i)address"):
            await asyncio.wait_for(serve(create_app(insurer), port=port), 5)
        assert (await http.get("/healthz")).status_code == 200


async def test_a_unix_socket_serves_as_well(insurer, tmp_path):
    path = tmp_path / "hub.sock"
    serving = asyncio.create_task(serve(create_app(insurer), uds=path))
    await _listening(lambda: asyncio.open_unix_connection(path))
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(path)), base_url="http://hub") as http:
        assert (await http.get("/healthz")).status_code == 200
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 10)


async def _lifespan(app: Api) -> list[str]:
    """What the lifespan protocol says when a server starts and stops the application."""
    said: list[str] = []
    asked = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive():
        return {"type": next(asked)}

    async def send(message):
        said.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    return said


async def test_a_server_with_the_lifespan_protocol_starts_and_stops_the_background(insurer):
    background = Background()
    said = await _lifespan(create_app(insurer, background=background))
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert background.events == ["opened", "closed"]


async def test_a_failed_start_is_told_to_the_server_and_raised(insurer):
    with pytest.raises(Unavailable):
        await _lifespan(create_app(insurer, background=Background(Unavailable("locked"))))


async def test_requests_that_outstay_the_drain_do_not_hold_the_end(insurer, open_shop):
    shop = open_shop(insurer, Settings(limits=Limits(drain_s=0.02)))
    arrived = asyncio.Event()

    async def stuck(_caller):
        arrived.set()
        await asyncio.sleep(60)

    insurer.channels = stuck
    async with shop.app.running():
        asking = asyncio.create_task(shop.get("/v1/channels"))
        await arrived.wait()
    assert not asking.done()
    asking.cancel()


async def test_one_request_too_many_is_503_with_the_time_to_come_back(insurer, open_shop):
    shop = open_shop(insurer, Settings(limits=Limits(in_flight_max=1)))
    arrived, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_caller):
        arrived.set()
        await may_end.wait()
        return done(200, {"channels": []})

    insurer.channels = slow
    first = asyncio.create_task(shop.get("/v1/channels"))
    await arrived.wait()
    refused = await shop.get("/healthz")
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (
        503,
        "gateway.overloaded",
        "1",
    )
    may_end.set()
    assert (await first).status_code == 200
    assert (await shop.get("/healthz")).status_code == 200
