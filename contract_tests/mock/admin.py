"""The admin API of a mock carrier: plans, ledger, requests, state, clock and callbacks, on a port of its own."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import parse_qs

from contract_tests.mock.callbacks import Delivery, Dispatcher
from contract_tests.mock.faults import FAULTS, BadPlan, Plan
from contract_tests.mock.messages import BadRequest, HttpReply, HttpRequest, json_reply, read_body, read_head
from contract_tests.mock.world import World

LIST_MAX = 10_000


class Mock(Protocol):
    """What the admin API needs of a mock carrier."""

    dispatcher: Dispatcher
    requests: Any

    def world(self, namespace: str) -> World: ...
    def plan_of(self, namespace: str) -> Plan: ...
    async def plan(self, *faults: Any, seed: int, namespace: str) -> None: ...
    def ledger(self, namespace: str | None) -> list[dict[str, Any]]: ...
    def given(self, name: str, params: Any, namespace: str) -> dict[str, Any]: ...
    def reset(self, namespace: str | None) -> None: ...


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
            request = read_head(await reader.readuntil(b"\r\n\r\n"))
            await read_body(request, reader)
            reply = await self._answer(request)
            writer.write(reply.whole(keep_alive=request.keep_alive))
            await writer.drain()
            if not request.keep_alive:
                return

    async def _answer(self, request: HttpRequest) -> HttpReply:
        handler = _ROUTES.get((request.method, request.path))
        if handler is None:
            known = ", ".join(f"{method} {path}" for method, path in _ROUTES)
            return _said(404, {"error": "no such call", "known": known})
        query = {name: values[-1] for name, values in parse_qs(request.query).items()}
        try:
            body = json.loads(request.body or b"{}")
            return _said(200, await handler(self, query.get("ns", "default"), body, query))
        except (NotKnown, KeyError) as error:
            return _said(404, {"error": f"not known: {error}"})
        except (BadPlan, BadRequest, ValueError, TypeError) as error:
            return _said(400, {"error": str(error)})

    async def faults(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """The plan of a namespace, and what can be planned."""
        kinds = {name: {"about": kind.about, "with": dict(kind.params)} for name, kind in FAULTS.items()}
        return {**self.mock.plan_of(namespace).describe(), "known": kinds}

    async def put_faults(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Replace the plan: `{"faults": [...], "seed": 0}`."""
        await self.mock.plan(*body.get("faults", []), seed=int(body.get("seed", 0)), namespace=namespace)
        return self.mock.plan_of(namespace).describe()

    async def ledger(self, _: str, __: Any, query: dict[str, str]) -> Any:
        """Every effect; of all namespaces unless one is named."""
        return {"effects": self.mock.ledger(query.get("ns"))}

    async def requests(self, _: str, __: Any, query: dict[str, str]) -> Any:
        """Requests as they arrived, oldest first; `?last=n` for the newest."""
        found = [one for one in self.mock.requests if query.get("ns") in (None, one.namespace)]
        return {"requests": [one.describe() for one in found[-int(query.get("last", LIST_MAX)) :]]}

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
            world.timers.go_to(float(body["to"]))
        else:
            world.timers.advance(float(body["seconds"]))
        return {"now": world.now().isoformat()}

    async def freeze(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Let the clock stand still, at `at` or now."""
        world = self.mock.world(namespace)
        world.timers.freeze(float(body.get("at", world.clock.now())))
        return {"now": world.now().isoformat()}

    async def run(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """Let the clock go on."""
        self.mock.world(namespace).timers.run()
        return {"now": self.mock.world(namespace).now().isoformat()}

    async def numbers(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Say what comes next: `{"serials": {"policy": 45}, "nonces": ["..."]}`."""
        self.mock.world(namespace).numbers.give(body.get("serials", {}), body.get("nonces", ()))
        return {}

    async def given(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Bring about a state that mock.yaml names: `{"name": ..., "with": {...}}`."""
        return {"records": self.mock.given(body["name"], body.get("with"), namespace)}

    async def progress(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Let a record's state end: `{"record": "policy", "no": ..., "way": "accept"}`; `way` for manual states."""
        world = self.mock.world(namespace)
        view = world.find(body["record"], {"no": body["no"]})
        thing = world.actual(body["record"], view) if view else None
        if thing is None:
            raise NotKnown(body["no"])
        rules = world.definition.kinds[thing.kind].states[thing["state"]]
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
        return {"sent": await self.mock.dispatcher.release(namespace)}

    async def reorder(self, namespace: str, _: Any, __: dict[str, str]) -> Any:
        """Deliver what is held, the newest first."""
        return {"sent": await self.mock.dispatcher.release(namespace, backwards=True)}

    async def duplicate(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Deliver one again (`{"id": 3}`, else the newest)."""
        delivery = self._delivery(namespace, body)
        return {"acknowledged": await self.mock.dispatcher.attempt(delivery)}

    async def forge(self, namespace: str, body: Any, _: dict[str, str]) -> Any:
        """Deliver a copy, wrongly signed, with changed members: `{"id": 3, "changes": {"body.no": "X"}}`."""
        delivery = self._delivery(namespace, body)
        forged = await self.mock.dispatcher.forge(delivery, body.get("changes", {}))
        return forged.describe()

    def _delivery(self, namespace: str, body: Any) -> Delivery:
        found = [one for one in self.mock.dispatcher.of(namespace) if body.get("id") in (None, one.number)]
        if not found:
            raise NotKnown("callback")
        return found[-1]


def _said(status: int, tree: Any) -> HttpReply:
    return json_reply(status, json.dumps(tree, ensure_ascii=False, default=str).encode())


_ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/_mock/faults"): Admin.faults,
    ("PUT", "/_mock/faults"): Admin.put_faults,
    ("GET", "/_mock/ledger"): Admin.ledger,
    ("GET", "/_mock/requests"): Admin.requests,
    ("GET", "/_mock/state"): Admin.state,
    ("POST", "/_mock/clock/advance"): Admin.advance,
    ("POST", "/_mock/clock/freeze"): Admin.freeze,
    ("POST", "/_mock/clock/run"): Admin.run,
    ("PUT", "/_mock/numbers"): Admin.numbers,
    ("POST", "/_mock/given"): Admin.given,
    ("POST", "/_mock/progress"): Admin.progress,
    ("POST", "/_mock/reset"): Admin.reset,
    ("GET", "/_mock/callbacks"): Admin.callbacks,
    ("POST", "/_mock/callbacks/hold"): Admin.hold,
    ("POST", "/_mock/callbacks/release"): Admin.release,
    ("POST", "/_mock/callbacks/reorder"): Admin.reorder,
    ("POST", "/_mock/callbacks/duplicate"): Admin.duplicate,
    ("POST", "/_mock/callbacks/forge"): Admin.forge,
}
