-- +goose Up
-- A referral may make each side owe something, and more than one kind of thing;
-- the same one is still open once.
DROP INDEX promises_source;
CREATE UNIQUE INDEX promises_source ON promises (practice_id, source_kind, source_id, owed_by, kind) WHERE source_id IS NOT NULL AND state = 'open';
