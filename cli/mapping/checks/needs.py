"""`needs`: what only the caller can supply, and the replies that ask for it once more."""

from cli.mapping.checks.expressions import check_expression
from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.tree import Expression, OperationFile, Result, StepDecl

ANSWER = "answer"

_OPERATIONS = ("underwriting.submit", "policy.issue")
"""The operations whose callers are told what is needed, and can answer."""


def check_needs(checking: Checking, operation: OperationFile, step: StepDecl, place: Place) -> None:
    """What a step waits for has been asked for by a step before it, in an operation that can wait."""
    needs = step.needs
    if needs is None:
        return
    if operation.name not in _OPERATIONS:
        hint = f"only {' and '.join(_OPERATIONS)} can wait for their caller"
        checking.say("E434", needs.mark, f"{operation.name} cannot wait for its caller", hint)
    elif step is operation.steps[0]:
        hint = "what must be known before anything is sent belongs to the request"
        checking.say("E434", needs.mark, "the first step waits, and nothing has been asked for yet", hint)
    if needs.kind.value == ANSWER and needs.ref is None:
        hint = "ref: the question it answers"
        checking.say("E434", needs.mark, "an answer is needed, and to what is not said", hint)
    for value in (needs.ref, needs.text):
        if isinstance(value, Expression):
            check_expression(checking, value, place, wire=False)


def check_asked_again(checking: Checking, result: Result, operation: OperationFile | None) -> None:
    """`then: answer` asks for what some step needs."""
    if result.then is None or result.then.value != ANSWER:
        return
    operations = checking.resolved.operations if operation is None else (operation,)
    if not any(step.needs is not None for each in operations for step in each.steps):
        hint = "needs: { kind: sms_code } at the step that waits"
        checking.say("E407", result.then.mark, "no step needs anything of its caller", hint)
    if result.every_s is not None:
        checking.say("E408", result.mark, "nobody is asked while the caller is waited for: every has no sense here")
