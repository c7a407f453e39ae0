"""The small carrier of the runner's tests, to derive cases from."""

from contract_tests.tests.runner.conftest import Room, generated, mutated, room, workspace

__all__ = ["Room", "generated", "mutated", "room", "workspace"]
