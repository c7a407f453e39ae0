"""Settings: from the environment (`INSUREHUB_*`), then `insurehub.yaml`, then defaults that need neither.

`INSUREHUB_SETTINGS` names another settings file.

A channel's URL and secrets are settings, never catalogue:

    channels:
      lotus_main:
        config: {base_url: https://api.example}
        secrets: {sign_key: {env: LOTUS_SIGN_KEY}, app_key: {file: /run/secrets/lotus}}

Several gateways share what their routing sees with `shared: redis://host:6379/0`.

While a key is being changed `{file: NEW, previous: {file: OLD}}` signs with the new one and still believes the old one.
`retention` says for how many days the journal keeps what: `{ business_days: 1826, log_days: 183 }`, in the environment
`INSUREHUB_RETENTION_BUSINESS_DAYS`; `journal_upgrade: auto` lets a gateway bring PostgreSQL's schema up to date itself.
`routing_by_commission: allowed` lets products choose channels by what is earned (`rate: expected_value`); it is off.
`lost_keys: [k1]` names keys of raw messages that are lost for good: a gateway starts without them.
Other places for secrets are named under `secrets`, with what their class is made with:

    secrets:
      folder: {use: "gateway.keyring:Files", path: /run/secrets}
      vault: {use: "our_company.vault:Vault", address: https://vault.example}

Webhooks go to public https addresses. Receivers of one's own are allowed by their networks, and may do without TLS:

    webhooks:
      allow: [10.20.0.0/16, 127.0.0.1]
      retry: [5s, 5m, 30m, 2h]
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from msgspec import Struct

from gateway.allowed import COMMISSION, FILE, PREFIX
from gateway.catalogue.fields import Fields
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import MapNode, Node, ScalarNode
from gateway.catalogue.rate_check import COMMISSION_SETTING
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults, as_duration_s, as_integer, as_text, as_word
from gateway.channel import ChannelSettings
from gateway.journal.retention import BUSINESS_DAYS, DAYS_MAX, LOG_DAYS, LOG_DAYS_MIN, Retention
from gateway.keyring import Environment, Files, Keyring, Reference, SecretSource, SecretUnavailable, source_of
from gateway.service.events.pace import WAITS_S
from gateway.transport.reach import Network, network

STATE = ".insurehub"
PORT_MAX = 65_535
WAIT_S_MAX = 86_400


class SettingsInvalid(Exception):
    """Settings that cannot be used: every fault with its place, and what to do."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything an operator may set; paths are absolute."""

    workspace: Path
    host: str = "127.0.0.1"
    port: int = 8400
    journal: str = ""
    key: str | None = None
    key_file: Path = Path()
    lost_keys: frozenset[str] = frozenset()
    channels: Mapping[str, ChannelSettings] = {}
    answer_within_s: float = 10.0
    deadline_s: float = 300.0
    lease_s: float = 45.0
    upgrades_journal: bool = False
    shared: str = ""
    webhooks_allow: tuple[Network, ...] = ()
    webhooks_retry_s: tuple[float, ...] = WAITS_S
    retention: Retention = Retention()


