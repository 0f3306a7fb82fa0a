-- +goose Up
-- Who sent a client is written in free words and sealed like all of them. No
-- release of the program wrote it in clear; nothing is carried over.
ALTER TABLE clients DROP COLUMN referred_by;
ALTER TABLE clients ADD COLUMN referred_by BYTEA;

-- When a report first went out, that day in the practice's zone, and the day it
-- was owed on. The order keeps the last one sent, the day the next begins to be asked
-- for, the last day it is on time, and the last day on which anybody is asked.
-- rings_on is NULL where nothing will be owed and '' where nobody worked it out yet.
ALTER TABLE reports ADD COLUMN sent_at TIMESTAMPTZ;
ALTER TABLE reports ADD COLUMN sent_on TEXT;
ALTER TABLE reports ADD COLUMN due_on TEXT;
ALTER TABLE order_series ADD COLUMN reported_at TIMESTAMPTZ;
ALTER TABLE order_series ADD COLUMN discharged BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE order_series ADD COLUMN rings_on TEXT;
ALTER TABLE order_series ADD COLUMN rings_due TEXT;
ALTER TABLE order_series ADD COLUMN rings_until TEXT;
ALTER TABLE reports NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deliveries NO FORCE ROW LEVEL SECURITY;
ALTER TABLE delivery_events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE order_series NO FORCE ROW LEVEL SECURITY;
UPDATE reports SET sent_at = (SELECT MIN(e.at) FROM delivery_events e JOIN deliveries d ON d.practice_id = e.practice_id AND d.id = e.delivery_id
  WHERE d.practice_id = reports.practice_id AND d.report_id = reports.id AND e.state IN ('sent','delivered','opened','downloaded','acknowledged'));
UPDATE order_series SET rings_on = '', rings_due = '', rings_until = '9999-12-31', reported_at = (SELECT MAX(r.sent_at) FROM reports r
  WHERE r.practice_id = order_series.practice_id AND r.series_id = order_series.id), discharged = EXISTS (SELECT 1 FROM reports r
  WHERE r.practice_id = order_series.practice_id AND r.series_id = order_series.id AND r.kind = 'discharge' AND r.sent_at IS NOT NULL);
ALTER TABLE reports FORCE ROW LEVEL SECURITY;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
ALTER TABLE delivery_events FORCE ROW LEVEL SECURITY;
ALTER TABLE order_series FORCE ROW LEVEL SECURITY;
CREATE INDEX order_series_rings ON order_series (practice_id, rings_on, id) WHERE rings_on IS NOT NULL;
CREATE INDEX reports_sent ON reports (practice_id, sent_on) WHERE due_on IS NOT NULL;
