r"""What slipped through: texts looked at as they are and as they would be once unpacked.

A number in Base64, percent-encoded, in hexadecimal or behind `\u` escapes is there as well: each packed run of a text
is unpacked and looked at in its turn, to a depth, in UTF-8 and GB 18030.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from contract_tests.personal.allowed import shipped_keys
from contract_tests.personal.detect import SECRET_LENGTH_MIN, SECRETS, findings

DEPTH_MAX = 4
FILE_BYTES_MAX = 16 * 1024 * 1024
FILES_MAX = 10_000
PIECES_MAX = 20_000
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{2}){8,}(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:[0-9A-F]{2}){8,}(?![0-9A-Za-z])"
)
_PERCENT = re.compile(r"(?:[A-Za-z0-9._~+-]|%[0-9A-Fa-f]{2})*%[0-9A-Fa-f]{2}(?:[A-Za-z0-9._~+-]|%[0-9A-Fa-f]{2})*")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_READABLE = 0.9


class Slipped(Struct, frozen=True):
    """Something that must not be there: where in which file, and what it looks like; never the text itself."""

    file: str
    line: int
    column: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: this looks like {self.what}"


def slipped(text: str, file: str = "", secrets: Sequence[str] = (), originals: Sequence[str] = ()) -> list[Slipped]:
    """Everything in a text that looks like somebody's, or is one of the texts that must be gone."""
    told: dict[tuple[int, str], Slipped] = {}
    gone = [each for each in originals if len(each) > 1]
    for at, piece in _pieces(text, 0, 0):
        for what, inside in _whats(piece, secrets, gone):
            # What is packed is told where its packing begins.
            place = at + (inside if piece is text else 0)
            line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
            told.setdefault((line, what), Slipped(file, line, column, what))
    return sorted(told.values(), key=lambda each: (each.line, each.column))


def slipped_in_bytes(data: bytes, file: str = "", secrets: Sequence[str] = ()) -> list[Slipped]:
    """The same in bytes, read as each of the texts they may be."""
    return [found for text in _texts(data) for found in slipped(text, file, secrets)]


def slipped_in(path: Path, secrets: Sequence[str] = ()) -> tuple[list[Slipped], int]:
    """What slipped through in a file, or in all files of a folder, and how many files were looked at."""
    files = [path] if path.is_file() else [each for each in sorted(path.rglob("*")) if each.is_file()]
    found: list[Slipped] = []
    for each in files[:FILES_MAX]:
        with each.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
        found += slipped_in_bytes(data[:FILE_BYTES_MAX], each.as_posix(), secrets)
        if len(data) > FILE_BYTES_MAX:
            found.append(
                Slipped(each.as_posix(), 1, 1, f"more than {FILE_BYTES_MAX} bytes, of which not all were read")
            )
    if len(files) > FILES_MAX:
        found.append(Slipped(path.as_posix(), 1, 1, f"more than {FILES_MAX} files, of which not all were read"))
    return list(dict.fromkeys(found)), min(len(files), FILES_MAX)


def _whats(text: str, secrets: Iterable[str], originals: Iterable[str]) -> Iterator[tuple[str, int]]:
    for found in findings(text, (each for each in secrets if len(each) >= SECRET_LENGTH_MIN), mail=True):
        if found.what not in SECRETS or text[found.start : found.end] not in shipped_keys():
            yield found.what, found.start
    for original in originals:
        found_at = _place_of(original, text)
        if found_at is not None:
            yield "a text of the original that should have been replaced", found_at


def _place_of(original: str, text: str) -> int | None:
    if original not in text:
        return None
    edge = r"[0-9A-Za-z]"
    before = f"(?<!{edge})" if re.match(edge, original) else ""
    after = f"(?!{edge})" if re.match(edge, original[-1]) else ""
    found = re.search(before + re.escape(original) + after, text)
    return None if found is None else found.start()


def _pieces(text: str, at: int, depth: int) -> Iterator[tuple[int, str]]:
    """The text and everything packed in it; `at` is where in the outermost it begins."""
    yield at, text
    if depth >= DEPTH_MAX:
        return
    if "\\u" in text:
        yield at, _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    for count, (start, data) in enumerate(_unpacked(text)):
        if count >= PIECES_MAX:
            return
        for inner in _texts(data):
            for _, deeper in _pieces(inner, 0, depth + 1):
                yield (at + start if depth == 0 else at), deeper


def _unpacked(text: str) -> Iterator[tuple[int, bytes]]:
    for found in _PERCENT.finditer(text) if "%" in text else ():
        yield found.start(), unquote_to_bytes(found[0].replace("+", " "))
    for found in _HEX.finditer(text):
        yield found.start(), binascii.unhexlify(found[0])
    for found in _BASE64.finditer(text):
        bare = found[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield found.start(), base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        except (ValueError, binascii.Error):
            continue


def _texts(data: bytes) -> Iterator[str]:
    """Bytes as the texts they may be; what would be mostly unprintable is none."""
    for charset in ("utf-8", "gb18030"):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if _is_readable(text):
            yield text
            if charset == "utf-8":
                return


def _is_readable(text: str) -> bool:
    some = text[:2_000]
    return bool(some) and sum(each.isprintable() or each in "\r\n\t" for each in some) >= _READABLE * len(some)
