"""`insurehub keep`: an adapter that is in use, kept before its mapping changes."""

from typing import Annotated

import msgspec
import typer

from cli.codegen.keep import keep as keep_adapter
from cli.codegen.keep import kept_here
from cli.here import must_be_carriers, own_carriers, workspace_root
from cli.out import Exit, emit_json, leave, out, table
from gateway.channel import AdapterMissing

app = typer.Typer(add_completion=False)


@app.command()
def keep(
    carriers: Annotated[list[str] | None, typer.Argument(help="These carriers; all when left out.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only show what is kept.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Keep the present adapters beside those that are generated next.

    An operation speaks with the version of an adapter it began with, to its end. Run this before a mapping that is in
    use changes, and commit adapters/former: a gateway with the new adapter finishes with it what began with the former
    one, and without it waits. A folder there may go when no operation that began with it is open any more.

    Example: insurehub keep lotus
    """
    root = workspace_root()
    must_be_carriers(root, carriers or ())
    wanted = tuple(carriers or own_carriers(root))
    try:
        kept = kept_here(root, wanted) if listed else [keep_adapter(root, each) for each in wanted]
    except AdapterMissing as missing:
        leave(Exit.missing, str(missing))
    if json:
        emit_json({"kept": msgspec.to_builtins(kept)})
    elif kept:
        table(None, ["carrier", "version", "folder"], [[each.carrier, each.version, each.folder] for each in kept])
    else:
        out.print("nothing is kept")
