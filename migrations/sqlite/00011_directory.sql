-- +goose Up
-- The directory's search: the words of names, and each word with one letter
-- missing, by which a word with one wrong letter is found. Both are made from
-- providers.folded; "indexed" is the name as it stands in them.
ALTER TABLE providers ADD COLUMN indexed TEXT NOT NULL DEFAULT '';
CREATE INDEX providers_unindexed ON providers (id) WHERE indexed <> folded;
CREATE INDEX providers_taxonomy ON providers (taxonomy, id);
CREATE INDEX providers_accepting ON providers (accepting) WHERE accepting <> '';
CREATE INDEX offices_city ON offices (city, state, id);
CREATE INDEX offices_near ON offices (postal_code, id);
CREATE INDEX provider_roles_now ON provider_roles (office_id, provider_id) WHERE until IS NULL;
CREATE INDEX provider_roles_of ON provider_roles (provider_id, office_id) WHERE until IS NULL;
CREATE TABLE provider_words (
  word TEXT NOT NULL, provider_id TEXT NOT NULL, PRIMARY KEY (word, provider_id)) WITHOUT ROWID;
CREATE TABLE word_typos (
  deletion TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (deletion, word)) WITHOUT ROWID;
-- What was said stays as it was said. Where a provider had two records that were
-- merged, a contact moves to the relationship with the one that stayed.
DROP TRIGGER contacts_no_update;
-- +goose StatementBegin
CREATE TRIGGER contacts_no_update BEFORE UPDATE ON contacts
WHEN NOT (NEW.practice_id IS OLD.practice_id AND NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.channel IS OLD.channel AND NEW.direction IS OLD.direction
  AND NEW.staff_id IS OLD.staff_id AND NEW.words IS OLD.words AND NEW.outcome IS OLD.outcome AND NEW.next_step_on IS OLD.next_step_on
  AND NEW.call_back_at IS OLD.call_back_at AND NEW.checklist IS OLD.checklist AND NEW.breach IS OLD.breach AND NEW.created_by IS OLD.created_by
  AND NEW.created_at IS OLD.created_at
  AND EXISTS (SELECT 1 FROM relationships f JOIN providers p ON p.id = f.provider_id JOIN relationships i ON i.practice_id = f.practice_id AND i.provider_id = p.merged_into
    WHERE f.practice_id = OLD.practice_id AND f.id = OLD.relationship_id AND i.id = NEW.relationship_id))
BEGIN SELECT RAISE(ABORT, 'contacts is append-only'); END;
-- +goose StatementEnd
