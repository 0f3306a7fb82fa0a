-- +goose Up
-- A report clock may ring more than once as time passes: for the first report,
-- for a progress report, for the discharge report when the order ended. Each
-- ring is a row with days of its own. The lists are filled anew, as after 00015,
-- and the order no longer keeps a copy of its first ring.
DROP TABLE open_items;
CREATE TABLE open_items (
  practice_id TEXT NOT NULL, kind TEXT NOT NULL, object_id TEXT NOT NULL, ring INTEGER NOT NULL DEFAULT 0, worklist TEXT NOT NULL, side TEXT NOT NULL,
  from_on TEXT NOT NULL, until_on TEXT NOT NULL DEFAULT '9999-12-31', clock TEXT NOT NULL, clock_on TEXT NOT NULL, action TEXT NOT NULL, client_id TEXT,
  provider_id TEXT REFERENCES providers (id), since DATETIME NOT NULL, PRIMARY KEY (practice_id, kind, object_id, ring),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  CHECK (side IN ('us','them')));
CREATE INDEX open_items_worklist ON open_items (practice_id, worklist, side, clock_on, object_id);
CREATE INDEX open_items_client ON open_items (practice_id, client_id);
CREATE INDEX open_items_clock ON open_items (practice_id, clock_on, object_id, kind);
CREATE INDEX open_items_list ON open_items (practice_id, worklist, clock_on, object_id, kind);
CREATE INDEX open_items_provider ON open_items (practice_id, provider_id, side, clock_on);
UPDATE practices SET worklists_at = NULL;
DROP INDEX order_series_rings;
ALTER TABLE order_series DROP COLUMN rings_on;
ALTER TABLE order_series DROP COLUMN rings_due;
ALTER TABLE order_series DROP COLUMN rings_until;
