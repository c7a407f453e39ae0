"""The claims of a signed message (RFC 7519): from whom it is, for whom, how old, until when it is believed.

A signature alone says who wrote a message. One that was written for another partner, or long ago, is genuine as well.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway.wire.classified import Forged
from gateway.wire.layers.json import json_in


def with_claims(payload: bytes, wanted: Mapping[str, Any], now: datetime, skew_s: float | None) -> bytes:
    """The payload, whose claims are those that were agreed on. Raises `Forged` for every other.

    `wanted`: each of these must be there, alone or in a list. `skew_s`: how far `iat` may be from now, and how much the
    clocks may differ that `exp` and `nbf` are compared by, which are obeyed where they stand.
    """
    claims = json_in(payload)
    if claims.__class__ is not dict:
        raise Forged("the signed message is no object with claims")
    for name, value in wanted.items():
        told = claims.get(name)
        if value is None or str(value) not in [str(each) for each in (told if isinstance(told, list) else [told])]:
            raise Forged(f"the claim '{name}' of the signed message is not what was agreed on")
    at, allowed = Decimal(int(now.timestamp())), Decimal(str(skew_s or 0))
    if skew_s is not None and not abs(_instant(claims, "iat", None) - at) <= allowed:
        raise Forged("the signed message was not made just now, by its claim 'iat'")
    if not _instant(claims, "exp", at) + allowed >= at or not _instant(claims, "nbf", at) - allowed <= at:
        raise Forged("the signed message is not believed at this time, by its claims 'exp' and 'nbf'")
    return payload


def _instant(claims: Mapping[str, Any], name: str, absent: Decimal | None) -> Decimal:
    """Seconds since 1970."""
    value = claims.get(name, absent)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Forged(f"the claim '{name}' of the signed message is no time")
    return Decimal(value)


__all__ = ["with_claims"]
