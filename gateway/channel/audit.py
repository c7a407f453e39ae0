"""The layer that measures: how long, with what outcome, told to whoever listens; never a value of a message."""

from collections.abc import Callable

from msgspec.structs import replace

from gateway.channel.call import Answer, Call, Exchange, Layer
from gateway.ports import World

Listener = Callable[[Exchange, Answer], None]
Begins = Callable[[Exchange], None]


def audit(world: World, listeners: tuple[Listener, ...], begins: tuple[Begins, ...] = ()) -> Layer:
    """Time each call and tell the listeners (routing statistics, metrics, log) when it ends, others when it begins."""

    def wrap(call: Call) -> Call:
        async def run(exchange: Exchange) -> Answer:
            began = world.monotonic()
            for tell in begins:
                tell(exchange)
            answer = await call(exchange)
            answer = replace(answer, wait_s=world.monotonic() - began)
            for listen in listeners:
                listen(exchange, answer)
            return answer

        return run

    return wrap
