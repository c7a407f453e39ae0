"""The mtom layer: a SOAP reply that carries its files beside the envelope (XOP, MTOM), as one message again.

The root part is the message; wherever it includes another part, the bytes of that part stand as base 64. A reply that
is no `multipart/related`, a fault say, is the message itself.
"""

import re
from base64 import b64encode
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import unquote

from gateway.wire.errors import Unreadable
from gateway.wire.layers.multipart import parts_of
from gateway.wire.layers.packing import base64_in
from gateway.wire.limits import BODY_BYTES_MAX, PART_HEAD_BYTES_MAX

_NAMESPACE = b"http://www.w3.org/2004/08/xop/include"
_INCLUDE = re.compile(
    rb"""<(?:[\w.-]{1,50}:)?Include\s[^<>]{0,500}?\bhref\s*=\s*["']cid:([^"'<>]{1,500})["'][^<>]{0,500}?"""
    rb"""(?:/>|>\s*</(?:[\w.-]{1,50}:)?Include\s*>)"""
)
_PLAIN = ("", "7bit", "8bit", "binary")


def mtom_in(body: bytes, content_type: str | None) -> bytes:
    """The message with its files inside; raises `Unreadable` where a part is missing, or wanted twice."""
    told = Message()
    told["Content-Type"] = content_type or ""
    if told.get_content_type() != "multipart/related":
        return body
    boundary = told.get_boundary()
    if not boundary:
        raise Unreadable("the content type names no multipart boundary")
    if len(body) > BODY_BYTES_MAX:
        raise Unreadable(f"the message is longer than {BODY_BYTES_MAX} bytes")
    parts = [_part(part) for part in parts_of(body, boundary.encode("utf-8"))]
    start = told.get_param("start")
    wanted = _bare(start) if isinstance(start, str) else None
    at = next((index for index, (name, _) in enumerate(parts) if name == wanted), 0 if wanted is None else None)
    if at is None or not parts:
        raise Unreadable("the message has no root part")
    _, root = parts.pop(at)
    return _whole(root, dict(parts)) if _NAMESPACE in root else root


def _part(part: bytes) -> tuple[str, bytes]:
    """The name and the content of one part."""
    head, found, content = (b"\r\n" + part).partition(b"\r\n\r\n")
    if not found or len(head) > PART_HEAD_BYTES_MAX:
        raise Unreadable("a part of the message has no head")
    told = BytesHeaderParser().parsebytes(head.lstrip() + b"\r\n\r\n")
    coding = str(told.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding not in (*_PLAIN, "base64"):
        raise Unreadable("a part of the message is packed in a way nobody here can undo")
    return _bare(str(told.get("Content-ID", ""))), base64_in(content) if coding == "base64" else content


def _bare(name: str) -> str:
    return name.strip().removeprefix("<").removesuffix(">")


def _whole(root: bytes, parts: dict[str, bytes]) -> bytes:
    def included(found: re.Match[bytes]) -> bytes:
        # Each part belongs to one place (XOP 1.0, section 3.1): a message does not grow by naming it again.
        content = parts.pop(unquote(found[1].decode("utf-8", "replace")), None)
        if content is None:
            raise Unreadable("the message includes a part that is not there, or one part twice")
        return b64encode(content)

    return _INCLUDE.sub(included, root)


__all__ = ["mtom_in"]
