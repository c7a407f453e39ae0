"""Fields of a message that its layers write once all rows are written: signatures, and keys that were encrypted."""

from collections.abc import Iterator, Mapping

from cli.codegen.plan.environment import FORMATS
from cli.mapping.tree import Layer, Option, Text


def filled_later(layers: tuple[Layer, ...]) -> frozenset[str]:
    """The wire paths that layers before the first format write; a place kept for one of them stays."""
    return frozenset(path for path in _puts(layers) if not path.startswith(("header.", "query.")))


def _puts(layers: tuple[Layer, ...]) -> Iterator[str]:
    for layer in layers:
        if layer.name in FORMATS:
            return
        wrap = layer.options.get("wrap")
        for options in (layer.options, wrap if isinstance(wrap, Mapping) else {}):
            put: Option | None = options.get("put")
            if isinstance(put, Text):
                yield put.value.removeprefix("wire.").removeprefix("form.")
