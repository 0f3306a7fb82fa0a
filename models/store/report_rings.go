package store

import (
	"slices"
	"time"

	"rapport/models"
)

// ringing is what a transaction did to report clocks. The days they ring on
// are written once, at its end, after the order's row was locked: whoever
// comes second reads what the first one did.
type ringing struct {
	series     []models.SeriesID
	deliveries map[models.DeliveryID]time.Time // first evidence that it went out
	all        bool                            // the practice's own clock changed
	renewed    []models.PrescriptionID         // versions that a changed order follows on
	clients    []models.ClientID               // whose releases changed
}

func (r ringing) still() bool {
	return len(r.series) == 0 && len(r.deliveries) == 0 && !r.all && len(r.clients) == 0
}

// rang notes that an order's clock has to be read again.
func (t *Tx) rang(id models.SeriesID) {
	if id != "" && !slices.Contains(t.rings.series, id) {
		t.rings.series = append(t.rings.series, id)
	}
}

// renews notes that the order before this one may not need a renewal any more.
func (t *Tx) renews(p models.Prescription) {
	if p.RenewedFrom != "" && !slices.Contains(t.rings.renewed, p.RenewedFrom) {
		t.rings.renewed = append(t.rings.renewed, p.RenewedFrom)
	}
}

// released notes that a client's releases have to be placed again.
func (t *Tx) released(c models.ClientID) {
	if c != "" && !slices.Contains(t.rings.clients, c) {
		t.rings.clients = append(t.rings.clients, c)
	}
}

// left notes that a delivery went out.
func (t *Tx) left(id models.DeliveryID, e models.DeliveryEvent) {
	if !e.State.WentOut() {
		return
	}
	if t.rings.deliveries == nil {
		t.rings.deliveries = map[models.DeliveryID]time.Time{}
	}
	if at, ok := t.rings.deliveries[id]; !ok || e.At.Before(at) {
		t.rings.deliveries[id] = e.At
	}
}

// ringAt is how many clocks are set in one go.
const ringAt = 200

// setClocks writes when the touched orders will owe a report.
func (t *Tx) setClocks() error {
	if t.rings.still() || t.practice == "" {
		return nil
	}
	did := t.rings
	t.rings = ringing{}
	sent, err := t.firstSent(did.deliveries)
	if err != nil {
		return err
	}
	for _, r := range sent {
		if !slices.Contains(did.series, r.SeriesID) {
			did.series = append(did.series, r.SeriesID)
		}
	}
	if did.all {
		if err := t.g.Raw(`SELECT id FROM order_series WHERE practice_id = ? AND (last_number > 0
			OR id IN (SELECT object_id FROM open_items WHERE practice_id = ? AND kind = 'report_clock')
			OR current_id IN (SELECT id FROM prescriptions WHERE practice_id = ? AND status = 'active')) ORDER BY id`, string(t.practice), string(t.practice), string(t.practice)).Scan(&did.series).Error; err != nil {
			return err
		}
	}
	if len(did.renewed) > 0 {
		var before []models.SeriesID
		if err := t.g.Raw("SELECT DISTINCT series_id FROM prescriptions WHERE practice_id = ? AND id IN ?", string(t.practice), did.renewed).Scan(&before).Error; err != nil {
			return err
		}
		did.series = append(did.series, before...)
	}
	slices.Sort(did.series)
	did.series = slices.Compact(did.series)
	for some := range slices.Chunk(did.series, ringAt) {
		if err := t.setSome(some, sent); err != nil {
			return err
		}
	}
	slices.Sort(did.clients)
	return t.placeReleases(did.clients)
}

const lockClocks = `SELECT practice_id, id, client_id, current_id, allowed, opening_used, used, last_number, reported_at, discharged
	FROM order_series WHERE practice_id = ? AND id IN ? ORDER BY id`

func (t *Tx) setSome(ids []models.SeriesID, sent []sentReport) error {
	var rows []seriesRow
	q := t.forUpdate(lockClocks)
	if err := t.g.Raw(q, string(t.practice), ids).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	p, err := t.Home()
	if err != nil {
		return err
	}
	list := make([]clockRow, len(rows))
	for i := range rows {
		list[i].Row = rows[i]
	}
	clocks, err := t.clocks(list)
	if err != nil {
		return err
	}
	for i := range clocks {
		if err := t.markSent(&clocks[i], sent, p); err != nil {
			return err
		}
	}
	return t.placeOrders(clocks, p.Settings)
}

// day writes NULL for no day.
func day(d models.Date) *models.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

// sentReport is a report that goes out for the first time.
type sentReport struct {
	ID         models.ReportID
	SeriesID   models.SeriesID
	Kind       models.ReportKind
	DeliveryID models.DeliveryID
	at         time.Time
}

const firstSent = `SELECT r.id, r.series_id, r.kind, d.id AS delivery_id FROM deliveries d JOIN reports r ON r.practice_id = d.practice_id AND r.id = d.report_id
	WHERE d.practice_id = ? AND d.id IN ? AND r.sent_at IS NULL ORDER BY r.id`

func (t *Tx) firstSent(deliveries map[models.DeliveryID]time.Time) ([]sentReport, error) {
	if len(deliveries) == 0 {
		return nil, nil
	}
	ids := make([]models.DeliveryID, 0, len(deliveries))
	for id := range deliveries {
		ids = append(ids, id)
	}
	var sent []sentReport
	err := t.g.Raw(firstSent, string(t.practice), ids).Scan(&sent).Error
	for i := range sent {
		sent[i].at = deliveries[sent[i].DeliveryID]
	}
	return sent, err
}

// markSent keeps with each report when it went out and when it was owed: the
// last day on time by what the clock of its locked order said on that day.
// The order keeps the last one sent.
func (t *Tx) markSent(c *ClockRow, sent []sentReport, p models.Practice) error {
	before := *c
	for _, s := range sent {
		if s.SeriesID != c.SeriesID {
			continue
		}
		if err := t.g.Exec("UPDATE reports SET sent_at = ?, sent_on = ?, due_on = ? WHERE practice_id = ? AND id = ? AND sent_at IS NULL",
			s.at.UTC(), p.Today(s.at), day(before.dueAt(s.at, p)), string(t.practice), string(s.ID)).Error; err != nil {
			return err
		}
		if at := s.at.UTC(); c.Sent == nil || c.Sent.Before(at) {
			c.Sent = &at
		}
		c.Discharged = c.Discharged || s.Kind == models.ReportDischarge
	}
	if c.Sent == before.Sent && c.Discharged == before.Discharged {
		return nil
	}
	n, err := scoped[seriesRow](t).Where("id = ?", string(c.SeriesID)).Select("reported_at", "discharged").
		Updates(t.ctx, seriesRow{ReportedAt: c.Sent, Discharged: c.Discharged})
	return one(n, err, "prescription")
}

// dueAt is the last day on time of the report that the visits before an
// instant asked for; zero where none was to come.
func (c ClockRow) dueAt(at time.Time, p models.Practice) models.Date {
	if c.Order.Status == models.OrderEnteredInError {
		return ""
	}
	seen := slices.DeleteFunc(slices.Clone(c.Visits), func(v models.Visit) bool { return v.At.After(at) })
	today := p.Today(at)
	return c.Order.ClockFacts(c.Series, seen, c.Sent, c.Discharged, p.Settings, today).Due(today).DueOn
}
