"""The options of an `encrypt` layer, read once for checker and generator: what is wrong is told with its place."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from cli.mapping.macs import Mac, WrongMac, read_mac
from cli.mapping.tree import Expression, Layer, Option, Text
from cli.mapping.wrapping import Wrap, WrongWrap, read_wrap
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.wire.cipher import CIPHERS, KEY_FORMS, CipherSpec, plan_cipher
from gateway.wire.cipher.keys import cipher_iv
from gateway.wire.contract import Secret
from gateway.wire.errors import WireError

_SECRET = re.compile(r"=?\s*secret\.([a-z][a-z0-9_]*)")
_PREPEND = re.compile(r"prepend(?:\((\d+)\))?")

_PARTS = "key: [secret.name, =now('epoch_s')], key_as: sha256"

_PLAIN_PATH = re.compile(r"[^\s.()@^/]+(?:\.[^\s.()@^/]+)*")

FIELDS_MAX = 100
TURNS_MAX = 3

SENT = "sent"
"""Of a reply: the key, or initialisation vector, that was made for its request."""

ENCODES = ("base64", "hex_lower", "hex_upper")
"""How an encrypted field may be written."""

IvKind = Literal["none", "constant", "secret", "key", "prepend", "header", "wire", "sent", "expression"]


class WrongCipher(Exception):
    """An option that makes no cipher, with the place it stands at."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


@dataclass(frozen=True, slots=True)
class Iv:
    """Where the initialisation vector comes from; `text` is the constant, the secret's, header's or path's name."""

    kind: IvKind = "none"
    text: str = ""
    size: int = 0
    form: str = "utf-8"
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Sealing:
    """An `encrypt` layer understood; `kept` names the text of the IV for a later `with` or header.

    A message's own key is `made` by an expression, and travels as `wrap` says; a reply `is_sent` under the one of its
    request. With `fields` it is these values of the message that are encrypted, each for itself and written as
    `encode` says. `is_joined`: the key is made of parts for each call, in place of `key`. `mac`: a code stands beside
    the encrypted bytes.
    """

    spec: CipherSpec
    key: str
    key_form: str
    iv: Iv
    pad: str
    tag_first: bool
    aad: Text | Expression | None
    kept: str | None
    fields: tuple[str, ...] = ()
    encode: str = "base64"
    wrap: Wrap | None = None
    made: Expression | None = None
    is_sent: bool = False
    mac: Mac | None = None
    is_joined: bool = False


def opens_with_sent(layer: Layer) -> bool:
    """Whether a layer of a reply is opened with what was made for its request."""
    return layer.name == "encrypt" and any(_is_sent(layer.options.get(word)) for word in ("key", "iv"))


def sends_iv(layer: Layer) -> bool:
    """Whether the initialisation vector of a reply is the one of its request."""
    return _is_sent(layer.options.get("iv"))


def makes_key(layer: Layer) -> bool:
    """Whether a layer makes a key for the message it encrypts."""
    return layer.name == "encrypt" and "wrap" in layer.options


def _is_sent(option: Option | None) -> bool:
    return isinstance(option, Text) and not option.quoted and option.value == SENT


def read_cipher(layer: Layer, *, reply: bool) -> Sealing:
    """The layer's options. Raises `WrongCipher` for the first that does not fit the algorithm."""
    spec = _spec(layer)
    _refuse_idle(layer, spec)
    iv = _iv(layer, spec, reply=reply)
    aad = layer.options.get("aad")
    if aad is not None and not isinstance(aad, Text | Expression):
        raise WrongCipher(_mark(layer, "aad"), "aad is one text or expression")
    kept = _text(layer, "as")
    if kept is not None and (reply or iv.kind != "expression"):
        hint = "iv: =nonce(16), as: iv"
        raise WrongCipher(_mark(layer, "as"), "as keeps the text of an iv that is an expression, when sending", hint)
    key_form = _word(layer, "key_as", "utf-8", tuple(KEY_FORMS))
    pad, tag_first = _text(layer, "pad") or "pkcs7", _text(layer, "tag") == "start"
    fields, encode = field_paths(layer), _word(layer, "encode", "base64", ENCODES)
    if fields and iv.kind in ("header", "wire"):
        raise WrongCipher(_mark(layer, "iv"), "the iv of single fields is a secret, a constant, key or prepend")
    if kept is not None and fields:
        raise WrongCipher(_mark(layer, "as"), "an iv of every field has no one text to be kept")
    if "encode" in layer.options and not fields:
        raise WrongCipher(_mark(layer, "encode"), "encode is how fields are written; a whole message takes a layer")
    wrap, made = _wrapped(layer, spec, reply=reply)
    is_sent = _is_sent(layer.options.get("key"))
    if is_sent and (not reply or not spec.key_sizes or "key_as" in layer.options):
        hint = "key: =nonce(16), wrap: { .. } when sending"
        raise WrongCipher(_mark(layer, "key"), "key: sent is the key of the request, as it is: in a reply", hint)
    is_joined = wrap is None and _has_parts(layer, spec)
    key = "" if wrap is not None or is_sent or is_joined else _key(layer)
    mac = _mac(layer, spec)
    return Sealing(
        spec, key, key_form, iv, pad, tag_first, aad, kept, fields, encode, wrap, made, is_sent, mac, is_joined
    )


