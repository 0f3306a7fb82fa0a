package store

import (
	"strings"
	"time"

	"rapport/models"
)

// TrailQuery is what Events looks for. Before is the number below which to
// begin, 0 for the newest; Treating leaves a therapist the events of the
// clients they treat, and of those whom nobody treats yet.
type TrailQuery struct {
	models.TrailFilter
	From, Until time.Time // until excluded; zero is open
	Treating    models.UserID
	Before      int64
	Limit       int
}

type trailRow struct {
	PracticeID, Principal, Action, ObjectKind, ObjectID string
	ClientID, Outcome, Detail, PrevHash, Hash, Actor    string
	Account, Given, Family                              string
	Seq                                                 int64
	At                                                  time.Time
}

const (
	eventsOf = `SELECT e.practice_id, e.seq, e.at, e.principal, e.action, e.object_kind, e.object_id, e.client_id, e.outcome, e.detail, e.prev_hash, e.hash, u.name AS actor,
		a.name AS account, c.given, c.family FROM audit_events e LEFT JOIN users u ON u.id = substr(e.principal, 6)
		LEFT JOIN users a ON e.object_kind = 'user' AND a.id = e.object_id LEFT JOIN clients c ON c.practice_id = e.practice_id AND c.id = e.client_id AND (c.state <> 'proposed'
			OR EXISTS (SELECT 1 FROM prescriptions x WHERE x.practice_id = c.practice_id AND x.client_id = c.id AND x.status <> 'draft')
			OR EXISTS (SELECT 1 FROM referrals x WHERE x.practice_id = c.practice_id AND x.client_id = c.id AND x.state <> 'draft'))
		WHERE e.practice_id = ?`
	actedBy   = ` AND (e.principal = ? OR e.principal = 'anonymous' AND e.object_kind = 'user' AND e.object_id = ?)`
	doneTo    = ` AND e.object_id IN (SELECT CAST(? AS TEXT) UNION ALL SELECT d.id FROM disclosures d WHERE d.practice_id = ? AND d.object_id = ?)`
	treatedBy = ` AND e.client_id <> '' AND (
		EXISTS (SELECT 1 FROM sessions s WHERE s.practice_id = e.practice_id AND s.client_id = e.client_id AND s.therapist_id = ?)
		OR EXISTS (SELECT 1 FROM bookings b WHERE b.practice_id = e.practice_id AND b.client_id = e.client_id AND b.therapist_id = ?)
		OR NOT EXISTS (SELECT 1 FROM sessions s WHERE s.practice_id = e.practice_id AND s.client_id = e.client_id)
		AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.practice_id = e.practice_id AND b.client_id = e.client_id))`
)

// Events reads the practice's trail backwards, in one statement, with the names
// of people and clients, but of nobody who stands only in what a provider has
// not sent yet; NameRecords adds what the events were about.
func (t *Tx) Events(q TrailQuery) (out []models.TrailLine, more bool, err error) {
	var sql strings.Builder
	sql.WriteString(eventsOf)
	args := []any{string(t.practice)}
	add := func(holds bool, condition string, with ...any) {
		if holds {
			sql.WriteString(condition)
			args = append(args, with...)
		}
	}
	add(q.Before > 0, " AND e.seq < ?", q.Before)
	add(q.ClientID != "", " AND e.client_id = ?", string(q.ClientID))
	add(q.Actor != "", actedBy, models.Actor{Kind: models.ActorUser, UserID: q.Actor}.Principal(), string(q.Actor))
	add(q.Action != "", " AND (e.action = ? OR substr(e.action, 1, ?) = ?)", q.Action, len(q.Action)+1, q.Action+".")
	add(q.ObjectID != "", doneTo, q.ObjectID, string(t.practice), q.ObjectID)
	add(!q.From.IsZero(), " AND e.at >= ?", q.From)
	add(!q.Until.IsZero(), " AND e.at < ?", q.Until)
	add(q.Treating != "", treatedBy, string(q.Treating), string(q.Treating))
	add(true, " ORDER BY e.seq DESC LIMIT ?", q.Limit+1)
	rows, err := asked[trailRow](t, sql.String(), args...)
	if more = len(rows) > q.Limit; more {
		rows = rows[:q.Limit]
	}
	for _, r := range rows {
		e := auditRow{r.PracticeID, r.Seq, r.At, r.Principal, r.Action, r.ObjectKind, r.ObjectID, r.ClientID, r.Outcome, r.Detail, r.PrevHash, r.Hash}
		l := models.TrailLine{AuditEvent: e.event(), ActorName: r.Actor, Account: r.Account, Client: models.PersonName{Given: r.Given, Family: r.Family}}
		if l.ActorName == "" && l.SignedInAs() {
			l.ActorName = r.Account
		}
		out = append(out, l)
	}
	return out, more, err
}

// CheckTrail compares the newest events, n at most, with each other and with
// the head; rapport verify walks all of them.
func (t *Tx) CheckTrail(n int) (models.TrailCheck, error) {
	c := models.TrailCheck{PracticeID: t.practice}
	var err error
	if c.Seq, c.Hash, err = t.AuditHead(); err != nil || c.Seq == 0 {
		return c, err
	}
	events, err := t.Audit(max(0, c.Seq-int64(n)), n)
	if err != nil {
		return c, err
	}
	c.Checked = len(events)
	if len(events) == 0 {
		c.Broken = c.Seq
		return c, nil
	}
	before := ""
	if c.Seq > int64(n) {
		before = events[0].PrevHash
	}
	c.Broken = models.VerifyChain(max(0, c.Seq-int64(n)), before, events)
	if last := events[len(events)-1]; c.Broken == 0 && (last.Seq != c.Seq || last.Hash != c.Hash) {
		c.Broken = last.Seq + 1
	}
	return c, nil
}
