package store

import (
	"slices"
	"time"

	"rapport/models"
)

type requestRow struct {
	PracticeID   string
	ID           string
	ClientID     string
	ProviderID   string
	Kind         string
	WantedBy     *string
	Words        []byte // sealed
	State        string
	AnsweredKind string
	AnsweredID   *string
	Reason       []byte // sealed
	CreatedBy    string
	CreatedAt    time.Time
	SettledAt    *time.Time
	Version      int
}

func (requestRow) TableName() string { return "document_requests" }

var requestColumns = []any{"id", "client_id", "provider_id", "kind", "wanted_by", "words", "state", "answered_kind", "answered_id", "reason", "created_by",
	"created_at", "settled_at", "version"}

func (t *Tx) documentRequest(r requestRow) (models.DocumentRequest, error) {
	v := models.DocumentRequest{ID: models.RequestID(r.ID), ClientID: models.ClientID(r.ClientID), ProviderID: models.ProviderID(r.ProviderID), Kind: r.Kind,
		WantedBy: val[models.Date](r.WantedBy), State: models.RequestState(r.State), AnsweredKind: r.AnsweredKind, AnsweredID: val[string](r.AnsweredID),
		CreatedBy: models.UserID(r.CreatedBy), CreatedAt: r.CreatedAt, SettledAt: r.SettledAt, Version: r.Version}
	if err := t.open("document_requests", r.ID, "words", r.Words, &v.Note); err != nil {
		return v, err
	}
	return v, t.open("document_requests", r.ID, "reason", r.Reason, &v.Reason)
}

// AddDocumentRequest inserts a provider's wish.
func (t *Tx) AddDocumentRequest(r models.DocumentRequest) error {
	row := requestRow{PracticeID: string(t.practice), ID: string(r.ID), ClientID: string(r.ClientID), ProviderID: string(r.ProviderID), Kind: r.Kind,
		WantedBy: opt(r.WantedBy), State: string(models.RequestOpen), CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt, Version: 1}
	if r.Note != "" {
		var err error
		if row.Words, err = t.seal("document_requests", row.ID, "words", r.Note); err != nil {
			return err
		}
	}
	return shared[requestRow](t).Create(t.ctx, &row)
}

// LockDocumentRequest reads one and holds its row until the commit.
func (t *Tx) LockDocumentRequest(id models.RequestID) (models.DocumentRequest, error) {
	r, err := table[requestRow](t).ForUpdate().Select("practice_id", requestColumns...).
		Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	if err != nil {
		return models.DocumentRequest{}, missing(err, "request")
	}
	return t.documentRequest(r)
}

// SettleDocumentRequest ends an open request; false when it was ended before.
func (t *Tx) SettleDocumentRequest(r models.DocumentRequest) (bool, error) {
	row := requestRow{State: string(r.State), AnsweredKind: r.AnsweredKind, AnsweredID: opt(r.AnsweredID), SettledAt: &t.now, Version: r.Version + 1}
	if r.Reason != "" {
		var err error
		if row.Reason, err = t.seal("document_requests", string(r.ID), "reason", r.Reason); err != nil {
			return false, err
		}
	}
	n, err := scoped[requestRow](t).Where("id = ? AND state = ?", string(r.ID), string(models.RequestOpen)).
		Select("state", "answered_kind", "answered_id", "settled_at", "reason", "version").Updates(t.ctx, row)
	return n == 1, err
}

// RequestFilter narrows a list of requests; empty fields do not.
type RequestFilter struct {
	ID         models.RequestID
	ClientID   models.ClientID
	ProviderID models.ProviderID
	State      models.RequestState
}

// DocumentRequests lists a practice's requests, the newest first.
func (t *Tx) DocumentRequests(f RequestFilter, page models.Page) (models.List[models.DocumentRequest], error) {
	c := scoped[requestRow](t).Select("practice_id", requestColumns...)
	for column, v := range map[string]string{"id": string(f.ID), "client_id": string(f.ClientID), "provider_id": string(f.ProviderID), "state": string(f.State)} {
		if v != "" {
			c = c.Where(column+" = ?", v)
		}
	}
	if id, _, _ := splitCursor(page.Cursor); id != "" {
		c = c.Where("id < ?", id)
	}
	rows, err := c.Order("id DESC").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.DocumentRequest]{}, err
	}
	var bad error
	l := pageOf(rows, page.Limit, func(r requestRow) models.DocumentRequest {
		v, err := t.documentRequest(r)
		if err != nil {
			bad = err
		}
		return v
	}, func(r requestRow) string { return joinCursor(r.ID) })
	return l, bad
}

const sharedCare = `SELECT (SELECT COUNT(*) FROM prescriptions WHERE practice_id = ? AND client_id = ? AND prescriber_id = ?)
	+ (SELECT COUNT(*) FROM referrals WHERE practice_id = ? AND client_id = ? AND provider_id = ? AND direction = 'inbound') AS sent,
	(SELECT COUNT(*) FROM deliveries WHERE practice_id = ? AND client_id = ? AND provider_id = ?)
	+ (SELECT COUNT(*) FROM referrals WHERE practice_id = ? AND client_id = ? AND provider_id = ? AND direction = 'outbound' AND sent_at IS NOT NULL) AS told`

// SharesCare says that a provider sent a client to the practice, by an order or
// a referral, and that the practice told them of the client: by a report or a
// referral of its own.
func (t *Tx) SharesCare(c models.ClientID, p models.ProviderID) (sent, told bool, err error) {
	var n struct{ Sent, Told int }
	who := []any{string(t.practice), string(c), string(p)}
	err = t.g.Raw(sharedCare, slices.Concat(who, who, who, who)...).Scan(&n).Error
	return n.Sent > 0, n.Told > 0, err
}
