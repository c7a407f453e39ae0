"""`insurehub doctor`: what is missing on this machine."""

import importlib.util
import os
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.journal_keys import look
from cli.mapping.workspace import find_workspace
from cli.out import Exit, emit_json, styled, table
from gateway.settings import Settings, SettingsInvalid, load_settings
from gateway.wire.extras import EXTRAS

app = typer.Typer(add_completion=False)
_PACKAGES = ("httpx", "aiohttp", "msgspec", "lxml", "granian", "cryptography", "jinja2", "yaml", "ruff")
_FOR_TESTS = ("pytest", "respx", "hypothesis")
_INSTALLED_AS = {package: f"insurehub[{extra}]" for extra, packages in EXTRAS.items() for package in packages}
_FSYNCS = 32


@app.command()
def doctor(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Look at Python, packages, workspace, settings, journal and its keys, disk and optional servers.

    Example: insurehub doctor
    """
    findings = [_python(), *_packages(), _formatter(), *_workspace(), _disk(), *_servers()]
    if json:
        emit_json({"ok": all(each["ok"] or not each["needed"] for each in findings), "findings": findings})
    else:
        rows = [[_sign(each), each["what"], each["found"], each["hint"]] for each in findings]
        table(None, ["", "what", "found", "what to do"], rows)
    missing = [each for each in findings if each["needed"] and not each["ok"]]
    raise typer.Exit(Exit.missing if missing else Exit.ok)


def _finding(what: str, found: str, *, ok: bool, needed: bool = True, hint: str = "") -> dict[str, Any]:
    return {"what": what, "found": found, "ok": ok, "needed": needed, "hint": "" if ok else hint}


def _sign(finding: dict[str, Any]) -> Text:
    if finding["ok"]:
        return styled("ok", "green")
    return styled("missing", "red") if finding["needed"] else styled("absent", "yellow")


def _python() -> dict[str, Any]:
    version = ".".join(map(str, sys.version_info[:3]))
    return _finding("Python 3.11+", version, ok=sys.version_info >= (3, 11), hint="install Python 3.11 or newer")


def _packages() -> list[dict[str, Any]]:
    rows = [(name, True) for name in _PACKAGES] + [(name, False) for name in (*_FOR_TESTS, *_INSTALLED_AS)]
    return [
        _finding(
            f"package {name}",
            "there" if (there := _has(name)) else "not there",
            ok=there,
            needed=needed,
            hint=f"pip install '{_INSTALLED_AS.get(name, name)}'",
        )
        for name, needed in rows
    ]


def _has(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _formatter() -> dict[str, Any]:
    beside = Path(sys.executable).with_name("ruff")
    found = str(beside) if beside.exists() else shutil.which("ruff")
    return _finding("ruff on PATH", found or "not there", ok=bool(found), hint="generated adapters are formatted by it")


def _workspace() -> list[dict[str, Any]]:
    root = find_workspace(Path.cwd())
    if root is None:
        return [_finding("workspace", "none here", ok=False, needed=False, hint="insurehub init")]
    findings = [_finding("workspace", str(root), ok=True)]
    try:
        settings = load_settings(root)
    except SettingsInvalid as invalid:
        return [*findings, _finding("settings", str(invalid).splitlines()[0], ok=False, hint="correct insurehub.yaml")]
    named = ", ".join(sorted(settings.channels)) or "no channel has settings"
    hint = "name channels with config and secrets in insurehub.yaml, or try insurehub serve --with-mocks"
    findings.append(_finding("settings", named, ok=bool(settings.channels), needed=False, hint=hint))
    return [*findings, _journal(settings)]


def _journal(settings: Settings) -> dict[str, Any]:
    """Whether a gateway would start on the journal: it opens, and the keys here are those it was sealed with."""
    seen = look(settings)
    return _finding("journal", seen.found, ok=not seen.to_do, hint=seen.to_do)


def _disk() -> dict[str, Any]:
    """How long the disk takes to make one small write durable: the floor under every acknowledged write."""
    try:
        found, ok = f"{_fsync_ms():.2f} ms per fsync", True
    except OSError as error:
        found, ok = f"this folder takes no files: {error.strerror}", False
    return _finding("disk", found, ok=ok, hint="the journal and what is generated are written here")


def _fsync_ms() -> float:
    with tempfile.TemporaryFile(dir=Path.cwd()) as file:
        began = time.perf_counter()
        for _ in range(_FSYNCS):
            file.write(b"x" * 512)
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - began) / _FSYNCS * 1000


def _servers() -> list[dict[str, Any]]:
    places = (("PostgreSQL", 5432), ("Redis", 6379))
    return [
        _finding(
            name,
            f"127.0.0.1:{port}" if (there := _listens(port)) else "not there",
            ok=there,
            needed=False,
            hint="only for several replicas; one process needs none",
        )
        for name, port in places
    ]


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.3):
            return True
    except OSError:
        return False
