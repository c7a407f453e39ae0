"""What insurers did after its operation had ended, as a list."""

import asyncio
from collections.abc import Sequence

from cli.open import open_workspace_journal
from cli.out import emit_json, table
from gateway.model.states import OrphanState

_SHOWN = (
    "operation_id", "operation", "client", "channel", "found_by", "found_at", "state", "policy_id", "resolution_id",
    "text",
)  # fmt: skip


def list_orphans(states: Sequence[OrphanState], client: str | None, limit: int, *, json: bool) -> None:
    """Print orphans, the oldest first."""
    found = asyncio.run(
        open_workspace_journal(lambda journal: journal.orphans(states=states, client=client, limit=limit))
    )
    rows = [{name: getattr(each, name) for name in _SHOWN} for each in found]
    if json:
        return emit_json({"orphans": rows})
    columns = ["operation", "kind", "client", "channel", "found by", "found", "state", "policy", "by operation", "why"]
    return table(None, columns, [list(row.values()) for row in rows])
