-- +goose Up
-- A release to an office leads whoever works there at the moment of asking to
-- the practice. Such a grant names no provider, so that it also stands where
-- nobody worked yet when the client signed.
CREATE TABLE grants_00020 (
  object_kind TEXT NOT NULL, object_id TEXT NOT NULL, provider_id TEXT REFERENCES providers (id),
  practice_id TEXT NOT NULL REFERENCES practices (id), created_at DATETIME NOT NULL);
INSERT INTO grants_00020 SELECT object_kind, object_id, provider_id, practice_id, created_at FROM grants WHERE object_kind NOT LIKE 'office:%';
INSERT INTO grants_00020 SELECT DISTINCT 'office:' || x.office_id, r.id, NULL, r.practice_id, r.signed_at
  FROM release_recipients x JOIN releases r ON r.practice_id = x.practice_id AND r.id = x.release_id WHERE x.office_id IS NOT NULL AND r.signed_at IS NOT NULL;
DROP TABLE grants;
ALTER TABLE grants_00020 RENAME TO grants;
CREATE UNIQUE INDEX grants_once ON grants (object_kind, object_id, COALESCE(provider_id, ''));
CREATE INDEX grants_provider ON grants (provider_id, object_kind, object_id);
