"""The event loop a gateway runs on: uvloop, with every descriptor closed once.

uvloop (0.23) closes the descriptor of a socket it was given, and leaves the socket object believing that it still owns
it when the connection was lost in the very moment it was made, as a reset during the TLS greeting does. The object
closes that number again when it is collected, and by then the number belongs to somebody else: another caller's
connection, the journal's file. Answers reach the wrong caller, a process ends without a word.
"""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any

import uvloop


class Loop(uvloop.Loop):
    """uvloop, where a socket whose connection could not be made has given up its descriptor."""

    async def create_connection(self, *args: Any, sock: socket.socket | None = None, **options: Any) -> Any:
        """As asyncio's; after a failure `sock` holds no descriptor any more: the loop has closed it, or is about to."""
        try:
            return await super().create_connection(*args, sock=sock, **options)
        except BaseException:
            if sock is not None:
                sock.detach()
            raise


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a process's main coroutine to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(main)
