package store

import (
	"time"

	"rapport/models"
)

type promiseRow struct {
	PracticeID     string
	ID             string
	RelationshipID string
	ClientID       *string
	OwedBy         string
	Kind           string
	Words          []byte // sealed
	DueOn          models.Date
	State          string
	SourceKind     string
	SourceID       *string
	KeptKind       string
	KeptID         *string
	SettledAt      *time.Time
	KeptOn         *string
	Reason         []byte // sealed
	CreatedBy      string
	CreatedAt      time.Time
	Version        int
}

func (promiseRow) TableName() string { return "promises" }

var promiseColumns = []any{"id", "relationship_id", "client_id", "owed_by", "kind", "words", "due_on", "state", "source_kind", "source_id", "kept_kind",
	"kept_id", "settled_at", "kept_on", "reason", "created_by", "created_at", "version"}

func (t *Tx) promise(r promiseRow) (models.Promise, error) {
	p := models.Promise{ID: models.PromiseID(r.ID), RelationshipID: models.RelationshipID(r.RelationshipID), ClientID: val[models.ClientID](r.ClientID),
		OwedBy: models.OwedBy(r.OwedBy), Kind: models.PromiseKind(r.Kind), DueOn: r.DueOn, State: models.PromiseState(r.State), SourceKind: r.SourceKind,
		SourceID: val[string](r.SourceID), KeptKind: r.KeptKind, KeptID: val[string](r.KeptID), KeptOn: val[models.Date](r.KeptOn), SettledAt: r.SettledAt,
		CreatedBy: models.UserID(r.CreatedBy), CreatedAt: r.CreatedAt, Version: r.Version}
	if err := t.open("promises", r.ID, "words", r.Words, &p.What); err != nil {
		return p, err
	}
	return p, t.open("promises", r.ID, "reason", r.Reason, &p.Reason)
}

// AddPromise inserts an open promise.
func (t *Tx) AddPromise(p models.Promise) error {
	words, err := t.seal("promises", string(p.ID), "words", p.What)
	if err != nil {
		return err
	}
	err = shared[promiseRow](t).Create(t.ctx, &promiseRow{PracticeID: string(t.practice), ID: string(p.ID), RelationshipID: string(p.RelationshipID),
		ClientID: opt(p.ClientID), OwedBy: string(p.OwedBy), Kind: string(p.Kind), Words: words, DueOn: p.DueOn, State: string(models.PromiseOpen),
		SourceKind: p.SourceKind, SourceID: opt(p.SourceID), CreatedBy: string(p.CreatedBy), CreatedAt: p.CreatedAt, Version: 1})
	if err != nil {
		return err
	}
	p.State = models.PromiseOpen
	return t.placePromise(p)
}

// Promise reads one; another practice's is not found.
func (t *Tx) Promise(id models.PromiseID) (models.Promise, error) {
	r, err := scoped[promiseRow](t).Select("practice_id", promiseColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Promise{}, missing(err, "promise")
	}
	return t.promise(r)
}

// LockPromise is Promise that holds the row until the commit.
func (t *Tx) LockPromise(id models.PromiseID) (models.Promise, error) {
	r, err := table[promiseRow](t).ForUpdate().Select("practice_id", promiseColumns...).
		Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	if err != nil {
		return models.Promise{}, missing(err, "promise")
	}
	return t.promise(r)
}

// SettlePromise ends an open promise, kept or released. It says whether this
// call was the one that ended it.
func (t *Tx) SettlePromise(p models.Promise) (bool, error) {
	var reason []byte
	var err error
	if p.Reason != "" {
		if reason, err = t.seal("promises", string(p.ID), "reason", p.Reason); err != nil {
			return false, err
		}
	}
	n, err := scoped[promiseRow](t).Where("id = ? AND state = ?", string(p.ID), string(models.PromiseOpen)).
		Select("state", "kept_kind", "kept_id", "kept_on", "settled_at", "reason", "version").
		Updates(t.ctx, promiseRow{State: string(p.State), KeptKind: p.KeptKind, KeptID: opt(p.KeptID), KeptOn: opt(p.KeptOn), SettledAt: &t.now, Reason: reason, Version: p.Version + 1})
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.placePromise(p)
}

