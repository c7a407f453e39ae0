"""The little of DER (X.690) that keys, certificates and signatures of SM2 need; strict, and bounded by its input."""

from typing import NamedTuple

INTEGER, BITS, OCTETS, SEQUENCE = 0x02, 0x03, 0x04, 0x30


class Item(NamedTuple):
    """One element: its tag and what is in it."""

    tag: int
    content: bytes

    def items(self) -> list["Item"]:
        """The elements of a sequence. Raises `ValueError` for what is none."""
        if self.tag != SEQUENCE:
            raise ValueError("no sequence")
        return read_all(self.content)

    def number(self) -> int:
        """A whole number that is not negative, in its shortest form."""
        content = self.content
        padded = content[:1] == b"\0" and content[1:2] < b"\x80" and len(content) > 1
        if self.tag != INTEGER or not content or content[0] >= 0x80 or padded:
            raise ValueError("no positive integer")
        return int.from_bytes(content, "big")


def read_one(data: bytes) -> Item:
    """The one element that takes all of the bytes."""
    found = read_all(data)
    if len(found) != 1:
        raise ValueError("more than one element")
    return found[0]


def read_all(data: bytes) -> list[Item]:
    """Elements one after the other."""
    found, at = [], 0
    while at < len(data):
        size, start = _length(data, at + 1)
        if start + size > len(data):
            raise ValueError("cut off")
        found.append(Item(data[at], data[start : start + size]))
        at = start + size
    return found


def _length(data: bytes, at: int) -> tuple[int, int]:
    """The length written here, and where the content begins."""
    if at >= len(data):
        raise ValueError("cut off")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    written = data[at + 1 : at + 1 + (first & 0x7F)]
    size = int.from_bytes(written, "big")
    if not 1 <= first & 0x7F <= 4 or len(written) != first & 0x7F or size < 0x80 or written[0] == 0:
        raise ValueError("a length that is not in its shortest form")
    return size, at + 1 + len(written)


def sequence(*items: bytes) -> bytes:
    """A sequence of elements."""
    return element(SEQUENCE, b"".join(items))


def integer(value: int) -> bytes:
    """A whole number that is not negative."""
    return element(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def element(tag: int, content: bytes) -> bytes:
    """One element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    written = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(written))) + written + content
