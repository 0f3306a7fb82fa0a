-- +goose Up
-- Shared tables: no practice owns a row. Each is listed in the parity test.
CREATE TABLE practices (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, time_zone TEXT NOT NULL, address TEXT NOT NULL, phone TEXT NOT NULL,
  fax TEXT NOT NULL, email TEXT NOT NULL, mode TEXT NOT NULL, settings TEXT NOT NULL, suspended BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
  CHECK (mode IN ('covered','business_associate','not_covered')));
CREATE TABLE users (
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT NOT NULL,
  security_stamp TEXT NOT NULL, disabled BOOLEAN NOT NULL, licence TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL);
CREATE TABLE providers (
  id TEXT PRIMARY KEY, given TEXT NOT NULL, family TEXT NOT NULL, folded TEXT NOT NULL, credentials TEXT NOT NULL,
  npi TEXT, taxonomy TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, licence TEXT NOT NULL,
  verified_on TEXT, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL);
CREATE UNIQUE INDEX providers_npi ON providers (npi) WHERE npi IS NOT NULL;
CREATE INDEX providers_folded ON providers (folded, id);
CREATE TABLE offices (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, city TEXT NOT NULL, state TEXT NOT NULL,
  phone TEXT NOT NULL, fax TEXT NOT NULL, preferred_channel TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL);
CREATE INDEX offices_place ON offices (state, city);
CREATE TABLE provider_roles (
  provider_id TEXT NOT NULL REFERENCES providers (id), office_id TEXT NOT NULL REFERENCES offices (id),
  since TIMESTAMPTZ NOT NULL, until TIMESTAMPTZ, PRIMARY KEY (provider_id, office_id));
CREATE INDEX provider_roles_office ON provider_roles (office_id);
CREATE TABLE user_roles (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), role TEXT NOT NULL,
  practice_id TEXT REFERENCES practices (id), provider_id TEXT REFERENCES providers (id),
  CHECK (role IN ('owner','therapist','front_desk','provider','provider_staff','operator')));
CREATE UNIQUE INDEX user_roles_once ON user_roles (user_id, role, COALESCE(practice_id, ''), COALESCE(provider_id, ''));
CREATE INDEX user_roles_practice ON user_roles (practice_id, user_id);
CREATE INDEX user_roles_provider ON user_roles (provider_id, user_id);
CREATE TABLE sign_ins (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), realm TEXT NOT NULL, secret_hash TEXT NOT NULL UNIQUE,
  csrf TEXT NOT NULL, security_stamp TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, seen_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL, ended_at TIMESTAMPTZ, ended_why TEXT NOT NULL,
  CHECK (realm IN ('api','portal')));
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE TABLE refresh_tokens (
  token_hash TEXT PRIMARY KEY, sign_in_id TEXT NOT NULL REFERENCES sign_ins (id), created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL, used_at TIMESTAMPTZ);
CREATE TABLE sign_in_failures (
  subject TEXT PRIMARY KEY, failures BIGINT NOT NULL, window_start TIMESTAMPTZ NOT NULL, locked_until TIMESTAMPTZ);
CREATE TABLE links (
  id TEXT PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, practice_id TEXT, object_id TEXT NOT NULL,
  client_id TEXT, provider_id TEXT, user_id TEXT, email TEXT NOT NULL, role TEXT NOT NULL, expires_at TIMESTAMPTZ NOT NULL,
  tries_left BIGINT NOT NULL, used_at TIMESTAMPTZ, closed_at TIMESTAMPTZ, created_at TIMESTAMPTZ NOT NULL,
  CHECK (kind IN ('sign','report','change','invitation')), CHECK (tries_left >= 0));
CREATE INDEX links_object ON links (practice_id, object_id);
CREATE TABLE grants (
  object_kind TEXT NOT NULL, object_id TEXT NOT NULL, provider_id TEXT NOT NULL REFERENCES providers (id),
  practice_id TEXT NOT NULL REFERENCES practices (id), created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (object_kind, object_id, provider_id));
CREATE INDEX grants_provider ON grants (provider_id, object_kind, object_id);
CREATE TABLE idempotency_keys (
  practice_id TEXT NOT NULL, principal TEXT NOT NULL, route TEXT NOT NULL, idem_key TEXT NOT NULL, body_sha256 TEXT NOT NULL,
  response BYTEA, replays BIGINT NOT NULL, created_at TIMESTAMPTZ NOT NULL, expires_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (practice_id, principal, route, idem_key));
