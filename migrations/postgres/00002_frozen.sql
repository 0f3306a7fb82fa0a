-- +goose Up
-- What is kept for ever has no update and no delete, whoever asks (SECURITY §0.8).
-- +goose StatementBegin
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a signed row of % is frozen', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;
-- +goose StatementEnd
CREATE TRIGGER documents_append_only BEFORE UPDATE OR DELETE ON documents FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER addenda_append_only BEFORE UPDATE OR DELETE ON addenda FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER delivery_events_append_only BEFORE UPDATE OR DELETE ON delivery_events FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER disclosures_append_only BEFORE UPDATE OR DELETE ON disclosures FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION append_only();
-- A signed order, note or report never changes; corrections are new versions and addenda.
CREATE TRIGGER prescriptions_frozen BEFORE UPDATE ON prescriptions FOR EACH ROW
WHEN (OLD.status <> 'draft' AND (NEW.content IS DISTINCT FROM OLD.content OR NEW.content_sha256 <> OLD.content_sha256 OR NEW.series_id <> OLD.series_id
  OR NEW.version <> OLD.version OR NEW.signature IS DISTINCT FROM OLD.signature)) EXECUTE FUNCTION frozen();
CREATE TRIGGER sessions_frozen BEFORE UPDATE ON sessions FOR EACH ROW
WHEN (OLD.state <> 'open' AND (NEW.note IS DISTINCT FROM OLD.note OR NEW.regions <> OLD.regions OR NEW.minutes <> OLD.minutes OR NEW.techniques <> OLD.techniques
  OR NEW.started_at <> OLD.started_at OR NEW.kind <> OLD.kind OR NEW.content_sha256 <> OLD.content_sha256 OR NEW.visit_number IS DISTINCT FROM OLD.visit_number)) EXECUTE FUNCTION frozen();
CREATE TRIGGER reports_frozen BEFORE UPDATE ON reports FOR EACH ROW
WHEN (OLD.status <> 'draft' AND (NEW.document_id IS DISTINCT FROM OLD.document_id OR NEW.sha256 <> OLD.sha256 OR NEW.narrative IS DISTINCT FROM OLD.narrative OR NEW.categories <> OLD.categories)) EXECUTE FUNCTION frozen();
CREATE TRIGGER releases_frozen BEFORE UPDATE ON releases FOR EACH ROW
WHEN (OLD.status <> 'draft' AND (NEW.categories <> OLD.categories OR NEW.purpose <> OLD.purpose OR NEW.expires_on IS DISTINCT FROM OLD.expires_on
  OR NEW.expiry_event <> OLD.expiry_event OR NEW.signature IS DISTINCT FROM OLD.signature OR NEW.document_id IS DISTINCT FROM OLD.document_id
  OR (OLD.status = 'revoked' AND NEW.status <> 'revoked'))) EXECUTE FUNCTION frozen();
