"""Pages beside the interface: probes, metrics, the OpenAPI document and its reader."""

from collections.abc import Awaitable, Callable

import msgspec

from gateway.api.docs import add_docs
from gateway.api.endpoint import PageEndpoint
from gateway.api.metrics import Metrics
from gateway.api.openapi import document
from gateway.api.port import StandardInsurer
from gateway.api.reply import Header, Reply, page
from gateway.api.routes import Routes
from gateway.service.answers import JSON

_NO_STORE: tuple[Header, ...] = ((b"cache-control", b"no-store"),)


def add_pages(
    routes: Routes,
    service: StandardInsurer,
    metrics: Metrics,
    before_metrics: Callable[[], Awaitable[None]] | None,
    *,
    shows_docs: bool,
) -> None:
    """Add all pages."""
    openapi = page(msgspec.json.encode(document()), JSON)

    async def healthz() -> Reply:
        return page(b'{"status":"ok"}', JSON, headers=_NO_STORE)

    async def readyz() -> Reply:
        checks = await service.ready()
        return page(msgspec.json.encode({"status": "ok", "checks": checks}), JSON, headers=_NO_STORE)

    async def metrics_page() -> Reply:
        if before_metrics is not None:
            await before_metrics()
        return metrics.page()

    async def openapi_json() -> Reply:
        return openapi

    for path, make in (
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics_page),
        ("/openapi.json", openapi_json),
    ):
        routes.add("GET", path, PageEndpoint(path.strip("/"), make))
    if shows_docs:
        add_docs(routes)