CREATE INDEX idempotency_expiry ON idempotency_keys (expires_at);
CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY, state TEXT NOT NULL, sealed BYTEA NOT NULL, created_at TIMESTAMPTZ NOT NULL,
  retired_at TIMESTAMPTZ, CHECK (state IN ('next','active','retired')));
CREATE UNIQUE INDEX signing_keys_one ON signing_keys (state) WHERE state IN ('next','active');
CREATE TABLE invitations (
  id TEXT PRIMARY KEY, email TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, practice_id TEXT REFERENCES practices (id),
  provider_id TEXT REFERENCES providers (id), licence TEXT NOT NULL, invited_by TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL,
  accepted_at TIMESTAMPTZ, CHECK (role IN ('owner','therapist','front_desk','provider','provider_staff')));
CREATE INDEX invitations_practice ON invitations (practice_id, id);
CREATE INDEX invitations_provider ON invitations (provider_id, id);

-- Practice-owned tables: keys are (practice_id, id), references stay inside one practice.
CREATE TABLE practice_keys (
  practice_id TEXT NOT NULL REFERENCES practices (id), id TEXT NOT NULL, wrapped BYTEA NOT NULL, master_id TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL, rotated_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (practice_id, id));
CREATE TABLE clients (
  practice_id TEXT NOT NULL REFERENCES practices (id), id TEXT NOT NULL, given TEXT NOT NULL, family TEXT NOT NULL,
  folded TEXT NOT NULL, birth_date TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, referred_by TEXT NOT NULL,
  state TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
  PRIMARY KEY (practice_id, id), CHECK (state IN ('proposed','active')));
CREATE INDEX clients_folded ON clients (practice_id, folded, id);
CREATE TABLE care_team (
  practice_id TEXT NOT NULL, client_id TEXT NOT NULL, provider_id TEXT NOT NULL REFERENCES providers (id), role TEXT NOT NULL,
  may_be_told BOOLEAN NOT NULL, PRIMARY KEY (practice_id, client_id, provider_id),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id));
CREATE TABLE documents (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, client_id TEXT NOT NULL, kind TEXT NOT NULL, media_type TEXT NOT NULL,
  sha256 TEXT NOT NULL, size BIGINT NOT NULL, sealed BYTEA NOT NULL, created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id));
CREATE INDEX documents_client ON documents (practice_id, client_id, id);
CREATE TABLE releases (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, client_id TEXT NOT NULL, status TEXT NOT NULL, categories TEXT NOT NULL,
  purpose TEXT NOT NULL, expires_on TEXT, expiry_event BYTEA, event_occurred TEXT, representative BYTEA, form_version TEXT NOT NULL,
  form_id TEXT, form_sha256 TEXT NOT NULL,
  signature BYTEA, signed_at TIMESTAMPTZ, document_id TEXT, document_sha256 TEXT NOT NULL, copy_given_at TIMESTAMPTZ, revoked_at TIMESTAMPTZ,
  revocation BYTEA, created_by TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, document_id) REFERENCES documents (practice_id, id),
  FOREIGN KEY (practice_id, form_id) REFERENCES documents (practice_id, id),
  CHECK (status IN ('draft','active','revoked','declined')), CHECK (status IN ('draft','declined') OR (signed_at IS NOT NULL AND document_id IS NOT NULL)),
  CHECK (status <> 'revoked' OR revoked_at IS NOT NULL));
CREATE INDEX releases_client ON releases (practice_id, client_id, id);
CREATE TABLE release_recipients (
  practice_id TEXT NOT NULL, release_id TEXT NOT NULL, position BIGINT NOT NULL, provider_id TEXT REFERENCES providers (id),
  office_id TEXT REFERENCES offices (id), payer_name TEXT NOT NULL, claim_number TEXT NOT NULL, name TEXT NOT NULL,
  phone TEXT NOT NULL, role TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (practice_id, release_id, position),
  FOREIGN KEY (practice_id, release_id) REFERENCES releases (practice_id, id));
