"""The functions that expressions of kit.yaml may call: those of the language, codings, signatures, fresh numbers."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from contract_tests.kit.portable import codings, crypto
from contract_tests.kit.portable.limits import MATCHED_LENGTH_MAX, PATTERN_LENGTH_MAX, TEXT_WIDTH_MAX
from contract_tests.language.expression import Scope
from contract_tests.language.functions import PURE, moment_of

_REPEATED_GROUP = re.compile(r"\)[*+{]")


def now(scope: Scope, show: str | None = None) -> Any:
    """The present in the carrier's zone: an aware datetime, or a text when a strftime pattern is given."""
    moment = scope.world.now()
    return moment.strftime(show) if show else moment


def at(scope: Scope, text: str, show: str) -> datetime:
    """Read an instant in the carrier's zone."""
    return moment_of(text, show).replace(tzinfo=scope.world.zone)


def instant(scope: Scope, text: str) -> datetime:
    """Read an RFC 3339 instant into the carrier's zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"'{text}' has no offset")
    return moment.astimezone(scope.world.zone)


def matches(text: Any, pattern: str) -> bool:
    """Whether a regular expression fits the whole text; one that could take for ever is refused."""
    if len(pattern) > PATTERN_LENGTH_MAX or _REPEATED_GROUP.search(pattern):
        raise ValueError("a pattern has at most 200 characters and repeats no group")
    return isinstance(text, str) and len(text) <= MATCHED_LENGTH_MAX and re.fullmatch(pattern, text) is not None


def pad(value: Any, width: int) -> str:
    """A number or text padded with zeros on the left."""
    return str(value).zfill(min(width, TEXT_WIDTH_MAX))


def readable(reader: str, value: Any) -> bool:
    """Whether a text can be read as `json`, `xml`, `instant`, `integer`, or as written by a strftime pattern."""
    try:
        known = _READERS.get(reader)
        moment_of(value, reader) if known is None else known(value)
    except (ValueError, TypeError):
        return False
    return True


_READERS: dict[str, Callable[[Any], Any]] = {
    "json": codings.from_json, "xml": codings.from_xml, "integer": int, "instant": datetime.fromisoformat,
}  # fmt: skip


def soap_body(data: bytes | str) -> dict[str, Any]:
    """The element inside the body of a SOAP envelope, by its name."""
    found: dict[str, Any] = codings.from_xml(data)["Envelope"]["Body"]
    return found


CONTEXTUAL: dict[str, Callable[..., Any]] = {
    "now": now, "at": at, "instant": instant,
    "nonce": lambda scope, length, *alphabet: scope.world.nonce(length, *alphabet),
    "fresh": lambda scope, prefix="", length=20: scope.world.fresh(prefix, length),
    "fresh_digits": lambda scope, length: scope.world.fresh_digits(length),
    "resident_id": lambda scope, *birth: scope.world.resident_id(*birth),
    "uuid": lambda _: str(uuid.uuid4()),
}  # fmt: skip
"""Functions that see the clock and this run's numbers; they take the scope first."""

_CODINGS: dict[str, Callable[..., Any]] = {
    "form": codings.form, "form_bytes": codings.form_bytes, "to_form": codings.to_form, "json": codings.from_json,
    "to_json": codings.to_json, "xml": codings.from_xml, "to_xml": codings.to_xml, "xml_part": codings.xml_part,
    "soap_body": soap_body, "base64": codings.base64_text, "unbase64": codings.unbase64, "octets": codings.octets,
    "pairs": codings.pairs, "hex": bytes.hex, "unhex": bytes.fromhex,
    "decode": lambda data, charset="utf-8": data.decode(charset),
    "encode": lambda text, charset="utf-8": text.encode(charset),
    **{name: partial(codings.digest, name) for name in ("md5", "sha1", "sha256", "sha512")},
    **{f"hmac_{name}": partial(codings.mac, name) for name in ("sha1", "sha256", "sha512")},
    **{name: getattr(crypto, name) for name in (
        "rsa_signed", "rsa_genuine", "rsa_sealed", "aes_ecb", "aes_ecb_open", "sm2_signed", "sm2_genuine", "sm3",
        "sm4_seal", "sm4_open")},
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **PURE, **CONTEXTUAL, **_CODINGS, "matches": matches, "pad": pad, "readable": readable,
}  # fmt: skip