// OpenPromises reads the open promises that an event may keep, the one due
// first in front.
func (t *Tx) OpenPromises(s models.Settles) ([]models.Promise, error) {
	c := scoped[promiseRow](t).Select("practice_id", promiseColumns...).Where("state = ? AND owed_by = ? AND kind IN ?", string(models.PromiseOpen), string(s.OwedBy), s.Kinds).
		Where("relationship_id IN (SELECT id FROM relationships WHERE practice_id = ? AND provider_id = ?)", string(t.practice), string(s.ProviderID))
	switch {
	case s.AnyClient:
	case s.ClientID == "":
		c = c.Where("client_id IS NULL")
	default:
		c = c.Where("(client_id IS NULL OR client_id = ?)", string(s.ClientID))
	}
	rows, err := c.Order("due_on").Order("id").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	out := make([]models.Promise, len(rows))
	for i, r := range rows {
		if out[i], err = t.promise(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PromiseBySource reads the open promise that an object made; false where it
// made none, or where it is settled.
func (t *Tx) PromiseBySource(kind, id string) (models.Promise, bool, error) {
	open, err := t.PromisesBySource(kind, id)
	if err != nil || len(open) == 0 {
		return models.Promise{}, false, err
	}
	return open[0], true, nil
}

// PromisesBySource reads the open promises that an object made.
func (t *Tx) PromisesBySource(kind, id string) ([]models.Promise, error) {
	rows, err := scoped[promiseRow](t).Select("practice_id", promiseColumns...).
		Where("source_kind = ? AND source_id = ? AND state = ?", kind, id, string(models.PromiseOpen)).Order("created_at").Order("id").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	out := make([]models.Promise, len(rows))
	for i, r := range rows {
		if out[i], err = t.promise(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PromiseFilter narrows a list of promises; empty fields do not.
type PromiseFilter struct {
	State          models.PromiseState // late: open past Today
	RelationshipID models.RelationshipID
	ClientID       models.ClientID
	OwedBy         models.OwedBy
	Today          models.Date
}

const promiseLines = `SELECT m.practice_id, m.id, m.relationship_id, m.client_id, m.owed_by, m.kind, m.words, m.due_on, m.state, m.source_kind, m.source_id,
	m.kept_kind, m.kept_id, m.settled_at, m.kept_on, m.reason, m.created_by, m.created_at, m.version, r.provider_id, p.given, p.family, p.credentials,
	c.given AS client_given, c.family AS client_family
	FROM promises m JOIN relationships r ON r.practice_id = m.practice_id AND r.id = m.relationship_id JOIN providers p ON p.id = r.provider_id
	LEFT JOIN clients c ON c.practice_id = m.practice_id AND c.id = m.client_id
	WHERE m.practice_id = ? AND (? = '' OR m.state = ?) AND (? = '' OR m.due_on < ?) AND (? = '' OR m.relationship_id = ?) AND (? = '' OR m.client_id = ?)
	AND (? = '' OR m.owed_by = ?) AND (? = '' OR m.due_on > ? OR (m.due_on = ? AND m.id > ?)) ORDER BY m.due_on, m.id LIMIT ?`

type promiseLineRow struct {
	Row          promiseRow `gorm:"embedded"`
	ProviderID   string
	Given        string
	Family       string
	Credentials  string
	ClientGiven  *string
	ClientFamily *string
}

// Promises lists promises by the day they are due.
func (t *Tx) Promises(f PromiseFilter, page models.Page) (models.List[models.PromiseLine], error) {
	day, id, _ := splitCursor(page.Cursor)
	state, before := string(f.State), ""
	if f.State == models.PromiseLate {
		state, before = string(models.PromiseOpen), string(f.Today)
	}
	var rows []promiseLineRow
	err := t.g.Raw(promiseLines, string(t.practice), state, state, before, before, string(f.RelationshipID), string(f.RelationshipID), string(f.ClientID), string(f.ClientID),
		string(f.OwedBy), string(f.OwedBy), day, day, day, id, page.Limit+1).Scan(&rows).Error
	if err != nil {
		return models.List[models.PromiseLine]{}, err
	}
	var bad error
	l := pageOf(rows, page.Limit, func(r promiseLineRow) models.PromiseLine {
		p, err := t.promise(r.Row)
		if err != nil {
			bad = err
		}
		name := models.Provider{Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: r.Credentials}
		return models.PromiseLine{Promise: p, ProviderID: models.ProviderID(r.ProviderID), Provider: name.DisplayName(),
			Client: models.PersonName{Given: val[string](r.ClientGiven), Family: val[string](r.ClientFamily)}}
	}, func(r promiseLineRow) string { return joinCursor(string(r.Row.DueOn), r.Row.ID) })
	return l, bad
}
