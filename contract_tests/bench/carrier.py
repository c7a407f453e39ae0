"""The benchmark carrier: a bare socket server that answers each issue with a policy number, as fast as it can."""

import argparse
import asyncio
import itertools
import sys
from typing import cast

import uvloop

from contract_tests.bench.message import reply_body

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Issuer(asyncio.Protocol):
    """One connection: request in, reply out; nothing else is looked at."""

    numbers = itertools.count(1)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._received = bytearray()

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._received) < end + 4 + length:
            return
        body = reply_body(bytes(self._received[end + 4 :]), f"BP{next(self.numbers):010}")
        self._transport.write(_HEAD % len(body) + body)
        self._received.clear()
        if b"connection: close" in head:
            self._transport.close()


async def serve(port: int) -> None:
    """Listen on loopback and print the port."""
    server = await asyncio.get_running_loop().create_server(Issuer, "127.0.0.1", port, backlog=2048)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    uvloop.run(serve(parser.parse_args().port))
