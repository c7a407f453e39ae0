"""What a sandbox said, as the words of an example: the exchange as it went, and where it comes from.

Nothing of a secret is in it: headers are those the example already lists, an access token is the example's own again.
What must not be kept is found by the scan that looks through recordings (`../personal/scan.py`): packed texts too.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from contract_tests.examples.check import Run
from contract_tests.examples.example import Exchange
from contract_tests.examples.flow import exchange_for
from contract_tests.examples.frozen import TOKEN
from contract_tests.live.chain import LiveCourse
from contract_tests.personal.detect import OF_THE_SETTINGS
from contract_tests.personal.scan import slipped, slipped_in_bytes
from contract_tests.runner.checks_request import target_of
from gateway.wire.contract import Context, Headers, Step, WireReply, WireRequest

_LONG = re.compile(rb"\w{12,}")
"""Words of a request that may come back in its reply: numbers long enough to look like somebody's."""


class NotRecorded(Exception):
    """Why what a sandbox said is not written into an example."""


def recorded(run: Run, course: LiveCourse, host: str, now: datetime) -> dict[str, Any]:
    """The words an example gets. Raises NotRecorded for what must not be kept."""
    raws = [raw for raw in course.raw if raw is not None]
    if len(raws) != len(course.sent) or not raws:
        raise NotRecorded("the sandbox did not answer every call")
    for (_, wire), raw in zip(course.sent, raws, strict=True):
        _refuse_somebodys(wire, raw)
    sha256 = hashlib.sha256(b"".join(raw.body for raw in raws)).hexdigest()
    source = f"{host}, {now:%Y-%m-%d}"
    sent = course.run.example
    words: dict[str, Any] = {
        "provenance": {"kind": "recorded", "source": source, "scrubbed": True, "sha256": sha256},
        **({"refs": dict(sent.refs)} if sent.refs else {}),
        "canonical": msgspec.to_builtins(sent.request),
        **_exchanges(run, course, raws),
        "expect": {**_stated(run), **_read(course)},
    }
    _refuse_secrets(words, course)
    return words


def _exchanges(run: Run, course: LiveCourse, raws: list[WireReply]) -> dict[str, Any]:
    parts = [
        (step, _exchange(run, step, wire, raw, context, course))
        for (step, wire), raw, context in zip(course.sent, raws, course.contexts, strict=True)
    ]
    if any(exchange.step for exchange in run.example.exchanges):
        return {"steps": {step.name: part for step, part in parts}}
    return parts[0][1]


def _exchange(
    run: Run, step: Step, wire: WireRequest, raw: WireReply, context: Context, course: LiveCourse
) -> dict[str, Any]:
    own = exchange_for(run.example, step, single=len(course.sent) == 1)
    token = context.token
    kept = run.example.token or TOKEN

    def without_token(text: str) -> str:
        return text.replace(token, kept) if token else text

    body = wire.body.replace(token.encode(), kept.encode()) if token else wire.body
    asked = _listed(wire.headers, _names(own))
    return {
        "freeze": _freeze(context, course),
        "request": {
            "method": wire.method,
            "target": without_token(target_of(wire.url)),
            **({"headers": {name: without_token(text) for name, text in asked.items()}} if asked else {}),
            "body": _body(body),
        },
        "response": {
            "status": raw.status,
            "headers": _listed(raw.headers, _answered(own)) or _listed(raw.headers, {"content-type"}),
            "body": _body(raw.body),
        },
    }


def _freeze(context: Context, course: LiveCourse) -> dict[str, Any]:
    drawn = course.drawn.get(id(context), [])
    found = {
        "now": context.now.isoformat(),
        "request_no": context.request_no,
        "attempt_no": context.attempt_no,
    }
    return {**found, "nonce": drawn} if drawn else found


def _names(own: Exchange | None) -> set[str]:
    listed = own.request.headers if own is not None and own.request is not None else ()
    return {name.lower() for name, _ in listed}


def _answered(own: Exchange | None) -> set[str]:
    return {name.lower() for name, _ in own.reply.reply.headers} if own is not None and own.reply is not None else set()


def _listed(headers: Headers, names: set[str]) -> dict[str, str]:
    return {name: text for name, text in headers if name.lower() in names}


def _body(data: bytes) -> Any:
    """As text where that gives the same bytes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}
    return text if text.isprintable() or not text else {"base64": base64.b64encode(data).decode()}


def _stated(run: Run) -> dict[str, Any]:
    """What the example says of the outcome stays as it is said: the run has shown that it holds."""
    return {name: stated.value for name, stated in run.example.expect.words.items()}


def _read(course: LiveCourse) -> dict[str, Any]:
    result = course.reply.result
    return {} if result is None else {"canonical": msgspec.to_builtins(result)}


def _refuse_somebodys(wire: WireRequest, raw: WireReply) -> None:
    """A reply with a person or a key in it that we did not send is not kept."""
    data = b"\n".join([raw.body, *(value.encode() for _, value in raw.headers)])
    for word in sorted(set(_LONG.findall(wire.body)), key=len, reverse=True):
        data = data.replace(word, b"")
    for found in slipped_in_bytes(data):
        raise NotRecorded(f"the reply holds what looks like {found.what}, which was not in the request")


def _refuse_secrets(words: dict[str, Any], course: LiveCourse) -> None:
    """Nothing of a channel's secrets, and no token of a sandbox, stands in what is kept."""
    secrets = {name: secret.reveal() for name, secret in course.channel.settings.secrets.items()}
    tokens = [("token", context.token) for context in course.contexts]
    own = {*course.run.example.secrets.values(), course.run.example.token, TOKEN}
    text = "\n".join(_texts(words))
    for name, secret in (*secrets.items(), *tokens):
        if secret not in own and any(found.what == OF_THE_SETTINGS for found in slipped(text, secrets=[secret])):
            raise NotRecorded(f"the exchange holds the secret '{name}'")


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _texts(value)
    else:
        yield str(tree)
