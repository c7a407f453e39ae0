"""A test on its way: its exchanges, its checks, its evidence; what must hold for every reply is looked at here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.kit.portable.definition import Callbacks, Claim, Kit, Names, Request, Standing, Wire
from contract_tests.kit.portable.evidence import Evidence
from contract_tests.kit.portable.listener import Listener
from contract_tests.kit.portable.results import Broken, Failed
from contract_tests.kit.portable.sending import NoReply, NotReached, Reply, Sender
from contract_tests.kit.portable.shapes import shown
from contract_tests.kit.portable.world import World
from contract_tests.language.expression import Evaluate, ExpressionError, Scope
from contract_tests.language.functions import put


@dataclass(slots=True)
class Stood:
    """How often a standing check held, and the first time it did not."""

    standing: Standing
    held: int = 0
    broken: str = ""
    could_not: str = ""
    evidence: dict[str, Any] | None = None


@dataclass(slots=True)
class Running:
    """What all tests of a run share."""

    kit: Kit
    world: World
    sender: Sender
    target: str
    names: dict[str, Any]
    evidence: Evidence
    listener: Listener | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    stood: dict[str, Stood] = field(default_factory=dict)
    refusals: list[list[Any]] = field(default_factory=list)
    steps: int = 0

    def scope(self) -> Scope:
        """The names every expression sees."""
        return Scope(self.world, {**self.kit.constants, **self.names, **self.kept})


class Course:
    """One test on its way; steps call it."""

    def __init__(self, running: Running) -> None:
        self.running, self.kit = running, running.kit
        self.checks = 0
        self.exchanges: list[dict[str, Any]] = []
        self._sent: dict[str, tuple[Request, Any, dict[str, Any]]] = {}
        self._seen: set[int] = set()

    def claim(self, claim: Claim, scope: Scope) -> None:
        """Look whether something holds. Raises Failed with both sides of a comparison."""
        self.checks += 1
        why = broken(claim, scope)
        if why:
            raise Failed(why)

    def send(self, request: Request, scope: Scope, name: str, *, changes: Names, drops: tuple[str, ...]) -> None:
        """Make a request of a tree under a name; `dispatch` sends it."""
        inner = Scope(scope.world, scope)
        tree = request.tree(inner)
        for key, evaluate in request.names:
            inner[key] = evaluate(inner)
        tree = _changed(tree, request.sets, request.drops, inner)
        tree = _changed(tree, changes, drops, inner)
        self._sent[name] = (request, tree, {key: inner[key] for key, _ in request.names})

    def repeat(self, earlier: str, name: str, scope: Scope, *, changes: Names, drops: tuple[str, ...]) -> None:
        """Take an earlier tree as it was, with changes."""
        request, tree, names = self._sent[earlier]
        inner = Scope(scope.world, {**scope, **names})
        self._sent[name] = (request, _changed(tree, changes, drops, inner), names)

    def dispatch(self, name: str, scope: Scope, but: Mapping[str, Evaluate], *, standing: bool) -> None:
        """Write what `name` holds, send it, read the reply, look at what must always hold."""
        request, tree, names = self._sent[name]
        wire = self.kit.wires[request.wire]
        inner = Scope(scope.world, {**scope, **names, "tree": tree})
        sent = _written(wire, inner, but)
        target = str(wire.target(inner) or self.running.target)
        noted = self.running.evidence.request(request.name, sent)
        self.exchanges.append(noted)
        try:
            reply = self.running.sender.send(target, sent["method"], sent["path"], sent["headers"], sent["body"])
        except NotReached as error:
            raise Broken(f"{request.name}: {error}") from None
        except NoReply as error:
            raise Failed(f"{request.name}: no whole reply: {error}") from None
        self.running.evidence.reply(noted, reply)
        exchange = _read(wire, inner, sent, reply)
        if self.kit.needs:  # what is sealed on the wire shows nothing
            self.running.evidence.opened(noted, tree, exchange.get("said"))
        scope[name] = {**exchange, "tree": tree, "sent": sent}
        if standing:
            self._stands(
                Scope(scope.world, {**scope, **exchange, "tree": tree, "sent": sent}), noted, of_callbacks=False
            )

    def next_event(self, where: Evaluate, scope: Scope) -> dict[str, Any] | None:
        """The oldest callback this test has not had yet and wants."""
        listener = self.running.listener
        for number, event in enumerate(list(listener.events) if listener else ()):
            if number in self._seen:
                continue
            try:
                wanted = where(Scope(scope.world, {**scope, **event}))
            except ExpressionError:
                wanted = False
            if wanted:
                self._seen.add(number)
                return event
        return None

    def heard(self, event: dict[str, Any], scope: Scope) -> None:
        """Look at what must hold for every callback."""
        noted = self.running.evidence.callback(event)
        self.exchanges.append(noted)
        self._stands(Scope(scope.world, {**scope, **event}), noted, of_callbacks=True)

    def _stands(self, scope: Scope, noted: dict[str, Any], *, of_callbacks: bool) -> None:
        for standing in self.kit.standing:
            if standing.of_callbacks is not of_callbacks:
                continue
            stood = self.running.stood[standing.name]
            if standing.when is not None and not standing.when(scope):
                continue
            why = broken(standing.holds, scope)
            if not why:
                stood.held += 1
            elif not stood.broken:
                stood.broken, stood.evidence = why, noted


def broken(claim: Claim, scope: Scope) -> str:
    """Why a claim does not hold; empty when it does."""
    try:
        if claim.run(scope):
            return ""
        sides = [shown(side(scope)) for side in claim.sides or ()]
    except ExpressionError as error:
        return f"{claim.text}: {str(error).partition(' failed: ')[2]}"
    return f"{claim.text}: {sides[0]} beside {sides[1]}" if sides else f"it does not hold that {claim.text}"


def _changed(tree: Any, sets: Names, drops: tuple[str, ...], scope: Scope) -> Any:
    """A tree with values put at dotted paths, and others taken out."""
    for path, evaluate in sets:
        tree = put(tree, path, evaluate(scope))
    for path in drops:
        tree = cut(tree, path)
    return tree


def _written(wire: Wire, scope: Scope, but: Mapping[str, Evaluate]) -> dict[str, Any]:
    """Every name of the writing, and the parts of the request; `but` gives another value to any of them."""
    names: dict[str, Any] = {}
    parts = (("method", wire.method), ("path", wire.path), ("headers", wire.headers), ("body", wire.body))
    for name, evaluate in (*wire.write, *parts):
        names[name] = scope[name] = but.get(name, evaluate)(scope)
    headers = {key: str(value) for key, value in (names["headers"] or {}).items()}
    body = names["body"]
    plain = b"" if body is None else body if isinstance(body, bytes) else str(body).encode()
    return {**names, "method": str(names["method"]), "path": str(names["path"]), "headers": headers, "body": plain}


def _read(wire: Wire, scope: Scope, sent: dict[str, Any], reply: Reply) -> dict[str, Any]:
    inner = Scope(scope.world, {**scope, "sent": sent})
    came = {"status": reply.status, "headers": dict(reply.headers), "body": reply.body}
    return read_names(wire.read, inner, came)


def read_names(names: Names, scope: Scope, came: dict[str, Any]) -> dict[str, Any]:
    """What came and every name read from it; `unreadable` says which could not be."""
    found: dict[str, Any] = {**came, "unreadable": None}
    scope.update(found)
    for name, evaluate in names:
        try:
            found[name] = evaluate(scope)
        except ExpressionError as error:
            found[name] = None
            found["unreadable"] = found["unreadable"] or f"{name}: {str(error).partition(' failed: ')[2]}"
        scope[name] = found[name]
    return found


def acknowledgement(rules: Callbacks, scope: Scope) -> tuple[int, dict[str, str], bytes]:
    """What a callback is answered."""
    body = rules.body(scope)
    headers = {key: str(value) for key, value in (rules.headers(scope) or {}).items()}
    return int(rules.status(scope)), headers, body if isinstance(body, bytes) else str(body or "").encode()


def cut(tree: Any, path: str) -> Any:
    """A copy of a tree without what stands at a dotted path."""
    name, _, rest = path.partition(".")
    if isinstance(tree, list):
        at = int(name)
        return [cut(item, rest) if index == at else item for index, item in enumerate(tree) if rest or index != at]
    if not isinstance(tree, dict) or name not in tree:
        return tree
    if rest:
        return {**tree, name: cut(tree[name], rest)}
    return {key: value for key, value in tree.items() if key != name}
