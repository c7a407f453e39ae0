"""What in a message is nobody's: what the carrier's files print, numbers, dates, codes and addresses without words.

Everything else is free text: somebody may be told of in it by a name, an address or a number that nothing gives away.
"""

import base64
import binascii
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from contract_tests.record.formats import Path as Place

FILE_BYTES_MAX = 4 * 1024 * 1024
FILES_MAX = 2_000
_COMMENT = re.compile(r"(?:^|\s)#.*")
_CELL = re.compile(r"[\"'`|<>\n\r\t\\]+|\*\*")
_CLAUSE = re.compile(r"[\"'`|<>\s\\,;:()\[\]{}=，。；：、（）【】“”‘’「」/]+|\*\*")
_WORD = re.compile(r"[\s\"'`|<>\\,;:()\[\]{}=/?&]+")
_MONEY = r"(?:[$¢£¥€₩₹฿₫₱₽元]|[A-Z]{3})"
_NUMBER = re.compile(rf"(?:{_MONEY} ?)?[+-]?[\d.,]+(?:%| ?{_MONEY})?")
"""Also an amount as people write it, with its currency before or behind."""
_DATE = re.compile(
    r"\d{2,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,4}日?)?(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?"
    r"(?: ?(?:Z|[+-]\d{2}:?\d{2}))?"
)
_INSTANT = re.compile(r"20\d{6}(?:\d{4}|\d{6}|\d{9})")
_HTTP_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
_TIME = re.compile(r"(?:\d{1,4} )?\d{1,2}:\d{2}(?::\d{2})?")
"""A time of day, or a time that days, hours, minutes and seconds last."""
_CODE = re.compile(r"(?=[^\d]*\d)[A-Za-z0-9_.:/+=#%&~*-]+")
_DIGITS_MIN = 8
"""A shorter number is a count or an amount."""
_SIGN = re.compile(r"[^\w]*")
_ALWAYS = frozenset({"true", "false", "null", "none", "yes", "no", "y", "n", "t", "f", "ok", "success", "fail"})
_FILES = (b"%PDF", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*", b"\xd0\xcf\x11\xe0")
"""How the files of offices and cameras begin: what is in them is read by nobody here."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_\s-]{16,}={0,2}")
PARTED = re.compile(r"([|\r\n\t]+)")
"""What parts a text that no layer takes apart."""
PROTOCOL = frozenset({"content-type", "retry-after", "soapaction", "authorization"})
"""Headers whose texts are of the protocol."""


def printed_in(folder: Path) -> frozenset[str]:
    """Every text that a carrier's files print: its mapping's words, its document's and its examples' cells and clauses.

    `folder` is the carrier's. What is frozen or a draft is not read.
    """
    found: set[str] = set()
    for path in (*sorted(folder.glob("*.yaml")), *sorted(folder.glob("*.md"))):
        text = _read(path)
        found.update(_pieces(text))
        if path.suffix == ".yaml":
            found.update(_WORD.split(_COMMENT.sub("", text)))
    for kept in ("examples", "wire"):
        for path in sorted(folder.glob(f"{kept}/*"))[:FILES_MAX]:
            text = _read(path)
            found.update(() if "draft: true" in text else _pieces(text))
    return frozenset(piece.strip() for piece in found if piece.strip())


def _read(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > FILE_BYTES_MAX:
        return ""
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "ignore")


def _pieces(text: str) -> Iterator[str]:
    yield from _CELL.split(text)
    yield from _CLAUSE.split(text)


def is_code(text: str) -> bool:
    """Whether a text is one word of ASCII with a digit in it: an identifier, a hash, a version."""
    return _CODE.fullmatch(text) is not None


def is_file(text: str) -> bool:
    """Whether a text is a file in Base 64: a PDF, an archive, a picture, an office's document."""
    if not _BASE64.fullmatch(text):
        return False
    bare = "".join(text.split()).replace("-", "+").replace("_", "/")[:16]
    try:
        return base64.b64decode(bare, validate=True).startswith(_FILES)
    except (ValueError, binascii.Error):
        return False


def is_plain(text: str, printed: Collection[str]) -> bool:
    """Whether a text is nobody's: printed, a number, a date, a code, or an address of these alone."""
    bare = text.strip()
    if bare in printed or bare.lower() in _ALWAYS:
        return True
    if any(form.fullmatch(bare) for form in (_NUMBER, _DATE, _TIME, _HTTP_DATE, _SIGN)):
        return True
    if bare.startswith(("http://", "https://")):
        return _is_plain_url(bare, printed)
    return is_code(bare) and not is_file(bare)


def _is_plain_url(text: str, printed: Collection[str]) -> bool:
    if not text.isascii() or re.search(r"\s", text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    values = [value for _, value in parse_qsl(parts.query)]
    return "%" not in parts.path and not parts.username and all(is_plain(value, printed) for value in values)


def stays(place: Place, text: str, generated: Collection[str], printed: Collection[str]) -> bool:
    """Whether a text stays as it is where it stands: `generated` are the fields that hold codes and our own numbers."""
    name = place[-1].removeprefix("@") if place else ""
    if not text.strip() or name.lower() in PROTOCOL or name in generated:
        return True
    if place == ("",):  # a part of a path
        return text.isascii() and not re.search(r"\s", text)
    return is_plain(text, printed)


def unknown_codes(leaves: Mapping[Place, str], known: Collection[str], printed: Collection[str]) -> list[str]:
    """Names of fields that the mapping does not know and that hold codes: a passport's number is one of these."""
    found = [
        place[-1] for place, text in leaves.items() if place and place[-1] not in known and _is_open(text, printed)
    ]
    return list(dict.fromkeys(found))


def _is_open(text: str, printed: Collection[str]) -> bool:
    bare = text.strip()
    if bare in printed or any(form.fullmatch(bare) for form in (_DATE, _TIME, _INSTANT)):
        return False
    return is_code(bare) and not (_NUMBER.fullmatch(bare) and len(bare) < _DIGITS_MIN)
