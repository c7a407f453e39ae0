"""The charset layer: text to bytes and back, strictly; a character is never replaced by a question mark."""

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.lost import intact
from gateway.wire.limits import BODY_BYTES_MAX

UNENCODABLE = ("error", "gb18030", "ncr")

# Hosts that declare GB2312 or GBK send characters of its successors; GB18030 reads every one of them alike.
_READ_AS = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "utf-8": "utf-8-sig", "utf8": "utf-8-sig"}


def charset_out(text: str, charset: str, unencodable: str = "error") -> bytes:
    """The bytes of a text.

    A character the charset lacks (a rare surname) is refused before anything is sent, or, where the carrier's document
    allows it, sent in GB18030 or as a numeric character reference: `unencodable` error | gb18030 | ncr.
    """
    try:
        return text.encode(charset)
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
        return len(text.encode(charset))
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
