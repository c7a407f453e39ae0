"""`insurehub route replay` and `route check`: what another catalogue would do, and whether this one is sound."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.build import catalogue_of
from cli.here import carriers_of, has_channels, workspace_root
from cli.mapping.diagnostics import as_json
from cli.mapping.workspace import MAPPINGS
from cli.open import settings_of
from cli.out import Exit, counted, emit_json, err, leave, out, table
from cli.routing.margins import margins_of
from cli.routing.replay import Again, Replay, Summary, summed
from gateway.allowed import by_commission
from gateway.app import open_journal
from gateway.catalogue.load import CHANNELS, PRODUCTS, load
from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.product_file import CODE
from gateway.catalogue.products import Binding
from gateway.catalogue.reader import read_file
from gateway.catalogue.snapshot import Snapshot
from gateway.channel import Registry
from gateway.journal.errors import JournalUnavailable
from gateway.journal.protocol import Journal
from gateway.routing.filter import USABLE
from gateway.routing.modes import share_by_weight
from gateway.settings import SettingsInvalid

ROUTED = ("quote.create", "underwriting.submit", "policy.issue")
DIFFERING_MAX = 200
SHOWN_MAX = 20
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def replay(
    source: Annotated[
        str | None, typer.Option("--from", metavar="JOURNAL", help="A journal's DSN or SQLite file; this workspace's.")
    ] = None,
    other: Annotated[
        Path | None,
        typer.Option("--with", metavar="FILE_OR_FOLDER", help="Another mappings folder, or one changed file of it."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many operations of each kind.")] = 1_000,
    json: Json = False,
) -> None:
    """Make recorded decisions again with another catalogue: shares, premium, expected success, and what differs.

    Each is told then and now, and of what differs why and what became of it where it went. A premium that was not
    recorded is that of this workspace's rates. Seen as it was then: requests, standings, random numbers, an operator's
    holds and pins, and what each promised volume was behind: a promise that the other catalogue makes or changes moves
    nothing.

    Example: insurehub route replay --with mappings/products/freight-return.yaml
    """
    root = workspace_root()
    before = _in_force(root, has_another=other is not None)
    snapshot = catalogue_of(root).snapshot if other is None else _other(root, other)
    dsn = _dsn(source) if source is not None else settings_of(root).journal
    if dsn.startswith("sqlite:") and not Path(dsn.partition(":")[2]).exists():
        leave(Exit.missing, f"there is no journal {dsn}")
    made = asyncio.run(_opened(dsn, Replay(snapshot, before, margins_of(snapshot, Registry())), limit))
    found = summed(made, DIFFERING_MAX)
    if json:
        return emit_json(found)
    return _show(found)


def check(json: Json = False) -> None:
    """Check channels and products alone, and show who sells what, how and with which weight.

    Example: insurehub route check
    """
    root = workspace_root()
    if not has_channels(root):
        return _told_empty(json=json)
    snapshot, found = load(root / MAPPINGS, carriers_of(root), by_commission=by_commission(root))
    sells = {
        code: {name: _terms(each) for name, each in product.bindings.items()}
        for code, product in (snapshot.products.items() if snapshot else ())
    }
    idle = _sold_by_nobody(snapshot) if snapshot else {}
    if json:
        told = {"errors": [str(each) for each in found], "diagnostics": as_json(found)}
        emit_json({**told, "products": sells, "sold_by_nobody": idle})
    else:
        for each in found:
            err.print(str(each), markup=False, soft_wrap=True)
        if snapshot:
            columns = ["product", "channel", "mode", "weight", "share", "a day", "promised", "rates", "rules"]
            table(None, columns, [*_rows(snapshot)], right=(3, 4, 5, 7, 8))
        for code, why in idle.items():
            err.print(f"{code} is sold by nobody now: {why}", markup=False, soft_wrap=True)
    raise typer.Exit(Exit.ok if snapshot else Exit.wrong)


def _told_empty(*, json: bool) -> None:
    """A new workspace has nothing that could be wrong."""
    if json:
        return emit_json({"errors": [], "diagnostics": [], "products": {}, "sold_by_nobody": {}})
    return out.print("no channel is here yet, so that nothing is sold: insurehub new <carrier>", markup=False)


def _terms(binding: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"mode": binding.mode, "weight": binding.weight}
    if binding.share is not None:
        told["share"] = binding.share
    if binding.limits.per_day is not None:
        told["per_day"] = binding.limits.per_day
    if binding.commitment is not None:
        told["commitment"] = binding.commitment
    return told


def _sold_by_nobody(snapshot: Snapshot) -> dict[str, str]:
    """The products none of whose channels is in use, each with how they are: sound, and yet nothing is sold."""
    return {
        code: ", ".join(f"{name} is {snapshot.channels[name].state}" for name in product.bindings)
        for code, product in snapshot.products.items()
        if not any(snapshot.channels[name].state in USABLE for name in product.bindings)
    }


def _rows(snapshot: Snapshot) -> Iterator[list[Any]]:
    """A line for each channel of a product; its share is that of the weights of its mode, or a canary's own.

    A channel that is not in use says so, and has no share.
    """
    for product in snapshot.products.values():
        used = {name for name in product.bindings if snapshot.channels[name].state in USABLE}
        for number, (name, each) in enumerate(product.bindings.items()):
            share = share_by_weight(product, name, used)
            mode = each.mode if name in used else f"{each.mode}, {snapshot.channels[name].state}"
            weight = None if each.share is not None else each.weight
            parts = f"{share:.0%}" if name in used else "-"
            told = (weight, parts, each.limits.per_day, _promised(each), len(each.rates), len(each.rules))
            yield [product.code if not number else "", name, mode, *told]


def _promised(binding: Binding) -> str:
    made = binding.commitment
    if made is None:
        return ""
    much = f"{made.policies} policies"
    if made.premium is not None:
        much = f"premium {made.premium.amount} {made.premium.currency}"
    return f"{much} a {made.period}"


def _dsn(source: str) -> str:
    return source if ":" in source else f"sqlite:{source}"


def _in_force(root: Path, *, has_another: bool) -> Snapshot | None:
    """This workspace's catalogue beside another one; None where it has faults or is the one that is asked."""
    if not has_another or not has_channels(root):
        return None
    return load(root / MAPPINGS, carriers_of(root), by_commission=by_commission(root))[0]


