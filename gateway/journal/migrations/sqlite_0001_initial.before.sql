-- Instants are integer microseconds since 1970 UTC. Column order follows the records.
CREATE TABLE operations (
    operation_id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    operation TEXT NOT NULL,
    idem_key TEXT,
    request_hash TEXT NOT NULL,
    business_key TEXT,
    state TEXT NOT NULL,
    channel TEXT,
    adapter_version TEXT,
    variant TEXT NOT NULL,
    binding BLOB,
    refs BLOB,
    subject_id TEXT,
    client_ref TEXT,
    answer_status INTEGER,
    answer BLOB,
    answer_object TEXT,
    answer_location TEXT,
    result BLOB,
    code TEXT,
    text TEXT,
    attempts INTEGER NOT NULL,
    tried TEXT NOT NULL,
    inquiries INTEGER NOT NULL,
    unknown_since INTEGER,
    resolve_by INTEGER,
    next_check_at INTEGER,
    deadline_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER,
    fence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One key, one operation; and at most one operation per business identity unless it certainly had no effect.
CREATE UNIQUE INDEX operations_key ON operations (client, operation, idem_key) WHERE idem_key IS NOT NULL;
CREATE UNIQUE INDEX operations_business_key ON operations (business_key)
    WHERE business_key IS NOT NULL AND state NOT IN ('failed', 'declined', 'expired');
CREATE INDEX operations_due ON operations (next_check_at)
    WHERE state IN ('created', 'routed', 'sending', 'pending', 'unknown', 'resolving');
CREATE INDEX operations_review ON operations (updated_at) WHERE state = 'needs_review';
CREATE INDEX operations_subject ON operations (subject_id) WHERE subject_id IS NOT NULL;

-- A row that changes is written anew as a whole: what never changes stands apart from what does.
CREATE TABLE requests (
    operation_id TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE decisions (
    decision_id TEXT PRIMARY KEY,
    operation_id TEXT NOT NULL,
    client TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    channel TEXT,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_operation ON decisions (operation_id);

CREATE TABLE attempts (
    attempt_id TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    step TEXT NOT NULL,
    purpose TEXT NOT NULL,
    number INTEGER NOT NULL,
    channel TEXT NOT NULL,
    request_no TEXT NOT NULL,
    adapter_version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome TEXT,
    code TEXT,
    fault TEXT,
    text TEXT,
    result BLOB,
    PRIMARY KEY (operation_id, attempt_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_request_no ON attempts (channel, request_no);

CREATE TABLE messages (
    owner_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (owner_id, direction)
) STRICT;

CREATE TABLE objects (
    kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    client TEXT NOT NULL,
    client_ref TEXT,
    channel TEXT,
    operation_id TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    data BLOB NOT NULL,
    binding BLOB,
    refs BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (kind, object_id)
) STRICT;
CREATE INDEX objects_client_ref ON objects (kind, client, client_ref) WHERE client_ref IS NOT NULL;
CREATE INDEX objects_client ON objects (client, kind, object_id);

-- Every version an object has had before its current one, which is in objects.
CREATE TABLE object_versions (
    kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    data BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (kind, object_id, version)
) STRICT;

-- Operations as they are read: with their request, and with the answer that is an object's first version.
CREATE VIEW whole_operations AS SELECT
    o.operation_id, client, operation, idem_key, request_hash, business_key, state, r.body AS request, channel,
    adapter_version, variant, binding, refs, subject_id, client_ref, answer_status,
    CASE WHEN answer_object IS NULL THEN answer ELSE coalesce(
        (SELECT data FROM object_versions WHERE kind = answer_object AND object_id = subject_id AND version = 1),
        (SELECT data FROM objects WHERE kind = answer_object AND object_id = subject_id AND version = 1)
    ) END AS answer,
    answer_object, answer_location, result, code, text, attempts, tried, inquiries, unknown_since, resolve_by,
    next_check_at, deadline_at, created_at, updated_at, lease_owner, lease_until, fence
FROM operations o JOIN requests r ON r.operation_id = o.operation_id;

-- The number comes first: a carrier names an object by it on its channel, a client on any.
CREATE TABLE numbers (
    channel TEXT NOT NULL,
    number_kind TEXT NOT NULL,
    no TEXT NOT NULL,
    kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    client TEXT NOT NULL,
    PRIMARY KEY (no, channel, number_kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbound (
    inbound_id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    name TEXT NOT NULL,
    event_key TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    operation_id TEXT,
    text TEXT,
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX inbound_event ON inbound (channel, event_key);
CREATE INDEX inbound_waiting ON inbound (received_at) WHERE state = 'received';

CREATE TABLE notes (
    note_id TEXT PRIMARY KEY,
    operation_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notes_operation ON notes (operation_id);

CREATE TABLE clients (
    key_hash TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- What clients are told of by themselves: where to, what, and how each sending stands. Places are never given twice.
CREATE TABLE webhook_endpoints (
    endpoint_id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    url TEXT NOT NULL,
    types TEXT NOT NULL,
    ordering TEXT NOT NULL,
    signature TEXT NOT NULL,
    state TEXT NOT NULL,
    text TEXT,
    keys BLOB NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    client TEXT NOT NULL,
    type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX events_client ON events (client, place);

CREATE TABLE deliveries (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    client TEXT NOT NULL,
    object_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    status INTEGER,
    fault TEXT,
    lease_owner TEXT,
    lease_until INTEGER,
    fence INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (endpoint_id, event_id)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_turn ON deliveries (endpoint_id, place) WHERE state = 'waiting';
CREATE INDEX deliveries_object ON deliveries (endpoint_id, object_id, place) WHERE state = 'waiting';
CREATE INDEX deliveries_held ON deliveries (endpoint_id) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (place) WHERE state = 'dead';
