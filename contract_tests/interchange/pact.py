"""A carrier's examples as a Pact file, version 4 of the specification: insurehub is the consumer, the carrier provides.

One HTTP interaction for each exchange, its description the example's name and its provider state the example's `given`.
Bytes that are signed, encrypted or in another charset are Base 64, for a verifier writes JSON anew. In a JSON reply the
members that the mapping reads must be equal; of the others, which no mapping looks at, the type is. A reply of XML or
JSON in another charset than UTF-8 is told without its body, for no verifier reads it; its headers, a signature among
them, are compared. The rules of `match` are matching rules; one about bytes that are signed, or about a member that the
reply as it is sent does not have at that place, is told as a comment.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from contract_tests.examples.example import ExampleFile, Rule
from contract_tests.examples.matching import members
from contract_tests.examples.subject import Subject
from contract_tests.interchange.rules import body_of, headers_of, json_path
from contract_tests.interchange.shown import Shown, base64_of, is_signed, json_of, media_of, shown_of, text_of, told_of
from gateway import __version__

CONSUMER = "insurehub"
UNTOLD = "not told, for the reply is compared otherwise: match {rule}"
UNREAD = "the body of the reply is not compared: a verifier reads {media} as UTF-8, whatever its charset"
_READ = re.compile(r"\bwire\.([\w.]+)")


def pact_of(subject: Subject, files: Iterable[ExampleFile]) -> dict[str, Any]:
    """The document of one carrier."""
    signed = is_signed(subject)
    read = names_read(subject)
    interactions = [each for one in shown_of(files) for each in _interactions(one, signed, read)]
    return {
        "consumer": {"name": CONSUMER},
        "provider": {"name": subject.carrier},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "4.0"}, "insurehub": {"version": __version__}},
    }


def _interactions(one: Shown, signed: tuple[bool, bool], read: frozenset[str]) -> Iterator[dict[str, Any]]:
    """One interaction; two where members of the reply may be absent: without them, and with all of them."""
    rules = [rule for rule in one.example.match if rule.step in ("", one.exchange.step)]
    response, without, untold = _response(one, signed[1], read, rules, whole=False)
    yield _interaction(one, signed[0], response, untold)
    if without:
        response, _, untold = _response(one, signed[1], read, rules, whole=True)
        yield _interaction(one, signed[0], response, untold, f", with {', '.join(without)}", {"with": list(without)})


def _interaction(
    one: Shown, exact: bool, response: dict[str, Any], untold: list[str], more: str = "", params: Any = None
) -> dict[str, Any]:
    body = one.request.body.value if one.request.body is not None else b""
    return {
        "type": "Synchronous/HTTP",
        "key": one.key + more,
        "description": one.key + more,
        "pending": False,
        "providerStates": [{"name": one.key, "params": _state(one) | (params or {})}],
        "request": _request(one, body, exact=exact),
        "response": response,
        "comments": {"text": [*told_of(one), *untold], "testname": one.key},
    }


def _response(
    one: Shown, exact: bool, read: frozenset[str], rules: list[Rule], *, whole: bool
) -> tuple[dict[str, Any], tuple[str, ...], list[str]]:
    """The reply as Pact is told of it, the members left out of it, and what Pact is told in words alone."""
    reply = one.exchange.reply.reply if one.exchange.reply is not None else None
    assert reply is not None
    media = media_of(reply.headers, reply.body)
    unread = text_of(reply.body) is None and ("xml" in media or "json" in media)
    tree = None if exact or unread else json_of(reply.body, media)
    headers = headers_of(_headers(reply.headers).get("headers", {}), rules, whole=whole)
    body = body_of(tree, rules, whole=whole)
    said = {"status": reply.status, **({"headers": headers.tree} if headers.tree else {})}
    matching: dict[str, Any] = {"header": dict(headers.matchers)} if headers.matchers else {}
    if tree is not None:
        said["body"] = {"content": body.tree, "contentType": media, "encoded": False}
        matching["body"] = dict(_rules(body.tree, (), read, body.matchers)) | dict(body.matchers)
    elif not unread:
        said |= _contents(reply.body, media, exact=exact)
    told = {key: value for key, value in matching.items() if value}
    words = [UNREAD.format(media=media)] if unread else []
    words += [UNTOLD.format(rule=rule.shown) for rule in rules if rule.part == "body" and not _is_told(tree, rule)]
    return said | ({"matchingRules": told} if told else {}), (*headers.without, *body.without), words


def _is_told(tree: Any, rule: Rule) -> bool:
    return tree is not None and any(member.here for member in members(tree, rule.path))


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
    return found | _headers(headers) | _contents(body, media_of(headers, body), exact=exact)


def _headers(headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return {"headers": found} if found else {}


def _contents(body: bytes, media: str, *, exact: bool) -> dict[str, Any]:
    if not body:
        return {}
    tree = None if exact else json_of(body, media)
    if tree is not None:
        return {"body": {"content": tree, "contentType": media, "encoded": False}}
    text = None if exact else text_of(body)
    if text is not None:
        return {"body": {"content": text, "contentType": media, "encoded": False}}
    return {"body": {"content": base64_of(body), "contentType": media, "encoded": "base64"}}


def _rules(
    tree: Any, way: tuple[str, ...], read: frozenset[str], stated: Mapping[str, Any], name: str = ""
) -> Iterator[tuple[str, Any]]:
    """A rule for each member that no mapping reads: its type alone counts. What `match` speaks of is not looked at."""
    if json_path(way) in stated:
        return
    if isinstance(tree, dict):
        for inner, value in tree.items():
            yield from _rules(value, (*way, inner), read, stated, inner)
    elif isinstance(tree, list):
        for position, value in enumerate(tree):
            yield from _rules(value, (*way, str(position)), read, stated, name)
    elif name not in read:
        yield json_path(way), {"combine": "AND", "matchers": [{"match": "type"}]}


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
