"""Exchanges out of other tools' files: HAR, Postman collections, OpenAPI examples, Pact files.

Each importer gives exchanges as a recorder would have; what then becomes of them, scrubbing included, is the
recorder's.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path as File
from typing import Any
from urllib.parse import urlencode, urlsplit

from contract_tests.examples.bodies import json_text
from contract_tests.interchange.places import BadFile, Path, Placed, read_placed
from contract_tests.record.exchange import BODY_BYTES_MAX, EXCHANGES_MAX, Exchange, Headers
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.reader import read_file

FOLDERS_DEEP_MAX = 20
VARIABLES_DEEP_MAX = 5
_VARIABLE = re.compile(r"\{\{\s*([\w.$-]{1,100})\s*\}\}")
_METHODS = ("get", "put", "post", "delete", "patch")
_METHOD = re.compile(r"[A-Za-z]{1,20}")


def taken(kind: str, file: File) -> list[Exchange]:
    """The exchanges of a file; raises BadFile with the place of what cannot be taken in."""
    found: list[Exchange] = []
    for exchange in IMPORTERS[kind](file):
        if len(found) >= EXCHANGES_MAX:
            raise BadFile(f"{file}: more than {EXCHANGES_MAX} exchanges: import it in parts")
        found.append(exchange)
    if not found:
        raise BadFile(f"{file}: no request with a reply is in it")
    return found


# --- HAR (1.2) -------------------------------------------------------------------------------------------------------


def from_har(file: File) -> Iterator[Exchange]:
    """What a browser or proxy saved: `log.entries`."""
    document = read_placed(file)
    for at, _ in enumerate(document.get(("log", "entries"), list, needed=True)):
        path: Path = ("log", "entries", at)
        status = document.get((*path, "response", "status"), int, needed=True)
        if status < 100:  # a request that was never answered
            continue
        content: Path = (*path, "response", "content")
        started = document.get((*path, "startedDateTime"), str)
        yield _exchange(
            document, path, document.get((*path, "request", "method"), str, needed=True),
            document.get((*path, "request", "url"), str, needed=True), at=_instant(document, path, started),
            headers=_pairs(document, (*path, "request", "headers")),
            body=_posted(document, (*path, "request", "postData")),
            status=status, reply_headers=_pairs(document, (*path, "response", "headers")),
            reply_body=_text(
                document, (*content, "text"), encoded=document.get((*content, "encoding"), str) == "base64"
            ),
        )  # fmt: skip


def _posted(document: Placed, path: Path) -> bytes:
    text = document.get((*path, "text"), str)
    if text is not None:
        return _text(document, (*path, "text"), encoded=document.get((*path, "encoding"), str) == "base64")
    pairs = document.get((*path, "params"), list) or ()
    named = [(document.get((*path, "params", at, "name"), str, needed=True),
              document.get((*path, "params", at, "value"), str) or "") for at, _ in enumerate(pairs)]  # fmt: skip
    return urlencode(named).encode()


# --- Postman (collection 2.0, 2.1) -----------------------------------------------------------------------------------


def from_postman(file: File) -> Iterator[Exchange]:
    """The saved replies of a collection; variables are the collection's own, scripts are not looked at."""
    document = read_placed(file)
    document.get(("item",), list, needed=True)
    variables = {
        _word(document, ("variable", at, "key")): str(document.get(("variable", at, "value"), (str, int)) or "")
        for at, _ in enumerate(document.get(("variable",), list) or ())
    }
    yield from _items(document, ("item",), variables, 0)


def _items(document: Placed, path: Path, variables: Mapping[str, str], depth: int) -> Iterator[Exchange]:
    if depth > FOLDERS_DEEP_MAX:
        raise document.fault(path, f"folders deeper than {FOLDERS_DEEP_MAX}")
    for at, _ in enumerate(document.get(path, list) or ()):
        here: Path = (*path, at)
        if document.get((*here, "item"), list) is not None:
            yield from _items(document, (*here, "item"), variables, depth + 1)
        for number, _ in enumerate(document.get((*here, "response"), list) or ()):
            reply: Path = (*here, "response", number)
            own = document.get((*reply, "originalRequest"), dict)
            yield _saved(document, (*reply, "originalRequest") if own else (*here, "request"), reply, variables)


