"""The whole way of an issue beside bare proxies to the same carrier; latency it adds; memory over many operations."""

import asyncio
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable

from contract_tests.bench import stage
from contract_tests.bench.figures import Figure
from contract_tests.bench.load import Load, closed_loop, open_loop

CONCURRENCY = 32
ROUNDS = 3
ROUND_S = 4.0
OPEN_PER_S, OPEN_S = 100.0, 10.0
FEW, MANY = 5_000, 50_000
Told = Callable[[str], None]


def run_throughput(told: Told) -> list[Figure]:
    """Answers per second on one core, the three servers in turn."""
    return asyncio.run(_throughput(told))


def run_latency(told: Told) -> list[Figure]:
    """What the gateway adds to a call at 100 requests a second."""
    return asyncio.run(_latency(told))


def run_memory(told: Told) -> list[Figure]:
    """The gateway's memory after few and after many operations."""
    return asyncio.run(_memory(told))


async def _throughput(told: Told) -> list[Figure]:
    stage.pin(stage.OTHER_CORE)
    serials = itertools.count(1)
    async with (
        stage.carrier() as carrier,
        stage.proxy("fastapi", carrier) as fastapi,
        stage.proxy("starlette", carrier) as starlette,
        stage.gateway(carrier) as gateway,
    ):
        servers = (fastapi, starlette, gateway)
        for server in servers:
            await _loaded(server, serials, 1.5)
        seen: dict[str, list[float]] = {server.name: [] for server in servers}
        for round_no in range(ROUNDS):
            for server in servers:
                told(f"round {round_no + 1} of {ROUNDS}: {server.name}")
                seen[server.name].append((await _loaded(server, serials, ROUND_S)).per_s)
    median = {name: statistics.median(values) for name, values in seen.items()}
    to_fastapi = statistics.median(g / f for g, f in zip(seen["gateway"], seen["fastapi"], strict=True))
    to_starlette = statistics.median(g / s for g, s in zip(seen["gateway"], seen["starlette"], strict=True))
    return [
        *(Figure(name=f"gateway.{name}_per_s", value=round(value), unit="/s") for name, value in median.items()),
        Figure(name="gateway.to_fastapi_httpx", value=round(to_fastapi, 2), unit="x", limit=2.0, rule="at_least"),
        Figure(
            name="gateway.to_starlette_fresh",
            value=round(to_starlette, 2),
            unit="x",
            limit=0.4,
            rule="at_least",
            note=f"aim 0.5; a flush of this disk takes {fsync_ms():.1f} ms",
        ),
    ]


async def _loaded(server: stage.Server, serials: "itertools.count[int]", for_s: float) -> Load:
    load = await closed_loop(server.port, server.request, serials, concurrency=CONCURRENCY, for_s=for_s)
    wrong = {status: count for status, count in load.statuses.items() if status >= 400 or status == 202}
    if wrong:
        raise RuntimeError(f"{server.name} answered {wrong} of {sum(load.statuses.values())}")
    return load


async def _latency(told: Told) -> list[Figure]:
    stage.pin(stage.OTHER_CORE)
    serials = itertools.count(10_000_000)
    async with stage.carrier() as carrier, stage.gateway(carrier) as gateway:
        await _loaded(gateway, serials, 1.5)
        told("calling the carrier directly")
        direct = await open_loop(carrier.port, carrier.request, serials, per_s=OPEN_PER_S, for_s=OPEN_S)
        told("calling it through the gateway")
        through = await open_loop(gateway.port, gateway.request, serials, per_s=OPEN_PER_S, for_s=OPEN_S)
    added = {share: (through.percentile(share) - direct.percentile(share)) * 1000 for share in (0.5, 0.99)}
    return [
        Figure(name="latency.added_p50_ms", value=round(added[0.5], 2), unit="ms", limit=5.0),
        Figure(name="latency.added_p99_ms", value=round(added[0.99], 2), unit="ms", limit=15.0),
        Figure(
            name="latency.fsync_ms", value=round(fsync_ms(), 3), unit="ms", note="one small durable write of this disk"
        ),
    ]


async def _memory(told: Told) -> list[Figure]:
    stage.pin(stage.OTHER_CORE)
    serials = itertools.count(20_000_000)
    async with stage.carrier() as carrier, stage.gateway(carrier) as gateway:
        few = await _after(gateway, serials, FEW, told)
        many = await _after(gateway, serials, MANY, told)
    growth = (many - few) / few
    return [
        Figure(name="memory.after_5000_mb", value=round(few, 1), unit="MB"),
        Figure(name="memory.after_50000_mb", value=round(many, 1), unit="MB"),
        Figure(name="memory.growth", value=round(growth, 3), unit="of the first", limit=0.10),
    ]


async def _after(gateway: stage.Server, serials: "itertools.count[int]", wanted: int, told: Told) -> float:
    done = 0
    while done < wanted:
        load = await _loaded(gateway, serials, 2.0)
        done += len(load.waits_s)
        told(f"{done} of {wanted} operations")
    return gateway.memory_mb()


def fsync_ms() -> float:
    """The median time of one fsync after a small write."""
    with tempfile.TemporaryFile() as file:
        spent = []
        for _ in range(50):
            file.write(b"x" * 512)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1000
