package store

import (
	"encoding/json"
	"slices"
	"time"

	"rapport/models"
)

// SessionFilter narrows a list of sessions; empty fields do not.
type SessionFilter struct {
	IDs         []string
	ClientID    models.ClientID
	SeriesID    models.SeriesID
	TherapistID models.UserID
	State       models.SessionState
	Shared      *SharedVisits // what somebody outside may read of; nil for the practice
}

const (
	sessionLines = `SELECT s.id, s.client_id, s.prescription_id, s.series_id, s.booking_id, s.therapist_id, s.kind, s.state, s.visit_number, s.started_at,
	s.local_date, s.minutes, s.regions, s.signed_at, s.created_at, s.version, c.given, c.family, u.name, o.allowed,
	o.opening_used + (SELECT COUNT(*) FROM sessions k WHERE k.practice_id = s.practice_id AND k.series_id = s.series_id AND k.state <> 'void'
		AND k.visit_number <= s.visit_number)
	FROM sessions s JOIN clients c ON c.practice_id = s.practice_id AND c.id = s.client_id
	LEFT JOIN order_series o ON o.practice_id = s.practice_id AND o.id = s.series_id LEFT JOIN users u ON u.id = s.therapist_id
	WHERE s.practice_id = ?`
	newestFirst = ` ORDER BY s.started_at DESC, s.id DESC LIMIT ?`
)

// lines writes the query of a list; only what narrows it becomes a condition,
// so that each list is planned for its own index.
func (f SessionFilter) lines(practice models.PracticeID, page models.Page) (query string, args []any) {
	query, args = sessionLines, []any{string(practice)}
	for _, c := range [][2]string{{"s.client_id", string(f.ClientID)}, {"s.series_id", string(f.SeriesID)}, {"s.therapist_id", string(f.TherapistID)},
		{"s.state", string(f.State)}} {
		if c[1] != "" {
			query, args = query+" AND "+c[0]+" = ?", append(args, c[1])
		}
	}
	if f.IDs != nil {
		query, args = query+" AND s.id IN ?", append(args, f.IDs)
	}
	if f.Shared != nil {
		sql, of := f.Shared.sessions(practice)
		query, args = query+sql, append(args, of...)
	}
	if before, id := timeCursor(page.Cursor); id != "" {
		query, args = query+" AND (s.started_at < ? OR (s.started_at = ? AND s.id < ?))", append(args, before, before, id)
	}
	return query + newestFirst, append(args, page.Limit+1)
}

// Sessions lists sessions, the newest first, with the people's names and
// without what only the whole session shows: one statement, however long the
// page is. It reads the columns by hand: this is the list that is looked at
// all day.
func (t *Tx) Sessions(f SessionFilter, page models.Page) (models.List[models.SessionLine], error) {
	query, args := f.lines(t.practice, page)
	var next string
	lines, seen := make([]models.SessionLine, 0, page.Limit), map[string][]models.RegionSide{}
	err := t.each(func(row scanner) error {
		if len(lines) == page.Limit { // one too many: there is a next page
			last := lines[len(lines)-1]
			next = joinCursor(last.StartedAt.Format(time.RFC3339Nano), string(last.ID))
			return nil
		}
		lines = append(lines, models.SessionLine{Session: models.Session{PracticeID: t.practice}})
		return line(row, &lines[len(lines)-1], seen)
	}, query, args...)
	return models.List[models.SessionLine]{Items: lines, NextCursor: next}, err
}

// line reads one row; seen are the regions that were read before, because the
// visits under one order tend to treat the same.
func line(row scanner, l *models.SessionLine, seen map[string][]models.RegionSide) error {
	var rank whole
	var regions string
	err := row.Scan((*text)(&l.ID), (*text)(&l.ClientID), (*text)(&l.PrescriptionID), (*text)(&l.SeriesID), (*text)(&l.BookingID), (*text)(&l.TherapistID),
		(*text)(&l.Kind), (*text)(&l.State), (*whole)(&l.VisitNumber), &l.StartedAt, (*text)(&l.LocalDate), &l.Minutes, (*text)(&regions), &l.SignedAt, &l.CreatedAt, &l.Version,
		(*text)(&l.Client.Given), (*text)(&l.Client.Family), (*text)(&l.Therapist), (*whole)(&l.Allowed), &rank)
	if l.VisitNumber > 0 && l.State != models.NoteVoid {
		l.VisitRank = int(rank)
	}
	if err != nil {
		return err
	}
	known, ok := seen[regions]
	if !ok {
		err = json.Unmarshal([]byte(regions), &known)
		seen[regions] = known
	}
	l.Regions = slices.Clone(known)
	return err
}

// VisitsOfSeries is when the first and the last session under an order began;
// void ones and those that a red flag stopped are left out. Nil: there is none.
func (t *Tx) VisitsOfSeries(id models.SeriesID) (first, last *time.Time, err error) {
	visits, err := scoped[sessionRow](t).Select("practice_id", "started_at").Where("series_id = ? AND state <> ? AND kind <> ?", string(id), string(models.NoteVoid),
		string(models.Stopped)).Order("started_at").Find(t.ctx)
	if err != nil || len(visits) == 0 {
		return nil, nil, err
	}
	return &visits[0].StartedAt, &visits[len(visits)-1].StartedAt, nil
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
