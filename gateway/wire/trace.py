"""From a failure in a generated module back to the mapping line that caused it, at no cost while nothing fails.

Every generated statement ends in `# L<n>` and the module names its YAML file in `MAPPING`. When something is raised,
the traceback knows the module and the line; the line's own text knows the rest.
"""

import linecache
import re
from types import TracebackType
from typing import NamedTuple

from gateway.wire.errors import CannotSend, Unreadable, WireError
from gateway.wire.limits import PROBLEMS_MAX

# A line another file was extended by names that file: `# quote_create.yaml L12`.
TAG = re.compile(r"#\s*(?:(\S+\.yaml) )?L(\d+)\s*$")
# A call broken over several lines carries its tag on the last one.
_LINES_AHEAD = 20


class Place(NamedTuple):
    """A line of a mapping."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def place_of(error: BaseException) -> Place | None:
    """The mapping line that was being carried out when the error was raised, or None when no mapping was."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        found = _place(trace) or found
        trace = trace.tb_next
    return found


def _place(trace: TracebackType) -> Place | None:
    mapping = trace.tb_frame.f_globals.get("MAPPING")
    if not isinstance(mapping, str):
        return None
    file = trace.tb_frame.f_code.co_filename
    for line in range(trace.tb_lineno, trace.tb_lineno + _LINES_AHEAD):
        if tag := TAG.search(linecache.getline(file, line)):
            return Place(_sibling(mapping, tag.group(1)), int(tag.group(2)))
    return None


def _sibling(mapping: str, name: str | None) -> str:
    return mapping if name is None else f"{mapping.rpartition('/')[0]}/{name}".lstrip("/")


_ABSENT = re.compile(r"Missing required argument '([a-z_]+)'")


def _words(error: BaseException) -> str:
    """What may be said of an error: our own errors speak for themselves, of others only the kind is told.

    The text of a `KeyError` or `ValueError` can be a value out of the message; that of an object that lacks a field
    names the field of ours alone.
    """
    if isinstance(error, WireError):
        return error.message
    if isinstance(error, TypeError) and (absent := _ABSENT.fullmatch(str(error))) is not None:
        return f"the message tells no '{absent[1]}', without which there is no such object"
    return f"the message does not fit the mapping ({_kind(error)})"


def _kind(error: BaseException) -> str:
    return type(error).__name__


def problem(error: BaseException) -> str:
    """One line for the operator: what is wrong, and the mapping line."""
    place = place_of(error)
    return _words(error) if place is None else f"{_words(error)} -> {place}"


def note(problems: list[str], error: Exception) -> None:
    """Keep a problem of reading a result, up to a limit; the last entry then says that there were more."""
    if len(problems) < PROBLEMS_MAX:
        problems.append(problem(error))
    elif len(problems) == PROBLEMS_MAX:
        problems.append("and more")


def cannot_send(error: Exception) -> CannotSend:
    """The error a failed `build` ends in: nothing has left, and the mapping line is known."""
    path = error.path if isinstance(error, WireError) else None
    place = place_of(error)
    return CannotSend(_words(error), path=path, line=None if place is None else str(place))


def unreadable(error: Exception) -> Unreadable:
    """The error a failed reading ends in, with the mapping line."""
    path = error.path if isinstance(error, WireError) else None
    place = place_of(error)
    return Unreadable(_words(error), path=path, line=None if place is None else str(place))
