"""Forgetting what is old enough. Whatever is not over is kept, however old it is.

First objects that are over, then operations that none of the kept objects rests on, then callbacks of operations that
have been forgotten, and what only tells how something came about.
"""

from gateway.journal.upkeep.old_events import prune_events
from gateway.journal.upkeep.old_logs import prune_callbacks, prune_logs
from gateway.journal.upkeep.old_months import prune_months
from gateway.journal.upkeep.old_objects import prune_objects
from gateway.journal.upkeep.old_operations import prune_operations
from gateway.journal.upkeep.pruning import Pruning, Stopped

STEPS = (prune_objects, prune_months, prune_operations, prune_callbacks, prune_events, prune_logs)


async def prune(run: Pruning) -> bool:
    """Remove what the retention no longer keeps; False when it was stopped before its end. Raises LeaseHeld."""
    async with run.leased():
        try:
            for step in STEPS:
                await step(run)
        except Stopped:
            return False
    return True