def _saved(document: Placed, asked: Path, reply: Path, variables: Mapping[str, str]) -> Exchange:
    url = document.get((*asked, "url"), (str, dict), needed=True)
    raw = url if isinstance(url, str) else document.get((*asked, "url", "raw"), str, needed=True)
    text = document.get((*reply, "body"), str) or ""

    def filled(text: str) -> str:
        made = _filled(text, variables)
        if len(made) > BODY_BYTES_MAX:
            raise document.fault(asked, f"its variables make more than {BODY_BYTES_MAX} characters")
        return made

    headers = tuple((filled(name), filled(value)) for name, value in _pairs(document, (*asked, "header"), "key"))
    return _exchange(
        document, asked, document.get((*asked, "method"), str) or "GET", filled(raw), headers=headers,
        body=filled(_written(document, (*asked, "body"))).encode(),
        status=document.get((*reply, "code"), int) or 200, reply_headers=_pairs(document, (*reply, "header"), "key"),
        reply_body=text.encode(),
    )  # fmt: skip


def _written(document: Placed, path: Path) -> str:
    match document.get((*path, "mode"), str):
        case None:
            return ""
        case "raw":
            return str(document.get((*path, "raw"), str) or "")
        case "urlencoded":
            listed = document.get((*path, "urlencoded"), list) or ()
            places: list[Path] = [(*path, "urlencoded", at) for at, _ in enumerate(listed)]
            return urlencode([(_word(document, (*at, "key")), _word(document, (*at, "value"))) for at in places])
        case other:
            raise document.fault((*path, "mode"), f"a body of mode '{other}' is not taken in: raw or urlencoded")


def _word(document: Placed, path: Path) -> str:
    return str(document.get(path, str) or "")


def _filled(text: str, variables: Mapping[str, str]) -> str:
    """A text with its variables in it; cut where they make it longer than a body may be, before the memory is full."""
    for _ in range(VARIABLES_DEEP_MAX):
        made = "".join(_pieces(text, variables))
        if made == text or len(made) > BODY_BYTES_MAX:
            return made
        text = made
    return text


def _pieces(text: str, variables: Mapping[str, str]) -> Iterator[str]:
    """What a text is made of, one piece after the other, as long as it is not too long."""
    at = length = 0
    for found in _VARIABLE.finditer(text):
        for piece in (text[at : found.start()], variables.get(found[1], found[0])):
            yield piece
            length += len(piece)
        at = found.end()
        if length > BODY_BYTES_MAX:
            return
    yield text[at:]


# --- Pact (2 to 4) ---------------------------------------------------------------------------------------------------


def from_pact(file: File) -> Iterator[Exchange]:
    """The HTTP interactions of a pact; matching rules and generators are not taken over."""
    document = read_placed(file)
    for at, _ in enumerate(document.get(("interactions",), list, needed=True)):
        path: Path = ("interactions", at)
        if (document.get((*path, "type"), str) or "Synchronous/HTTP") != "Synchronous/HTTP":
            continue
        asked, reply = (*path, "request"), (*path, "response")
        target = document.get((*asked, "path"), str, needed=True)
        query = document.get((*asked, "query"), (str, dict))
        if isinstance(query, dict):
            query = urlencode([(name, each) for name, texts in query.items() for each in _listed(texts)])
        yield _exchange(
            document, asked, document.get((*asked, "method"), str, needed=True),
            f"http://pact.example{target}" + (f"?{query}" if query else ""),
            headers=_map(document, (*asked, "headers")),
            body=_content(document, (*asked, "body")), status=document.get((*reply, "status"), int) or 200,
            reply_headers=_map(document, (*reply, "headers")), reply_body=_content(document, (*reply, "body")),
        )  # fmt: skip


def _content(document: Placed, path: Path) -> bytes:
    found: Any = document.get(path, (dict, list, str, int, bool))
    if isinstance(found, dict) and "content" in found:
        if found.get("encoded"):
            return _text(document, (*path, "content"), encoded=True)
        found = found["content"]
    if found is None:
        return b""
    return found.encode() if isinstance(found, str) else _json(found)


def _json(tree: Any) -> bytes:
    import json  # noqa: PLC0415 - what was parsed with places is written plainly

    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def _map(document: Placed, path: Path) -> Headers:
    found = document.get(path, dict) or {}
    return tuple((name, str(each)) for name, texts in found.items() for each in _listed(texts))


def _listed(texts: Any) -> list[Any]:
    return texts if isinstance(texts, list) else [texts]


