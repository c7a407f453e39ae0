"""The lifespan protocol of ASGI servers, for those that start the application themselves (uvicorn)."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from starlette.types import Receive, Send


async def lifespan_protocol(
    running: Callable[[], AbstractAsyncContextManager[None]], receive: Receive, send: Send
) -> None:
    """Open `running` at startup, close it at shutdown; a start that fails is told to the server and raised."""
    await receive()
    started = False
    try:
        async with running():
            await send({"type": "lifespan.startup.complete"})
            started = True
            await receive()
    except BaseException as error:
        kind = "shutdown" if started else "startup"
        await send({"type": f"lifespan.{kind}.failed", "message": type(error).__name__})
        raise
    await send({"type": "lifespan.shutdown.complete"})
