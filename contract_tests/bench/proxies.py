"""Two bare pass-through proxies: they forward a body and its answer, and do nothing else.

`fastapi` is what people write first: FastAPI, one shared httpx client with its defaults, uvicorn. `starlette` is the
least a gateway of ours could be: starlette, our transport with a fresh connection per call, granian.
"""

import argparse
import sys
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.transport import CarrierTransport, loop, send


def fastapi_app(target: str) -> Any:
    """FastAPI with the default httpx client."""
    from fastapi import FastAPI  # noqa: PLC0415 - only this proxy needs it
    from fastapi import Request as Incoming  # noqa: PLC0415
    from fastapi import Response as Outgoing  # noqa: PLC0415

    app = FastAPI()
    client = httpx.AsyncClient()

    @app.post("/forward")
    async def forward(request: Incoming) -> Outgoing:
        answer = await client.post(target, content=await request.body())
        return Outgoing(content=answer.content, status_code=answer.status_code, media_type="application/json")

    return app


def starlette_app(target: str) -> Any:
    """Starlette with our transport, a connection per call as the gateway's writes have."""
    transport = CarrierTransport()

    async def forward(request: Request) -> Response:
        answer = await send(transport, "POST", target, (), await request.body(), deadline_s=10.0, fresh=True)
        return Response(answer.body, answer.status, media_type="application/json")

    return Starlette(routes=[Route("/forward", forward, methods=["POST"])])


def main() -> None:
    """Serve one of the proxies on a port until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["fastapi", "starlette"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--target", required=True)
    options = parser.parse_args()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if options.kind == "fastapi":
        import uvicorn  # noqa: PLC0415 - only this proxy needs it

        uvicorn.run(fastapi_app(options.target), port=options.port, log_level="error", access_log=False)
    else:
        loop.run(_granian(starlette_app(options.target), options.port))


async def _granian(app: Any, port: int) -> None:
    from granian.constants import Interfaces  # noqa: PLC0415 - only this proxy needs it
    from granian.server.embed import Server  # noqa: PLC0415

    await Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False).serve()


if __name__ == "__main__":
    main()
