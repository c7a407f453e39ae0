"""What is left of an operation's time, for attempts that have yet to begin."""

from gateway.journal.records import OperationRecord
from gateway.service.parts import Parts


def left_s(parts: Parts, op: OperationRecord) -> float:
    """Seconds until its deadline; negative behind it."""
    return (op.deadline_at - parts.world.now()).total_seconds()


def is_worth_trying(parts: Parts, op: OperationRecord) -> bool:
    """Whether enough is left for one more attempt somewhere."""
    return left_s(parts, op) >= parts.policy.useful_s


def attempt_s(parts: Parts, op: OperationRecord, total_s: float) -> float:
    """How long one attempt may take: what its step asks for, and no more than is left of the operation's time.

    What has to be brought to its end behind the deadline (a flow's next step, a claim that was kept) has its
    whole time.
    """
    most_s = min(total_s, parts.policy.attempt_s)
    return min(most_s, left_s(parts, op)) if is_worth_trying(parts, op) else most_s
