"""A codec made once for its arguments: one function for sending, one for reading."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Pair(NamedTuple):
    """`send` takes the canonical value, `read` the wire value; `read(send(x)) == x` unless the codec says otherwise."""

    send: Callable[..., Any]
    read: Callable[..., Any]
