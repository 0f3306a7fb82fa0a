-- +goose Up
-- The directory's search: the words of names, and each word with one letter
-- missing, by which a word with one wrong letter is found. Both are made from
-- providers.folded; "indexed" is the name as it stands in them.
ALTER TABLE providers ALTER COLUMN folded TYPE TEXT COLLATE "C", ALTER COLUMN taxonomy TYPE TEXT COLLATE "C",
  ADD COLUMN indexed TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX providers_unindexed ON providers (id) WHERE indexed <> folded;
CREATE INDEX providers_taxonomy ON providers (taxonomy, id);
CREATE INDEX providers_accepting ON providers (accepting) WHERE accepting <> '';
CREATE INDEX offices_city ON offices (city, state, id);
CREATE INDEX offices_near ON offices (postal_code, id);
CREATE INDEX provider_roles_now ON provider_roles (office_id, provider_id) WHERE until IS NULL;
CREATE INDEX provider_roles_of ON provider_roles (provider_id, office_id) WHERE until IS NULL;
CREATE TABLE provider_words (
  word TEXT COLLATE "C" NOT NULL, provider_id TEXT NOT NULL, PRIMARY KEY (word, provider_id));
CREATE TABLE word_typos (
  deletion TEXT COLLATE "C" NOT NULL, word TEXT COLLATE "C" NOT NULL, PRIMARY KEY (deletion, word));
-- What was said stays as it was said. Where a provider had two records that were
-- merged, a contact moves to the relationship with the one that stayed.
DROP TRIGGER contacts_append_only ON contacts;
CREATE TRIGGER contacts_no_delete BEFORE DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION append_only();
-- +goose StatementBegin
CREATE FUNCTION follows_merge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF to_jsonb(NEW) - 'relationship_id' = to_jsonb(OLD) - 'relationship_id' AND EXISTS (SELECT 1 FROM relationships f JOIN providers p ON p.id = f.provider_id
    JOIN relationships i ON i.practice_id = f.practice_id AND i.provider_id = p.merged_into
    WHERE f.practice_id = OLD.practice_id AND f.id = OLD.relationship_id AND i.id = NEW.relationship_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER contacts_no_update BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION follows_merge();
