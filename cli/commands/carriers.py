"""`insurehub carriers`: what each carrier can do, proven by its contract tests on the mapping as it is now."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from cli.here import workspace_root
from cli.mapping.workspace import carrier_folders
from cli.out import Exit, emit_json, err, leave, out, table
from cli.proven.memory import proven
from cli.proven.verdict import Cell, Proven
from contract_tests.examples.subject import Subject
from contract_tests.examples.variety import VARIETY
from contract_tests.runner.evidence import Evidence
from gateway.channel.registry import AdapterMissing
from gateway.model.operations import OPERATIONS

app = typer.Typer(add_completion=False)

_LEGEND = (
    "After a lost answer: read is asked again or elsewhere; replay is sent again under the same number; "
    "inquiry is asked after, never sent again; blind waits for a person."
)
_SHOWN = {"failed": "FAILED", "untested": "untested", "not_offered": "-"}


@app.command("carriers")
def show_carriers(
    carriers: Annotated[list[str] | None, typer.Argument(help="Only these carriers; all when left out.")] = None,
    variety: Annotated[
        bool,
        typer.Option("--variety", help="Instead: what carriers do on the wire, and which example shows it."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show carrier x operation x safety class; a cell is filled only when its contract tests passed on this mapping.

    What is not known to have passed is tested first. Example: insurehub carriers lotus --json
    """
    if find_spec("respx") is None:
        leave(Exit.missing, "contract tests need the package respx", "pip install 'insurehub[test]'")
    found = [_proven(subject) for subject in _subjects(carriers)]
    right = _variety(found, json=json) if variety else _matrix(found, json=json)
    raise typer.Exit(Exit.ok if right else Exit.wrong)


def _subjects(names: list[str] | None) -> list[Subject]:
    folders, faults = carrier_folders(workspace_root(), tuple(names) if names else None)
    if faults:
        leave(Exit.usage, str(faults[0]))
    mapped = [each for each in folders if (each.path / "carrier.yaml").is_file()]
    if not mapped:
        leave(Exit.missing, "no carrier with a mapping here", "insurehub new")
    return [Subject(each.path, each.root) for each in mapped]


def _proven(subject: Subject) -> Proven:
    try:
        with err.status(f"contract tests of {subject.carrier}"):
            return proven(subject)
    except AdapterMissing as missing:
        leave(Exit.missing, str(missing), "insurehub generate")


def _matrix(found: Sequence[Proven], *, json: bool) -> bool:
    if json:
        emit_json({"carriers": [_document(each) for each in found]})
    else:
        rows = [[name, *(_shown(each.operations.get(name)) for each in found)] for name in OPERATIONS]
        table(None, ["operation", *(each.carrier for each in found)], rows)
        out.print(_LEGEND, style="dim")
        for each in found:
            if not each.is_right:
                out.print(f"{each.carrier} is not proven: insurehub test {each.carrier}", style="red")
    return all(each.is_right for each in found)


def _shown(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return _SHOWN.get(cell.state) or ", ".join(each.removeprefix("write_") for each in cell.safety)


def _document(each: Proven) -> dict[str, Any]:
    cells = {
        name: {
            "state": cell.state,
            "safety": list(cell.safety) if cell.state == "passed" else [],
            "passed": cell.passed,
            "failed": cell.failed,
            **({"reason": cell.reason} if cell.reason else {}),
        }
        for name, cell in each.operations.items()
    }
    return {"carrier": each.carrier, "version": each.version, "proven": each.is_right, "operations": cells}


def _variety(found: Sequence[Proven], *, json: bool) -> bool:
    shown = {number: [one for each in found for one in each.evidence if one.item == number] for number in VARIETY}
    gaps = [number for number, evidence in shown.items() if not evidence]
    if json:
        items = [_item(number, evidence) for number, evidence in shown.items()]
        emit_json({"shown": len(shown) - len(gaps), "gaps": gaps, "items": items})
    else:
        rows = [row for number, evidence in shown.items() for row in _rows(number, evidence)]
        table(None, ["", "what carriers do", "carrier", "mapping line", "example"], rows, right=(0,))
        out.print(f"\n{len(shown) - len(gaps)} of {len(shown)} shown by passing examples")
    return not gaps


def _item(number: int, evidence: Sequence[Evidence]) -> dict[str, Any]:
    return {"item": number, "title": VARIETY[number].title, "evidence": evidence}


def _rows(number: int, evidence: Sequence[Evidence]) -> list[list[Any]]:
    title = VARIETY[number].title
    if not evidence:
        return [[number, title, "GAP", "", "no passing example shows it"]]
    rows = [[one.carrier, _short(one.mapping), f"{_short(one.place)} {one.example}"] for one in evidence]
    return [[*((number, title) if at == 0 else ("", "")), *row] for at, row in enumerate(rows)]


def _short(place: str) -> str:
    """A place without the folder that all carriers share."""
    return place.removeprefix("mappings/carriers/")
