"""`insurehub fuzz`: hostile mapping files and replies at length, with what they cost."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.here import workspace_root
from cli.out import Exit, emit_json, err, leave, out, table

app = typer.Typer(add_completion=False)

TARGETS = ("mapping", "replies")
FOLDER = Path(".insurehub") / "fuzz"
SECONDS = 60.0


@app.command()
def fuzz(
    targets: Annotated[list[str] | None, typer.Argument(help=f"{', '.join(TARGETS)}; both when left out.")] = None,
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.01, max=10_000, help="How long, all targets together.")
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed: the same inputs.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Change mapping files and replies by hand of hypothesis; an input that breaks a promise is kept, and exits with 1.

    Example: insurehub fuzz replies --minutes 30 --seed 7
    """
    if find_spec("hypothesis") is None:
        leave(Exit.missing, "fuzzing needs the package hypothesis", "pip install hypothesis")
    wanted = targets or list(TARGETS)
    unknown = [name for name in wanted if name not in TARGETS]
    if unknown:
        leave(Exit.usage, f"there is no target {', '.join(unknown)}", f"targets are: {', '.join(TARGETS)}")
    root = workspace_root()
    from contract_tests.fuzz.run import Fuzzed, fuzz  # noqa: PLC0415 - needs hypothesis, which may not be there

    done: list[Fuzzed] = []
    for name in wanted:
        with err.status(name) as status:
            done.append(fuzz(name, minutes * SECONDS / len(wanted), seed, status.update))
    kept = {each.target: _kept(root, each) for each in done}
    if json:
        emit_json({"targets": [_document(each, kept[each.target]) for each in done]})
    else:
        _show(done, kept)
    raise typer.Exit(Exit.wrong if any(each.found for each in done) else Exit.ok)


def _kept(root: Path, done: Any) -> list[str]:
    """The inputs that broke a promise, as files."""
    paths = []
    for number, found in enumerate(done.found):
        file = root / FOLDER / f"{done.target}-{done.first_seed}-{number}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(found.content)
        paths.append(file.relative_to(root).as_posix())
    return paths


def _document(done: Any, kept: list[str]) -> dict[str, Any]:
    found = [
        {"seed": each.seed, "what": each.what, "bytes": len(each.content), "file": file}
        for each, file in zip(done.found, kept, strict=True)
    ]
    names = ("target", "first_seed", "inputs", "wait_s", "slowest_s", "grown_mb", "told")
    return {**{name: getattr(done, name) for name in names}, "found": found}


def _show(done: list[Any], kept: dict[str, list[str]]) -> None:
    rows = [
        [
            each.target,
            f"{each.inputs:,}",
            f"{each.inputs / each.wait_s:.0f}",
            each.slowest_s,
            each.grown_mb,
            ", ".join(f"{count} {word}" for word, count in sorted(each.told.items())),
        ]
        for each in done
    ]
    table(None, ["target", "inputs", "/s", "slowest s", "grown MB", "came to"], rows, right=(1, 2, 3, 4))
    for each in done:
        for found, file in zip(each.found, kept[each.target], strict=True):
            out.print(f"\n{each.target}: {found.seed}: {found.what}\n  kept in {file}", markup=False, soft_wrap=True)
