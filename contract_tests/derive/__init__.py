"""Derived cases: what follows from an example without being written, generated once and frozen beside the carrier."""
