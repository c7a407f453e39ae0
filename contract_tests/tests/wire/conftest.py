"""What the tests of the wire share: a codec as generated code would call it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import gateway.wire
from gateway.wire.codecs import CodecPlan, Site, Written, plan_codec


class Emitted(NamedTuple):
    """Both halves of a codec, called the way an emitter writes the calls."""

    send: Callable[..., Any]
    read: Callable[..., Any]
    plan: CodecPlan


def _half(plan: CodecPlan, name: str) -> Callable[..., Any]:
    if not name:
        return lambda value: value
    if plan.maker is not None:
        return getattr(getattr(gateway.wire, plan.maker)(*plan.arguments), name)
    if name == "str":
        return str
    function = getattr(gateway.wire, name)
    return lambda value: function(value, *plan.arguments)


def halves(plan: CodecPlan) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What a generated module does for sending and for reading, the codec inside included."""
    send, read = _half(plan, plan.send), _half(plan, plan.read)
    if plan.inner is None:
        return send, read
    make, take = halves(plan.inner)
    return (lambda value, *currency: send(make(value, *currency))), (lambda value, *more: take(read(value), *more))


@pytest.fixture(scope="session")
def emit() -> Callable[..., Emitted]:
    """`emit("money", "yuan", numbers=True)`: the codec at a site, ready to call."""

    def emitted(name: str, *arguments: Any, **site: Any) -> Emitted:
        plan = plan_codec(Written(name, arguments), Site(**site))
        return Emitted(*halves(plan), plan)

    return emitted
