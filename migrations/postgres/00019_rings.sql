-- +goose Up
-- A report clock may ring more than once as time passes: for the first report,
-- for a progress report, for the discharge report when the order ended. Each
-- ring is a row with days of its own. The lists are filled anew, as after 00015,
-- and the order no longer keeps a copy of its first ring.
ALTER TABLE open_items NO FORCE ROW LEVEL SECURITY;
DELETE FROM open_items;
ALTER TABLE open_items FORCE ROW LEVEL SECURITY;
ALTER TABLE open_items ADD COLUMN ring BIGINT NOT NULL DEFAULT 0;
ALTER TABLE open_items DROP CONSTRAINT open_items_pkey;
ALTER TABLE open_items ADD PRIMARY KEY (practice_id, kind, object_id, ring);
UPDATE practices SET worklists_at = NULL;
DROP INDEX order_series_rings;
ALTER TABLE order_series DROP COLUMN rings_on;
ALTER TABLE order_series DROP COLUMN rings_due;
ALTER TABLE order_series DROP COLUMN rings_until;
