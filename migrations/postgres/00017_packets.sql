-- +goose Up
-- Intro packets: what was sent to whom by which way, as exact bytes. They hold
-- nothing about clients, and are sealed like every paper. The contact is
-- written when the packet has gone out.
CREATE TABLE packets (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, relationship_id TEXT NOT NULL, channel TEXT NOT NULL, sha256 TEXT NOT NULL, pdf BYTEA NOT NULL,
  message_id TEXT, contact_id TEXT, created_by TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, relationship_id) REFERENCES relationships (practice_id, id),
  FOREIGN KEY (practice_id, message_id) REFERENCES messages (practice_id, id),
  FOREIGN KEY (practice_id, contact_id) REFERENCES contacts (practice_id, id),
  CHECK (channel IN ('email','letter','fax','visit')));
CREATE INDEX packets_relationship ON packets (practice_id, relationship_id, id);
CREATE INDEX packets_contact ON packets (practice_id, contact_id) WHERE contact_id IS NOT NULL;
ALTER TABLE packets ENABLE ROW LEVEL SECURITY;
ALTER TABLE packets FORCE ROW LEVEL SECURITY;
CREATE POLICY packets_practice ON packets USING (practice_id = NULLIF(current_setting('app.practice', true), '')) WITH CHECK (practice_id = NULLIF(current_setting('app.practice', true), ''));
