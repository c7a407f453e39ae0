"""C22: what an example holds of people and secrets stands in nothing that is kept or shown about carrying it out."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
import structlog
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.proof import Proof
from contract_tests.examples.twins import response
from contract_tests.runner.level1 import Course, channel_of
from gateway.model.pii import PiiClass
from gateway.model.reflect import NoSuchPath, describe, resolve
from gateway.wire.contract import WireReply
from gateway.wire.errors import WireError

TELLING_LENGTH, TELLING_BYTES = 2, 6
CANARY = "canary-9f3c21ab"
"""A mark no message has by itself: planted at the end of a reply that then cannot be read."""


async def scrubbed(run: Run, proof: Proof) -> None:
    """Sent and answered as written, answered unreadably, and refused: no canary in a log line, problem or exception."""
    canaries = {name: text for name, text in canaries_of(run).items() if _tells(text)}
    proof.holds(canaries, at="canaries", mark=run.example.mark, expected="something to hide", actual="nothing")
    with transcript() as said:
        for reply in _replies(run):
            said.write(await _told(run, reply))
    text = said.getvalue()
    for name, canary in {**canaries, "reply": CANARY}.items():
        # What was found is named and not shown: the report is one of the places it must not stand in.
        hidden = canary not in text
        proof.holds(hidden, at=name, mark=run.example.mark, expected="in no log, problem or error", actual="there")


def canaries_of(run: Run) -> dict[str, str]:
    """Every personal text of the request by its path, and every secret by its name."""
    request = run.example.request
    found = {f"secret.{name}": text for name, text in run.example.secrets.items()}
    model: Any = type(request)
    kind = describe(model)
    for path, value in _texts(msgspec.to_builtins(request), ()):
        try:
            if resolve(kind, path).pii is not PiiClass.none:
                found[".".join(path)] = value
        except (NoSuchPath, TypeError):
            continue
    return found


def _texts(tree: Any, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list | tuple) else ()
    for name, inner in pairs:
        yield from _texts(inner, (*at, str(name)))
    if isinstance(tree, str):
        yield at, tree


def _tells(text: str) -> bool:
    """Whether a text is long enough to be found by chance nowhere else."""
    return len(text) >= TELLING_LENGTH and len(text.encode()) >= TELLING_BYTES


def _replies(run: Run) -> Iterator[list[WireReply]]:
    honest = [each.reply.reply for each in run.example.exchanges if each.reply is not None]
    yield honest
    yield [replace(honest[0], body=honest[0].body[: len(honest[0].body) // 2] + CANARY.encode())]
    yield [replace(honest[0], status=500, body=CANARY.encode())]


async def _told(run: Run, replies: list[WireReply]) -> str:
    """The example carried out over the client stack; everything that is said of it beside the logs."""
    answers = iter(replies)
    transport = httpx.MockTransport(lambda _request: response(next(answers)))
    course = Course(run, channel_of(run, transport))
    operation = run.flow.operation
    try:
        await course.go(operation)
    except (WireError, StopIteration) as error:
        return f"{error!r} {error}"
    problems = [each for reply in course.replies for each in reply.problems]
    return " ".join([*problems, *(repr(dict(played.context.secrets)) for played in run.flow.played)])


@contextmanager
def transcript() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, down to the most talkative level, by the gateway and by libraries."""
    said = io.StringIO()
    handler, root = logging.StreamHandler(said), logging.getLogger()
    level, configured = root.level, structlog.get_config()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(said), cache_logger_on_first_use=False)
    try:
        yield said
    finally:
        structlog.configure(**configured)
        root.setLevel(level)
        root.removeHandler(handler)
