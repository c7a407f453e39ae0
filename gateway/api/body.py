"""A body's bytes: read under a limit and a deadline, and looked at before anything is decoded."""

import asyncio
import json
from typing import Any

import msgspec

from gateway.api.limits import Limits
from gateway.api.refusals import UnsupportedMedia
from gateway.api.request import Request
from gateway.errors import BodyUnreadable, TooLarge

_BUT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_AS_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_WHITE = (b" ", b"\n", b"\t", b"\r")
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class Disconnected(Exception):
    """The caller left before its request was complete: there is nobody to answer."""


async def read_body(request: Request, bytes_max: int, wait_s: float) -> bytes:
    """The whole body. Raises TooLarge, BodyUnreadable (408) when it does not come in time, Disconnected."""
    announced = request.headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > bytes_max:
        raise _too_large(bytes_max)
    try:
        async with asyncio.timeout(wait_s):
            return await _collect(request, bytes_max)
    except TimeoutError:
        raise BodyUnreadable(f"the body did not arrive within {wait_s:g} s", status=408) from None


async def _collect(request: Request, bytes_max: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > bytes_max:
            raise _too_large(bytes_max)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(bytes_max: int) -> TooLarge:
    return TooLarge(f"a body here has at most {bytes_max} bytes")


def must_be_json(request: Request) -> None:
    """Raises UnsupportedMedia unless the headers announce plain JSON in UTF-8."""
    if request.headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise UnsupportedMedia("a compressed body is not taken")
    if request.headers.get(b"content-type") != b"application/json":
        _must_mean_json(request.text(b"content-type") or "")


def _must_mean_json(content_type: str) -> None:
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    charset = next((each.partition("=")[2].strip('" ') for each in parameters if each.startswith("charset")), "utf-8")
    if not is_json or charset not in ("utf-8", "utf8"):
        raise UnsupportedMedia("the Content-Type says that the body is not JSON in UTF-8")


def must_be_modest(body: bytes, limits: Limits) -> None:
    """Raises TooLarge for nesting or numbers of values no honest request has; costs a microsecond otherwise."""
    if body.count(b",") > limits.json_values_max:
        raise TooLarge(f"a body holds at most {limits.json_values_max} values")
    if body.count(b"{") + body.count(b"[") > limits.json_depth_max and _is_deep(body, limits.json_depth_max):
        raise TooLarge(f"objects and arrays stand at most {limits.json_depth_max} deep in each other")


def _is_deep(body: bytes, depth_max: int) -> bool:
    """Whether brackets outside of texts nest too deep: each round takes the innermost pairs away."""
    brackets = _without_texts(body).translate(_AS_ONE_KIND, _BUT_BRACKETS)
    for _ in range(depth_max):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _without_texts(body: bytes) -> bytes:
    """What stands outside of texts: every second piece between quotes that are not escaped."""
    return b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])


def must_name_once(body: bytes, sent: Any) -> None:
    """Raises BodyUnreadable when an object names a member twice, of which a decoder would silently take one.

    Decoding drops the repetition, so what was `sent` has fewer members when it is encoded again; it may have fewer for
    other reasons (a default that was written out) and never has more. Then plain dicts tell, and then every pair. A
    quote or a colon may also be written as an escape; a body with escapes of that kind takes the slowest way.
    """
    if b"\\u00" not in body:
        if _names_touch_their_colons(body) and body.count(b'":') == _encode(sent).count(b'":'):
            return
        if body.count(b":") == _encode(_decode(body)).count(b":"):
            return
    json.loads(body, object_pairs_hook=_distinct, parse_int=str, parse_float=str)


def _names_touch_their_colons(body: bytes) -> bool:
    """Whether no white space parts a name from its colon: then the names are as many as the quotes before colons."""
    return not any(white in body and white + b":" in body for white in _WHITE)  # one byte is found at once


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BodyUnreadable("an object names a member twice: which of the two is meant is not clear")
    return members
