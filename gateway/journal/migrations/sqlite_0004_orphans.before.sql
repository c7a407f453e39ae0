-- Successes that carriers told of after their operations had ended as not done.
CREATE TABLE orphans (
    orphan_id TEXT NOT NULL UNIQUE,
    operation_id TEXT NOT NULL,
    client TEXT NOT NULL,
    operation TEXT NOT NULL,
    channel TEXT NOT NULL,
    found_by TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    told_as TEXT NOT NULL,
    result BLOB NOT NULL,
    state TEXT NOT NULL,
    policy_id TEXT,
    resolution_id TEXT,
    cancel_kind TEXT,
    text TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (operation_id, channel)
) STRICT;
CREATE INDEX orphans_waiting ON orphans (orphan_id) WHERE state IN ('found', 'review', 'voiding');
