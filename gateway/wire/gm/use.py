"""Keys ready for use, and the module of the schemes, which is imported when the first SM2 key is."""

from functools import lru_cache
from importlib import import_module
from typing import Any

from gateway.wire.errors import CannotSend
from gateway.wire.extras import missing
from gateway.wire.gm.keys import Sm2Private, Sm2Public, private_number, public_point


def sm2_private(text: str) -> Sm2Private:
    """A private key with its public point. Raises BadKey."""
    number = private_number(text)
    return Sm2Private(number, scheme().Group().kG(number))


def sm2_public(text: str) -> Sm2Public:
    """A public key. Raises BadKey."""
    return Sm2Public(public_point(text))


@lru_cache(maxsize=1)
def scheme() -> Any:
    """The module that needs the extra package. Raises `CannotSend` with the command to run where it is not there."""
    if (lacking := missing(("gm",))) is not None:
        raise CannotSend(lacking)
    return import_module("gateway.wire.gm.scheme")
