-- +goose Up
-- What was signed stays: only drafts may be deleted. With recursive_triggers on,
-- this holds for INSERT OR REPLACE as well.
-- +goose StatementBegin
CREATE TRIGGER prescriptions_kept BEFORE DELETE ON prescriptions WHEN OLD.status <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a submitted order is kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sessions_kept BEFORE DELETE ON sessions WHEN OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a signed note is kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reports_kept BEFORE DELETE ON reports WHEN OLD.status <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a signed report is kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER releases_kept BEFORE DELETE ON releases WHEN OLD.status <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a signed release is kept'); END;
-- +goose StatementEnd
