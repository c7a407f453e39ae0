"""What the runner of a kit is told in a file: secrets (also from the environment), settings, deviations."""

import datetime as dt
import json
import os
import ssl
from pathlib import Path
from typing import Any

from contract_tests.kit.portable.limits import CONFIG_BYTES_MAX


class BadConfig(ValueError):
    """A file of the runner that cannot be used; the message names file and member."""


def read_config(path: Path | None) -> dict[str, Any]:
    """The settings file: `{"secrets": {}, "settings": {}, "tls": {}}`. Raises BadConfig."""
    told = _json(path) if path is not None else {}
    if not isinstance(told, dict):
        raise BadConfig(f"{path}: expected an object")
    for name in told:
        if name not in ("secrets", "settings", "tls"):
            raise BadConfig(f"{path}: unknown member '{name}'; known: secrets, settings, tls")
    return told


def secrets_of(told: dict[str, Any], names: tuple[str, ...], file: str) -> dict[str, str]:
    """The secrets a kit names: a text, `{"env": NAME}` or `{"file": path}`. Raises BadConfig for a missing one."""
    given, settings = told.get("secrets", {}), told.get("settings", {})
    for member, value in (("secrets", given), ("settings", settings)):
        if not isinstance(value, dict):
            raise BadConfig(f"{file}: {member} is an object of names")
    found = {name: _secret(given.get(name, {"env": f"KIT_{name.upper()}"}), name, file) for name in names}
    missing = [name for name, value in found.items() if not value]
    if missing:
        raise BadConfig(f"{file}: no secret " + ", ".join(_wanted(name, given.get(name)) for name in missing))
    return {**{name: value for name, value in given.items() if isinstance(value, str)}, **found}


def _wanted(name: str, said: Any) -> str:
    """What is missing, and where it was looked for."""
    if isinstance(said, dict) and "env" in said:
        return f"{name} (the environment has no {said['env']})"
    return f"{name} (it is empty)" if said is not None else f"{name} (nor has the environment KIT_{name.upper()})"


def _secret(value: Any, name: str, file: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and set(value) == {"env"}:
        return os.environ.get(str(value["env"]), "")
    if isinstance(value, dict) and set(value) == {"file"}:
        try:
            return Path(str(value["file"])).read_text("utf-8").strip()
        except OSError as error:
            raise BadConfig(f"{file}: secret {name}: {value['file']}: {error.strerror}") from None
    raise BadConfig(f'{file}: secret {name} is a text, {{"env": NAME}} or {{"file": PATH}}')


def tls_of(told: dict[str, Any], file: str) -> ssl.SSLContext | None:
    """`{"ca": file, "certificate": file, "key": file}` as a context; None where nothing is said. Raises BadConfig."""
    said = told.get("tls")
    if not said:
        return None
    try:
        context = ssl.create_default_context(cafile=said.get("ca"))
        if said.get("certificate"):
            context.load_cert_chain(said["certificate"], said.get("key"))
    except (OSError, ssl.SSLError, AttributeError) as error:
        raise BadConfig(f"{file}: tls: {error}") from None
    return context


def read_deviations(path: Path | None) -> dict[str, dict[str, str]]:
    """Deviations a carrier has declared: a list of `{test, reason, owner, expires}`. Raises BadConfig."""
    if path is None:
        return {}
    told, found = _json(path), {}
    for number, each in enumerate(told if isinstance(told, list) else [None], 1):
        if not isinstance(each, dict) or set(each) != {"test", "reason", "owner", "expires"}:
            raise BadConfig(f"{path}: entry {number} needs exactly test, reason, owner, expires")
        try:
            dt.date.fromisoformat(str(each["expires"]))
        except ValueError:
            raise BadConfig(f"{path}: entry {number}: expires is a date yyyy-MM-dd") from None
        found[str(each["test"])] = {name: str(each[name]) for name in ("reason", "owner", "expires")}
    return found


def _json(path: Path) -> Any:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadConfig(f"{path}: {error.strerror}") from None
    if len(data) > CONFIG_BYTES_MAX:
        raise BadConfig(f"{path}: longer than {CONFIG_BYTES_MAX:,} bytes")
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise BadConfig(f"{path}:{error.lineno}:{error.colno}: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise BadConfig(f"{path}: {error}") from None
