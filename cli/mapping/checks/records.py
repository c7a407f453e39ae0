"""E472 and E473: the layouts of records, and that every row finds its field in them, or in the fields of a form."""

import re
from collections.abc import Iterator

from cli.mapping.checks.surroundings import Checking
from cli.mapping.checks.wire_paths import written
from cli.mapping.frames import WrongFrame, read_frame
from cli.mapping.headers import taken_headers
from cli.mapping.layers import FORMATS, Layers
from cli.mapping.layouts import LayoutFault, line_pattern, paths, pipe_form
from cli.mapping.paths import print_path
from cli.mapping.tree import Expression, Layer, Message, Option, OutcomeRow, Response, Text
from cli.mapping.widths import fixed_form
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.wire.layers.records import Path

_RECORDS = ("pipe", "fixed", "text")
_FLAT = ("form", "query", "multipart")
_DOT = re.compile(r"(?<!\\)\.")
# No field is called so: what may be looked into is never nothing.
_NEVER = ("\0",)
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_WIRE = re.compile(r"\bwire((?:\.[^\W\d]\w*)+)")


def check_record_layer(checking: Checking, layer: Layer) -> None:
    """The options of a `pipe`, `fixed` or `text` layer."""
    if layer.name not in _RECORDS:
        return
    try:
        known_paths(layer)
    except LayoutFault as fault:
        checking.say("E472", fault.mark, fault.message, fault.hint)


def check_record_rows(checking: Checking, message: Message, lists: tuple[Layers, ...]) -> None:
    """Every path a message names is a field of its record; with several forms of a reply, of one of them."""
    names = _names(lists)
    if names:
        _rows(checking, message, names, "")


def check_response_rows(checking: Checking, response: Response, wire: Layers, reply: tuple[Layers, ...]) -> None:
    """The same of a reply, whose record is the one sent where nothing else is said, and of what judges it."""
    names = _names(reply, last=True) if reply else _names((wire,))
    if not names:
        names = _opened(reply)
    if not names:
        return
    _rows(checking, response.message, names, "")
    _judged(checking, response.outcome, names, "")
    for _, expression in response.message.read:
        _looked_at(checking, expression, names, "")
    for echo in response.correlate:
        _known(checking, print_path(echo.path), echo.path.mark, names)


def _names(lists: tuple[Layers, ...], *, last: bool = False) -> frozenset[str]:
    """The fields of all forms a message may have; none where one of them is no record.

    Of the formats the first is the message's when it is sent, the last when it is read.
    """
    found: set[Path] = set()
    for layers in lists:
        formats = [layer for layer in layers if layer.name in FORMATS]
        inner = next((layer for layer in (formats[::-1] if last else formats) if "put" not in layer.options), None)
        if inner is None or inner.name not in _RECORDS:
            return frozenset()
        try:
            found |= known_paths(inner)
            found |= {path for layer in layers if last for path in _beside(layer)}
        except (LayoutFault, WrongFrame):
            return frozenset()
    return frozenset(".".join(path) for path in found if path)


class _Opened(frozenset[str]):
    """What may be looked into of a message whose fields are texts: names of objects among them."""


def _opened(lists: tuple[Layers, ...]) -> frozenset[str]:
    """The same of a reply that is a form, whose every field is a text but those that are said to be JSON."""
    found: set[str] = set(_NEVER)
    for layers in lists:
        formats = [layer.name for layer in layers if layer.name in FORMATS and "put" not in layer.options]
        if not formats or formats[-1] not in _FLAT:
            return frozenset()
        found |= {path[0] for layer in layers for path in _beside(layer)}
        texts = [each for layer in layers if layer.name == "json_text" for each in _listed(layer.options.get("fields"))]
        found |= {_DOT.split(each.value)[0] for each in texts if isinstance(each, Text)}
    return _Opened(found) if lists else frozenset()


def _listed(option: Option | None) -> tuple[Option, ...]:
    return option if isinstance(option, tuple) else ()


def _beside(layer: Layer) -> Iterator[Path]:
    """What stands in the message read beside its record: the head of a frame, headers."""
    if layer.name == "frame":
        frame = read_frame(layer)
        yield from ((frame.kept, field.name) for field in frame.fields if frame.kept)
    taken = taken_headers(layer) if layer.name == "headers" else None
    if taken is not None:
        yield from ((taken[1], name) for name in taken[0])


def _rows(checking: Checking, message: Message, names: frozenset[str], prefix: str) -> None:
    for writer in written(checking, message):
        if writer.path:
            _known(checking, f"{prefix}{writer.path}", writer.mark, names)
    for row in message.rows:
        inner = row.body if row.shape is None else checking.shapes.get(row.shape.value)
        if row.list_to is not None and row.codec is None and inner is not None and not row.list_to.anchor:
            under = f"{prefix}{print_path(row.list_to)}."
            _rows(checking, inner, names, under)
            _judged(checking, inner.outcome, names, under)


def _judged(checking: Checking, outcome: tuple[OutcomeRow, ...], names: frozenset[str], prefix: str) -> None:
    for row in outcome:
        message = row.result.message if row.result is not None else None
        for expression in (row.when, row.by_code, message):
            if expression is not None:
                _looked_at(checking, expression, names, prefix)


def _looked_at(checking: Checking, expression: Expression, names: frozenset[str], prefix: str) -> None:
    for dots in _WIRE.findall(_TEXT.sub("''", expression.source)):
        _known(checking, f"{prefix}{dots[1:]}", expression.mark, names)


def _known(checking: Checking, path: str, mark: Mark, names: frozenset[str]) -> None:
    if isinstance(names, _Opened):
        first, *inner = _DOT.split(path)
        if inner and first not in names:
            hint = (
                f"json_text: {{ fields: [{first}] }} behind the form, where it is a JSON text; a name with a dot: '\\.'"
            )
            checking.say("E473", mark, f"'{first}' is a field of a form, a text: nothing stands inside it", hint)
        return
    inside = any(name.startswith(f"{path}.") for name in names)
    if path not in names and not inside and "(" not in path and "{" not in path:
        checking.say("E473", mark, f"the record has no field '{path}'", did_you_mean(path, sorted(names)))


def known_paths(layer: Layer, *, lists: bool = False) -> frozenset[Path]:
    """Every path that has a field in a layer's records; with `lists` those whose elements are lines of their own."""
    if layer.name == "text":
        return frozenset((name,) for name in re.compile(line_pattern(layer)).groupindex)
    form = pipe_form(layer) if layer.name == "pipe" else fixed_form(layer, "utf-8", sends=False)
    return frozenset(record.items for record in form.records if record.items) if lists else paths(form)


def is_grouped(layer: Layer) -> bool:
    """Whether its records are more than lines one by one: groups, some that may be missing, some that count others."""
    if layer.name != "pipe":
        return False
    form = pipe_form(layer)
    return form.skip or any(
        record.records or record.optional or any(place.counts for place in record.fields) for record in form.records
    )


__all__ = ["check_record_layer", "check_record_rows", "check_response_rows", "is_grouped", "known_paths"]
