"""The edits of what stands around a message: clock, numbers, settings; and of a daily file, line by line."""

from collections.abc import Iterator
from typing import Any

from contract_tests.derive.edit import GONE, Path
from contract_tests.derive.texts import unlike
from contract_tests.derive.walk import places
from contract_tests.examples.check import Run
from contract_tests.examples.example import Example
from contract_tests.examples.frozen import context_of
from gateway.wire.contract import Step
from gateway.wire.known import Known

Change = tuple[str, Path, Any]

CLOCKS = ("2024-02-29T23:59:59+08:00", "2026-12-31T16:00:00+00:00", "2026-03-01T10:30:15.250+14:00")
LINES_SEEN_MAX = 40
LINE_LENGTH_MAX = 240


def context_changes(example: Example) -> Iterator[Change]:
    """Another clock and other numbers; each setting and each kept number missing, and another."""
    yield from (("clock", ("now",), text) for text in CLOCKS)
    yield "number", ("request_no",), "R" + "9" * 60
    yield "number", ("attempt_no",), "A" + "9" * 60
    for name in ("config", "binding", "refs"):
        for at, value in places(getattr(example, name)):
            yield "missing", (name, *at), GONE
            if isinstance(value, str):
                yield "other", (name, *at), unlike(value)


def known_of(step: Step) -> Known | None:
    """The names the generated code of a step reads."""
    names: dict[str, Any] = step.parse.__globals__
    own = f"KNOWN{step.parse.__name__.removeprefix('parse').upper()}"
    found = names.get(own) or names.get("KNOWN")
    return found if isinstance(found, Known) else None


def callback_known(run: Run) -> tuple[Any, Known | None] | None:
    """A callback as it is decoded, and the names that are read of it; None where it cannot be read."""
    given = run.example.callback
    called = run.subject.adapter.callback(given.name) if given is not None else None
    if given is None or called is None:
        return None
    notice = called.read(given.inbound, context_of(run.example, run.example.freeze, {}))
    if notice.reply is None:
        return None
    names: dict[str, Any] = called.read.__globals__
    found = names.get(f"KNOWN_{called.name.upper()}")
    return notice.reply.wire, found if isinstance(found, Known) else None


def statement_changes(file: bytes) -> Iterator[Change]:
    """Each kind of line missing and twice; every byte of it another, every stretch of it blank."""
    seen: set[bytes] = set()
    for number, line in enumerate(file.split(b"\n")[:LINES_SEEN_MAX]):
        if not line or line[:KIND_LENGTH] in seen:
            continue
        seen.add(line[:KIND_LENGTH])
        yield from (("line-missing", (str(number),), GONE), ("line-twice", (str(number),), GONE))
        for start in range(min(len(line), LINE_LENGTH_MAX)):
            yield "line-other", (str(number), str(start)), GONE
            yield from (("line-blank", (str(number), str(start), str(length)), GONE) for length in BLANKS)
        parts = line.split(b"|")
        yield from (("line-cut", (str(number), str(at)), GONE) for at in range(len(parts)) if len(parts) > 1)
    yield "line-ends", (), GONE


KIND_LENGTH = 7
BLANKS = (9, 20)


def changed_file(file: bytes, kind: str, at: Path) -> bytes:
    """A daily file with one of these changes. Raises IndexError where it has no such line."""
    if kind == "line-ends":
        return file.replace(b"\r\n", b"\n") if b"\r\n" in file else file.replace(b"\n", b"\r\n")
    lines = file.split(b"\n")
    number, *rest = map(int, at)
    line = lines[number]
    match kind, rest:
        case "line-missing", _:
            return b"\n".join(lines[:number] + lines[number + 1 :])
        case "line-twice", _:
            return b"\n".join([*lines[:number], line, *lines[number:]])
        case "line-other", [start]:
            line = line[:start] + _unlike(line[start : start + 1]) + line[start + 1 :]
        case "line-blank", [start, length]:
            line = line[:start] + b" " * len(line[start : start + length]) + line[start + length :]
        case "line-cut", [part]:
            parts = line.split(b"|")
            line = b"|".join([*parts[:part], b"", *parts[part + 1 :]])
    return b"\n".join([*lines[:number], line, *lines[number + 1 :]])


def _unlike(part: bytes) -> bytes:
    return unlike(part.decode("latin-1")).encode("latin-1")
