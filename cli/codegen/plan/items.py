"""The outcome of one item of a reply's list: judged on its own, so that one item spoils no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.codegen.plan.code import Call, Function, Line, Statement
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.mapped import PARAMETERS, parameter
from cli.codegen.plan.merging import merged
from cli.codegen.plan.names import Locals
from cli.codegen.plan.outcomes import outcome_row
from cli.codegen.plan.results import field_statements, guarded_statement, noted
from cli.codegen.plan.targets import Target, Targets
from cli.mapping.outcomes import of_whole_reply
from cli.mapping.tree import Message
from gateway.model import MemberResult

if TYPE_CHECKING:
    from cli.codegen.plan.shapes import Shapes

_LOCALS = ("w", "v", "found", "one", "error", "outcome", "problems")


def judged(
    shapes: Shapes, env: Environment, frame: Frame, targets: Targets, name: str, message: Message, scope: Scope
) -> None:
    """The body of a function that reads an item: its outcome first, then every field on its own."""
    root = targets.root
    assert message.outcome_mark is not None
    if (result := root.type.fields.get("result")) is None or result.cls is not MemberResult:
        raise Refused("E471", message.outcome_mark, f"{root.type.name} has no place for the outcome of an item")
    frame.forgiving = True
    frame.uses.add("problems")
    for local in (*_LOCALS, *(field.attribute for field in root.type.fields.values())):
        frame.locals.take(local)
    shapes.rows_in(env, frame, targets, message, scope)
    said = _said(targets, message)
    targets.ready()
    body = [statement for each in frame.body for statement in guarded_statement(env, each)]
    frame.body[:] = [*_outcome(env, frame, name, message, scope), *body, *_fields(env, targets)]
    _return(env, frame, targets, said)


def _said(targets: Targets, message: Message) -> str:
    """The variable with the carrier's words about the item; rows may fill nothing else of its result."""
    told = targets.root.fields.pop("result", None)
    if told is None:
        return "None"
    if told.is_leaf or set(told.fields) != {"text"}:
        assert message.outcome_mark is not None
        raise Refused("E471", message.outcome_mark, "outcome gives result.code: rows may fill result.text only")
    targets.settle(told)
    return str(told.fields["text"].text)


def _outcome(env: Environment, frame: Frame, name: str, message: Message, scope: Scope) -> list[Statement]:
    classify = _classify(env, f"{name.removesuffix('_in')}_outcome", message, scope)
    uses = [each for each in PARAMETERS if each in classify.uses]
    frame.uses |= classify.uses - frame.parameters
    called = f"{classify.function}({', '.join(['w', *uses])})"
    return [Line(f"outcome = {env.use('UNKNOWN')}"), noted(env, [Line(f"outcome = {called}")])]


class _Classify:
    """The function that judges an item, and what it needs of its caller."""

    def __init__(self, function: str, uses: set[str]) -> None:
        self.function, self.uses = function, uses


def _classify(env: Environment, name: str, message: Message, scope: Scope) -> _Classify:
    frame = Frame(env.module, Locals(("w",)), parameters={"w"}, mark=message.mark)
    inside = Scope(request=scope.request, reply=True, steps=scope.steps, element=True)
    rows: list[Statement] = []
    for row in message.outcome:
        with env.carrier.faults.collected():
            for mark, why in of_whole_reply(row):
                raise Refused("E470", mark, why)
            rows += outcome_row(env, frame, row, inside)
    parameters = [f"w: {env.use('Wire')}"]
    parameters += [parameter(env, each, scope) for each in PARAMETERS if each in frame.uses]
    doc = "What became of one item: the first row of its outcome table that holds."
    env.module.functions.append(Function(name, parameters, env.use("Outcome"), merged(rows), doc))
    assert message.outcome_mark is not None
    env.carrier.looked_in.setdefault(message.outcome_mark, set()).update(frame.looked)
    return _Classify(name, set(frame.uses))


def _fields(env: Environment, targets: Targets) -> list[Statement]:
    body: list[Statement] = []
    for name, kind in targets.root.type.fields.items():
        target = targets.root.fields.get(name)
        if target is not None:
            text, tag = targets.value(target, required=False)
            body += field_statements(env, kind, text, tag, target)
    return body


def _return(env: Environment, frame: Frame, targets: Targets, said: str) -> None:
    root: Target = targets.root
    fields = root.type.fields
    arguments = [(f"{fields[name].attribute}={text}", "") for name, text in root.fixed.items()]
    arguments += [(f"{kind.attribute}={kind.attribute}", "") for name, kind in fields.items() if name in root.fields]
    arguments.append((f"result={env.use('item_result')}(outcome, {said}, problems)", ""))
    frame.say(Call(f"return {targets.class_of(root)}(", arguments))


__all__ = ["judged"]
