"""`insurehub diff`: two versions of a carrier's mapping, by meaning and by what every example makes of both."""

from typing import Annotated

import typer

from cli.diff.change import Breaks, Change
from cli.diff.replay import Message, replayed
from cli.diff.semantic import semantic_changes
from cli.diff.version import NoVersion, opened
from cli.here import workspace_root
from cli.out import Exit, counted, emit_json, leave, out

MESSAGES_SHOWN_MAX = 40
_SIGNS = {"added": "[green]+[/]", "removed": "[red]-[/]", "changed": "[yellow]~[/]"}
_WHO: tuple[Breaks, ...] = ("carrier", "caller", "nobody")

app = typer.Typer(add_completion=False)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="A", help="A folder, a carrier, or a carrier at a git revision.")],
    new: Annotated[str | None, typer.Argument(metavar="[B]", help="Left out: the carrier as it is now.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what changed between two versions of a carrier, and whether it breaks the carrier, the caller or nobody.

    Exit 0: nobody is broken. Example: insurehub diff lotus@HEAD~1 lotus
    """
    root = workspace_root()
    try:
        with opened(old, root) as before, opened(new or old.partition("@")[0], root) as after:
            changes = semantic_changes(before.tree, after.tree)
            count, messages = replayed(before, after)
    except NoVersion as missing:
        leave(Exit.usage, str(missing), missing.hint)
    hit = {change.breaks for change in changes} | {message.breaks for message in messages}
    broken = sorted(hit - {"nobody"})
    if json:
        emit_json({"breaks": broken, "changes": changes, "examples": count, "messages": messages})
    else:
        _tell(changes, count, messages)
    raise typer.Exit(Exit.wrong if broken else Exit.ok)


def _tell(changes: tuple[Change, ...], count: int, messages: tuple[Message, ...]) -> None:
    for who in _WHO:
        chosen = [change for change in changes if change.breaks == who]
        if chosen:
            out.print(f"[bold]{'breaks nobody' if who == 'nobody' else f'may break the {who}'}[/]")
        for change in chosen:
            _tell_change(change)
    _tell_messages(count, messages)


def _tell_change(change: Change) -> None:
    out.print(f"  {_SIGNS[change.what]} ", end="")
    out.print(f"{change.area}: {change.subject}".rstrip(": "), markup=False, soft_wrap=True)
    for sign, text in (("-", change.before), ("+", change.after)):
        if text:
            out.print(f"      {sign} {text}", style="dim", markup=False, soft_wrap=True)


def _tell_messages(count: int, messages: tuple[Message, ...]) -> None:
    examples = len({message.example for message in messages})
    alike: dict[tuple[str, ...], list[str]] = {}
    for message in messages:
        alike.setdefault((message.at, message.breaks, message.before, message.after), []).append(message.example)
    for (at, breaks, before, after), names in list(alike.items())[:MESSAGES_SHOWN_MAX]:
        who = "breaks nobody" if breaks == "nobody" else f"breaks the {breaks}"
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        out.print(f"{names[0]}{more}  {at}: {who}", markup=False, soft_wrap=True)
        out.print(f"      - {before}", style="dim", markup=False, soft_wrap=True)
        out.print(f"      + {after}", style="dim", markup=False, soft_wrap=True)
    if len(alike) > MESSAGES_SHOWN_MAX:
        more = counted(len(alike) - MESSAGES_SHOWN_MAX, "more difference")
        out.print(f".. and {more}: --json has all of them", markup=False)
    color = "[yellow]" if messages else "[green]"
    out.print(f"{color}{examples} of {counted(count, 'example')} differ[/]")
