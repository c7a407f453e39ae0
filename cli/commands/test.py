"""`insurehub test`: the contract tests of a workspace, by the runner alone."""

import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cli.contracts import Examined, document, rerun, run, show
from cli.coverage import Measured
from cli.here import workspace_root
from cli.live import expected_or_leave, refusal_in_builds, sandbox_or_leave
from cli.mapping.workspace import CarrierFolder, carrier_folders
from cli.out import Exit, emit_json, err, leave
from cli.reporting import prepare_or_leave, write_or_leave
from contract_tests.live.sandbox import FLAG, Sandbox
from contract_tests.report import case_of
from contract_tests.runner.expand import LEVEL_MAX
from contract_tests.runner.expected import Expected, unmet
from contract_tests.runner.fresh import stale_modules
from contract_tests.runner.subject import Subject
from contract_tests.runner.wanted import BadWish, wanted

app = typer.Typer(add_completion=False)
NO_EXPORT = ("", Path())


@app.command("test")
def run_contract_tests(
    carriers: Annotated[list[str] | None, typer.Argument(help="Only these carriers; all when left out.")] = None,
    level: Annotated[
        int | None,
        typer.Option(min=0, max=LEVEL_MAX, help="0: pure; 1: and the client stack; 2, as without: and the mock."),
    ] = None,
    keyword: Annotated[str, typer.Option("-k", help="Only checks whose name fits: 'issue and not fault'.")] = "",
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Instead: which lines of the mappings the written examples carry out.")
    ] = False,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, help="With --coverage: less than this part of the lines fails.")
    ] = None,
    mutated: Annotated[
        bool, typer.Option("--mutate", help="Instead: make the mappings wrong line by line; who notices?")
    ] = False,
    update_lock: Annotated[
        bool, typer.Option("--update-lock", help="Instead: derive cases from the examples anew and freeze them.")
    ] = False,
    export: Annotated[
        tuple[str, Path], typer.Option(metavar="FORMAT DIR", help="Instead: write the examples as pact or wiremock.")
    ] = NO_EXPORT,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write junit.xml, report.json, report.html, report.sarif.")
    ] = None,
    expected: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Failures that are known; one that passes is a failure.")
    ] = None,
    live: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Instead: examples that say live.safe, against a sandbox, and tidied away."),
    ] = None,
    understood: Annotated[
        bool, typer.Option(FLAG, help="With --live: yes, quotes and policies are made there.")
    ] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="HOST", help="With --live: a host that may be called; may be repeated.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --live: keys and settings of this channel; else test keys.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="With --live: write what the sandbox said into the examples that passed.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the contract tests made from the examples beside the mappings.

    Example: insurehub test lotus --level 1 -k "policy_issue and bytes"
    Example: insurehub test --report build/contract
    Example: insurehub test acme --live https://uat.acme.example --allow-host uat.acme.example
    Example: insurehub test --coverage --fail-under 0.95
    Example: insurehub test lotus --mutate
    Example: insurehub test lotus --update-lock
    Example: insurehub test lotus --export pact pacts
    """
    instead = _only_one(
        {"--coverage": coverage, "--mutate": mutated, "--update-lock": update_lock, "--export": export[0]}
    )
    if (report or expected or live) and instead:
        leave(Exit.usage, f"--report, --expected and --live are about checks: not beside {instead}")
    if live is None and (allow_host or channel or update or understood):
        leave(Exit.usage, f"--allow-host, --channel, --update and {FLAG} are about --live URL")
    if export[0]:
        _refuse_beside("--export", level, keyword or fail_under)
        _export(*export, _folders(carriers), json=json)
    if update_lock:
        _refuse_beside("--update-lock", level, keyword or fail_under)
        _freeze(_folders(carriers), json=json)
    if mutated:
        _refuse_beside("--mutate", level, keyword or fail_under)
        _mutate(_folders(carriers), json=json)
    if coverage:
        _refuse_beside("--coverage", level, keyword)
        _measure(_folders(carriers), fail_under or 0.0, json=json)
    if fail_under is not None:
        leave(Exit.usage, "--fail-under is about --coverage")
    began, began_at = time.perf_counter(), datetime.now(UTC)
    level = LEVEL_MAX if level is None else level
    try:
        keep = wanted(keyword)
    except BadWish as bad:
        leave(Exit.usage, f"-k: {bad}", "for example: -k 'policy_issue and not fault'")
    if level > 0 and find_spec("respx") is None:
        leave(Exit.missing, "levels 1 and 2 need the package respx", "pip install 'insurehub[test]', or --level 0")
    folders = _folders(carriers)
    if live is not None and len(folders) != 1:
        leave(Exit.usage, "--live is about one carrier: name it")
    if update and (refusal := refusal_in_builds(dict(os.environ))) is not None:
        leave(Exit.usage, refusal)
    sandbox = None if live is None else sandbox_or_leave(live, allow_host or (), channel, understood=understood)
    known = expected_or_leave(expected)
    _refuse_stale(folders, json=json)
    prepare_or_leave(report)
    examined = [Examined(folder, level, keep, sandbox, is_part=bool(keyword)) for folder in folders]
    run(examined, known, quiet=json)
    wait_s = time.perf_counter() - began
    if report is not None:
        _write(report, examined, began_at, wait_s)
    _refuse_nothing(
        examined, hint="insurehub test --help" if live is None else "say live: { safe: true } in an example"
    )
    stale = () if keyword else unmet(known, (verdict for each in examined for verdict in each.verdicts))
    _tell(examined, stale, wait_s, json=json)
    if update and sandbox is not None:
        _record(examined, sandbox)
    right = all(each.is_right for each in examined) and not stale
    raise typer.Exit(Exit.ok if right else Exit.wrong)


def _write(folder: Path, examined: Sequence[Examined], began_at: datetime, wait_s: float) -> None:
    cases = (case_of(verdict, rerun(verdict.check)) for each in examined for verdict in each.verdicts)
    write_or_leave(folder, cases, (lack for each in examined for lack in each.lacks), began_at, wait_s)


def _refuse_nothing(examined: Sequence[Examined], hint: str) -> None:
    """A run in which nothing was checked proves nothing: end the command."""
    if not any(each.verdicts or each.faults or each.missing for each in examined):
        leave(Exit.wrong, "no check was run: that proves nothing", hint)


def _tell(examined: Sequence[Examined], stale: Sequence[Expected], wait_s: float, *, json: bool) -> None:
    places = [f"{entry.mark.file}:{entry.mark.line}" for entry in stale]
    if json:
        emit_json({**document(examined, wait_s), "unmet": places})
    else:
        show(examined, wait_s)
    for place, entry in zip(places, stale, strict=True):
        err.print(f"{place} expects a failure of no check: {entry.check}", markup=False, soft_wrap=True)


def _record(examined: Sequence[Examined], sandbox: Sandbox) -> None:
    """Write down what passed."""
    from cli.recording import update  # noqa: PLC0415 - the writer of YAML is needed here alone

    passed = {
        f"{verdict.check.run.file.shown}::{verdict.check.run.example.id}"
        for each in examined
        for verdict in each.verdicts
        if verdict.passed
    }
    courses = [course for each in examined for name, course in each.courses.items() if name in passed]
    for line in update(courses, sandbox):
        err.print(line, markup=False, soft_wrap=True)


def _only_one(instead: Mapping[str, object]) -> str:
    """What is to be done in place of running checks, if anything."""
    wanted = [option for option, said in instead.items() if said]
    if len(wanted) > 1:
        leave(Exit.usage, f"one of {', '.join(instead)}, not {' and '.join(wanted)}")
    return "".join(wanted)


def _refuse_beside(option: str, level: int | None, other: str | float | None) -> None:
    if level is not None or other:
        leave(Exit.usage, f"{option} takes all written examples, pure: no --level, -k or other gate beside it")


def _mutate(folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Tell what the examples notice, and end the command."""
    from cli.mutation import mutate  # noqa: PLC0415 - brings the generator along, which the other tests do without

    _refuse_stale(folders, json=json)
    mutate(folders, json=json)