def _has_parts(layer: Layer, spec: CipherSpec) -> bool:
    """Whether the key is made of parts, a secret among them."""
    parts = layer.options.get("key")
    if not isinstance(parts, tuple):
        return False
    mark = _mark(layer, "key")
    if not spec.key_sizes:
        raise WrongCipher(mark, f"{spec.algo} takes a key as it is: key: secret.name")
    if not all(isinstance(part, Text | Expression) for part in parts):
        raise WrongCipher(mark, "a key is made of texts and expressions", _PARTS)
    if not any("secret." in _source(part) for part in parts):
        raise WrongCipher(mark, "a key made of parts has a secret among them", _PARTS)
    return True


def _mac(layer: Layer, spec: CipherSpec) -> Mac | None:
    try:
        return read_mac(layer, spec)
    except WrongMac as fault:
        raise WrongCipher(fault.mark, fault.message, fault.hint) from None


def _wrapped(layer: Layer, spec: CipherSpec, *, reply: bool) -> tuple[Wrap | None, Expression | None]:
    """How the message's own key travels, and when sending the expression that makes it."""
    try:
        wrap = read_wrap(layer, reply=reply)
    except WrongWrap as fault:
        raise WrongCipher(fault.mark, fault.message, fault.hint) from None
    if wrap is None:
        return None, None
    if not spec.key_sizes:
        raise WrongCipher(wrap.mark, f"wrap stands beside a cipher with a key of its own: {spec.algo} has none")
    key = layer.options.get("key")
    if reply and key is not None:
        raise WrongCipher(_mark(layer, "key"), "the key of a reply with wrap is the one it brings")
    if reply:
        return wrap, None
    if not isinstance(key, Expression) or _SECRET.fullmatch(key.source):
        hint = f"key: =nonce({spec.key_sizes[-1]})"
        raise WrongCipher(_mark(layer, "key"), "the key that wrap sends is made for each message", hint)
    return wrap, key


def field_paths(layer: Layer) -> tuple[str, ...]:
    """The wire paths of `fields`: names joined by dots."""
    option = layer.options.get("fields")
    if option is None:
        return ()
    if not isinstance(option, tuple) or not option:
        raise WrongCipher(_mark(layer, "fields"), "fields is a list of wire paths", "fields: [holder.certNo]")
    for path in option:
        if not isinstance(path, Text) or _PLAIN_PATH.fullmatch(path.value) is None:
            mark = path.mark if isinstance(path, Text | Expression) else _mark(layer, "fields")
            raise WrongCipher(mark, "a field is named by its path, names joined by dots; a list stands for its items")
    _must_be_few(layer, [path for path in option if isinstance(path, Text)])
    return tuple(path.value for path in option if isinstance(path, Text))


def _must_be_few(layer: Layer, paths: list[Text]) -> None:
    """A text inside a text grows with every turn: nobody means more than some."""
    if len(paths) > FIELDS_MAX:
        raise WrongCipher(_mark(layer, "fields"), f"more than {FIELDS_MAX} fields")
    counted = Counter(path.value for path in paths)
    for path in paths:
        if counted[path.value] > TURNS_MAX:
            raise WrongCipher(path.mark, f"'{path.value}' is named more than {TURNS_MAX} times")


