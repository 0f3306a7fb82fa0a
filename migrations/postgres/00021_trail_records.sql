-- +goose Up
-- The trail of one record is a click away on every line that names it, and a
-- practice keeps its trail for years.
CREATE INDEX audit_events_object ON audit_events (practice_id, object_id, seq);
CREATE INDEX disclosures_object ON disclosures (practice_id, object_id);
