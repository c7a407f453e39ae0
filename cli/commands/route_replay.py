"""`insurehub route replay` and `route check`: what another catalogue would do, and whether this one is sound."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.build import catalogue_of
from cli.here import carriers_of, workspace_root
from cli.mapping.diagnostics import as_json
from cli.mapping.workspace import MAPPINGS
from cli.open import settings_of
from cli.out import Exit, emit_json, err, leave, out, table
from cli.routing.replay import Again, Replay, Summary, summed
from gateway.app import open_journal
from gateway.catalogue.load import CHANNELS, PRODUCTS, load
from gateway.catalogue.products import Binding
from gateway.catalogue.snapshot import Snapshot
from gateway.journal.errors import JournalUnavailable
from gateway.journal.protocol import Journal
from gateway.routing.filter import USABLE
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
    """Make recorded decisions again with another catalogue: shares, premium, and which decisions differ, with why.

    Seen as it was then: requests, standings, random numbers, an operator's holds and pins, and what each promised
    volume was behind: a promise that the other catalogue makes or changes moves nothing.

    Example: insurehub route replay --with mappings/products/freight-return.yaml
    """
    root = workspace_root()
    snapshot = catalogue_of(root).snapshot if other is None else _other(root, other)
    dsn = _dsn(source) if source is not None else settings_of(root).journal
    if dsn.startswith("sqlite:") and not Path(dsn.partition(":")[2]).exists():
        leave(Exit.missing, f"there is no journal {dsn}")
    made = asyncio.run(_opened(dsn, Replay(snapshot), limit))
    found = summed(made, DIFFERING_MAX)
    if json:
        return emit_json(found)
    return _show(found)


def check(json: Json = False) -> None:
    """Check channels and products alone, and show who sells what, how and with which weight.

    Example: insurehub route check
    """
    root = workspace_root()
    snapshot, found = load(root / MAPPINGS, carriers_of(root))
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
        weights: Counter[str] = Counter()
        for name, each in product.bindings.items():
            weights[each.mode] += each.weight if name in used else 0
        for number, (name, each) in enumerate(product.bindings.items()):
            share = each.share if each.share is not None else each.weight / (weights[each.mode] or 1)
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
        shutil.copy(other, folder / CHANNELS if other.name == CHANNELS else folder / PRODUCTS / other.name)
        return _loaded(folder, root)


def _loaded(folder: Path, root: Path) -> Snapshot:
    snapshot, found = load(folder, carriers_of(root))
    if snapshot is None:
        leave(Exit.wrong, "\n".join(map(str, found)))
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
        [product, channel, f"{share['was']:.1%}", f"{share['now']:.1%}"]
        for product, of in found.shares.items()
        for channel, share in of.items()
    ]
    table(None, ["product", "channel", "share then", "share now"], rows, right=(2, 3))
    money = ", ".join(f"{amount} {currency}" for currency, amount in found.premium.items()) or "no rate is filed"
    out.print(f"{found.decisions} decisions, {found.differ} differ; premium of {found.priced}: {money} (minor units)")
    if found.differing:
        shown = found.differing[:SHOWN_MAX]
        table("Differ", ["decision", "was", "now", "why"], [[e.decision_id, e.was, e.now, e.why] for e in shown])