CREATE INDEX release_recipients_provider ON release_recipients (provider_id);
CREATE TABLE order_series (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, client_id TEXT NOT NULL, current_id TEXT NOT NULL, allowed BIGINT,
  opening_used BIGINT NOT NULL, used BIGINT NOT NULL, last_number BIGINT NOT NULL, warned TEXT NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  CHECK (used >= 0), CHECK (opening_used >= 0), CHECK (allowed IS NULL OR used + opening_used <= allowed),
  CHECK (last_number >= used));
CREATE TABLE prescriptions (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, series_id TEXT NOT NULL, version BIGINT NOT NULL, replaces TEXT,
  renewed_from TEXT, client_id TEXT NOT NULL, prescriber_id TEXT NOT NULL REFERENCES providers (id), status TEXT NOT NULL,
  status_reason BYTEA NOT NULL, status_by TEXT NOT NULL, content BYTEA NOT NULL, content_sha256 TEXT NOT NULL, source TEXT NOT NULL,
  transcribed_by TEXT, opening TEXT NOT NULL, signature BYTEA, verbal BYTEA, countersign_by TEXT, countersigned BYTEA,
  issued_on TEXT, received_on TEXT, valid_until TEXT NOT NULL, submitted_at TIMESTAMPTZ, accepted_at TIMESTAMPTZ,
  accepted_by TEXT, created_by TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, row_version BIGINT NOT NULL,
  PRIMARY KEY (practice_id, id), UNIQUE (practice_id, series_id, version),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, series_id) REFERENCES order_series (practice_id, id),
  FOREIGN KEY (practice_id, replaces) REFERENCES prescriptions (practice_id, id),
  FOREIGN KEY (practice_id, renewed_from) REFERENCES prescriptions (practice_id, id),
  CHECK (status IN ('draft','submitted','active','suspended','declined','superseded','revoked','entered_in_error')),
  CHECK (source IN ('portal','paper','verbal','change_request')));
CREATE UNIQUE INDEX prescriptions_one_active ON prescriptions (practice_id, series_id) WHERE status IN ('active','suspended');
CREATE INDEX prescriptions_client ON prescriptions (practice_id, client_id, id);
CREATE INDEX prescriptions_status ON prescriptions (practice_id, status, id);
CREATE INDEX prescriptions_countersign ON prescriptions (countersign_by) WHERE countersign_by IS NOT NULL;
CREATE TABLE attachments (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, prescription_id TEXT NOT NULL, document_id TEXT NOT NULL,
  added_by TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, prescription_id) REFERENCES prescriptions (practice_id, id),
  FOREIGN KEY (practice_id, document_id) REFERENCES documents (practice_id, id));
CREATE TABLE change_requests (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, series_id TEXT NOT NULL, prescription_id TEXT NOT NULL, client_id TEXT NOT NULL,
  prescriber_id TEXT NOT NULL, status TEXT NOT NULL, asked_by TEXT NOT NULL, words BYTEA NOT NULL, share_words BOOLEAN NOT NULL,
  proposed TEXT NOT NULL, sent_at TIMESTAMPTZ, seen_at TIMESTAMPTZ, lapses_on TEXT, decided_at TIMESTAMPTZ, decision BYTEA,
  decided_via TEXT NOT NULL, new_version_id TEXT, created_by TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, row_version BIGINT NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, prescription_id) REFERENCES prescriptions (practice_id, id),
  FOREIGN KEY (practice_id, series_id) REFERENCES order_series (practice_id, id),
  CHECK (asked_by IN ('client','therapist')),
  CHECK (status IN ('drafted','sent','seen','approved','declined','lapsed','withdrawn','explained')));
CREATE UNIQUE INDEX change_requests_one_open ON change_requests (practice_id, series_id) WHERE status IN ('drafted','sent','seen');
CREATE INDEX change_requests_lapse ON change_requests (lapses_on) WHERE status IN ('sent','seen');
CREATE TABLE bookings (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, client_id TEXT NOT NULL, prescription_id TEXT, series_id TEXT,
  therapist_id TEXT NOT NULL, starts_at TIMESTAMPTZ NOT NULL, local_date TEXT NOT NULL, minutes BIGINT NOT NULL,
  regions TEXT NOT NULL, state TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, prescription_id) REFERENCES prescriptions (practice_id, id),
  FOREIGN KEY (practice_id, series_id) REFERENCES order_series (practice_id, id),
  CHECK (state IN ('booked','started','completed','cancelled','no_show')));
