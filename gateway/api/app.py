"""The HTTP interface as an ASGI application: find the endpoint, let it answer, write, count, log."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress

from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from gateway.api.body import Disconnected
from gateway.api.endpoint import CallbackEndpoint, RowEndpoint
from gateway.api.lifespan import lifespan_protocol
from gateway.api.limits import Limits
from gateway.api.logs import frames_of, request_log
from gateway.api.metrics import Metrics
from gateway.api.pages import add_pages
from gateway.api.port import StandardInsurer
from gateway.api.refusals import Overloaded
from gateway.api.reply import Reply, failed, refused, write
from gateway.api.request import Request
from gateway.api.routes import Routes
from gateway.api.table import TABLE
from gateway.errors import HubError
from gateway.ports import World

UNMATCHED = "unmatched"
"""The name of requests that lead nowhere: paths are the caller's words and no label."""

Background = Callable[[], AbstractAsyncContextManager[None]]


class Settings(Struct, frozen=True, kw_only=True):
    """How this process shows the interface."""

    limits: Limits = Limits()
    shows_docs: bool = True
    logs_requests: bool = True


class Api:
    """The application: call it with ASGI, or open `running()` around a server that has no lifespan protocol."""

    def __init__(
        self,
        routes: Routes,
        settings: Settings,
        *,
        metrics: Metrics,
        log: FilteringBoundLogger,
        world: World,
        background: Background,
        mounts: Mapping[str, ASGIApp],
    ) -> None:
        """Take prepared parts; see `create_app`."""
        self._routes = routes
        self._settings = settings
        self._metrics = metrics
        self._log = log
        self._world = world
        self._background = background
        self._mounts = tuple((prefix, app) for prefix, app in mounts.items())
        self._in_flight = 0
        self._idle: asyncio.Event | None = None
        metrics.in_flight.set_function(lambda: self._in_flight)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event, as ASGI has it."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await lifespan_protocol(self.running, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The background work runs inside; at the end requests under way are waited for before it stops."""
        async with self._background():
            try:
                yield
            finally:
                await self._drain()

    async def _drain(self) -> None:
        self._idle = asyncio.Event()
        if not self._in_flight:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), self._settings.limits.drain_s)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        for prefix, app in self._mounts:
            if scope["path"] == prefix or scope["path"].startswith(f"{prefix}/"):
                return await app(scope, receive, send)
        began_s = self._world.monotonic()
        request = Request(scope, receive)
        self._in_flight += 1
        try:
            name, reply = await self._reply(request)
            await write(send, reply, bodiless=request.method == "HEAD")
        except Disconnected:
            return None
        finally:
            self._in_flight -= 1
            if self._idle is not None and not self._in_flight:
                self._idle.set()
        return self._record(request, name, reply, self._world.monotonic() - began_s)

    async def _reply(self, request: Request) -> tuple[str, Reply]:
        name = UNMATCHED
        try:
            endpoint, request.params = self._routes.find(request.method, request.scope["path"])
            name = endpoint.name
            self._must_have_room()
            return name, await endpoint(request)
        except HubError as error:
            request.code = error.error_code
            return name, refused(error)
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a problem document
            # Its text may quote what a caller or a carrier sent: type and place are enough to find it.
            self._log.error("failed", operation=name, error=type(error).__name__, frames=frames_of(error))
            request.code = HubError.code
            return name, failed()

    def _must_have_room(self) -> None:
        if self._in_flight > self._settings.limits.in_flight_max:
            raise Overloaded("as many requests as this process takes are under way")

    def _record(self, request: Request, name: str, reply: Reply, wait_s: float) -> None:
        self._metrics.answered(name, reply.status, wait_s)
        if self._settings.logs_requests:
            self._log.info(
                "request",
                operation=name,
                method=request.method if name != UNMATCHED else None,
                status=reply.status,
                wait_ms=round(wait_s * 1000, 3),
                client=request.client,
                code=request.code,
                trace_id=request.trace_id,
            )


def create_app(
    service: StandardInsurer,
    settings: Settings | None = None,
    *,
    metrics: Metrics | None = None,
    log: FilteringBoundLogger | None = None,
    world: World | None = None,
    background: Background = nullcontext,
    before_metrics: Callable[[], Awaitable[None]] | None = None,
    mounts: Mapping[str, ASGIApp] | None = None,
) -> Api:
    """The application over a service.

    `background` opens what must run beside it (the journal, the worker) and closes it after the last request;
    `before_metrics` is called before metrics are shown, to refresh gauges; `mounts` are other ASGI applications by the
    path they stand under, such as the console.
    """
    settings = settings or Settings()
    metrics = metrics or Metrics()
    routes = Routes()
    for row in TABLE:
        routes.add(row.method, row.path, RowEndpoint(row, service, settings.limits))
    for method in ("POST", "GET", "PUT"):
        routes.add(method, "/callbacks/{channel}/{name}", CallbackEndpoint(service, settings.limits))
    add_pages(routes, service, metrics, before_metrics, shows_docs=settings.shows_docs)
    return Api(
        routes,
        settings,
        metrics=metrics,
        log=log or request_log(),
        world=world or World(),
        background=background,
        mounts=mounts or {},
    )
