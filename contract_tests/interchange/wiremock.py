"""A carrier's examples as WireMock stub mappings: a file for each exchange, the request as it leaves, the reply exact.

Where several examples send the same request, the first is answered without more; the others to whoever names them in
the header `X-Insurehub-Example`. Headers that are new for every message, signatures among them, are not matched.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from contract_tests.examples.example import ExampleFile
from contract_tests.examples.subject import Subject
from contract_tests.interchange.shown import (
    Shown,
    base64_of,
    file_name,
    is_signed,
    json_of,
    media_of,
    shown_of,
    told_of,
)

CHOOSING = "X-Insurehub-Example"
_SPACE = uuid.UUID("6e0b7d0e-5a44-5d0c-8e6f-0d6f3a1c5b11")
_MATCHED = ("content-type", "soapaction")


def stubs_of(subject: Subject, files: Iterable[ExampleFile]) -> dict[str, Any]:
    """The stub mappings of one carrier by their file."""
    signed = is_signed(subject)
    return {
        f"mappings/{file_name(f'{subject.carrier}-{one.key}')}.json": _stub(one, subject.carrier, exact=signed[0])
        for one in shown_of(files)
    }


def _stub(one: Shown, carrier: str, *, exact: bool) -> dict[str, Any]:
    reply = one.exchange.reply.reply if one.exchange.reply is not None else None
    assert reply is not None
    return {
        "id": str(uuid.uuid5(_SPACE, f"{carrier}/{one.key}")),
        "name": f"{carrier} {one.key}",
        "priority": 5 if one.first else 1,
        "request": _request(one, exact=exact),
        "response": {
            "status": reply.status,
            "headers": _headers(reply.headers),
            "base64Body": base64_of(reply.body),
        },
        "metadata": {"insurehub": {"carrier": carrier, "example": one.key, "about": told_of(one)}},
    }


def _request(one: Shown, *, exact: bool) -> dict[str, Any]:
    wanted = one.request
    assert wanted.method is not None
    assert wanted.target is not None
    told = [(name, stated.value) for name, stated in wanted.headers]
    headers: dict[str, Any] = {name: {"equalTo": value} for name, value in told if name.lower() in _MATCHED}
    if not one.first:
        headers[CHOOSING] = {"equalTo": one.key}
    found: dict[str, Any] = {"method": wanted.method.value, "url": wanted.target.value}
    found |= {"headers": headers} if headers else {}
    body = wanted.body.value if wanted.body is not None else b""
    if body:
        tree = None if exact else json_of(body, media_of(told, body))
        pattern = {"binaryEqualTo": base64_of(body)} if tree is None else {"equalToJson": tree}
        found["bodyPatterns"] = [pattern]
    return found


def _headers(headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in headers:
        before = found.get(name)
        found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return found
