"""`insurehub kit`: the conformance kit a carrier runs itself: build one, run one, test the kits themselves."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.here import workspace_root
from cli.mapping.workspace import CarrierFolder, carrier_folders
from cli.out import Exit, counted, emit_json, err, leave, out, styled, table, write_json

app = typer.Typer(add_completion=False, no_args_is_help=True, help=f"{__doc__}\n\nExample: insurehub kit build cedar")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command()
def build(
    carrier: Annotated[str, typer.Argument(help="The carrier whose kit.yaml becomes a kit.")],
    file: Annotated[Path | None, typer.Option("-o", "--output", help="Default: <carrier>-kit.pyz here.")] = None,
    json: Json = False,
) -> None:
    """Join kit.yaml, the examples beside it and the runner into one file for a bare Python 3.11.

    Refused where a printed request of the carrier's document does not come out as printed, byte for byte.

    Example: insurehub kit build cedar -o cedar-kit.pyz
    """
    from contract_tests.kit.build import FILE  # noqa: PLC0415 - what a kit needs is heavy
    from contract_tests.kit.build import build as built_of  # noqa: PLC0415
    from contract_tests.kit.bundle import bundled  # noqa: PLC0415
    from contract_tests.language.places import FaultyFile  # noqa: PLC0415

    folder = _folder(carrier)
    target = file or Path(f"{carrier}-kit.pyz")
    try:
        built = built_of(folder.path, folder.root)
    except LookupError:
        leave(Exit.missing, f"{carrier} has no {FILE}: nobody has said yet what its kit tests")
    except FaultyFile as error:
        leave(Exit.wrong, str(error))
    data = bundled(built.data, built.documents)
    try:
        target.write_bytes(data)
    except OSError as error:
        leave(Exit.usage, f"{target} cannot be written: {error.strerror}")
    told = _told(built, target, len(data))
    if json:
        emit_json(told)
        return
    out.print(
        f"{target}: {counted(told['tests'], 'test')}, {counted(told['standing'], 'standing check')}, "
        f"{counted(told['bytes'], 'byte')}; "
        f"{counted(told['printed_requests_reproduced'], 'printed request')} reproduced; clauses with a test: "
        f"{told['clauses_with_a_test']} of {told['clauses']}"
    )
    out.print(f"try: python3 {target} plan", style="dim")


def _told(built: Any, target: Path, size: int) -> dict[str, Any]:
    kit = built.kit
    cited = {number for each in (*kit.tests, *kit.standing) for number in each.clauses}
    speaking = [each for each in kit.clauses if not each.aside]
    return {
        "file": str(target), "bytes": size, "carrier": kit.carrier, "tests": len(kit.tests),
        "standing": len(kit.standing), "needs": list(kit.needs), "printed_requests_reproduced": built.proven,
        "clauses": len(speaking), "clauses_with_a_test": sum(each.number in cited for each in speaking),
        "clauses_without": [each.number for each in speaking if each.number not in cited],
    }  # fmt: skip


@app.command(context_settings=_PASS_ON)
def run(context: typer.Context, json: Json = False) -> None:
    """Run a kit: only its data is read, by the runner of this insurehub. The same words as `python kit.pyz run`.

    Example: insurehub kit run --kit cedar-kit.pyz --target http://127.0.0.1:8000 --config uat.json --report report.html
    """
    raise typer.Exit(_portable("run", context.args, json=json))


@app.command(context_settings=_PASS_ON)
def plan(context: typer.Context, json: Json = False) -> None:
    """Say what a kit would test, and what a run of it needs; nothing is sent.

    Example: insurehub kit plan --kit cedar-kit.pyz
    """
    raise typer.Exit(_portable("plan", context.args, json=json))


@app.command()
def interface(
    file: Annotated[Path | None, typer.Option("-o", "--output", help="Default: stdout.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it, whatever else is said.")] = False,
) -> None:
    """The published carrier interface as an OpenAPI 3.1 document: who implements it certifies with `cedar`'s kit.

    Example: insurehub kit interface -o carrier-interface.json
    """
    from contract_tests.kit.interface import document  # noqa: PLC0415

    write_json(document(), "-" if json or file is None else str(file))


@app.command()
def verify(
    verdict: Annotated[Path, typer.Argument(help="The file that `run --verdict` wrote.")],
    public_key: Annotated[Path, typer.Option("--public-key", help="The runner's Ed25519 key in PEM.")],
    json: Json = False,
) -> None:
    """Whether a verdict file was signed by a key, and is unchanged.

    Example: insurehub kit verify verdict.json --public-key runner.pub.pem
    """
    raise typer.Exit(_portable("verify", [str(verdict), "--public-key", str(public_key)], json=json))


@app.command("can-release")
def can_release(
    carrier: Annotated[str, typer.Argument(help="The carrier of this workspace.")],
    verdict: Annotated[
        list[Path] | None,
        typer.Option(
            "--verdict", help="A file of `run --verdict`, or a folder of them. Default: verdicts/ of the carrier."
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=0, max=3650, help="How old the verdict may be.")] = 30,
    env: Annotated[
        str | None,
        typer.Option("--env", metavar="NAME", help="Only runs at this one, as `environment` of their settings says."),
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="Only verdicts signed by this Ed25519 key count.")
    ] = None,
    json: Json = False,
) -> None:
    """Whether the newest verdict on exactly this mapping is PASS or CONDITIONAL, whole and not too old.

    Exit 0: it is; 1: it is not; 3: there is no verdict on exactly this mapping.

    Example: insurehub kit can-release cedar --verdict verdicts --days 14 --env uat
    """
    from contract_tests.kit.build import carrier_sha256  # noqa: PLC0415 - what a kit needs is heavy
    from contract_tests.kit.portable.config import BadConfig  # noqa: PLC0415
    from contract_tests.kit.portable.crypto import NeedsPackage  # noqa: PLC0415
    from contract_tests.kit.release import release, verdict_files  # noqa: PLC0415

    folder = _folder(carrier).path
    files = verdict_files(verdict or [each for each in (folder / "verdicts",) if each.is_dir()])
    try:
        told = release(
            folder.name,
            carrier_sha256(folder),
            files,
            now=datetime.now(UTC),
            days=days,
            public_key=public_key,
            environment=env,
        )
    except (BadConfig, NeedsPackage) as error:
        leave(Exit.usage, str(error))
    except OSError as error:
        leave(Exit.usage, f"{error.filename} cannot be read: {error.strerror}")
    if json:
        emit_json(told)
    else:
        out.print(
            f"{carrier}: {'no' if told.reasons else 'yes'}, {'; '.join(told.reasons) or told.verdict}", soft_wrap=True
        )
    raise typer.Exit(Exit.missing if told.file is None else Exit.wrong if told.reasons else Exit.ok)


def _portable(word: str, words: list[str], *, json: bool) -> int:
    from contract_tests.kit.portable.main import main  # noqa: PLC0415

    asks_help = any(each in ("-h", "--help") for each in words)
    if word != "verify" and not any(each == "--kit" or each.startswith("--kit=") for each in words) and not asks_help:
        asked = " ".join(["insurehub kit", word, *words])
        leave(Exit.usage, f"{asked}: which kit? --kit FILE", "made by: insurehub kit build CARRIER")
    try:
        return main([word, *words, *(["--json"] if json else [])], prog="insurehub kit")
    except SystemExit as ended:
        return int(ended.code or 0)


@app.command()
def selftest(
    carriers: Annotated[list[str] | None, typer.Argument(help="Carriers; all that have a kit when left out.")] = None,
    bad: Annotated[str | None, typer.Option("--bad", help="Only bad carriers whose name holds this.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, max=64, help="Default: two a core.")] = None,
    json: Json = False,
) -> None:
    """Every shipped mock must pass its kit, and every bundled bad carrier be failed by the test that is named.

    Example: insurehub kit selftest --json
    """
    try:
        _selftest(carriers, bad, workers, json=json)
    except KeyboardInterrupt:
        leave(Exit.stopped, "stopped by Ctrl-C: no verdict")


def _selftest(carriers: list[str] | None, bad: str | None, workers: int | None, *, json: bool) -> None:
    from contract_tests.kit.bad import bad_carriers  # noqa: PLC0415
    from contract_tests.kit.portable.results import Stopped  # noqa: PLC0415
    from contract_tests.kit.selftest import jobs_of, told  # noqa: PLC0415
    from contract_tests.kit.selftest import selftest as tested  # noqa: PLC0415
    from contract_tests.language.places import FaultyFile  # noqa: PLC0415

    folders = [(each.path, each.root) for each in _folders(carriers)]
    chosen = [each for each in bad_carriers() if bad is None or bad in each.id]
    jobs = jobs_of(folders, chosen)
    if not jobs:
        leave(Exit.missing, "no carrier here has a kit.yaml")
    try:
        with _bar() as bar:
            task = bar.add_task("kits", total=len(jobs))
            good, caught = tested(
                jobs, lambda at, _, name: bar.update(task, completed=at, description=name), workers
            )  # fmt: skip
    except FaultyFile as error:
        leave(Exit.wrong, str(error))
    except Stopped as stopped:
        leave(Exit.stopped, f"{stopped}")
    document = told(good, caught)
    if json:
        emit_json(document)
    else:
        _show(good, caught)
    raise typer.Exit(Exit.ok if document["ok"] else Exit.wrong)


def _show(good: list[Any], caught: list[Any]) -> None:
    rows = [
        [each.carrier, _mark(each.is_right, each.verdict), each.tests, each.exchanges,
         f"{each.clauses_tested}/{each.clauses}", each.printed_requests_reproduced, "; ".join(each.not_passed)[:200]]
        for each in good
    ]  # fmt: skip
    columns = ["good carrier", "verdict", "tests", "exchanges", "clauses", "printed", "not passed"]
    table(None, columns, rows, right=(2, 3, 4, 5))
    if not caught:
        return
    out.print()
    rows = [
        [each.id, each.carrier, _mark(each.is_right, "caught" if each.is_right else "MISSED"), each.named, each.over,
         len(each.failed), each.wrong]
        for each in caught
    ]  # fmt: skip
    table(None, ["bad carrier", "of", "", "failed by", "exchanges", "failed", ""], rows, right=(5,))
    right, several = sum(each.is_right for each in caught), sum(each.over == "several" for each in caught)
    passed = sum(each.is_right for each in good)
    out.print(f"\n{passed} of {len(good)} good carriers pass; {right} of {len(caught)} bad "
              f"ones are failed by the named test, {several} of them over several exchanges only")  # fmt: skip


def _mark(is_right: bool, text: str) -> Any:
    return styled(text, "green" if is_right else "red")


def _bar() -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    return Progress(BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), console=err, transient=True)


def _folder(carrier: str) -> CarrierFolder:
    return _folders([carrier])[0]


def _folders(names: list[str] | None) -> tuple[CarrierFolder, ...]:
    folders, faults = carrier_folders(workspace_root(), tuple(names) if names else None)
    if faults:
        leave(Exit.usage, faults[0].message, faults[0].hint)
    return folders
