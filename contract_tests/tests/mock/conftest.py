"""Raw sockets, and the samples printed in the carriers' documents."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from contract_tests.mock import MockCarrier

CARRIERS = Path(__file__).parents[3] / "mappings" / "carriers"


@dataclass
class Answer:
    """What came back on a raw connection."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    rest: bytes = b""


class Client:
    """A client that speaks bytes and looks at bytes."""

    def __init__(self, url: str) -> None:
        host, _, port = url.partition("://")[2].partition(":")
        self.host, self.port = host, int(port)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.host, self.port)

    async def send(self, message: bytes, *, wait_s: float = 5.0) -> Answer:
        """One request on a fresh connection, read as its own length says."""
        reader, writer = await self.connect()
        try:
            async with asyncio.timeout(wait_s):
                writer.write(message)
                return await read_answer(reader)
        finally:
            writer.close()

    async def everything(self, message: bytes, *, wait_s: float = 5.0) -> bytes:
        """One request, and every byte until the other side closes."""
        reader, writer = await self.connect()
        try:
            async with asyncio.timeout(wait_s):
                writer.write(message)
                return await reader.read(-1)
        finally:
            writer.close()


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in head[1:-2])
    headers = {name.lower(): value for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split(" ")[1]), headers, body)


@pytest.fixture
def eventually() -> Callable[..., Awaitable[None]]:
    """Waits for something another task brings about."""

    async def wait(happened: Callable[[], object], *, wait_s: float = 3.0) -> None:
        async with asyncio.timeout(wait_s):
            while not happened():  # noqa: ASYNC110 what is waited for has no event of its own
                await asyncio.sleep(0.01)

    return wait


def http(method: str, target: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as bytes; `x_y` in a header's name stands for `X-Y`."""
    lines = [f"{method} {target} HTTP/1.1", "Host: carrier", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@pytest.fixture
def bytes_of() -> Callable[..., bytes]:
    return http


OpenMock = Callable[..., Awaitable[MockCarrier]]


@pytest.fixture
async def a_mock() -> AsyncIterator[OpenMock]:
    """Opens mock carriers and closes them; a fault of a mock.yaml that was run into fails the test."""
    opened: list[MockCarrier] = []

    async def open_one(folder: Path | str, **settings: Any) -> MockCarrier:
        found = MockCarrier.load(CARRIERS / folder if isinstance(folder, str) else folder, **settings)
        opened.append(await found.__aenter__())
        return found

    yield open_one
    for mock in opened:
        await mock.close()
    assert [error for mock in opened for error in mock.errors()] == []


@pytest.fixture
def client_of() -> Callable[[MockCarrier], Client]:
    return lambda mock: Client(mock.base_url)


@pytest.fixture
def document_of() -> Callable[[str], str]:
    return lambda carrier: (CARRIERS / carrier / "document.md").read_text("utf-8")


@dataclass
class Section:
    """One numbered clause of a document with its text."""

    number: str
    text: str

    def blocks(self) -> list[str]:
        """The fenced blocks, without their fences."""
        return re.findall(r"^```\w*\n(.*?)\n?```$", self.text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def clauses_of(document_of: Callable[[str], str]) -> Callable[[str], dict[str, Section]]:
    """A document cut at its clause numbers (`4.5.3 ...` at the start of a line)."""

    def cut(carrier: str) -> dict[str, Section]:
        parts = re.split(r"^(?:#+ )?(\d+(?:\.\d+)*)\.? (?!\d)", document_of(carrier), flags=re.MULTILINE)
        return {number: Section(number, text) for number, text in zip(parts[1::2], parts[2::2], strict=True)}

    return cut


@dataclass
class Printed:
    """A message printed in a document as HTTP: its first line, its headers, its body."""

    start: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, block: str) -> "Printed":
        head, _, body = block.partition("\n\n")
        start, *lines = head.split("\n")
        return cls(start, dict(line.split(": ", 1) for line in lines), body.encode())

    def as_request(self, **changed: str) -> bytes:
        headers = {**self.headers, **changed, "Host": "carrier", "Content-Length": str(len(self.body))}
        lines = [self.start, *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1])


@pytest.fixture
def printed_exchanges(clauses_of: Callable[[str], dict[str, Section]]) -> Callable[[str], dict[str, list[Printed]]]:
    """The HTTP messages of every clause that prints some."""

    def read(carrier: str) -> dict[str, list[Printed]]:
        found = {}
        for number, clause in clauses_of(carrier).items():
            blocks = re.findall(r"^```http\n(.*?)\n?```$", clause.text, re.DOTALL | re.MULTILINE)
            if blocks:
                found[number] = [Printed.of(block) for block in blocks]
        return found

    return read


PINE = Path(__file__).parent / "pine"
PINE_KEYS = {"key": "pine-key"}


@pytest.fixture
def pine_text() -> str:
    return (PINE / "mock.yaml").read_text("utf-8")


class Pine:
    """A running mock of the small carrier, and a client of it."""

    def __init__(self, mock: MockCarrier) -> None:
        self.mock, self.client = mock, Client(mock.base_url)

    def issue_bytes(self, order: str = "O1", *, where: str = "", body: bytes | None = None, **changed: str) -> bytes:
        fields = {"order": order, "plan": "basic", "holder": "张三"} | changed
        return http("POST", f"{where}/issue", body or json.dumps(fields, ensure_ascii=False).encode(), x_key="pine-key")

    async def issue(self, order: str = "O1", **changed: str) -> Answer:
        return await self.client.send(self.issue_bytes(order, **changed))

    async def get(self, no: str = "P000001", where: str = "") -> Answer:
        return await self.client.send(http("GET", f"{where}/policies/{no}", x_key="pine-key"))

    async def cancel(self, no: str = "P000001") -> Answer:
        return await self.client.send(http("POST", f"/policies/{no}/cancel", x_key="pine-key"))

    async def admin(self, method: str, path: str, body: Any = None) -> Any:
        client = Client(self.mock.admin_url)
        answer = await client.send(http(method, path, b"" if body is None else json.dumps(body).encode()))
        found = json.loads(answer.body)
        assert answer.status == 200, found
        return found

    def effects(self, namespace: str | None = None) -> list[tuple[str, str]]:
        return [(line["effect"], line["business_key"]) for line in self.mock.ledger(namespace)]


@pytest.fixture
def open_pine(a_mock: OpenMock) -> Callable[..., Awaitable[Pine]]:
    async def open_one(folder: Path = PINE, **settings: Any) -> Pine:
        return Pine(await a_mock(folder, secrets=PINE_KEYS, **settings))

    return open_one


@pytest.fixture
async def pine(open_pine: Callable[..., Awaitable[Pine]]) -> Pine:
    return await open_pine()


@pytest.fixture
def pine_with(
    open_pine: Callable[..., Awaitable[Pine]], pine_text: str, tmp_path: Path
) -> Callable[..., Awaitable[Pine]]:
    """The small carrier with some of its file replaced."""

    async def open_changed(old: str, new: str, **settings: Any) -> Pine:
        assert old in pine_text
        (tmp_path / "mock.yaml").write_text(pine_text.replace(old, new), "utf-8")
        return await open_pine(tmp_path, **settings)

    return open_changed
