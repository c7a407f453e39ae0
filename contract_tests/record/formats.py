"""Messages rewritten leaf by leaf, everything between the leaves kept as it was sent: order, blanks, digits, escapes.

`change(path, text)` is told a leaf's path (names alone, no positions) and its text, and gives the text to stand there.
Raises `NotThis` for a text that is not of the format.
"""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import quote_plus, unquote_to_bytes
from xml.sax.saxutils import escape

Path = tuple[str, ...]
Change = Callable[[Path, str], str]

DEPTH_MAX = 200
LEAVES_MAX = 200_000

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_XML = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!--.*?-->|<\?.*?\?>|<(?P<tag>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL
)
_ATTRIBUTE = re.compile(r"(?P<name>[^\s=/]+)\s*=\s*(?P<quote>[\"'])(?P<text>.*?)(?P=quote)", re.DOTALL)


class NotThis(ValueError):
    """The text is not of this format; where, as far as it is known."""


def rewritten_json(text: str, change: Change) -> str:
    """JSON with other leaves; a number stays a number where its new text is one."""
    try:
        json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise NotThis(f"no JSON: {wrong}") from None
    pieces: list[str] = []
    at = 0
    for start, end, path, is_key in _tokens(text):
        token = text[start:end]
        pieces.append(text[at:start])
        pieces.append(token if is_key else _json_leaf(token, path, change))
        at = end
    return "".join([*pieces, text[at:]])


def _json_leaf(token: str, path: Path, change: Change) -> str:
    if token.startswith('"'):
        old = json.loads(token, strict=False)
        new = change(path, old)
        return (
            token if new == old else json.dumps(new, ensure_ascii="\\u" in token or (token.isascii() and new.isascii()))
        )
    if not _NUMBER.fullmatch(token):
        return token
    new = change(path, token)
    return new if new == token or _NUMBER.fullmatch(new) else json.dumps(new, ensure_ascii=False)


def _tokens(text: str) -> Iterator[tuple[int, int, Path, bool]]:
    """Every scalar of a JSON text that is known to be one: where, its path, whether it is a member's name."""
    stack: list[str] = []
    names: list[str] = []
    wants_key = False
    for count, found in enumerate(_TOKEN.finditer(text)):
        if count > LEAVES_MAX or len(stack) > DEPTH_MAX:
            raise NotThis(f"more than {LEAVES_MAX} parts, or deeper than {DEPTH_MAX}")
        part = found[0]
        if part in ("{", "["):
            stack.append(part)
            wants_key = part == "{"
            if wants_key:
                names.append("")
        elif part in ("}", "]"):
            if stack.pop() == "{":
                names.pop()
            wants_key = False
        elif part == ",":
            wants_key = bool(stack) and stack[-1] == "{"
        elif part == ":":
            wants_key = False
        elif wants_key:
            names[-1] = json.loads(part, strict=False)
            yield found.start(), found.end(), tuple(names), True
        else:
            yield found.start(), found.end(), tuple(names), False


def rewritten_xml(text: str, change: Change) -> str:
    """XML with other texts and attributes; a DOCTYPE is refused."""
    if "<!DOCTYPE" in text or not text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise NotThis("no XML without a DOCTYPE")
    pieces: list[str] = []
    path: list[str] = []
    at = 0
    for found in _XML.finditer(text):
        pieces.append(_between(text[at : found.start()], path, change))
        pieces.append(_markup(found, path, change))
        at = found.end()
    if path:
        raise NotThis(f"<{path[-1]}> is never closed")
    return "".join([*pieces, text[at:]])


def _between(text: str, path: list[str], change: Change) -> str:
    if not path or not text.strip():
        return text
    bare = text.strip()
    old = unescape(bare)
    new = change(tuple(path), old)
    return text if new == old else text.replace(bare, escape(new))


def _markup(found: re.Match[str], path: list[str], change: Change) -> str:
    if found["cdata"] is not None:
        new = change(tuple(path), found["cdata"]) if path else found["cdata"]
        return f"<![CDATA[{new}]]>" if "]]>" not in new else escape(new)
    tag = found["tag"]
    if tag is None or tag.startswith("!"):
        return found[0]
    if tag.startswith("/"):
        if not path or local(tag[1:].strip()) != path[-1]:
            raise NotThis(f"</{tag[1:].strip()}> closes nothing")
        path.pop()
        return found[0]
    name = local(tag.split(None, 1)[0].rstrip("/"))
    inside = (*path, name)
    if len(inside) > DEPTH_MAX:
        raise NotThis(f"deeper than {DEPTH_MAX}")
    if not tag.endswith("/"):
        path.append(name)
    return f"<{_ATTRIBUTE.sub(lambda each: _attribute(each, inside, change), tag)}>"


def _attribute(found: re.Match[str], inside: Path, change: Change) -> str:
    name = found["name"]
    if name.startswith("xmlns"):
        return found[0]
    old = unescape(found["text"])
    new = change((*inside, f"@{local(name)}"), old)
    return found[0] if new == old else found[0].replace(found["text"], escape(new, {found["quote"]: "&quot;"}))


def local(name: str) -> str:
    return name.rpartition(":")[2]


FormChange = Callable[[str, bytes], bytes]


def rewritten_form(text: str, change: FormChange) -> str:
    """A form or query with other values, each as bytes: its charset is what lies inside. Kept ones keep their form."""
    if not text:
        return text
    fields = []
    for pair in text.split("&"):
        name, equals, value = pair.partition("=")
        old = unquote_to_bytes(value.replace("+", " "))
        new = change(form_name(name), old) if equals else old
        fields.append(pair if new == old else f"{name}={_quoted(new, value)}")
    return "&".join(fields)


def form_name(text: str) -> str:
    """The name of a field."""
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def _quoted(data: bytes, like: str) -> str:
    """Percent-encoded as the former value was: blanks as `+` or `%20`, digits small or not."""
    text = quote_plus(data, safe="".join(each for each in "/:,;@!$'()*~[]{}|" if each in like))
    text = text.replace("+", "%20") if "%20" in like else text
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), text) if re.search(r"%[0-9]?[a-f]", like) else text


def rewritten_fields(text: str, names: list[str], separator: str, change: Change) -> str:
    """A record of positions with other values; `name*` takes what the others leave."""
    parts = text.split(separator)
    if len(parts) < sum(not name.endswith("?") for name in names):
        raise NotThis(f"{len(parts)} fields, {len(names)} are known")
    rest = next((at for at, name in enumerate(names) if name.endswith("*")), None)
    if rest is not None:
        behind = len(names) - rest - 1
        middle = separator.join(parts[rest : len(parts) - behind])
        parts = [*parts[:rest], middle, *parts[len(parts) - behind :]]
    if len(parts) > len(names) + 1:
        raise NotThis(f"{len(parts)} fields, {len(names)} are known")
    named = [*(name.rstrip("*?") for name in names), *("" for _ in parts[len(names) :])]
    return separator.join(change((name,), part) for name, part in zip(named, parts, strict=False))


def rewritten(text: str, change: Change) -> str | None:
    """A text of whichever format it is in; None for one that is in none."""
    bare = text.lstrip("\ufeff \t\r\n")[:1]
    try:
        if bare in ("{", "["):
            return rewritten_json(text, change)
        if bare == "<":
            return rewritten_xml(text, change)
    except NotThis:
        return None
    return None