CREATE INDEX bookings_series ON bookings (practice_id, series_id, local_date);
CREATE INDEX bookings_day ON bookings (practice_id, local_date, id);
CREATE TABLE sessions (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, client_id TEXT NOT NULL, prescription_id TEXT, series_id TEXT, booking_id TEXT,
  therapist_id TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, visit_number BIGINT, started_at TIMESTAMPTZ NOT NULL,
  local_date TEXT NOT NULL, minutes BIGINT NOT NULL, regions TEXT NOT NULL, techniques TEXT NOT NULL, precautions TEXT NOT NULL,
  note BYTEA NOT NULL, violations TEXT NOT NULL, scope_snapshot TEXT NOT NULL, signed_at TIMESTAMPTZ, signed_by TEXT,
  content_sha256 TEXT NOT NULL, voided_at TIMESTAMPTZ, voided_by TEXT, void_reason BYTEA, created_by TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, prescription_id) REFERENCES prescriptions (practice_id, id),
  FOREIGN KEY (practice_id, series_id) REFERENCES order_series (practice_id, id),
  FOREIGN KEY (practice_id, booking_id) REFERENCES bookings (practice_id, id),
  CHECK (kind IN ('prescribed','deviation','self_pay','stopped')), CHECK (state IN ('open','signed','void')),
  CHECK (visit_number IS NULL OR (visit_number > 0 AND kind IN ('prescribed','deviation'))),
  CHECK (kind <> 'prescribed' OR visit_number IS NOT NULL), CHECK (minutes >= 0));
CREATE UNIQUE INDEX sessions_visit ON sessions (practice_id, series_id, visit_number) WHERE visit_number IS NOT NULL;
CREATE INDEX sessions_series ON sessions (practice_id, series_id, local_date);
CREATE INDEX sessions_client ON sessions (practice_id, client_id, started_at, id);
CREATE INDEX sessions_inbox ON sessions (practice_id, started_at, id);
CREATE INDEX sessions_open ON sessions (practice_id, therapist_id, started_at) WHERE state = 'open';
CREATE UNIQUE INDEX sessions_booking ON sessions (practice_id, booking_id) WHERE booking_id IS NOT NULL AND state <> 'void';
CREATE TABLE measures (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, session_id TEXT NOT NULL, client_id TEXT NOT NULL, position BIGINT NOT NULL,
  instrument TEXT NOT NULL, value DOUBLE PRECISION NOT NULL, answers TEXT NOT NULL, taken TEXT NOT NULL, region TEXT NOT NULL,
  side TEXT NOT NULL, motion TEXT NOT NULL, taken_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, session_id) REFERENCES sessions (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id), CHECK (taken IN ('before','after')));
CREATE INDEX measures_client ON measures (practice_id, client_id, instrument, taken_at);
CREATE INDEX measures_session ON measures (practice_id, session_id, position);
CREATE TABLE addenda (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, session_id TEXT NOT NULL, author_id TEXT NOT NULL, at TIMESTAMPTZ NOT NULL,
  text BYTEA NOT NULL, PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, session_id) REFERENCES sessions (practice_id, id));
CREATE INDEX addenda_session ON addenda (practice_id, session_id, id);
CREATE TABLE referral_out_drafts (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, client_id TEXT NOT NULL, session_id TEXT NOT NULL, findings TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, session_id) REFERENCES sessions (practice_id, id));
CREATE TABLE reports (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, client_id TEXT NOT NULL, prescription_id TEXT NOT NULL, series_id TEXT NOT NULL,
  provider_id TEXT REFERENCES providers (id), payer TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, from_on TEXT NOT NULL,
  to_on TEXT NOT NULL, include TEXT NOT NULL, categories TEXT NOT NULL, partial BOOLEAN NOT NULL, narrative BYTEA NOT NULL,
  session_ids TEXT NOT NULL, document_id TEXT, sha256 TEXT NOT NULL, signed_at TIMESTAMPTZ, signed_by TEXT, revision BIGINT NOT NULL,
  revises TEXT, revision_reason BYTEA NOT NULL, created_by TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, prescription_id) REFERENCES prescriptions (practice_id, id),
  FOREIGN KEY (practice_id, document_id) REFERENCES documents (practice_id, id),
  FOREIGN KEY (practice_id, revises) REFERENCES reports (practice_id, id),
  CHECK (kind IN ('initial','progress','discharge')), CHECK (status IN ('draft','signed','needs_revision','superseded')),
  CHECK (status = 'draft' OR (document_id IS NOT NULL AND signed_at IS NOT NULL)));
