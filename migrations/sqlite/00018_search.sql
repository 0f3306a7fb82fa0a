-- +goose Up
-- The directory's search reads from its indexes alone: the words of names carry
-- the whole name, in whose order they are read, and the places where a provider
-- works stand with what a search asks of the provider. Of a record that was
-- merged neither has anything.
ALTER TABLE provider_words RENAME TO provider_words_bare;
CREATE TABLE provider_words (
  word TEXT NOT NULL, folded TEXT NOT NULL, provider_id TEXT NOT NULL, PRIMARY KEY (word, folded, provider_id)) WITHOUT ROWID;
INSERT INTO provider_words SELECT w.word, p.indexed, p.id FROM provider_words_bare w JOIN providers p ON p.id = w.provider_id WHERE p.merged_into IS NULL;
DROP TABLE provider_words_bare;
DROP INDEX providers_folded;
DROP INDEX providers_taxonomy;
CREATE INDEX providers_alphabet ON providers (folded, id, taxonomy, accepting) WHERE merged_into IS NULL;
CREATE INDEX providers_taxonomy ON providers (taxonomy, folded, id) WHERE merged_into IS NULL;
DROP INDEX offices_city;
DROP INDEX offices_near;
CREATE TABLE provider_places (
  provider_id TEXT NOT NULL, state TEXT NOT NULL, city TEXT NOT NULL, postal_code TEXT NOT NULL, latitude REAL, longitude REAL,
  taxonomy TEXT NOT NULL, accepting TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (provider_id, state, city, postal_code)) WITHOUT ROWID;
CREATE INDEX provider_places_city ON provider_places (city, state, taxonomy, accepting, folded);
CREATE INDEX provider_places_state ON provider_places (state, taxonomy, accepting, folded);
CREATE INDEX provider_places_near ON provider_places (postal_code, taxonomy, accepting, folded);
-- provider_places is what this says, kept so by the triggers below.
CREATE VIEW provider_places_now AS
  SELECT p.id AS provider_id, o.state, o.city, o.postal_code, o.latitude, o.longitude, p.taxonomy, p.accepting, p.folded
  FROM providers p JOIN provider_roles r ON r.provider_id = p.id AND r.until IS NULL JOIN offices o ON o.id = r.office_id
  WHERE p.merged_into IS NULL;
INSERT INTO provider_places SELECT * FROM provider_places_now WHERE true ON CONFLICT DO NOTHING;
-- +goose StatementBegin
CREATE TRIGGER provider_places_begin AFTER INSERT ON provider_roles BEGIN
  DELETE FROM provider_places WHERE provider_id = NEW.provider_id;
  INSERT INTO provider_places SELECT * FROM provider_places_now WHERE provider_id = NEW.provider_id ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER provider_places_role AFTER UPDATE ON provider_roles BEGIN
  DELETE FROM provider_places WHERE provider_id = NEW.provider_id;
  INSERT INTO provider_places SELECT * FROM provider_places_now WHERE provider_id = NEW.provider_id ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER provider_places_end AFTER DELETE ON provider_roles BEGIN
  DELETE FROM provider_places WHERE provider_id = OLD.provider_id;
  INSERT INTO provider_places SELECT * FROM provider_places_now WHERE provider_id = OLD.provider_id ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER provider_places_provider AFTER UPDATE ON providers
WHEN NEW.folded IS NOT OLD.folded OR NEW.taxonomy IS NOT OLD.taxonomy OR NEW.accepting IS NOT OLD.accepting OR NEW.merged_into IS NOT OLD.merged_into BEGIN
  DELETE FROM provider_places WHERE provider_id = NEW.id;
  INSERT INTO provider_places SELECT * FROM provider_places_now WHERE provider_id = NEW.id ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER provider_places_office AFTER UPDATE ON offices
WHEN NEW.state IS NOT OLD.state OR NEW.city IS NOT OLD.city OR NEW.postal_code IS NOT OLD.postal_code
  OR NEW.latitude IS NOT OLD.latitude OR NEW.longitude IS NOT OLD.longitude BEGIN
  DELETE FROM provider_places WHERE provider_id IN (SELECT provider_id FROM provider_roles WHERE office_id = NEW.id AND until IS NULL);
  INSERT INTO provider_places SELECT * FROM provider_places_now
    WHERE provider_id IN (SELECT provider_id FROM provider_roles WHERE office_id = NEW.id AND until IS NULL) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
