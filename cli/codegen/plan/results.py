"""Reading a reply's result: every field on its own, so that one that cannot be read costs only itself."""

from __future__ import annotations

import re

from cli.codegen.plan.choosing import chooses
from cli.codegen.plan.code import Function, Line, Statement, Try
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope
from cli.codegen.plan.frame import Frame
from cli.codegen.plan.merging import merged
from cli.codegen.plan.names import Locals
from cli.codegen.plan.prescan import repeated_targets
from cli.codegen.plan.reading import Reading
from cli.codegen.plan.targets import Target, Targets
from cli.codegen.plan.types import Type
from cli.codegen.plan.wires import Node, Wires
from cli.mapping.tree import Message

_DECLARED = re.compile(r"(\w+): ([^=]+?) = (.*)", re.DOTALL)
_LOCALS = ("wire", "v", "found", "one", "problems", "raw", "req", "ctx", "status", "headers", "error", "reply")


def result_function(
    env: Environment, message: Message, kind: Type, scope: Scope, name: str, taken: str = "WireReply"
) -> Function:
    """`read_result`: the canonical result of a decoded reply, and what of it could not be read."""
    parameters = {"wire", "req", "ctx"}
    frame = Frame(env.module, Locals(_LOCALS), parameters=parameters, mark=message.mark, is_result=True, forgiving=True)
    frame.repeated = repeated_targets(message)
    root = Target(kind, "it")
    for field in kind.fields.values():
        frame.locals.take(field.attribute)
    targets = Targets(env, frame, root)
    wires = Wires(env, frame, Node("wire"), is_message=True)
    reading = Reading(env, frame, wires, targets, wires.root, root, scope, env.carrier.missing)
    reading.message(message)
    targets.ready()
    body = [statement for each in frame.body for statement in guarded_statement(env, each)]
    body += _fields(env, frame, targets)
    chooses(body, scope, frame.mark)
    result, fields = targets.class_of(root), ", ".join(f"{text}={text}" for text in _names(targets))
    body.append(Line(f"return {result}({fields}), problems"))
    return Function(
        name,
        _parameters(env, scope, taken),
        f"tuple[{result}, list[str]]",
        _start(env, frame) + merged(body),
        "What the reply tells, and what of it could not be read.",
    )


def _start(env: Environment, frame: Frame) -> list[Statement]:
    start: list[Statement] = [Line("problems: list[str] = []")]
    if "raw" in frame.uses:
        start.append(Line("raw: dict[str, str] = {}"))
    if "headers" in frame.uses:
        start.append(Line(f"headers = {env.use('headers_of')}(reply)"))
    if "status" in frame.uses:
        start.append(Line("status = reply.status"))
    return start


def _parameters(env: Environment, scope: Scope, taken: str) -> list[str]:
    parameters = [f"wire: {env.use('Wire')}", f"reply: {env.use(taken)}"]
    if scope.request is not None:
        parameters.append(f"req: {scope.request.python(env.module.imports)}")
    return [*parameters, f"ctx: {env.use('Context')}"]


def guarded_statement(env: Environment, statement: Statement) -> list[Statement]:
    """One statement so that its failure is noted and reading goes on."""
    if isinstance(statement, Line) and ("= element_in(" in statement.text or "= chosen_in(" in statement.text):
        return [statement]
    if isinstance(statement, Line) and (found := _DECLARED.fullmatch(statement.text)):
        name, annotation, text = found.groups()
        if text == "None" or (annotation.startswith("list[") and text == "[]"):
            return [statement]
        empty = "()" if annotation.startswith("tuple") else "{}" if annotation.startswith("dict") else "None"
        if empty == "None" and not annotation.endswith("None"):
            annotation = f"{annotation} | None"
        return [Line(f"{name}: {annotation} = {empty}"), noted(env, [Line(f"{name} = {text}", statement.tag)])]
    return [noted(env, [statement])]


def noted(env: Environment, body: list[Statement]) -> Statement:
    """Statements whose failure is noted among the problems."""
    return Try(body, "Exception as error", [Line(f"{env.use('note')}(problems, error)")])


def _names(targets: Targets) -> list[str]:
    return [kind.attribute for name, kind in targets.root.type.fields.items() if name in _filled(targets)]


def _filled(targets: Targets) -> set[str]:
    filled = set(targets.root.fields)
    if "raw" in targets.frame.uses and "ext" in targets.root.type.fields:
        filled.add("ext")
    return filled


def _fields(env: Environment, frame: Frame, targets: Targets) -> list[Statement]:
    body: list[Statement] = []
    # `ext` last: it keeps the codes the others could not place.
    for name, kind in sorted(targets.root.type.fields.items(), key=lambda field: field[0] == "ext"):
        if name not in _filled(targets):
            continue
        target = targets.root.fields.get(name)
        text, tag = targets.value(target, required=False) if target is not None else ("{}", "")
        if name == "ext" and "raw" in frame.uses:
            text = (
                f"{{**{text}, 'raw': raw}} if raw else {text}" if target is not None else "{'raw': raw} if raw else {}"
            )
        body += field_statements(env, kind, text, tag, target)
    return body


def field_statements(env: Environment, kind: Type, text: str, tag: str, target: Target | None) -> list[Statement]:
    """A field of the object in a variable of its name; empty where it cannot be read."""
    if text == kind.attribute:
        return []
    imports = env.module.imports
    python = kind.python(imports) if kind.kind != "map" else f"dict[str, {imports.add('typing', 'Any')}]"
    empty = {"list": "()", "map": "{}"}.get(kind.kind, "None")
    if empty != "None" and target is not None and target.is_leaf and target.nullable:
        text = f"({text}) or {empty}"
    annotation = python if empty != "None" else f"{python} | None"
    plain = Line(f"{kind.attribute} = {text}", tag)
    return [Line(f"{kind.attribute}: {annotation} = {empty}"), noted(env, [plain])]