CREATE INDEX reports_client ON reports (practice_id, client_id, id);
CREATE INDEX reports_series ON reports (practice_id, series_id, id);
CREATE UNIQUE INDEX reports_revision ON reports (practice_id, revises) WHERE revises IS NOT NULL;
CREATE TABLE deliveries (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, report_id TEXT NOT NULL, client_id TEXT NOT NULL, provider_id TEXT,
  channel TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, message_id TEXT, link_id TEXT, override BYTEA,
  reply BYTEA, release_id TEXT, created_by TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
  PRIMARY KEY (practice_id, id), FOREIGN KEY (practice_id, report_id) REFERENCES reports (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  CHECK (channel IN ('portal','link','letter')),
  CHECK (state IN ('prepared','queued','sent','delivered','opened','downloaded','acknowledged','failed','uncertain','stopped')));
CREATE INDEX deliveries_report ON deliveries (practice_id, report_id, id);
CREATE INDEX deliveries_override ON deliveries (practice_id, id) WHERE override IS NOT NULL;
CREATE TABLE delivery_events (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, delivery_id TEXT NOT NULL, at TIMESTAMPTZ NOT NULL, state TEXT NOT NULL,
  by_whom TEXT NOT NULL, note BYTEA, PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, delivery_id) REFERENCES deliveries (practice_id, id));
CREATE INDEX delivery_events_delivery ON delivery_events (practice_id, delivery_id, id);
CREATE TABLE messages (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, recipient TEXT NOT NULL, object_kind TEXT NOT NULL,
  object_id TEXT NOT NULL, link_kind TEXT NOT NULL, link_id TEXT, role TEXT NOT NULL, client_id TEXT,
  provider_id TEXT, user_id TEXT, state TEXT NOT NULL, attempts BIGINT NOT NULL,
  reason TEXT NOT NULL, note BYTEA, created_at TIMESTAMPTZ NOT NULL, sent_at TIMESTAMPTZ, PRIMARY KEY (practice_id, id),
  CHECK (state IN ('queued','sending','sent','failed','uncertain','stopped')));
CREATE INDEX messages_state ON messages (practice_id, state, id);
CREATE INDEX messages_recipient ON messages (practice_id, recipient, created_at);
CREATE TABLE disclosures (
  practice_id TEXT NOT NULL, id TEXT NOT NULL, seq BIGINT NOT NULL, client_id TEXT NOT NULL, at TIMESTAMPTZ NOT NULL, principal TEXT NOT NULL,
  recipient TEXT NOT NULL, provider_id TEXT, categories TEXT NOT NULL, purpose TEXT NOT NULL, description TEXT NOT NULL,
  object_kind TEXT NOT NULL, object_id TEXT NOT NULL, channel TEXT NOT NULL, allowed BOOLEAN NOT NULL, basis TEXT NOT NULL,
  reasons TEXT NOT NULL, rule_version TEXT NOT NULL, release_id TEXT, release_version BIGINT NOT NULL, override BYTEA,
  PRIMARY KEY (practice_id, id), UNIQUE (practice_id, seq),
  FOREIGN KEY (practice_id, client_id) REFERENCES clients (practice_id, id),
  FOREIGN KEY (practice_id, release_id) REFERENCES releases (practice_id, id),
  CHECK (NOT allowed OR basis IN ('release','own_order','override','individual')),
  CHECK (basis <> 'release' OR release_id IS NOT NULL));
CREATE INDEX disclosures_client ON disclosures (practice_id, client_id, at, id);
CREATE TABLE audit_heads (
  practice_id TEXT PRIMARY KEY, seq BIGINT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE audit_events (
  practice_id TEXT NOT NULL, seq BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL, principal TEXT NOT NULL, action TEXT NOT NULL,
  object_kind TEXT NOT NULL, object_id TEXT NOT NULL, client_id TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
  prev_hash TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (practice_id, seq));
CREATE INDEX audit_events_client ON audit_events (practice_id, client_id, seq);
