"""Whether a call has a message at all: one that says everything in its address sends none."""

from cli.codegen.plan.environment import FORMATS
from cli.codegen.plan.filled import filled_later
from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Layer, Message


def is_bodyless(message: Message, method: str, layers: tuple[Layer, ...]) -> bool:
    """No rows, and a method that needs none, or a request that says so.

    Where the message is the address's own query it is empty, not absent; a DELETE has one where layers write into it.
    """
    if message.body is not None:
        if filled_later(layers):
            raise Refused("E445", message.body.mark, "a layer writes into this message: it is not without a body")
        return True
    says = bool(message.send or message.rows or message.cases or message.blank)
    in_query = any(layer.name == "query" for layer in layers if layer.name in FORMATS and "put" not in layer.options)
    needs_none = method == "GET" or (method == "DELETE" and not filled_later(layers))
    return needs_none and not says and not in_query
