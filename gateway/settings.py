"""Settings: from the environment (`INSUREHUB_*`), then `insurehub.yaml`, then defaults that need neither.

`INSUREHUB_SETTINGS` names another settings file.

A channel's URL and secrets are settings, never catalogue:

    channels:
      lotus_main:
        config: {base_url: https://api.example}
        secrets: {sign_key: {env: LOTUS_SIGN_KEY}, app_key: {file: /run/secrets/lotus}}
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults, plain_data
from gateway.channel import ChannelSettings
from gateway.wire.contract import Secret

FILE = "insurehub.yaml"
STATE = ".insurehub"


class SettingsInvalid(Exception):
    """A setting that cannot be used: its place, and what to do."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything an operator may set; paths are absolute."""

    workspace: Path
    host: str = "127.0.0.1"
    port: int = 8400
    journal: str = ""
    key: str | None = None
    key_file: Path = Path()
    channels: Mapping[str, ChannelSettings] = {}
    answer_within_s: float = 10.0
    deadline_s: float = 300.0
    lease_s: float = 45.0
    synchronous: str = "full"


def load_settings(workspace: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of a workspace. Raises SettingsInvalid with the place of the first fault."""
    document = _document(Path(environ.get("INSUREHUB_SETTINGS") or workspace / FILE))
    state = workspace / STATE
    return Settings(
        workspace=workspace,
        host=environ.get("INSUREHUB_HOST") or str(document.get("host", "127.0.0.1")),
        port=_number(environ, document, "port", 8400),
        journal=environ.get("INSUREHUB_JOURNAL") or str(document.get("journal", f"sqlite:{state / 'journal.db'}")),
        key=environ.get("INSUREHUB_KEY"),
        key_file=Path(environ.get("INSUREHUB_KEY_FILE") or str(document.get("key_file", state / "key"))),
        channels=_channels(document.get("channels", {}), environ),
        answer_within_s=_number(environ, document, "answer_within_s", 10),
        deadline_s=_number(environ, document, "deadline_s", 300),
        lease_s=_number(environ, document, "lease_s", 45),
    )


def _document(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        return {}
    node, diagnostics = read_file(file)
    faults = Faults()
    found = plain_data(node, faults) if node is not None else {}
    errors = [each for each in (*diagnostics, *faults.all()) if each.severity == "error"]
    if errors:
        raise SettingsInvalid("\n".join(map(str, errors)))
    if not isinstance(found, dict):
        raise SettingsInvalid(f"{file}:1:1: settings are a map of names to values")
    return found


def _number(environ: Mapping[str, str], document: Mapping[str, Any], name: str, default: int) -> int:
    text = environ.get(f"INSUREHUB_{name.upper()}") or str(document.get(name, default))
    try:
        return int(text)
    except ValueError:
        raise SettingsInvalid(f"{name}: '{text}' is not a whole number") from None


def _channels(document: Any, environ: Mapping[str, str]) -> dict[str, ChannelSettings]:
    channels = {}
    for name, entry in (document or {}).items():
        config = {key: str(value) for key, value in (entry.get("config") or {}).items()}
        prefix = f"INSUREHUB_CHANNEL_{name.upper()}_CONFIG_"
        config |= {key.removeprefix(prefix).lower(): value for key, value in environ.items() if key.startswith(prefix)}
        secrets = {key: _secret(name, key, value, environ) for key, value in (entry.get("secrets") or {}).items()}
        channels[name] = ChannelSettings(config=config, secrets=secrets)
    return channels


def _secret(channel: str, key: str, value: Any, environ: Mapping[str, str]) -> Secret:
    """A secret is a reference, `{env: NAME}` or `{file: PATH}`; a text in the file itself is refused."""
    where = f"channels.{channel}.secrets.{key}"
    if isinstance(value, dict) and set(value) == {"env"}:
        if value["env"] not in environ:
            raise SettingsInvalid(f"{where}: the environment has no {value['env']}")
        return Secret(environ[value["env"]])
    if isinstance(value, dict) and set(value) == {"file"}:
        file = Path(str(value["file"]))
        if not file.is_file():
            raise SettingsInvalid(f"{where}: there is no file {file}")
        return Secret(file.read_text(encoding="utf-8").strip())
    raise SettingsInvalid(f"{where}: write {{env: NAME}} or {{file: PATH}}; a secret does not stand in a settings file")