# --- OpenAPI (3) -----------------------------------------------------------------------------------------------------


def from_openapi(file: File) -> Iterator[Exchange]:
    """Requests and replies that an interface description prints as examples, paired by name, else in their order."""
    node, faults = read_file(file, str(file))
    wrong = next((each for each in faults if each.severity == "error"), None)
    if wrong is not None or not isinstance(node, MapNode):
        raise BadFile(str(wrong) if wrong is not None else f"{file}:1:1: a map is needed")
    paths = node.get("paths")
    if not isinstance(paths, MapNode):
        raise BadFile(f"{node.mark.file}:{node.mark.line}:1: an OpenAPI document has paths")
    for path, item in paths:
        for method, operation in item if isinstance(item, MapNode) else ():
            if method.text in _METHODS and isinstance(operation, MapNode):
                yield from _shown(operation, method.text.upper(), path.text)


def _shown(operation: MapNode, method: str, path: str) -> Iterator[Exchange]:
    body = operation.get("requestBody")
    asked = list(_examples(body)) if isinstance(body, MapNode) else []
    replies = operation.get("responses")
    for code, reply in replies if isinstance(replies, MapNode) else ():
        status = int(code.text) if code.text.isdigit() and len(code.text) == 3 else 200
        for number, (name, media, content) in enumerate(_examples(reply) if isinstance(reply, MapNode) else ()):
            sent = next(
                (each for each in asked if each[0] == name), asked[min(number, len(asked) - 1)] if asked else None
            )
            yield Exchange(
                at=datetime.now(UTC), host="openapi.example", method=method, target=path,
                headers=(("Content-Type", sent[1]),) if sent else (), body=sent[2] if sent else b"", status=status,
                reply_headers=(("Content-Type", media),), reply_body=content,
            )  # fmt: skip


def _examples(holder: MapNode) -> Iterator[tuple[str, str, bytes]]:
    content = holder.get("content")
    for media, told in content if isinstance(content, MapNode) else ():
        if not isinstance(told, MapNode):
            continue
        one, several = told.get("example"), told.get("examples")
        if one is not None:
            yield "", media.text, _written_out(one)
        for name, example in several if isinstance(several, MapNode) else ():
            value = example.get("value") if isinstance(example, MapNode) else None
            if value is not None:
                yield name.text, media.text, _written_out(value)


def _written_out(node: Node) -> bytes:
    """An example as it is written: a text is the message, a tree is JSON."""
    if isinstance(node, ScalarNode):
        return node.text.encode()
    return json_text(node).encode() if isinstance(node, MapNode | ListNode) else b""


# --- common ----------------------------------------------------------------------------------------------------------


def _exchange(document: Placed, path: Path, method: str, url: str, **more: Any) -> Exchange:
    if not _METHOD.fullmatch(method):
        raise document.fault((*path, "method"), "this is no method")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise document.fault((*path, "url"), "this is no URL") from None
    if parts.scheme not in ("http", "https", "") or (parts.scheme and not host):
        raise document.fault((*path, "url"), "a URL of http:// or https:// is needed")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    more.setdefault("at", datetime.now(UTC))
    if not 100 <= more["status"] <= 599:
        raise document.fault(path, "a status is a number from 100 to 599")
    for name in ("body", "reply_body"):
        if len(more[name]) > BODY_BYTES_MAX:
            raise document.fault(path, f"a body is longer than {BODY_BYTES_MAX} bytes")
    return Exchange(host=host or "unknown", method=method.upper(), target=target, **more)


def _pairs(document: Placed, path: Path, key: str = "name") -> Headers:
    listed = document.get(path, (list, str))
    return tuple(
        (document.get((*path, at, key), str, needed=True), document.get((*path, at, "value"), str) or "")
        for at, _ in enumerate(listed if isinstance(listed, list) else ())
    )


def _text(document: Placed, path: Path, *, encoded: bool) -> bytes:
    text = document.get(path, str) or ""
    if not encoded:
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise document.fault(path, "this is no Base 64") from None


def _instant(document: Placed, path: Path, text: str | None) -> datetime:
    try:
        found = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise document.fault((*path, "startedDateTime"), "this is no instant") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


IMPORTERS: Mapping[str, Callable[[File], Iterator[Exchange]]] = {
    "har": from_har, "postman": from_postman, "openapi": from_openapi, "pact": from_pact,
}  # fmt: skip
