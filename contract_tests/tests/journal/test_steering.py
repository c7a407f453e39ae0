"""What operators have set is one row for each channel and product, and of two who set it at once one is told."""

import pytest
from msgspec.structs import replace

from gateway.journal.changes import Audit, Steer
from gateway.journal.errors import Stale
from gateway.journal.records import AuditRecord, SteeringRecord


@pytest.fixture
def drained(now):
    return SteeringRecord(
        kind="channel", name="lotus_main", value="drained", actor="Wang Li", client="desk", reason="asked to", at=now
    )


async def test_what_is_set_is_read_back_as_it_stands(journal, drained, now):
    pinned = SteeringRecord(kind="product", name="freight", value="lotus_main", actor="Li", reason="a trial", at=now)
    await journal.write(Steer(pinned), Steer(drained))
    assert await journal.steering() == [drained, pinned]
    enabled = replace(drained, value=None, reason="it is well again", version=2)
    await journal.write(Steer(enabled))
    assert await journal.steering() == [enabled, pinned]


@pytest.mark.parametrize("version", [1, 3])
async def test_a_setting_that_did_not_see_the_last_one_is_refused_with_all_of_its_group(journal, drained, now, version):
    await journal.write(Steer(drained))
    entry = AuditRecord(audit_id="aud_1", at=now, actor="Li", action="x", operation_id="channel:lotus_main", reason="y")
    with pytest.raises(Stale, match="lotus_main"):
        await journal.write(Audit(entry), Steer(replace(drained, value="disabled", version=version)))
    assert await journal.steering() == [drained]
    assert await journal.audits("channel:lotus_main") == []
