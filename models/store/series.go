package store

import (
	"errors"
	"strings"

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
	var r seriesRow
	q := t.forUpdate("SELECT practice_id, id, client_id, current_id, allowed, opening_used, used, last_number FROM order_series WHERE practice_id = ? AND id = ?")
	if err := t.g.Raw(q, string(t.practice), string(id)).Scan(&r).Error; err != nil {
		return models.Series{}, err
	}
	if r.ID == "" {
		return models.Series{}, fault.Missing("prescription")
	}
	return r.series(), nil
}

// SetSeries writes the version in force, the cap and the opening balance. The
// counters move only through TakeVisit and GiveBackVisit. A cap below the
// used visits is 422 order.total_below_used.
func (t *Tx) SetSeries(s models.Series) error {
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

const (
	firstDays = `SELECT series_id, MIN(local_date) AS first FROM sessions
		WHERE practice_id = ? AND series_id IN ? AND state <> 'void' AND kind IN ('prescribed','deviation') GROUP BY series_id`
	openBookings = `SELECT series_id, COUNT(*) AS booked FROM bookings
		WHERE practice_id = ? AND series_id IN ? AND state IN ('booked','started') GROUP BY series_id`
)

// SeriesUses reads the counters of several orders at once.
func (t *Tx) SeriesUses(ids []models.SeriesID) (map[models.SeriesID]SeriesUse, error) {
	out := map[models.SeriesID]SeriesUse{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := scoped[seriesRow](t).Select("practice_id", "id", "client_id", "current_id", "allowed", "opening_used", "used", "last_number").Where("id IN ?", ids).Order("id").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	var seen []struct {
		SeriesID models.SeriesID
		First    models.Date
		Booked   int
	}
	firsts, booked := map[models.SeriesID]models.Date{}, map[models.SeriesID]int{}
	for _, q := range []string{firstDays, openBookings} {
		seen = seen[:0]
		if err := t.g.Raw(q, string(t.practice), ids).Scan(&seen).Error; err != nil {
			return nil, err
		}
		for _, s := range seen {
			if q == firstDays {
				firsts[s.SeriesID] = s.First
			} else {
				booked[s.SeriesID] = s.Booked
			}
		}
	}
	for _, r := range rows {
		s := r.series()
		out[s.ID] = SeriesUse{s, firsts[s.ID], booked[s.ID]}
	}
	return out, nil
}

const takeVisit = `UPDATE order_series SET used = used + 1, last_number = last_number + 1
	WHERE practice_id = ? AND id = ? AND (allowed IS NULL OR used + opening_used < allowed) RETURNING last_number`

// TakeVisit counts one completed session and gives its number, in one
// statement that no race can pass: 409 order.exhausted when none is left.
func (t *Tx) TakeVisit(id models.SeriesID) (number int, err error) {
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
