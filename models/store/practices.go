package store

import (
	"sync"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

type practiceRow struct {
	ID        string
	Name      string
	TimeZone  string
	Address   asJSON[models.Address]
	Phone     string
	Fax       string
	Email     string
	Mode      string
	Settings  asJSON[models.PracticeSettings]
	Suspended bool
	CreatedAt time.Time
	Version   int
}

func (practiceRow) TableName() string { return "practices" }

func (t *Tx) practiceOf(r practiceRow) models.Practice {
	return models.Practice{ID: models.PracticeID(r.ID), Name: r.Name, TimeZone: r.TimeZone, Zone: t.db.zones.get(r.TimeZone), Address: r.Address.V, Phone: r.Phone, Fax: r.Fax,
		Email: r.Email, Mode: models.PracticeMode(r.Mode), Settings: r.Settings.V, CreatedAt: r.CreatedAt, Version: r.Version}
}

var practiceColumns = []any{"name", "time_zone", "address", "phone", "fax", "email", "mode", "settings", "suspended", "created_at", "version"}

// practiceByID is written out, because nearly every verb asks it.
const practiceByID = "SELECT id, name, time_zone, address, phone, fax, email, mode, settings, suspended, created_at, version FROM practices WHERE id = ?"

// AddPractice inserts a tenant with its own keyset and the start of its trail,
// and enters it.
func (t *Tx) AddPractice(p models.Practice) error {
	r := practiceRow{ID: string(p.ID), Name: p.Name, TimeZone: p.TimeZone, Address: jsonOf(p.Address), Phone: p.Phone, Fax: p.Fax, Email: p.Email,
		Mode: string(p.Mode), Settings: jsonOf(p.Settings), CreatedAt: p.CreatedAt, Version: 1}
	if err := shared[practiceRow](t).Create(t.ctx, &r); err != nil {
		return err
	}
	if err := t.Enter(p.ID); err != nil {
		return err
	}
	if err := t.addPracticeKey(); err != nil {
		return err
	}
	return shared[auditHeadRow](t).Create(t.ctx, &auditHeadRow{PracticeID: string(p.ID)})
}

// Practice reads a practice by id; a suspended one is not found. A transaction
// reads it once: all that one verb decides is decided under the same settings.
func (t *Tx) Practice(id models.PracticeID) (models.Practice, error) {
	if t.home != nil && t.home.ID == string(id) {
		return t.practiceOf(*t.home), nil
	}
	rows, err := asked[practiceRow](t, practiceByID+" AND suspended = ?", string(id), false)
	if err == nil && len(rows) == 0 {
		err = fault.Missing("practice")
	}
	if err != nil {
		return models.Practice{}, err
	}
	t.home = &rows[0]
	return t.practiceOf(rows[0]), nil
}

// Home is the practice of the transaction, suspended or not: for what a client
// may do in any case, and for writing down what happened already.
func (t *Tx) Home() (models.Practice, error) {
	if t.home != nil && t.home.ID == string(t.practice) {
		return t.practiceOf(*t.home), nil
	}
	r, err := shared[practiceRow](t).Select("id", practiceColumns...).Where("id = ?", string(t.practice)).Take(t.ctx)
	if err == nil && !r.Suspended { // Practice does not find a suspended one
		t.home = &r
	}
	return t.practiceOf(r), missing(err, "practice")
}

// Practices lists those that accept orders, by name; practices are public in the directory.
func (t *Tx) Practices(page models.Page) (models.List[models.Practice], error) {
	c := shared[practiceRow](t).Select("id", practiceColumns...).Where("suspended = ?", false)
	if name, id, ok := splitCursor(page.Cursor); ok {
		c = c.Where("(name > ? OR (name = ? AND id > ?))", name, name, id)
	}
	rows, err := c.Order("name").Order("id").Limit(page.Limit + 1).Find(t.ctx)
	return pageOf(rows, page.Limit, t.practiceOf, func(r practiceRow) string { return joinCursor(r.Name, r.ID) }), err
}

// PracticeIDs lists all tenants, for verify.
func (t *Tx) PracticeIDs() ([]models.PracticeID, error) {
	rows, err := shared[practiceRow](t).Select("id").Order("id").Find(t.ctx)
	return practiceIDs(rows), err
}

// UpdatePractice writes the settings an owner may change.
func (t *Tx) UpdatePractice(p models.Practice, seen int) error {
	if t.home == nil {
		t.rings.all = true
	} else if was := t.home.Settings.V; was.ReportEvery != p.Settings.ReportEvery || was.WarnVisitsLeft != p.Settings.WarnVisitsLeft || was.WarnDaysLeft != p.Settings.WarnDaysLeft {
		t.rings.all = true
	}
	t.home = nil
	return stale(shared[practiceRow](t).Where("id = ? AND version = ?", string(p.ID), seen).
		Select("name", "time_zone", "address", "phone", "fax", "email", "mode", "settings", "version").
		Updates(t.ctx, practiceRow{Name: p.Name, TimeZone: p.TimeZone, Address: jsonOf(p.Address), Phone: p.Phone, Fax: p.Fax, Email: p.Email,
			Mode: string(p.Mode), Settings: jsonOf(p.Settings), Version: seen + 1}))
}

// SetSuspended closes a practice or opens it again, and says whether it was
// the other way before.
func (t *Tx) SetSuspended(id models.PracticeID, suspended bool) (changed bool, err error) {
	t.home = nil
	was, err := shared[practiceRow](t).ForUpdate().Select("suspended").Where("id = ?", string(id)).Take(t.ctx)
	if err != nil || was.Suspended == suspended {
		return false, missing(err, "practice")
	}
	n, err := shared[practiceRow](t).Where("id = ?", string(id)).Update(t.ctx, "suspended", suspended)
	return true, one(n, err, "practice")
}

// LockPractice holds the row of a practice, suspended or not, until the commit;
// what is written in the practice meanwhile need not wait.
func (t *Tx) LockPractice(id models.PracticeID) error {
	rows, err := asked[practiceRow](t, t.forNoKeyUpdate("SELECT id FROM practices WHERE id = ?"), string(id))
	if err == nil && len(rows) == 0 {
		return fault.Missing("practice")
	}
	return err
}

// zonebook keeps what time.LoadLocation reads from a file at each call.
type zonebook struct{ known sync.Map }

// get is nil for a zone that nobody knows.
func (z *zonebook) get(name string) *time.Location {
	if loc, ok := z.known.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	z.known.Store(name, loc)
	return loc
}
