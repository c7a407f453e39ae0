"""Filling the last block: PKCS #7 (RFC 5652 section 6.3), zero bytes, spaces, or nothing."""

from gateway.wire.errors import Unreadable

PADS = ("pkcs7", "zero", "space", "none")

_FILLERS = {"zero": b"\0", "space": b" "}


def filled(data: bytes, pad: str, block: int) -> bytes:
    """The bytes filled up to whole blocks. `zero` and `space` add nothing where the block is full."""
    missing = -len(data) % block
    if pad == "pkcs7":
        count = missing or block
        return data + bytes((count,)) * count
    return data + _FILLERS.get(pad, b"") * missing


def unfilled(data: bytes, pad: str, block: int) -> bytes:
    """The bytes without what filled them; wrong PKCS #7 filling is unreadable: another key, or cut on the way."""
    if pad != "pkcs7":
        return data.rstrip(_FILLERS[pad]) if pad in _FILLERS else data
    count = data[-1] if data else 0
    if not 1 <= count <= block or data[-count:] != bytes((count,)) * count:
        raise Unreadable("the encrypted message is damaged, or for another key")
    return data[:-count]
