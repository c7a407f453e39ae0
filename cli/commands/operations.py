"""`insurehub operations`: what is running, stuck or done, and why."""

import asyncio
from typing import Annotated, Any

import msgspec
import typer

from cli.open import open_workspace_journal
from cli.out import Exit, emit_json, leave, out, plain, table
from gateway.journal.protocol import LIVE_STATES, Journal
from gateway.journal.records import OperationRecord
from gateway.model.states import OperationState

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Operations in the journal.\n\nExample: insurehub operations list --open",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_WAITING = (*LIVE_STATES, OperationState.needs_review)


@app.command("list")
def list_operations(
    state: Annotated[list[OperationState] | None, typer.Option(help="Only these states.")] = None,
    waiting: Annotated[bool, typer.Option("--open", help="Only what is not over, needs_review included.")] = False,
    client: Annotated[str | None, typer.Option(help="Only this client's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 50,
    json: Json = False,
) -> None:
    """List operations with where they stand.

    Example: insurehub operations list --state needs_review
    """
    states = _WAITING if waiting else tuple(state or ())
    found = asyncio.run(
        open_workspace_journal(lambda journal: journal.operations(states=states, client=client, limit=limit))
    )
    if json:
        emit_json({"operations": [_summary(op) for op in found]})
        return
    rows = [
        [op.operation_id, op.operation, op.state.value, op.channel, op.attempts, op.inquiries, op.updated_at, op.text]
        for op in found
    ]
    table(None, ["operation", "kind", "state", "channel", "attempts", "asked", "updated", "why"], rows, right=(4, 5))


@app.command()
def show(operation_id: Annotated[str, typer.Argument(help="The operation's id.")], json: Json = False) -> None:
    """Show one operation: its decisions, attempts and history. Messages stay sealed.

    Example: insurehub operations show op_01JZ...
    """
    document = asyncio.run(open_workspace_journal(lambda journal: _evidence(journal, operation_id)))
    if document is None:
        leave(Exit.wrong, f"there is no operation {operation_id}", "insurehub operations list")
    if json:
        emit_json(document)
        return
    said = (operation_id, document["operation"], document["state"], plain(document["text"] or ""))
    out.print("  ".join(said), markup=False, soft_wrap=True)
    decisions = [[d["decision_id"], d["chosen"], d["sentence"]] for d in document["decisions"]]
    if decisions:
        table("Decisions", ["decision", "channel", "why"], decisions)
    columns = ["attempt", "purpose", "step", "channel", "started", "outcome", "code", "fault", "why"]
    names = ("attempt_id", "purpose", "step", "channel", "started_at", "outcome", "code", "fault", "text")
    table("Attempts", columns, [[a[name] for name in names] for a in document["attempts"]])
    if document["history"]:
        table("History", ["at", "what", "why"], [[n["at"], n["kind"], n["text"]] for n in document["history"]])


def _summary(op: OperationRecord) -> dict[str, Any]:
    names = (
        "operation_id",
        "client",
        "operation",
        "state",
        "client_ref",
        "channel",
        "code",
        "text",
        "attempts",
        "inquiries",
        "created_at",
        "updated_at",
        "next_check_at",
        "resolve_by",
        "subject_id",
    )
    return {name: getattr(op, name) for name in names}


async def _evidence(journal: Journal, operation_id: str) -> dict[str, Any] | None:
    op = await journal.operation(operation_id)
    if op is None:
        return None
    decisions = [msgspec.json.decode(record.body) for record in await journal.decisions(operation_id)]
    attempts = [
        {name: getattr(a, name) for name in a.__struct_fields__ if name != "result"}
        for a in await journal.attempts(operation_id)
    ]
    history = [{"at": n.at, "kind": n.kind, "text": n.text} for n in await journal.notes(operation_id)]
    return {
        **_summary(op),
        "decisions": [{"chosen": None, **decision} for decision in decisions],
        "attempts": attempts,
        "history": history,
    }
