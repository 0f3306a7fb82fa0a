package store

import (
	"encoding/json"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

// IdempotencyDays is how long an answer is kept.
const IdempotencyDays = 7

type idempotencyRow struct {
	PracticeID string
	Principal  string
	Route      string
	IdemKey    string
	BodySHA256 string `gorm:"column:body_sha256"`
	Response   []byte
	Replays    int
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

func (idempotencyRow) TableName() string { return "idempotency_keys" }

const idemWhere = "practice_id = ? AND principal = ? AND route = ? AND idem_key = ?"

func (t *Tx) idemArgs(i models.Idempotency) []any {
	return []any{string(t.by.PracticeID), t.by.Capacity(), i.Route, i.Key}
}

// claimKey takes a key that is new or has expired; one that lives stays as it
// is and counts as no row.
const claimKey = `INSERT INTO idempotency_keys (practice_id, principal, route, idem_key, body_sha256, replays, created_at, expires_at)
	VALUES (?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (practice_id, principal, route, idem_key) DO UPDATE SET body_sha256 = excluded.body_sha256,
	response = NULL, replays = 0, created_at = excluded.created_at, expires_at = excluded.expires_at
	WHERE idempotency_keys.expires_at <= excluded.created_at`

// Replay claims the request's key. When the key was answered before, it counts
// the replay (a write, so that a replay is never answered from a row that a
// failover could lose), puts on the trail once more what the answer was about,
// fills v with the stored answer and returns true.
// The same key with another body is 422 idempotency.body_differs.
func (t *Tx) Replay(i models.Idempotency, v any) (bool, error) {
	r := t.g.Exec(claimKey, append(t.idemArgs(i), i.BodySHA256, t.now, t.now.AddDate(0, 0, IdempotencyDays))...)
	if r.Error != nil && waited(r.Error) {
		return false, fault.New(fault.Conflict, "idempotency.in_progress", "The first request with this Idempotency-Key is still running. Ask again in a moment.").Because(r.Error)
	}
	if r.Error != nil || r.RowsAffected == 1 {
		return false, r.Error
	}
	var row idempotencyRow
	if err := t.g.Raw("SELECT body_sha256, response FROM idempotency_keys WHERE "+idemWhere, t.idemArgs(i)...).Scan(&row).Error; err != nil {
		return false, err
	}
	if row.BodySHA256 != i.BodySHA256 {
		return false, fault.New(fault.Invalid, "idempotency.body_differs", "This Idempotency-Key was used with another body. Use a new key for a new request.")
	}
	if row.Response == nil {
		return false, fault.New(fault.Conflict, "idempotency.in_progress", "The first request with this Idempotency-Key is still running. Ask again in a moment.")
	}
	plain, err := t.openAnswer(i, row.Response)
	if err != nil {
		return false, err
	}
	var a answer
	if err := json.Unmarshal(plain, &a); err != nil {
		return false, err
	}
	if err := json.Unmarshal(a.Value, v); err != nil {
		return false, err
	}
	t.again(a.About)
	return true, t.g.Exec("UPDATE idempotency_keys SET replays = replays + 1 WHERE "+idemWhere, t.idemArgs(i)...).Error
}

// answer is what is kept: the verb's result, and what the verb put on the trail.
type answer struct {
	Value json.RawMessage
	About []models.AuditEvent
}

// again logs that an answer was given once more: each object, with the verb
// that it was answered by as the detail.
func (t *Tx) again(about []models.AuditEvent) {
	for _, e := range about {
		t.trail = append(t.trail, models.AuditEvent{PracticeID: e.PracticeID, At: t.now, Principal: t.by.Principal(), Action: "idempotency.replay",
			ObjectKind: e.ObjectKind, ObjectID: e.ObjectID, ClientID: e.ClientID, Outcome: "done", Detail: e.Action})
	}
}

// Answer keeps the verb's result, sealed, in the verb's own transaction.
func (t *Tx) Answer(i models.Idempotency, v any) error {
	value, err := json.Marshal(v)
	if err != nil {
		return err
	}
	a := answer{Value: value}
	for _, e := range t.trail {
		if e.Action != Disclosed {
			a.About = append(a.About, e)
		}
	}
	plain, err := json.Marshal(a)
	if err != nil {
		return err
	}
	sealed, err := t.sealAnswer(i, plain)
	if err != nil {
		return err
	}
	return t.exec("UPDATE idempotency_keys SET response = ? WHERE "+idemWhere, append([]any{sealed}, t.idemArgs(i)...)...)
}

// Unclaim gives the key back: the verb was refused and its other writes stay.
func (t *Tx) Unclaim(i models.Idempotency) error {
	return t.exec("DELETE FROM idempotency_keys WHERE response IS NULL AND "+idemWhere, t.idemArgs(i)...)
}

// Answers belong to the principal, not to a practice's records, and live for
// seven days: the master key seals them.
func (t *Tx) sealAnswer(i models.Idempotency, b []byte) ([]byte, error) {
	return t.db.cfg.Master.Seal(b, t.answerPlace(i))
}

func (t *Tx) openAnswer(i models.Idempotency, b []byte) ([]byte, error) {
	return t.db.cfg.Master.Open(b, t.answerPlace(i))
}

func (t *Tx) answerPlace(i models.Idempotency) string {
	b, _ := json.Marshal([]string{"idempotency_keys", string(t.by.PracticeID), t.by.Capacity(), i.Route, i.Key})
	return string(b)
}

// ForgetAnswers deletes expired keys.
func (t *Tx) ForgetAnswers() error {
	return t.exec("DELETE FROM idempotency_keys WHERE expires_at <= ?", t.now)
}
