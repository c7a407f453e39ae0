"""The resolved view of a carrier: `extends` applied to shapes, requests and responses, faults of it reported.

Shapes extend shapes; a request or response extends the one of a step before it, or of another `operation/variant`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cli.mapping.extending import extended
from cli.mapping.tree import CarrierTree, Message, OperationFile, StepDecl, Text
from gateway.catalogue.values import Faults, did_you_mean

EXTENDS_DEPTH_MAX = 20


@dataclass(frozen=True, slots=True)
class Resolved:
    """A carrier whose messages stand on their own; where `extends` is left, it could not be followed."""

    tree: CarrierTree
    shapes: Mapping[str, Message]
    operations: tuple[OperationFile, ...]


def resolve(tree: CarrierTree, faults: Faults) -> Resolved:
    """Apply every `extends`; what cannot be found (E205) or goes in a circle (E218) stays as written."""
    shapes = {name: _shape(name, tree.carrier.shapes, faults) for name in tree.carrier.shapes}
    finder = _Finder(tree, faults)
    operations = tuple(
        replace(operation, steps=tuple(finder.step(operation, step) for step in operation.steps))
        for operation in tree.operations
    )
    return Resolved(tree, shapes, operations)


def _shape(name: str, shapes: Mapping[str, Message], faults: Faults) -> Message:
    chain, at = [shapes[name]], name
    seen = {name}
    while (base := chain[-1].extends) is not None:
        if base.value not in shapes:
            faults.add(base.mark, f"no shape '{base.value}'", did_you_mean(base.value, shapes), code="E219")
            break
        if base.value in seen or len(seen) > EXTENDS_DEPTH_MAX:
            faults.add(base.mark, f"shape '{at}' extends itself", code="E218")
            break
        seen.add(base.value)
        at = base.value
        chain.append(shapes[at])
    return _folded(chain)


def _folded(chain: list[Message]) -> Message:
    """One message out of a chain whose last is the root of it; what that one could not find stays as its `extends`."""
    message = chain[-1]
    for over in reversed(chain[:-1]):
        message = extended(message, over)
    return replace(message, extends=chain[-1].extends)


class _Finder:
    """Requests and responses by the names `extends` gives them."""

    def __init__(self, tree: CarrierTree, faults: Faults) -> None:
        self.faults = faults
        self.operations = {_key(operation): operation for operation in tree.operations}

    def step(self, operation: OperationFile, step: StepDecl) -> StepDecl:
        request = _folded(self._chain(operation, step, "request"))
        response = replace(step.response, message=_folded(self._chain(operation, step, "response")))
        return replace(step, request=request, response=response)

    def _chain(self, operation: OperationFile, step: StepDecl, side: str) -> list[Message]:
        chain, seen = [_message(step, side)], {(_key(operation), step.name)}
        while (base := chain[-1].extends) is not None:
            found = self._found(operation, base)
            if found is None:
                known = [*(each.name for each in operation.steps), *self.operations]
                hint = did_you_mean(base.value, known)
                self.faults.add(base.mark, f"no step or operation '{base.value}' to extend", hint, code="E205")
                break
            operation, step = found
            if (_key(operation), step.name) in seen:
                self.faults.add(base.mark, f"{side} '{base.value}' extends itself", code="E218")
                break
            seen.add((_key(operation), step.name))
            chain.append(_message(step, side))
        return chain

    def _found(self, operation: OperationFile, base: Text) -> tuple[OperationFile, StepDecl] | None:
        step = next((each for each in operation.steps if each.name == base.value), None)
        if step is not None and len(operation.steps) > 1:
            return operation, step
        other = self.operations.get(base.value)
        # Of a flow the last call is the operation itself.
        return (other, other.steps[-1]) if other is not None and other.steps else None


def _key(operation: OperationFile) -> str:
    return f"{operation.name}/{operation.variant}" if operation.variant else operation.name


def _message(step: StepDecl, side: str) -> Message:
    return step.request if side == "request" else step.response.message
