package store

import (
	"slices"
	"strings"
	"time"

	"rapport/models"
)

type auditHeadRow struct {
	PracticeID string
	Seq        int64
	Hash       string
}

func (auditHeadRow) TableName() string { return "audit_heads" }

type auditRow struct {
	PracticeID string
	Seq        int64
	At         time.Time
	Principal  string
	Action     string
	ObjectKind string
	ObjectID   string
	ClientID   string
	Outcome    string
	Detail     string
	PrevHash   string
	Hash       string
}

func (auditRow) TableName() string { return "audit_events" }

func (r auditRow) event() models.AuditEvent {
	return models.AuditEvent{PracticeID: models.PracticeID(r.PracticeID), Seq: r.Seq, At: r.At, Principal: r.Principal, Action: r.Action,
		ObjectKind: r.ObjectKind, ObjectID: r.ObjectID, ClientID: models.ClientID(r.ClientID), Outcome: r.Outcome, Detail: r.Detail,
		PrevHash: r.PrevHash, Hash: r.Hash}
}

// Log puts an event on the practice's trail. It is written with the commit;
// when the verb is refused, the trail says so with the refusal's code. Nobody
// can take back what stands there in clear, so that a text from a request which
// is neither an id nor a key is kept as "?".
func (t *Tx) Log(action, objectKind, objectID string, client models.ClientID, detail string) {
	if objectID != string(models.NetworkPractice) {
		objectID = models.TraceID(objectID)
	}
	if !plainDetail(detail) {
		detail = models.Untraced
	}
	t.trail = append(t.trail, models.AuditEvent{PracticeID: t.practice, At: t.now, Principal: t.by.Principal(), Action: action,
		ObjectKind: objectKind, ObjectID: objectID, ClientID: models.ClientID(models.TraceID(client)), Outcome: "done", Detail: detail})
}

// plainDetail says whether a text is made of keys and ids, 120 bytes at most.
func plainDetail(s string) bool {
	return len(s) <= 120 && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._:~, ?-", r)
	}) < 0
}

// Trail is what was logged so far.
func (t *Tx) Trail() []models.AuditEvent { return t.trail }

// appendTrail chains the events of each practice behind its head. The head row
// is locked last, for as short as possible.
func (t *Tx) appendTrail() error {
	for i := 0; i < len(t.trail); {
		j := i
		for j < len(t.trail) && t.trail[j].PracticeID == t.trail[i].PracticeID {
			j++
		}
		if err := t.chain(t.trail[i:j], j == len(t.trail)); err != nil {
			return err
		}
		i = j
	}
	return nil
}

func (t *Tx) chain(events []models.AuditEvent, last bool) error {
	p := events[0].PracticeID
	if err := t.Enter(p); err != nil {
		return err
	}
	heads, err := asked[auditHeadRow](t, t.forUpdate("SELECT practice_id, seq, hash FROM audit_heads WHERE practice_id = ?"), string(p))
	if err != nil {
		return err
	}
	fresh := len(heads) == 0
	head := auditHeadRow{PracticeID: string(p)}
	if !fresh {
		head = heads[0]
	}
	rows := make([]auditRow, len(events))
	for i, e := range events {
		head.Seq++
		e.Seq, e.PrevHash = head.Seq, head.Hash
		e.Hash = e.ChainHash()
		head.Hash = e.Hash
		rows[i] = auditRow{PracticeID: string(p), Seq: e.Seq, At: e.At, Principal: e.Principal, Action: e.Action, ObjectKind: e.ObjectKind,
			ObjectID: e.ObjectID, ClientID: string(e.ClientID), Outcome: e.Outcome, Detail: e.Detail, PrevHash: e.PrevHash, Hash: e.Hash}
	}
	if fresh {
		if err := shared[auditHeadRow](t).Create(t.ctx, &auditHeadRow{PracticeID: string(p), Seq: head.Seq, Hash: head.Hash}); err != nil {
			return err
		}
	}
	told := slices.ContainsFunc(events, func(e models.AuditEvent) bool { return e.Action == Disclosed })
	if err := t.link(rows, fresh, last && !told); err != nil {
		return err
	}
	return t.writeDisclosures(rows)
}

const (
	moveHead  = "UPDATE audit_heads SET seq = ?, hash = ? WHERE practice_id = ?"
	linkEvent = `INSERT INTO audit_events (practice_id, seq, at, principal, action, object_kind, object_id, client_id, outcome, detail, prev_hash, hash) VALUES `
	ofEvent   = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// atOnce is how many events one statement writes.
const atOnce = 200

// link writes the events and moves the head; what a verb usually leaves takes
// PostgreSQL one statement, because the head stays locked meanwhile.
func (t *Tx) link(rows []auditRow, fresh, last bool) error {
	end := rows[len(rows)-1]
	if len(rows) <= atOnce && t.db.pg && !fresh {
		q, args := "", make([]any, 0, 12*len(rows)+3)
		for _, r := range rows {
			if q != "" {
				q += ","
			}
			q += ofEvent
			args = append(args, r.PracticeID, r.Seq, r.At, r.Principal, r.Action, r.ObjectKind, r.ObjectID, r.ClientID, r.Outcome, r.Detail, r.PrevHash, r.Hash)
		}
		q, args = "WITH e AS ("+linkEvent+q+") "+moveHead, append(args, end.Seq, end.Hash, end.PracticeID)
		if last {
			return t.last(q, args...)
		}
		return t.exec(q, args...)
	}
	if err := shared[auditRow](t).CreateInBatches(t.ctx, &rows, atOnce); err != nil || fresh {
		return err
	}
	return t.exec(moveHead, end.Seq, end.Hash, end.PracticeID)
}

// Audit reads a slice of the practice's trail in order, for verify.
func (t *Tx) Audit(after int64, limit int) ([]models.AuditEvent, error) {
	rows, err := scoped[auditRow](t).Where("seq > ?", after).Order("seq").Limit(limit).Find(t.ctx)
	out := make([]models.AuditEvent, len(rows))
	for i, r := range rows {
		out[i] = r.event()
	}
	return out, err
}

// AuditHead is the last link as the head row remembers it: a cut tail differs.
func (t *Tx) AuditHead() (seq int64, hash string, err error) {
	var h auditHeadRow
	err = t.g.Raw("SELECT practice_id, seq, hash FROM audit_heads WHERE practice_id = ?", string(t.practice)).Scan(&h).Error
	return h.Seq, h.Hash, err
}
