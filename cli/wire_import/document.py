"""What every reader of a carrier's document shares: the refusal, the limits, and one field as it is found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path as File

from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path, print_segment
from cli.mapping.tree import Segment, WireField, WireMessage
from gateway.catalogue.marks import Mark

FILE_BYTES_MAX = 8 * 1024 * 1024
FIELDS_MAX = 4_000
DEPTH_MAX = 16
STEPS_MAX = 20_000
LABEL_LENGTH_MAX = 60


class ImportRefused(Exception):
    """A document that cannot be imported: what is wrong, and what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        """Keep the sentence and the advice."""
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Offer:
    """One message a document describes: `call` is `POST /path` or the element's name; read only when it is wanted."""

    call: str
    side: str
    read: Callable[[], WireMessage]


@dataclass(frozen=True, slots=True)
class Found:
    """One field on the way: `name` as the mapping language writes it, `type` one of the wire schema's types."""

    way: tuple[str, ...]
    type: str
    required: bool = False
    length: int | None = None
    label: str = ""


def read_bytes(file: File) -> bytes:
    """The bytes of a document of a bearable size."""
    try:
        with file.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise ImportRefused(f"{file} cannot be read: {error.strerror}") from None
    if len(data) > FILE_BYTES_MAX:
        raise ImportRefused(f"{file} is longer than {FILE_BYTES_MAX} bytes")
    return data


def message_of(found: Iterator[Found], name: str) -> WireMessage:
    """The fields of one message; the first of two with one path is kept."""
    fields: dict[str, WireField] = {}
    for each in found:
        text = path_text(each.way)
        if text not in fields:
            fields[text] = WireField(
                path=parse_path(text, Mark(name, 1)),
                type=each.type,
                length=each.length,
                required=each.required,
                label=each.label,
            )
        if len(fields) > FIELDS_MAX:
            raise ImportRefused(f"{name} has more than {FIELDS_MAX} fields")
    return tuple(fields.values())


def path_text(way: tuple[str, ...]) -> str:
    """A way of names as the mapping language writes them, joined; an attribute begins with @."""
    return ".".join(way).replace(".@", "@")


def segment_text(name: str) -> str | None:
    """A document's own name as one segment of a path; None for one no path can hold."""
    text = print_segment(Segment(name))
    try:
        found = parse_path(text, Mark("", 1))
    except SyntaxFault:
        return None
    return text if len(found.segments) == 1 and found.segments[0].name == name else None


def label_of(text: object) -> str:
    """The first line of a description, as a label."""
    line = text.strip().split("\n")[0].strip() if isinstance(text, str) else ""
    shown = "".join(character if character.isprintable() else " " for character in line)
    return shown if len(shown) <= LABEL_LENGTH_MAX else f"{shown[:LABEL_LENGTH_MAX]}.."
