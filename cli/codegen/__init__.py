"""From a carrier's mapping to readable, typed, fast Python: plan (a small intermediate form), then emit."""

from cli.codegen.generate import Report, generate

__all__ = ["Report", "generate"]
