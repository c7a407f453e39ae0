"""The standard insurer: one vocabulary in front of every carrier's own wire."""

__version__ = "0.1.0"
