"""A message opened by the layers its mapping declares, rewritten inside, and closed again under the test keys.

What the mapping packs, encodes, encrypts and signs is undone from the bytes inwards, every leaf is given to `change`,
and on the way out each layer is done again: encrypted under the test key of the same name, signed with it. Raises
`CannotOpen` where a layer is beyond this, or where the keys do not fit.
"""

import base64
import binascii
import gzip
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus, unquote_to_bytes

from contract_tests.record import formats
from contract_tests.record.ciphers import CannotOpen, opened, sealed, sealed_field, unsealed_field
from contract_tests.record.formats import Change, NotThis, Path
from contract_tests.record.signing import NoKey, sign_again
from contract_tests.signatures.covered import Signed

INFLATED_BYTES_MAX = 16 * 1024 * 1024
CODECS = {"gbk": "gb18030", "gb2312": "gb18030"}
_FORMATS = ("json", "xml", "soap", "form", "query", "pipe", "text")
_SIGNED = ("sign", "verify")
Data = bytes | str
Layers = Sequence[Any]


@dataclass(slots=True)
class Message:
    """What stands around a body while it is rewritten: `headers` are those that will stand there."""

    method: str = "POST"
    path: str = "/"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(slots=True)
class Keys:
    """The sandbox's secrets as far as they are known, and the test's that take their place."""

    real: Mapping[str, str]
    test: Mapping[str, str]


