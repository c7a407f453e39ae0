"""Texts of which something was lost before they were sent.

A decoder that cannot read bytes and is told to go on puts U+FFFD in their place: the charset was mistaken somewhere
between the carrier's tables and its reply. A number or a name with a hole in it may be another's, so that such a
message is no message: what it answers stays open, and its bytes are kept for a person.
"""

import re

from gateway.wire.errors import Unreadable

LOST = "\ufffd"
_IN_JSON = re.compile(r"(?<!\\)(?:\\\\)*\\u[fF]{3}[dD]")
_IN_XML = re.compile(r"&#(?:[xX]0*[fF]{3}[dD]|0*65533);")


def intact(text: str) -> str:
    """The text, where nothing was lost of it. Raises `Unreadable`."""
    if LOST in text:
        raise _refused(text.index(LOST))
    return text


def intact_json(text: str) -> str:
    """A JSON text, in which the sign of loss may be written as an escape. Raises `Unreadable`."""
    if ("\\uf" in text or "\\uF" in text) and (found := _IN_JSON.search(text)):
        raise _refused(found.end() - len("\\ufffd"))
    return intact(text)


def intact_xml(text: str) -> str:
    """An XML text, in which it may be written as a reference. Raises `Unreadable`."""
    if "&#" in text and (found := _IN_XML.search(text)):
        raise _refused(found.start())
    return intact(text)


def _refused(at: int) -> Unreadable:
    return Unreadable(f"character {at + 1} of the message was lost before it was sent (U+FFFD)")
