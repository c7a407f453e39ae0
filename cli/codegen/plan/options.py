"""The options of a layer, read with the kind each must have."""

from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Expression, Layer, Option, Text
from gateway.catalogue.marks import Mark


def text(layer: Layer, name: str, otherwise: str | None = None) -> str | None:
    """An option that is one text."""
    found = layer.options.get(name)
    if found is None:
        return otherwise
    if not isinstance(found, Text):
        raise Refused("E260", layer.key_marks.get(name, layer.mark), f"{layer.name}: {name} is one text")
    return found.value


def needed(layer: Layer, name: str) -> str:
    """An option a layer cannot do without."""
    found = text(layer, name)
    if not found:
        raise Refused("E261", layer.mark, f"{layer.name} needs {name}")
    return found


def flag(layer: Layer, name: str) -> bool:
    """An option that is true or false."""
    return text(layer, name) == "true"


def texts(layer: Layer, name: str) -> tuple[Text | Expression, ...]:
    """An option that is a list of texts and expressions, or one of them."""
    found = layer.options.get(name)
    if found is None:
        return ()
    listed = found if isinstance(found, tuple) else (found,)
    kept = [each for each in listed if isinstance(each, Text | Expression)]
    if len(kept) != len(listed):
        raise Refused("E260", mark(layer, name), f"{layer.name}: {name} is a list of texts")
    return tuple(kept)


def pairs(layer: Layer, name: str) -> tuple[tuple[str, Option], ...]:
    """An option that is a map."""
    found = layer.options.get(name)
    if found is None:
        return ()
    if isinstance(found, Text | Expression | tuple):
        raise Refused("E260", mark(layer, name), f"{layer.name}: {name} is a map")
    return tuple(found.items())


def mark(layer: Layer, name: str) -> Mark:
    """Where an option stands."""
    return layer.key_marks.get(name, layer.mark)


def armour(layer: Layer) -> str:
    """The arguments with the lines a layer's base 64 stands between; "" where it stands alone."""
    found = []
    for word in ("begin", "end"):
        said = layer.options.get(word)
        if said is None:
            continue
        if not isinstance(said, Text) or not said.value.strip().isprintable() or not said.value.strip():
            raise Refused("E261", mark(layer, word), f"{word} is one line of text", "begin: ----BEGIN DATA----")
        found.append(f", {word}={said.value.strip()!r}")
    return "".join(found)
