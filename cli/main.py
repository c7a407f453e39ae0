"""The `insurehub` command; each subcommand is a file of `cli/commands`, imported when it is named.

A command starts as fast as what it needs: naming one does not import the others.
"""

import errno
import importlib
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

import typer

from cli.out import Exit, err, out
from gateway import __version__

_COMMANDS = {
    "init": "make a workspace of your own: mappings, adapters and contract tests beside an installed insurehub",
    "new": "scaffold a carrier whose contract tests pass at once",
    "check": "check everything under mappings/: every fault at once, with its place",
    "show": "one operation, canonical beside wire, as a table or a page",
    "fields": "the canonical names: fields of a type, values of an enum, where a word occurs",
    "diff": "what changed between two versions of a carrier, and whom it breaks",
    "report": "what the mappings leave out, ignore, lose, or do in Python",
    "schema": "wire schemas from OpenAPI, XSD and WSDL; schemas for editors",
    "migrate": "mappings of an earlier format into this one, comments kept",
    "generate": "write adapters/ from mappings/, or compare with --check",
    "keep": "keep an adapter that is in use before its mapping changes: what began with it ends with it",
    "test": "run the contract tests of the workspace",
    "drift": "what a carrier says now that its mapping does not know, from a sandbox or from the journal",
    "carriers": "carrier x operation x safety class, proven by contract tests; --variety: what the examples show",
    "kit": "the conformance kit of a carrier: build it, run it, test the kits themselves",
    "mock": "serve a carrier's mock on loopback",
    "record": "record a carrier's sandbox as draft examples, with nobody in them; look for people and secrets",
    "import": "HAR, Postman, OpenAPI examples and Pact files as draft examples",
    "serve": "serve the gateway",
    "demo": "run the main job: gateway, mock carriers, 200 policies, faults, verdict",
    "channels": "which channels there are; drain, disable, enable or pin one at once",
    "route": "explain a routing decision, replay recorded ones with another catalogue, check and simulate",
    "statement": "read a carrier's daily file through its mapping, take it in as evidence",
    "operations": "what is running, stuck or done, and why; end what waits for a person",
    "audit": "what people did to operations, and why",
    "webhooks": "where clients are told of what happens: endpoints, what is dead, replay",
    "clients": "API keys: add, list, revoke",
    "keys": "the keys that seal raw messages: a new one, and everything sealed again under it",
    "db": "the journal: its schema, its size, what it forgets",
    "simulate": "the same services under virtual time: seeds, crashes, faults, and what must then hold",
    "bench": "the measurements",
    "torture": "kill -9 in the middle of trade: nothing lost, nothing doubled; planted bugs are caught",
    "fuzz": "hostile mapping files and replies, at length",
    "doctor": "say what is missing on this machine",
}


_RIGHTS = "this user needs the right to it"
_ROOM = "make room on its disk"
_KIND = "a file stands where a folder should, or the reverse"
_OF_FILES = {
    errno.EACCES: _RIGHTS, errno.EPERM: _RIGHTS, errno.EROFS: "its disk takes no writes", errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM, errno.EISDIR: _KIND, errno.ENOTDIR: _KIND, errno.EEXIST: _KIND,
}  # fmt: skip
"""What a machine's files refuse, and what to do about it."""
_EXAMPLE = "insurehub check && insurehub generate && insurehub test"


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; wrong use exits with 2."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help"):
        _help()
        sys.exit(Exit.ok if words else Exit.usage)
    if words[0] == "--version":
        out.print(f"insurehub {__version__}")
        return
    name, *rest = words
    if name not in _COMMANDS:
        near = get_close_matches(name, _COMMANDS, n=1)
        hint = f", did you mean '{near[0]}'?" if near else ""
        err.print(f"insurehub has no command '{name}'{hint} Try: insurehub --help", markup=False)
        sys.exit(Exit.usage)
    app: typer.Typer = importlib.import_module(f"cli.commands.{name}").app
    try:
        app(rest, prog_name=f"insurehub {name}")
    except OSError as error:
        _stopped_by(error)


def _stopped_by(error: OSError) -> NoReturn:
    """Files that may not be read or written, and disks without room, are told as such; all else is a bug of ours."""
    if error.errno not in _OF_FILES:
        raise error
    where = f"{error.filename}: " if error.filename is not None else ""
    err.print(f"{where}{error.strerror}", style="red", markup=False, soft_wrap=True)
    err.print(_OF_FILES[error.errno], style="dim")
    sys.exit(Exit.missing)


def _help() -> None:
    out.print("[bold]insurehub[/] COMMAND ...   one standard insurer in front of every carrier's own wire\n")
    width = max(map(len, _COMMANDS))
    for name, about in _COMMANDS.items():
        out.print(f"  [bold]{name:{width}}[/]  {about}", soft_wrap=True)
    out.print(f"\nEvery command has --help with an example, and --json.\nExample: {_EXAMPLE}")
