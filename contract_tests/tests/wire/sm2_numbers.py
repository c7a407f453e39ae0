"""SM2 by the numbers of GB/T 32918 alone: a naive curve, no table, no window; the digest is another package's."""

from functools import reduce

from gmalg import SM3

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)


def sm3(*parts):
    digest = SM3()
    digest.update(b"".join(parts))
    return digest.value()


def octets(*numbers):
    return b"".join(number.to_bytes(32, "big") for number in numbers)


def added(one, other):
    """The sum of two points; None is the one at infinity."""
    if one is None or other is None:
        return one or other
    (x, y), (u, v) = one, other
    if x == u and (y + v) % P == 0:
        return None
    slope = (3 * x * x + A) * pow(2 * y, -1, P) if one == other else (v - y) * pow(u - x, -1, P)
    new = (slope * slope - x - u) % P
    return new, (slope * (x - new) - y) % P


def times(number, point):
    """The point added to itself, by the bits of the number from the highest."""
    bits = f"{number:b}"
    return reduce(lambda found, bit: added(added(found, found), point if bit == "1" else None), bits, None)


def stream(x, y, length):
    """The key derivation of GB/T 32918.4, 5.4.3."""
    blocks = [sm3(octets(x, y), count.to_bytes(4, "big")) for count in range(1, length // 32 + 2)]
    return b"".join(blocks)[:length]


def mixed(data, key):
    return bytes(one ^ other for one, other in zip(data, key, strict=True))


def sealed(public, number, data):
    """C1, C2 and C3 of some bytes (GB/T 32918.4, 6.1) with the number k."""
    x, y = times(number, public)
    return times(number, G), mixed(data, stream(x, y, len(data))), sm3(octets(x), data, octets(y))


def opened(private, point, inside, digest):
    """The bytes inside (7.1); None where the digest is another."""
    x, y = times(private, point)
    data = mixed(inside, stream(x, y, len(inside)))
    return data if sm3(octets(x), data, octets(y)) == digest else None


def is_signed(public, data, r, s, user=b"1234567812345678"):
    """Whether the private half of a point signed some bytes (GB/T 32918.2, 7.1)."""
    if not (0 < r < N and 0 < s < N) or (r + s) % N == 0:
        return False
    ours = sm3((8 * len(user)).to_bytes(2, "big"), user, octets(A, B, *G, *public))
    found = added(times(s, G), times((r + s) % N, public))
    return found is not None and (int.from_bytes(sm3(ours, data), "big") + found[0]) % N == r
