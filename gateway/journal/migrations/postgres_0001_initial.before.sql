-- Instants are integer microseconds since 1970 UTC. Column order follows the records. Texts are compared as bytes: ids
-- sort by time, and a number is found by how it begins, whatever the language of the database.
CREATE TABLE operations (
    operation_id TEXT COLLATE "C" PRIMARY KEY,
    client TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    idem_key TEXT COLLATE "C",
    request_hash TEXT COLLATE "C" NOT NULL,
    business_key TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C",
    adapter_version TEXT COLLATE "C",
    variant TEXT COLLATE "C" NOT NULL,
    binding BYTEA,
    refs BYTEA,
    subject_id TEXT COLLATE "C",
    client_ref TEXT COLLATE "C",
    answer_status BIGINT,
    answer BYTEA,
    answer_object TEXT COLLATE "C",
    answer_location TEXT COLLATE "C",
    result BYTEA,
    code TEXT COLLATE "C",
    text TEXT COLLATE "C",
    attempts BIGINT NOT NULL,
    tried TEXT COLLATE "C" NOT NULL,
    inquiries BIGINT NOT NULL,
    unknown_since BIGINT,
    resolve_by BIGINT,
    next_check_at BIGINT,
    deadline_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    lease_owner TEXT COLLATE "C",
    lease_until BIGINT,
    fence BIGINT NOT NULL
);

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
    operation_id TEXT COLLATE "C" PRIMARY KEY,
    body BYTEA NOT NULL
);

CREATE TABLE decisions (
    decision_id TEXT COLLATE "C" PRIMARY KEY,
    operation_id TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    channel TEXT COLLATE "C",
    body BYTEA NOT NULL
);
CREATE INDEX decisions_operation ON decisions (operation_id);

CREATE TABLE attempts (
    attempt_id TEXT COLLATE "C" NOT NULL,
    operation_id TEXT COLLATE "C" NOT NULL,
    step TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    request_no TEXT COLLATE "C" NOT NULL,
    adapter_version TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT COLLATE "C",
    code TEXT COLLATE "C",
    fault TEXT COLLATE "C",
    text TEXT COLLATE "C",
    result BYTEA,
    PRIMARY KEY (operation_id, attempt_id)
);
CREATE INDEX attempts_request_no ON attempts (channel, request_no);

CREATE TABLE messages (
    owner_id TEXT COLLATE "C" NOT NULL,
    direction TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (owner_id, direction)
);

CREATE TABLE objects (
    kind TEXT COLLATE "C" NOT NULL,
    object_id TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    client_ref TEXT COLLATE "C",
    channel TEXT COLLATE "C",
    operation_id TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    data BYTEA NOT NULL,
    binding BYTEA,
    refs BYTEA,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (kind, object_id)
);
CREATE INDEX objects_client_ref ON objects (kind, client, client_ref) WHERE client_ref IS NOT NULL;
CREATE INDEX objects_client ON objects (client, kind, object_id);

-- Every version an object has had before its current one, which is in objects.
CREATE TABLE object_versions (
    kind TEXT COLLATE "C" NOT NULL,
    object_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    data BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (kind, object_id, version)
);

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
    channel TEXT COLLATE "C" NOT NULL,
    number_kind TEXT COLLATE "C" NOT NULL,
    no TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    object_id TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (no, channel, number_kind)
);

CREATE TABLE inbound (
    inbound_id TEXT COLLATE "C" PRIMARY KEY,
    channel TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    event_key TEXT COLLATE "C" NOT NULL,
    received_at BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    operation_id TEXT COLLATE "C",
    text TEXT COLLATE "C",
    ended_at BIGINT
);
CREATE UNIQUE INDEX inbound_event ON inbound (channel, event_key);
CREATE INDEX inbound_waiting ON inbound (received_at) WHERE state = 'received';

CREATE TABLE notes (
    note_id TEXT COLLATE "C" PRIMARY KEY,
    operation_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL
);
CREATE INDEX notes_operation ON notes (operation_id);

CREATE TABLE clients (
    key_hash TEXT COLLATE "C" PRIMARY KEY,
    client TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- What clients are told of by themselves: where to, what, and how each sending stands. Places are never given twice.
CREATE TABLE webhook_endpoints (
    endpoint_id TEXT COLLATE "C" PRIMARY KEY,
    client TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    types TEXT COLLATE "C" NOT NULL,
    ordering TEXT COLLATE "C" NOT NULL,
    signature TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C",
    keys BYTEA NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE events (
    place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id TEXT COLLATE "C" NOT NULL UNIQUE,
    client TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    object_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    body BYTEA NOT NULL
);
CREATE INDEX events_client ON events (client, place);

CREATE TABLE deliveries (
    place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id TEXT COLLATE "C" NOT NULL,
    endpoint_id TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    object_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    status BIGINT,
    fault TEXT COLLATE "C",
    lease_owner TEXT COLLATE "C",
    lease_until BIGINT,
    fence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (endpoint_id, event_id)
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_turn ON deliveries (endpoint_id, place) WHERE state = 'waiting';
CREATE INDEX deliveries_object ON deliveries (endpoint_id, object_id, place) WHERE state = 'waiting';
CREATE INDEX deliveries_held ON deliveries (endpoint_id) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (place) WHERE state = 'dead';
