"""Events as one part of the service: what the API and the commands ask of it, and the loop that delivers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.errors import Forbidden, Unavailable
from gateway.journal.errors import JournalUnavailable, Stale
from gateway.model.events import EndpointState, WebhookEndpoints
from gateway.service.answers import Answer, done
from gateway.service.events.delivery import GONE_TEXT, Sender
from gateway.service.events.dispatcher import Dispatcher
from gateway.service.events.endpoints import Endpoints
from gateway.service.parts import Caller, Parts
from gateway.transport import GuardedTransport

PATH = "/v1/webhook-endpoints"
TRIES_MAX = 3


class Events:
    """Endpoints, events and their delivery."""

    def __init__(self, parts: Parts) -> None:
        """Take the parts; `dispatcher.start` begins to deliver."""
        self.transport = parts.receivers or GuardedTransport(parts.reach)
        self.sender = Sender(self.transport, parts.vault, parts.world, parts.pace.deadline_s)
        self.endpoints = Endpoints(parts.journal, parts.subscriptions, parts.vault, parts.world, parts.reach)
        self.dispatcher = Dispatcher(
            parts.journal, parts.subscriptions, self.sender, parts.world, parts.owner, parts.pace
        )
        self._journal, self._world, self._pace = parts.journal, parts.world, parts.pace
        self._calls: Mapping[str, Callable[[Caller, Any], Awaitable[Answer]]] = {
            "webhook.add": self._add,
            "webhook.list": self._list,
            "webhook.get": self._get,
            "webhook.remove": self._remove,
            "webhook.enable": self._enable,
            "webhook.rotate": self._rotate,
            "webhook.ping": self._ping,
            "event.list": self._events,
        }

    async def ask(self, name: str, caller: Caller, body: Any) -> Answer:
        """A request about endpoints or events. Raises HubError."""
        for _ in range(TRIES_MAX):
            try:
                return await self._calls[name](caller, body)
            except JournalUnavailable as down:
                raise Unavailable(str(down)) from None
            except Stale:
                continue  # somebody changed the endpoint meanwhile, and nothing was written
        raise Unavailable("the endpoint is being changed by others")

    async def _add(self, caller: Caller, body: Any) -> Answer:
        made = await self.endpoints.add(caller.client, body)
        await self._until_known()
        return done(201, made, f"{PATH}/{made.endpoint_id}")

    async def _until_known(self) -> None:
        """Other gateways of a shared journal read endpoints by the clock: what they do after the answer is told too."""
        try:
            is_shared = await self._journal.clock() is not None
        except JournalUnavailable:
            # What was made stands, and its secret is shown only once: the answer is given all the same.
            is_shared = True
        if is_shared:
            await self._world.sleep(self._pace.refresh_s + self._pace.every_s)

    async def _list(self, caller: Caller, _body: Any) -> Answer:
        found = await self.endpoints.listed(caller.client)
        return done(200, WebhookEndpoints(endpoints=tuple(map(self.endpoints.view, found))))

    async def _get(self, caller: Caller, body: Any) -> Answer:
        return done(200, self.endpoints.view(await self.endpoints.one(body.endpoint_id, caller.client)))

    async def _remove(self, caller: Caller, body: Any) -> Answer:
        gone = await self.endpoints.switch(body.endpoint_id, EndpointState.deleted, client=caller.client)
        return done(200, self.endpoints.view(gone))

    async def _enable(self, caller: Caller, body: Any) -> Answer:
        found = await self.endpoints.one(body.endpoint_id, caller.client)
        if found.state is EndpointState.disabled and found.text != GONE_TEXT:
            raise Forbidden(f"an operator disabled this endpoint: {found.text}")
        again = await self.endpoints.switch(body.endpoint_id, EndpointState.enabled, client=caller.client)
        await self._until_known()
        return done(200, self.endpoints.view(again))

    async def _rotate(self, caller: Caller, body: Any) -> Answer:
        return done(200, await self.endpoints.rotate(body.endpoint_id, caller.client))

    async def _ping(self, caller: Caller, body: Any) -> Answer:
        return done(200, await self.endpoints.ping(self.sender, body.endpoint_id, caller.client))

    async def _events(self, caller: Caller, body: Any) -> Answer:
        return done(200, await self.endpoints.events(caller.client, body.after, body.limit))
