-- +goose Up
-- The directory's search reads from its indexes alone: the words of names carry
-- the whole name, in whose order they are read, and the places where a provider
-- works stand with what a search asks of the provider. Of a record that was
-- merged neither has anything.
ALTER TABLE provider_words ADD COLUMN folded TEXT COLLATE "C", DROP CONSTRAINT provider_words_pkey;
DELETE FROM provider_words w USING providers p WHERE p.id = w.provider_id AND p.merged_into IS NOT NULL;
UPDATE provider_words w SET folded = p.indexed FROM providers p WHERE p.id = w.provider_id;
ALTER TABLE provider_words ALTER COLUMN folded SET NOT NULL, ADD PRIMARY KEY (word, folded, provider_id);
DROP INDEX providers_folded;
DROP INDEX providers_taxonomy;
CREATE INDEX providers_alphabet ON providers (folded, id, taxonomy, accepting) WHERE merged_into IS NULL;
CREATE INDEX providers_taxonomy ON providers (taxonomy, folded, id) WHERE merged_into IS NULL;
DROP INDEX offices_city;
DROP INDEX offices_near;
CREATE TABLE provider_places (
  provider_id TEXT NOT NULL, state TEXT NOT NULL, city TEXT NOT NULL, postal_code TEXT NOT NULL, latitude DOUBLE PRECISION, longitude DOUBLE PRECISION,
  taxonomy TEXT COLLATE "C" NOT NULL, accepting TEXT NOT NULL, folded TEXT COLLATE "C" NOT NULL, PRIMARY KEY (provider_id, state, city, postal_code));
CREATE INDEX provider_places_city ON provider_places (city, state, taxonomy, accepting, folded) INCLUDE (provider_id);
CREATE INDEX provider_places_state ON provider_places (state, taxonomy, accepting, folded) INCLUDE (provider_id);
CREATE INDEX provider_places_near ON provider_places (postal_code, taxonomy, accepting, folded) INCLUDE (provider_id);
-- provider_places is what this says, kept so by the triggers below.
CREATE VIEW provider_places_now AS
  SELECT p.id AS provider_id, o.state, o.city, o.postal_code, o.latitude, o.longitude, p.taxonomy, p.accepting, p.folded
  FROM providers p JOIN provider_roles r ON r.provider_id = p.id AND r.until IS NULL JOIN offices o ON o.id = r.office_id
  WHERE p.merged_into IS NULL;
INSERT INTO provider_places SELECT * FROM provider_places_now ON CONFLICT DO NOTHING;
-- +goose StatementBegin
-- Each table is met by a key that no other index has, and alone: the plan of
-- an empty directory stays good for the millionth row of one import.
CREATE FUNCTION place_provider(who TEXT) RETURNS void LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE p RECORD; BEGIN
  DELETE FROM provider_places WHERE provider_id = who;
  SELECT taxonomy, accepting, folded, merged_into INTO p FROM providers WHERE id = who;
  IF p.merged_into IS NULL THEN
    INSERT INTO provider_places SELECT who, o.state, o.city, o.postal_code, o.latitude, o.longitude, p.taxonomy, p.accepting, p.folded
      FROM (SELECT office_id, until FROM provider_roles WHERE provider_id = who OFFSET 0) r JOIN offices o ON o.id = r.office_id
      WHERE r.until IS NULL ON CONFLICT DO NOTHING;
  END IF;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION provider_places_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_TABLE_NAME = 'providers' THEN
    PERFORM place_provider(NEW.id);
  ELSIF TG_TABLE_NAME = 'offices' THEN
    PERFORM place_provider(provider_id) FROM provider_roles WHERE office_id = NEW.id AND until IS NULL;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM place_provider(OLD.provider_id);
  ELSE
    PERFORM place_provider(NEW.provider_id);
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER provider_places_role AFTER INSERT OR UPDATE OR DELETE ON provider_roles FOR EACH ROW EXECUTE FUNCTION provider_places_follow();
CREATE TRIGGER provider_places_provider AFTER UPDATE ON providers FOR EACH ROW
WHEN ((NEW.folded, NEW.taxonomy, NEW.accepting, NEW.merged_into) IS DISTINCT FROM (OLD.folded, OLD.taxonomy, OLD.accepting, OLD.merged_into))
EXECUTE FUNCTION provider_places_follow();
CREATE TRIGGER provider_places_office AFTER UPDATE ON offices FOR EACH ROW
WHEN ((NEW.state, NEW.city, NEW.postal_code, NEW.latitude, NEW.longitude) IS DISTINCT FROM (OLD.state, OLD.city, OLD.postal_code, OLD.latitude, OLD.longitude))
EXECUTE FUNCTION provider_places_follow();
