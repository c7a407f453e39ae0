r"""The path grammar: one parser, one printer, for canonical and wire paths alike.

path    = "." | [ "/" | "^"+ ] segment { "." segment } [ "@" name ] | [ "^"+ ] "@" name
segment = name { "(" key "=" value ")" }
name    = letters of any script, digits, _ - : and any character behind a backslash ("\."); {n} and {n0} stand for
          the number of the item
value   = text up to ")", or a path after "." (candidate), "^" (element of the row) or "/" (message)
"""

import re

from cli.mapping.grammar import SyntaxFault
from cli.mapping.tree import Path, Segment, Selector
from gateway.catalogue.marks import Mark

PATH_LENGTH_MAX = 500
SEGMENTS_MAX = 40

_RUN = re.compile(r"[A-Za-z0-9_:-]+")
_YAML_HINT = "quote it or use (key=value)"

# What other languages of paths write.
_HINTS = {
    "[": "a position is a number between dots, persons.0.name; another choice (key=value)",
    "/": "levels are parted by dots, Body.Head.No; inside a name write \\/",
    "$": "a path begins with its first name, a.b; inside a name write \\$",
    ".": "one dot parts two names; inside a name write \\.",
    "*": "a list is a row with list: in place of to:",
}


def parse_path(text: str, mark: Mark) -> Path:
    """The path a text spells; raises `SyntaxFault`."""
    if not text:
        raise SyntaxFault("an empty path")
    if len(text) > PATH_LENGTH_MAX:
        raise SyntaxFault(f"a path longer than {PATH_LENGTH_MAX} characters")
    if text == ".":
        return Path(text, mark)
    return _Parser(text).path(mark)


def is_numbered(name: str) -> bool:
    """Whether a wire name holds the number of the item (`{n}` from 1, `{n0}` from 0)."""
    return "{n}" in name or "{n0}" in name


def print_path(path: Path) -> str:
    """The text of a path from its parts; `parse_path` of it gives the same parts."""
    body = ".".join(print_segment(segment) for segment in path.segments)
    attribute = "" if path.attribute is None else f"@{path.attribute}"
    return f"{path.anchor}{body}{attribute}" or "."


def print_segment(segment: Segment) -> str:
    """One segment as a mapping writes it."""
    name = _escaped(segment.name)
    return name + "".join(f"({selector.key}={_with_backslash(selector.value)})" for selector in segment.selectors)


class _Parser:
    """One left-to-right walk over a path; `at` is the offset of the next character."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text, self.at = text, at

    def path(self, mark: Mark) -> Path:
        anchor = self._anchor()
        segments: list[Segment] = []
        if self._peek() != "@" or anchor == "/":
            segments.append(self._segment())
            while self._take("."):
                segments.append(self._segment())
        attribute = self._name() if self._take("@") else None
        if self.at < len(self.text):
            raise self._stray()
        if len(segments) > SEGMENTS_MAX:
            raise SyntaxFault(f"a path of more than {SEGMENTS_MAX} names")
        return Path(self.text, mark, tuple(segments), anchor, attribute)

    def _anchor(self) -> str:
        if self._take("/"):
            return "/"
        start = self.at
        while self._take("^"):
            pass
        return self.text[start : self.at]

    def _segment(self) -> Segment:
        name = self._name()
        selectors: list[Selector] = []
        while self._take("("):
            selectors.append(self._selector())
        return Segment(name, tuple(selectors))

    def _name(self) -> str:
        found: list[str] = []
        while piece := self._name_piece():
            found.append(piece)
        if not found:
            raise self._stray() if self.at < len(self.text) else SyntaxFault("a name is missing", self.at)
        return "".join(found)

    def _name_piece(self) -> str:
        if (run := _RUN.match(self.text, self.at)) is not None:
            self.at = run.end()
            return run.group()
        if self._peek() == "\\" and _can_be_escaped(following := self.text[self.at + 1 : self.at + 2]):
            self.at += 2
            return following
        for number in ("{n}", "{n0}"):
            if self.text.startswith(number, self.at):
                self.at += len(number)
                return number
        character = self._peek()
        if character.isalnum() or (character and (character in "_-:" or _is_mark(character))):
            self.at += 1
            return character
        return ""

    def _selector(self) -> Selector:
        start, equals = self.at, self.text.find("=", self.at)
        close = self.text.find(")", self.at)
        if close < 0:
            raise SyntaxFault("a '(' without ')'", start - 1)
        if not start < equals < close:
            raise SyntaxFault("a selector is (key=value)", start)
        key, value = self.text[start:equals], self.text[equals + 1 : close]
        _plain_path(key, start, "a selector's key")
        if not value:
            raise SyntaxFault("a selector without a value", equals + 1)
        if value[0] in "^/":
            _plain_path(value, equals + 1, "a selector's value")
        elif value[0] == ".":
            _plain_path(value[1:], equals + 2, "a selector's value")
        else:
            # It stands as it is; what is behind a backslash everywhere else may be here, too.
            value = value[0] + _BEHIND_BACKSLASH.sub(r"\1", value[1:])
        self.at = close + 1
        return Selector(key, value)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self, character: str) -> bool:
        if self._peek() != character:
            return False
        self.at += 1
        return True

    def _stray(self) -> SyntaxFault:
        character = self._peek()
        hint = _HINTS.get(character, _YAML_HINT if character in "]{}," else f"inside a name write \\{character}")
        return SyntaxFault(f"'{character}' cannot stand here in the path '{self.text}'", self.at, hint)


_BEHIND_BACKSLASH = re.compile(r"\\([^A-Za-z0-9])")


def _with_backslash(value: str) -> str:
    """A selector's value as a mapping writes it."""
    return value[:1] + value[1:].replace("\\", "\\\\")


def _can_be_escaped(character: str) -> bool:
    # Braces stay the item's number; white space other than a blank has no place in a name.
    return bool(character) and character.isprintable() and character not in "{}"


def _escaped(name: str) -> str:
    """A name as a mapping writes it."""
    pieces = re.split(r"(\{n0?\})", name)
    return "".join(piece if piece in ("{n}", "{n0}") else _with_backslashes(piece) for piece in pieces)


def _with_backslashes(text: str) -> str:
    return "".join(c if c.isalnum() or c in "_-:" or _is_mark(c) else f"\\{c}" for c in text)


def _is_mark(character: str) -> bool:
    # Combining marks belong to letters of many scripts and are no letters themselves.
    return character > "\x7f" and character.isidentifier() is False and f"a{character}".isidentifier()


def _plain_path(text: str, offset: int, what: str) -> None:
    if "(" in text:
        raise SyntaxFault(f"{what} has no selectors of its own", offset + text.index("("))
    try:
        parse_path(text, Mark("", 0))
    except SyntaxFault as fault:
        raise SyntaxFault(f"{what}: {fault}", offset + fault.offset, fault.hint) from None
