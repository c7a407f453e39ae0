"""Safe examples carried out against a sandbox: only where somebody said three times that it may be.

A flag on the command line, a host on the allow-list, and `live: { safe: true }` on the example itself.
"""

from contract_tests.live.checks import live_checks
from contract_tests.live.sandbox import NotAllowed, Sandbox, sandbox_at

__all__ = ["NotAllowed", "Sandbox", "live_checks", "sandbox_at"]
