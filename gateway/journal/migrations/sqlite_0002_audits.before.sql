-- What people did, and why; a row stays as it was written.
CREATE TABLE audits (
    audit_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    client TEXT,
    action TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    before BLOB,
    after BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX audits_operation ON audits (operation_id);
CREATE TRIGGER audits_stay_unchanged BEFORE UPDATE ON audits
    BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER audits_stay BEFORE DELETE ON audits
    BEGIN SELECT RAISE(ABORT, 'an audit entry is never removed'); END;

CREATE INDEX inbound_operation ON inbound (operation_id) WHERE operation_id IS NOT NULL;
