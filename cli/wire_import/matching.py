"""Which message of a document is which message of a mapping: by `call`, by the root element, or as the author says."""

import re
from collections.abc import Iterator, Mapping

from cli.mapping.layers import FORMATS, Layers
from cli.mapping.tree import CarrierTree, StepDecl, Text
from cli.wire_import.document import ImportRefused, Offer
from gateway.catalogue.values import did_you_mean

Key = tuple[str, str, str]

_BRACES = re.compile(r"\{[^{}]*\}")


def keys_of(tree: CarrierTree) -> Iterator[tuple[Key, StepDecl]]:
    """Every message of a mapping by the key a wire schema knows it by."""
    for operation in tree.operations:
        name = f"{operation.name}/{operation.variant}" if operation.variant else operation.name
        for step in operation.steps:
            for side in ("request", "response"):
                yield (name, "" if step.name == operation.name else step.name, side), step


def matched(tree: CarrierTree, offers: tuple[Offer, ...], said: Mapping[str, str]) -> dict[Key, Offer]:
    """The offers a mapping can use; `said` is `operation[:step]` against the call or element it is."""
    steps = dict(keys_of(tree))
    _refuse_strangers(steps, offers, said)
    found: dict[Key, Offer] = {}
    for key, step in steps.items():
        wanted = _said(key, said) or _own(tree, step, key[2])
        offer = None if wanted is None else _offered(wanted, key[2], offers)
        if offer is not None:
            found[key] = offer
    return found


def title(key: Key) -> str:
    """A message as an author names it: `policy.issue:price request`."""
    return f"{key[0]}{f':{key[1]}' if key[1] else ''} {key[2]}"


def _refuse_strangers(steps: Mapping[Key, StepDecl], offers: tuple[Offer, ...], said: Mapping[str, str]) -> None:
    names = {name for key in steps for name in (title(key).partition(" ")[0], title(key).replace(" ", "."))}
    calls = {offer.call for offer in offers}
    for name, call in said.items():
        if name not in names:
            raise ImportRefused(f"this mapping has no '{name}'", did_you_mean(name, names))
        if call not in calls:
            raise ImportRefused(f"the document has no '{call}'", did_you_mean(call, calls))


def _said(key: Key, said: Mapping[str, str]) -> str | None:
    name = title(key).partition(" ")[0]
    return said.get(f"{name}.{key[2]}") or said.get(name)


def _own(tree: CarrierTree, step: StepDecl, side: str) -> str | None:
    """What the mapping itself says of a step: its call, or the root of its XML."""
    if step.call is not None:
        return step.call.value
    sent = tree.carrier.wire if step.wire is None else step.wire
    replies = step.reply or tree.carrier.reply
    return (_root(replies[0]) if side == "response" and replies else None) or _root(sent)


def _root(layers: Layers) -> str | None:
    layer = next((layer for layer in layers if layer.name in FORMATS), None)
    root = None if layer is None else layer.options.get("root")
    return root.value.rpartition(":")[2] if isinstance(root, Text) else None


def _offered(wanted: str, side: str, offers: tuple[Offer, ...]) -> Offer | None:
    """The offer of that call: the same, or the only one whose path ends in it."""
    plain = _plain(wanted)
    chosen = [offer for offer in offers if offer.side == side and _plain(offer.call) == plain]
    if not chosen and " " in plain:
        method, _, path = plain.partition(" ")
        chosen = [offer for offer in offers if offer.side == side and _ends(_plain(offer.call), method, path)]
    return chosen[0] if len(chosen) == 1 else None


def _plain(call: str) -> str:
    return _BRACES.sub("{}", call).rstrip("/")


def _ends(call: str, method: str, path: str) -> bool:
    other_method, _, other = call.partition(" ")
    return method == other_method and (other.endswith(path) or path.endswith(other))
