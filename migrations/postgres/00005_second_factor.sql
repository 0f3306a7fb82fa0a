-- +goose Up
-- The second factor: an authenticator app with its recovery codes, passkeys, and
-- what a sign-in in the making waits for. Secrets are sealed by the master key.
ALTER TABLE sign_ins ADD COLUMN agent TEXT NOT NULL DEFAULT '';
CREATE TABLE otp_secrets (
  user_id TEXT PRIMARY KEY REFERENCES users (id), sealed BYTEA NOT NULL, last_step BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL, confirmed_at TIMESTAMPTZ);
CREATE TABLE recovery_codes (
  code_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), created_at TIMESTAMPTZ NOT NULL, used_at TIMESTAMPTZ);
CREATE INDEX recovery_codes_user ON recovery_codes (user_id);
CREATE TABLE passkeys (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), credential_id TEXT NOT NULL UNIQUE, credential TEXT NOT NULL,
  name TEXT NOT NULL, sign_count BIGINT NOT NULL, created_at TIMESTAMPTZ NOT NULL, used_at TIMESTAMPTZ);
CREATE INDEX passkeys_user ON passkeys (user_id, created_at);
CREATE TABLE challenges (
  token_hash TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT REFERENCES users (id), security_stamp TEXT NOT NULL,
  subject TEXT NOT NULL, ceremony TEXT NOT NULL, expires_at TIMESTAMPTZ NOT NULL,
  CHECK (kind IN ('second_factor','passkey_add','passkey_sign_in')));
CREATE INDEX challenges_subject ON challenges (subject, expires_at);
CREATE INDEX challenges_expiry ON challenges (expires_at);
