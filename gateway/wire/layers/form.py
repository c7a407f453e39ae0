"""Form and query layers: flat fields, percent-encoded in the carrier's charset, in the order they were given."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.charset import encoded, read_as
from gateway.wire.layers.escapes import ESCAPES, Escapes, escaped
from gateway.wire.layers.lost import intact
from gateway.wire.limits import BODY_BYTES_MAX, FORM_FIELDS_MAX
from gateway.wire.shown import masked

Fields = Mapping[str, Any]
"""Names with a text, a number or a list of them (a name that comes several times)."""


def form_out(fields: Fields, charset: str = "utf-8", escapes: str = "form") -> bytes:
    """The fields as `application/x-www-form-urlencoded`: a space becomes `+`, unless `escapes` says otherwise."""
    return "&".join(_pairs(fields, charset, ESCAPES[escapes])).encode("ascii")


def query_out(fields: Fields, charset: str = "utf-8", escapes: str = "rfc3986") -> str:
    """The fields as the query of a URL: a space becomes `%20`, unless `escapes` says otherwise."""
    return "&".join(_pairs(fields, charset, ESCAPES[escapes]))


def _pairs(fields: Fields, charset: str, way: Escapes) -> Iterable[str]:
    for name, value in flat(fields):
        try:
            yield f"{escaped(encoded(name, charset), way)}={escaped(encoded(value, charset), way)}"
        except UnicodeEncodeError as error:
            raise CannotSend(f"character {error.start + 1} of field {name} does not exist in {charset}") from None


def flat(fields: Fields) -> list[tuple[str, str]]:
    """Name and text of every field, in order; absent values are left out, a list repeats its name."""
    found: list[tuple[str, str]] = []
    for name, value in fields.items():
        items = value if isinstance(value, list) else (value,)
        found.extend((name, _plain(name, item)) for item in items if item is not None)
    return found


def _plain(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or type(value).__name__ == "Decimal":
        return format(value, "d" if isinstance(value, int) else "f")
    raise CannotSend(f"field {name} takes a text, not {masked(value)}")


_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")


def form_in(body: bytes | str, charset: str = "utf-8") -> dict[str, Any]:
    """The fields of a form or a query; a name that comes several times has a list.

    Raises `Unreadable` for broken percent signs, bytes that are not of the charset, a character that was lost, and
    beyond the limits.
    """
    text = _ascii(body)
    if _BROKEN.search(text):
        raise Unreadable("a percent sign in the form is not followed by two hexadecimal digits")
    try:
        found = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), encoding=read_as(charset), errors="strict",
            max_num_fields=FORM_FIELDS_MAX,
        )  # fmt: skip
    except UnicodeDecodeError:
        raise Unreadable(f"a field of the form is not {charset}") from None
    except ValueError:
        raise Unreadable(f"not a form, or one of more than {FORM_FIELDS_MAX} fields") from None
    fields: dict[str, Any] = {}
    for name, value in found:
        intact(value)
        if name in fields:
            earlier = fields[name]
            fields[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            fields[name] = value
    return fields


query_in = form_in


def _ascii(body: bytes | str) -> str:
    if len(body) > BODY_BYTES_MAX:
        raise Unreadable(f"the message is longer than {BODY_BYTES_MAX} bytes")
    try:
        return body.decode("ascii") if isinstance(body, bytes) else body
    except UnicodeDecodeError as error:
        raise Unreadable(f"the form holds a byte beyond ASCII at {error.start}") from None


def percent_out(text: str, charset: str = "utf-8") -> str:
    """One text percent-encoded, for the path of a URL or a carrier that encodes twice."""
    try:
        return quote(encoded(text, charset), "")
    except UnicodeEncodeError as error:
        raise CannotSend(f"character {error.start + 1} of the text does not exist in {charset}") from None


def percent_in(text: str, charset: str = "utf-8") -> str:
    """One layer of percent signs undone."""
    if _BROKEN.search(text):
        raise Unreadable("a percent sign is not followed by two hexadecimal digits")
    try:
        return intact(unquote_to_bytes(text).decode(read_as(charset)))
    except UnicodeDecodeError:
        raise Unreadable(f"the text is not {charset}") from None
