package store

import (
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"rapport/models"
	"rapport/models/fault"
)

type seriesRow struct {
	PracticeID  string
	ID          string
	ClientID    string
	CurrentID   string
	Allowed     *int // NULL = without limit
	OpeningUsed int
	Used        int
	LastNumber  int
	Warned      string
	ReportedAt  *time.Time // when the report sent last first went out
	Discharged  bool       // a discharge report went out
}

func (seriesRow) TableName() string { return "order_series" }

func (r seriesRow) series() models.Series {
	s := models.Series{ID: models.SeriesID(r.ID), PracticeID: models.PracticeID(r.PracticeID), ClientID: models.ClientID(r.ClientID),
		CurrentID: models.PrescriptionID(r.CurrentID), Unlimited: r.Allowed == nil, OpeningUsed: r.OpeningUsed, Used: r.Used, LastNumber: r.LastNumber}
	if r.Allowed != nil {
		s.Allowed = *r.Allowed
	}
	return s
}

func allowedColumn(s models.Series) *int {
	if s.Unlimited {
		return nil
	}
	return &s.Allowed
}

// AddSeries inserts what all versions of an order share.
func (t *Tx) AddSeries(s models.Series) error {
	return shared[seriesRow](t).Create(t.ctx, &seriesRow{PracticeID: string(t.practice), ID: string(s.ID), ClientID: string(s.ClientID),
		CurrentID: string(s.CurrentID), Allowed: allowedColumn(s), OpeningUsed: s.OpeningUsed, Used: s.Used, LastNumber: s.LastNumber})
}

// Series reads the counters without holding them; a verb that decides on them
// uses LockSeries.
func (t *Tx) Series(id models.SeriesID) (models.Series, error) {
	r, err := scoped[seriesRow](t).Select("practice_id", "id", "client_id", "current_id", "allowed", "opening_used", "used", "last_number").
		Where("id = ?", string(id)).Take(t.ctx)
	return r.series(), missing(err, "prescription")
}

// LockSeries reads the counters and holds the row until the commit, so that
// all that counts visits of one order goes one after the other.
func (t *Tx) LockSeries(id models.SeriesID) (models.Series, error) {
	const q = "SELECT practice_id, id, client_id, current_id, allowed, opening_used, used, last_number FROM order_series WHERE practice_id = ? AND id = ?"
	return t.heldSeries(q, string(t.practice), string(id))
}

func (t *Tx) heldSeries(q string, args ...any) (models.Series, error) {
	rows, err := asked[seriesRow](t, t.forUpdate(q), args...)
	if err != nil {
		return models.Series{}, err
	}
	if len(rows) == 0 {
		return models.Series{}, fault.Missing("prescription")
	}
	return rows[0].series(), nil
}

const lockSeriesOf = `SELECT practice_id, id, client_id, current_id, allowed, opening_used, used, last_number FROM order_series
	WHERE practice_id = ? AND id = (SELECT series_id FROM prescriptions WHERE practice_id = ? AND id = ?)`

// LockSeriesOf is LockSeries for the order that a version belongs to.
func (t *Tx) LockSeriesOf(id models.PrescriptionID) (models.Series, error) {
	return t.heldSeries(lockSeriesOf, string(t.practice), string(t.practice), string(id))
}

// SetSeries writes the version in force, the cap and the opening balance. The
// counters move only through TakeVisit and GiveBackVisit. A cap below the
// used visits is 422 order.total_below_used.
func (t *Tx) SetSeries(s models.Series) error {
	t.rang(s.ID)
	n, err := scoped[seriesRow](t).Where("id = ?", string(s.ID)).Select("current_id", "allowed", "opening_used").
		Updates(t.ctx, seriesRow{CurrentID: string(s.CurrentID), Allowed: allowedColumn(s), OpeningUsed: s.OpeningUsed})
	if errors.Is(err, gorm.ErrCheckConstraintViolated) {
		return fault.New(fault.Invalid, "order.total_below_used", "The new total is below the visits that are already used.").Because(err)
	}
	return one(n, err, "prescription")
}

