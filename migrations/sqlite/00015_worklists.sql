-- +goose Up
-- Worklists: until when a thing stands in its list, the order of Today, what
-- a provider has to do, and when a practice's lists were first filled.
ALTER TABLE open_items ADD COLUMN until_on TEXT NOT NULL DEFAULT '9999-12-31';
ALTER TABLE practices ADD COLUMN worklists_at DATETIME;
CREATE INDEX open_items_clock ON open_items (practice_id, clock_on, object_id, kind);
CREATE INDEX open_items_list ON open_items (practice_id, worklist, clock_on, object_id, kind);
CREATE INDEX open_items_provider ON open_items (practice_id, provider_id, side, clock_on);
CREATE INDEX prescriptions_renewed ON prescriptions (practice_id, renewed_from) WHERE renewed_from IS NOT NULL;
