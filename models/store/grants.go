package store

import (
	"time"

	"gorm.io/gorm/clause"

	"rapport/models"
)

type grantRow struct {
	ObjectKind string
	ObjectID   string
	ProviderID string
	PracticeID string
	CreatedAt  time.Time
}

func (grantRow) TableName() string { return "grants" }

// Grant lets a provider's id resolve to this practice. It opens nothing by
// itself: the gate decides each read.
func (t *Tx) Grant(kind, object string, to models.ProviderID) error {
	return shared[grantRow](t).Create(t.ctx, &grantRow{ObjectKind: kind, ObjectID: object, ProviderID: string(to), PracticeID: string(t.practice), CreatedAt: t.now})
}

// GrantOnce is Grant that may be repeated.
func (t *Tx) GrantOnce(kind, object string, to models.ProviderID) error {
	return t.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&grantRow{ObjectKind: kind, ObjectID: object, ProviderID: string(to),
		PracticeID: string(t.practice), CreatedAt: t.now}).Error
}

// ofOpenPractice leaves out what a suspended practice holds.
const ofOpenPractice = "practice_id IN (SELECT id FROM practices WHERE suspended = ?)"

// Granted says that somebody outside holds a grant for an object of this practice.
func (t *Tx) Granted(kind, object string) (bool, error) {
	n, err := shared[grantRow](t).Where("object_kind = ? AND object_id = ? AND practice_id = ?", kind, object, string(t.practice)).Count(t.ctx, "object_id")
	return n > 0, err
}

// EnterByGrant scopes the transaction to the practice that holds the object;
// without a grant the object is not found, like one that does not exist.
func (t *Tx) EnterByGrant(kind, object, noun string) error {
	c := shared[grantRow](t).Select("practice_id").Where("object_kind = ? AND object_id = ? AND provider_id = ?", kind, object, string(t.by.ProviderID)).Where(ofOpenPractice, false)
	if len(t.by.VouchedBy) > 0 {
		c = c.Where("practice_id IN ?", t.by.VouchedBy)
	}
	r, err := c.Take(t.ctx)
	if err != nil {
		return missing(err, noun)
	}
	return t.Enter(models.PracticeID(r.PracticeID))
}

// Grants lists a provider's objects of a kind, newest first, over all practices.
func (t *Tx) Grants(kind string, page models.Page) (models.List[models.Grant], error) {
	c := shared[grantRow](t).Select("object_kind", "object_id", "provider_id", "practice_id", "created_at").
		Where("object_kind = ? AND provider_id = ?", kind, string(t.by.ProviderID)).Where(ofOpenPractice, false)
	if len(t.by.VouchedBy) > 0 {
		c = c.Where("practice_id IN ?", t.by.VouchedBy)
	}
	if id, _, ok := splitCursor(page.Cursor); ok || id != "" {
		c = c.Where("object_id < ?", id)
	}
	rows, err := c.Order("object_id DESC").Limit(page.Limit + 1).Find(t.ctx)
	return pageOf(rows, page.Limit, func(r grantRow) models.Grant {
		return models.Grant{ObjectKind: r.ObjectKind, ObjectID: r.ObjectID, PracticeID: models.PracticeID(r.PracticeID), ProviderID: models.ProviderID(r.ProviderID), CreatedAt: r.CreatedAt}
	}, func(r grantRow) string { return joinCursor(r.ObjectID, "") }), err
}
