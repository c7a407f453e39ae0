"""Sequences of examples, each step with what the earlier ones gave: against a mock on a socket, and at a sandbox."""

from contract_tests.scenarios.checks import live_scenarios, scenario_checks

__all__ = ["live_scenarios", "scenario_checks"]
