package referral

import (
	"cmp"
	"context"
	"slices"

	"rapport/models"
	"rapport/models/store"
)

// clockMonths is how far back an order without a session still owes a report.
const clockMonths = 12

// ReportClock says for each order of a client when the next report is owed.
func (n *Network) ReportClock(ctx context.Context, by models.Actor, client models.ClientID) ([]models.ReportClockLine, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.ReportClockLine, error) {
		if err := by.May(models.ReadReports); err != nil {
			return nil, err
		}
		if _, err := tx.Client(client); err != nil {
			return nil, err
		}
		tx.Log("report_clock.read", "client", string(client), client, "")
		return clocks(tx, client)
	})
}

// ReportClocks lists what the practice owes now: due and overdue reports, the
// most overdue first.
func (n *Network) ReportClocks(ctx context.Context, by models.Actor) ([]models.ReportClockLine, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.ReportClockLine, error) {
		if err := by.May(models.ReadReports); err != nil {
			return nil, err
		}
		tx.Log("report_clock.list", "practice", string(tx.PracticeID()), "", "")
		all, err := clocks(tx, "")
		return slices.DeleteFunc(all, func(c models.ReportClockLine) bool {
			return c.State != models.ClockDue && c.State != models.ClockOverdue
		}), err
	})
}

func clocks(tx *store.Tx, client models.ClientID) ([]models.ReportClockLine, error) {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return nil, err
	}
	today := p.Today(tx.Now())
	rows, err := tx.ClockRows(client, today.AddMonths(-clockMonths))
	out := make([]models.ReportClockLine, 0, len(rows))
	for _, r := range rows {
		if r.Order.Status == models.OrderEnteredInError {
			continue
		}
		line := r.ReportClockLine
		line.ReportClock = r.Order.ClockFacts(r.Series, r.Visits, r.Sent, r.Discharged, p.Settings, today).Due(today)
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(a, b models.ReportClockLine) int { return cmp.Compare(a.DueOn, b.DueOn) })
	return out, err
}
