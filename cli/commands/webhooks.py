"""`insurehub webhooks`: where clients are told of what happens, what could not be delivered, and sending it again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from cli.here import workspace_root
from cli.open import open_workspace_journal, settings_of
from cli.operations.typed import length_s
from cli.out import Exit, counted, emit_json, leave, out, table
from gateway.app import open_vault
from gateway.errors import HubError
from gateway.journal.errors import JournalError
from gateway.journal.protocol import Journal
from gateway.journal.records import DeliveryRecord, EndpointRecord, EventRecord
from gateway.journal.vault import VaultError
from gateway.model.events import (
    DeliveryState,
    EndpointState,
    Ordering,
    PingResult,
    SignatureKind,
    WebhookEndpoint,
    WebhookEndpointBody,
)
from gateway.ports import World
from gateway.service.events.delivery import Sender
from gateway.service.events.endpoints import Endpoints
from gateway.service.events.subscriptions import Subscriptions
from gateway.transport import GuardedTransport, Reach

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Webhook endpoints of clients.\n\nExample: insurehub webhooks add shop https://shop.example/events",
)

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
EndpointId = Annotated[str, typer.Argument(help="The endpoint's id, as `webhooks list` shows it.")]
PAGE = 500
DEAD_MAX = 10_000
PING_S = 15.0


@app.command("list")
def list_endpoints(
    client: Annotated[str | None, typer.Option(help="Only this client's.")] = None, json: Json = False
) -> None:
    """List endpoints: whose, where, what they take, whether they are sent to, and what waits for them or is dead.

    Example: insurehub webhooks list --client shop
    """

    async def look(endpoints: Endpoints, journal: Journal) -> list[dict[str, Any]]:
        counts = await journal.undelivered()
        rows = []
        for each in await endpoints.listed(client):
            mine = counts.get(each.endpoint_id, {})
            undelivered = {state.value: mine.get(state, 0) for state in (DeliveryState.waiting, DeliveryState.dead)}
            rows.append({**_shown(each, endpoints.view(each)), **undelivered})
        return rows

    rows = asyncio.run(_with_endpoints(look))
    if json:
        emit_json({"endpoints": rows})
        return
    names = ("endpoint_id", "client", "url", "ordering", "signature", "waiting", "dead", "state", "reason")
    columns = ["endpoint", "client", "address", "order", "signature", "waiting", "dead", "state", "why", "takes"]
    shown = [[*(row[name] for name in names), " ".join(row["types"]) or "all"] for row in rows]
    table(None, columns, shown, right=(5, 6))


@app.command()
def add(
    client: Annotated[str, typer.Argument(help="The client whose events are sent.")],
    url: Annotated[str, typer.Argument(help="Where to: an https address.")],
    takes: Annotated[
        list[str] | None, typer.Option("--type", help="Only this type, or `policy.*` for all of a kind.")
    ] = None,
    ordering: Annotated[Ordering, typer.Option(help="Whether a later event waits for an earlier one.")] = Ordering.none,
    signature: Annotated[SignatureKind, typer.Option(help="A shared secret, or a key pair.")] = SignatureKind.hmac,
    json: Json = False,
) -> None:
    """Add an endpoint. Its secret is printed once; the journal keeps it sealed.

    Example: insurehub webhooks add shop https://shop.example/events --type "policy.*" --ordering per_object
    """

    async def make(endpoints: Endpoints, _journal: Journal) -> WebhookEndpoint:
        wanted = {"url": url, "types": takes or [], "ordering": ordering, "signature": signature}
        try:
            body = msgspec.convert(wanted, WebhookEndpointBody)
        except msgspec.ValidationError as error:
            leave(Exit.usage, f"this is no endpoint: {error}")
        return await endpoints.add(client, body)

    _say_key(asyncio.run(_with_endpoints(make)), json=json)


@app.command()
def rotate(endpoint_id: EndpointId, json: Json = False) -> None:
    """Change an endpoint's key; the former one signs beside it for a day. The new one is printed once.

    Example: insurehub webhooks rotate whe_01JZ...
    """
    _say_key(asyncio.run(_with_endpoints(lambda endpoints, _: endpoints.rotate(endpoint_id))), json=json)


@app.command()
def disable(
    endpoint_id: EndpointId,
    why: Annotated[str, typer.Option(help="The reason, shown to the client.")] = "disabled by an operator",
    json: Json = False,
) -> None:
    """Send nothing to an endpoint any more; its events stay to be read and replayed.

    Example: insurehub webhooks disable whe_01JZ... --why "moves to another host"
    """
    _switch(endpoint_id, EndpointState.disabled, why, json=json)


@app.command()
def enable(endpoint_id: EndpointId, json: Json = False) -> None:
    """Send to a disabled endpoint again, from now on; what it missed is sent by `webhooks replay`.

    Example: insurehub webhooks enable whe_01JZ...
    """
    _switch(endpoint_id, EndpointState.enabled, None, json=json)


@app.command()
def remove(endpoint_id: EndpointId, json: Json = False) -> None:
    """Remove an endpoint for good.

    Example: insurehub webhooks remove whe_01JZ...
    """
    _switch(endpoint_id, EndpointState.deleted, None, json=json)


@app.command()
def ping(endpoint_id: EndpointId, json: Json = False) -> None:
    """Send a test event from here and say how it was answered; exit 1 when it was not taken.

    Example: insurehub webhooks ping whe_01JZ...
    """

    async def send(endpoints: Endpoints, _journal: Journal) -> PingResult:
        settings = settings_of(workspace_root())
        transport = GuardedTransport(Reach(settings.webhooks_allow))
        try:
            return await endpoints.ping(Sender(transport, open_vault(settings), World(), PING_S), endpoint_id)
        finally:
            await transport.aclose()

    result = asyncio.run(_with_endpoints(send))
    if json:
        emit_json(result)
    else:
        out.print(f"{'taken' if result.delivered else 'not taken'}: {result.status or result.fault}", markup=False)
    raise typer.Exit(Exit.ok if result.delivered else Exit.wrong)


@app.command()
def dead(
    endpoint_id: Annotated[str | None, typer.Option("--endpoint", help="Only of this endpoint.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 50,
    json: Json = False,
) -> None:
    """List deliveries that were given up: of which event, how often tried, and what came back.

    Example: insurehub webhooks dead --endpoint whe_01JZ...
    """

    async def look(journal: Journal) -> list[DeliveryRecord]:
        return await journal.deliveries(state=DeliveryState.dead, endpoint_id=endpoint_id, limit=limit)

    found = asyncio.run(open_workspace_journal(look))
    names = (
        "event_id",
        "endpoint_id",
        "client",
        "object_id",
        "attempts",
        "status",
        "fault",
        "created_at",
        "updated_at",
    )
    rows = [{name: getattr(each, name) for name in names} for each in found]
    if json:
        emit_json({"dead": rows})
        return
    columns = ["event", "endpoint", "client", "about", "tries", "status", "fault", "since", "given up"]
    table(None, columns, [list(row.values()) for row in rows], right=(4, 5))


@app.command()
def replay(
    endpoint_id: EndpointId,
    event: Annotated[list[str] | None, typer.Option(help="This event; may be given again.")] = None,
    all_dead: Annotated[bool, typer.Option("--dead", help="Everything that was given up.")] = False,
    since: Annotated[
        float | None,
        typer.Option(parser=length_s, metavar="LENGTH", help="Every event of the last 90s, 30m, 2h, 7d."),
    ] = None,
    json: Json = False,
) -> None:
    """Send events to an endpoint again, with all their tries, under the ids they had.

    Example: insurehub webhooks replay whe_01JZ... --dead
    """
    if sum((bool(event), all_dead, since is not None)) != 1:
        leave(Exit.usage, "say what to send: --event ID, --dead or --since LENGTH", "one of the three")

    async def again(endpoints: Endpoints, journal: Journal) -> int:
        endpoint = await endpoints.one(endpoint_id)
        if endpoint.state is not EndpointState.enabled:
            leave(Exit.wrong, f"{endpoint_id} is {endpoint.state}", f"insurehub webhooks enable {endpoint_id}")
        if since is not None:
            return await _replay_since(endpoints, journal, endpoint, since)
        given_up = await journal.deliveries(state=DeliveryState.dead, endpoint_id=endpoint_id, limit=DEAD_MAX)
        # The newest stand first among the dead; they are sent in the order they happened.
        ids = event or [each.event_id for each in reversed(given_up)]
        return await endpoints.replay([await _event(journal, endpoint, each) for each in ids], endpoint)

    sent = asyncio.run(_with_endpoints(again))
    if json:
        emit_json({"endpoint_id": endpoint_id, "replayed": sent})
    else:
        told = counted(sent, "event is", "events are")
        out.print(f"{told} sent again; a running gateway takes them up within a second", markup=False)


async def _replay_since(endpoints: Endpoints, journal: Journal, endpoint: EndpointRecord, since_s: float) -> int:
    at, after, sent = World().now() - timedelta(seconds=since_s), 0, 0
    while events := await journal.events(endpoint.client, after=after, since=at, limit=PAGE):
        sent += await endpoints.replay(events, endpoint)
        after = events[-1].place
    return sent


async def _event(journal: Journal, endpoint: EndpointRecord, event_id: str) -> EventRecord:
    found = await journal.event(event_id)
    if found is None or found.client != endpoint.client:
        leave(Exit.wrong, f"{endpoint.client} has no event {event_id}", "GET /v1/events lists them")
    return found


def _switch(endpoint_id: str, state: EndpointState, why: str | None, *, json: bool) -> None:
    async def switch(endpoints: Endpoints, _journal: Journal) -> dict[str, Any]:
        record = await endpoints.switch(endpoint_id, state, why)
        return _shown(record, endpoints.view(record))

    document = asyncio.run(_with_endpoints(switch))
    if json:
        emit_json(document)
    else:
        out.print(f"{endpoint_id} is {state}", markup=False)


def _say_key(made: WebhookEndpoint, *, json: bool) -> None:
    if json:
        emit_json(made)
        return
    out.print(made.endpoint_id, markup=False)
    out.print(made.secret or made.public_keys[0], markup=False, soft_wrap=True)


def _shown(record: EndpointRecord, view: WebhookEndpoint) -> dict[str, Any]:
    """An endpoint as an operator sees it: with its client, and everything named, also what is at its default."""
    names = view.__struct_fields__
    return {"client": record.client, **{name: getattr(view, name) for name in names if name != "secret"}}


async def _with_endpoints(work: Callable[[Endpoints, Journal], Awaitable[T]]) -> T:
    """Work on endpoints beside a running gateway or without one; ends the command with what was refused."""
    settings = settings_of(workspace_root())
    try:
        vault = open_vault(settings)
    except VaultError as invalid:
        leave(Exit.usage, str(invalid))

    async def seated(journal: Journal) -> T:
        endpoints = Endpoints(journal, Subscriptions(), vault, World(), Reach(settings.webhooks_allow))
        try:
            return await work(endpoints, journal)
        except HubError as no:
            faults = "; ".join(fault.message for fault in no.faults)
            leave(Exit.wrong, f"{no.detail}{f' ({faults})' if faults else ''}", "insurehub webhooks list")
        except VaultError as locked:
            leave(Exit.wrong, f"an endpoint's keys cannot be opened: {locked}", "set the key they were sealed with")
        except JournalError as busy:
            leave(Exit.missing, f"the journal did not take it: {busy}", "try again")

    return await open_workspace_journal(seated)
