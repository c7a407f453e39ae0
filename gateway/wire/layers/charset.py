"""The charset layer: text to bytes and back, strictly; a character is never replaced by a question mark."""

import codecs

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.lost import intact
from gateway.wire.limits import BODY_BYTES_MAX

UNENCODABLE = ("error", "gb18030", "ncr")

# Hosts that declare GB2312 or GBK send characters of its successors; GB18030 reads every one of them alike.
# Those that declare Shift_JIS mean Windows-31J: the surname 髙橋 and ① are in no other.
_READ_AS = {
    **dict.fromkeys(("gb2312", "gbk", "cp936"), "gb18030"),
    **dict.fromkeys(("utf-8", "utf8"), "utf-8-sig"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis"), "cp932"),
}

CHARSETS = (
    "UTF-8", "GBK", "GB18030", "Big5", "Shift_JIS", "Windows-31J", "EUC-JP", "EUC-KR", "windows-949", "windows-874",
    "ISO-8859-1", "ISO-8859-15", "windows-1252", "windows-1251",
)  # fmt: skip
"""Charsets of carriers' documents, to find the one that was meant; any that Python or IANA names can be had."""

_NAMES = {"windows_31j": "cp932", "windows_874": "cp874", "windows_936": "cp936", "windows_949": "cp949"}


def _by_registered_name(name: str) -> codecs.CodecInfo | None:
    """A charset under the name IANA has for it, where Python knows only its own."""
    return codecs.lookup(_NAMES[name]) if name in _NAMES else None


codecs.register(_by_registered_name)


def encoded(text: str, charset: str) -> bytes:
    """The bytes of a text, strictly; as Windows-31J where the document says Shift_JIS, which lacks a character."""
    try:
        return text.encode(charset)
    except UnicodeEncodeError:
        if _READ_AS.get(charset.lower()) != "cp932":
            raise
        return text.encode("cp932")


def charset_out(text: str, charset: str, unencodable: str = "error") -> bytes:
    """The bytes of a text.

    A character the charset lacks (a rare surname) is refused before anything is sent, or, where the carrier's document
    allows it, sent in GB18030 or as a numeric character reference: `unencodable` error | gb18030 | ncr.
    """
    try:
        return encoded(text, charset)
    except UnicodeEncodeError as error:
        if unencodable == "ncr":
            return text.encode(charset, "xmlcharrefreplace")
        if unencodable == "gb18030":
            return _gb18030(text)
        # The character is part of a name more often than not: its place is told, never the character.
        raise CannotSend(f"character {error.start + 1} of the message does not exist in {charset}") from None


def _gb18030(text: str) -> bytes:
    try:
        return text.encode("gb18030")
    except UnicodeEncodeError:
        raise CannotSend("the message holds half a surrogate pair, which no charset can carry") from None


def read_as(charset: str) -> str:
    """The codec that reads a charset's bytes, and gives them back from the text."""
    return _READ_AS.get(charset.lower(), charset).removesuffix("-sig")


def charset_in(body: bytes, charset: str) -> str:
    """The text of a carrier's bytes. Raises `Unreadable` at the first wrong byte, and where a character was lost."""
    return intact(text_of_bytes(body, charset))


def text_of_bytes(body: bytes, charset: str) -> str:
    """The text of any bytes; a byte order mark of UTF-8 is dropped. Raises `Unreadable` at the first wrong byte."""
    if len(body) > BODY_BYTES_MAX:
        raise Unreadable(f"the message is longer than {BODY_BYTES_MAX} bytes")
    try:
        return body.decode(_READ_AS.get(charset.lower(), charset))
    except UnicodeDecodeError as error:
        raise Unreadable(f"the message is not {charset} at byte {error.start}") from None


def size_in(text: str, charset: str) -> int:
    """How many bytes a text takes in a charset, counting a character it lacks as GB18030's four."""
    try:
        return len(encoded(text, charset))
    except UnicodeEncodeError:
        return len(text.encode("gb18030", "replace"))


def fit(text: str, bytes_max: int, charset: str) -> str:
    """The text, if it takes at most `bytes_max` bytes in the wire's charset; names are never cut."""
    # No charset in use takes more than four bytes for a character: short texts need no encoding to know.
    if len(text) * 4 <= bytes_max:
        return text
    size = size_in(text, charset)
    if size > bytes_max:
        raise CannotSend(f"the text takes {size} bytes in {charset}, the carrier allows {bytes_max}")
    return text
