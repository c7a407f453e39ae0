"""How long before a maintenance window a channel's new business must stop, by what its carrier declares."""

from gateway.channel.registry import Adapter
from gateway.wire.contract import Operation

ROUTED_WRITES = ("underwriting.submit", "policy.issue")


def write_margin_s(adapter: Adapter) -> float:
    """The longest until one write of new business is answered or, its answer lost, asked after to an end; 0: none."""
    offered = (each for name in ROUTED_WRITES for each in adapter.variants(name))
    return max((_ends_within_s(each) for each in offered), default=0.0)


def _ends_within_s(operation: Operation) -> float:
    settles_s = operation.inquiry.not_found_is_final_after_s if operation.inquiry else None
    return sum(step.timeout.total_s for step in operation.steps) + (settles_s or 0.0)
