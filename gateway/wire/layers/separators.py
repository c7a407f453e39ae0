"""How the fields of a pipe record are told apart: separators, and how one that stands in a value is written."""

import re
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.records import Group, Lines, Record
from gateway.wire.limits import RECORD_FIELDS_MAX

Escape = Literal["refuse", "backslash", "quote"]


class PipeForm(Struct, frozen=True):
    """A carrier's records: what separates fields, how a separator inside a value is written, the records themselves.

    `short`: empty fields at the end of a record, or of a composed field, are left out. `skip`: a record of a reply that
    begins as none of these does is not looked at.
    """

    records: tuple[Record, ...]
    separator: str = "|"
    escape: Escape = "refuse"
    release: str = ""
    trim: bool = False
    lines: Lines = Lines()
    short: bool = False
    skip: bool = False


# --- writing ---------------------------------------------------------------------------------------------------------


def lead(record: Record, form: PipeForm) -> str:
    """What a record begins with, up to its first field."""
    return f"{record.starts}{form.separator}" if record.starts and not record.led else record.starts


def groups_of(records: tuple[Record, ...]) -> list[Group]:
    """The fields of some records that hold several values, those of their groups too."""
    own = [place for record in records for place in record.places if isinstance(place, Group)]
    return [*own, *(group for record in records if record.records for group in groups_of(record.records))]


def escaped(text: str, name: str, form: PipeForm) -> str:
    """A value as it stands in its field; raises `CannotSend` for one that would be taken for several."""
    if form.release:
        return _released(text, name, form)
    if _parts_records(text, form.lines):
        raise CannotSend(f"{name} holds what parts the records, which this carrier cannot tell from its own")
    special = form.separator in text or "\n" in text or "\r" in text
    if form.escape == "backslash":
        special = special or "\\" in text
    elif form.escape == "quote":
        special = special or '"' in text
    if not special and not (form.lines.end and form.lines.end in text):
        return text
    if form.escape == "quote":
        return '"' + text.replace('"', '""') + '"'
    if form.escape == "backslash":
        text = text.replace("\\", "\\\\").replace(form.separator, f"\\{form.separator}")
        return text.replace("\r", "\\r").replace("\n", "\\n")
    raise CannotSend(f"{name} holds a separator of the record, which this carrier cannot tell from its own")


def _parts_records(text: str, lines: Lines) -> bool:
    """Whether a value holds what stands between records, where that is no line end."""
    return lines.line not in ("\n", "\r\n") and (lines.line or lines.end) in text


def _released(text: str, name: str, form: PipeForm) -> str:
    if "\n" in text or "\r" in text:
        raise CannotSend(f"{name} holds a line end, which this carrier cannot tell from its own")
    return "".join(f"{form.release}{each}" if each in _specials(form) else each for each in text)


@lru_cache(maxsize=64)
def _specials(form: PipeForm) -> frozenset[str]:
    """The characters that mean something in these records."""
    inner = [text for group in groups_of(form.records) for text in (group.between, group.separator)]
    return frozenset("".join([form.release, form.separator, form.lines.end, form.lines.line, *inner]))


# --- reading ---------------------------------------------------------------------------------------------------------

# A released character is no separator: until fields are told apart it hides behind half a surrogate pair, which no text
# that was decoded can hold.
_HIDDEN, _ASCII = 0xDC00, 0x80
SHOWN = {_HIDDEN + code: chr(code) for code in range(_ASCII)}


def hide(sign: str) -> str:
    """A sign of ASCII that is a value's own, behind half a surrogate pair."""
    return chr(_HIDDEN + ord(sign))


def hidden(text: str, form: PipeForm) -> str:
    """A text in which nothing that was released looks like a separator."""
    if not form.release or form.release not in text:
        return text
    return re.sub(rf"{re.escape(form.release)}([\x00-\x7f])", lambda found: hide(found[1]), text)


def fields_of(line: str, form: PipeForm) -> list[str]:
    """The fields of a record; raises `Unreadable` where they cannot be told apart."""
    if line.count(form.separator) >= RECORD_FIELDS_MAX:
        raise Unreadable(f"a record has more than {RECORD_FIELDS_MAX} fields")
    if form.escape == "refuse":
        found = line.split(form.separator)
    elif form.escape == "backslash":
        found = _unescaped(line, form.separator)
    else:
        found = _unquoted(line, form.separator)
    return [field.strip() for field in found] if form.trim else found


_AFTER = {"n": "\n", "r": "\r"}


def _unescaped(line: str, separator: str) -> list[str]:
    found, parts, at = [], [], 0
    for special in re.finditer(rf"\\(.)|{re.escape(separator)}", line, re.DOTALL):
        parts.append(line[at : special.start()])
        at = special.end()
        if (kept_letter := special[1]) is not None:
            parts.append(_AFTER.get(kept_letter, kept_letter))
        else:
            found.append("".join(parts))
            parts = []
    return [*found, "".join([*parts, line[at:]])]


def _unquoted(line: str, separator: str) -> list[str]:
    found, at = [], 0
    while True:
        if line[at : at + 1] != '"':
            end = line.find(separator, at)
            found.append(line[at:] if end < 0 else line[at:end])
        else:
            field, at = _quoted(line, at + 1)
            found.append(field)
            end = at if line.startswith(separator, at) else -1
            if end < 0 and at < len(line):
                raise Unreadable("a quoted field of a record goes on behind its quote")
        if end < 0:
            return found
        at = end + len(separator)


def _quoted(line: str, start: int) -> tuple[str, int]:
    at = start
    while True:
        at = line.find('"', at)
        if at < 0:
            raise Unreadable("a quoted field of a record does not end")
        if line[at + 1 : at + 2] != '"':
            return line[start:at].replace('""', '"'), at + 1
        at += 2


__all__ = ["SHOWN", "PipeForm", "escaped", "fields_of", "groups_of", "hidden", "hide", "lead"]
