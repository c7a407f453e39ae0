"""The admin API of a mock carrier: plans, ledger, requests, state, clock and callbacks, on a port of its own."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol
from urllib.parse import parse_qs

from contract_tests.mock.callbacks import Delivery, Dispatcher
from contract_tests.mock.faults import FAULTS, BadPlan, Plan, read_plan
from contract_tests.mock.messages import BadRequest, HttpReply, HttpRequest, json_reply, read_body, read_head
from contract_tests.mock.world import World

LIST_MAX = 10_000
INSTANT_MAX = 250_000_000_000
FAR = 10 * INSTANT_MAX


class Mock(Protocol):
    """What the admin API needs of a mock carrier."""

    dispatcher: Dispatcher
    requests: Any
    played: dict[str, Counter[str]]

    def world(self, namespace: str) -> World: ...
    def plan_of(self, namespace: str) -> Plan: ...
    async def plan(self, *faults: Any, seed: int, namespace: str) -> None: ...
    def ledger(self, namespace: str | None) -> list[dict[str, Any]]: ...
    def given(self, name: str, params: Any, namespace: str) -> dict[str, Any]: ...
    def reset(self, namespace: str | None) -> None: ...
    def count(self, fault: str, namespace: str) -> None: ...


class NotKnown(LookupError):
    """Something the admin API was asked for that is not there."""


Handler = Callable[["Admin", str, dict[str, Any], dict[str, str]], Awaitable[Any]]


class Admin:
    """Serves the admin API; every call may name a namespace with `?ns=`."""

    def __init__(self, mock: Mock) -> None:
        self.mock = mock

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests of one connection."""
        while not reader.at_eof():
            try:
                request = read_head(await reader.readuntil(b"\r\n\r\n"))
                await read_body(request, reader)
            except (asyncio.LimitOverrunError, ValueError) as error:
                writer.write(_said(400, {"error": f"this is no request: {error}"}).whole(keep_alive=False))
                await writer.drain()
                return
            reply = await self._answer(request)
            writer.write(reply.whole(keep_alive=request.keep_alive))
            await writer.drain()
            if not request.keep_alive:
                return

    async def _answer(self, request: HttpRequest) -> HttpReply:
        call = _ROUTES.get((request.method, request.path))
        if call is None:
            known = ", ".join(f"{method} {path}" for method, path in _ROUTES)
            return _said(404, {"error": "no such call", "known": known})
        handler, words = call
        try:
            query = _query(request.query)
            body = _body(request.body, words)
            return _said(200, await handler(self, query.get("ns", "default"), body, query))
        except NotKnown as error:
            return _said(404, {"error": str(error)})
        except (BadPlan, BadRequest, ValueError, TypeError, LookupError, OverflowError) as error:
            return _said(400, {"error": str(error)})

    async def faults(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """The plan of a namespace, how often each fault was really played there, and what can be planned."""
        kinds = {name: {"about": kind.about, "with": dict(kind.params)} for name, kind in FAULTS.items()}
        played = dict(sorted(self.mock.played.get(namespace, {}).items()))
        return {**self.mock.plan_of(namespace).describe(), "played": played, "known": kinds}

    async def put_faults(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Replace the plan: `{"faults": [...], "seed": 0}`."""
        rules, seed = read_plan(body)
        await self.mock.plan(*rules, seed=seed, namespace=namespace)
        return self.mock.plan_of(namespace).describe()

    async def ledger(self, _: str, __: Any, query: dict[str, str]) -> Any:
        """Every effect; of all namespaces unless one is named."""
        return {"effects": self.mock.ledger(query.get("ns"))}

    async def requests(self, _: str, __: Any, query: dict[str, str]) -> Any:
        """Requests as they arrived, oldest first; `?last=n` for the newest."""
        last = query.get("last", str(LIST_MAX))
        if not last.isdecimal():
            raise BadRequest(f"last is a whole number, not '{last}'")
        found = [one for one in self.mock.requests if query.get("ns") in (None, one.namespace)]
        return {"requests": [one.describe() for one in found[max(len(found) - int(last), 0) :]]}

    async def state(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """Every record of a namespace, its clock, and what went wrong in mock.yaml."""
        world = self.mock.world(namespace)
        return {
            "now": world.now().isoformat(),
            "frozen": world.clock.frozen,
            "timers": len(world.timers),
            "records": world.things,
            "errors": list(world.errors),
        }

    async def advance(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Move the clock: `{"seconds": 60}`, or to an instant: `{"to": 1772326800.0}`."""
        world = self.mock.world(namespace)
        if "to" in body:
            world.timers.go_to(_instant(_number(body, "to")))
        else:
            world.timers.go_to(_instant(world.clock.now() + _number(body, "seconds")))
        return {"now": world.now().isoformat()}

    async def freeze(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Let the clock stand still, at `at` or now."""
        world = self.mock.world(namespace)
        world.timers.freeze(_instant(_number(body, "at")) if "at" in body else world.clock.now())
        return {"now": world.now().isoformat()}

    async def run(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """Let the clock go on."""
        self.mock.world(namespace).timers.run()
        return {"now": self.mock.world(namespace).now().isoformat()}

    async def numbers(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Say what comes next: `{"serials": {"policy": 45}, "nonces": ["..."]}`."""
        serials, nonces = body.get("serials", {}), body.get("nonces", [])
        if not isinstance(serials, dict) or not all(type(each) is int and each > 0 for each in serials.values()):
            raise BadRequest('serials are names with whole numbers from 1: {"serials": {"policy": 45}}')
        if not isinstance(nonces, list) or not all(isinstance(each, str) for each in nonces):
            raise BadRequest('nonces are a list of texts: {"nonces": ["..."]}')
        self.mock.world(namespace).numbers.give(serials, nonces)
        return {}

    async def given(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Bring about a state that mock.yaml names: `{"name": ..., "with": {...}}`."""
        name, told = _text(body, "name"), body.get("with", {})
        _known("given", name, self.mock.world(namespace).definition.givens)
        if not isinstance(told, dict):
            raise BadRequest('with is a JSON object: {"name": ..., "with": {...}}')
        return {"records": self.mock.given(name, told, namespace)}

    async def progress(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Let a record's state end: `{"record": "policy", "no": ..., "way": "accept"}`; `way` for manual states."""
        world = self.mock.world(namespace)
        kind, number = _text(body, "record"), _text(body, "no")
        _known("record", kind, world.definition.kinds)
        view = world.find(kind, {"no": number})
        thing = world.actual(kind, view) if view else None
        if thing is None:
            raise NotKnown(f"there is no {kind} '{number}' in the namespace {namespace}")
        rules = world.definition.kinds[thing.kind].states[thing["state"]]
        if "way" in body:
            _known(f"way out of {thing['state']}", _text(body, "way"), rules.manual)
        procedure = rules.manual[body["way"]] if "way" in body else rules.run
        return {"moved": world.progress(thing, thing["state"], procedure), "record": thing}

    async def reset(self, _: str, __: Any, query: dict[str, str]) -> Any:
        """Forget records, timers, plans and requests, of all namespaces unless one is named."""
        self.mock.reset(query.get("ns"))
        return {}

    async def callbacks(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """Every delivery of a namespace with its attempts."""
        return {"callbacks": [one.describe() for one in self.mock.dispatcher.of(namespace)]}

    async def hold(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """Keep callbacks back from now on."""
        self.mock.dispatcher.holding.add(namespace)
        return {}

    async def release(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """Deliver what is held."""
        return {"sent": await self._released(namespace, "callbacks/release", at_least=1)}

    async def reorder(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """Deliver what is held, the newest first."""
        return {"sent": await self._released(namespace, "callbacks/reorder", at_least=2)}

    async def _released(self, namespace: str, verb: str, *, at_least: int) -> int:
        """One alone has no order to be turned round: that is counted as nothing."""
        sent = await self.mock.dispatcher.release(namespace, backwards=verb == "callbacks/reorder")
        if sent >= at_least:
            self.mock.count(verb, namespace)
        return sent

    async def duplicate(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Deliver one again (`{"id": 3}`, else the newest)."""
        delivery = self._delivery(namespace, body)
        acknowledged = await self.mock.dispatcher.attempt(delivery)
        if delivery.has_arrived:
            self.mock.count("callbacks/duplicate", namespace)
        return {"acknowledged": acknowledged}

    async def forge(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Deliver a copy, wrongly signed, with changed members: `{"id": 3, "changes": {"body.no": "X"}}`."""
        delivery = self._delivery(namespace, body)
        changes = body.get("changes", {})
        if not isinstance(changes, dict):
            raise BadRequest('changes are paths with values: {"changes": {"body.no": "X"}}')
        forged = await self.mock.dispatcher.forge(delivery, changes)
        if forged.has_arrived:
            self.mock.count("callbacks/forge", namespace)
        return forged.describe()

    def _delivery(self, namespace: str, body: Any) -> Delivery:
        """The one that is named, else the newest of the carrier's own: a forgery is nobody's to send again."""
        named = body.get("id")
        known = self.mock.dispatcher.of(namespace)
        found = [one for one in known if (one.number == named if named is not None else not one.forged)]
        if not found:
            which = f"callback {body['id']}" if "id" in body else "callback"
            raise NotKnown(f"there is no {which} in the namespace {namespace}")
        return found[-1]


def _said(status: int, tree: Any) -> HttpReply:
    return json_reply(status, json.dumps(tree, ensure_ascii=False, default=str).encode())


def _query(text: str) -> dict[str, str]:
    query = {name: values[-1] for name, values in parse_qs(text).items()}
    if unknown := sorted(query.keys() - {"ns", "last"}):
        raise BadRequest(f"no call asks for '{unknown[0]}': only ns, and last of requests")
    return query


def _body(data: bytes, words: Collection[str]) -> dict[str, Any]:
    """The body of a call, an object with the words this call knows; none is an empty one."""
    try:
        body = json.loads(data or b"{}", parse_constant=_no_number)
    except RecursionError:
        raise BadRequest("the body is nested too deeply") from None
    except ValueError as error:
        raise BadRequest(f"the body is no JSON: {error}") from None
    if words is PLAN:
        return body  # type: ignore[no-any-return]  # what a plan may be is said where plans are read
    if not isinstance(body, dict):
        raise BadRequest(f"the body is a JSON object with {', '.join(words) or 'nothing in it'}")
    if unknown := sorted(body.keys() - set(words)):
        raise BadRequest(f"this call knows no '{unknown[0]}'; it takes {', '.join(words) or 'nothing'}")
    return body


def _no_number(text: str) -> None:
    raise BadRequest(f"{text} is no number")


def _number(body: dict[str, Any], name: str) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadRequest(f"this call needs '{name}', a number of seconds")
    # As many digits as one likes are an integer to JSON, and too many for a float.
    return float(max(-FAR, min(value, FAR)))


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise BadRequest(f"this call needs '{name}', a text")
    return value


def _instant(moment: float) -> float:
    """An instant that calendars know."""
    if not 0 <= moment <= INSTANT_MAX:
        raise BadRequest(f"the clock goes from 0 to {INSTANT_MAX} seconds after 1970")
    return moment


def _known(what: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        raise NotKnown(f"there is no {what} '{name}'; there are: {', '.join(names) or 'none'}")


PLAN = ("faults", "seed")
_ID = ("id",)
_ROUTES: dict[tuple[str, str], tuple[Handler, tuple[str, ...]]] = {
    ("GET", "/_mock/faults"): (Admin.faults, ()),
    ("PUT", "/_mock/faults"): (Admin.put_faults, PLAN),
    ("GET", "/_mock/ledger"): (Admin.ledger, ()),
    ("GET", "/_mock/requests"): (Admin.requests, ()),
    ("GET", "/_mock/state"): (Admin.state, ()),
    ("POST", "/_mock/clock/advance"): (Admin.advance, ("seconds", "to")),
    ("POST", "/_mock/clock/freeze"): (Admin.freeze, ("at",)),
    ("POST", "/_mock/clock/run"): (Admin.run, ()),
    ("PUT", "/_mock/numbers"): (Admin.numbers, ("serials", "nonces")),
    ("POST", "/_mock/given"): (Admin.given, ("name", "with")),
    ("POST", "/_mock/progress"): (Admin.progress, ("record", "no", "way")),
    ("POST", "/_mock/reset"): (Admin.reset, ()),
    ("GET", "/_mock/callbacks"): (Admin.callbacks, ()),
    ("POST", "/_mock/callbacks/hold"): (Admin.hold, ()),
    ("POST", "/_mock/callbacks/release"): (Admin.release, ()),
    ("POST", "/_mock/callbacks/reorder"): (Admin.reorder, ()),
    ("POST", "/_mock/callbacks/duplicate"): (Admin.duplicate, _ID),
    ("POST", "/_mock/callbacks/forge"): (Admin.forge, (*_ID, "changes")),
}
