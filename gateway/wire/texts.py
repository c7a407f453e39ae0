"""Codecs of texts and yes-or-no values.

Sending takes the canonical value as it is in a valid request; reading takes whatever the wire held and refuses what it
was not promised. Errors never quote a text: it may be a name.
"""

import re
from base64 import b64decode, b64encode
from decimal import Decimal
from html import escape, unescape
from typing import Any

from gateway.wire.derived import east_asian, given_name, surname
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.lost import intact
from gateway.wire.limits import NUMBER_DIGITS_MAX
from gateway.wire.shown import masked, shown_amount, shown_code
from gateway.wire.trees import text_of


def text_in(value: Any) -> str:
    """A text, and nothing that merely looks like one: a number where a text was promised is an error."""
    if value.__class__ is str:
        return value
    raise Unreadable(f"expected a text, found {masked(value)}")


def upper_out(value: str) -> str:
    """`upper`: upper case on both sides (the X of an identity number)."""
    return value.upper()


def upper_in(value: Any) -> str:
    """A text in upper case, however it was written."""
    return text_in(value).upper()


def lower_out(value: str) -> str:
    """`lower`: lower case on both sides."""
    return value.lower()


def lower_in(value: Any) -> str:
    """A text in lower case, however it was written."""
    return text_in(value).lower()


def cut_out(value: str, length: int) -> str:
    """`cut(n)`: the first n characters. What is cut is lost: the row says `lossy`."""
    return value[:length]


def cut_in(value: Any, _length: int) -> str:
    """The text as it came; nothing tells what was cut."""
    return text_in(value)


def cut_bytes_out(value: str, length: int, charset: str) -> str:
    """`cut(n;bytes)`: as many whole characters as fit into n bytes of the wire's charset."""
    if len(value) * 4 <= length:
        return value
    room, kept = length, 0
    for character in value:
        # What the charset cannot hold is the charset layer's affair; here it counts as one byte.
        room -= len(character.encode(charset, "replace"))
        if room < 0:
            break
        kept += 1
    return value[:kept]


def cut_bytes_in(value: Any, _length: int, _charset: str) -> str:
    """The text as it came; nothing tells what was cut."""
    return text_in(value)


def trim_out(value: str) -> str:
    """`trim`: no white space around, full-width spaces included, on both sides."""
    return value.strip()


def trim_in(value: Any) -> str:
    """A text without the white space around it."""
    return text_in(value).strip()


def pad_out(value: str, width: int, fill: str) -> str:
    """`pad(n;c)`: filled on the left to n characters, on the right when n is negative; longer is refused."""
    room = abs(width)
    if len(value) > room:
        raise CannotSend(f"a text of {len(value)} characters does not fit in {room}")
    return value.rjust(room, fill) if width > 0 else value.ljust(room, fill)


def pad_in(value: Any, width: int, fill: str) -> str:
    """The text without its filling; a number that is all zeros stays one zero."""
    text = text_in(value)
    bare = text.lstrip(fill) if width > 0 else text.rstrip(fill)
    return bare or ("0" if fill == "0" and text else "")


def affix_out(value: str, before: str, after: str) -> str:
    """`affix(before;after)`: the text between two constants."""
    return before + value + after


def affix_in(value: Any, before: str, after: str) -> str:
    """The text between the two constants; it is unreadable without them."""
    text = text_in(value)
    end = len(text) - len(after)
    if end < len(before) or not (text.startswith(before) and text.endswith(after)):
        raise Unreadable(f"expected '{before}' before and '{after}' after the text")
    return text[len(before) : end]


def escape_out(value: str) -> str:
    """`unescape`: the wire carries the text escaped once more than its own format does."""
    return escape(value, quote=True)


def unescape_in(value: Any) -> str:
    """The text with one layer of character references (`&amp;`, `&#x4e2d;`) undone."""
    return unescape(text_in(value))


def base64_bytes_out(value: bytes) -> str:
    """`base64` of a document's bytes."""
    return b64encode(value).decode("ascii")


def base64_bytes_in(value: Any) -> bytes:
    """The bytes inside; line breaks are allowed, foreign characters are not."""
    packed = re.sub(r"\s+", "", text_in(value))
    try:
        return b64decode(packed, validate=True)
    except ValueError:
        raise Unreadable("expected base 64") from None


def base64_text_out(value: str) -> str:
    """`base64` of a text: its UTF-8 bytes."""
    return base64_bytes_out(value.encode())


def base64_text_in(value: Any) -> str:
    """The text inside."""
    try:
        return intact(base64_bytes_in(value).decode())
    except UnicodeDecodeError:
        raise Unreadable("expected a text in base 64") from None


_E164 = re.compile(r"\+[1-9]\d{6,14}")
_CN_MOBILE = re.compile(r"1[3-9]\d{9}")


def e164_out(value: str) -> str:
    """`phone(E164)`: `+` and country code. A bare mainland mobile number gets +86; any other bare number is refused."""
    if _CN_MOBILE.fullmatch(value):
        return "+86" + value
    digits = value.replace(" ", "").replace("-", "")
    if _E164.fullmatch(digits):
        return digits
    if _CN_MOBILE.fullmatch(digits):
        return "+86" + digits
    raise CannotSend("a phone number needs its country code (+81...) for this carrier")


