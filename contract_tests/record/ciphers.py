"""Encrypted bytes and fields opened with the sandbox's keys and sealed again with the test keys of the same name."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from contract_tests.record.formats import Path
from gateway import wire
from gateway.wire.cipher import CIPHERS, CipherSpec, cipher_iv, cipher_key, filled, unfilled
from gateway.wire.contract import Secret
from gateway.wire.errors import WireError

SALT = "s" * 64
_PAIRS = (("public", "private"), ("platform_public", "platform_key"), ("insurer_public", "insurer_key"))


class CannotOpen(Exception):
    """A message this cannot look into: nothing of it may be written."""


def opened(layer: Any, data: bytes, keys: Mapping[str, str], around: Mapping[Path, str]) -> tuple[bytes, bytes | None]:
    """The bytes inside, and the initialisation vector, which is kept. Raises CannotOpen."""
    said, spec = said_of(layer)
    if "wrap" in said or spec.tagged or not spec.key_sizes:
        raise CannotOpen(f"{layer.mark}: what {spec.algo} encrypts here cannot be sealed again")
    try:
        key = cipher_key(_secret(said, keys, layer), str(said.get("key_as", "utf-8")), spec.key_sizes)
        iv, body = _iv(layer, said, spec, key, data, around, keys)
        words = (key, body) if iv is None else (key, iv, body)
        plain: bytes = getattr(wire, spec.open)(*words)
        return unfilled(plain, str(said.get("pad", "pkcs7")), spec.block), iv
    except (WireError, ValueError) as wrong:
        raise CannotOpen(f"{layer.mark}: it cannot be decrypted with the keys given: {wrong}") from None


def sealed(layer: Any, data: bytes, iv: bytes | None, keys: Mapping[str, str]) -> bytes:
    """The bytes under the test key."""
    said, spec = said_of(layer)
    key = cipher_key(_secret(said, keys, layer), str(said.get("key_as", "utf-8")), spec.key_sizes)
    whole = filled(data, str(said.get("pad", "pkcs7")), spec.block)
    if said.get("iv") == "key":
        iv = key[: spec.block]
    made: bytes = getattr(wire, spec.seal)(*((key, whole) if iv is None else (key, iv, whole)))
    return iv + made if iv is not None and said.get("iv") == "prepend" else made


def unsealed_field(layer: Any, text: str, keys: Mapping[str, str]) -> str:
    """One encrypted value of a message."""
    said, spec = said_of(layer)
    data = base64.b64decode(text) if said.get("encode", "base64") == "base64" else binascii.unhexlify(text)
    if spec.key_sizes:
        return opened(layer, data, keys, {})[0].decode()
    name = _key_name(said, layer)
    for other in _counterparts(name, keys):
        try:
            plain: bytes = getattr(wire, spec.open)(Secret(other), data)
            return plain.decode()
        except (WireError, ValueError):
            continue
    raise CannotOpen(f"{layer.mark}: a field encrypted for {name} can be read with the carrier's private key alone")


def sealed_field(layer: Any, text: str, keys: Mapping[str, str]) -> str:
    """One value of a message under the test key."""
    said, spec = said_of(layer)
    if spec.key_sizes:
        data = sealed(layer, text.encode(), None, keys)
    else:
        secret = _secret(said, keys, layer)
        words = (secret, SALT[: spec.salt], text.encode()) if spec.salt else (secret, text.encode())
        data = getattr(wire, spec.seal)(*words)
    match said.get("encode", "base64"):
        case "hex_lower":
            return data.hex()
        case "hex_upper":
            return data.hex().upper()
    return base64.b64encode(data).decode()


def key_bytes_of(layer: Any, keys: Mapping[str, str]) -> bytes:
    """The key of a cipher that is a secret of the channel."""
    said, spec = said_of(layer)
    return cipher_key(_secret(said, keys, layer), str(said.get("key_as", "utf-8")), spec.key_sizes)


def said_of(layer: Any) -> tuple[dict[str, Any], CipherSpec]:
    """The options of an `encrypt` layer as texts, and its cipher."""
    said = {name: getattr(option, "value", getattr(option, "source", option)) for name, option in layer.options.items()}
    spec = CIPHERS.get(str(said.get("algo")))
    if spec is None:
        raise CannotOpen(f"{layer.mark}: there is no cipher {said.get('algo')}")
    return said, spec


def _key_name(said: Mapping[str, Any], layer: Any) -> str:
    name = str(said.get("key", ""))
    if not name.startswith("secret."):
        raise CannotOpen(f"{layer.mark}: a key that is not a secret of the channel cannot be had again")
    return name.removeprefix("secret.")


def _secret(said: Mapping[str, Any], keys: Mapping[str, str], layer: Any) -> Secret:
    name = _key_name(said, layer)
    if name not in keys:
        raise CannotOpen(f"{layer.mark}: the secret '{name}' is needed to look inside: give it with --secrets FILE")
    return Secret(keys[name])


def _counterparts(name: str, keys: Mapping[str, str]) -> list[str]:
    """Keys that may be the other half of a pair: the one named alike first."""
    alike = [keys[name.replace(one, other)] for one, other in _PAIRS if name.replace(one, other) in keys]
    return [*alike, *(text for other, text in keys.items() if other != name and text not in alike)]


def _iv(
    layer: Any, said: Mapping[str, Any], spec: CipherSpec, key: bytes, data: bytes,
    around: Mapping[Path, str], keys: Mapping[str, str],
) -> tuple[bytes | None, bytes]:  # fmt: skip
    if not spec.iv_sizes:
        return None, data
    where, form = str(said.get("iv", "")), str(said.get("iv_as", "utf-8"))
    if where == "key":
        return key[: spec.block], data
    if where == "prepend":
        return data[: spec.iv_sizes[0]], data[spec.iv_sizes[0] :]
    if where.startswith("secret."):
        text = keys.get(where.removeprefix("secret."))
    elif where.startswith("wire."):
        text = _named(around, where.removeprefix("wire."))
    elif "as" in said:
        text = _named(around, str(said["as"]))
    else:
        text = where
    if text is None:
        raise CannotOpen(f"{layer.mark}: there is no initialisation vector where it should stand")
    return cipher_iv(text, form, spec.iv_sizes), data


def _named(around: Mapping[Path, str], name: str) -> str | None:
    return next((text for path, text in around.items() if path[-1] == name.rpartition(".")[2]), None)
