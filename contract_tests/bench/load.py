"""A load on loopback with as little of its own as possible: raw HTTP/1.1 over kept connections."""

import asyncio
import time
from collections.abc import Callable, Iterator

from msgspec import Struct

MakeRequest = Callable[[int], bytes]


class Load(Struct, frozen=True, kw_only=True):
    """What a load saw: answers per second, and the time of each in seconds."""

    per_s: float
    waits_s: list[float]
    statuses: dict[int, int]

    def percentile(self, share: float) -> float:
        """The wait that a share of all answers stayed below, in seconds."""
        ordered = sorted(self.waits_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def http(path: str, body: bytes, headers: str = "") -> bytes:
    """One request's bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    )
    return (head + headers + "\r\n").encode() + body


async def closed_loop(port: int, make: MakeRequest, serials: Iterator[int], *, concurrency: int, for_s: float) -> Load:
    """`concurrency` callers, each asking again as soon as it was answered."""
    until = time.perf_counter() + for_s
    waits: list[float] = []
    statuses: dict[int, int] = {}

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            began = time.perf_counter()
            status = await _ask(reader, writer, make(next(serials)))
            waits.append(time.perf_counter() - began)
            statuses[status] = statuses.get(status, 0) + 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(concurrency)))
    return Load(per_s=len(waits) / (time.perf_counter() - began), waits_s=waits, statuses=statuses)


async def open_loop(port: int, make: MakeRequest, serials: Iterator[int], *, per_s: float, for_s: float) -> Load:
    """Requests at fixed instants, whether the last one was answered or not; waits count from the planned instant."""
    waits: list[float] = []
    statuses: dict[int, int] = {}
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def one(planned: float) -> None:
        reader, writer = idle.pop() if idle else await asyncio.open_connection("127.0.0.1", port)
        status = await _ask(reader, writer, make(next(serials)))
        waits.append(time.perf_counter() - planned)
        statuses[status] = statuses.get(status, 0) + 1
        idle.append((reader, writer))

    began = time.perf_counter()
    tasks = []
    for index in range(int(per_s * for_s)):
        planned = began + index / per_s
        await asyncio.sleep(max(0.0, planned - time.perf_counter()))
        tasks.append(asyncio.create_task(one(planned)))
    await asyncio.gather(*tasks)
    for _, writer in idle:
        writer.close()
    return Load(per_s=len(waits) / (time.perf_counter() - began), waits_s=waits, statuses=statuses)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    at = head.find(b"content-length:")
    if at >= 0:
        await reader.readexactly(int(head[at + 15 :].split(b"\r\n", 1)[0]))
    elif b"chunked" in head:
        await _chunks(reader)
    return int(head[9:12])


async def _chunks(reader: asyncio.StreamReader) -> None:
    while size := int((await reader.readline()).strip() or b"0", 16):
        await reader.readexactly(size + 2)
    await reader.readline()
