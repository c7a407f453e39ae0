"""The frame layer: a head of fixed widths before the bytes, one of its fields the length; what raw TCP hosts speak."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from gateway.wire.contract import Framing
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.charset import charset_in, charset_out
from gateway.wire.limits import BODY_BYTES_MAX

Counts = Literal["", "body", "rest", "all"]


class FrameField(Struct, frozen=True):
    """One field of the head: bytes wide, filled on the left, or with `left` on the right with spaces.

    `counts` makes it a length: of the body, of the rest (everything behind this field), or of all.
    """

    name: str
    width: int
    counts: Counts = ""
    left: bool = False


class FrameForm(Struct, frozen=True, kw_only=True):
    """How a carrier frames its messages. `pad` fills on the left; `binary` lengths are big-endian bytes, not digits."""

    fields: tuple[FrameField, ...]
    pad: str = "0"
    binary: bool = False
    charset: str = "utf-8"

    @property
    def head_bytes(self) -> int:
        """How long the head is."""
        return sum(field.width for field in self.fields)


def frame_out(body: bytes, form: FrameForm, values: Mapping[str, Any]) -> bytes:
    """The head and the body. A value or a length that its field cannot hold is refused, never cut."""
    parts, behind = [], form.head_bytes
    for field in form.fields:
        behind -= field.width
        if field.counts:
            size = len(body) + {"body": 0, "rest": behind, "all": form.head_bytes}[field.counts]
            parts.append(_length(field, form, size))
        else:
            parts.append(_text(field, form, values.get(field.name)))
    return b"".join(parts) + body


def _length(field: FrameField, form: FrameForm, size: int) -> bytes:
    if form.binary:
        if size >= 256**field.width:
            raise CannotSend(f"{size} bytes are more than the frame's {field.name} can tell")
        return size.to_bytes(field.width, "big")
    return _filled(field, form, str(size))


def _text(field: FrameField, form: FrameForm, value: Any) -> bytes:
    return _filled(field, form, "" if value is None else str(value))


def _filled(field: FrameField, form: FrameForm, text: str) -> bytes:
    data = charset_out(text, form.charset)
    if len(data) > field.width:
        raise CannotSend(f"the frame's {field.name} takes {field.width} bytes, not {len(data)}")
    return data.ljust(field.width) if field.left else data.rjust(field.width, form.pad.encode("ascii"))


def frame_in(data: bytes, form: FrameForm) -> tuple[dict[str, Any], bytes]:
    """The fields of the head as texts, and the body; a length that is not the message's is unreadable."""
    if not form.head_bytes <= len(data) <= BODY_BYTES_MAX:
        raise Unreadable("the message is shorter than its frame, or too long")
    head: dict[str, Any] = {}
    at, body = 0, data[form.head_bytes :]
    for field in form.fields:
        part, at = data[at : at + field.width], at + field.width
        if field.counts:
            size = length_of(part, binary=form.binary)
            found = len(body) + {"body": 0, "rest": form.head_bytes - at, "all": form.head_bytes}[field.counts]
            if size != found:
                raise Unreadable("the frame tells another length than the message has")
            head[field.name] = str(size)
        else:
            head[field.name] = charset_in(part, form.charset).rstrip(" ")
    return head, body


def length_of(part: bytes, *, binary: bool) -> int | None:
    """The number in a length field; None where there is none."""
    if binary:
        return int.from_bytes(part, "big")
    digits = part.strip(b" ")
    return int(digits) if digits.isdigit() and len(digits) == len(part.strip()) else None


def framing_of(form: FrameForm) -> Framing:
    """What a transport must know to tell where a reply ends."""
    at = 0
    for field in form.fields:
        if field.counts:
            extra = {"body": 0, "rest": at + field.width - form.head_bytes, "all": -form.head_bytes}[field.counts]
            return Framing(head_bytes=form.head_bytes, at=at, width=field.width, binary=form.binary, beyond_head=extra)
        at += field.width
    raise ValueError("a frame without a length")
