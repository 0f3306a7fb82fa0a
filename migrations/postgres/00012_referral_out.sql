-- +goose Up
-- A red flag's draft names the referral that came of it.
ALTER TABLE referral_out_drafts ADD COLUMN referral_id TEXT;
