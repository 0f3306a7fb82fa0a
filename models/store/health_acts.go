package store

import (
	"time"

	"rapport/models"
)

// OpenReferral is a referral of a relationship that waits for somebody.
type OpenReferral struct {
	models.Referral
	Client models.PersonName
}

// OpenPromise is a promise of a relationship that is not kept yet.
type OpenPromise struct {
	models.Promise
	Client models.PersonName
}

const openReferrals = `SELECT r.id, r.direction, r.state, r.due_on, r.seen_at, c.given, c.family FROM referrals r
	JOIN clients c ON c.practice_id = r.practice_id AND c.id = r.client_id
	WHERE r.practice_id = ? AND r.relationship_id = ? AND r.due_on IS NOT NULL AND r.state NOT IN ('declined','cancelled','expired','entered_in_error')
	ORDER BY r.due_on, r.id LIMIT ?`

const openPromises = `SELECT p.id, p.owed_by, p.kind, p.due_on, c.given, c.family FROM promises p
	LEFT JOIN clients c ON c.practice_id = p.practice_id AND c.id = p.client_id
	WHERE p.practice_id = ? AND p.relationship_id = ? AND p.state = 'open' ORDER BY p.due_on, p.id LIMIT ?`

// openAtMost is how many open things of a relationship are looked at; those
// that wait longest come first.
const openAtMost = 50

// OpenReferrals reads the referrals of a relationship that wait for somebody.
func (t *Tx) OpenReferrals(id models.RelationshipID) ([]OpenReferral, error) {
	var out []OpenReferral
	err := t.each(func(row scanner) error {
		var r OpenReferral
		var due *string
		err := row.Scan(&r.ID, &r.Direction, &r.State, &due, &r.SeenAt, &r.Client.Given, &r.Client.Family)
		r.DueOn = val[models.Date](due)
		out = append(out, r)
		return err
	}, openReferrals, string(t.practice), string(id), openAtMost)
	return out, err
}

// UnkeptPromises reads the promises of a relationship that are not kept yet.
func (t *Tx) UnkeptPromises(id models.RelationshipID) ([]OpenPromise, error) {
	var out []OpenPromise
	err := t.each(func(row scanner) error {
		var p OpenPromise
		var given, family *string
		err := row.Scan(&p.ID, &p.OwedBy, &p.Kind, &p.DueOn, &given, &family)
		p.Client = models.PersonName{Given: val[string](given), Family: val[string](family)}
		out = append(out, p)
		return err
	}, openPromises, string(t.practice), string(id), openAtMost)
	return out, err
}

const clocksOwedTo = clockSeries + ` FROM (SELECT object_id, MIN(clock_on) AS rung FROM open_items
		WHERE practice_id = ? AND provider_id = ? AND worklist = 'reports_due' AND from_on <= ? AND until_on >= ? GROUP BY object_id ORDER BY rung, object_id LIMIT ?) i
	JOIN order_series o ON o.practice_id = ? AND o.id = i.object_id JOIN clients c ON c.practice_id = o.practice_id AND c.id = o.client_id ORDER BY i.rung, o.id`

// ClocksOwedTo reads the orders of a prescriber whose report clock rings by a
// day, the one that rings first before the rest.
func (t *Tx) ClocksOwedTo(p models.ProviderID, today, by models.Date) ([]ClockRow, error) {
	var rows []clockRow
	if err := t.g.Raw(clocksOwedTo, string(t.practice), string(p), by, today, openAtMost, string(t.practice)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	return t.clocks(rows)
}

type calibrationRow struct {
	ID            string
	R             float64
	Alpha         float64
	A             float64
	B             float64
	LogLikelihood float64
	Referrers     int
	Source        string
	FittedAt      time.Time
}

func (calibrationRow) TableName() string { return "calibrations" }

// AddCalibration keeps a fit of the still-referring model; the last one counts.
func (t *Tx) AddCalibration(c models.Calibration) error {
	return shared[calibrationRow](t).Create(t.ctx, &calibrationRow{ID: t.NewID(), R: c.R, Alpha: c.Alpha, A: c.A, B: c.B, LogLikelihood: c.LogLikelihood,
		Referrers: c.Referrers, Source: c.Source, FittedAt: t.now})
}

// LastCalibration is the fit in force; found is false while there is none.
func (t *Tx) LastCalibration() (c models.Calibration, found bool, err error) {
	rows, err := shared[calibrationRow](t).Select("r", "alpha", "a", "b", "log_likelihood", "referrers", "source", "fitted_at").Order("fitted_at DESC").Order("id DESC").Limit(1).Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return c, false, err
	}
	r := rows[0]
	return models.Calibration{R: r.R, Alpha: r.Alpha, A: r.A, B: r.B, LogLikelihood: r.LogLikelihood, Referrers: r.Referrers, Source: r.Source, FittedAt: r.FittedAt}, true, nil
}
