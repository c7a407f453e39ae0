"""A gateway under torture is the one that was started, on a port that nobody else is given."""

import asyncio
import types
from pathlib import Path

import pytest

from contract_tests.checker import fleet
from contract_tests.checker.fleet import GatewayFailed, Served, free_port


def test_a_gateways_port_is_none_that_the_system_gives_to_mocks_and_connections_by_itself():
    limits = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(limits.read_text().split()[0]) if limits.exists() else 32_768
    assert all(free_port() < first for _ in range(50))


@pytest.mark.parametrize(("status", "is_up"), [("200 OK", True), ("404 Not Found", False)])
async def test_what_somebody_else_answers_on_its_port_is_not_taken_for_a_gateway(tmp_path, monkeypatch, status, is_up):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    monkeypatch.setattr(fleet, "READY_S", 0.3)
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    served = Served.__new__(Served)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    served._process, served.is_up = types.SimpleNamespace(poll=lambda: None), False
    served._log = tmp_path / "gateway.log"
    served._log.write_text("said nothing")
    try:
        await served.ready()
    except GatewayFailed as failed:
        assert "said nothing" in str(failed)  # noqa: PT017 - half of the cases
    assert served.is_up is is_up
    server.close()
