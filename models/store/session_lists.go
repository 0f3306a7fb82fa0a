package store

import (
	"time"

	"rapport/models"
)

// SessionFilter narrows a list of sessions; empty fields do not.
type SessionFilter struct {
	ClientID    models.ClientID
	SeriesID    models.SeriesID
	TherapistID models.UserID
	State       models.SessionState
}

type sessionLineRow struct {
	Row       sessionRow `gorm:"embedded"`
	Given     string
	Family    string
	Therapist *string
	Allowed   *int
	VisitRank *int
}

const sessionLines = `SELECT s.practice_id, s.id, s.client_id, s.prescription_id, s.series_id, s.booking_id, s.therapist_id, s.kind, s.state, s.visit_number,
	s.started_at, s.local_date, s.minutes, s.regions, s.techniques, s.precautions, s.violations, s.scope_snapshot, s.signed_at, s.signed_by, s.content_sha256,
	s.voided_at, s.voided_by, s.created_by, s.created_at, s.version, c.given, c.family, u.name AS therapist, o.allowed,
	o.opening_used + (SELECT COUNT(*) FROM sessions k WHERE k.practice_id = s.practice_id AND k.series_id = s.series_id AND k.state <> 'void'
		AND k.visit_number <= s.visit_number) AS visit_rank
	FROM sessions s JOIN clients c ON c.practice_id = s.practice_id AND c.id = s.client_id
	LEFT JOIN order_series o ON o.practice_id = s.practice_id AND o.id = s.series_id LEFT JOIN users u ON u.id = s.therapist_id
	WHERE s.practice_id = ? AND (? = '' OR s.client_id = ?) AND (? = '' OR s.series_id = ?) AND (? = '' OR s.therapist_id = ?) AND (? = '' OR s.state = ?)
	AND (? = '' OR s.started_at < ? OR (s.started_at = ? AND s.id < ?))
	ORDER BY s.started_at DESC, s.id DESC LIMIT ?`

// Sessions lists sessions, the newest first, with the people's names and
// without the notes: one statement, however long the page is.
func (t *Tx) Sessions(f SessionFilter, page models.Page) (models.List[models.SessionLine], error) {
	before, id := timeCursor(page.Cursor)
	var rows []sessionLineRow
	err := t.g.Raw(sessionLines, string(t.practice), string(f.ClientID), string(f.ClientID), string(f.SeriesID), string(f.SeriesID), string(f.TherapistID),
		string(f.TherapistID), string(f.State), string(f.State), id, before, before, id, page.Limit+1).Scan(&rows).Error
	return pageOf(rows, page.Limit, sessionLineRow.line, func(r sessionLineRow) string {
		return joinCursor(r.Row.StartedAt.Format(time.RFC3339Nano), r.Row.ID)
	}), err
}

func (r sessionLineRow) line() models.SessionLine {
	l := models.SessionLine{Session: r.Row.plain(), Client: models.PersonName{Given: r.Given, Family: r.Family}, Therapist: val[string](r.Therapist)}
	if l.VisitNumber > 0 && l.State != models.NoteVoid && r.VisitRank != nil {
		l.VisitRank = *r.VisitRank
	}
	if r.Allowed != nil {
		l.Allowed = *r.Allowed
	}
	return l
}

// SessionsOfSeries reads the sessions under an order between two days, both
// inclusive, with their notes and readings, the earliest first; void ones are
// left out.
func (t *Tx) SessionsOfSeries(id models.SeriesID, from, to models.Date) ([]models.Session, error) {
	rows, err := scoped[sessionRow](t).Select("practice_id", sessionColumns...).
		Where("series_id = ? AND state <> ? AND local_date >= ? AND local_date <= ?", string(id), string(models.NoteVoid), from, to).
		Order("started_at").Order("id").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	readings, err := t.readingsOfSeries(id)
	if err != nil {
		return nil, err
	}
	out := make([]models.Session, len(rows))
	for i, r := range rows {
		if out[i], err = t.session(r); err != nil {
			return nil, err
		}
		out[i].Readings = readings[out[i].ID]
	}
	return out, t.rank(id, out)
}

// rank gives each visit its place among all that stand under the order.
func (t *Tx) rank(id models.SeriesID, sessions []models.Session) error {
	s, err := t.Series(id)
	if err != nil {
		return err
	}
	var numbers []int
	const q = `SELECT visit_number FROM sessions WHERE practice_id = ? AND series_id = ? AND state <> 'void' AND visit_number IS NOT NULL ORDER BY visit_number`
	if err := t.g.Raw(q, string(t.practice), string(id)).Scan(&numbers).Error; err != nil {
		return err
	}
	place := map[int]int{}
	for i, n := range numbers {
		place[n] = s.OpeningUsed + i + 1
	}
	for i := range sessions {
		sessions[i].VisitRank = place[sessions[i].VisitNumber]
	}
	return nil
}

// SeriesDays reads the days that count under an order, in one statement: of
// its sessions that stand (stopped ones took place under no order's count)
// and of its open bookings.
func (t *Tx) SeriesDays(id models.SeriesID) (models.SeriesDays, error) {
	const q = `SELECT local_date AS day, 1 AS done FROM sessions WHERE practice_id = ? AND series_id = ? AND state <> 'void' AND kind IN ('prescribed','deviation')
		UNION ALL SELECT local_date, 0 FROM bookings WHERE practice_id = ? AND series_id = ? AND state IN ('booked','started') ORDER BY 1`
	var rows []struct {
		Day  models.Date
		Done int
	}
	var d models.SeriesDays
	err := t.g.Raw(q, string(t.practice), string(id), string(t.practice), string(id)).Scan(&rows).Error
	for _, r := range rows {
		if r.Done == 0 {
			d.Booked = append(d.Booked, r.Day)
			continue
		}
		if d.First.IsZero() {
			d.First = r.Day
		}
		d.Done = append(d.Done, r.Day)
	}
	return d, err
}
