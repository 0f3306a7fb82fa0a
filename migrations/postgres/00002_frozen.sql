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
WHEN (OLD.status <> 'draft' AND (NEW.client_id <> OLD.client_id OR NEW.categories <> OLD.categories OR NEW.purpose <> OLD.purpose
  OR NEW.expires_on IS DISTINCT FROM OLD.expires_on OR NEW.expiry_event IS DISTINCT FROM OLD.expiry_event OR NEW.representative IS DISTINCT FROM OLD.representative
  OR NEW.form_version <> OLD.form_version OR NEW.form_id IS DISTINCT FROM OLD.form_id OR NEW.form_sha256 <> OLD.form_sha256
  OR NEW.signature IS DISTINCT FROM OLD.signature OR NEW.signed_at IS DISTINCT FROM OLD.signed_at OR NEW.document_id IS DISTINCT FROM OLD.document_id
  OR NEW.document_sha256 <> OLD.document_sha256 OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
  OR (OLD.revocation IS NOT NULL AND NEW.revocation IS DISTINCT FROM OLD.revocation)
  OR (OLD.event_occurred IS NOT NULL AND NEW.event_occurred IS DISTINCT FROM OLD.event_occurred)
  OR (OLD.status <> NEW.status AND NOT (OLD.status = 'active' AND NEW.status = 'revoked')))) EXECUTE FUNCTION frozen();
-- A signed release is kept six years after its end; nothing here deletes one.
CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases FOR EACH ROW EXECUTE FUNCTION append_only();
-- Who was named on a form stays; a name in words may be matched to the directory once.
CREATE TRIGGER release_recipients_frozen BEFORE UPDATE ON release_recipients FOR EACH ROW
WHEN (NOT (OLD.provider_id IS NULL AND OLD.office_id IS NULL AND OLD.payer_name = '' AND NEW.provider_id IS NOT NULL AND NEW.office_id IS NULL
  AND NEW.practice_id = OLD.practice_id AND NEW.release_id = OLD.release_id AND NEW.position = OLD.position AND NEW.payer_name = OLD.payer_name
  AND NEW.claim_number = OLD.claim_number AND NEW.name = OLD.name AND NEW.phone = OLD.phone AND NEW.role = OLD.role AND NEW.label = OLD.label)) EXECUTE FUNCTION frozen();
CREATE TRIGGER release_recipients_no_delete BEFORE DELETE ON release_recipients FOR EACH ROW EXECUTE FUNCTION append_only();
-- +goose StatementBegin
CREATE FUNCTION drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM releases WHERE practice_id = NEW.practice_id AND id = NEW.release_id AND status <> 'draft') THEN
    RAISE EXCEPTION 'recipients of a release are frozen' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER release_recipients_no_insert BEFORE INSERT ON release_recipients FOR EACH ROW EXECUTE FUNCTION drafts_only();
