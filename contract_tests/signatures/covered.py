"""A second opinion on what a signature covers: the parts of `over`, worked out with the standard library alone."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

from msgspec import Struct

from contract_tests.signatures import rsa

_CALL = re.compile(r"([a-z][a-z0-9_]*)\((.*)\)", re.DOTALL)
_SECRET = re.compile(r"=?\s*secret\.([a-z][a-z0-9_]*)")
_DIGEST = re.compile(r"(md5|sha1|sha256|sha384|sha512|sm3)_(hex|hex_upper|base64_url_bare|base64_url|base64|raw)")
_MAC = re.compile(r"hmac_(md5|sha1|sha256|sha384|sha512|sm3)_(hex|hex_upper|base64_url_bare|base64_url|base64|raw)")
_ALGORITHM = re.compile(r"(hmac_|rsa_)?(md5|sha1|sha256|sha384|sha512|sm3)")
_CHANGES: Mapping[str, Callable[[str, str], str]] = {
    "upper": lambda text, _: text.upper(), "lower": lambda text, _: text.lower(), "trim": lambda text, _: text.strip(),
    "url": lambda text, charset: quote(text, safe="", encoding=charset),
    "form": lambda text, charset: quote_plus(text, encoding=charset),
}  # fmt: skip


class Signed(Struct, frozen=True, kw_only=True):
    """The parts of a message a signature may cover; `fields` are those of a form, a query or a flat message."""

    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = {}
    body: bytes = b""
    fields: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}


class NotComputable(LookupError):
    """A signature this second opinion has no words for."""


def raw_signature(algo: str, key: bytes, data: bytes) -> bytes:
    """The bytes of a signature."""
    found = _ALGORITHM.fullmatch(algo)
    if found is None:
        raise NotComputable(f"there is no second opinion on {algo}")
    match found[1]:
        case "hmac_":
            return hmac.new(key, data, found[2]).digest()
        case "rsa_":
            return rsa.signed(found[2], key.decode(), data)
    return hashlib.new(found[2], data, usedforsecurity=False).digest()


def written(raw: bytes, encode: str) -> str:
    """The bytes of a signature as `encode` writes them."""
    match encode:
        case "hex_lower" | "hex":
            return raw.hex()
        case "hex_upper":
            return raw.hex().upper()
        case "hex_lower_16" | "hex_upper_16":
            middle = raw.hex()[8:24]
            return middle.upper() if "upper" in encode else middle
        case "base64":
            return base64.b64encode(raw).decode()
        case "base64_url" | "base64_url_bare":
            return base64.urlsafe_b64encode(raw).decode().rstrip("=" if "bare" in encode else "")
        case "base64_of_hex" | "base64_of_hex_upper":
            return base64.b64encode(written(raw, encode.removeprefix("base64_of_")).encode()).decode()
    raise NotComputable(f"there is no second opinion on encode {encode}")


class Parts:
    """The parts of one message; `own` is the signature's own field, which it never covers."""

    def __init__(self, message: Signed, charset: str, own: str) -> None:
        """Take the message and the charset its texts are signed in."""
        self._message, self._charset, self._own = message, charset, own

    def bytes_of(self, text: str) -> bytes:
        """The bytes of a part as a mapping writes it."""
        secret = _SECRET.fullmatch(text)
        if secret is not None:
            if secret[1] not in self._message.secrets:
                raise NotComputable(f"the vector has no {text}")
            return self._message.secrets[secret[1]].encode(self._charset)
        if text == "body":
            return self._message.body
        if re.match(r"=\s*[^\W\d]", text):
            raise NotComputable(f"there is no second opinion on the expression {text}")
        called = _CALL.fullmatch(text)
        if called is not None:
            return self._called(called[1], _arguments(called[2]))
        return self._named(text).encode(self._charset)

    def _named(self, text: str) -> str:
        message = self._message
        if text.startswith("header."):
            name = text.removeprefix("header.").lower()
            return next((value for key, value in message.headers.items() if key.lower() == name), "")
        if text.startswith("wire."):
            return message.fields.get(text.removeprefix("wire."), "")
        query = "&".join(f"{name}={value}" for name, value in message.fields.items())
        return {"http.method": message.method, "http.path": message.path, "query": query}.get(text, text)

    def _called(self, function: str, arguments: list[str]) -> bytes:
        if (digest := _DIGEST.fullmatch(function)) is not None:
            return self._digested(digest[1], b"", arguments, digest[2])
        if (mac := _MAC.fullmatch(function)) is not None:
            return self._digested(f"hmac_{mac[1]}", self.bytes_of(arguments[0]), arguments[1:], mac[2])
        if function in _CHANGES:
            text = self._joined(arguments).decode(self._charset)
            return _CHANGES[function](text, self._charset).encode(self._charset)
        match function:
            case "between":
                return self._between(*(_bare(each).encode(self._charset) for each in arguments[1:]))
            case "member":
                return self._member(arguments[1])
            case "sort":
                return b"".join(sorted(self._argument(each) for each in arguments))
            case "bytes":
                return self._joined(arguments)
            case "base64" | "base64_url" | "base64_url_bare" | "hex":
                return written(self._joined(arguments), function).encode()
            case "json" | "json_sorted" if arguments[0] == "wire":
                return self._json(function, arguments).encode(self._charset)
            case "sorted" | "values":
                return self._sorted(function, arguments).encode(self._charset)
        raise NotComputable(f"there is no second opinion on {function}()")

    def _digested(self, algo: str, key: bytes, arguments: list[str], encode: str) -> bytes:
        raw = raw_signature(algo, key, self._joined(arguments))
        return raw if encode == "raw" else written(raw, encode).encode()

    def _joined(self, arguments: list[str]) -> bytes:
        return b"".join(map(self._argument, arguments))

    def _argument(self, text: str) -> bytes:
        return _bare(text).encode(self._charset) if _bare(text) != text else self.bytes_of(text)

    def _between(self, start: bytes, end: bytes, whole: bytes = b"") -> bytes:
        inside = self._message.body.split(start, 1)[1].split(end, 1)[0]
        return start + inside + end if whole else inside

    def _member(self, path: str) -> bytes:
        """The member's text, found by trying every place where its name is followed by a value that parses to it."""
        text, tree = self._message.body.decode(self._charset), json.loads(self._message.body)
        for name in path.split("."):
            tree = tree[name]
        for found in re.finditer(rf'"{re.escape(path.rpartition(".")[2])}"\s*:\s*', text):
            value, end = json.JSONDecoder().raw_decode(text, found.end())
            if value == tree:
                return text[found.end() : end].encode(self._charset)
        raise NotComputable(f"the message has no member {path}")

    def _json(self, function: str, arguments: list[str]) -> str:
        kept = {n: v for n, v in self._message.fields.items() if n != self._own and (v or "drop" not in arguments)}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=function == "json_sorted")

    def _sorted(self, function: str, arguments: list[str]) -> str:
        words = arguments[2:]
        said = dict(word.split("=", 1) for word in words if "=" in word)
        fields = dict(self._message.fields)
        if "with" in said:
            name, _, part = said["with"].partition(":")
            fields[name] = self.bytes_of(part).decode(self._charset)
        left = {self._own, *said.get("without", "").split()}
        chosen = said["only"].split() if "only" in said else list(fields)
        kept = [(n, v) for n, v in fields.items() if n in chosen and n not in left and (v or "keep" in words)]
        as_name, as_value = (_CHANGES.get(said.get(word, ""), _as_it_is) for word in ("name", "value"))
        pairs = [(as_name(name, self._charset), as_value(value, self._charset)) for name, value in kept]
        pairs.sort(key=lambda pair: pair[0].lower() if "fold" in words else pair[0], reverse="descending" in words)
        separator = _bare(arguments[1]) if len(arguments) > 1 else "&" if function == "sorted" else ""
        if function == "sorted":
            return separator.join(name + _bare(said.get("kv", "=")) + value for name, value in pairs)
        texts = [value for _, value in pairs]
        if "by_name" not in words:
            texts.sort(key=str.lower if "fold" in words else None, reverse="descending" in words)
        return separator.join(texts)


def _as_it_is(text: str, _: str) -> str:
    return text


def _bare(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def _arguments(text: str) -> list[str]:
    """The arguments between the brackets of a call: `;` separates them outside brackets and quotes."""
    found, start, inside = [], 0, ""
    for at, character in enumerate(text):
        if character == "'":
            inside = inside[:-1] if inside.endswith("'") else inside + "'"
        elif character == "(" and not inside.endswith("'"):
            inside += "("
        elif character == ")" and inside.endswith("("):
            inside = inside[:-1]
        elif character == ";" and not inside:
            found.append(text[start:at])
            start = at + 1
    return [*found, text[start:]]
