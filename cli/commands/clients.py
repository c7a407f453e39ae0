"""`insurehub clients`: API keys, shown once and stored hashed."""

import asyncio
import re
from typing import Annotated, Any

import typer
from msgspec.structs import replace

from cli.open import open_workspace_journal
from cli.out import Exit, emit_json, leave, out, table
from gateway.journal.changes import PutClient
from gateway.journal.protocol import Journal
from gateway.journal.records import ClientRecord
from gateway.ports import World
from gateway.service.gateway import OPERATE, SCOPES, add_client

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="API keys of clients.\n\nExample: insurehub clients add shop --scope issue",
)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_SCOPES_HELP = f"One of {', '.join(SCOPES)}; all of these when left out. Or {OPERATE}: an operator's key."
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def add(
    client: Annotated[str, typer.Argument(help="The client's name; all its keys see the same objects.")],
    scope: Annotated[list[str] | None, typer.Option(help=_SCOPES_HELP)] = None,
    json: Json = False,
) -> None:
    """Make an API key. It is printed once; the journal keeps its hash.

    Example: insurehub clients add shop --scope quote --scope issue --scope read
    """
    if not NAME.fullmatch(client):
        leave(
            Exit.usage, f"{client!r} is no name for a client", "letters, digits, . _ and -, up to 64 of them: shop-eu"
        )
    unknown = [name for name in scope or () if name not in (*SCOPES, OPERATE)]
    if unknown:
        leave(Exit.usage, f"there is no scope {', '.join(unknown)}", f"scopes are: {', '.join((*SCOPES, OPERATE))}")
    scopes = tuple(scope) if scope else SCOPES
    api_key = asyncio.run(_with_journal(lambda journal: add_client(journal, World(), client, scopes)))
    if json:
        emit_json({"client": client, "api_key": api_key, "scopes": scopes})
    else:
        out.print(api_key, markup=False)


@app.command("list")
def list_clients(json: Json = False) -> None:
    """List all keys: client, scopes, since when, revoked or not.

    Example: insurehub clients list
    """
    records: list[ClientRecord] = asyncio.run(_with_journal(lambda journal: journal.clients()))
    rows: list[dict[str, Any]] = [
        {
            "client": record.client,
            "key_hash": record.key_hash[:12],
            "scopes": record.scopes.split(),
            "created_at": record.created_at,
            "revoked_at": record.revoked_at,
        }
        for record in records
    ]
    if json:
        emit_json({"clients": rows})
    else:
        table(
            None,
            ["client", "key", "scopes", "since", "revoked"],
            [[r["client"], r["key_hash"], " ".join(r["scopes"]), r["created_at"], r["revoked_at"]] for r in rows],
        )


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's hash as `clients list` shows it (its first characters).")],
    json: Json = False,
) -> None:
    """Revoke a key; a running gateway refuses it within a second.

    Example: insurehub clients revoke 4f0c1a9be2d3
    """

    async def mark(journal: Journal) -> list[str]:
        found = [record for record in await journal.clients() if record.key_hash.startswith(key)]
        if len(found) == 1:
            await journal.write(PutClient(replace(found[0], revoked_at=World().now())))
        return [record.client for record in found]

    clients = asyncio.run(_with_journal(mark))
    if len(clients) != 1:
        leave(Exit.wrong, f"{len(clients)} keys begin with '{key}', not one", "insurehub clients list")
    if json:
        emit_json({"revoked": key, "client": clients[0]})
    else:
        out.print(f"revoked a key of {clients[0]}")


_with_journal = open_workspace_journal
