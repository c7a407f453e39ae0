"""`extends` of requests and responses: a step, or another operation, whose rows a message takes over."""

from cli.codegen.plan.environment import Carrier
from cli.codegen.plan.frame import Refused
from cli.mapping.extending import extended
from cli.mapping.tree import Message, OperationFile, Response, StepDecl, Text


def resolved_request(carrier: Carrier, operation: OperationFile, step: StepDecl) -> Message:
    """A step's request with what it extends: an earlier step, or another operation's request."""
    message = step.request
    if message.extends is None:
        return message
    base_operation, base = _base(carrier, operation, message.extends)
    if base is step:
        raise Refused("E218", message.extends.mark, "a request cannot extend itself")
    return extended(resolved_request(carrier, base_operation, base), message)


def resolved_response(carrier: Carrier, operation: OperationFile, step: StepDecl) -> Response:
    """The same of a response; its outcome rows and correlation are its own where it has any."""
    response = step.response
    if response.message.extends is None:
        return response
    base_operation, base = _base(carrier, operation, response.message.extends)
    if base is step:
        raise Refused("E218", response.message.extends.mark, "a response cannot extend itself")
    inherited = resolved_response(carrier, base_operation, base)
    return Response(
        response.mark,
        extended(inherited.message, response.message),
        response.outcome or inherited.outcome,
        response.correlate or inherited.correlate,
        response.echo_none or inherited.echo_none,
        response.echo_yes or inherited.echo_yes,
    )


def _base(carrier: Carrier, operation: OperationFile, name: Text) -> tuple[OperationFile, StepDecl]:
    for step in operation.steps:
        if step.name == name.value:
            return operation, step
    wanted, _, variant = name.value.partition("/")
    for other in carrier.tree.operations:
        if other.name == wanted and other.variant == variant and other.steps:
            return other, other.steps[-1]
    raise Refused("E282", name.mark, f"nothing to extend called '{name.value}': a step, or operation/variant")
