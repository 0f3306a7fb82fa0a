-- +goose Up
-- The network half: directory facts, relationships, contacts, referrals, promises.
ALTER TABLE providers ADD COLUMN accepting TEXT NOT NULL DEFAULT '' CHECK (accepting IN ('','yes','no'));
ALTER TABLE providers ADD COLUMN accepting_on TEXT;
ALTER TABLE providers ADD COLUMN preferred_channel TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN merged_into TEXT REFERENCES providers (id);
ALTER TABLE providers ADD COLUMN source TEXT NOT NULL DEFAULT '' CHECK (source IN ('','nppes'));
ALTER TABLE providers ADD COLUMN source_updated_on TEXT;
ALTER TABLE providers ADD COLUMN deactivated_on TEXT;
CREATE INDEX providers_merged ON providers (merged_into) WHERE merged_into IS NOT NULL;
ALTER TABLE offices ADD COLUMN hours TEXT NOT NULL DEFAULT '';
ALTER TABLE offices ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
ALTER TABLE offices ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE offices ADD COLUMN postal_code TEXT NOT NULL DEFAULT '';
ALTER TABLE offices ADD COLUMN latitude REAL;
ALTER TABLE offices ADD COLUMN longitude REAL;
CREATE INDEX offices_postal ON offices (postal_code);
CREATE TABLE provider_merges (
  id TEXT PRIMARY KEY, from_id TEXT NOT NULL REFERENCES providers (id), into_id TEXT NOT NULL REFERENCES providers (id),
  at DATETIME NOT NULL, by_user TEXT NOT NULL, practice_id TEXT);
CREATE TABLE calibrations (
  id TEXT PRIMARY KEY, r REAL NOT NULL, alpha REAL NOT NULL, a REAL NOT NULL,
  b REAL NOT NULL, log_likelihood REAL NOT NULL, referrers INTEGER NOT NULL, source TEXT NOT NULL,
  fitted_at DATETIME NOT NULL);

CREATE TABLE practice_profiles (
  practice_id TEXT NOT NULL REFERENCES practices (id), id TEXT NOT NULL, profile TEXT NOT NULL, updated_at DATETIME NOT NULL,
  version INTEGER NOT NULL, PRIMARY KEY (practice_id, id));
CREATE TABLE relationships (
  practice_id TEXT NOT NULL REFERENCES practices (id), id TEXT NOT NULL, provider_id TEXT NOT NULL REFERENCES providers (id),
  tier TEXT NOT NULL, wanted_interval_days INTEGER NOT NULL, preferred_channel TEXT NOT NULL, accepting TEXT NOT NULL,
  accepting_on TEXT, notes BLOB, checklist TEXT NOT NULL, stated_rate REAL, first_contact_at DATETIME,
  last_contact_at DATETIME, last_reached_at DATETIME, next_step BLOB, next_step_on TEXT, call_back_at DATETIME,
  created_at DATETIME NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (practice_id, id), UNIQUE (practice_id, provider_id),
  CHECK (tier IN ('','select','partner','prospect')), CHECK (accepting IN ('','yes','no')), CHECK (wanted_interval_days >= 0));
CREATE INDEX relationships_next ON relationships (practice_id, next_step_on, id);
CREATE INDEX relationships_reached ON relationships (practice_id, last_reached_at, id);
CREATE TABLE office_staff (
  practice_id TEXT NOT NULL REFERENCES practices (id), id TEXT NOT NULL, office_id TEXT NOT NULL REFERENCES offices (id),
  name TEXT NOT NULL, role TEXT NOT NULL, phone TEXT NOT NULL, best_time TEXT NOT NULL, note BLOB, created_at DATETIME NOT NULL,
  ended_at DATETIME, version INTEGER NOT NULL, PRIMARY KEY (practice_id, id));
CREATE INDEX office_staff_office ON office_staff (practice_id, office_id, id);
CREATE TABLE contacts (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, relationship_id TEXT NOT NULL, at DATETIME NOT NULL, channel TEXT NOT NULL,
  direction TEXT NOT NULL, staff_id TEXT, words BLOB, outcome TEXT NOT NULL, next_step_on TEXT, call_back_at DATETIME,
  checklist TEXT NOT NULL, breach BOOLEAN NOT NULL, created_by TEXT NOT NULL, created_at DATETIME NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, relationship_id) REFERENCES relationships (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES office_staff (practice_id, id),
  CHECK (channel IN ('call','visit','letter','email','fax','meeting')), CHECK (direction IN ('out','in')),
  CHECK (outcome IN ('reached_provider','reached_staff','voicemail','no_answer','received','sent')));
