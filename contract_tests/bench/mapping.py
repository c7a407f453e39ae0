"""What generated code costs beside hand-written functions, bare library calls and other tools."""

import msgspec

from contract_tests.bench.figures import Figure, microseconds, paired_ratio
from contract_tests.bench.message import leaves
from contract_tests.bench.messages import Message, all_messages
from contract_tests.bench.tools import tool_figures

MAPPING_MAX, LAYERS_MAX = 1.2, 2.0


def run() -> list[Figure]:
    """Requests and replies of about ninety leaves, both ways; bytes and results are compared first."""
    messages = all_messages()
    for message in messages:
        assert not message.differences(), f"{message.name} by hand differs: {message.differences()}"
    figures = [figure for message in messages for figure in _of(message)]
    return [*figures, *tool_figures(messages[0])]


def _of(message: Message) -> list[Figure]:
    answer = message.answer()
    wire = message.module.message(message.asked, message.known)
    count = leaves(wire)
    spent = microseconds(message.build) + microseconds(lambda: message.parse(answer))
    sending, reading, both = _mapping_alone(message)
    hand = "x hand-written"
    return [
        Figure(name=f"mapping.{message.name}.leaves", value=count, unit="leaves", note="of the request"),
        Figure(name=f"mapping.{message.name}.both_ways_us", value=round(spent, 1), unit="us", note="layers included"),
        Figure(name=f"mapping.{message.name}.request_ratio", value=round(sending, 2), unit=hand),
        Figure(name=f"mapping.{message.name}.reply_ratio", value=round(reading, 2), unit=hand),
        Figure(name=f"mapping.{message.name}.ratio", value=round(both, 2), unit=hand, limit=MAPPING_MAX),
        Figure(
            name=f"mapping.{message.name}.layers_ratio",
            value=round(_layers(message), 2),
            unit="x bare library",
            limit=LAYERS_MAX,
            note="encode, sign, verify, parse",
        ),
    ]


def _mapping_alone(message: Message) -> tuple[float, float, float]:
    """Request, reply and both, each against hand-written, the layers taken away on both sides."""
    answer, asked, known, hand = message.answer(), message.asked, message.known, message.hand
    wire = hand.decode(answer, known)
    with message.without_layers(answer):

        def ours() -> object:
            message.build()
            return message.parse(answer)

        def theirs() -> object:
            hand.message(asked, known)
            return hand.read(wire, answer, known)

        return (
            paired_ratio(message.build, lambda: hand.message(asked, known)),
            paired_ratio(lambda: message.parse(answer), lambda: hand.read(wire, answer, known)),
            paired_ratio(ours, theirs),
        )


def _layers(message: Message) -> float:
    """Encoding, signing, verifying and parsing against the same library calls with nothing around them."""
    answer, known, module = message.answer(), message.known, message.module
    wire, element = module.message(message.asked, known), ("b:issuePolicy",) if message.name == "soap" else ()
    plain = msgspec.json.decode(msgspec.json.encode(wire))

    def ours() -> object:
        module.encoded("POST", "http://127.0.0.1:1/x", wire, known, *element)
        return module.decoded(answer, known)

    return paired_ratio(ours, lambda: message.hand.bare(plain, known, answer.body))