def _spec(layer: Layer) -> CipherSpec:
    algo = layer.options.get("algo")
    if not isinstance(algo, Text):
        raise WrongCipher(layer.mark, "encrypt does not say its algo", "algo: aes-128-ecb")
    try:
        return plan_cipher(algo.value)
    except ValueError as fault:
        raise WrongCipher(algo.mark, str(fault), did_you_mean(algo.value, CIPHERS)) from None


def _refuse_idle(layer: Layer, spec: CipherSpec) -> None:
    """An option the algorithm would never look at is a misunderstanding, not a decoration."""
    idle = {
        "pad": not spec.block,
        "key_as": not spec.key_sizes,
        "tag": not spec.tagged,
        "aad": not spec.tagged,
        "iv": not spec.iv_sizes,
        "iv_as": not spec.iv_sizes,
    }
    for word, unused in idle.items():
        if unused and word in layer.options:
            raise WrongCipher(_mark(layer, word), f"{spec.algo} has no {word}")


def _key(layer: Layer) -> str:
    found = _SECRET.fullmatch(_source(layer.options.get("key")))
    if found is None:
        hint = f"nothing secret stands in a mapping; one made for each call is a list: {_PARTS}"
        raise WrongCipher(_mark(layer, "key"), "a key is a secret of the channel: key: secret.name", hint)
    return found[1]


def _iv(layer: Layer, spec: CipherSpec, *, reply: bool) -> Iv:
    option = layer.options.get("iv")
    if not spec.iv_sizes:
        return Iv()
    form = _word(layer, "iv_as", "utf-8", ("utf-8", "hex", "base64"))
    if not isinstance(option, Text | Expression):
        hint = "iv: secret.name, a constant, key, prepend, header.X, wire.path or sent in a reply, or =expression"
        raise WrongCipher(_mark(layer, "iv"), f"{spec.algo} needs an iv", hint)
    if (secret := _SECRET.fullmatch(_source(option))) is not None:
        return Iv("secret", secret[1], form=form)
    if isinstance(option, Expression):
        return Iv("expression", form=form, expression=option)
    return _named(layer, option, spec, form, reply=reply)


def _named(layer: Layer, option: Text, spec: CipherSpec, form: str, *, reply: bool) -> Iv:
    text = option.value
    if text == "key" and not option.quoted:
        return Iv("key", size=spec.iv_sizes[0])
    if _is_sent(option):
        if not reply or "iv_as" in layer.options:
            raise WrongCipher(option.mark, "iv: sent is that of the request, as it is: in a reply", "iv: =nonce(16)")
        return Iv("sent", size=spec.iv_sizes[0])
    if (found := _PREPEND.fullmatch(text)) is not None and not option.quoted:
        size = int(found[1]) if found[1] else spec.iv_sizes[0]
        if size not in spec.iv_sizes or "iv_as" in layer.options:
            raise WrongCipher(option.mark, f"{spec.algo} is prepended by {_sizes(spec)} bytes, as they are")
        return Iv("prepend", size=size)
    if text.startswith("header."):
        return Iv("header", text.removeprefix("header.").lower(), form=form)
    if text.startswith("wire."):
        if not reply:
            hint = "iv: =nonce(16), as: iv, and in the wrapper's with: =iv"
            raise WrongCipher(option.mark, "an iv is read from a field of a reply only", hint)
        return Iv("wire", text.removeprefix("wire."), form=form)
    _check_constant(option, spec, form)
    return Iv("constant", text, form=form)


def _check_constant(option: Text, spec: CipherSpec, form: str) -> None:
    try:
        cipher_iv(Secret(option.value), form, spec.iv_sizes)
    except WireError as fault:
        raise WrongCipher(option.mark, fault.message) from None


def _sizes(spec: CipherSpec) -> str:
    return " or ".join(map(str, spec.iv_sizes))


def _source(option: Option | None) -> str:
    return option.source if isinstance(option, Expression) else option.value if isinstance(option, Text) else ""


def _text(layer: Layer, name: str) -> str | None:
    found = layer.options.get(name)
    if found is None:
        return None
    if not isinstance(found, Text):
        raise WrongCipher(_mark(layer, name), f"{name} is one text")
    return found.value


def _word(layer: Layer, name: str, otherwise: str, known: tuple[str, ...]) -> str:
    found = _text(layer, name) or otherwise
    if found not in known:
        raise WrongCipher(_mark(layer, name), f"no {name} '{found}'; known: {', '.join(known)}")
    return found


def _mark(layer: Layer, name: str) -> Mark:
    return layer.key_marks.get(name, layer.mark)
