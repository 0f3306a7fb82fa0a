package store

import (
	"time"

	"rapport/models"
)

// ClockRow is an order with what its report clock counts.
type ClockRow struct {
	models.ReportClockLine
	Order      models.Prescription
	Series     models.Series
	Visits     []models.Visit
	Sent       *time.Time // when the report sent last was first sent
	Discharged bool       // a discharge report is among those sent
}

const clockSeries = `SELECT o.practice_id, o.id, o.client_id, o.current_id, o.allowed, o.opening_used, o.used, o.last_number, o.reported_at, o.discharged,
	c.given, c.family`

const clocksOfClient = clockSeries + ` FROM order_series o JOIN clients c ON c.practice_id = o.practice_id AND c.id = o.client_id
	WHERE o.practice_id = ? AND o.client_id = ? AND EXISTS (SELECT 1 FROM sessions s WHERE s.practice_id = o.practice_id AND s.series_id = o.id
		AND s.state <> 'void' AND s.kind IN ('prescribed','deviation') AND s.local_date >= ?)
	ORDER BY o.id`

// ringingOn are the clocks that ring on a day, as they stand in the worklist.
const ringingOn = ` FROM open_items i JOIN order_series o ON o.practice_id = i.practice_id AND o.id = i.object_id
	JOIN clients c ON c.practice_id = o.practice_id AND c.id = o.client_id
	WHERE i.practice_id = ? AND i.worklist = 'reports_due' AND i.from_on <= ? AND i.until_on >= ?`

const clocksOwed = clockSeries + `, i.clock_on AS rung` + ringingOn + ` AND (i.clock_on, i.object_id) > (?, ?)
	ORDER BY i.clock_on, i.object_id LIMIT ?`

const clockVisits = `SELECT series_id, started_at AS at, local_date AS day FROM sessions
	WHERE practice_id = ? AND series_id IN ? AND state <> 'void' AND kind IN ('prescribed','deviation') ORDER BY started_at, id`

type clockRow struct {
	Row    seriesRow `gorm:"embedded"`
	Given  string
	Family string
	Rung   models.Date
}

// ClocksOfClient reads the orders of a client that had a session on or after a
// day, in three statements.
func (t *Tx) ClocksOfClient(client models.ClientID, since models.Date) ([]ClockRow, error) {
	var rows []clockRow
	if err := t.g.Raw(clocksOfClient, string(t.practice), string(client), since).Scan(&rows).Error; err != nil {
		return nil, err
	}
	return t.clocks(rows)
}

// ClocksOwed reads the practice's orders that stand in its worklist of reports
// on a day, the one that has rung longest first, in three statements.
func (t *Tx) ClocksOwed(today models.Date, page models.Page) (models.List[ClockRow], error) {
	day, id, _ := splitCursor(page.Cursor)
	var rows []clockRow
	if err := t.g.Raw(clocksOwed, string(t.practice), today, today, day, id, page.Limit+1).Scan(&rows).Error; err != nil {
		return models.List[ClockRow]{}, err
	}
	l := pageOf(rows, page.Limit, func(r clockRow) clockRow { return r }, func(r clockRow) string { return joinCursor(string(r.Rung), r.Row.ID) })
	out, err := t.clocks(l.Items)
	return models.List[ClockRow]{Items: out, NextCursor: l.NextCursor}, err
}

// clocks adds the versions in force and the visits.
func (t *Tx) clocks(series []clockRow) ([]ClockRow, error) {
	if len(series) == 0 {
		return nil, nil
	}
	out := make([]ClockRow, len(series))
	place, ids, current := map[string]int{}, make([]string, len(series)), make([]string, len(series))
	for i, s := range series {
		place[s.Row.ID], ids[i], current[i] = i, s.Row.ID, s.Row.CurrentID
		out[i].Series, out[i].Sent, out[i].Discharged = s.Row.series(), s.Row.ReportedAt, s.Row.Discharged
		out[i].Client = models.PersonName{Given: s.Given, Family: s.Family}
	}
	rows, err := scoped[prescriptionRow](t).Select("practice_id", prescriptionColumns...).Where("id IN ?", current).Order("id").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	orders, err := t.prescriptions(rows)
	if err != nil {
		return nil, err
	}
	for _, p := range orders {
		r := &out[place[string(p.SeriesID)]]
		r.Order, r.ClientID, r.SeriesID, r.PrescriptionID, r.ProviderID, r.Recipient = p, p.ClientID, p.SeriesID, p.ID, p.PrescriberID, p.Content.Prescriber.Name
	}
	var visits []struct {
		SeriesID string
		At       time.Time
		Day      models.Date
	}
	err = t.g.Raw(clockVisits, string(t.practice), ids).Scan(&visits).Error
	for _, v := range visits {
		r := &out[place[v.SeriesID]]
		r.Visits = append(r.Visits, models.Visit{At: v.At, On: v.Day})
	}
	return out, err
}

const clockStanding = `SELECT
	(SELECT COUNT(*) FROM open_items i WHERE i.practice_id = ? AND i.worklist = 'reports_due' AND i.from_on <= ? AND i.until_on >= ?) AS owed,
	(SELECT COUNT(*) FROM open_items i WHERE i.practice_id = ? AND i.worklist = 'reports_due' AND i.clock_on < ? AND i.from_on <= ? AND i.until_on >= ?) AS overdue,
	(SELECT COUNT(*) FROM reports r WHERE r.practice_id = ? AND r.sent_on >= ? AND r.due_on IS NOT NULL) AS sent,
	(SELECT COUNT(*) FROM reports r WHERE r.practice_id = ? AND r.sent_on >= ? AND r.due_on >= r.sent_on) AS on_time`

// ReportStanding counts what the practice owes on a day and what it sent since another.
func (t *Tx) ReportStanding(today, since models.Date) (models.ReportStanding, error) {
	p, s := string(t.practice), models.ReportStanding{}
	err := t.g.Raw(clockStanding, p, today, today, p, today, today, today, p, since, p, since).Scan(&s).Error
	s.Since = since
	return s, err
}
