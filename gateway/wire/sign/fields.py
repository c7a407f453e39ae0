"""Header fields as a signature may cover them (RFC 9421, 2.1): strictly written, member by member, or byte by byte."""

import re
from base64 import b64encode

_STRING = r'"(?:[^"\\]|\\.)*"'
_PIECES = re.compile(rf"({_STRING})|[ \t]*(,)[ \t]*|(\()[ \t]*|[ \t]*(\))|[ \t]*(;)[ \t]*|([ \t]+)|([^\s,();\"]+)")
_COMPONENT = re.compile(r'([^;]+)(?:;(sf|bs|tr|req)|;key="([^"\\]+)")?')


def component_parts(component: str) -> tuple[str, str, str] | None:
    """The name, how it is covered (`sf`, `bs`, `key` or nothing) and the member's key; None: no component."""
    found = _COMPONENT.fullmatch(component)
    return None if found is None else (found[1], found[2] or ("key" if found[3] else ""), found[3] or "")


def covered_field(lines: tuple[str, ...], how: str, key: str) -> str | None:
    """The value of a field under a parameter; None where it has none, or no such member."""
    if not lines:
        return None
    if how == "bs":
        return ", ".join(f":{b64encode(line.strip().encode('latin-1', 'replace')).decode()}:" for line in lines)
    strict = _strict(", ".join(line.strip() for line in lines))
    return strict if how == "sf" or strict is None else _member(strict, key)


def _strict(text: str) -> str | None:
    """A structured field as the standard writes it: one blank behind a comma and in a list, none elsewhere."""
    written, at = [], 0
    while at < len(text):
        found = _PIECES.match(text, at)
        if found is None:
            return None
        string, comma, opening, closing, semicolon, blank, word = found.groups()
        written.append(string or (", " if comma else "") or opening or closing or semicolon or (" " if blank else word))
        at = found.end()
    return "".join(written)


def _member(strict: str, key: str) -> str | None:
    """The member of a dictionary; of several the last counts, one without a value is true."""
    found = None
    for member in _members(strict):
        name, equals, value = member.partition("=")
        if equals and name == key:
            found = value
        elif member.partition(";")[0] == key:
            found = "?1" + member[len(key) :]
    return found


def _members(strict: str) -> list[str]:
    members, depth = [""], 0
    for piece in re.findall(rf"{_STRING}|.", strict):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and not depth:
            members.append("")
        else:
            members[-1] += piece
    return [member.strip() for member in members]
