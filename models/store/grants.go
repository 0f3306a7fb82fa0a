package store

import (
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"rapport/models"
)

type grantRow struct {
	ObjectKind string
	ObjectID   string
	ProviderID string // none: whoever works at the office that the kind names
	PracticeID string
	CreatedAt  time.Time
}

func (grantRow) TableName() string { return "grants" }

// Grant lets a provider's id resolve to this practice. It opens nothing by
// itself: the gate decides each read.
func (t *Tx) Grant(kind, object string, to models.ProviderID) error {
	t.holders = nil
	return shared[grantRow](t).Create(t.ctx, &grantRow{ObjectKind: kind, ObjectID: object, ProviderID: string(to), PracticeID: string(t.practice), CreatedAt: t.now})
}

// GrantOnce is Grant that may be repeated.
func (t *Tx) GrantOnce(kind, object string, to models.ProviderID) error {
	t.holders = nil
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

// atOffice is the kind of the grants of a release to whoever works at an office.
const atOffice = "office:"

// GrantOffice lets a release resolve to this practice for whoever works at an
// office at the moment of asking; it names no provider.
func (t *Tx) GrantOffice(r models.ReleaseID, o models.OfficeID) error {
	t.holders = nil
	return t.g.Exec("INSERT INTO grants (object_kind, object_id, provider_id, practice_id, created_at) VALUES (?, ?, NULL, ?, ?) ON CONFLICT DO NOTHING",
		atOffice+string(o), string(r), string(t.practice), t.now).Error
}

const (
	heldDirectly = `object_kind IN ? AND provider_id = ?`
	heldAtOffice = `(object_kind IN ? AND provider_id = ? OR object_kind IN (SELECT '` + atOffice + `' || r.office_id FROM provider_roles r
		WHERE r.provider_id IN (SELECT COALESCE(merged_into, id) FROM providers WHERE id = ?) AND r.since <= ? AND (r.until IS NULL OR r.until > ?)))`
)

// held are the grants of some kinds for who asks; with releases also those to
// the offices where they work now.
func (t *Tx) held(columns string, kinds ...string) rows[grantRow] {
	c, who := shared[grantRow](t).Select(columns).Where(ofOpenPractice, false), string(t.by.ProviderID)
	if slices.Contains(kinds, "release") {
		c = c.Where(heldAtOffice, kinds, who, who, t.now, t.now)
	} else {
		c = c.Where(heldDirectly, kinds, who)
	}
	if len(t.by.VouchedBy) > 0 {
		c = c.Where("practice_id IN ?", t.by.VouchedBy)
	}
	return c
}

// PracticesOf lists the practices that hold something for who asks, by id. A
// transaction reads them once, unless it grants something itself.
func (t *Tx) PracticesOf() ([]models.PracticeID, error) {
	if t.holders != nil {
		return slices.Clone(t.holders), nil
	}
	rows, err := t.held("DISTINCT practice_id", "prescription", "report", "referral", "document_request", "release").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	t.holders = make([]models.PracticeID, len(rows))
	for i, r := range rows {
		t.holders[i] = models.PracticeID(r.PracticeID)
	}
	slices.Sort(t.holders)
	return slices.Clone(t.holders), nil
}

// EnterByGrant scopes the transaction to the practice that holds the object;
// without a grant the object is not found, like one that does not exist.
func (t *Tx) EnterByGrant(kind, object, noun string) error {
	r, err := t.held("practice_id", kind).Where("object_id = ?", object).Take(t.ctx)
	if err != nil {
		return missing(err, noun)
	}
	return t.Enter(models.PracticeID(r.PracticeID))
}

// Grants lists a provider's objects of a kind, newest first, over all practices.
func (t *Tx) Grants(kind string, page models.Page) (models.List[models.Grant], error) {
	c := t.held("DISTINCT object_id, practice_id", kind)
	if id, _, ok := splitCursor(page.Cursor); ok || id != "" {
		c = c.Where("object_id < ?", id)
	}
	rows, err := c.Order("object_id DESC").Limit(page.Limit + 1).Find(t.ctx)
	return pageOf(rows, page.Limit, func(r grantRow) models.Grant {
		return models.Grant{ObjectKind: kind, ObjectID: r.ObjectID, PracticeID: models.PracticeID(r.PracticeID), ProviderID: t.by.ProviderID}
	}, func(r grantRow) string { return joinCursor(r.ObjectID, "") }), err
}
