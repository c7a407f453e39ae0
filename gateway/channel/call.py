"""The one call signature of the whole stack; a layer is a function of the next call."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from gateway.wire.contract import Context, Reply, Step, WireReply, WireRequest


class Exchange(Struct, frozen=True, kw_only=True):
    """One attempt, ready to leave: the bytes, and what is needed to read what comes back.

    `resend` marks bytes that were sent before, to a carrier that replays the same result for them.
    """

    channel: str
    attempt_id: str
    step: Step
    request: Any
    context: Context
    wire: WireRequest
    deadline_s: float
    resend: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """How an attempt ended: the classified reply, the raw bytes if there were any, the transport's fault if not."""

    reply: Reply
    raw: WireReply | None = None
    fault: str | None = None
    wait_s: float = 0.0


Call = Callable[[Exchange], Awaitable[Answer]]
Layer = Callable[[Call], Call]


def stack(call: Call, *layers: Layer) -> Call:
    """Wrap a call in layers; the first named is the outermost."""
    for layer in reversed(layers):
        call = layer(call)
    return call
