-- Events and their deliveries stand in partitions as well, one for each month of the event's id. What was there, and
-- what no month covers, is in the partition called rest. Places go on where they were: a caller has read up to one.
-- Until now a place was an identity, which a partitioned table cannot have before PostgreSQL 17: it is a sequence's.
ALTER TABLE events RENAME TO events_rest;
ALTER INDEX events_client RENAME TO events_rest_client;
ALTER TABLE deliveries RENAME TO deliveries_rest;
ALTER INDEX deliveries_due RENAME TO deliveries_rest_due;
ALTER INDEX deliveries_turn RENAME TO deliveries_rest_turn;
ALTER INDEX deliveries_object RENAME TO deliveries_rest_object;
ALTER INDEX deliveries_held RENAME TO deliveries_rest_held;
ALTER INDEX deliveries_dead RENAME TO deliveries_rest_dead;

DO $$
DECLARE
    events_at BIGINT; events_given BOOLEAN; deliveries_at BIGINT; deliveries_given BOOLEAN;
BEGIN
    SELECT last_value, is_called INTO events_at, events_given FROM events_place_seq;
    SELECT last_value, is_called INTO deliveries_at, deliveries_given FROM deliveries_place_seq;
    ALTER TABLE events_rest ALTER COLUMN place DROP IDENTITY;
    ALTER TABLE deliveries_rest ALTER COLUMN place DROP IDENTITY;
    CREATE SEQUENCE events_place_seq;
    CREATE SEQUENCE deliveries_place_seq;
    PERFORM setval('events_place_seq', events_at, events_given);
    PERFORM setval('deliveries_place_seq', deliveries_at, deliveries_given);
END $$;

ALTER TABLE events_rest DROP CONSTRAINT events_pkey, DROP CONSTRAINT events_event_id_key, ADD PRIMARY KEY (event_id);
CREATE TABLE events (LIKE events_rest INCLUDING STORAGE, PRIMARY KEY (event_id)) PARTITION BY RANGE (event_id);
ALTER TABLE events ALTER COLUMN place SET DEFAULT nextval('events_place_seq');
ALTER SEQUENCE events_place_seq OWNED BY events.place;
CREATE INDEX events_place ON events (place);
CREATE INDEX events_client ON events (client, place);
ALTER TABLE events ATTACH PARTITION events_rest DEFAULT;

ALTER TABLE deliveries_rest DROP CONSTRAINT deliveries_pkey, DROP CONSTRAINT deliveries_endpoint_id_event_id_key,
    ADD PRIMARY KEY (endpoint_id, event_id);
CREATE TABLE deliveries (LIKE deliveries_rest INCLUDING STORAGE, PRIMARY KEY (endpoint_id, event_id))
    PARTITION BY RANGE (event_id);
ALTER TABLE deliveries ALTER COLUMN place SET DEFAULT nextval('deliveries_place_seq');
ALTER SEQUENCE deliveries_place_seq OWNED BY deliveries.place;
CREATE INDEX deliveries_place ON deliveries (place);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_turn ON deliveries (endpoint_id, place) WHERE state = 'waiting';
CREATE INDEX deliveries_object ON deliveries (endpoint_id, object_id, place) WHERE state = 'waiting';
CREATE INDEX deliveries_held ON deliveries (endpoint_id) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (place) WHERE state = 'dead';
ALTER TABLE deliveries ATTACH PARTITION deliveries_rest DEFAULT;
