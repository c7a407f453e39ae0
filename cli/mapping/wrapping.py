"""The word `wrap` of an `encrypt` layer: a key made for one message, and the cipher it travels under.

Read once for checker and generator, as the options around it are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cli.mapping.tree import Expression, Layer, Option, Text
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.wire.cipher import CIPHERS, CipherSpec, plan_cipher

_SECRET = re.compile(r"secret\.([a-z][a-z0-9_]*)")
_WORDS = ("algo", "key", "of", "encode", "as", "put", "from")

ENCODES = ("base64", "hex_lower", "hex_upper")
"""How a wrapped key may be written."""

FORMS = ("bytes", "base64", "hex")
"""What of the key is encrypted: its bytes, or a text of them."""


class WrongWrap(Exception):
    """Something that wraps no key, with the place it stands at."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        """Say what is wrong, where, and what to do."""
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


@dataclass(frozen=True, slots=True)
class Wrap:
    """How a message's own key travels: encrypted under `key` and written as text.

    It is kept as `kept` and written to `put`, or found at `source` (`header.x`, `wire.path`).
    """

    mark: Mark
    spec: CipherSpec
    key: str
    form: str
    encode: str
    kept: str = ""
    put: str = ""
    source: str = ""


def read_wrap(layer: Layer, *, reply: bool) -> Wrap | None:
    """The layer's `wrap`, or None. Raises `WrongWrap`."""
    option = layer.options.get("wrap")
    if option is None:
        return None
    mark = layer.key_marks.get("wrap", layer.mark)
    if not isinstance(option, Mapping):
        raise WrongWrap(mark, "wrap is a map", "wrap: { algo: rsa-pkcs1, key: secret.carrier_key, as: wrapped }")
    strange = next((word for word in option if word not in _WORDS), None)
    if strange is not None:
        raise WrongWrap(mark, f"wrap has no word '{strange}'", did_you_mean(strange, _WORDS))
    kept, put, source = (_text(option, word, mark) for word in ("as", "put", "from"))
    _check_ends(mark, kept + put, source, reply=reply)
    return Wrap(
        mark=mark,
        spec=_spec(option, mark),
        key=_key(option, mark),
        form=_word(option, "of", FORMS, mark),
        encode=_word(option, "encode", ENCODES, mark),
        kept=kept,
        put=put,
        source=source,
    )


def kept_names(layer: Layer) -> tuple[str, ...]:
    """The names a layer keeps something under for a later `with` or header: a signature, an IV, a wrapped key."""
    if layer.name not in ("sign", "encrypt", "jws"):
        return ()
    wrap = layer.options.get("wrap")
    found = [layer.options.get("as"), wrap.get("as") if isinstance(wrap, Mapping) else None]
    return tuple(name.value for name in found if isinstance(name, Text))


def _check_ends(mark: Mark, kept: str, source: str, *, reply: bool) -> None:
    if reply and (kept or not source.startswith(("header.", "wire."))):
        raise WrongWrap(mark, "where in the reply does the wrapped key stand?", "from: wire.key, or from: header.X")
    if not reply and (source or not kept):
        hint = "as: wrapped, and in a later with: =wrapped; or put: header.X"
        raise WrongWrap(mark, "the wrapped key has no name to be sent by", hint)


def _spec(option: Mapping[str, Option], mark: Mark) -> CipherSpec:
    algo = _text(option, "algo", mark)
    try:
        spec = plan_cipher(algo)
    except ValueError as fault:
        raise WrongWrap(mark, str(fault), did_you_mean(algo, CIPHERS)) from None
    if spec.key_sizes:
        raise WrongWrap(mark, f"{spec.algo} wraps no key: an algorithm of key pairs does", "algo: rsa-pkcs1")
    return spec


def _key(option: Mapping[str, Option], mark: Mark) -> str:
    found = option.get("key")
    source = found.source if isinstance(found, Expression) else found.value if isinstance(found, Text) else ""
    named = _SECRET.fullmatch(source.strip())
    if named is None:
        raise WrongWrap(
            mark, "a key is a secret of the channel: key: secret.name", "nothing secret stands in a mapping"
        )
    return named[1]


def _text(option: Mapping[str, Option], word: str, mark: Mark) -> str:
    found = option.get(word)
    if found is not None and not isinstance(found, Text):
        raise WrongWrap(mark, f"{word} is one text")
    return "" if found is None else found.value


def _word(option: Mapping[str, Option], word: str, known: tuple[str, ...], mark: Mark) -> str:
    found = _text(option, word, mark) or known[0]
    if found not in known:
        raise WrongWrap(mark, f"no {word} '{found}'; known: {', '.join(known)}")
    return found
