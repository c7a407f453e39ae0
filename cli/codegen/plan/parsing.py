"""The functions behind every reply and callback: classify first, read second, and never raise."""

from __future__ import annotations

from dataclasses import dataclass

from cli.codegen.plan.code import Constant, Function, Line, Statement, Try, arms
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope
from cli.codegen.plan.known import known_names
from cli.codegen.plan.outcomes import by_status_function, classify_function
from cli.codegen.plan.results import result_function
from cli.codegen.plan.types import Type
from cli.mapping.tree import Path, Response
from gateway.model import PolicyIssueBatchRequest


@dataclass(frozen=True, slots=True)
class StepNames:
    """How the functions of one step are called: bare names in a one-call operation."""

    step: str

    def of(self, stem: str) -> str:
        """The function's name."""
        return f"{stem}_{self.step}" if self.step else stem


def plan_reply(
    env: Environment, response: Response, result: Type, scope: Scope, names: StepNames, taken: str,
    looked: tuple[Path, ...] = (),
) -> bool:  # fmt: skip
    """The functions that understand one decoded message; tells whether statuses alone say something.

    `taken` is what the message came in: a `WireReply`, or an `Inbound` for a callback. `looked` are further wire paths
    that are read.
    """
    functions = env.module.functions
    before, env.carrier.looked = env.carrier.looked, set()
    classify = classify_function(env, response, scope, names.of("classify"), taken)
    functions.append(classify)
    by_status = by_status_function(env, response, names.of("by_status")) if taken == "WireReply" else None
    functions += [by_status] if by_status is not None else []
    functions.append(result_function(env, response.message, result, scope, names.of("read_result"), taken))
    paths, env.carrier.looked = env.carrier.looked, before | env.carrier.looked
    ways = [tuple(path.split(".")) for path in sorted(paths)]
    ways += [_way(path) for path in (*(echo.path for echo in response.correlate), *looked)]
    known = known_names(response.message, env.carrier.shapes, ways)
    env.module.constants.append(Constant(names.of("known").upper(), "", f"{env.use('Known')}({known!r})"))
    return by_status is not None


def _way(path: Path) -> tuple[str, ...]:
    names = tuple(segment.name for segment in path.segments if not segment.name.isdigit())
    return (*names, f"@{path.attribute}") if path.attribute is not None else names


def parse_function(
    env: Environment,
    scope: Scope,
    names: StepNames,
    decoded: str,
    tests: list[Statement],
    *,
    by_status: bool,
) -> Function:
    """`parse`: the reply, classified first and mapped second."""
    use = env.use
    request = "req, " if scope.request is not None else ""
    unread = f"{names.of('by_status')}(reply, ctx)" if by_status else use("UNKNOWN")
    forged = [(f"{use('Forged')} as error", [_failed(env, use("UNKNOWN"), "")])] if by_status else []
    handlers: list[tuple[str, list[Statement]]] = [*forged, ("Exception as error", [_failed(env, unread, "")])]
    body: list[Statement] = [
        Try([Line(f"wire = {decoded}(reply, ctx)")], *handlers[0], handlers[1:]),
        Try(
            [Line(f"outcome = {names.of('classify')}(wire, reply, {request}ctx)"), *tests],
            "Exception as error",
            [_failed(env, use("UNKNOWN"), ", wire=wire")],
        ),
        *understood(env, names, request, scope),
    ]
    parameters = [f"reply: {use('WireReply')}"]
    if scope.request is not None:
        parameters.append(f"req: {scope.request.python(env.module.imports)}")
    parameters.append(f"ctx: {use('Context')}")
    doc = "The reply, classified first and mapped second; never raises."
    return Function(names.of("parse"), parameters, use("Reply"), body, doc)


def understood(env: Environment, names: StepNames, request: str, scope: Scope | None = None) -> list[Statement]:
    """The last statements of a parser: the result, and the `Reply` around it."""
    use = env.use
    unmapped = f"{use('unmapped')}(wire, {names.of('known').upper()}, {use('UNMAPPED_MAX')})"
    if env.carrier.default("unknown_wire_fields", "warn") == "ignore":
        unmapped = "()"
    strict = env.carrier.default("unknown_wire_fields", "warn") == "error"
    given = "unnamed" if strict else unmapped
    refused = [Line(f"unnamed = {unmapped}"), Line(f"problems += {use('told_unnamed')}(unnamed)")] if strict else []
    made = f"outcome=outcome, result=result, incomplete=bool(told), problems=told, unmapped={given}, wire=wire"
    return [
        Line(f"result, problems = {names.of('read_result')}(wire, reply, {request}ctx)"),
        *([Line(f"result = {use('matched_items')}(req, result, outcome, problems)")] if _is_batch(scope) else []),
        *refused,
        Line(f"told = {use('heard')}(problems, outcome)"),
        Line(f"return {use('Reply')}({made})"),
    ]


def _is_batch(scope: Scope | None) -> bool:
    return scope is not None and scope.request is not None and scope.request.cls is PolicyIssueBatchRequest


def _failed(env: Environment, outcome: str, more: str) -> Statement:
    return Line(f"return {env.use('Reply')}(outcome={outcome}, problems=({env.use('problem')}(error),){more})")


def plain_statuses(response: Response) -> tuple[int, ...]:
    """Statuses that say by themselves, in a row of their own, that nothing was executed: they need no echo."""
    kinds = ("refused", "not_executed")
    rows = [row for row in response.outcome if row.http and row.when is None and row.result is not None]
    return tuple(
        sorted({status for row in rows if row.result and row.result.kind.value in kinds for status in row.http})
    )


def echo_tests(
    env: Environment, echoes: list[tuple[str, str, str]], plain: tuple[int, ...], *, lenient: bool
) -> list[Statement]:
    """A reply without our number may be another caller's: whatever it says, we know nothing.

    `lenient`: this carrier's errors bear no number, so that only another's number makes a no another's.
    """
    found: list[Statement] = []
    for sent, got, tag in echoes:
        raised = f"raise {env.use('Unreadable')}('the reply does not bear what was sent: it may be another caller\\'s')"
        test = (
            f"{env.use('echoed_in_yes')}({sent}, {got}, outcome)" if lenient else f"{env.use('echoed')}({sent}, {got})"
        )
        exempt = f"reply.status not in {plain!r} and " if plain else ""
        found.append(arms((f"{exempt}not {test}", [Line(raised, tag)], tag)))
    return found