def load_settings(workspace: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of a workspace. Raises SettingsInvalid with every fault of the file and of the environment."""
    faults = Faults("E502")
    root = _document(_file(workspace, environ, faults), faults)
    reader = _Reader(Fields(root, faults, "settings"), environ)
    state = workspace / STATE
    settings = Settings(
        workspace=workspace,
        host=reader.text("host", "127.0.0.1"),
        port=reader.whole("port", 8400, most=PORT_MAX),
        journal=reader.text("journal", f"sqlite:{state / 'journal.db'}"),
        key=environ.get("INSUREHUB_KEY"),
        key_file=Path(reader.text("key_file", str(state / "key"))),
        lost_keys=reader.names("lost_keys"),
        channels=reader.channels(),
        answer_within_s=reader.whole("answer_within_s", 10, most=WAIT_S_MAX),
        deadline_s=reader.whole("deadline_s", 300, most=WAIT_S_MAX),
        lease_s=reader.whole("lease_s", 45, most=WAIT_S_MAX),
        shared=reader.text("shared", ""),
        upgrades_journal=reader.word("journal_upgrade", ("manual", "auto")) == "auto",
        retention=reader.retention(),
        **reader.webhooks(),
    )
    reader.word(COMMISSION_SETTING, COMMISSION)  # held to its words here; the catalogue is read by it (`allowed.py`)
    reader.fields.done()
    if faults.has_errors:
        _refuse(faults)
    return settings


def _refuse(faults: Faults) -> NoReturn:
    raise SettingsInvalid("\n".join(str(each) for each in faults.all() if each.severity == "error"))


def _file(workspace: Path, environ: Mapping[str, str], faults: Faults) -> Path:
    """The settings file: one that is named must be there, the workspace's own need not."""
    named = environ.get("INSUREHUB_SETTINGS")
    if named and not Path(named).is_file():
        hint = "correct it; a gateway with the defaults would write another journal"
        faults.add(Mark("$INSUREHUB_SETTINGS", 1), f"there is no settings file {named}", hint)
        _refuse(faults)
    return Path(named) if named else workspace / FILE


def _document(file: Path, faults: Faults) -> Node:
    if not _says_something(file):
        return MapNode((), Mark(str(file), 1))
    node, found = read_file(file)
    faults.extend(found)
    if node is None:
        _refuse(faults)
    return node


def _says_something(file: Path) -> bool:
    """Whether a file has more than comments: those of a new workspace show what could be set."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return False
    except OSError:
        return True  # whoever reads it next says why it cannot be read
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


class _Reader:
    """The settings file under the environment, which goes first."""

    def __init__(self, fields: Fields, environ: Mapping[str, str]) -> None:
        self.fields = fields
        self._environ = environ
        own = self._own_sources()
        self._sources: dict[str, SecretSource] = {"env": Environment(environ), "file": Files(), **own}

    def text(self, name: str, default: str) -> str:
        """A text: from the environment, else the file, else the default."""
        node = self._node(name)
        return default if node is None else as_text(node, self.fields.faults, name) or default

    def whole(self, name: str, default: int, *, most: int) -> int:
        """A whole number of 1 or more."""
        node = self._node(name)
        if node is None:
            return default
        return as_integer(node, self.fields.faults, name, least=1, most=most) or default

    def word(self, name: str, words: tuple[str, ...]) -> str:
        """One of some words; the first when nothing is said."""
        node = self._node(name)
        return words[0] if node is None else as_word(node, self.fields.faults, name, words) or words[0]

    def names(self, name: str) -> frozenset[str]:
        """Some names; in the environment they are separated by commas."""
        nodes = self._listed(self.fields, name, name)
        return frozenset(text for node in nodes if (text := as_text(node, self.fields.faults, name)))

    def retention(self) -> Retention:
        """The days of each class of data: what tells of a sale is not forgotten before what tells of its making."""
        fields = self.fields.inner("retention") or Fields(MapNode((), self.fields.mark), self.fields.faults, "")
        log_days = self._days(fields, "log_days", LOG_DAYS, LOG_DAYS_MIN)
        business_days = self._days(fields, "business_days", max(BUSINESS_DAYS, log_days), log_days)
        fields.done()
        return Retention(business_days=business_days, log_days=log_days)

    def _days(self, fields: Fields, name: str, default: int, least: int) -> int:
        in_file = fields.node(name)
        node = self._said(f"retention_{name}") or in_file
        if node is None:
            return default
        return as_integer(node, fields.faults, f"retention: {name}", least=least, most=DAYS_MAX) or default

    def channels(self) -> dict[str, ChannelSettings]:
        """What each channel needs to reach its carrier."""
        listed = self.fields.inner("channels")
        return {key.text: self._channel(key.text, node) for key, node in listed or ()}

    def webhooks(self) -> dict[str, Any]:
        """Where webhooks may go beside the public internet, and the waits between their tries."""
        fields = self.fields.inner("webhooks") or Fields(MapNode((), self.fields.mark), self.fields.faults, "webhooks")
        allow = [
            each
            for node in self._listed(fields, "allow", "webhooks_allow")
            if (each := self._network(node)) is not None
        ]
        waits = [
            as_duration_s(node, self.fields.faults, "webhooks: retry")
            for node in self._listed(fields, "retry", "webhooks_retry")
        ]
        fields.done()
        found = tuple(wait_s for wait_s in waits if wait_s)
        return {"webhooks_allow": tuple(allow), **({"webhooks_retry_s": found} if found else {})}

    def _listed(self, fields: Fields, name: str, setting: str) -> list[Node]:
        """The values of a list; in the environment they are separated by commas."""
        in_file = list(fields.items(name))
        variable = f"{PREFIX}{setting.upper()}"
        said = self._environ.get(variable)
        if not said:
            return in_file
        return [ScalarNode(each.strip(), quoted=True, mark=Mark(f"${variable}", 1)) for each in said.split(",")]

    def _network(self, node: Node) -> Network | None:
        text = as_text(node, self.fields.faults, "webhooks: allow")
        try:
            return None if text is None else network(text)
        except ValueError:
            hint = "an address or a network: 127.0.0.1, 10.20.0.0/16, fd00:1::/32"
            self.fields.faults.add(node.mark, f"webhooks: allow: '{text}' is no network", hint)
            return None

    def _node(self, name: str) -> Node | None:
        in_file = self.fields.node(name)
        return self._said(name) or in_file

    def _said(self, name: str) -> Node | None:
        """What the environment says of a setting."""
        variable = f"{PREFIX}{name.upper()}"
        said = self._environ.get(variable)
        return ScalarNode(said, quoted=True, mark=Mark(f"${variable}", 1)) if said else None

    def _channel(self, name: str, node: Node) -> ChannelSettings:
        fields = Fields(node, self.fields.faults, f"channel {name}")
        config = {key.text: as_text(each, fields.faults, key.text) or "" for key, each in fields.inner("config") or ()}
        prefix = f"{PREFIX}CHANNEL_{name.upper()}_CONFIG_"
        said = {key: value for key, value in self._environ.items() if key.startswith(prefix)}
        config |= {key.removeprefix(prefix).lower(): value for key, value in said.items()}
        secrets = self._secrets(fields)
        fields.done()
        return ChannelSettings(config=config, secrets=secrets)

    def _secrets(self, fields: Fields) -> Keyring:
        """The secrets of a channel; those that cannot be had are faults."""
        found: dict[str, tuple[Reference, Reference | None]] = {}
        for key, node in fields.inner("secrets") or ():
            current, former = self._reference(key.text, node), None
            if current is not None and isinstance(node, MapNode) and (before := node.get("previous")) is not None:
                former = self._reference(key.text, before, more=())
                if former is None:
                    continue
            if current is not None:
                found[key.text] = (current, former)
        return Keyring(found)

    def _reference(self, name: str, node: Node, more: tuple[str, ...] = ("previous",)) -> Reference | None:
        """A secret is a reference, `{env: NAME}` or `{file: PATH}`; a text in the file itself is refused, unquoted."""
        faults = self.fields.faults
        entries = [entry for entry in node if entry[0].text not in more] if isinstance(node, MapNode) else []
        kind = entries[0][0].text if len(entries) == 1 else ""
        if kind not in self._sources:
            others = "".join(f" or {{{each}: ..}}" for each in self._sources if each not in ("env", "file"))
            faults.add(
                node.mark,
                f"the secret '{name}' must be {{env: NAME}} or {{file: PATH}}{others}",
                "a secret does not stand in a settings file",
            )
            return None
        where = as_text(entries[0][1], faults, f"secret {name}: {kind}") or ""
        reference = Reference(self._sources[kind], where)
        try:
            Keyring({name: (reference, None)})
        except SecretUnavailable as unavailable:
            faults.add(entries[0][1].mark, f"secret {name}: {unavailable}")
            return None
        return reference

    def _own_sources(self) -> dict[str, SecretSource]:
        """The sources of secrets the user names."""
        found: dict[str, SecretSource] = {}
        for key, node in self.fields.inner("secrets") or ():
            fields = Fields(node, self.fields.faults, f"secrets {key.text}")
            words = {word.text: as_text(each, fields.faults, word.text) or "" for word, each in fields}
            used = words.pop("use", "")
            try:
                found[key.text] = source_of(used, words)
            except ValueError as wrong:
                hint = 'use: "package.module:Class"'
                fields.faults.add(node.mark, str(wrong) if used else f"secrets {key.text} does not say its class", hint)
        return found
