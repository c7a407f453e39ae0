-- What belongs to an operation stands in partitions, one for each month of the operation's id, which begins with its
-- time; raw messages by their attempt's. What was there, and what no month covers, is in the partition called rest.
-- Not so operations and objects, whose keys are unique over all time, callbacks likewise, and versions, which go with
-- their object.
DROP VIEW whole_operations;

ALTER TABLE requests RENAME TO requests_rest;
CREATE TABLE requests (LIKE requests_rest INCLUDING STORAGE, PRIMARY KEY (operation_id)) PARTITION BY RANGE (operation_id);
ALTER TABLE requests ATTACH PARTITION requests_rest DEFAULT;

ALTER TABLE decisions RENAME TO decisions_rest;
DROP INDEX decisions_operation;
ALTER TABLE decisions_rest DROP CONSTRAINT decisions_pkey, ADD PRIMARY KEY (operation_id, decision_id);
CREATE TABLE decisions (LIKE decisions_rest INCLUDING STORAGE, PRIMARY KEY (operation_id, decision_id))
    PARTITION BY RANGE (operation_id);
CREATE INDEX decisions_id ON decisions (decision_id);
ALTER TABLE decisions ATTACH PARTITION decisions_rest DEFAULT;

ALTER TABLE attempts RENAME TO attempts_rest;
ALTER INDEX attempts_request_no RENAME TO attempts_rest_request_no;
CREATE TABLE attempts (LIKE attempts_rest INCLUDING STORAGE, PRIMARY KEY (operation_id, attempt_id))
    PARTITION BY RANGE (operation_id);
CREATE INDEX attempts_request_no ON attempts (channel, request_no);
ALTER TABLE attempts ATTACH PARTITION attempts_rest DEFAULT;

ALTER TABLE notes RENAME TO notes_rest;
DROP INDEX notes_operation;
ALTER TABLE notes_rest DROP CONSTRAINT notes_pkey, ADD PRIMARY KEY (operation_id, note_id);
CREATE TABLE notes (LIKE notes_rest INCLUDING STORAGE, PRIMARY KEY (operation_id, note_id))
    PARTITION BY RANGE (operation_id);
ALTER TABLE notes ATTACH PARTITION notes_rest DEFAULT;

ALTER TABLE messages RENAME TO messages_rest;
CREATE TABLE messages (LIKE messages_rest INCLUDING STORAGE, PRIMARY KEY (owner_id, direction))
    PARTITION BY RANGE (owner_id);
ALTER TABLE messages ATTACH PARTITION messages_rest DEFAULT;

CREATE VIEW whole_operations AS SELECT
    o.operation_id, client, operation, idem_key, request_hash, business_key, state,
    coalesce(r.body, '') AS request, channel,
    adapter_version, variant, binding, refs, subject_id, client_ref, answer_status,
    CASE WHEN answer_object IS NULL THEN answer ELSE coalesce(
        (SELECT data FROM object_versions WHERE kind = answer_object AND object_id = subject_id AND version = 1),
        (SELECT data FROM objects WHERE kind = answer_object AND object_id = subject_id AND version = 1)
    ) END AS answer,
    answer_object, answer_location, result, code, text, attempts, tried, inquiries, unknown_since, resolve_by,
    next_check_at, deadline_at, created_at, updated_at, lease_owner, lease_until, fence, pruned_at
FROM operations o LEFT JOIN requests r ON r.operation_id = o.operation_id;
