"""Mock carriers as processes, one per channel of the catalogue, and the settings that point the gateway at them."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import yaml

from cli.mapping.workspace import carrier_folders
from contract_tests.personal.allowed import key_set
from gateway.allowed import COMMISSION, PREFIX, by_commission
from gateway.catalogue.rate_check import COMMISSION_SETTING
from gateway.catalogue.snapshot import Snapshot
from gateway.channel import Registry
from gateway.wire.contract import Tls

START_S = 60.0
TEST_KEYS = "test-only"


class SandboxFailed(Exception):
    """A process of the sandbox did not start; its own words are in the text."""


class Mock(msgspec.Struct, frozen=True, kw_only=True):
    """A running mock carrier: whom it plays, where it listens, where it writes down what it did."""

    channel: str
    carrier: str
    base_url: str
    admin_url: str
    ledger: Path
    tls: Mapping[str, str] = {}


@dataclass
class Sandbox:
    """Mock carriers on loopback; a context manager that ends them all.

    `state` keeps ledgers, settings, keys and the gateway's journal. `faults` are plans by channel, `options` further
    words for every mock's command line.
    """

    root: Path
    snapshot: Snapshot
    gateway_url: str
    faults: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    state: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="insurehub-")))
    mocks: dict[str, Mock] = field(default_factory=dict)
    _processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        """Start every mock; ends what was started when one fails."""
        try:
            started = await asyncio.gather(*(self._start(name) for name in self.snapshot.channels))
        except BaseException:
            await self._stop()
            raise
        self.mocks = {mock.channel: mock for mock in started}
        self.write_settings()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a gateway that talks to these mocks."""
        return {**os.environ, **self.own_environ}

    @property
    def own_environ(self) -> dict[str, str]:
        """What of it is this sandbox's."""
        return {
            "INSUREHUB_SETTINGS": str(self.state / "insurehub.yaml"),
            "INSUREHUB_JOURNAL": f"sqlite:{self.state / 'journal.db'}",
            "INSUREHUB_KEY_FILE": str(self.state / "key"),
            # What the catalogue is read by is the workspace's own: it would not be taken over otherwise.
            **({f"{PREFIX}{COMMISSION_SETTING.upper()}": COMMISSION[1]} if by_commission(self.root) else {}),
        }

    def write_settings(self) -> None:
        """Write the settings of all channels: URLs in the file, secrets in files of their own."""
        registry = Registry()
        channels = {}
        for name, mock in self.mocks.items():
            carrier = registry.adapter(mock.carrier).carrier
            known = key_set(TEST_KEYS, mock.carrier, self.root) or {}
            urls = {key: mock.base_url for key in carrier.config_keys if key.endswith("url")}
            config = {**urls, **{key: known[key] for key in carrier.config_keys if key in known}}
            pems = _pems(carrier.tls, mock.tls)
            config |= {key: pems[f"config.{key}"] for key in carrier.config_keys if f"config.{key}" in pems}
            secrets = {
                key: {"file": pems.get(f"secret.{key}") or str(self._secret(name, key, known[key]))}
                for key in carrier.secret_keys
            }
            channels[name] = {"config": config, "secrets": secrets}
        (self.state / "insurehub.yaml").write_text(yaml.safe_dump({"channels": channels}), encoding="utf-8")

    def ledgers(self) -> dict[str, list[dict[str, Any]]]:
        """What every mock has written down so far, by channel."""
        return {name: _lines(mock.ledger) for name, mock in self.mocks.items()}

    def _secret(self, channel: str, key: str, value: str) -> Path:
        file = self.state / "secrets" / f"{channel}.{key}"
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.write_text(str(value), encoding="utf-8")
        return file

    async def _start(self, channel: str) -> Mock:
        carrier = self.snapshot.channels[channel].carrier
        ledger = self.state / f"{channel}.ledger.jsonl"
        words = ["--ledger", str(ledger), "--callback-base", f"{self.gateway_url}/callbacks/{channel}/{{callback}}"]
        if plan := self.faults.get(channel):
            file = self.state / f"{channel}.faults.json"
            file.write_text(json.dumps({"faults": plan}), encoding="utf-8")
            words += ["--faults", str(file)]
        folders, _ = carrier_folders(self.root, (carrier,))
        if not folders:
            raise SandboxFailed(f"channel {channel}: there is no carrier '{carrier}'")
        words += ["--tls-files", str(self.state / "tls" / channel)]
        log = self.state / f"{channel}.log"
        with log.open("wb") as said:
            process = await start_tied(
                "contract_tests.mock",
                str(folders[0].path),
                *words,
                *self.options,
                stdout=asyncio.subprocess.PIPE,
                stderr=said,
                cwd=self.root,
            )
        self._processes.append(process)
        ready = json.loads(await _first_line(process, log, f"the mock of {carrier}"))
        return Mock(
            channel=channel,
            carrier=carrier,
            base_url=ready["base_url"],
            admin_url=ready["admin_url"],
            ledger=ledger,
            tls=ready.get("tls", {}),
        )

    async def _stop(self) -> None:
        await stop_all(self._processes)
        self._processes.clear()


async def start_tied(module: str, *words: str, **more: Any) -> asyncio.subprocess.Process:
    """Start a module as a process that ends when this one does, however this one ends."""
    command = (sys.executable, "-m", "cli.tied", module, *words)
    return await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, **more)


def _pems(wanted: Tls | None, made: Mapping[str, str]) -> dict[str, str]:
    """The files a mock has made for its client, by the settings the carrier's mapping names for them."""
    if wanted is None or not made:
        return {}
    files = {wanted.cert: made["client"], wanted.key: made["client"], wanted.ca: made["ca"]}
    return {reference: file for reference, file in files.items() if reference is not None}


async def stop_all(processes: Iterable[asyncio.subprocess.Process]) -> None:
    """Ask processes to end, then make them."""
    running = [process for process in processes if process.returncode is None]
    for process in running:
        process.terminate()
    waits = [asyncio.wait_for(process.wait(), 10) for process in running]
    for process, result in zip(running, await asyncio.gather(*waits, return_exceptions=True), strict=True):
        if isinstance(result, BaseException):
            process.kill()
            await process.wait()


async def _first_line(process: asyncio.subprocess.Process, log: Path, who: str) -> bytes:
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_S)
    except TimeoutError:
        line = b""
    if not line:
        await stop_all([process])
        raise SandboxFailed(f"{who} did not start:\n{_last_words(log)}")
    return line


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def _lines(ledger: Path) -> list[dict[str, Any]]:
    data = ledger.read_bytes() if ledger.exists() else b""
    return [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]
