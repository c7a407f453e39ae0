"""HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530): what is signed of a message, and what was.

`signature_base` and `signature_input` describe what we sign; `signed_reply` takes apart what a carrier signed, rebuilds
its base, and refuses it where it covers less than was agreed, is of another time, or speaks of another body. The
signature itself is made and checked by the signer that the mapping names.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

from gateway.wire.classified import Forged
from gateway.wire.contract import Inbound, WireReply
from gateway.wire.errors import CannotSend
from gateway.wire.sign.digests import sha256, sha512
from gateway.wire.sign.fields import component_parts, covered_field

DIGESTS = {"sha-256": sha256, "sha-512": sha512}
ALGORITHMS: Mapping[str, str] = {
    "hmac_sha256": "hmac-sha256",
    "rsa_sha256": "rsa-v1_5-sha256",
    "rsa_pss_sha512": "rsa-pss-sha512",
    "ed25519": "ed25519",
    "ecdsa_p256_sha256": "ecdsa-p256-sha256",
}
"""The signers of the standard, and what it calls them in `alg`."""

SENT_COMPONENTS = ("@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query")
REPLY_COMPONENTS = ("@status",)
INBOUND_COMPONENTS = ("@method", "@authority", "@request-target", "@path", "@query")

INPUT_LENGTH_MAX = 4096
COMPONENTS_MAX = 64

Parameters = tuple[tuple[str, str | int], ...]
_PORTS = {"http": ":80", "https": ":443"}
_QUERY_PARAM = re.compile(r'@query-param;name="([^"\\]*)"')


class SignedReply(NamedTuple):
    """What a carrier signed: the bytes, and the signature it gave."""

    base: bytes
    signature: bytes


class Message(NamedTuple):
    """What the components of a signature are taken from; headers by lower-case name, several of one joined.

    `lines` are the headers as they came, where one came several times.
    """

    headers: Mapping[str, str]
    body: bytes
    method: str = ""
    url: str = ""
    status: int = 0
    lines: Mapping[str, tuple[str, ...]] = {}

    def value(self, component: str) -> str | None:
        """The value of a component, None where the message has none."""
        if not component.startswith("@"):
            return self._field(component)
        if component == "@status":
            return str(self.status) if self.status else None
        if component == "@method":
            return self.method or None
        if named := _QUERY_PARAM.fullmatch(component):
            return _query_param(self.url, named[1])
        return _of_url(component, self.url)

    def _field(self, component: str) -> str | None:
        name, how, key = component_parts(component) or (component, "", "")
        found = self.headers.get(name)
        if how:
            return covered_field(self.lines.get(name, () if found is None else (found,)), how, key)
        return str(len(self.body)) if found is None and name == "content-length" else found


def content_digest(body: bytes, algorithm: str) -> str:
    """The value of a `Content-Digest` header."""
    return f"{algorithm}=:{b64encode(DIGESTS[algorithm](body)).decode()}:"


def signature_input(components: tuple[str, ...], parameters: Parameters) -> str:
    """The member of `Signature-Input`: the components in order, then the parameters."""
    covered = " ".join(_identifier(component) for component in components)
    written = "".join(f";{name}={_parameter(name, value)}" for name, value in parameters)
    return f"({covered}){written}"


def signature_base(components: tuple[str, ...], described: str, message: Message) -> bytes:
    """The bytes that are signed: a line for each component, then what the signature says of itself.

    Raises `CannotSend` for a component the message does not have.
    """
    return _base(components, described, message)


def request_message(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Message:
    """A request of ours as it stands before it is signed."""
    return Message({name.lower(): value.strip() for name, value in headers.items()}, body, method, url)


def signed_reply(
    reply: WireReply | Inbound,
    label: str,
    required: tuple[str, ...],
    *,
    algorithm: str = "",
    now: datetime | None = None,
    skew_s: float = 0.0,
) -> SignedReply:
    """What the signature of that label covers. Raises `Forged` when there is none or it is not good enough.

    Good enough: every required component is covered; `created`, where `skew_s` is given, is at most so far from now;
    `expires` is not over; `alg`, where it is said, is the agreed one; a covered Content-Digest is that of the body.
    """
    message = _received(reply)
    described = _member(message.headers.get("signature-input"), label)
    signature = _bytes(_member(message.headers.get("signature"), label))
    components, parameters = _described(described)
    missing = [component for component in required if component not in components]
    if missing:
        raise Forged(f"the signature does not cover {missing[0]}")
    _check_parameters(parameters, algorithm, now, skew_s)
    if any(component.partition(";")[0] == "content-digest" for component in components):
        _check_digest(message)
    try:
        return SignedReply(_base(components, described, message), signature)
    except CannotSend as absent:
        raise Forged(absent.message) from None


def _base(components: tuple[str, ...], described: str, message: Message) -> bytes:
    lines = []
    for component in components:
        value = message.value(component)
        if value is None or "\n" in value or "\r" in value:
            raise CannotSend(f"the message has no {component} to sign")
        lines.append(f"{_identifier(component)}: {value}")
    lines.append(f'"@signature-params": {described}')
    try:
        return "\n".join(lines).encode("ascii")
    except UnicodeEncodeError:
        raise CannotSend("a signed header holds characters beyond ASCII") from None


def _identifier(component: str) -> str:
    name, separator, rest = component.partition(";")
    return f'"{name}"{separator}{rest}'


def _parameter(name: str, value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    if not value.isascii() or not value.isprintable():
        raise CannotSend(f"the parameter {name} of a signature takes plain ASCII")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _of_url(component: str, url: str) -> str | None:
    parts = urlsplit(url)
    path = parts.path or "/"
    match component:
        case "@target-uri":
            return url if parts.scheme else None
        case "@scheme":
            return parts.scheme.lower() or None
        case "@authority":
            return parts.netloc.rpartition("@")[2].lower().removesuffix(_PORTS.get(parts.scheme, ":")) or None
        case "@path":
            return path
        case "@query":
            return f"?{parts.query}"
        case "@request-target":
            return f"{path}?{parts.query}" if parts.query else path
    return None


def _query_param(url: str, name: str) -> str | None:
    """One parameter of the query, encoded anew as the standard says; one that comes twice has no one value."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    found = [quote(value, "") for key, value in pairs if quote(key, "") == name]
    return found[0] if len(found) == 1 else None


