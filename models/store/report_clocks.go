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

const clockSeries = `SELECT o.practice_id, o.id, o.client_id, o.current_id, o.allowed, o.opening_used, o.used, o.last_number, c.given, c.family
	FROM order_series o JOIN clients c ON c.practice_id = o.practice_id AND c.id = o.client_id
	WHERE o.practice_id = ? AND (? = '' OR o.client_id = ?) AND EXISTS (SELECT 1 FROM sessions s WHERE s.practice_id = o.practice_id AND s.series_id = o.id
		AND s.state <> 'void' AND s.kind IN ('prescribed','deviation') AND s.local_date >= ?)
	ORDER BY o.id`

const clockVisits = `SELECT series_id, started_at AS at, local_date AS day FROM sessions
	WHERE practice_id = ? AND series_id IN ? AND state <> 'void' AND kind IN ('prescribed','deviation') ORDER BY started_at, id`

const clockSent = `SELECT r.series_id AS series_id, r.id AS report_id, r.kind AS kind, e.at AS at FROM delivery_events e
	JOIN deliveries d ON d.practice_id = e.practice_id AND d.id = e.delivery_id
	JOIN reports r ON r.practice_id = d.practice_id AND r.id = d.report_id
	WHERE e.practice_id = ? AND r.series_id IN ? AND e.state IN ('sent','delivered','opened','downloaded','acknowledged')
	ORDER BY e.at, e.id`

// ClockRows reads the orders of a client, or of the practice, that had a
// session on or after a day, in four statements.
func (t *Tx) ClockRows(client models.ClientID, since models.Date) ([]ClockRow, error) {
	var series []struct {
		Row    seriesRow `gorm:"embedded"`
		Given  string
		Family string
	}
	if err := t.g.Raw(clockSeries, string(t.practice), string(client), string(client), since).Scan(&series).Error; err != nil || len(series) == 0 {
		return nil, err
	}
	out := make([]ClockRow, len(series))
	place, ids, current := map[string]int{}, make([]string, len(series)), make([]string, len(series))
	for i, s := range series {
		place[s.Row.ID], ids[i], current[i] = i, s.Row.ID, s.Row.CurrentID
		out[i].Series = s.Row.series()
		out[i].Client = models.PersonName{Given: s.Given, Family: s.Family}
	}
	if err := t.clockOrders(out, place, current); err != nil {
		return nil, err
	}
	var visits []struct {
		SeriesID string
		At       time.Time
		Day      models.Date
	}
	if err := t.g.Raw(clockVisits, string(t.practice), ids).Scan(&visits).Error; err != nil {
		return nil, err
	}
	for _, v := range visits {
		r := &out[place[v.SeriesID]]
		r.Visits = append(r.Visits, models.Visit{At: v.At, On: v.Day})
	}
	return out, t.clockReports(out, place, ids)
}

func (t *Tx) clockOrders(out []ClockRow, place map[string]int, ids []string) error {
	rows, err := scoped[prescriptionRow](t).Select("practice_id", prescriptionColumns...).Where("id IN ?", ids).Order("id").Find(t.ctx)
	if err != nil {
		return err
	}
	orders, err := t.prescriptions(rows)
	for _, p := range orders {
		r := &out[place[string(p.SeriesID)]]
		r.Order, r.ClientID, r.SeriesID, r.PrescriptionID, r.ProviderID, r.Recipient = p, p.ClientID, p.SeriesID, p.ID, p.PrescriberID, p.Content.Prescriber.Name
	}
	return err
}

// clockReports notes for each order which report went out last. A report
// counts from the first evidence that it went out.
func (t *Tx) clockReports(out []ClockRow, place map[string]int, ids []string) error {
	var sent []struct {
		SeriesID string
		ReportID string
		Kind     string
		At       time.Time
	}
	err := t.g.Raw(clockSent, string(t.practice), ids).Scan(&sent).Error
	first := map[string]bool{}
	for i, s := range sent {
		r := &out[place[s.SeriesID]]
		r.Discharged = r.Discharged || s.Kind == string(models.ReportDischarge)
		if !first[s.ReportID] {
			first[s.ReportID], r.Sent = true, &sent[i].At
		}
	}
	return err
}
