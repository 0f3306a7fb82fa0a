package referral

import (
	"cmp"
	"context"
	"slices"

	"rapport/models"
	"rapport/models/store"
)

// standingDays is how far back the share of reports on time looks.
const standingDays = 365

// ReportClock says for each order of a client when the next report is owed.
func (n *Network) ReportClock(ctx context.Context, by models.Actor, client models.ClientID) ([]models.ReportClockLine, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.ReportClockLine, error) {
		if err := by.May(models.ReadReports); err != nil {
			return nil, err
		}
		if _, err := tx.Client(client); err != nil {
			return nil, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return nil, err
		}
		tx.Log("report_clock.read", "client", string(client), client, "")
		today := p.Today(tx.Now())
		rows, err := tx.ClocksOfClient(client, today.AddMonths(-models.ClockMonths))
		lines := clockLines(rows, p, today)
		slices.SortStableFunc(lines, func(a, b models.ReportClockLine) int { return cmp.Compare(a.DueOn, b.DueOn) })
		return lines, err
	})
}

// ReportClocks lists what the practice owes now, due and overdue reports, the
// one whose clock has rung longest first, with how it stands with them.
func (n *Network) ReportClocks(ctx context.Context, by models.Actor, page models.Page) (models.ReportsOwed, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ReportsOwed, error) {
		if err := by.May(models.ReadReports); err != nil {
			return models.ReportsOwed{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.ReportsOwed{}, err
		}
		tx.Log("report_clock.list", "practice", string(tx.PracticeID()), "", "")
		today := p.Today(tx.Now())
		rows, standing, err := tx.ClocksOwed(today, today.AddDays(-standingDays), page)
		owed := models.ReportsOwed{Standing: standing}
		owed.Items, owed.NextCursor = clockLines(rows.Items, p, today), rows.NextCursor
		return owed, err
	})
}

// ReportStanding counts what the practice owes now, and how many of the
// reports of the last year went out on time.
func (n *Network) ReportStanding(ctx context.Context, by models.Actor) (models.ReportStanding, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ReportStanding, error) {
		if err := by.May(models.ReadReports); err != nil {
			return models.ReportStanding{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.ReportStanding{}, err
		}
		today := p.Today(tx.Now())
		return tx.ReportStanding(today, today.AddDays(-standingDays))
	})
}

// clockLines reads each clock on a day; an order entered in error owes nothing.
func clockLines(rows []store.ClockRow, p models.Practice, today models.Date) []models.ReportClockLine {
	out := make([]models.ReportClockLine, 0, len(rows))
	for _, r := range rows {
		if r.Order.Status == models.OrderEnteredInError {
			continue
		}
		line := r.ReportClockLine
		line.ReportClock = r.Order.ClockFacts(r.Series, r.Visits, r.Sent, r.Discharged, p.Settings, today).Due(today)
		out = append(out, line)
	}
	return out
}
