"""What a person types: lengths of time, numbers by their kind, the rest of a result in a file, a reason."""

import re
import sys
from pathlib import Path
from typing import Any

import msgspec
import typer

from cli.out import Exit, leave
from gateway.model import Number, NumberKind

REASON_CHARACTERS = (3, 500)
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def length_s(text: str) -> float:
    """Seconds of `90s`, `30m`, `2h` or `7d`. Raises typer.BadParameter."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if found is None:
        raise typer.BadParameter(f"'{text}' is no length of time: 90s, 30m, 2h or 7d")
    return float(int(found[1]) * _UNIT_S[found[2]])


def needed_reason(reason: str | None, question: str) -> str:
    """The reason as given, or as typed when somebody can be asked; ends the command without one."""
    if reason is None and sys.stdin.isatty():
        reason = typer.prompt(question, err=True)
    least, most = REASON_CHARACTERS
    if reason is None or not least <= len(reason.strip()) <= most:
        leave(Exit.usage, f"a reason of {least} to {most} characters is needed", '--reason "..."')
    return reason.strip()


def number(text: str) -> Number:
    """A carrier's number as `KIND=NO`; without a kind it is a policy's. Raises typer.BadParameter."""
    kind, equals, no = text.partition("=")
    if not equals:
        kind, no = NumberKind.policy.value, text
    if kind not in set(NumberKind) or not no.strip():
        raise typer.BadParameter(f"'{text}' is no number: KIND=NO, KIND one of {', '.join(NumberKind)}")
    return Number(kind=NumberKind(kind), no=no.strip())


def result_in(file: Path | None) -> Any:
    """A JSON document, None without a file. Raises typer.BadParameter."""
    if file is None:
        return None
    try:
        return msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError) as wrong:
        raise typer.BadParameter(f"{file} is no JSON document: {wrong}") from None
