"""The small carrier of the runner's tests, to be made wrong."""

from contract_tests.tests.runner.conftest import Room, generated, room, workspace

__all__ = ["Room", "generated", "room", "workspace"]
