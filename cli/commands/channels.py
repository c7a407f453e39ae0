"""`insurehub channels`: which there are, and how a person takes one out of the trade at once, or puts it back."""

import asyncio
from typing import Annotated, Any

import typer

from cli.build import catalogue_of
from cli.desk import at_the_desk, who
from cli.here import workspace_root
from cli.open import open_workspace_journal
from cli.operations.typed import needed_reason
from cli.out import emit_json, out, styled, table
from gateway.journal.protocol import Journal
from gateway.journal.records import SteeringRecord
from gateway.service.operating.scorecard import WINDOW_H, WINDOW_H_MAX, Scorecard, scorecard
from gateway.service.operating.steering import (
    CHANNEL,
    PRODUCT,
    Act,
    HoldBody,
    PinBody,
    SteeringView,
    hold,
    pin,
    shown,
)
from gateway.service.parts import Parts

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Channels, and what operators have set for them. It works on the journal itself: running gateways follow "
    "within a second.\n\nExample: insurehub channels list",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Channel = Annotated[str, typer.Argument(help="The channel's name in mappings/channels.yaml.")]
Product = Annotated[str, typer.Argument(help="The product's code.")]
Why = Annotated[str | None, typer.Option(help="Why, for whoever asks later; asked for on a terminal.")]
By = Annotated[str | None, typer.Option(help="Who you are; the user of this process when left out.")]


@app.command("list")
def list_channels(json: Json = False) -> None:
    """List the channels of the catalogue with what operators have set, and the products that are pinned.

    Example: insurehub channels list
    """
    snapshot = catalogue_of(workspace_root()).snapshot

    async def rows(journal: Journal) -> list[SteeringRecord]:
        return await journal.steering()

    found = [row for row in asyncio.run(open_workspace_journal(rows)) if row.value is not None]
    held = {row.name: shown(row) for row in found if row.kind == CHANNEL}
    pins = [shown(row) for row in found if row.kind == PRODUCT]
    told: list[dict[str, Any]] = [
        {
            "channel": name,
            "carrier": each.carrier,
            "insurer": each.insurer,
            "state": each.state,
            "products": sorted(snapshot.bindings_of(name)),
            "held": held.get(name),
        }
        for name, each in snapshot.channels.items()
    ]
    if json:
        return emit_json({"channels": told, "pins": pins})
    columns = ["channel", "carrier", "insurer", "state", "set", "by", "since", "why"]
    table(None, columns, [[each[name] for name in columns[:4]] + _set(held.get(each["channel"])) for each in told])
    if pins:
        out.print()
        table("Pinned", ["product", "to", "by", "since", "why"], [[each.name, *_set(each)] for each in pins])
    return None


@app.command()
def show(
    channel: Channel,
    hours: Annotated[int, typer.Option(min=1, max=WINDOW_H_MAX, help="How many hours back to look.")] = WINDOW_H,
    json: Json = False,
) -> None:
    """Show how a channel did: rates, times, its share beside its weight, promised volumes and quotas.

    Example: insurehub channels show lotus_main --hours 168
    """

    async def counted(parts: Parts) -> Scorecard:
        return await scorecard(parts.journal, parts.catalogue.snapshot, channel, parts.world.now(), hours)

    card = asyncio.run(at_the_desk(counted))
    if json:
        return emit_json(card)
    names = ("calls", "quote_rate", "bind_rate", "decline_rate", "unknown_rate", "p50_ms", "p95_ms")
    figures = [getattr(card, name) for name in names]
    shown = [_part(each) if name.endswith("_rate") else each for name, each in zip(names, figures, strict=True)]
    table(f"{channel}, the last {hours} h", list(names), [shown], right=tuple(range(1, len(names))))
    out.print()
    columns = ["product", "chosen", "share", "issued", "share", "weight", "promised", "sold", "quota", "used"]
    rows = [
        [
            code,
            each.chosen,
            _part(each.share),
            each.issued,
            _part(each.issued_share),
            _part(each.weight_share),
            *((each.commitment or {}).get(name) for name in ("target", "done")),
            *((each.quota or {}).get(name) for name in ("per_day", "used")),
        ]
        for code, each in card.products.items()
    ]
    return table(None, columns, rows, right=tuple(range(1, len(columns))))


def _part(value: float | None) -> str | None:
    return None if value is None else f"{value:.1%}"


@app.command()
def drain(channel: Channel, reason: Why = None, by: By = None, json: Json = False) -> None:
    """Give a channel no new business; what it has issued or accepted goes on being served.

    Example: insurehub channels drain lotus_main --reason "the insurer asked us to stop selling"
    """
    _hold(channel, "drain", reason, by, json=json)


@app.command()
def disable(channel: Channel, reason: Why = None, by: By = None, json: Json = False) -> None:
    """Send a channel nothing at all, but inquiries after operations that are not resolved.

    Example: insurehub channels disable lotus_main --reason "its replies name other customers' policies"
    """
    _hold(channel, "disable", reason, by, json=json)


@app.command()
def enable(channel: Channel, reason: Why = None, by: By = None, json: Json = False) -> None:
    """Let a channel take what the catalogue gives it again.

    Example: insurehub channels enable lotus_main --reason "the insurer has confirmed the repair"
    """
    _hold(channel, "enable", reason, by, json=json)


@app.command("pin")
def pin_product(product: Product, channel: Channel, reason: Why = None, by: By = None, json: Json = False) -> None:
    """Send all new business of a product to one channel; where that cannot take it, nobody does.

    Example: insurehub channels pin freight-return lotus_main --reason "acceptance test with the insurer"
    """
    _pin(PinBody(product=product, channel=channel, reason=needed_reason(reason, "Why?"), by=who(by)), json=json)


@app.command()
def unpin(product: Product, reason: Why = None, by: By = None, json: Json = False) -> None:
    """Let the catalogue decide again where a product's new business goes.

    Example: insurehub channels unpin freight-return --reason "the acceptance test is over"
    """
    _pin(PinBody(product=product, reason=needed_reason(reason, "Why?"), by=who(by)), json=json)


def _hold(channel: str, act: Act, reason: str | None, by: str | None, *, json: bool) -> None:
    body = HoldBody(channel=channel, action=act, reason=needed_reason(reason, "Why?"), by=who(by))
    _say(asyncio.run(at_the_desk(lambda parts: hold(parts, None, body))), json=json)


def _pin(body: PinBody, *, json: bool) -> None:
    _say(asyncio.run(at_the_desk(lambda parts: pin(parts, None, body))), json=json)


def _say(view: SteeringView, *, json: bool) -> None:
    if json:
        return emit_json(view)
    if view.kind == PRODUCT:
        stands = f"is pinned to {view.value}" if view.value else "is pinned to nobody"
    else:
        stands = f"is {view.value or 'enabled'}"
    return out.print(f"{view.name} {stands}; recorded for {view.by}", markup=False, soft_wrap=True)


def _set(view: SteeringView | None) -> list[Any]:
    """The cells of what is set: nothing where nothing is."""
    return ["", "", "", ""] if view is None else [styled(view.value or "", "bold"), view.by, view.at, view.reason]
