"""A workspace and a command line, as the tests of the commands have them."""

from contract_tests.tests.cli.conftest import empty_workspace, forget_workspaces, insurehub, workspace

__all__ = ["empty_workspace", "forget_workspaces", "insurehub", "workspace"]