# --- what came in ---


def _received(reply: WireReply | Inbound) -> Message:
    lines: dict[str, tuple[str, ...]] = {}
    for name, value in reply.headers:
        lines[name.lower()] = (*lines.get(name.lower(), ()), value.strip())
    headers = {name: ", ".join(values) for name, values in lines.items()}
    if isinstance(reply, WireReply):
        return Message(headers, reply.body, status=reply.status, lines=lines)
    host = headers.get("host", "")
    url = f"//{host}{reply.target}" if host else reply.target
    return Message(headers, reply.body, reply.method, url, lines=lines)


_STRING = r'"(?:[ !#-\[\]-~]|\\["\\])*"'
_ITEM = rf"{_STRING}(?:;[a-z][a-z0-9-]*(?:={_STRING})?)*"
_PARAMETER = rf";([a-z][a-z0-9-]*)=(-?\d{{1,15}}|{_STRING})"
_INNER = re.compile(rf"\(((?:{_ITEM})?(?: {_ITEM})*)\)((?:{_PARAMETER})*)")
_ITEMS = re.compile(_ITEM)
_PARAMETERS = re.compile(_PARAMETER)
_LIST = rf"\((?:{_STRING}|[^\"()])*\)(?:;[a-z0-9-]+=(?:{_STRING}|[0-9-]+))*"
_MEMBER = re.compile(rf"([a-z*][a-z0-9_.*-]*)=({_LIST}|:[A-Za-z0-9+/=]*:)")
_SEPARATOR = re.compile(r"[ \t]*,[ \t]*")


def _member(header: str | None, label: str) -> str:
    """The member of that label of a dictionary. Raises `Forged` where there is not exactly one."""
    if header is None or len(header) > INPUT_LENGTH_MAX:
        raise Forged("the message bears no signature")
    found, at = [], 0
    while at < len(header):
        member = _MEMBER.match(header, at)
        if member is None:
            raise Forged("the message's signature is not written as the standard says")
        found += [member[2]] if member[1] == label else []
        at = member.end()
        separator = _SEPARATOR.match(header, at)
        if separator is None and at < len(header):
            raise Forged("the message's signature is not written as the standard says")
        at = separator.end() if separator is not None else at
    if len(found) != 1:
        raise Forged(f"the message bears no signature '{label}'")
    return found[0]


def _bytes(member: str) -> bytes:
    try:
        return b64decode(member[1:-1], validate=True)
    except ValueError:
        raise Forged("the message's signature is no base 64") from None


def _described(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    found = _INNER.fullmatch(text)
    if found is None:
        raise Forged("the message's signature is not written as the standard says")
    items = [item.replace('"', "", 2) for item in _ITEMS.findall(found[1])]
    names = [name for name, _ in _PARAMETERS.findall(found[2])]
    if len(items) > COMPONENTS_MAX or len(set(items)) != len(items) or len(set(names)) != len(names):
        raise Forged("the message's signature names something twice")
    return tuple(items), dict(_PARAMETERS.findall(found[2]))


def _check_parameters(parameters: Mapping[str, str], algorithm: str, now: datetime | None, skew_s: float) -> None:
    said = parameters.get("alg")
    if said is not None and algorithm and said != f'"{algorithm}"':
        raise Forged("the message is signed with another algorithm")
    if now is None:
        return
    moment = now.timestamp()
    created, expires = parameters.get("created", ""), parameters.get("expires")
    if skew_s and not (created.isdigit() and abs(moment - int(created)) <= skew_s):
        raise Forged("the message was signed too far from now")
    if expires is not None and not (expires.isdigit() and int(expires) >= moment):
        raise Forged("the message's signature is over")


def _check_digest(message: Message) -> None:
    """Every digest of a kind we know must be the body's, and there must be one."""
    found = re.findall(r"(sha-256|sha-512)=(:[A-Za-z0-9+/=]*:)", message.headers.get("content-digest", ""))
    digests = [content_digest(message.body, algorithm).partition("=")[2] for algorithm, _ in found]
    if not found or not all(compare_digest(ours, given) for ours, (_, given) in zip(digests, found, strict=True)):
        raise Forged("the body is not that of its Content-Digest")
