"""JSON of strangers: limits first, and a place for every value, so that a fault can say where.

Files of other tools are untrusted: size, depth and number of values are bounded before anything is made of them, a name
that stands twice is a fault, and nothing in them is ever executed.
"""

import json
import re
from pathlib import Path as File
from typing import Any

FILE_BYTES_MAX = 20 * 1024 * 1024
DEPTH_MAX = 60
VALUES_MAX = 300_000
Path = tuple[str | int, ...]

_TOKEN = re.compile(r"[ \t\r\n]*(?:([{}\[\],:])|(\"(?:[^\"\\\x00-\x1f]|\\.)*\")|([-+.0-9A-Za-z]+))")
_END = re.compile(r"[ \t\r\n]*")


class BadFile(ValueError):
    """A file that cannot be taken in; its text says the file, the line, the column and what is wrong."""


class Placed:
    """A document with the place of each of its values."""

    def __init__(self, file: str, text: str) -> None:
        """Parse; raises BadFile."""
        self.file, self._text = file, text
        self._places: dict[Path, int] = {}
        self._at = 0
        self.data = self._value((), 0)
        self._at = _END.match(text, self._at).end()  # type: ignore[union-attr]
        if self._at != len(text):
            raise self._bad("there is more behind the document", self._at)

    def fault(self, path: Path, what: str) -> BadFile:
        """A fault at a value; of one that is not there, at what it should stand in."""
        while path and path not in self._places:
            path = path[:-1]
        return self._bad(what, self._places.get(path, 0))

    def get(self, path: Path, kind: type | tuple[type, ...], *, needed: bool = False) -> Any:
        """The value at a path; raises BadFile where it is of another kind than this, or needed and not there."""
        found: Any = self.data
        for name in path:
            found = _inside(found, name)
        if found is None and not needed:
            return None
        if not isinstance(found, kind):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            wanted = " or ".join(_KINDS.get(each, each.__name__) for each in kinds)
            raise self.fault(path, f"'{'.'.join(map(str, path))}' must be {wanted}")
        return found

    def _bad(self, what: str, at: int) -> BadFile:
        line, column = self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)
        return BadFile(f"{self.file}:{line}:{column}: {what}")

    def _next(self) -> tuple[str, int]:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise self._bad("this is no JSON", _END.match(self._text, self._at).end())  # type: ignore[union-attr]
        self._at = found.end()
        index = found.lastindex or 1
        return found[index], found.start(index)

    def _value(self, path: Path, depth: int) -> Any:
        part, at = self._next()
        self._places[path] = at
        if depth > DEPTH_MAX or len(self._places) > VALUES_MAX:
            raise self._bad(f"deeper than {DEPTH_MAX}, or more than {VALUES_MAX} values", at)
        if part == "{":
            return self._object(path, depth)
        if part == "[":
            return self._array(path, depth)
        return self._plain(part, at)

    def _plain(self, part: str, at: int) -> Any:
        """A text, a number or a word."""
        try:
            found = json.loads(part, parse_constant=_refuse)
            if isinstance(found, str):
                found.encode()
        except UnicodeEncodeError:
            raise self._bad("half a character: an escape of a surrogate without the other one", at) from None
        except ValueError:
            raise self._bad("this is no JSON", at) from None
        return found

    def _object(self, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._ends("}"):
            return found
        while True:
            part, at = self._next()
            if not part.startswith('"'):
                raise self._bad("the name of a member is a text", at)
            name = self._plain(part, at)
            if name in found:
                raise self._bad("this name stands twice", at)
            self._must(":")
            found[name] = self._value((*path, name), depth + 1)
            if self._ends("}"):
                return found
            self._must(",")

    def _array(self, path: Path, depth: int) -> list[Any]:
        found: list[Any] = []
        if self._ends("]"):
            return found
        while True:
            found.append(self._value((*path, len(found)), depth + 1))
            if self._ends("]"):
                return found
            self._must(",")

    def _ends(self, sign: str) -> bool:
        before = self._at
        if self._next()[0] == sign:
            return True
        self._at = before
        return False

    def _must(self, sign: str) -> None:
        part, at = self._next()
        if part != sign:
            raise self._bad(f"'{sign}' is missing here", at)


def _inside(holder: Any, name: str | int) -> Any:
    if isinstance(holder, dict):
        return holder.get(name)
    return holder[name] if isinstance(holder, list) and isinstance(name, int) and name < len(holder) else None


_KINDS = {dict: "an object", list: "a list", str: "a text", int: "a number", bool: "true or false"}


def _refuse(name: str) -> Any:
    raise ValueError(name)


def read_placed(file: File) -> Placed:
    """A file as a document; raises BadFile."""
    try:
        with file.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    except OSError as wrong:
        raise BadFile(f"{file}: {wrong.strerror}") from None
    if len(data) > FILE_BYTES_MAX:
        raise BadFile(f"{file}: longer than {FILE_BYTES_MAX} bytes")
    try:
        return Placed(str(file), data.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise BadFile(f"{file}: byte {wrong.start} is no UTF-8") from None
