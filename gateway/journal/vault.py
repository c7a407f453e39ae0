"""Raw messages at rest: sealed with AES-256-GCM under a key named in each sealed text, so that keys can be rotated."""

import base64
import binascii
import itertools
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,20}", re.ASCII)


class VaultError(Exception):
    """A sealed text that cannot be opened: another key, or not what was sealed."""


class KeyLost(VaultError):
    """The key that sealed a text is not configured here: configure it again, beside the current one."""

    def __init__(self, key_id: str) -> None:
        """Name the key."""
        super().__init__(f"the key '{key_id}' that sealed this message is not configured")
        self.key_id = key_id


class Vault:
    """Seals with the current key and opens with any key it knows.

    A sealed text is `<length of key id> <key id> <nonce> <ciphertext and tag>`; the owner's id is bound to it as
    associated data, so that a row cannot be moved to another owner unnoticed.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str, chance: Callable[[int], bytes] = os.urandom) -> None:
        """Take 32-byte keys by id; `current` names the one that seals, `chance` gives unpredictable bytes.

        Raises VaultError for a key of another size.
        """
        bad = [key_id for key_id, key in keys.items() if len(key) != _KEY_BYTES]
        if bad or current not in keys:
            raise VaultError(f"keys of {_KEY_BYTES} bytes are needed, and '{current}' among them; wrong: {bad}")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = current
        self._mark = bytes([len(current)]) + current.encode()
        self.chance = chance

    def seal(self, plain: bytes, owner: str) -> bytes:
        """Encrypt bytes for an owner id."""
        nonce = self.chance(_NONCE_BYTES)
        cipher = self._ciphers[self._current].encrypt(nonce, plain, owner.encode())
        return self._mark + nonce + cipher

    @property
    def key_ids(self) -> frozenset[str]:
        """The keys it knows, by their ids."""
        return frozenset(self._ciphers)

    @property
    def mark(self) -> bytes:
        """How every text begins that the current key sealed."""
        return self._mark

    def open(self, sealed: bytes, owner: str) -> bytes:
        """Decrypt what was sealed for that owner id. Raises VaultError."""
        try:
            size = sealed[0]
            key_id = sealed[1 : 1 + size].decode()
            nonce = sealed[1 + size : 1 + size + _NONCE_BYTES]
            return self._ciphers[key_id].decrypt(nonce, sealed[1 + size + _NONCE_BYTES :], owner.encode())
        except KeyError:
            raise KeyLost(key_id) from None
        except (IndexError, UnicodeDecodeError, ValueError, InvalidTag):
            raise VaultError("this message was not sealed for this owner, or is damaged") from None


def key_id_of(sealed: bytes) -> str | None:
    """The key a sealed text names, None where it names none: it is damaged."""
    named = sealed[1 : 1 + sealed[0]].decode("ascii", "replace") if sealed else ""
    return named if _KEY_ID.fullmatch(named) else None


def vault_from_text(text: str) -> Vault:
    """Make a vault from settings: `id:base64key`, several separated by commas, the first one seals."""
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        key_id, colon, encoded = part.strip().partition(":")
        if not colon or not _KEY_ID.fullmatch(key_id):
            # What stands where the id should may be the key itself: it is not repeated.
            raise VaultError("a key is written id:base64key, its id 1 to 20 letters, digits, _ or -")
        if key_id in keys:
            raise VaultError(f"two keys are named '{key_id}': each needs a name of its own")
        try:
            keys[key_id] = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise VaultError(f"the key '{key_id}' is not base64") from None
    return Vault(keys, next(iter(keys)))


def vault_from_file(path: Path) -> Vault:
    """Read the key file, or make one at first start (mode 0600). Raises VaultError."""
    try:
        return vault_from_text(_key_file(path))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise VaultError(f"the key file {path} cannot be read or made: {why}") from None
    except VaultError as wrong:
        why = f"{wrong}; put back the file that sealed this journal"
        raise VaultError(f"the key file {path} holds no key: {why}") from None


def add_key(path: Path) -> str:
    """Put a new key in front of those of the key file: it seals from the next start on, the others still open.

    Gives its id. The file is replaced at once, never half written. Raises VaultError.
    """
    vault_from_file(path)
    old = _key_file(path)
    known = {part.strip().partition(":")[0] for part in old.split(",")}
    key_id = next(name for number in itertools.count(len(known) + 1) if (name := f"k{number}") not in known)
    new = path.with_name(f"{path.name}.new")
    try:
        _write_key(new, f"{key_id}:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()},{old}\n")
        new.replace(path)
    except OSError as error:
        raise VaultError(f"the key file {path} cannot be written: {error.strerror}") from None
    return key_id


def _key_file(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_key(path, f"k1:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}\n")
    return path.read_text(encoding="utf-8").strip()


def _write_key(path: Path, text: str) -> None:
    """Write a new file that only its owner may read, down to the disk: what it seals is lost without it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


class RawMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed: one direction of an exchange, byte for byte; of a request also what opens its reply, if any."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    session: Mapping[str, str] = {}

    def pack(self) -> bytes:
        """Encode for sealing."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def unpack(cls, packed: bytes) -> "RawMessage":
        """Decode what was opened."""
        return msgspec.msgpack.decode(packed, type=cls)