@dataclass(slots=True)
class _Wrapper:
    """A format around a payload: its leaves, and the signatures that are to be put among them."""

    leaves: dict[Path, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    waiting: list[tuple[Any, bytes, str]] = field(default_factory=list)


class Rewriting:
    """One body on its way inwards and out again; `variables` are what headers are then filled with."""

    def __init__(self, message: Message, keys: Keys, change: Change) -> None:
        """Take the message, whose headers already hold what will be sent of them."""
        self.message, self.keys, self.change = message, keys, change
        self.variables: dict[str, str] = {}
        self.wrapped: dict[str, str] = {}
        self._outside: list[tuple[Any, bytes, str]] = []

    def through(self, layers: Layers) -> bytes:
        """The body rewritten; `layers` from the bytes inwards. Sets the headers that hold signatures."""
        try:
            body = _bytes(self._go(layers, self.message.body, "utf-8", None), "utf-8")
        except (UnicodeError, NotThis, binascii.Error, OSError, EOFError) as wrong:
            raise CannotOpen(f"the layers of the mapping do not fit: {type(wrong).__name__}, {wrong}") from None
        for layer, signed, charset in self._outside:
            self._sign_header(layer, signed, charset)
        return body

    def _go(self, layers: Layers, data: Data, charset: str, around: _Wrapper | None) -> Data:
        if not layers:
            return self._free(data, charset)
        layer, rest = layers[0], layers[1:]
        match layer.name:
            case "charset":
                inner = codec_of(layer)
                text = data if isinstance(data, str) else data.decode(inner)
                made = self._go(rest, text, inner, around)
                return _bytes(made, inner) if isinstance(data, bytes) else _text(made, inner)
            case "sign" | "verify":
                made = self._go(rest, data, charset, around)
                inner = next((codec_of(each) for each in rest if each.name == "charset"), charset)
                (self._outside if around is None else around.waiting).append((layer, _bytes(made, inner), inner))
                return made
            case "base64" | "hex" | "url_encode" | "gzip":
                return self._unpacked(layer, rest, data, charset, around)
            case "encrypt":
                plain, iv = opened(layer, _bytes(data, charset), self.keys.real, around.leaves if around else {})
                made = _bytes(self._go(rest, plain, charset, around), charset)
                return sealed(layer, made, iv, self.keys.test)
            case name if name in _FORMATS and "put" in layer.options:
                return self._wrapper(layer, rest, data, charset)
            case name if name in _FORMATS:
                return self._format(layer, rest, data, charset)
        raise CannotOpen(f"{layer.mark}: a recording under the layer {layer.name} cannot be rewritten")

    def _unpacked(self, layer: Any, rest: Layers, data: Data, charset: str, around: _Wrapper | None) -> Data:
        packed = _bytes(data, charset)
        made = _bytes(self._go(rest, _UNPACK[layer.name](packed), charset, around), charset)
        again = _PACK[layer.name](made, packed)
        return again if isinstance(data, bytes) else again.decode("ascii")

    # --- a format with a payload in it -------------------------------------------------------------------------------

    def _wrapper(self, layer: Any, rest: Layers, data: Data, charset: str) -> Data:
        text = _text(data, charset)
        place = path_of(layer.options["put"].value)
        raw: dict[Path, bytes] = {}
        around = _Wrapper(names=_names_of(layer))
        _rewritten(layer, text, charset, _noting(around.leaves), raw)
        where = next((path for path in around.leaves if _ends(path, place)), None)
        if where is None and layer.name == "soap":  # a fault has no such text: it is the message
            return self._format(layer, (), data, charset)
        if where is None:
            raise NotThis(f"no {'.'.join(place)} in the wrapper")
        self.wrapped |= {".".join(path): value for path, value in around.leaves.items()}
        payload = self._go(rest, raw.get(where, around.leaves[where]), charset, around)
        leaves: dict[Path, Data] = {path: self.change(path, value) for path, value in around.leaves.items()}
        leaves[where] = payload if where in raw else _text(payload, charset)
        self._sign_inside(around, leaves, charset)
        return _as(
            data,
            _rewritten(layer, text, charset, lambda path, old: _text(leaves.get(path, old), charset), {}, leaves),
            charset,
        )

    def _sign_inside(self, around: _Wrapper, leaves: dict[Path, Data], charset: str) -> None:
        for layer, body, inner in around.waiting:
            fields = {path[-1]: _text(value, inner) for path, value in leaves.items()}
            name = _place_of(layer)
            if name is None or name.startswith("header."):
                self._outside.append((layer, body, inner))
            signature = self._signature(layer, body, inner, fields)
            kept = _kept_as(layer)
            if kept:
                self.variables[kept] = signature
            wanted = name.split(".")[-1] if name else around.names.get(kept or "")
            where = next((path for path in leaves if wanted and path[-1] == formats.local(wanted)), None)
            if where is not None:
                leaves[where] = signature

    # --- the message itself ------------------------------------------------------------------------------------------

    def _format(self, layer: Any, rest: Layers, data: Data, charset: str) -> Data:
        text = _text(data, charset)
        own = [each for each in rest if each.name in _SIGNED]
        hidden = [each for each in rest if each.name == "encrypt" and "fields" in each.options]
        beyond = [each for each in rest if each.name not in (*_SIGNED, "encrypt", "json_text", "charset")]
        if beyond or len(hidden) != sum(each.name == "encrypt" for each in rest):
            raise CannotOpen(f"{rest[0].mark}: the layer {rest[0].name} behind {layer.name} cannot be rewritten")
        leaves: dict[Path, str] = {}

        def change(path: Path, old: str) -> str:
            leaves[path] = new = self._leaf(path, old, hidden)
            return new

        made = _rewritten(layer, text, charset, change, {})
        if own:
            around = _Wrapper(waiting=[(each, _bytes(made, charset), charset) for each in own])
            mutable: dict[Path, Data] = dict(leaves)
            self._sign_inside(around, mutable, charset)
            signed = {path: value for path, value in mutable.items() if value != leaves[path]}
            made = _rewritten(layer, made, charset, lambda path, old: _text(signed.get(path, old), charset), {})
        return _as(data, made, charset)

    def _leaf(self, path: Path, text: str, hidden: Sequence[Any]) -> str:
        """One leaf: an encrypted one opened, a text that is a message of its own looked into."""
        for layer in hidden:
            if text and ".".join(path) in {getattr(each, "value", "") for each in layer.options["fields"]}:
                return sealed_field(
                    layer, self.change(path, unsealed_field(layer, text, self.keys.real)), self.keys.test
                )
        if text.lstrip()[:1] in ("{", "[", "<"):
            inner = formats.rewritten(text, lambda below, old: self._leaf((*path, *below), old, hidden))
            if inner is not None:
                return inner
        return self.change(path, text)

    def _free(self, data: Data, charset: str) -> Data:
        """What no layer says more about."""
        text = _text(data, charset)
        return _as(data, self._leaf((), text, ()), charset)

    # --- signatures --------------------------------------------------------------------------------------------------

    def _sign_header(self, layer: Any, body: bytes, charset: str) -> None:
        place, kept = _place_of(layer), _kept_as(layer)
        if kept and kept in self.variables:
            return
        signature = self._signature(layer, body, charset, {})
        if kept:
            self.variables[kept] = signature
        elif place is not None and place.startswith("header."):
            name = place.removeprefix("header.").lower()
            named = next((key for key in self.message.headers if key.lower() == name), None)
            if named is not None:
                self.message.headers[named] = signature

    def _signature(self, layer: Any, body: bytes, charset: str, fields: Mapping[str, str]) -> str:
        message = self.message
        signed = Signed(
            method=message.method, path=message.path, headers=message.headers, body=body, fields=fields,
            secrets=self.keys.test,
        )  # fmt: skip
        try:
            return sign_again(layer, signed, charset)
        except NoKey as none:
            raise CannotOpen(f"{layer.mark}: {none}") from None


def codec_of(layer: Any) -> str:
    """Python's name of a charset layer's charset."""
    name = str(layer.options["name"].value).lower()
    return CODECS.get(name, name)


def path_of(text: str) -> Path:
    """A wire path as the names of its leaves' paths."""
    return tuple(formats.local(name) for name in text.split("."))


def _ends(path: Path, place: Path) -> bool:
    return path[-len(place) :] == place


def _names_of(layer: Any) -> dict[str, str]:
    """Which field of a wrapper a kept text stands in: `with: { sign: =signature }`."""
    listed = layer.options.get("with") or {}
    return {getattr(value, "source", "").strip(): name for name, value in listed.items() if hasattr(value, "source")}


def _place_of(layer: Any) -> str | None:
    option = layer.options.get("put") or layer.options.get("from")
    return None if option is None else str(option.value)


def _kept_as(layer: Any) -> str | None:
    option = layer.options.get("as")
    return None if option is None else str(option.value)


def _noting(leaves: dict[Path, str]) -> Change:
    def note(path: Path, text: str) -> str:
        leaves.setdefault(path, text)
        return text

    return note


def _rewritten(
    layer: Any, text: str, charset: str, change: Change, raw: dict[Path, bytes], data: Mapping[Path, Data] | None = None
) -> str:
    """The text in the layer's format with other leaves; `raw` is told the bytes of a form's fields."""
    match layer.name:
        case "json":
            return formats.rewritten_json(text, change)
        case "xml" | "soap":
            return formats.rewritten_xml(text, change)
        case "pipe" if "fields" in layer.options and all(hasattr(each, "value") for each in layer.options["fields"]):
            separator = getattr(layer.options.get("separator"), "value", "|")
            return formats.rewritten_fields(text, [each.value for each in layer.options["fields"]], separator, change)
        case "form" | "query":
            return formats.rewritten_form(text, _on_bytes(change, charset, raw, data or {}))
        case "text":
            return change((), text)
    raise CannotOpen(f"{layer.mark}: records of this form cannot be rewritten")


def _on_bytes(change: Change, charset: str, raw: dict[Path, bytes], data: Mapping[Path, Data]) -> formats.FormChange:
    def on_bytes(name: str, value: bytes) -> bytes:
        path = (name,)
        raw.setdefault(path, value)
        made = data.get(path)
        if isinstance(made, bytes):
            return made
        text = value.decode(charset, "surrogateescape")
        new = made if isinstance(made, str) else change(path, text)
        return new.encode(charset, "surrogateescape")

    return on_bytes


def _bytes(data: Data, charset: str) -> bytes:
    return data if isinstance(data, bytes) else data.encode(charset, "surrogateescape")


def _text(data: Data, charset: str) -> str:
    return data if isinstance(data, str) else data.decode(charset, "surrogateescape")


def _as(like: Data, data: Data, charset: str) -> Data:
    return _bytes(data, charset) if isinstance(like, bytes) else _text(data, charset)


def _unzipped(data: bytes) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        found = stream.read(INFLATED_BYTES_MAX + 1)
    if len(found) > INFLATED_BYTES_MAX:
        raise CannotOpen(f"a body inflates to more than {INFLATED_BYTES_MAX} bytes")
    return found


def _based(data: bytes, like: bytes) -> bytes:
    return base64.urlsafe_b64encode(data) if b"-" in like or b"_" in like else base64.b64encode(data)


def _hexed(data: bytes, like: bytes) -> bytes:
    return binascii.hexlify(data).upper() if like.upper() == like else binascii.hexlify(data)


def _percent(data: bytes, like: bytes) -> bytes:
    return (quote_plus(data) if b"+" in like else quote(data, safe="")).encode()


_UNPACK: Mapping[str, Callable[[bytes], bytes]] = {
    "base64": lambda data: base64.b64decode(data.translate(bytes.maketrans(b"-_", b"+/"), b"\r\n"), validate=True),
    "hex": binascii.unhexlify,
    "url_encode": lambda data: unquote_to_bytes(data.replace(b"+", b" ")),
    "gzip": _unzipped,
}
_PACK: Mapping[str, Callable[[bytes, bytes], bytes]] = {
    "base64": _based,
    "hex": _hexed,
    "url_encode": _percent,
    "gzip": lambda data, _like: gzip.compress(data, mtime=0),
}
