"""What a reply must bear to be ours: the number as the message wrote it, told by the carrier in its own way."""

import re

from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope, compiled
from cli.codegen.plan.frame import Frame
from cli.codegen.plan.types import Type
from cli.codegen.plan.values import converter
from cli.mapping.braces import expressions_of
from cli.mapping.tree import Echo, Expression, Message, Path, StepDecl

_NUMBER = re.compile(r"\s*(?:uuid\(\s*|encode\(\s*)?(request_no|attempt_no)\((\d*)\)\s*(?:,[^,]*)?\)?\s*")


def path_names(path: Path) -> list[str]:
    """The members on the way to a field, as source text."""
    names = [segment.name if segment.name.isdigit() else repr(segment.name) for segment in path.segments]
    return [*names, repr(f"@{path.attribute}")] if path.attribute is not None else names


def sent_of(env: Environment, frame: Frame, request: Message, step: StepDecl, echo: Echo, scope: Scope) -> str:
    """Our side of an echo: the number as it was sent, cut where the carrier wants it cut."""
    ours = echo.ours
    if echo.codec is not None:
        number = compiled(env, frame, Expression(_as_told(request, step, ours.value), ours.mark), scope).text
        return converter(env, echo.codec, Type("text"), ours.mark).send(number)
    if ours.value in ("request_no", "attempt_no"):
        written = _written(request, step, ours.value)
        return compiled(env, frame, written, scope).text if written is not None else f"ctx.{ours.value}"
    return compiled(env, frame, Expression(f'req("{ours.value}")', ours.mark), scope).text


def _as_told(request: Message, step: StepDecl, ours: str) -> str:
    """What is ours, as long as the message writes it somewhere, for a codec to write it as the carrier says it."""
    if ours not in ("request_no", "attempt_no"):
        return f'req("{ours}")'
    call_of = re.compile(rf"\b{ours}\((\d*)\)")
    found = [match for value in _expressions(request, step) if (match := call_of.search(value.source))]
    return found[0].group() if found else f"{ours}()"


def _expressions(request: Message, step: StepDecl) -> list[Expression]:
    sent = [send.value for send in request.send if isinstance(send.value, Expression)]
    in_headers = [header.value for header in step.headers if isinstance(header.value, Expression)]
    call = step.call
    in_path = [Expression(source, call.mark) for source in expressions_of(call)] if call is not None else []
    return [*sent, *in_headers, *in_path]


def _written(request: Message, step: StepDecl, number: str) -> Expression | None:
    """How one of our numbers is written: in the message, in a header of the call, or in the path it is sent to."""
    for value in _expressions(request, step):
        found = _NUMBER.fullmatch(value.source)
        if found is not None and found.group(1) == number:
            return value
    return None


def cut_of(request: Message, step: StepDecl, number: str) -> str:
    """How long the message itself writes one of our numbers: the key in a header is the same text."""
    written = _written(request, step, number)
    found = _NUMBER.fullmatch(written.source) if written is not None else None
    return found.group(2) if found is not None else ""
