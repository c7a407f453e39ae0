"""Filling the last block: PKCS #7 (RFC 5652 section 6.3), zero bytes, or nothing."""

from gateway.wire.errors import Unreadable

PADS = ("pkcs7", "zero", "none")


def filled(data: bytes, pad: str, block: int) -> bytes:
    """The bytes filled up to whole blocks. `zero` adds nothing where the block is full."""
    missing = -len(data) % block
    if pad == "pkcs7":
        count = missing or block
        return data + bytes((count,)) * count
    return data + bytes(missing) if pad == "zero" else data


def unfilled(data: bytes, pad: str, block: int) -> bytes:
    """The bytes without what filled them; wrong PKCS #7 filling is unreadable: another key, or cut on the way."""
    if pad == "zero":
        return data.rstrip(b"\0")
    if pad == "none":
        return data
    count = data[-1] if data else 0
    if not 1 <= count <= block or data[-count:] != bytes((count,)) * count:
        raise Unreadable("the encrypted message is damaged, or for another key")
    return data[:-count]
