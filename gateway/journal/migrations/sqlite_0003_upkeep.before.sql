-- Who is at which upkeep: its right ends by itself when it dies.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When the bulk of an operation was forgotten: what tells one intent from another stays.
ALTER TABLE operations ADD COLUMN pruned_at INTEGER;

DROP VIEW whole_operations;
CREATE VIEW whole_operations AS SELECT
    o.operation_id, client, operation, idem_key, request_hash, business_key, state,
    coalesce(r.body, x'') AS request, channel,
    adapter_version, variant, binding, refs, subject_id, client_ref, answer_status,
    CASE WHEN answer_object IS NULL THEN answer ELSE coalesce(
        (SELECT data FROM object_versions WHERE kind = answer_object AND object_id = subject_id AND version = 1),
        (SELECT data FROM objects WHERE kind = answer_object AND object_id = subject_id AND version = 1)
    ) END AS answer,
    answer_object, answer_location, result, code, text, attempts, tried, inquiries, unknown_since, resolve_by,
    next_check_at, deadline_at, created_at, updated_at, lease_owner, lease_until, fence, pruned_at
FROM operations o LEFT JOIN requests r ON r.operation_id = o.operation_id;
