"""What is made for one message and opens its reply: a key the request brings the carrier, and the reply comes under."""

from msgspec.structs import replace

from gateway.wire.contract import Context, Secret, WireRequest
from gateway.wire.errors import Unreadable


def session_part(made: bytes) -> Secret:
    """A part of a `WireRequest.session`: bytes as hex digits."""
    return Secret(made.hex())


def sent_part(ctx: Context, name: str) -> bytes:
    """The `key` or `iv` made for the request this reply answers. Raises Unreadable where none is known."""
    made = ctx.session.get(name)
    if made is None:
        raise Unreadable(f"the {name} made for the request is not known: the reply cannot be opened")
    return bytes.fromhex(made.reveal())


def answered(ctx: Context, request: WireRequest) -> Context:
    """The context the reply to a request is read in."""
    return replace(ctx, session=request.session) if request.session else ctx
