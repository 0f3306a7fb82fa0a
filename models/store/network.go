package store

import (
	"time"

	"rapport/models"
)

const referralFunnel = `SELECT direction, COUNT(*), COUNT(*) FILTER (WHERE answered_at IS NOT NULL), COUNT(*) FILTER (WHERE first_visit_at IS NOT NULL),
	COUNT(*) FILTER (WHERE outcome_at IS NOT NULL), COUNT(*) FILTER (WHERE outcome_at IS NOT NULL AND seen_at IS NOT NULL)
	FROM referrals WHERE practice_id = ? AND sent_at >= ? AND state <> 'draft' AND state <> 'entered_in_error' GROUP BY direction`

// ReferralFunnel counts how far the referrals of the window came, each way.
func (t *Tx) ReferralFunnel(today models.Date, zone *time.Location) ([]models.ReferralStep, error) {
	at := healthOn(t.practice, "", today, zone)
	steps := []models.ReferralStep{{Step: "sent"}, {Step: "answered"}, {Step: "visited"}, {Step: "outcome"}, {Step: "seen"}}
	err := t.each(func(row scanner) error {
		var direction models.Direction
		var n [5]int
		if err := row.Scan(&direction, &n[0], &n[1], &n[2], &n[3], &n[4]); err != nil {
			return err
		}
		for i := range n {
			if direction == models.Inbound {
				steps[i].In = n[i]
			} else {
				steps[i].Out = n[i]
			}
		}
		return nil
	}, referralFunnel, at.practice, at.since)
	return steps, err
}

const referralCases = `SELECT r.id, c.given, c.family, r.sent_at, r.answered_at, r.last_visit_at, r.seen_at, r.outcome_at IS NOT NULL AND r.seen_at IS NOT NULL
	FROM referrals r JOIN clients c ON c.practice_id = r.practice_id AND c.id = r.client_id
	WHERE r.practice_id = ? AND (r.sent_at >= ? OR r.last_visit_at >= ?) AND r.state <> 'draft' AND r.state <> 'entered_in_error' AND r.state <> 'cancelled'`

// ReferralCases reads what the owner's figures count of the referrals that were
// sent, or last visited, since an instant.
func (t *Tx) ReferralCases(since time.Time) ([]models.ReferralCase, error) {
	var out []models.ReferralCase
	err := t.each(func(row scanner) error {
		var c models.ReferralCase
		err := row.Scan(&c.ID, &c.Client.Given, &c.Client.Family, &c.SentAt, &c.AnsweredAt, &c.LastVisitAt, &c.SeenAt, &c.Closed)
		out = append(out, c)
		return err
	}, referralCases, string(t.practice), since.UTC(), since.UTC())
	return out, err
}

const reportCases = `SELECT 'report', r.id, c.given, c.family, r.due_on, r.sent_on FROM reports r JOIN clients c ON c.practice_id = r.practice_id AND c.id = r.client_id
	WHERE r.practice_id = ? AND r.sent_on >= ? AND r.due_on IS NOT NULL
	UNION ALL SELECT 'order', o.current_id, c.given, c.family, i.clock_on, ''` + ringingOn

// ReportCase is a report that was sent, or an order that owes one.
type ReportCase struct {
	Kind, ID   string
	Client     models.PersonName
	Owed, Sent models.Date
}

// ReportCases reads the reports sent since a day, and the orders that owe one.
func (t *Tx) ReportCases(since, today models.Date) ([]ReportCase, error) {
	var out []ReportCase
	err := t.each(func(row scanner) error {
		var c ReportCase
		err := row.Scan(&c.Kind, &c.ID, &c.Client.Given, &c.Client.Family, &c.Owed, &c.Sent)
		out = append(out, c)
		return err
	}, reportCases, string(t.practice), since, string(t.practice), today, today)
	return out, err
}

const deliveryCases = `SELECT d.report_id, c.given, c.family, MIN(d.created_at), MAX(CASE WHEN d.state IN ('opened','downloaded','acknowledged') THEN 1 ELSE 0 END)
	FROM deliveries d JOIN clients c ON c.practice_id = d.practice_id AND c.id = d.client_id
	WHERE d.practice_id = ? AND d.created_at >= ? AND d.channel <> 'letter' AND d.state IN ('sent','delivered','opened','downloaded','acknowledged')
	GROUP BY d.report_id, c.given, c.family`

// OpenedCases reads the reports that went out by portal or link since an
// instant, and whether they were opened.
func (t *Tx) OpenedCases(since time.Time, zone *time.Location) ([]models.FigureItem, error) {
	var out []models.FigureItem
	err := t.each(func(row scanner) error {
		i := models.FigureItem{Kind: "report"}
		var client models.PersonName
		var sent any
		var opened int
		if err := row.Scan(&i.ID, &client.Given, &client.Family, &sent, &opened); err != nil {
			return err
		}
		at, err := instant(sent)
		i.About, i.From, i.Met = client.Initials(), models.DateOf(at, zone), opened == 1
		out = append(out, i)
		return err
	}, deliveryCases, string(t.practice), since.UTC())
	return out, err
}

// instant reads a moment that went through an aggregate, which SQLite gives
// back as text.
func instant(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v, nil
	case string:
		return time.Parse("2006-01-02 15:04:05.999999999-07:00", v)
	case []byte:
		return time.Parse("2006-01-02 15:04:05.999999999-07:00", string(v))
	}
	return time.Time{}, nil
}

const freshness = `SELECT p.id, p.given, p.family, p.credentials, p.verified_on FROM relationships r JOIN providers p ON p.id = r.provider_id WHERE r.practice_id = ?`

// VerifiedCases reads the practice's providers with the day on which somebody
// last stood for their record.
func (t *Tx) VerifiedCases(today models.Date) ([]models.FigureItem, error) {
	var out []models.FigureItem
	err := t.each(func(row scanner) error {
		i := models.FigureItem{Kind: "provider"}
		p := models.Provider{}
		var on *string
		err := row.Scan(&i.ID, &p.Name.Given, &p.Name.Family, &p.Credentials, &on)
		i.About, i.On = p.DisplayName(), val[models.Date](on)
		if !i.On.IsZero() {
			days := i.On.DaysUntil(today)
			i.Days, i.Met = &days, days <= models.VerifiedForDays
		}
		out = append(out, i)
		return err
	}, freshness, string(t.practice))
	return out, err
}
