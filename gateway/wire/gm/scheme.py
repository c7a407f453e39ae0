"""The schemes of SM2 as the package `gmalg` has them, over our curve and digest: sign, check, seal, open.

This module imports that package, so it is itself imported only when an SM2 key is used.
"""

from collections.abc import Callable
from functools import cache

from cryptography.hazmat.primitives.hashes import SM3 as _SM3
from cryptography.hazmat.primitives.hashes import Hash as _Hash
from gmalg.base import Hash
from gmalg.ellipticcurve import ECDLP, EllipticCurve
from gmalg.sm2 import SM2Core

from gateway.wire.gm.curve import A, B, G, Multiples, N, P, Point, times

Random = Callable[[int], int]


class Digest(Hash):  # type: ignore[misc]
    """SM3 of the compiled library."""

    def __init__(self) -> None:
        """Begin empty."""
        self.reset()

    @classmethod
    def hash_length(cls) -> int:
        """How many bytes it gives."""
        return 32

    def reset(self) -> None:
        """Begin anew."""
        self._made = _Hash(_SM3())

    def update(self, data: bytes) -> None:
        """Take more bytes."""
        self._made.update(bytes(data))

    def value(self) -> bytes:
        """The digest of the bytes so far."""
        return self._made.copy().finalize()


class _Curve(EllipticCurve):  # type: ignore[misc]
    """The curve with quick multiples: by table for the points that have one."""

    def __init__(self, group: "Group") -> None:
        super().__init__(group.fp, A, B)
        self._group = group

    def mul(self, k: int, point: Point) -> Point:
        """A point k times."""
        if point == self.INF or k % N == 0:
            return self.INF  # type: ignore[no-any-return]
        table = self._group.table if point == self._group.tabled else None
        found = times(k % N, point) if table is None else table.times(k % N)
        return found if found is not None else self.INF


class Group(ECDLP):  # type: ignore[misc]
    """The group of the recommended curve, with the table of one more point beside the base point's."""

    def __init__(self, tabled: Point | None = None, table: Multiples | None = None) -> None:
        """Take a point that is multiplied often, with its table."""
        super().__init__(P, A, B, G, N)
        self.tabled, self.table = tabled, table
        self.ec = _Curve(self)

    def kG(self, k: int) -> Point:  # noqa: N802 - the package's name
        """The base point k times."""
        found = base_multiples().times(k % N)
        return found if found is not None else self.ec.INF


@cache
def base_multiples() -> Multiples:
    """The table of the base point: one for the process."""
    return Multiples(G)


def core(random: Random | None = None, group: Group | None = None) -> SM2Core:
    """The scheme; `random` gives that many random bits, by default the system's."""
    return SM2Core(group or Group(), Digest(), random)
