-- +goose Up
-- The health of all relationships is counted from these in the order they stand in.
CREATE INDEX referrals_health ON referrals (practice_id, relationship_id, direction, sent_at, state, outcome_at, seen_at, first_of_provider);
CREATE INDEX promises_health ON promises (practice_id, relationship_id, owed_by, due_on, state, kept_on);
