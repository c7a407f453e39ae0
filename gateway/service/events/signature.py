"""Keys and signatures of the Standard Webhooks specification: `v1` (HMAC-SHA256) and `v1a` (ed25519).

What is signed is `<id>.<timestamp>.<payload>`, each exactly as sent. While a key is being changed a delivery bears the
signatures of both, and a receiver believes the one it can verify.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.journal.vault import Vault
from gateway.model.events import SignatureKind
from gateway.wire.contract import Headers, Secret

SECRET, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
KEY_BYTES = 32
OVERLAP_S = 24 * 3600.0
"""How long the former key signs beside the new one."""
KEYS_MAX = 4
"""Of keys changed again and again in a day the oldest goes first: each costs a signature and a piece of a header."""


class SigningKey(msgspec.Struct, frozen=True):
    """One key as it is serialised for people, and until when it signs; None is for as long as there is no newer one."""

    text: str
    until: datetime | None = None

    def __repr__(self) -> str:
        return f"SigningKey(***, until={self.until})"


def new_key(kind: SignatureKind, chance: Callable[[int], bytes]) -> str:
    """A fresh key, unpredictable: `whsec_..` for HMAC, `whsk_..` (the seed of an ed25519 key) otherwise."""
    prefix = SECRET if kind is SignatureKind.hmac else PRIVATE
    return prefix + base64.b64encode(chance(KEY_BYTES)).decode()


def shown(text: str) -> str:
    """What the receiver verifies with: a secret itself, or the public half of a key pair."""
    if not text.startswith(PRIVATE):
        return text
    return PUBLIC + base64.b64encode(_private(text).public_key().public_bytes_raw()).decode()


def rotated(keys: Iterable[SigningKey], text: str, now: datetime) -> tuple[SigningKey, ...]:
    """The keys after a change: the new one, and those before it for a while longer."""
    until = now + timedelta(seconds=OVERLAP_S)
    kept = [SigningKey(key.text, key.until or until) for key in valid(keys, now)]
    return (SigningKey(text), *kept)[:KEYS_MAX]


def valid(keys: Iterable[SigningKey], now: datetime) -> list[SigningKey]:
    """The keys that sign now, the newest first."""
    return [key for key in keys if key.until is None or key.until > now]


def signature(text: str, event_id: str, at_s: int, body: bytes) -> str:
    """One signature, with the name of its scheme."""
    signed = f"{event_id}.{at_s}.".encode() + body
    if text.startswith(PRIVATE):
        return "v1a," + base64.b64encode(_private(text).sign(signed)).decode()
    secret = base64.b64decode(text.removeprefix(SECRET))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def headers(keys: Iterable[Secret], event_id: str, at_s: int, body: bytes) -> Headers:
    """The headers of one delivery."""
    signatures = " ".join(signature(key.reveal(), event_id, at_s, body) for key in keys)
    return (
        ("content-type", "application/json"),
        ("user-agent", "insurehub-webhooks/1"),
        ("webhook-id", event_id),
        ("webhook-timestamp", str(at_s)),
        ("webhook-signature", signatures),
    )


def sealed(vault: Vault, keys: tuple[SigningKey, ...], endpoint_id: str) -> bytes:
    """Keys as they are stored."""
    return vault.seal(msgspec.msgpack.encode(keys), endpoint_id)


def opened(vault: Vault, keys: bytes, endpoint_id: str) -> tuple[SigningKey, ...]:
    """Stored keys. Raises VaultError."""
    return msgspec.msgpack.decode(vault.open(keys, endpoint_id), type=tuple[SigningKey, ...])


def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.removeprefix(PRIVATE))[:KEY_BYTES])
