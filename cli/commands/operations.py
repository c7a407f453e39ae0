"""`insurehub operations`: what is running, stuck or done, why, and how a person ends what nothing else could."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cli.desk import at_the_desk, vault_here, who
from cli.here import workspace_root
from cli.open import open_workspace_journal
from cli.operations.orphans import list_orphans
from cli.operations.shown import show_pack
from cli.operations.typed import length_s, needed_reason, number, result_in
from cli.out import Exit, emit_json, leave, out, table
from gateway.journal.protocol import LIVE_STATES, Journal
from gateway.journal.records import OperationRecord
from gateway.model import CancelKind, Number, NumberKind, OperationView
from gateway.model.errors import ErrorCode
from gateway.model.states import OperationState, OrphanState
from gateway.ports import World
from gateway.service.entrance.operations import operation_view
from gateway.service.gateway import use_cases
from gateway.service.operating.orphan_review import OrphanBody, decide
from gateway.service.operating.review import Person, ResolutionBody, audit, resolve
from gateway.service.parts import Parts
from gateway.service.recovery.pack import EvidencePack, evidence_of

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Operations in the journal.\n\nExample: insurehub operations list --open",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
OperationId = Annotated[str, typer.Argument(help="The operation's id.")]
By = Annotated[str | None, typer.Option(help="Who you are; the user of this process when left out.")]
_WAITING = (*LIVE_STATES, OperationState.needs_review)
_OPTIONS = {
    "numbers": "add --policy-no NO, or --number KIND=NO for what is no policy",
    "result": "correct the file given with --result",
}
"""What the fields of a resolution are called here."""


@app.command("list")
def list_operations(
    state: Annotated[list[OperationState] | None, typer.Option(help="Only these states.")] = None,
    waiting: Annotated[bool, typer.Option("--open", help="Only what is not over, needs_review included.")] = False,
    client: Annotated[str | None, typer.Option(help="Only this client's.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only on this channel.")] = None,
    operation: Annotated[str | None, typer.Option(help="Only of this kind: policy.issue.")] = None,
    older_than: Annotated[
        float | None,
        typer.Option(parser=length_s, metavar="LENGTH", help="Only made longer ago than 90s, 30m, 2h, 7d."),
    ] = None,
    orphans: Annotated[
        bool,
        typer.Option("--orphans", help="What insurers did after its operation had ended: what waits, with --open."),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 50,
    json: Json = False,
) -> None:
    """List operations with where they stand, and why.

    Example: insurehub operations list --state needs_review --older-than 2h
    """
    if waiting and state:
        leave(Exit.usage, "--open and --state both say which states", "give one of them")
    states = _WAITING if waiting else tuple(state or ())
    if orphans:
        of_operations = {"--state": state, "--channel": channel, "--operation": operation, "--older-than": older_than}
        if given := [name for name, value in of_operations.items() if value is not None]:
            leave(Exit.usage, f"--orphans takes no {', '.join(given)}", "orphans are chosen by --open and --client")
        waits = (OrphanState.found, OrphanState.review, OrphanState.voiding) if waiting else ()
        return list_orphans(waits, client, limit, json=json)
    now = World().now()
    before = None if older_than is None else now - timedelta(seconds=older_than)

    async def listed(journal: Journal) -> list[OperationRecord]:
        return await journal.operations(
            states=states, client=client, channel=channel, operation=operation, before=before, limit=limit
        )

    found = asyncio.run(open_workspace_journal(listed))
    if json:
        return emit_json({"operations": [_summary(op) for op in found]})
    columns = ["operation", "kind", "state", "channel", "client", "age", "attempts", "asked", "why"]
    rows = [
        [
            op.operation_id,
            op.operation,
            op.state.value,
            op.channel,
            op.client,
            _age(max(timedelta(), now - op.created_at)),  # by the clock of the journal, which may be ahead of this one
            op.attempts,
            op.inquiries,
            op.text,
        ]
        for op in found
    ]
    return table(None, columns, rows, right=(5, 6, 7))


@app.command()
def show(
    operation_id: OperationId,
    raw: Annotated[bool, typer.Option("--raw", help="Show personal values and messages as they were.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why --raw is needed; it is recorded with your name.")] = None,
    by: By = None,
    json: Json = False,
) -> None:
    """Show all that is known of one operation: request, decisions, attempts, inquiries, callbacks, history, messages.

    Personal values are hidden and messages shown by their shape, unless --raw is given with a reason; that is recorded.

    Example: insurehub operations show op_01JZ...
    """
    if raw:
        why, person = needed_reason(reason, "Why are the values needed?"), Person(name=who(by))
    elif reason is not None:
        leave(Exit.usage, "--reason goes with --raw")
    vault = vault_here(workspace_root())
    if raw and vault is None:
        leave(Exit.missing, "the key that opens raw messages is not here", "insurehub doctor")

    async def looked_up(journal: Journal) -> EvidencePack | None:
        op = await journal.operation(operation_id)
        if op is None:
            return None
        if raw:
            await journal.write(audit(World(), person, "evidence.raw", op, why))
        return await evidence_of(journal, op, vault, is_raw=raw)

    pack = asyncio.run(open_workspace_journal(looked_up))
    if pack is None:
        leave(Exit.wrong, f"there is no operation {operation_id}", "insurehub operations list")
    if json:
        emit_json(pack)
    else:
        show_pack(pack)


@app.command("resolve")
def resolve_operation(
    operation_id: OperationId,
    outcome: Annotated[
        Literal["succeeded", "declined", "failed", "adopt", "void"],
        typer.Option(
            "--as",
            help="What the insurer is known to have done (failed: nothing was executed); of what came after its end: "
            "adopt it, or void it.",
        ),
    ],
    reason: Annotated[str | None, typer.Option(help="Why, for whoever asks later; asked for on a terminal.")] = None,
    policy_no: Annotated[list[str] | None, typer.Option(help="The insurer's number of the policy.")] = None,
    numbers: Annotated[
        list[Number] | None,
        typer.Option("--number", parser=number, metavar="KIND=NO", help="Another number the insurer gave."),
    ] = None,
    result: Annotated[
        Path | None, typer.Option(help="A JSON file with what else the operation's result has (status, premium, ..).")
    ] = None,
    code: Annotated[
        ErrorCode | None, typer.Option(metavar="CODE", help="The reason a caller sees for declined.")
    ] = None,
    kind: Annotated[CancelKind | None, typer.Option(help="How a policy is cancelled that is voided.")] = None,
    by: By = None,
    json: Json = False,
) -> None:
    """End an operation that waits for a person, as it is known to have ended, with a reason that is recorded.

    Only what is in needs_review can be ended so. A success is made as if the insurer had told it: its number is needed,
    and one that belongs to another policy is refused. A batch that cannot tell its orders any more has succeeded once
    each of them is over. It works on the journal itself, beside a running gateway or without one; the same is
    POST /v1/operations/ID/resolution with a key that has the scope operate.

    What came after an operation had ended as not done (operations list --orphans) is adopted, unless the order was done
    otherwise since, or voided: then the running gateway has the insurer cancel it.

    Example: insurehub operations resolve op_01JZ... --as succeeded --policy-no P2026000123 --reason "desk confirmed it"
    """
    why = needed_reason(reason, "Why?")
    if outcome == "adopt" or outcome == "void":  # noqa: PLR1714 - what mypy narrows by
        action = OrphanBody(operation_id=operation_id, action=outcome, reason=why, by=who(by), kind=kind)
        return _say_decided(asyncio.run(at_the_desk(lambda parts: _decided(parts, action))), action, json=json)
    told = (*(Number(kind=NumberKind.policy, no=no) for no in policy_no or ()), *(numbers or ()))
    body = ResolutionBody(
        operation_id=operation_id,
        state=outcome,
        reason=why,
        by=who(by),
        numbers=told,
        result=result_in(result),
        code=code,
    )

    async def ended(parts: Parts) -> OperationRecord:
        return await resolve(parts, use_cases(), None, body)

    op = asyncio.run(at_the_desk(ended, _OPTIONS))
    if json:
        return emit_json(operation_view(op))
    made = f", {op.answer_location}" if op.answer_location else ""
    return out.print(f"{op.operation_id} has {op.state}{made}; recorded for {body.by}", markup=False)


async def _decided(parts: Parts, body: OrphanBody) -> OperationView:
    op = await decide(parts, use_cases(), None, body)
    return operation_view(op, await parts.journal.orphans(operation_id=op.operation_id))


def _say_decided(view: OperationView, body: OrphanBody, *, json: bool) -> None:
    if json:
        return emit_json(view)
    assert view.orphan is not None, "what was decided about is there"
    made = f" as {view.orphan.policy_id}" if view.orphan.policy_id else ""
    return out.print(f"{view.orphan.state}{made}; recorded for {body.by}", markup=False)


def _age(age: timedelta) -> str:
    """`2d 3:04:05`, without what a person does not read."""
    return str(age).split(".")[0].replace(" days, ", "d ").replace(" day, ", "d ")


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
