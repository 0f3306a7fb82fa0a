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
const (
	ringingOn   = ringingJoin + ringingWhere
	ringingJoin = ` FROM open_items i JOIN order_series o ON o.practice_id = i.practice_id AND o.id = i.object_id
	JOIN clients c ON c.practice_id = o.practice_id AND c.id = o.client_id`
	ringingWhere = ` WHERE i.practice_id = ? AND i.worklist = 'reports_due' AND i.from_on <= ? AND i.until_on >= ?`
)

// clocksOwed reads the standing with the first row, so that a page takes one
// statement less; who asks for a page wants both.
var clocksOwed = `SELECT ` + qualified("p", prescriptionColumns) + `, o.client_id AS o_client_id, o.id AS o_id, o.current_id AS o_current_id, o.allowed AS o_allowed,
	o.opening_used AS o_opening_used, o.used AS o_used, o.last_number AS o_last_number, o.reported_at AS o_reported_at, o.discharged AS o_discharged,
	c.given, c.family, i.clock_on AS rung, n.owed, n.overdue, n.sent, n.on_time` + ringingJoin + `
	JOIN prescriptions p ON p.practice_id = o.practice_id AND p.id = o.current_id
	CROSS JOIN (` + clockStanding + `) n` + ringingWhere + ` AND (i.clock_on, i.object_id) > (?, ?)
	ORDER BY i.clock_on, i.object_id LIMIT ?`

// qualified lists a table's columns for a written statement, practice included.
func qualified(table string, columns []any) string {
	out := table + ".practice_id"
	for _, c := range columns {
		out += ", " + table + "." + c.(string)
	}
	return out
}

const clockVisits = `SELECT series_id, started_at AS at, local_date AS day FROM sessions
	WHERE practice_id = ? AND series_id IN ? AND state <> 'void' AND kind IN ('prescribed','deviation') ORDER BY started_at, id`

type clockRow struct {
	Row    seriesRow `gorm:"embedded"`
	Given  string
	Family string
}

type owedRow struct {
	Series        seriesRow       `gorm:"embedded;embeddedPrefix:o_"`
	Order         prescriptionRow `gorm:"embedded"`
	Given, Family string
	Rung          models.Date
	Owed, Overdue int
	Sent, OnTime  int
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
// on a day, the one that has rung longest first, and how it kept its clocks
// since another day: in two statements, however many there are.
func (t *Tx) ClocksOwed(today, since models.Date, page models.Page) (l models.List[ClockRow], s models.ReportStanding, err error) {
	day, id, _ := splitCursor(page.Cursor)
	p := string(t.practice)
	args := append(standingArgs(t.practice, today, since), p, today, today, day, id, page.Limit+1)
	rows, err := asked[owedRow](t, clocksOwed, args...)
	if err != nil {
		return l, s, err
	}
	if len(rows) == 0 {
		s, err = t.ReportStanding(today, since)
		return models.List[ClockRow]{}, s, err
	}
	s = models.ReportStanding{Since: since, Owed: rows[0].Owed, Overdue: rows[0].Overdue, Sent: rows[0].Sent, OnTime: rows[0].OnTime}
	cut := pageOf(rows, page.Limit, func(r owedRow) owedRow { return r }, func(r owedRow) string { return joinCursor(string(r.Rung), r.Series.ID) })
	l = models.List[ClockRow]{Items: make([]ClockRow, len(cut.Items)), NextCursor: cut.NextCursor}
	for i, r := range cut.Items {
		order, err := t.prescription(r.Order)
		if err != nil {
			return l, s, err
		}
		l.Items[i] = clockRow{r.Series, r.Given, r.Family}.counted()
		l.Items[i].ordered(order)
	}
	return l, s, t.visited(l.Items)
}

// counted is the row with what its order counts, before its version in force
// and its visits.
func (r clockRow) counted() ClockRow {
	c := ClockRow{Series: r.Row.series(), Sent: r.Row.ReportedAt, Discharged: r.Row.Discharged}
	c.Client = models.PersonName{Given: r.Given, Family: r.Family}
	return c
}

func (c *ClockRow) ordered(p models.Prescription) {
	c.Order, c.ClientID, c.SeriesID, c.PrescriptionID, c.ProviderID, c.Recipient = p, p.ClientID, p.SeriesID, p.ID, p.PrescriberID, p.Content.Prescriber.Name
}

// clocks adds the versions in force and the visits.
func (t *Tx) clocks(series []clockRow) ([]ClockRow, error) {
	if len(series) == 0 {
		return nil, nil
	}
	out := make([]ClockRow, len(series))
	place, current := map[models.SeriesID]int{}, make([]string, len(series))
	for i, s := range series {
		out[i], current[i] = s.counted(), s.Row.CurrentID
		place[out[i].Series.ID] = i
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
		out[place[p.SeriesID]].ordered(p)
	}
	return out, t.visited(out)
}

// visited adds the visits of some orders.
func (t *Tx) visited(clocks []ClockRow) error {
	place, ids := map[models.SeriesID]int{}, make([]string, len(clocks))
	for i, c := range clocks {
		place[c.Series.ID], ids[i] = i, string(c.Series.ID)
	}
	visits, err := asked[struct {
		SeriesID models.SeriesID
		At       time.Time
		Day      models.Date
	}](t, clockVisits, string(t.practice), ids)
	for _, v := range visits {
		r := &clocks[place[v.SeriesID]]
		r.Visits = append(r.Visits, models.Visit{At: v.At, On: v.Day})
	}
	return err
}

const clockStanding = `SELECT
	(SELECT COUNT(*) FROM open_items i WHERE i.practice_id = ? AND i.worklist = 'reports_due' AND i.from_on <= ? AND i.until_on >= ?) AS owed,
	(SELECT COUNT(*) FROM open_items i WHERE i.practice_id = ? AND i.worklist = 'reports_due' AND i.clock_on < ? AND i.from_on <= ? AND i.until_on >= ?) AS overdue,
	(SELECT COUNT(*) FROM reports r WHERE r.practice_id = ? AND r.sent_on >= ? AND r.due_on IS NOT NULL) AS sent,
	(SELECT COUNT(*) FROM reports r WHERE r.practice_id = ? AND r.sent_on >= ? AND r.due_on >= r.sent_on) AS on_time`

func standingArgs(practice models.PracticeID, today, since models.Date) []any {
	p := string(practice)
	return []any{p, today, today, p, today, today, today, p, since, p, since}
}

// ReportStanding counts what the practice owes on a day and what it sent since another.
func (t *Tx) ReportStanding(today, since models.Date) (models.ReportStanding, error) {
	s := models.ReportStanding{}
	err := t.g.Raw(clockStanding, standingArgs(t.practice, today, since)...).Scan(&s).Error
	s.Since = since
	return s, err
}
