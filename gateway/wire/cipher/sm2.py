"""SM2 encryption (GB/T 32918.4): the point C1, the digest C3 and the sealed bytes C2, in the order a carrier wants.

What is sealed differs every time: the point in it is drawn from `salt`, unpredictable characters of the context. `key`
is the other's public key when sealing, our private key when opening.
"""

from collections.abc import Callable

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.gm import der
from gateway.wire.gm.chance import derived
from gateway.wire.gm.curve import Point, on_curve
from gateway.wire.gm.keys import point_bytes, point_in
from gateway.wire.gm.use import scheme, sm2_private, sm2_public
from gateway.wire.keys import BadKey

_POINT, _DIGEST = 64, 32
_FULL = b"\x04"
_WRONG = "the encrypted message is not what its digest says, or is for another key"


def sm2_c1c3c2_out(key: Secret, salt: str, data: bytes) -> bytes:
    """The order of the standard; the point with 04 before it."""
    point, sealed, digest = sealed_parts(key, data, _drawn(salt, data))
    return _FULL + point_bytes(point) + digest + sealed


def sm2_c1c3c2_in(key: Secret, data: bytes) -> bytes:
    """The bytes inside."""
    return _opened(key, _start(data, _FULL), digest_first=True)


def sm2_c1c3c2_bare_out(key: Secret, salt: str, data: bytes) -> bytes:
    """The order of the standard without the 04."""
    return sm2_c1c3c2_out(key, salt, data)[1:]


def sm2_c1c3c2_bare_in(key: Secret, data: bytes) -> bytes:
    """The bytes inside."""
    return _opened(key, data, digest_first=True)


def sm2_c1c2c3_out(key: Secret, salt: str, data: bytes) -> bytes:
    """The order of the draft of 2010, which old libraries keep; the point with 04 before it."""
    point, sealed, digest = sealed_parts(key, data, _drawn(salt, data))
    return _FULL + point_bytes(point) + sealed + digest


def sm2_c1c2c3_in(key: Secret, data: bytes) -> bytes:
    """The bytes inside."""
    return _opened(key, _start(data, _FULL), digest_first=False)


def sm2_c1c2c3_bare_out(key: Secret, salt: str, data: bytes) -> bytes:
    """The order of the draft without the 04."""
    return sm2_c1c2c3_out(key, salt, data)[1:]


def sm2_c1c2c3_bare_in(key: Secret, data: bytes) -> bytes:
    """The bytes inside."""
    return _opened(key, data, digest_first=False)


def sm2_der_out(key: Secret, salt: str, data: bytes) -> bytes:
    """The DER sequence of GM/T 0009: both coordinates, digest, sealed bytes."""
    (x, y), sealed, digest = sealed_parts(key, data, _drawn(salt, data))
    return der.sequence(
        der.integer(x), der.integer(y), der.element(der.OCTETS, digest), der.element(der.OCTETS, sealed)
    )


def sm2_der_in(key: Secret, data: bytes) -> bytes:
    """The bytes inside."""
    try:
        x, y, digest, sealed = der.read_one(data).items()
        point = (x.number(), y.number())
    except ValueError:
        raise Unreadable("the encrypted message is no SM2 sequence") from None
    return _opened_parts(key, point, sealed.content, digest.content)


def sealed_parts(key: Secret, data: bytes, random: Callable[[int], int] | None = None) -> tuple[Point, bytes, bytes]:
    """C1, C2 and C3 of some bytes; `random` gives that many random bits."""
    if not data:
        raise CannotSend("SM2 seals no empty message")
    try:
        public = key.made(sm2_public)
    except BadKey as bad:
        raise CannotSend(f"the carrier's key of this channel: {bad}") from None
    found = scheme()
    group = found.Group(public.point, public.multiples)
    parts: tuple[Point, bytes, bytes] = found.core(random, group).encrypt(data, public.point)
    return parts


def _drawn(salt: str, data: bytes) -> Callable[[int], int]:
    return derived(salt.encode(), data)


def _start(data: bytes, wanted: bytes) -> bytes:
    if not data.startswith(wanted):
        raise Unreadable("the encrypted message does not begin with an SM2 point")
    return data[len(wanted) :]


def _opened(key: Secret, data: bytes, *, digest_first: bool) -> bytes:
    point, rest = point_in(data[:_POINT]), data[_POINT:]
    if point is None or len(rest) <= _DIGEST:
        raise Unreadable("the encrypted message is shorter than an SM2 point and a digest")
    cut = _DIGEST if digest_first else -_DIGEST
    digest, sealed = (rest[:cut], rest[cut:]) if digest_first else (rest[cut:], rest[:cut])
    return _opened_parts(key, point, sealed, digest)


def _opened_parts(key: Secret, point: Point, sealed: bytes, digest: bytes) -> bytes:
    try:
        private = key.made(sm2_private)
    except BadKey as bad:
        raise Unreadable(f"our key of this channel: {bad}") from None
    if not on_curve(point):
        raise Unreadable("the encrypted message does not begin with an SM2 point")
    core = scheme().core()
    try:
        found: bytes = core.decrypt(point, sealed, digest, private.number)
    except Exception:  # noqa: BLE001 - whatever the package says of it, the message is not for this key
        raise Unreadable(_WRONG) from None
    return found


SM2: tuple[tuple[str, Callable[[Secret, str, bytes], bytes], Callable[[Secret, bytes], bytes]], ...] = (
    ("sm2-c1c3c2", sm2_c1c3c2_out, sm2_c1c3c2_in),
    ("sm2-c1c3c2-bare", sm2_c1c3c2_bare_out, sm2_c1c3c2_bare_in),
    ("sm2-c1c2c3", sm2_c1c2c3_out, sm2_c1c2c3_in),
    ("sm2-c1c2c3-bare", sm2_c1c2c3_bare_out, sm2_c1c2c3_bare_in),
    ("sm2-der", sm2_der_out, sm2_der_in),
)
"""Each order with what seals and what opens."""
