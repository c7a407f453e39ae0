"""`insurehub import`: other tools' files as draft examples, with nobody in them."""  # noqa: N999 - a command is called as its file

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.record import folder_of, sandbox_of, tell, write
from cli.here import workspace_root
from cli.out import Exit, leave, must_be_file
from contract_tests.interchange.places import BadFile
from contract_tests.interchange.taking import IMPORTERS, taken

app = typer.Typer(add_completion=False)


@app.command("import")
def take(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=", ".join(IMPORTERS))],
    file: Annotated[Path, typer.Argument(help="The file: nothing in it is executed.")],
    carrier: Annotated[str, typer.Option(help="Whose exchanges they are.")],
    operation: Annotated[str, typer.Option(help="What all of it is, where the mapping leaves a doubt.")] = "",
    channel: Annotated[str | None, typer.Option(help="The channel whose settings hold the secrets and config.")] = None,
    secrets: Annotated[Path | None, typer.Option(help="Secrets as a YAML map of names, to look into messages.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Turn a HAR file, a Postman collection, OpenAPI examples or a Pact file into draft examples of a carrier.

    People and secrets are replaced and signatures made again as `insurehub record` does it; all or nothing is written.

    Example: insurehub import har session.har --carrier acme
    """
    if kind not in IMPORTERS:
        leave(Exit.usage, f"{kind} is not taken in", f"kinds are: {', '.join(IMPORTERS)}")
    root = workspace_root()
    folder = folder_of(root, carrier)
    must_be_file(file)
    try:
        exchanges = taken(kind, file)
    except BadFile as bad:
        leave(Exit.wrong, f"nothing was written: {bad}")
    done = write(exchanges, folder, sandbox_of(root, channel, secrets), operation, f"{kind} {file.name}", "imported")
    tell(done, root, json=json)
