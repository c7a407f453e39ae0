"""A number that was a connection's belongs to somebody else the moment it is closed: it is closed once."""

import asyncio
import socket
import struct

import httpx
import pytest
import uvloop

from gateway.transport import CarrierTransport, NotSent
from gateway.transport.loop import Loop

RESET = struct.pack("ii", 1, 0)


class Struck(socket.socket):
    """A socket whose peer resets the connection after it was made and before the first byte of TLS goes out."""

    host: socket.socket
    made: bool = False

    def setblocking(self, flag):
        super().setblocking(flag)
        if self.made:
            peer, _ = self.host.accept()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            peer.close()
        self.made = True


async def owners_left(times: int) -> int:
    """How many socket objects still hold a number when every connection is over."""
    sockets: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as host:

        def make(info):
            sockets.append(one := Struck(*info[:3]))
            one.host = host
            return one

        request = httpx.Request("POST", f"https://127.0.0.1:{host.getsockname()[1]}/", content=b"x")
        async with CarrierTransport(socket_factory=make) as transport:
            for _ in range(times):
                with pytest.raises(NotSent):
                    await transport.handle_async_request(request)
    await asyncio.sleep(0.05)
    return sum(one.detach() != -1 for one in sockets)


def run(factory, times: int) -> int:
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(owners_left(times))


def test_a_connection_reset_while_it_is_made_leaves_no_second_owner_of_its_descriptor():
    assert run(Loop, 20) == 0


def test_plain_uvloop_leaves_one_so_the_guard_is_still_needed():
    assert run(uvloop.Loop, 5) == 5, "uvloop closes it once by itself now: gateway.transport.loop can go"
