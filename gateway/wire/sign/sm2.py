"""SM2 signatures (GB/T 32918.2) with SM3 over user id, public key and data; raw r and s, or their DER sequence.

The number k of a signature is derived from key and data as RFC 6979 does it, with HMAC-SM3: the same request is signed
with the same bytes on every resend, and no bad source of chance can give the key away.
"""

from collections.abc import Callable

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.gm import der
from gateway.wire.gm.chance import derived
from gateway.wire.gm.curve import N
from gateway.wire.gm.keys import Sm2Private, Sm2Public
from gateway.wire.gm.use import scheme, sm2_private, sm2_public
from gateway.wire.keys import BadKey

USER_ID = b"1234567812345678"
"""The user id of GM/T 0009, where a carrier's document names none."""

_SIZE = 32


def sm2(key: Secret, data: bytes, user: bytes = USER_ID) -> bytes:
    """R and s, 32 bytes each."""
    return b"".join(each.to_bytes(_SIZE, "big") for each in _signed(key, data, user))


def sm2_der(key: Secret, data: bytes, user: bytes = USER_ID) -> bytes:
    """R and s as a DER sequence, 70 to 72 bytes, as GM/T 0009 writes it."""
    return der.sequence(*map(der.integer, _signed(key, data, user)))


def sm2_genuine(key: Secret, data: bytes, signature: bytes, user: bytes = USER_ID) -> bool:
    """Whether r and s of 32 bytes each are a signature of the public key."""
    if len(signature) != 2 * _SIZE:
        return False
    r, s = (int.from_bytes(signature[at : at + _SIZE], "big") for at in (0, _SIZE))
    return _genuine(key, data, r, s, user)


def sm2_der_genuine(key: Secret, data: bytes, signature: bytes, user: bytes = USER_ID) -> bool:
    """Whether a DER sequence of r and s is a signature of the public key."""
    try:
        r, s = (item.number() for item in der.read_one(signature).items())
    except ValueError:
        return False
    return _genuine(key, data, r, s, user)


def _signed(key: Secret, data: bytes, user: bytes) -> tuple[int, int]:
    try:
        private = key.made(sm2_private)
    except BadKey as bad:
        raise CannotSend(f"the signing key of this channel: {bad}") from None
    return signed_with(private, data, user, chance(private, digest_of(private, data, user)))


def signed_with(private: Sm2Private, data: bytes, user: bytes, random: Callable[[int], int]) -> tuple[int, int]:
    """R and s with the numbers a source of chance gives."""
    found: tuple[int, int] = scheme().core(random).sign(data, private.number, user, private.point)
    return found


def digest_of(key: Sm2Private | Sm2Public, data: bytes, user: bytes) -> bytes:
    """What is signed: SM3 over the digest of user id and public key, and the data."""
    core = scheme().core()
    made: bytes = core._hash_fn(core.entity_info(user, key.point) + data)  # noqa: SLF001 - the package's own digest
    return made


def chance(private: Sm2Private, digest: bytes) -> Callable[[int], int]:
    """The numbers k may be, out of the private key and what it signs."""
    return derived(private.number.to_bytes(_SIZE, "big"), (int.from_bytes(digest, "big") % N).to_bytes(_SIZE, "big"))


def _genuine(key: Secret, data: bytes, r: int, s: int, user: bytes) -> bool:
    try:
        public = key.made(sm2_public)
    except BadKey as bad:
        raise Unreadable(f"the carrier's key of this channel: {bad}") from None
    found = scheme()
    group = found.Group(public.point, public.multiples)
    return bool(found.core(None, group).verify(data, r, s, user, public.point))


SM2: tuple[tuple[Callable[..., bytes], Callable[..., bool]], ...] = ((sm2, sm2_genuine), (sm2_der, sm2_der_genuine))
"""Each signer with its check."""
