"""`insurehub route`: why a channel would be chosen."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cli.build import catalogue_of
from cli.commands.route_replay import ROUTED, check, replay
from cli.commands.route_simulate import simulate
from cli.here import workspace_root
from cli.open import open_workspace_journal
from cli.out import Exit, emit_json, err, leave, out, styled, table
from cli.routing.margins import margins_of
from gateway.app import open_journal
from gateway.catalogue.products import Product
from gateway.channel import AdapterMissing, Registry
from gateway.errors import RequestInvalid
from gateway.journal.errors import JournalUnavailable
from gateway.journal.protocol import Journal
from gateway.journal.records import SteeringRecord
from gateway.model.validate import faults_of
from gateway.ports import World
from gateway.routing.router import Router
from gateway.routing.types import Decision
from gateway.routing.whole import whole
from gateway.service.cases.proposals import completed, route_for
from gateway.service.gateway import ExplainBody
from gateway.service.operating.steering import steer
from gateway.settings import SettingsInvalid, load_settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Routing.\n\nExample: insurehub route explain proposal.json"
)

app.command()(simulate)
app.command()(replay)
app.command()(check)


@app.callback()
def route() -> None:
    """Routing: which channel, and why."""


@app.command()
def explain(
    proposal: Annotated[
        Path,
        typer.Argument(
            help="A proposal as the API takes it, in JSON; - reads standard input; or the id of a recorded decision."
        ),
    ],
    operation: Annotated[str, typer.Option(help="quote.create, underwriting.submit or policy.issue.")] = "policy.issue",
    json: Annotated[bool, typer.Option("--json", help="Print the whole decision as one JSON document.")] = False,
) -> None:
    """Explain which channel a proposal would go to, or why a recorded decision was made.

    Nothing is sent. A proposal is completed as an order is, with its product's period, plan and coverages, and judged
    by the catalogue and by what operators have set in the workspace's journal; every channel counts as healthy here: a
    running gateway's own statistics are in POST /v1/routing/explain. A decision (rd_...) is read from the journal, with
    what was seen then. --json tells every term and standing, those that are as usual too.

    Example: insurehub route explain proposal.json --json
    """
    if proposal.name.startswith("rd_") and not proposal.exists():
        return _told(asyncio.run(_recorded(proposal.name)), json=json)
    if operation not in ROUTED:
        leave(Exit.usage, f"nothing is chosen for '{operation}'", f"what is chosen: {', '.join(ROUTED)}")
    body = _read(proposal)
    root = workspace_root()
    catalogue = catalogue_of(root)
    world = World()
    known = {f"{each.code}@{each.version}": each for each in catalogue.snapshot.products.values()}
    if body.product not in known:
        leave(Exit.wrong, f"there is no product {body.product}", f"there are: {', '.join(sorted(known))}")
    asked = _as_an_order(body, known[body.product], world.now())
    registry = Registry()
    offers = {name: _offered(registry, channel.carrier) for name, channel in catalogue.snapshot.channels.items()}
    router = Router(catalogue, world, offers, margins_of(catalogue.snapshot, registry))
    steer(router, _set_by_operators(root))
    return _told(router.decide(route_for(operation, asked, world.now()), dry=True), json=json)


def _told(decision: Decision, *, json: bool) -> None:
    """Print it; ends the command with 1 where nobody was chosen."""
    if json:
        emit_json(whole(decision))
    else:
        show_decision(decision)
    raise typer.Exit(Exit.ok if decision.chosen else Exit.wrong)


async def _recorded(decision_id: str) -> Decision:
    """A decision as the journal keeps it; ends the command where there is none."""
    record = await open_workspace_journal(lambda journal: journal.decision(decision_id))
    if record is None:
        leave(Exit.wrong, f"there is no decision {decision_id} in this journal")
    return msgspec.json.decode(record.body, type=Decision)


def _set_by_operators(root: Path) -> list[SteeringRecord]:
    """What operators have set; nothing where there is no journal yet. One that cannot be read is told."""
    try:
        dsn = load_settings(root).journal
        if dsn.startswith("sqlite:") and not Path(dsn.partition(":")[2]).exists():
            return []
        return asyncio.run(_steering(open_journal(dsn)))
    except (SettingsInvalid, JournalUnavailable) as unread:
        err.print(f"what operators have set is not known: {unread}", markup=False, soft_wrap=True)
        return []


async def _steering(journal: Journal) -> list[SteeringRecord]:
    try:
        await journal.start()
        return await journal.steering()
    finally:
        await journal.close()


def _read(file: Path) -> ExplainBody:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return msgspec.json.decode(data, type=ExplainBody)
    except OSError as error:
        leave(Exit.usage, f"{file}: {error.strerror}")
    except msgspec.DecodeError as error:
        leave(Exit.usage, f"{'standard input' if str(file) == '-' else file}: {error}")


def _as_an_order(body: ExplainBody, product: Product, now: datetime) -> ExplainBody:
    """The proposal completed as a gateway completes an order; ends the command with every fault it would refuse."""
    faults = faults_of(body, now=now)
    try:
        asked = body if faults else completed(product, body, now)
    except RequestInvalid as refused:
        faults = tuple(refused.faults)
    if faults:
        leave(Exit.wrong, "\n".join(f"{fault.path or 'the proposal'}: {fault.message}" for fault in faults))
    return asked


def _offered(registry: Registry, carrier: str) -> frozenset[str]:
    try:
        return frozenset(registry.adapter(carrier).carrier.operations)
    except AdapterMissing:
        return frozenset()


def show_decision(decision: Decision) -> None:
    """A table of every channel with its numbers, then the decision in one sentence."""
    names = list(dict.fromkeys(term.name for each in decision.candidates for term in each.terms))
    rows: list[list[Any]] = []
    for each in decision.candidates:
        values = {term.name: f"{term.value:.3g}" for term in each.terms}
        mark = styled("chosen", "bold green") if each.channel == decision.chosen else (each.why or "")
        share = "" if each.ruled_out else f"{each.share:.0%}"
        price = f"{each.premium['amount']} {each.premium['currency']}" if each.premium else ""
        rows.append([each.channel, price, *(values.get(name, "") for name in names), share, mark, each.ruled_out or ""])
    columns = ["channel", "premium", *names, "share", "", "code"]
    table(None, columns, rows, right=tuple(range(1, len(names) + 3)))
    out.print(decision.sentence, soft_wrap=True, markup=False)
