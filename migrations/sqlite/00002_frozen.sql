-- +goose Up
-- What is kept for ever has no update and no delete, whoever asks (SECURITY §0.8).
-- +goose StatementBegin
CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents BEGIN SELECT RAISE(ABORT, 'documents is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents BEGIN SELECT RAISE(ABORT, 'documents is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER addenda_no_update BEFORE UPDATE ON addenda BEGIN SELECT RAISE(ABORT, 'addenda is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER addenda_no_delete BEFORE DELETE ON addenda BEGIN SELECT RAISE(ABORT, 'addenda is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER delivery_events_no_update BEFORE UPDATE ON delivery_events BEGIN SELECT RAISE(ABORT, 'delivery_events is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER delivery_events_no_delete BEFORE DELETE ON delivery_events BEGIN SELECT RAISE(ABORT, 'delivery_events is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER disclosures_no_update BEFORE UPDATE ON disclosures BEGIN SELECT RAISE(ABORT, 'disclosures is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER disclosures_no_delete BEFORE DELETE ON disclosures BEGIN SELECT RAISE(ABORT, 'disclosures is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
-- +goose StatementEnd
-- A signed order, note or report never changes; corrections are new versions and addenda.
-- +goose StatementBegin
CREATE TRIGGER prescriptions_frozen BEFORE UPDATE ON prescriptions
WHEN OLD.status <> 'draft' AND (NEW.content IS NOT OLD.content OR NEW.content_sha256 <> OLD.content_sha256 OR NEW.series_id <> OLD.series_id
  OR NEW.version <> OLD.version OR NEW.signature IS NOT OLD.signature)
BEGIN SELECT RAISE(ABORT, 'a submitted order is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sessions_frozen BEFORE UPDATE ON sessions
WHEN OLD.state <> 'open' AND (NEW.note IS NOT OLD.note OR NEW.regions <> OLD.regions OR NEW.minutes <> OLD.minutes OR NEW.techniques <> OLD.techniques
  OR NEW.started_at <> OLD.started_at OR NEW.kind <> OLD.kind OR NEW.content_sha256 <> OLD.content_sha256 OR NEW.visit_number IS NOT OLD.visit_number)
BEGIN SELECT RAISE(ABORT, 'a signed note is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reports_frozen BEFORE UPDATE ON reports
WHEN OLD.status <> 'draft' AND (NEW.document_id IS NOT OLD.document_id OR NEW.sha256 <> OLD.sha256 OR NEW.narrative IS NOT OLD.narrative OR NEW.categories <> OLD.categories)
BEGIN SELECT RAISE(ABORT, 'a signed report is frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER releases_frozen BEFORE UPDATE ON releases
WHEN OLD.status <> 'draft' AND (NEW.client_id <> OLD.client_id OR NEW.categories <> OLD.categories OR NEW.purpose <> OLD.purpose
  OR NEW.expires_on IS NOT OLD.expires_on OR NEW.expiry_event IS NOT OLD.expiry_event OR NEW.representative IS NOT OLD.representative
  OR NEW.form_version <> OLD.form_version OR NEW.form_id IS NOT OLD.form_id OR NEW.form_sha256 <> OLD.form_sha256
  OR NEW.signature IS NOT OLD.signature OR NEW.signed_at IS NOT OLD.signed_at OR NEW.document_id IS NOT OLD.document_id
  OR NEW.document_sha256 <> OLD.document_sha256 OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at)
  OR (OLD.revocation IS NOT NULL AND NEW.revocation IS NOT OLD.revocation)
  OR (OLD.event_occurred IS NOT NULL AND NEW.event_occurred IS NOT OLD.event_occurred)
  OR (OLD.status <> NEW.status AND NOT (OLD.status = 'active' AND NEW.status = 'revoked')))
BEGIN SELECT RAISE(ABORT, 'a signed release is frozen'); END;
-- +goose StatementEnd
-- A signed release is kept six years after its end; nothing here deletes one.
-- +goose StatementBegin
CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases BEGIN SELECT RAISE(ABORT, 'releases are kept'); END;
-- +goose StatementEnd
-- Who was named on a form stays; a name in words may be matched to the directory once.
-- +goose StatementBegin
CREATE TRIGGER release_recipients_frozen BEFORE UPDATE ON release_recipients
WHEN NOT (OLD.provider_id IS NULL AND OLD.office_id IS NULL AND OLD.payer_name = '' AND NEW.provider_id IS NOT NULL AND NEW.office_id IS NULL
  AND NEW.practice_id = OLD.practice_id AND NEW.release_id = OLD.release_id AND NEW.position = OLD.position AND NEW.payer_name = OLD.payer_name
  AND NEW.claim_number = OLD.claim_number AND NEW.name = OLD.name AND NEW.phone = OLD.phone AND NEW.role = OLD.role AND NEW.label = OLD.label)
BEGIN SELECT RAISE(ABORT, 'recipients of a release are frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER release_recipients_no_delete BEFORE DELETE ON release_recipients BEGIN SELECT RAISE(ABORT, 'recipients of a release are frozen'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER release_recipients_no_insert BEFORE INSERT ON release_recipients
WHEN EXISTS (SELECT 1 FROM releases WHERE practice_id = NEW.practice_id AND id = NEW.release_id AND status <> 'draft')
BEGIN SELECT RAISE(ABORT, 'recipients of a release are frozen'); END;
-- +goose StatementEnd