def _export(kind: str, to: Path, folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Write the examples for another tool, and end the command."""
    from cli.exporting import export  # noqa: PLC0415 - the other tests do without

    export(kind, to, folders, json=json)


def _freeze(folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Derive and freeze, and end the command."""
    from cli.lock import freeze  # noqa: PLC0415 - brings the generator's tables along, which the other tests do without

    _refuse_stale(folders, json=json)
    freeze(folders, json=json)


def _measure(folders: Sequence[CarrierFolder], least: float, *, json: bool) -> NoReturn:
    """Tell the coverage, and end the command."""
    _refuse_stale(folders, json=json)
    measured = Measured(Subject(folder.path, folder.root) for folder in folders)
    if json:
        emit_json(measured.document())
    else:
        measured.show()
    enough = measured.coverage >= least
    if not enough:
        err.print(f"the examples cover {measured.coverage}, less than {least}", style="red", markup=False)
    raise typer.Exit(Exit.ok if enough and measured.is_right else Exit.wrong)


def _folders(names: list[str] | None) -> Sequence[CarrierFolder]:
    root = workspace_root()
    found, faults = carrier_folders(root, tuple(names) if names else None)
    if faults:
        leave(Exit.usage, str(faults[0]))
    mine = [each for each in found if names or each.root == root]
    with_mapping = [each for each in mine if (each.path / "carrier.yaml").is_file()]
    without = sorted({each.id for each in mine} - {each.id for each in with_mapping})
    if names and without:
        leave(Exit.missing, f"{', '.join(without)} has no carrier.yaml", "insurehub new")
    if not with_mapping:
        leave(Exit.missing, "no carrier with a mapping in this workspace", "insurehub new")
    return with_mapping


def _refuse_stale(folders: Sequence[CarrierFolder], *, json: bool) -> None:
    """Tests of an adapter that its mapping no longer gives would prove nothing: end the command."""
    stale = [path for folder in folders for path in stale_modules(Subject(folder.path, folder.root))]
    if stale and json:
        emit_json({"passed": 0, "failed": 0, "stale": stale})
        raise typer.Exit(Exit.wrong)
    if stale:
        text = "\n".join(f"{path} is not what its mapping gives now" for path in stale)
        leave(Exit.wrong, f"{text}\nnothing was tested", "insurehub generate")
