"""Carriers' YAML, loaded into a tree with positions and checked at both ends."""
