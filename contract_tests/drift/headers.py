"""The headers of a reply beside those an example has: names and media types, no value of any other."""

from collections.abc import Iterator

from contract_tests.drift.compare import Beside
from contract_tests.drift.finding import Finding
from contract_tests.record.scrub import OF_THE_WAY
from gateway.wire.contract import Headers

CONTENT_TYPE = "content-type"
_OTHERS = frozenset({"vary", "cache-control", "etag", "last-modified", "pragma", "expires", "accept-ranges"})


def header_findings(written: Headers, now: Headers, beside: Beside) -> Iterator[Finding]:
    """A header of the example that is gone, another media type or charset, one that no example has."""
    before, after = ({name.lower(): value for name, value in each} for each in (written, now))
    for name in before.keys() - OF_THE_WAY:
        if name not in after:
            yield beside.told("warn", "header", f"header {name}", "the example has it, the reply has not")
    old, new = (_media(each.get(CONTENT_TYPE, "")) for each in (before, after))
    if old and new and old != new:
        yield beside.told("warn", "header", f"header {CONTENT_TYPE}", f"was {old}, is {new}")
    for name in after.keys() - before.keys() - OF_THE_WAY - _OTHERS if before else ():
        yield beside.told("info", "header", f"header {name}", "no example of this reply has it")


def _media(text: str) -> str:
    """A content type in one form: case, blanks and quotes say nothing, nor does UTF-8 that is said of JSON."""
    media, _, rest = text.lower().replace('"', "").partition(";")
    charset = next((part.strip()[8:] for part in rest.split(";") if part.strip().startswith("charset=")), "")
    told = "" if charset in ("utf-8", "utf8") and media.strip().endswith("json") else charset
    return f"{media.strip()}; charset={told}" if told else media.strip()
