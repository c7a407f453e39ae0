"""`needs` as data of a step, with the function that says what is needed in words for the caller."""

from __future__ import annotations

from cli.codegen.plan.code import Function, Line
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope, compiled
from cli.codegen.plan.frame import Frame
from cli.codegen.plan.types import Type
from cli.mapping.tree import NeedsDecl, Text, Value


def needs_text(env: Environment, needs: NeedsDecl, request: Type, steps: frozenset[str], name: str) -> str:
    """The source of a step's `Needs`; the function `name` is planned beside it."""
    frame = Frame(env.module, parameters={"req", "ctx"})
    imports, use = env.module.imports, env.use
    fields = [f"kind={imports.add('gateway.model', 'NeededKind')}.{needs.kind.value}"]
    scope = Scope(request, steps=steps)
    for field, value in (("ref", needs.ref), ("text", needs.text)):
        if value is not None:
            fields.append(f"{field}={_said(env, frame, value, scope)}")
    returns = imports.add("gateway.model", "Needed")
    line = Line(f"return {returns}({', '.join(fields)})", frame.tag(needs.mark))
    parameters = [f"req: {request.python(imports)}", f"ctx: {use('Context')}"]
    doc = "What only the caller can supply before this step."
    env.module.functions.append(Function(name, parameters, returns, [line], doc))
    given = [f"ask={name}"]
    given += [f"for_s={float(needs.for_s)!r}"] if needs.for_s is not None else []
    given += [f"because={needs.because.value!r}"] if needs.because is not None else []
    return f"{use('Needs')}({', '.join(given)})"


def _said(env: Environment, frame: Frame, value: Value, scope: Scope) -> str:
    if isinstance(value, Text):
        return repr(value.value)
    found = compiled(env, frame, value, scope)
    return found.text if found.is_text else f"{env.use('text_of')}({found.text})"
