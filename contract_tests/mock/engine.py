"""One request of one namespace: recognised, checked, worked on, answered. Pure but for the world it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.language.expression import Evaluate, Scope
from contract_tests.mock.codings import octets
from contract_tests.mock.definition import Definition, Form, Operation
from contract_tests.mock.messages import HttpReply, HttpRequest
from contract_tests.mock.world import Answer, Received, World


@dataclass(slots=True)
class Exchange:
    """A request whose operation is known (or not), before anything was done about it."""

    world: World
    scope: Scope
    operation: Operation | None
    readable: bool
    fault: str | None = None

    @property
    def name(self) -> str:
        """The operation's name; `unreadable` and `unknown` for what cannot be told."""
        return self.operation.name if self.operation else "unknown" if self.readable else "unreadable"

    @property
    def key(self) -> str | None:
        """The business key of the request, as mock.yaml names it."""
        if self.operation is None:
            return None
        found = self.operation.key(self.scope)
        return None if found is None else str(found)


def recognise(world: World, request: HttpRequest) -> Exchange:
    """Decode a request and find its operation; changes nothing."""
    definition: Definition = world.definition
    scope = world.scope()
    scope["request"] = names = request.names({})
    operation, params = definition.find_operation(request.method, request.path, None)
    names["params"] = params
    if operation is not None and operation.open:
        return Exchange(world, scope, operation, readable=_let(operation, scope))
    readable = _decode(definition, scope)
    if readable and operation is None:
        try:
            code = definition.code(scope) if definition.code else None
        except ValueError:
            code, readable = None, False
        operation, names["params"] = definition.find_operation(request.method, request.path, code)
    if operation is not None:
        scope["operation"] = operation.name
        readable = readable and _let(operation, scope)
    return Exchange(world, scope, operation, readable)


def _decode(definition: Definition, scope: Scope) -> bool:
    try:
        for name, value in definition.decode:
            scope[name] = value(scope)
    except ValueError:
        return False
    return True


def _let(operation: Operation, scope: Scope) -> bool:
    """The operation's own names; a request that they cannot be read from is unreadable."""
    try:
        operation.let(scope)
    except ValueError:
        return False
    return True


def perform(exchange: Exchange) -> HttpReply:
    """Work on a request and answer it. A fault of mock.yaml itself is a 500 that names the place, and is remembered."""
    world, scope = exchange.world, exchange.scope
    try:
        answer = _decide(exchange)
        return render(world, scope, exchange.operation, answer)
    except ValueError as error:
        world.errors.append(str(error))
        return HttpReply(500, {"Content-Type": "text/plain; charset=utf-8"}, f"mock.yaml: {error}".encode())


def refusal(exchange: Exchange, what: str, otherwise: HttpReply) -> HttpReply:
    """What this carrier says for `says.<what>`, without working on the request."""
    definition: Definition = exchange.world.definition
    if what not in definition.says:
        return otherwise
    answer = definition.fail(exchange.scope, definition.says[what])
    return render(exchange.world, exchange.scope, exchange.operation, answer)


def _decide(exchange: Exchange) -> Answer:
    world, scope, operation = exchange.world, exchange.scope, exchange.operation
    definition: Definition = world.definition
    limit = definition.per_second_max
    if limit is not None and world.rate.over(world.clock.now(), limit):
        return definition.fail(scope, definition.says["rate_limit"])
    if not exchange.readable:
        return definition.fail(scope, definition.says["unreadable"])
    if operation is None:
        return definition.fail(scope, definition.says["unknown_operation"])
    if not operation.open and (answer := definition.before(scope)) is not None:
        return answer
    return _once(exchange, operation)


def _once(exchange: Exchange, operation: Operation) -> Answer:
    """Answer a duplicate as this carrier does; remember a request that counts."""
    world, scope, rules = exchange.world, exchange.scope, operation.once
    if rules is None:
        return _work(operation, scope)
    entry, same = (rules.name, str(rules.key(scope))), rules.same(scope)
    held = world.received.get(entry)
    if held is not None and (answer := _duplicate(exchange, operation, held, same)) is not None:
        return answer
    answer = _work(operation, scope)
    if answer.processed and rules.on_duplicate != "create_second":
        world.received[entry] = Received(world.clock.now(), same, answer)
    return answer.instead or answer


def _duplicate(exchange: Exchange, operation: Operation, held: Received, same: Any) -> Answer | None:
    world, scope, rules = exchange.world, exchange.scope, operation.once
    assert rules is not None
    fail = world.definition.fail
    if world.clock.now() - held.since > rules.lasts_s:
        found: Answer | None = fail(scope, rules.expired) if rules.expired else None
    elif rules.on_duplicate == "create_second":
        found = None
    elif rules.on_duplicate == "empty_reply":
        found = Answer("", ok=False, status=200, empty=True)
    elif rules.on_duplicate == "reject":
        found = fail(scope, rules.fail or "")
    elif rules.conflict is not None and held.same != same:
        found = fail(scope, rules.conflict)
    else:
        scope["replayed"] = True
        found = held.answer
    return found


def _work(operation: Operation, scope: Scope) -> Answer:
    definition: Definition = scope.world.definition
    if operation.shape is not None:
        path = operation.shape(scope.get("asked"))
        if path is not None:
            scope["field"] = path
            return definition.fail(scope, definition.says["invalid_field"])
    answer = operation.steps(scope)
    if answer is None:
        raise ValueError(f"{definition.file}: the steps of {operation.name} end without an answer")
    return answer


def render(world: World, scope: Scope, operation: Operation | None, answer: Answer) -> HttpReply:
    """Turn an answer into bytes by the operation's form."""
    definition: Definition = world.definition
    if answer.empty:
        return HttpReply(answer.status or 200)
    form: Form = definition.forms[answer.form or (operation.form if operation else "default")]
    scope.update(
        ok=answer.ok, code=answer.code, text=answer.text, body=answer.body, field=answer.field, given=answer.headers
    )
    scope["said"] = (form.success if answer.ok else form.failure)(scope)
    body, headers = encoded(scope, form.encode, form.body, form.headers, form.charset)
    headers.update({name: str(value) for name, value in answer.headers.items()})
    return HttpReply(answer.status or form.status, headers, body)


def encoded(
    scope: Scope, steps: tuple[tuple[str, Evaluate], ...], body: Evaluate, headers: Evaluate, charset: str
) -> tuple[bytes, dict[str, str]]:
    """Run a form's intermediate values, then its body and headers (which see the bytes as `sent`)."""
    for name, value in steps:
        scope[name] = value(scope)
    scope["sent"] = data = octets(body(scope), charset)
    given: Mapping[str, Any] = headers(scope)
    return data, {name: str(value) for name, value in given.items()}
