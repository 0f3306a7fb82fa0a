package store

import (
	"time"

	"gorm.io/gorm"

	"rapport/models"
)

type linkRow struct {
	ID         string
	TokenHash  string
	Kind       string
	PracticeID *string
	ObjectID   string
	ClientID   *string
	ProviderID *string
	UserID     *string
	Email      string
	Role       string
	ExpiresAt  time.Time
	TriesLeft  int
	UsedAt     *time.Time
	ClosedAt   *time.Time
	CreatedAt  time.Time
}

func (linkRow) TableName() string { return "links" }

var linkColumns = []any{"token_hash", "kind", "practice_id", "object_id", "client_id", "provider_id", "user_id", "email", "role", "expires_at",
	"tries_left", "used_at", "closed_at", "created_at"}

func (r linkRow) link() models.Link {
	return models.Link{ID: models.LinkID(r.ID), TokenHash: r.TokenHash, Kind: models.LinkKind(r.Kind), PracticeID: val[models.PracticeID](r.PracticeID),
		ObjectID: r.ObjectID, ClientID: val[models.ClientID](r.ClientID), ProviderID: val[models.ProviderID](r.ProviderID),
		UserID: val[models.UserID](r.UserID), Email: r.Email, Role: models.Role(r.Role), ExpiresAt: r.ExpiresAt, TriesLeft: r.TriesLeft,
		UsedAt: r.UsedAt, ClosedAt: r.ClosedAt, CreatedAt: r.CreatedAt}
}

// AddLink inserts a link of the transaction's practice. What the caller leaves
// out is filled: an id, the 14 days, the five tries.
func (t *Tx) AddLink(l models.Link) error {
	if l.ID == "" {
		l.ID = models.LinkID(t.NewID())
	}
	if l.ExpiresAt.IsZero() {
		l.ExpiresAt = t.now.AddDate(0, 0, models.LinkDays)
	}
	if l.TriesLeft == 0 {
		l.TriesLeft = models.LinkTries
	}
	return shared[linkRow](t).Create(t.ctx, &linkRow{ID: string(l.ID), TokenHash: l.TokenHash, Kind: string(l.Kind), PracticeID: opt(t.practice),
		ObjectID: l.ObjectID, ClientID: opt(l.ClientID), ProviderID: opt(l.ProviderID), UserID: opt(l.UserID), Email: l.Email, Role: string(l.Role),
		ExpiresAt: l.ExpiresAt, TriesLeft: l.TriesLeft, CreatedAt: t.now})
}

// LinkByToken finds a live link of a kind by its secret, whatever practice the
// transaction is in; the caller enters the link's practice next. A token that
// never existed, or is of another kind, is not found; one that ended is 410
// link.ended.
func (t *Tx) LinkByToken(token string, kind models.LinkKind) (models.Link, error) {
	r, err := shared[linkRow](t).Select("id", linkColumns...).Where("token_hash = ? AND kind = ?", models.HashToken(token), string(kind)).Take(t.ctx)
	if err != nil {
		return models.Link{}, missing(err, "link")
	}
	l := r.link()
	return l, l.Ended(t.now)
}

// Link reads a link by id, ended or not; another practice's is not found.
func (t *Tx) Link(id models.LinkID) (models.Link, error) {
	r, err := shared[linkRow](t).Select("id", linkColumns...).Where("id = ? AND practice_id = ?", string(id), string(t.practice)).Take(t.ctx)
	return r.link(), missing(err, "link")
}

const liveLink = "used_at IS NULL AND closed_at IS NULL"

// UseLink spends a link: of any number at once, one wins and the others get
// 410 link.ended.
func (t *Tx) UseLink(id models.LinkID) error {
	n, err := shared[linkRow](t).Where("id = ? AND "+liveLink+" AND tries_left > 0 AND expires_at > ?", string(id), t.now).Update(t.ctx, "used_at", t.now)
	if err == nil && n == 0 {
		return models.LinkEnded()
	}
	return err
}

// SpendTry counts a wrong birth date. The verb must commit it and refuse only
// afterwards, or the try is given back; without one left it is 410 link.ended.
func (t *Tx) SpendTry(id models.LinkID) error {
	n, err := shared[linkRow](t).Where("id = ? AND tries_left > 0", string(id)).Update(t.ctx, "tries_left", gorm.Expr("tries_left - 1"))
	if err == nil && n == 0 {
		return models.LinkEnded()
	}
	return err
}

// GiveBackTry undoes SpendTry in the same transaction: the birth date was right.
func (t *Tx) GiveBackTry(id models.LinkID) error {
	_, err := shared[linkRow](t).Where("id = ?", string(id)).Update(t.ctx, "tries_left", gorm.Expr("tries_left + 1"))
	return err
}

// LiveLinksTo lists a client's links of a kind that still open.
func (t *Tx) LiveLinksTo(client models.ClientID, kind models.LinkKind) ([]models.Link, error) {
	rows, err := shared[linkRow](t).Select("id", linkColumns...).Where("practice_id = ? AND client_id = ? AND kind = ? AND "+liveLink, string(t.practice), string(client), string(kind)).
		Order("id").Find(t.ctx)
	out := make([]models.Link, len(rows))
	for i, r := range rows {
		out[i] = r.link()
	}
	return out, err
}

// CloseLinks ends every live link to an object of the practice: it was
// revoked, withdrawn or decided.
func (t *Tx) CloseLinks(objectID string) error {
	_, err := shared[linkRow](t).Where("practice_id = ? AND object_id = ? AND "+liveLink, string(t.practice), objectID).Update(t.ctx, "closed_at", t.now)
	return err
}

// CloseLink ends one link, misdirected or replaced; one that ended already stays as it is.
func (t *Tx) CloseLink(id models.LinkID) error {
	_, err := shared[linkRow](t).Where("id = ? AND practice_id = ? AND "+liveLink, string(id), string(t.practice)).Update(t.ctx, "closed_at", t.now)
	return err
}

// CloseExpiredLinks is the periodic sweep over all practices; it may run twice.
func (t *Tx) CloseExpiredLinks() error {
	_, err := shared[linkRow](t).Where(liveLink+" AND expires_at <= ?", t.now).Update(t.ctx, "closed_at", t.now)
	return err
}
