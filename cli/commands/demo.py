"""`insurehub demo`: the main job, end to end, judged by the carriers' own ledgers."""

import asyncio
from typing import Annotated

import typer

from cli.demo.run import run_demo
from cli.here import workspace_root
from cli.mapping.workspace import shipped
from cli.out import Exit, counted, emit_json, err, leave, out
from cli.sandbox import SandboxFailed

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    orders: Annotated[int, typer.Option(min=10, max=5000, help="How many policies to buy.")] = 200,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Start a gateway on embedded SQLite and a mock of every carrier, buy policies while carriers misbehave, and judge.

    Exits with 1 when the carriers' ledgers and the gateway disagree, or anything is still open.

    Example: insurehub demo --orders 200
    """
    # The shipped carriers and products are traded, also from a workspace of one's own.
    root = shipped() or workspace_root()
    try:
        result = asyncio.run(run_demo(root, err if json else out, orders))
    except (SandboxFailed, RuntimeError) as failed:
        leave(Exit.missing, str(failed))
    if json:
        emit_json(
            {
                "ok": result.ok,
                **{
                    n: getattr(result, n)
                    for n in ("operations", "policies", "claims", "resolved", "verdict", "unmet", "wait_s", "ledgers")
                },
            }
        )
    else:
        out.print(
            f"{counted(result.resolved, 'operation was', 'operations were')} unknown and resolved; "
            f"{result.wait_s:.0f} s; ledgers: {result.ledgers}"
        )
        out.print(result.line, soft_wrap=True)
    raise typer.Exit(Exit.ok if result.ok else Exit.wrong)