def e164_in(value: Any) -> str:
    """The number as the model keeps it: a mainland mobile number bare, every other with its country code."""
    if value.__class__ is str and value[:3] == "+86" and _CN_MOBILE.fullmatch(value, 3):
        return str(value[3:])
    digits = text_in(value).replace(" ", "").replace("-", "")
    if not _E164.fullmatch(digits):
        raise Unreadable("expected a phone number with its country code")
    return digits[3:] if digits.startswith("+86") and _CN_MOBILE.fullmatch(digits[3:]) else digits


def flag_out(value: bool, yes: str | int, no: str | int) -> str | int:
    """`flag(yes/no)`: one of two constants."""
    return yes if value else no


def flag_in(value: Any, yes: str | int, no: str | int) -> bool:
    """True or False for the two constants; every other value is unreadable, never false."""
    if value.__class__ is yes.__class__:
        if value == yes:
            return True
        if value == no:
            return False
    raise Unreadable(f"expected {yes} or {no}, found {shown_code(value)}")


def bool_in(value: Any) -> bool:
    """A boolean of a wire that has booleans (JSON)."""
    if value is True or value is False:
        return value
    raise Unreadable(f"expected true or false, found {shown_code(value)}")


def present_out(value: Any, yes: str, no: str) -> str:
    """`present(yes;no)`: whether the object is there at all."""
    return no if value is None else yes


def there(value: Any) -> bool:
    """`present(true;false)` on JSON: whether the object is there at all, as its true or false."""
    return value is not None


def present_in(value: Any, yes: str, no: str) -> bool:
    """Whether the object is there; the generated code then makes it."""
    return flag_in(value, yes, no)


def grouped_out(value: str, separator: str, mark: str) -> str:
    """`grouped(separator;mark;codec)`: a codec's number with its thousands set apart, its decimal mark changed."""
    whole, point, places = value.partition(".")
    sign, digits = ("-", whole[1:]) if whole[:1] == "-" else ("", whole)
    head = len(digits) % 3
    groups = ([digits[:head]] if head else []) + [digits[at : at + 3] for at in range(head, len(digits), 3)]
    return sign + separator.join(groups) + (mark + places if point else "")


def grouped_in(value: Any, separator: str, mark: str) -> str:
    """The plain number, for the codec inside; groups that are not of three are refused, no groups at all are taken."""
    text = text_in(value).strip()
    whole, marked, places = text.partition(mark)
    groups = whole.removeprefix("-").split(separator) if separator else [whole.removeprefix("-")]
    even = len(groups) == 1 or (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))
    if not even or len(text) > NUMBER_DIGITS_MAX or not all(group.isdigit() and group.isascii() for group in groups):
        raise Unreadable(f"expected a number with thousands set apart by '{separator}', found {shown_amount(value)}")
    sign = "-" if whole[:1] == "-" else ""
    return sign + "".join(groups) + (f".{places}" if marked else "")


def name_out(value: str, family_first: bool) -> str:
    """`name(family|given)`: a name as its two parts with a bar between, for the two fields of a row."""
    family, given = surname(value) or "", given_name(value) or ""
    return f"{family}|{given}" if family_first else f"{given}|{family}"


def name_in(value: Any, family_first: bool) -> str:
    """The whole name: a Chinese, Japanese or Korean one without a space, any other with the given name first."""
    first, _, second = text_in(value).partition("|")
    family, given = (first, second) if family_first else (second, first)
    return family + given if east_asian(family + given) else f"{given} {family}".strip()


def piece_out(value: str, position: int) -> str:
    """One of the pieces that the bars in a text divide."""
    pieces = value.split("|")
    if position >= len(pieces):
        raise CannotSend(f"a value of {len(pieces)} pieces has no piece {position + 1}")
    return pieces[position]


def piece_number_out(value: str, position: int) -> int | Decimal:
    """The same as a number of the wire."""
    return number_out(piece_out(value, position))


def pieces_in(*values: Any) -> str | None:
    """The pieces of several fields as one text with bars between; None where the first is not there."""
    if not values or values[0] is None:
        return None
    return "|".join(text_of(value) or "" for value in values)


_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")


def number_out(value: str) -> int | Decimal:
    """`number(codec)`: the text the codec made, as a number of the wire; `007` is none and is refused."""
    if len(value) > NUMBER_DIGITS_MAX or not _NUMBER.fullmatch(value):
        raise CannotSend(f"{shown_code(value)} cannot be written as a number")
    return Decimal(value) if "." in value else int(value)


def number_in(value: Any) -> str:
    """The text of a number of the wire, for the codec inside."""
    if value.__class__ is int:
        return str(value)
    if value.__class__ is Decimal:
        return format(value, "f")
    raise Unreadable(f"expected a number, found {shown_amount(value) if isinstance(value, bool) else masked(value)}")
