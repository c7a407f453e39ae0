"""A second opinion on SM2 signatures: the package `gmalg` with its own curve and digest, none of the gateway's.

Only the forms a key may be written in are read by the gateway's reader.
"""

from importlib import import_module
from typing import Any

from gateway.wire.gm import der
from gateway.wire.gm.keys import point_bytes, private_number, public_point
from gateway.wire.keys import BadKey

USER_ID = b"1234567812345678"


def is_signed(algo: str, key: str, data: bytes, signature: bytes, user: bytes = USER_ID) -> bool:
    """Whether a key signed some bytes; the key may be the private or the public one."""
    package: Any = import_module("gmalg")
    try:
        numbers = _numbers(algo, signature)
    except ValueError:
        return False
    checked = package.SM2(uid=user, pk=_public(package, key))
    return bool(checked.verify(data, *numbers))


def _public(package: Any, key: str) -> bytes:
    try:
        number = private_number(key)
    except BadKey:
        return b"\x04" + point_bytes(public_point(key))
    made: bytes = package.SM2().generate_pk(number.to_bytes(32, "big"))
    return made


def _numbers(algo: str, signature: bytes) -> tuple[bytes, bytes]:
    if algo == "sm2_der":
        r, s = (item.number() for item in der.read_one(signature).items())
        return r.to_bytes(32, "big"), s.to_bytes(32, "big")
    if len(signature) != 64:
        raise ValueError("not r and s of 32 bytes each")
    return signature[:32], signature[32:]
