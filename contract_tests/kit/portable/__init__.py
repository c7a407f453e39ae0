"""The part of a kit that travels: standard library alone; the carrier's part of it is data, never code."""
