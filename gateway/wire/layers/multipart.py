"""The multipart layer (RFC 7578): flat fields and files as `multipart/form-data`, in the order they were given."""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.charset import charset_in, charset_out
from gateway.wire.layers.form import Fields, flat
from gateway.wire.limits import BODY_BYTES_MAX, FORM_FIELDS_MAX, PART_HEAD_BYTES_MAX


class FilePart(Struct, frozen=True, kw_only=True):
    """How a field travels as a file: its name, its type, and whether its text is base 64 of the file's bytes."""

    filename: str
    type: str = "application/octet-stream"
    base64: bool = False


_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")


def multipart_out(fields: Fields, boundary: str, charset: str = "utf-8", files: Mapping[str, FilePart] = {}) -> bytes:
    """The body. Refuses a boundary that is none, or that stands in the content: the parts could not be told apart."""
    if not _BOUNDARY.fullmatch(boundary):
        raise CannotSend("the boundary holds characters that RFC 2046 does not allow, or is longer than 70")
    mark = b"--" + boundary.encode("ascii")
    parts = [_part(name, value, charset, files.get(name)) for name, value in flat(fields)]
    if any(mark in content for _, content in parts):
        raise CannotSend("the boundary stands in what it should part")
    written = [mark + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n" for head, content in parts]
    return b"".join(written) + mark + b"--\r\n"


def _part(name: str, value: str, charset: str, file: FilePart | None) -> tuple[bytes, bytes]:
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if file is None:
        return charset_out(head, charset), charset_out(value, charset)
    head += f'; filename="{_quoted(file.filename)}"\r\nContent-Type: {file.type}'
    return charset_out(head, charset), _bytes(value) if file.base64 else charset_out(value, charset)


def _bytes(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except ValueError:
        raise CannotSend("a file's content is not base 64") from None


def _quoted(name: str) -> str:
    # As browsers do it (WHATWG HTML, multipart/form-data encoding): what would end the quotes or the line.
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


_TOLD = re.compile(
    r"""multipart/[\w.+-]+\s*;(?:[^"]*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))""", re.IGNORECASE
)
_NAME = re.compile(r"""content-disposition\s*:\s*form-data\s*;(?:[^\r\n]*?;)?\s*name="([^"\r\n]*)\"""", re.IGNORECASE)


def multipart_in(body: bytes, content_type: str | None, charset: str = "utf-8") -> dict[str, Any]:
    """The fields of a multipart body; the boundary is the content type's, a name that comes twice has a list."""
    told = _TOLD.match(content_type or "")
    if told is None:
        raise Unreadable("the content type names no multipart boundary")
    if len(body) > BODY_BYTES_MAX:
        raise Unreadable(f"the message is longer than {BODY_BYTES_MAX} bytes")
    fields: dict[str, Any] = {}
    for part in parts_of(body, (told[1] or told[2]).encode("utf-8")):
        name, value = _read(part, charset)
        if name in fields:
            earlier = fields[name]
            fields[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            fields[name] = value
    return fields


def parts_of(body: bytes, boundary: bytes) -> list[bytes]:
    """The parts of a multipart body, each with its head."""
    mark = b"\r\n--" + boundary
    pieces = (b"\r\n" + body).split(mark, FORM_FIELDS_MAX + 1)
    if len(pieces) < 2 or len(pieces) > FORM_FIELDS_MAX + 1 or not pieces[-1].startswith(b"--"):
        raise Unreadable(f"no multipart body, one cut off, or one of more than {FORM_FIELDS_MAX} parts")
    found = pieces[1:-1]
    if not all(piece.lstrip(b" \t").startswith(b"\r\n") for piece in found):
        raise Unreadable("a part of the multipart body does not begin on a line of its own")
    return [piece.lstrip(b" \t")[2:] for piece in found]


def _read(part: bytes, charset: str) -> tuple[str, str]:
    head, found, content = part.partition(b"\r\n\r\n")
    name = _NAME.search(charset_in(head, charset)) if found and len(head) <= PART_HEAD_BYTES_MAX else None
    if name is None:
        raise Unreadable("a part of the multipart body has no name")
    return name[1].replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n"), charset_in(content, charset)
