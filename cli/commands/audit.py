"""`insurehub audit`: what people did to operations, and why."""

import asyncio
from typing import Annotated

import typer

from cli.open import open_workspace_journal
from cli.out import emit_json, table
from gateway.service.recovery.pack import audited

app = typer.Typer(add_completion=False)


@app.command()
def audit(
    operation_id: Annotated[str | None, typer.Argument(help="One operation's entries; all when left out.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List what people did: who ended which operation, or looked at its values, when and why.

    Example: insurehub audit
    """
    records = asyncio.run(open_workspace_journal(lambda journal: journal.audits(operation_id, limit=limit)))
    entries = [audited(record) for record in records]
    if json:
        emit_json({"audit": entries})
        return
    columns = ["operation", "at", "who", "key of", "did", "why"]
    names = ("operation_id", "at", "actor", "client", "action", "reason")
    table(None, columns, [[entry[name] for name in names] for entry in entries])
