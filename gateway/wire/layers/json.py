"""The JSON layer. Numbers are exact: read as `int` and `Decimal` or kept as text, never as a float."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.lost import intact_json
from gateway.wire.limits import BODY_BYTES_MAX, DEPTH_MAX, NODES_MAX, NUMBER_DIGITS_MAX

_COMPACT = msgspec.json.Encoder(decimal_format="number").encode
_SORTED = msgspec.json.Encoder(decimal_format="number", order="sorted").encode

# How `msgspec.json.format` is told the two spellings that are not compact.
_INDENT = {"spaced": 0, "indented": 2}
SEPARATORS = ("compact", *_INDENT)


def json_out(tree: Any, *, escaped: bool = False, separators: str = "compact", keys_sorted: bool = False) -> bytes:
    r"""The tree as JSON bytes in UTF-8; the same tree always gives the same bytes, because signatures cover them.

    `escaped` writes every character beyond ASCII as `\uXXXX`; `separators` is compact, spaced or indented. Raises
    `CannotSend` for text that is no Unicode (half a surrogate pair).
    """
    try:
        body = _SORTED(tree) if keys_sorted else _COMPACT(tree)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError) as error:
        raise CannotSend(f"the message cannot be written as JSON: {type(error).__name__}") from None
    if separators != "compact":
        body = msgspec.json.format(body, indent=_INDENT[separators])
    return _BEYOND_ASCII.sub(_escape, body.decode()).encode("ascii") if escaped else body


def json_raw(text: str) -> msgspec.Raw:
    """A value that is JSON already, written into a message as it is."""
    return msgspec.Raw(text.encode())


# In JSON a character beyond ASCII can only stand inside a string, so the finished text may be escaped as a whole.
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def _escape(found: "re.Match[str]") -> str:
    units = found.group().encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def json_in(source: bytes | str) -> Any:
    """The tree of a JSON text, with numbers as `int` and `Decimal`.

    Raises `Unreadable` for what is no JSON, a key that comes twice in one object, `NaN`, half a surrogate pair, a
    character that was lost (U+FFFD), and for anything beyond the limits.
    """
    return _decoded(_text(source), _EXACT)


def json_text_numbers_in(source: bytes | str) -> Any:
    """The same with every number kept as the text it was (`numbers: text`)."""
    text = _text(source)
    tree = _without_numbers(text)
    return _decoded(text, _TEXT) if tree is None else tree


def _without_numbers(text: str) -> Any:
    """The tree of a JSON text without numbers, read at half the price; None where only the exact way can tell.

    A key that came twice is in the tree once: the text then has more colons than the tree, written again, unless one of
    them stands as an escape.
    """
    try:
        tree = _NO_NUMBERS(text)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
    if "\\" in text and "\\u00" in text:
        return None
    return tree if text.count(":") == _COMPACT(tree).count(b":") else None


def _decoded(text: str, decode: Callable[[str], Any]) -> Any:
    try:
        tree = decode(text)
        if "\\ud" in text or "\\uD" in text:
            _COMPACT(tree)
    except RecursionError:
        raise Unreadable(f"the JSON text nests deeper than {DEPTH_MAX}") from None
    except UnicodeEncodeError:
        raise Unreadable("the JSON text holds half a surrogate pair") from None
    except ValueError as error:
        raise Unreadable(f"not JSON: {_place(error)}") from None
    # Counting brackets is an upper bound of the depth and nearly free; only long messages are walked.
    if text.count("{") + text.count("[") > DEPTH_MAX:
        _check_depth(tree)
    return tree


def _text(source: bytes | str) -> str:
    if len(source) > BODY_BYTES_MAX:
        raise Unreadable(f"the message is longer than {BODY_BYTES_MAX} bytes")
    try:
        text = source if isinstance(source, str) else source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the message is not UTF-8 at byte {error.start}") from None
    intact_json(text)
    if len(text) > NODES_MAX and text.count(",") > NODES_MAX:
        raise Unreadable(f"the message holds more than {NODES_MAX} values")
    return text


def _place(error: ValueError) -> str:
    # The message of a JSONDecodeError names a rule and a place; any other error could quote the text itself.
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos}"
    return str(error) if isinstance(error, _NotOurJson) else "a number out of range"


class _NotOurJson(ValueError):
    """JSON that parses and is refused all the same; its text is ours and may be shown."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotOurJson("a key comes twice in one object")
    return found


def _constant(name: str) -> NoReturn:
    raise _NotOurJson(f"{name} is no number")


def _decimal(text: str) -> Decimal:
    return Decimal(_number(text))


def _int(text: str) -> int:
    return int(_number(text))


def _number(text: str) -> str:
    if len(text) > NUMBER_DIGITS_MAX:
        raise _NotOurJson(f"a number has more than {NUMBER_DIGITS_MAX} digits")
    return text


_EXACT = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_decimal, parse_int=_int, parse_constant=_constant
).decode
_TEXT = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_number, parse_constant=_constant
).decode


# Texts, booleans and null, nested as deeply as nearly all messages are: a type that has no numbers refuses them.
_NoNumbers: Any = str | bool | None
for _ in range(7):
    _NoNumbers = str | bool | None | list[_NoNumbers] | dict[str, _NoNumbers]
_NO_NUMBERS = msgspec.json.Decoder(_NoNumbers).decode


def _check_depth(tree: Any) -> None:
    level = [tree]
    for _ in range(DEPTH_MAX + 1):
        level = [child for node in level if isinstance(node, dict | list) for child in _children(node)]
        if not level:
            return
    raise Unreadable(f"the JSON text nests deeper than {DEPTH_MAX}")


def _children(node: Any) -> Any:
    return node.values() if isinstance(node, dict) else node
