"""What a reply must bear to be ours: the number as the message wrote it, told by the carrier in its own way."""

import re
from collections.abc import Mapping
from typing import Any

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
        number = compiled(env, frame, Expression(_as_told(env, request, step, ours.value), ours.mark), scope).text
        return converter(env, echo.codec, Type("text"), ours.mark).send(number)
    if ours.value in ("request_no", "attempt_no"):
        written = _written(env, request, step, ours.value)
        return compiled(env, frame, written, scope).text if written is not None else f"ctx.{ours.value}"
    return compiled(env, frame, Expression(f'req("{ours.value}")', ours.mark), scope).text


def _as_told(env: Environment, request: Message, step: StepDecl, ours: str) -> str:
    """What is ours, as long as the message writes it somewhere, for a codec to write it as the carrier says it."""
    if ours not in ("request_no", "attempt_no"):
        return f'req("{ours}")'
    call_of = re.compile(rf"\b{ours}\((\d*)\)")
    found = [match for value in _expressions(env, request, step) if (match := call_of.search(value.source))]
    return found[0].group() if found else f"{ours}()"


def _expressions(env: Environment, request: Message, step: StepDecl) -> list[Expression]:
    """Where a number of ours may be written: the message, headers and address of the call, what wraps it."""
    sent = [send.value for send in request.send if isinstance(send.value, Expression)]
    in_headers = [header.value for header in step.headers if isinstance(header.value, Expression)]
    call = step.call
    in_path = [Expression(source, call.mark) for source in expressions_of(call)] if call is not None else []
    carrier = env.carrier.tree.carrier
    around = [layer.options for layer in (carrier.wire if step.wire is None else step.wire)]
    shared = [value for _, value in carrier.headers if isinstance(value, Expression)]
    return [*sent, *in_headers, *in_path, *_inside(around), *shared]


def _inside(option: Any) -> list[Expression]:
    """The expressions among the options of layers, as in `with: { head.no: =request_no(20) }`."""
    if isinstance(option, Expression):
        return [option]
    held = option.values() if isinstance(option, Mapping) else option if isinstance(option, list | tuple) else ()
    return [each for value in held for each in _inside(value)]


def _written(env: Environment, request: Message, step: StepDecl, number: str) -> Expression | None:
    """How one of our numbers is written, wherever the call bears it."""
    for value in _expressions(env, request, step):
        found = _NUMBER.fullmatch(value.source)
        if found is not None and found.group(1) == number:
            return value
    return None


def cut_of(env: Environment, request: Message, step: StepDecl, number: str) -> str:
    """How long the message itself writes one of our numbers: the key in a header is the same text."""
    written = _written(env, request, step, number)
    found = _NUMBER.fullmatch(written.source) if written is not None else None
    return found.group(2) if found is not None else ""
