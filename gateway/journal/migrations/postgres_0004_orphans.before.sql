-- Successes that carriers told of after their operations had ended as not done.
CREATE TABLE orphans (
    orphan_id TEXT COLLATE "C" NOT NULL UNIQUE,
    operation_id TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    found_by TEXT COLLATE "C" NOT NULL,
    found_at BIGINT NOT NULL,
    told_as TEXT COLLATE "C" NOT NULL,
    result BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    policy_id TEXT COLLATE "C",
    resolution_id TEXT COLLATE "C",
    cancel_kind TEXT COLLATE "C",
    text TEXT COLLATE "C",
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (operation_id, channel)
);
CREATE INDEX orphans_waiting ON orphans (orphan_id) WHERE state IN ('found', 'review', 'voiding');
