"""The word `mac` of an `encrypt` layer: an HMAC beside the encrypted bytes, whole or its first bytes."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cli.mapping.tree import Expression, Layer, Option, Text
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.wire.cipher import KEY_FORMS, MAC_BYTES_LEAST, CipherSpec

DIGESTS = ("hmac_sha256", "hmac_sha1", "hmac_sha384", "hmac_sha512", "hmac_md5")
COVERED = ("cipher", "all")
ENDS = ("start", "end")

_WORDS = ("algo", "key", "key_as", "over", "bytes", "at")
_SECRET = re.compile(r"=?\s*secret\.([a-z][a-z0-9_]*)")
_HINT = "mac: { algo: hmac_sha256, over: cipher, bytes: 10, at: start }"


class WrongMac(Exception):
    """Something that makes no code, with the place it stands at."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        """Say what is wrong, where, and what to do."""
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


@dataclass(frozen=True, slots=True)
class Mac:
    """An HMAC by `digest`, its first `size` bytes; `key` is a secret's name, "" for the key of the cipher itself.

    `whole`: it covers a prepended IV as well; `last`: it stands behind the encrypted bytes.
    """

    digest: str
    key: str
    key_form: str
    size: int
    whole: bool
    last: bool


def read_mac(layer: Layer, spec: CipherSpec) -> Mac | None:
    """The layer's `mac`, or None. Raises `WrongMac`."""
    option = layer.options.get("mac")
    if option is None:
        return None
    mark = layer.key_marks.get("mac", layer.mark)
    if not isinstance(option, Mapping):
        raise WrongMac(mark, "mac is a map", _HINT)
    strange = next((word for word in option if word not in _WORDS), None)
    if strange is not None:
        raise WrongMac(mark, f"mac has no word '{strange}'", did_you_mean(strange, _WORDS))
    if not spec.key_sizes or spec.tagged:
        raise WrongMac(mark, f"mac stands beside a block cipher in ECB or CBC: {spec.algo} is none")
    digest = _word(option, "algo", DIGESTS, mark).removeprefix("hmac_")
    if "algo" not in option:
        raise WrongMac(mark, "mac does not say its algo", _HINT)
    key = _key(option, mark)
    if "key_as" in option and not key:
        raise WrongMac(mark, "key_as is how the bytes of a key of its own come out of its text", "key: secret.name")
    whole, last = _word(option, "over", COVERED, mark) == "all", _word(option, "at", ENDS, mark) == "end"
    form = _word(option, "key_as", tuple(KEY_FORMS), mark)
    return Mac(digest, key, form, _size(option, digest, mark), whole, last)


def _key(option: Mapping[str, Option], mark: Mark) -> str:
    found = option.get("key")
    if found is None:
        return ""
    source = found.source if isinstance(found, Expression) else found.value if isinstance(found, Text) else ""
    named = _SECRET.fullmatch(source)
    if named is None:
        raise WrongMac(mark, "a key is a secret of the channel, or left out: that of the cipher", "key: secret.name")
    return named[1]


def _size(option: Mapping[str, Option], digest: str, mark: Mark) -> int:
    most = hashlib.new(digest, usedforsecurity=False).digest_size
    found = option.get("bytes")
    if found is None:
        return most
    text = found.value if isinstance(found, Text) else ""
    if not re.fullmatch("[0-9]{1,3}", text) or not MAC_BYTES_LEAST <= int(text) <= most:
        raise WrongMac(mark, f"bytes is a number from {MAC_BYTES_LEAST} to {most}, the first of the code", _HINT)
    return int(text)


def _word(option: Mapping[str, Option], word: str, known: tuple[str, ...], mark: Mark) -> str:
    found = option.get(word)
    if found is not None and (not isinstance(found, Text) or found.value not in known):
        said = found.value if isinstance(found, Text) else ""
        raise WrongMac(mark, f"mac: no {word} '{said}'; known: {', '.join(known)}", did_you_mean(said, known))
    return known[0] if found is None else found.value
