"""Keys that are being changed: what comes in may still be signed or sealed with the ones before."""

from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import TypeVar

from msgspec.structs import replace

from gateway.wire.contract import Context, Wire
from gateway.wire.errors import Unreadable

CHANGING_MAX = 3
"""How many secrets may be changing at once: every one doubles the ways a message is tried."""

Message = TypeVar("Message")


def with_former_keys(read: Callable[[Message, Context], Wire], message: Message, ctx: Context) -> Wire:
    """What `read` makes of a message with the keys of now, else with those before where some are being changed.

    Raises what the keys of now raised when no others read it either.
    """
    try:
        return read(message, ctx)
    except Unreadable:
        for former in former_contexts(ctx):
            try:
                return read(message, former)
            except Unreadable:
                continue
        raise


def former_contexts(ctx: Context) -> Iterator[Context]:
    """The context with one or more of its changing secrets as they were before."""
    secrets = dict(ctx.secrets)
    changing = [name for name, secret in secrets.items() if secret.former is not None][:CHANGING_MAX]
    for chosen in islice(product((False, True), repeat=len(changing)), 1, None):
        former = {name: secrets[name].former for name, was in zip(changing, chosen, strict=True) if was}
        yield replace(ctx, secrets=secrets | former)
