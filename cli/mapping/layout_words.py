"""What the layouts of records share: options that are one text, words they know, names of fields, line ends."""

from collections.abc import Mapping

from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path
from cli.mapping.tree import Layer, Option, Text
from gateway.catalogue.marks import Mark
from gateway.wire.layers.records import Lines, Path

_LINES = {"lf": "\n", "crlf": "\r\n", "none": ""}


class LayoutFault(Exception):
    """A layout that says nothing the wire could do; `mark` is the place."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        """Say what is wrong, where, and what to do."""
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


def lines_of(layer: Layer) -> Lines:
    """How the records of a layer follow one another."""
    line, end = text_of(layer, layer.options, "line", "lf"), text_of(layer, layer.options, "end", "")
    if line == "none" and not end:
        raise LayoutFault(mark_of(layer, "line"), "with nothing between records, end says what closes each", 'end: "~"')
    return Lines(end, _LINES.get(line, line), text_of(layer, layer.options, "last", "false") == "true")


def text_of(layer: Layer, options: Mapping[str, Option], name: str, otherwise: str) -> str:
    """An option that is one text."""
    found = options.get(name)
    if found is None:
        return otherwise
    if not isinstance(found, Text):
        raise LayoutFault(mark_of(layer, name), f"{name} is one text")
    return found.value


def known_words(layer: Layer, options: Mapping[str, Option], names: tuple[str, ...], what: str) -> None:
    """Refuse options that nobody knows."""
    strange = next((name for name in options if name not in names), None)
    if strange is not None:
        raise LayoutFault(layer.mark, f"{what} has no word '{strange}'", f"known: {', '.join(names)}")


def path_of(text: Text) -> Path:
    """The name of a field."""
    try:
        found = parse_path(text.value, text.mark)
    except SyntaxFault as fault:
        raise LayoutFault(text.mark, f"'{text.value}' is no field name: {fault}", fault.hint) from None
    if found.anchor or found.attribute or any(segment.selectors for segment in found.segments) or not found.segments:
        raise LayoutFault(text.mark, f"'{text.value}' is no field name: names joined by dots")
    return tuple(segment.name for segment in found.segments)


def mark_of(layer: Layer, option: str) -> Mark:
    """Where an option stands."""
    return layer.key_marks.get(option, layer.mark)


__all__ = ["LayoutFault", "known_words", "lines_of", "mark_of", "path_of", "text_of"]
