"""What is computed from the examples in place of running them: each ends the command."""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from cli.mapping.workspace import CarrierFolder
from cli.out import Exit, emit_json, err
from cli.testing.coverage import Measured
from cli.testing.folders import refuse_unfit
from cli.testing.wish import Wish
from contract_tests.examples.subject import Subject


def do_instead(wish: Wish, folders: Sequence[CarrierFolder]) -> NoReturn:
    """Do what was asked for, and end the command."""
    if wish.sign_proxy is not None:
        _sign(wish, folders)
    if wish.export is not None:
        _export(*wish.export, folders, json=wish.json)
    if wish.update_lock:
        _freeze(folders, json=wish.json)
    if wish.mutated:
        _mutate(folders, json=wish.json)
    _measure(folders, wish.fail_under or 0.0, json=wish.json)


def _export(kind: str, to: Path, folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Write the examples for another tool, and end the command."""
    from cli.testing.exporting import export  # noqa: PLC0415 - the other tests do without

    export(kind, to, folders, json=json)


def _sign(wish: Wish, folders: Sequence[CarrierFolder]) -> NoReturn:
    """Serve the proxy that signs again, and end the command."""
    from cli.testing.proxying import serve_proxy  # noqa: PLC0415 - the other tests do without

    serve_proxy(wish, folders)


def _freeze(folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Derive and freeze, and end the command."""
    from cli.testing.lock import freeze  # noqa: PLC0415 - brings the generator's tables along, which the other tests do without

    refuse_unfit(folders, json=json)
    freeze(folders, json=json)


def _mutate(folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Tell what the examples notice, and end the command."""
    from cli.testing.mutation import mutate  # noqa: PLC0415 - brings the generator along, which the other tests do without

    refuse_unfit(folders, json=json)
    mutate(folders, json=json)


def _measure(folders: Sequence[CarrierFolder], least: float, *, json: bool) -> NoReturn:
    """Tell the coverage, and end the command."""
    refuse_unfit(folders, json=json)
    measured = Measured(Subject(folder.path, folder.root) for folder in folders)
    if json:
        emit_json(measured.document())
    else:
        measured.show()
    enough = measured.coverage >= least
    if not enough:
        err.print(f"the examples cover {measured.coverage}, less than {least}", style="red", markup=False)
    raise typer.Exit(Exit.ok if enough and measured.is_right else Exit.wrong)
