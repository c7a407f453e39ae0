"""A carrier's examples as a Pact file, version 4 of the specification: insurehub is the consumer, the carrier provides.

One HTTP interaction for each exchange, its description the example's name and its provider state the example's `given`.
Bytes that are signed, encrypted or in another charset are Base 64, for a verifier writes JSON anew. In a JSON reply the
members that the mapping reads must be equal; of the others, which no mapping looks at, the type is. A reply of XML or
JSON in another charset than UTF-8 is told without its body, for no verifier reads it; its headers, a signature among
them, are compared.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from contract_tests.interchange.shown import Shown, base64_of, is_signed, json_of, media_of, shown_of, text_of, told_of
from contract_tests.runner.example import ExampleFile
from contract_tests.runner.subject import Subject
from gateway import __version__

CONSUMER = "insurehub"
UNREAD = "the body of the reply is not compared: a verifier reads {media} as UTF-8, whatever its charset"
_READ = re.compile(r"\bwire\.([\w.]+)")
_PLAIN = re.compile(r"[A-Za-z_]\w*")


def pact_of(subject: Subject, files: Iterable[ExampleFile]) -> dict[str, Any]:
    """The document of one carrier."""
    signed = is_signed(subject)
    read = names_read(subject)
    interactions = [_interaction(one, signed, read) for one in shown_of(files)]
    return {
        "consumer": {"name": CONSUMER},
        "provider": {"name": subject.carrier},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "4.0"}, "insurehub": {"version": __version__}},
    }


def _interaction(one: Shown, signed: tuple[bool, bool], read: frozenset[str]) -> dict[str, Any]:
    reply = one.exchange.reply.reply if one.exchange.reply is not None else None
    assert reply is not None
    body = one.request.body.value if one.request.body is not None else b""
    media = media_of(reply.headers, reply.body)
    unread = text_of(reply.body) is None and ("xml" in media or "json" in media)
    said = {} if unread else _contents(reply.body, media, exact=signed[1], read=read)
    told = [*told_of(one), *([UNREAD.format(media=media)] if unread else [])]
    return {
        "type": "Synchronous/HTTP",
        "key": one.key,
        "description": one.key,
        "pending": False,
        "providerStates": [{"name": one.key, "params": _state(one)}],
        "request": _request(one, body, exact=signed[0]),
        "response": {"status": reply.status, **_headers(reply.headers), **said},
        "comments": {"text": told, "testname": one.key},
    }


def _state(one: Shown) -> dict[str, Any]:
    given = one.example.given
    if given is None:
        return {}
    return {
        **given.params,
        **({"state": given.state} if given.state else {}),
        **({"after": list(given.after)} if given.after else {}),
    }


def _request(one: Shown, body: bytes, *, exact: bool) -> dict[str, Any]:
    wanted = one.request
    assert wanted.method is not None
    assert wanted.target is not None
    path, _, query = wanted.target.value.partition("?")
    headers = tuple((name, stated.value) for name, stated in wanted.headers)
    found: dict[str, Any] = {"method": wanted.method.value, "path": path}
    if query:
        found["query"] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            found["query"].setdefault(name, []).append(value)
    return found | _headers(headers) | _contents(body, media_of(headers, body), exact=exact, read=None)


def _headers(headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return {"headers": found} if found else {}


def _contents(body: bytes, media: str, *, exact: bool, read: frozenset[str] | None) -> dict[str, Any]:
    if not body:
        return {}
    tree = None if exact else json_of(body, media)
    if tree is not None:
        said: dict[str, Any] = {"body": {"content": tree, "contentType": media, "encoded": False}}
        rules = dict(_rules(tree, "$", read)) if read is not None else {}
        return said | ({"matchingRules": {"body": rules}} if rules else {})
    text = None if exact else text_of(body)
    if text is not None:
        return {"body": {"content": text, "contentType": media, "encoded": False}}
    return {"body": {"content": base64_of(body), "contentType": media, "encoded": "base64"}}


def _rules(tree: Any, at: str, read: frozenset[str], name: str = "") -> Iterator[tuple[str, Any]]:
    """A rule for each member that no mapping reads: its type alone counts."""
    if isinstance(tree, dict):
        for inner, value in tree.items():
            place = f"{at}.{inner}" if _PLAIN.fullmatch(inner) else f"{at}['{inner}']"
            yield from _rules(value, place, read, inner)
    elif isinstance(tree, list):
        for position, value in enumerate(tree):
            yield from _rules(value, f"{at}[{position}]", read, name)
    elif name not in read:
        yield at, {"combine": "AND", "matchers": [{"match": "type"}]}


def names_read(subject: Subject) -> frozenset[str]:
    """The names of the reply's members that the mapping looks at, to decide or to read."""
    from contract_tests.record.knowledge import reply_messages  # noqa: PLC0415 - the mapping's tree is needed here only

    found: set[str] = set()
    if subject.tree is None:
        return frozenset()
    for response, messages in reply_messages(subject.tree):
        texts = [row.when.source for row in response.outcome if row.when] + [
            row.by_code.source for row in response.outcome if row.by_code
        ]
        found |= {each.split(".")[-1] for text in texts for each in _READ.findall(text)}
        found |= {echo.path.segments[-1].name for echo in response.correlate if echo.path.segments}
        for message in messages:
            found |= {row.to.segments[-1].name for row in message.rows if row.to is not None and row.to.segments}
            found |= {each.split(".")[-1] for _, read in message.read for each in _READ.findall(read.source)}
    return frozenset(found)
