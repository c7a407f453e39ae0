"""Where a channel's secrets come from, and how they are changed while the gateway runs.

A source is a small object: `read` gives a secret's text, `version` something that differs once it has changed. The
environment and files are here, and a folder of files; another one is a class of the user's own, named in the settings.
A secret is read again when its version changes, so a new key needs no restart; `previous` keeps the one before it valid
for what comes in while both sides change over.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from msgspec import Struct

from gateway.wire.contract import Secret

_log = logging.getLogger("insurehub.keyring")


class SecretUnavailable(Exception):
    """A source has no such secret now; the message names the reference and quotes nothing."""


class SecretSource(Protocol):
    """A place where secrets are kept."""

    def read(self, reference: str) -> str:
        """The text of a secret. Raises SecretUnavailable; may be slow, for it is asked seldom."""

    def version(self, reference: str) -> object:
        """Something that differs when the secret has changed; asked for every message, so it must be quick."""


class Environment:
    """`{ env: NAME }`: a variable of the environment; it cannot change while the process runs."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Take the environment."""
        self._environ = environ

    def read(self, reference: str) -> str:
        """The variable's value."""
        if reference not in self._environ:
            raise SecretUnavailable(f"the environment has no {reference}")
        return self._environ[reference]

    def version(self, reference: str) -> object:
        """Always the same."""
        return None


class Files:
    """`{ file: PATH }`: a file that holds the secret alone; with a folder, the files in it by name."""

    def __init__(self, path: str = "") -> None:
        """Take the folder that references are names in; without one they are whole paths."""
        # Asked for every message: making a path would cost more than the look at its file.
        self._path = cache(Path(path).joinpath)

    def read(self, reference: str) -> str:
        """The file's text without white space around it."""
        try:
            return self._path(reference).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SecretUnavailable(f"the file {reference} cannot be read") from None

    def version(self, reference: str) -> object:
        """When it was changed, its size, and which file it is: a link may point to another."""
        try:
            found = self._path(reference).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


class Reference(Struct, frozen=True):
    """A secret at its source."""

    source: SecretSource
    name: str


class _Kept:
    """A secret as it was last read; one that cannot be read again stays as it was."""

    def __init__(self, name: str, reference: Reference) -> None:
        self._name, self._reference = name, reference
        self._version = reference.source.version(reference.name)
        self.text = _said(reference)

    def changed(self) -> bool:
        """Whether there is another text than before; reads it when its version says so."""
        version = self._reference.source.version(self._reference.name)
        if version == self._version or version is None:
            return False
        self._version = version
        try:
            text = _said(self._reference)
        except SecretUnavailable as gone:
            _log.warning("secret %s was changed and is not taken over: %s", self._name, gone)
            return False
        found, self.text = text != self.text, text
        return found


def _said(reference: Reference) -> str:
    text = reference.source.read(reference.name)
    if not text:
        raise SecretUnavailable(f"{reference.name} is empty")
    return text


class Keyring(Mapping[str, Secret]):
    """The secrets of one channel by name, always those of now; each may know the one before it."""

    def __init__(self, references: Mapping[str, tuple[Reference, Reference | None]]) -> None:
        """Read every secret once. Raises SecretUnavailable."""
        self._kept = {name: self._both(name, *both) for name, both in references.items()}
        self._secrets = {name: self._made(name) for name in self._kept}

    def __getitem__(self, name: str) -> Secret:
        current, former = self._kept[name]
        changed = current.changed()
        if (former is not None and former.changed()) or changed:
            self._secrets[name] = self._made(name)
        return self._secrets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._kept)})"

    @staticmethod
    def _both(name: str, current: Reference, former: Reference | None) -> tuple[_Kept, _Kept | None]:
        return _Kept(name, current), None if former is None else _Kept(name, former)

    def _made(self, name: str) -> Secret:
        current, former = self._kept[name]
        return Secret(current.text, None if former is None else Secret(former.text))


def source_of(named: str, options: Mapping[str, str]) -> SecretSource:
    """A source of the user's own: `package.module:Class`, made with the other settings as keywords.

    Raises `ValueError` with one sentence for what cannot be imported or made, or has not both methods.
    """
    module, _, name = named.partition(":")
    try:
        made: Callable[..., object] = getattr(import_module(module), name)
        source = made(**options)
    except Exception as error:  # noqa: BLE001 - whatever its constructor raises could quote a password
        raise ValueError(f"'{named}' cannot be used as a source of secrets ({type(error).__name__})") from None
    if not all(callable(getattr(source, method, None)) for method in ("read", "version")):
        raise ValueError(f"'{named}' is no source of secrets: it needs read(reference) and version(reference)")
    return cast(SecretSource, source)
