-- +goose Up
-- Who sent a client is written in free words and sealed like all of them. No
-- release of the program wrote it in clear; nothing is carried over.
ALTER TABLE clients DROP COLUMN referred_by;
ALTER TABLE clients ADD COLUMN referred_by BYTEA;
