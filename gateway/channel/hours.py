"""A layer that sends nothing while the carrier takes no calls."""

from gateway.channel.call import Answer, Call, Exchange, Layer
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.ports import World
from gateway.wire.contract import Carrier, Reply
from gateway.wire.hours import closed_for_s


def opening_hours(carrier: Carrier, world: World) -> Layer:
    """Outside of the carrier's hours, and during its maintenance, a call was certainly not sent; it says until when."""

    def wrap(call: Call) -> Call:
        async def run(exchange: Exchange) -> Answer:
            closed_s = closed_for_s(world.now(), carrier.zone, carrier.window, carrier.maintenance)
            if closed_s is None:
                return await call(exchange)
            text = "the carrier takes no calls at this hour"
            outcome = Outcome(kind=OutcomeKind.not_executed, code="carrier.closed", text=text, after_s=closed_s)
            return Answer(reply=Reply(outcome=outcome), fault="closed")

        return run

    return wrap