def _other(root: Path, other: Path) -> Snapshot:
    """The catalogue of a folder, or this workspace's with one file of another kind; ends the command on errors."""
    if not other.exists():
        leave(Exit.usage, f"{other} is not there")
    if other.is_dir():
        return _loaded(other, root)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / MAPPINGS
        (folder / PRODUCTS).mkdir(parents=True)
        for file in (root / MAPPINGS / PRODUCTS).glob("*.yaml"):
            shutil.copy(file, folder / PRODUCTS / file.name)
        shutil.copy(root / MAPPINGS / CHANNELS, folder / CHANNELS)
        taken_for = _taken_for(other)
        shutil.copy(other, folder / taken_for)
        return _loaded(folder, root, {f"{MAPPINGS}/{taken_for}": str(other)})


def _taken_for(other: Path) -> str:
    """The file of the catalogue that a file of any name is read in place of: that of its product, or the channels."""
    node, _ = read_file(other)
    about = node.get("product") if isinstance(node, MapNode) else None
    code = about.get("code") if isinstance(about, MapNode) else None
    if isinstance(code, ScalarNode) and re.fullmatch(CODE, code.text):
        return f"{PRODUCTS}/{code.text}.yaml"
    return CHANNELS if about is None and other.name == CHANNELS else f"{PRODUCTS}/{other.name}"


def _loaded(folder: Path, root: Path, named: Mapping[str, str] = MappingProxyType({})) -> Snapshot:
    """The catalogue of a folder; ends the command with its faults, each at the file that was `named` for it."""
    snapshot, found = load(folder, carriers_of(root), by_commission=by_commission(root))
    if snapshot is None:
        told = [
            replace(each, mark=replace(each.mark, file=named.get(each.mark.file, each.mark.file))) for each in found
        ]
        leave(Exit.wrong, "\n".join(map(str, told)))
    return snapshot


async def _opened(dsn: str, again: Replay, limit: int) -> list[Again]:
    try:
        journal = open_journal(dsn)
        await journal.start()
    except SettingsInvalid as invalid:
        leave(Exit.usage, str(invalid))
    except JournalUnavailable as down:
        leave(Exit.missing, str(down))
    try:
        return await _made(journal, again, limit)
    finally:
        await journal.close()


async def _made(journal: Journal, again: Replay, limit: int) -> list[Again]:
    """The oldest first, as the round robin met them."""
    found = [op for kind in ROUTED for op in await journal.operations(operation=kind, limit=limit)]
    made: list[Again] = []
    columns = (TextColumn("deciding again"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        for op in progress.track(sorted(found, key=lambda each: each.operation_id)):
            each = [again.again(op, record) for record in await journal.decisions(op.operation_id)]
            made += [one for one in each if one is not None]
    return made


def _show(found: Summary) -> None:
    rows = [
        [product, channel, f"{share.was:.1%}", f"{share.now:.1%}"]
        for product, of in found.shares.items()
        for channel, share in of.items()
    ]
    table(None, ["product", "channel", "share then", "share now"], rows, right=(2, 3))
    money = ", ".join(f"{each.was} -> {each.now} {currency}" for currency, each in found.premium.items())
    out.print(
        f"{counted(found.decisions, 'decision')}, {counted(found.differ, 'differs', 'differ')}; "
        f"premium of {found.priced}: {money or 'no rate is filed'} (minor units); "
        f"expected success {found.success.was:.2%} -> {found.success.now:.2%}"
    )
    if found.differing:
        states = ", ".join(f"{count} {state}" for state, count in found.states.items())
        out.print(f"what became of those that differ, where they went: {states}")
        shown = found.differing[:SHOWN_MAX]
        rows = [[e.decision_id, e.was, e.now, e.state, _moved(e), e.why or ""] for e in shown]
        table("Differ", ["decision", "was", "now", "state", "premium", "why"], rows)


def _moved(each: Again) -> str:
    """`360 -> 330 CNY`, as far as known."""
    was, now = each.premium.was, each.premium.now
    if was is None and now is None:
        return ""
    same = was is not None and now is not None and was["currency"] == now["currency"]
    then = "?" if was is None else str(was["amount"]) if same else f"{was['amount']} {was['currency']}"
    return f"{then} -> " + ("?" if now is None else f"{now['amount']} {now['currency']}")