// OpenSeries fixes the opening balance of an order that began elsewhere; its
// first visit here gets the number after it.
func (t *Tx) OpenSeries(id models.SeriesID, used int) error {
	t.rang(id)
	r := t.g.Exec("UPDATE order_series SET opening_used = ?, last_number = ? WHERE practice_id = ? AND id = ? AND used = 0", used, used, string(t.practice), string(id))
	return one(int(r.RowsAffected), r.Error, "prescription")
}

// FollowVersion moves the open bookings of an order to its version in force;
// each is judged by that version when its session starts.
func (t *Tx) FollowVersion(id models.SeriesID, current models.PrescriptionID) error {
	return t.g.Exec("UPDATE bookings SET prescription_id = ?, version = version + 1 WHERE practice_id = ? AND series_id = ? AND state IN ('booked','started')",
		string(current), string(t.practice), string(id)).Error
}

// SeriesUse is what sessions and bookings say about an order.
type SeriesUse struct {
	models.Series
	First  models.Date // the earliest session that stands, of any version
	Booked int         // open bookings
}

const seriesUses = `SELECT o.practice_id, o.id, o.client_id, o.current_id, o.allowed, o.opening_used, o.used, o.last_number,
	(SELECT MIN(s.local_date) FROM sessions s WHERE s.practice_id = o.practice_id AND s.series_id = o.id AND s.state <> 'void'
		AND s.kind IN ('prescribed','deviation')) AS first,
	(SELECT COUNT(*) FROM bookings b WHERE b.practice_id = o.practice_id AND b.series_id = o.id AND b.state IN ('booked','started')) AS booked
	FROM order_series o WHERE o.practice_id = ? AND o.id IN ?`

// SeriesUses reads the counters of several orders in one statement.
func (t *Tx) SeriesUses(ids []models.SeriesID) (map[models.SeriesID]SeriesUse, error) {
	out := map[models.SeriesID]SeriesUse{}
	if len(ids) == 0 {
		return out, nil
	}
	type use struct {
		Row    seriesRow `gorm:"embedded"`
		First  models.Date
		Booked int
	}
	rows, err := asked[use](t, seriesUses, string(t.practice), ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		s := r.Row.series()
		out[s.ID] = SeriesUse{s, r.First, r.Booked}
	}
	return out, nil
}

const takeVisit = `UPDATE order_series SET used = used + 1, last_number = last_number + 1
	WHERE practice_id = ? AND id = ? AND (allowed IS NULL OR used + opening_used < allowed) RETURNING last_number`

// TakeVisit counts one completed session and gives its number, in one
// statement that no race can pass: 409 order.exhausted when none is left.
func (t *Tx) TakeVisit(id models.SeriesID) (number int, err error) {
	t.rang(id)
	if err := t.g.Raw(takeVisit, string(t.practice), string(id)).Scan(&number).Error; err != nil {
		return 0, err
	}
	if number == 0 {
		return 0, fault.New(fault.Conflict, "order.exhausted", "All visits of this order are used. Ask the prescriber for a new order.")
	}
	return number, nil
}

// GiveBackVisit takes a voided session out of the count; its number stays
// spent, so that no two sessions ever share one.
func (t *Tx) GiveBackVisit(id models.SeriesID) error {
	t.rang(id)
	r := t.g.Exec("UPDATE order_series SET used = used - 1 WHERE practice_id = ? AND id = ? AND used > 0", string(t.practice), string(id))
	return one(int(r.RowsAffected), r.Error, "visit to give back")
}

// MarkWarned notes that a one-time warning of an order, for example
// visits_left, went out, and says whether it was the first of its kind.
func (t *Tx) MarkWarned(id models.SeriesID, warning string) (fresh bool, err error) {
	var seen string
	q := t.forUpdate("SELECT warned FROM order_series WHERE practice_id = ? AND id = ?")
	if err := t.g.Raw(q, string(t.practice), string(id)).Scan(&seen).Error; err != nil {
		return false, err
	}
	if strings.Contains(" "+seen+" ", " "+warning+" ") {
		return false, nil
	}
	n, err := scoped[seriesRow](t).Where("id = ?", string(id)).Update(t.ctx, "warned", strings.TrimSpace(seen+" "+warning))
	return true, one(n, err, "prescription")
}
