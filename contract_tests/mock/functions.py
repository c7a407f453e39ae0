"""The functions that expressions in mock.yaml may call: one table, documented in the README of this room."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from contract_tests.language.expression import Scope
from contract_tests.language.functions import PURE, moment_of
from contract_tests.mock import aes, codings, gm, jws, rsa

_ALPHANUMERIC = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def now(scope: Scope, show: str | None = None) -> Any:
    """The carrier's time: an aware datetime, or a text when a strftime pattern is given."""
    moment = scope.world.now(scope.get("skew_s", 0.0))
    return moment.strftime(show) if show else moment


def at(scope: Scope, text: str, show: str) -> datetime:
    """Read an instant in the carrier's zone; a text that the pattern does not write the same way is an error."""
    return moment_of(text, show).replace(tzinfo=scope.world.zone)


def instant(scope: Scope, text: str) -> datetime:
    """Read an RFC 3339 instant into the carrier's zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"'{text}' has no offset")
    return moment.astimezone(scope.world.zone)


def serial(scope: Scope, name: str) -> int:
    """The next number of a series of this carrier (the first is 1)."""
    return int(scope.world.numbers.serial(name))


def nonce(scope: Scope, length: int, alphabet: str = _ALPHANUMERIC) -> str:
    """Random characters from the mock's seed."""
    return str(scope.world.numbers.nonce(length, alphabet))


def random_uuid(scope: Scope) -> str:
    """A random UUID from the mock's seed, or the next given text."""
    return str(scope.world.numbers.uuid())


CONTEXTUAL: dict[str, Callable[..., Any]] = {
    "now": now, "at": at, "instant": instant, "serial": serial, "nonce": nonce, "uuid": random_uuid,
}  # fmt: skip
"""Functions that see the carrier's clock and numbers; they take the scope first."""

_CODINGS: dict[str, Callable[..., Any]] = {
    "form": codings.form, "form_bytes": codings.form_bytes, "to_form": codings.to_form, "json": codings.from_json,
    "to_json": codings.to_json, "member": codings.member, "xml": codings.from_xml, "to_xml": codings.to_xml,
    "base64": codings.base64_text, "octets": codings.octets, "pairs": codings.pairs, "hex": bytes.hex,
    "unbase64": codings.unbase64,
    **{f"aes_{call.__name__}": call for call in (aes.ecb, aes.ecb_open, aes.cbc, aes.cbc_open, aes.gcm, aes.gcm_open)},
    "soap": codings.soap, "xml_or_nothing": codings.xml_or_nothing, "fits": codings.fits,
    "sm2_sign": gm.sm2_sign, "sm2_verify": gm.sm2_verify, "sm4_seal": gm.sm4_seal,
    "sm4_open": gm.sm4_open,
    "decode": lambda data, charset="utf-8": data.decode(charset),
    **{name: partial(codings.digest, name) for name in ("md5", "sha1", "sha256", "sha512", "sm3")},
    "rsa_signed": rsa.signed, "rsa_genuine": rsa.genuine, "rsa_opened": rsa.opened,
    "rsa_sealed": rsa.sealed, "jws": jws.made, "jws_payload": jws.payload,
    **{f"hmac_{name}": partial(codings.mac, name) for name in ("sha1", "sha256", "sha512")},
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {**CONTEXTUAL, **_CODINGS, **PURE}
