"""What of a change can be seen in the order of things on the wire, and nowhere else."""

from collections.abc import Iterable, Iterator

from cli.mapping.flat import Way, flatten
from cli.mapping.tree import CarrierTree, Layer, Message
from contract_tests.mutate.walk import Site

POSITIONAL = ("pipe", "fixed")


def stands_alike(site: Site, changed: Message) -> bool:
    """Whether every element stands where it stood: what else the change may do is not asked.

    An element stands where it is named first, be it by an empty line of `send` that keeps its place, or by the first
    line of what stands in it. Lines that are laid over another message's stand where those do: they are not looked at.
    """
    if changed.extends is not None:
        return False
    tree, other = site.around[0], site.put(changed)
    pairs = zip(_messages(tree), _messages(other), strict=True)
    return all(was is now or _order(was, tree) == _order(now, other) for was, now in pairs)


def _messages(tree: CarrierTree) -> Iterator[Message]:
    """Every message whose order is its own: the places of positional records are those of their layer."""
    steps = [step for file in tree.operations for step in file.steps]
    of_steps = [step for step in steps if not _is_positional(step.wire or tree.carrier.wire)]
    yield from (step.request for step in of_steps)
    if of_steps:
        yield from tree.carrier.shapes.values()


def _is_positional(layers: Iterable[Layer]) -> bool:
    return any(layer.name in POSITIONAL for layer in layers)


def _order(message: Message, tree: CarrierTree) -> tuple[Way, ...]:
    return tuple(dict.fromkeys(leaf.wire_way for leaf in flatten(message, tree.carrier.shapes)))
