"""The `insurehub` command; each subcommand is a file of `cli/commands`, imported when it is named."""

import importlib
from collections.abc import Sequence

import click
import typer
from typer.main import get_command

from gateway import __version__

_COMMANDS = {
    "init": "make a workspace of your own: mappings, adapters and contract tests beside an installed insurehub",
    "new": "scaffold a carrier whose contract tests pass at once",
    "check": "check everything under mappings/: every fault at once, with its place",
    "generate": "write adapters/ from mappings/, or compare with --check",
    "test": "run the contract tests of the workspace",
    "mock": "serve a carrier's mock on loopback",
    "serve": "serve the gateway",
    "demo": "run the main job: gateway, mock carriers, 200 policies, faults, verdict",
    "route": "explain a routing decision",
    "operations": "what is running, stuck or done, and why",
    "clients": "API keys: add, list, revoke",
    "bench": "the measurements",
    "doctor": "say what is missing on this machine",
}


class _Commands(click.Group):
    """Finds subcommands by name without importing the others: a command starts as fast as it can."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        _ = ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        _ = ctx
        if cmd_name not in _COMMANDS:
            return None
        app: typer.Typer = importlib.import_module(f"cli.commands.{cmd_name}").app
        command = get_command(app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _ = ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, invoke_without_command=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="insurehub")
def main() -> None:
    """One standard insurer in front of every carrier's own wire.

    Example: insurehub check && insurehub generate && insurehub test
    """


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; wrong use exits with 2."""
    main.main(args=list(arguments) if arguments is not None else None, prog_name="insurehub")
