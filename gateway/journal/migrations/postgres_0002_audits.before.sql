-- What people did, and why; a row stays as it was written.
CREATE TABLE audits (
    audit_id TEXT COLLATE "C" PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    operation_id TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    before BYTEA,
    after BYTEA
);
CREATE INDEX audits_operation ON audits (operation_id);
CREATE FUNCTION audits_stay() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''an audit entry is never changed or removed''; END';
CREATE TRIGGER audits_stay BEFORE UPDATE OR DELETE ON audits FOR EACH ROW EXECUTE FUNCTION audits_stay();

CREATE INDEX inbound_operation ON inbound (operation_id) WHERE operation_id IS NOT NULL;
