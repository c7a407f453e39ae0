-- The carrier's own key of an event, taken by the first genuine callback of it that was dealt with.
ALTER TABLE inbound ADD COLUMN event_id TEXT;
CREATE UNIQUE INDEX inbound_event_id ON inbound (channel, name, event_id) WHERE event_id IS NOT NULL;
