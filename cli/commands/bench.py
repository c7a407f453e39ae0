"""`insurehub bench`: the measurements, each beside something real in the same run."""

from collections.abc import Callable
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from cli.out import Exit, emit_json, err, leave, styled, table
from contract_tests.bench import authoring, contracts, gateway, journal, mapping, routing
from contract_tests.bench.figures import Figure

app = typer.Typer(add_completion=False)
Told = Callable[[str], None]
PARTS: dict[str, Callable[[Told], list[Figure]]] = {
    "mapping": lambda _told: mapping.run(),
    "authoring": authoring.run,
    "contracts": contracts.run,
    "routing": routing.run,
    "journal": journal.run,
    "gateway": gateway.run_throughput,
    "latency": gateway.run_latency,
    "memory": gateway.run_memory,
}


@app.command()
def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Parts to run: {', '.join(PARTS)}; all when left out.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure; a figure beyond its limit makes the command exit with 1.

    Example: insurehub bench mapping --json
    """
    wanted = names or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        leave(Exit.usage, f"there is no part {', '.join(unknown)}", f"parts are: {', '.join(PARTS)}")
    figures = [figure for name in wanted for figure in _measured(name)]
    if json:
        emit_json({"figures": [_told(figure) for figure in figures], "met": all(f.met for f in figures)})
    else:
        rows = [[f.name, f"{f.value:g}", f.unit, _limit(f), _sign(f), f.note] for f in figures]
        table(None, ["figure", "value", "unit", "limit", "", "note"], rows, right=(1,))
    raise typer.Exit(Exit.ok if all(figure.met for figure in figures) else Exit.wrong)


def _measured(name: str) -> list[Figure]:
    columns = (SpinnerColumn(), TextColumn("{task.fields[part]:8} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("measuring", part=name)
        return PARTS[name](lambda text: progress.update(task, description=text))


def _told(figure: Figure) -> dict[str, object]:
    names = ("name", "value", "unit", "limit", "rule", "note", "met")
    return {name: getattr(figure, name) for name in names}


def _limit(figure: Figure) -> str:
    if figure.limit is None:
        return ""
    return f"{'<=' if figure.rule == 'at_most' else '>='} {figure.limit:g}"


def _sign(figure: Figure) -> Text | str:
    if figure.limit is None:
        return ""
    return styled("met", "green") if figure.met else styled("not met", "red")
