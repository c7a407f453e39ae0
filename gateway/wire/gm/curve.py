"""The recommended curve of GB/T 32918.5: multiples of a point by tables that are prepared once for each point.

A multiple of the base point, or of a key that is used again and again, costs at most 64 additions. Plain Python
integers: the time taken depends on the numbers, so keep SM2 keys of this kind off machines that strangers can time.
"""

from collections.abc import Sequence
from typing import TypeAlias

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

Point: TypeAlias = tuple[int, int]
_Jacobian: TypeAlias = tuple[int, int, int]
_NOWHERE: _Jacobian = (1, 1, 0)
_WINDOW = 4
_DIGITS = 256 // _WINDOW


def on_curve(point: Point) -> bool:
    """Whether a point is one of the curve, and not the one at infinity."""
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x + A) * x - B) % P == 0


def unpacked(x: int, odd: bool) -> Point | None:
    """The point with this x and an odd or even y, or None where there is none."""
    square = ((x * x + A) * x + B) % P
    y = pow(square, (P + 1) // 4, P)
    if x >= P or y * y % P != square:
        return None
    return x, (P - y if y % 2 != odd else y)


class Multiples:
    """Every multiple of one point: a table of digit times place, filled when it is made."""

    def __init__(self, point: Point) -> None:
        """Fill the table: for each of 64 places the multiples 1 to 15."""
        base: _Jacobian = (*point, 1)
        flat: list[_Jacobian] = []
        for _ in range(_DIGITS):
            row = [base]
            for _ in range(2, 1 << _WINDOW):
                row.append(_added(row[-1], base))
            flat += row
            base = _doubled(row[(1 << _WINDOW - 1) - 1])
        self._table = _affine(flat)

    def times(self, k: int) -> Point | None:
        """The point k times; None is the point at infinity."""
        found, place = _NOWHERE, 0
        for _ in range(_DIGITS):
            if digit := k & 15:
                found = _mixed(found, self._table[place + digit - 1])
            k >>= _WINDOW
            place += 15
        return None if not found[2] else _affine([found])[0]


def times(k: int, point: Point) -> Point | None:
    """A point k times, for one that is met only once."""
    row: list[_Jacobian] = [_NOWHERE, (*point, 1)]
    while len(row) < 1 << _WINDOW:
        row.append(_added(row[-1], row[1]))
    found = _NOWHERE
    for shift in range(256 - _WINDOW, -1, -_WINDOW):
        for _ in range(_WINDOW):
            found = _doubled(found)
        found = _added(found, row[k >> shift & 15])
    return None if not found[2] else _affine([found])[0]


def _doubled(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if not z:
        return _NOWHERE
    yy, zz = y * y % P, z * z % P
    s = 4 * x * yy % P
    m = 3 * (x - zz) * (x + zz) % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _added(one: _Jacobian, two: _Jacobian) -> _Jacobian:
    if not one[2] or not two[2]:
        return two if not one[2] else one
    (x1, y1, z1), (x2, y2, z2) = one, two
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * zz2 % P, x2 * zz1 % P
    s1, s2 = y1 * zz2 * z2 % P, y2 * zz1 * z1 % P
    if u1 == u2:
        return _doubled(one) if s1 == s2 else _NOWHERE
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, h * z1 * z2 % P


def _mixed(one: _Jacobian, two: Point) -> _Jacobian:
    """A sum with a point of the table, whose z is 1."""
    x1, y1, z1 = one
    if not z1:
        return (*two, 1)
    zz = z1 * z1 % P
    h, r = (two[0] * zz - x1) % P, (two[1] * zz * z1 - y1) % P
    if not h:
        return _doubled(one) if not r else _NOWHERE
    hh = h * h % P
    hhh, v = h * hh % P, x1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y1 * hhh) % P, h * z1 % P


def _affine(points: Sequence[_Jacobian]) -> list[Point]:
    """Points with z 1, by one inversion for all of them."""
    products = [1]
    for _, _, z in points:
        products.append(products[-1] * z % P)
    inverse = pow(products[-1], -1, P)
    found: list[Point] = []
    for (x, y, z), before in zip(reversed(points), reversed(products[:-1]), strict=True):
        own = inverse * before % P
        inverse = inverse * z % P
        square = own * own % P
        found.append((x * square % P, y * square * own % P))
    found.reverse()
    return found
