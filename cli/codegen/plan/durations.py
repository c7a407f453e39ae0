"""Durations of layers as seconds."""

from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Layer

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str, layer: Layer) -> float:
    """A duration such as `300s` in seconds."""
    number = text.rstrip("mshd")
    unit = text[len(number) :]
    if not number.replace(".", "", 1).isdigit() or unit not in _UNITS:
        raise Refused("E260", layer.mark, f"'{text}' is no duration: write 300s")
    return float(number) * _UNITS[unit]
