-- +goose Up
-- What was signed stays: only drafts may be deleted.
-- +goose StatementBegin
CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a signed row of % is kept', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;
-- +goose StatementEnd
CREATE TRIGGER prescriptions_kept BEFORE DELETE ON prescriptions FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION kept();
CREATE TRIGGER sessions_kept BEFORE DELETE ON sessions FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION kept();
CREATE TRIGGER reports_kept BEFORE DELETE ON reports FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION kept();
CREATE TRIGGER releases_kept BEFORE DELETE ON releases FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION kept();