CREATE INDEX contacts_relationship ON contacts (practice_id, relationship_id, at, id);
CREATE INDEX contacts_at ON contacts (practice_id, at, id);
CREATE TABLE contact_clients (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, contact_id TEXT NOT NULL, client_id TEXT NOT NULL, disclosure_id TEXT, PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, contact_id) REFERENCES contacts (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, disclosure_id) REFERENCES disclosures (practice_id, id));
CREATE INDEX contact_clients_contact ON contact_clients (practice_id, contact_id);
CREATE TABLE referrals (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, direction TEXT NOT NULL, client_id TEXT NOT NULL, provider_id TEXT NOT NULL REFERENCES providers (id),
  relationship_id TEXT NOT NULL, reason BLOB NOT NULL, priority TEXT NOT NULL, wanted_by TEXT, state TEXT NOT NULL,
  business_status TEXT NOT NULL, scheduled_at DATETIME, prescription_id TEXT, release_id TEXT, document_id TEXT, outcome BLOB,
  attempts INTEGER NOT NULL, first_of_provider BOOLEAN NOT NULL, due_on TEXT, sent_at DATETIME, answered_at DATETIME, first_visit_at DATETIME,
  last_visit_at DATETIME, outcome_at DATETIME, seen_at DATETIME, closed_at DATETIME, thanked_at DATETIME, created_by TEXT NOT NULL,
  created_at DATETIME NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, relationship_id) REFERENCES relationships (practice_id, id),
  FOREIGN KEY (practice_id, prescription_id) REFERENCES prescriptions (practice_id, id),
  FOREIGN KEY (practice_id, release_id) REFERENCES releases (practice_id, id),
  FOREIGN KEY (practice_id, document_id) REFERENCES documents (practice_id, id),
  CHECK (direction IN ('outbound','inbound')), CHECK (priority IN ('routine','urgent')),
  CHECK (state IN ('draft','received','accepted','declined','active','scheduled','no_show','appointment_cancelled','visit_done','cancellation_requested','cancelled','completed','expired','entered_in_error')));
CREATE INDEX referrals_relationship ON referrals (practice_id, relationship_id, direction, created_at, id);
CREATE INDEX referrals_client ON referrals (practice_id, client_id, id);
CREATE INDEX referrals_state ON referrals (practice_id, state, id);
CREATE UNIQUE INDEX referrals_prescription ON referrals (practice_id, prescription_id) WHERE prescription_id IS NOT NULL AND direction = 'inbound';
CREATE TABLE referral_events (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, referral_id TEXT NOT NULL, at DATETIME NOT NULL, action TEXT NOT NULL, side TEXT NOT NULL,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL, words BLOB, scheduled_at DATETIME, by_whom TEXT NOT NULL, created_at DATETIME NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, referral_id) REFERENCES referrals (practice_id, id),
  CHECK (side IN ('initiator','recipient','system')));
CREATE INDEX referral_events_referral ON referral_events (practice_id, referral_id, id);
CREATE TABLE document_requests (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, client_id TEXT NOT NULL, provider_id TEXT NOT NULL REFERENCES providers (id), kind TEXT NOT NULL,
  wanted_by TEXT, words BLOB, state TEXT NOT NULL, answered_kind TEXT NOT NULL, answered_id TEXT, reason BLOB, created_by TEXT NOT NULL,
  created_at DATETIME NOT NULL, settled_at DATETIME, version INTEGER NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  CHECK (state IN ('open','sent','declined','withdrawn')));
CREATE INDEX document_requests_client ON document_requests (practice_id, client_id, id);
CREATE TABLE promises (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, relationship_id TEXT NOT NULL, client_id TEXT, owed_by TEXT NOT NULL, kind TEXT NOT NULL,
  words BLOB, due_on TEXT NOT NULL, state TEXT NOT NULL, source_kind TEXT NOT NULL, source_id TEXT, kept_kind TEXT NOT NULL, kept_id TEXT,
  settled_at DATETIME, kept_on TEXT, reason BLOB, created_by TEXT NOT NULL, created_at DATETIME NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, relationship_id) REFERENCES relationships (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  CHECK (owed_by IN ('us','them')), CHECK (state IN ('open','kept','released')),
  CHECK (kind IN ('report','packet','letter','call','document','other')));
CREATE INDEX promises_relationship ON promises (practice_id, relationship_id, id);
CREATE INDEX promises_due ON promises (practice_id, state, due_on, id);
CREATE UNIQUE INDEX promises_source ON promises (practice_id, source_kind, source_id) WHERE source_id IS NOT NULL AND state = 'open';
CREATE TABLE open_items (
  practice_id TEXT NOT NULL, kind TEXT NOT NULL, object_id TEXT NOT NULL, worklist TEXT NOT NULL, side TEXT NOT NULL,
  from_on TEXT NOT NULL, clock TEXT NOT NULL, clock_on TEXT NOT NULL, action TEXT NOT NULL, client_id TEXT, provider_id TEXT REFERENCES providers (id),
  since DATETIME NOT NULL, PRIMARY KEY (practice_id, kind, object_id),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  CHECK (side IN ('us','them')));
CREATE INDEX open_items_worklist ON open_items (practice_id, worklist, side, clock_on, object_id);
CREATE INDEX open_items_client ON open_items (practice_id, client_id);
-- What was said and done stays.
-- +goose StatementBegin
CREATE TRIGGER contacts_no_update BEFORE UPDATE ON contacts BEGIN SELECT RAISE(ABORT, 'contacts is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER contacts_no_delete BEFORE DELETE ON contacts BEGIN SELECT RAISE(ABORT, 'contacts is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER contact_clients_no_update BEFORE UPDATE ON contact_clients BEGIN SELECT RAISE(ABORT, 'contact_clients is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER contact_clients_no_delete BEFORE DELETE ON contact_clients BEGIN SELECT RAISE(ABORT, 'contact_clients is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER referral_events_no_update BEFORE UPDATE ON referral_events BEGIN SELECT RAISE(ABORT, 'referral_events is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER referral_events_no_delete BEFORE DELETE ON referral_events BEGIN SELECT RAISE(ABORT, 'referral_events is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER provider_merges_no_update BEFORE UPDATE ON provider_merges BEGIN SELECT RAISE(ABORT, 'provider_merges is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER provider_merges_no_delete BEFORE DELETE ON provider_merges BEGIN SELECT RAISE(ABORT, 'provider_merges is append-only'); END;
-- +goose StatementEnd
