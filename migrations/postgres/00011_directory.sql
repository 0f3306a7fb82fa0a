-- +goose Up
-- The directory's search: the words of names, and each word with one letter
-- missing, by which a word with one wrong letter is found. Both are made from
-- providers.folded; "indexed" is the name as it stands in them.
ALTER TABLE providers ALTER COLUMN folded TYPE TEXT COLLATE "C", ALTER COLUMN taxonomy TYPE TEXT COLLATE "C",
  ADD COLUMN indexed TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX providers_unindexed ON providers (id) WHERE indexed <> folded;
CREATE INDEX providers_taxonomy ON providers (taxonomy);
CREATE INDEX providers_accepting ON providers (accepting) WHERE accepting <> '';
CREATE INDEX offices_city ON offices (city);
CREATE TABLE provider_words (
  word TEXT COLLATE "C" NOT NULL, provider_id TEXT NOT NULL, PRIMARY KEY (word, provider_id));
CREATE TABLE word_typos (
  deletion TEXT COLLATE "C" NOT NULL, word TEXT COLLATE "C" NOT NULL, PRIMARY KEY (deletion, word));
