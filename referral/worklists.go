package referral

import (
	"context"
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// keepWorklists fills the lists of a practice once and takes out what time closed.
func (n *Network) keepWorklists(_ context.Context, tx *store.Tx) error {
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return err
	}
	if err := tx.FillWorklists(); err != nil {
		return err
	}
	return tx.ForgetOpenItems(practice.Today(tx.Now()))
}

// Worklists says how long each list is today and whose turn it is.
func (n *Network) Worklists(ctx context.Context, by models.Actor) ([]models.WorklistCount, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.WorklistCount, error) {
		if by.Outsider() {
			lines, err := n.waiting(tx, by, "", false)
			return countLines(lines), err
		}
		today, err := worklistDay(tx, by)
		if err != nil {
			return nil, err
		}
		tx.Log("worklist.count", "practice", string(tx.PracticeID()), "", "")
		list, err := tx.WorklistCounts(today)
		return slices.DeleteFunc(list, func(c models.WorklistCount) bool { return slices.Contains(keptFrom(by), c.Name) }), err
	})
}

// worklistDay asks for the permission and gives the practice's day.
func worklistDay(tx *store.Tx, by models.Actor) (models.Date, error) {
	if err := by.May(models.ReadRelationships); err != nil {
		return "", err
	}
	practice, err := tx.Practice(tx.PracticeID())
	return practice.Today(tx.Now()), err
}

// keptFrom lists what a role of the practice does not see: who books reads no reports.
func keptFrom(by models.Actor) []models.Worklist {
	if by.May(models.ReadReports) != nil {
		return []models.Worklist{models.ListReportsDue}
	}
	return nil
}

// WorklistQuery narrows a worklist; no name means all of them.
type WorklistQuery struct {
	Name models.Worklist
	Side models.OwedBy
}

// Worklist lists what is open, the clock that ends first in front. To a
// provider it lists what waits for them, over all practices.
func (n *Network) Worklist(ctx context.Context, by models.Actor, q WorklistQuery, page models.Page) (models.List[models.OpenLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.OpenLine], error) {
		var none models.List[models.OpenLine]
		known := models.Worklists()
		if by.Outsider() {
			known = append(known, models.ListReportsToRead) // the practice's own are empty to them
		}
		if q.Name != "" && !slices.Contains(known, q.Name) {
			return none, fault.Missing("worklist")
		}
		if by.Outsider() {
			if q.Side == models.OwedByUs {
				return models.List[models.OpenLine]{Items: []models.OpenLine{}}, by.May(models.ReceiveReferrals)
			}
			lines, err := n.waiting(tx, by, q.Name, true)
			return cutLines(lines, page), err
		}
		today, err := worklistDay(tx, by)
		if err != nil {
			return none, err
		}
		if q.Name == models.ListReportsDue {
			if err := by.May(models.ReadReports); err != nil {
				return none, err
			}
		}
		tx.Log("worklist.read", "practice", string(tx.PracticeID()), "", string(q.Name))
		return tx.OpenLines(store.OpenFilter{Worklist: q.Name, Side: q.Side, But: keptFrom(by)}, today, page)
	})
}

// MostUrgent lists so many open things of all worklists, what waits for the
// practice before what waits for others.
func (n *Network) MostUrgent(ctx context.Context, by models.Actor, most int) ([]models.OpenLine, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.OpenLine, error) {
		today, err := worklistDay(tx, by)
		if err != nil {
			return nil, err
		}
		tx.Log("worklist.read", "practice", string(tx.PracticeID()), "", "")
		var out []models.OpenLine
		for _, side := range []models.OwedBy{models.OwedByUs, models.OwedByThem} {
			l, err := tx.OpenLines(store.OpenFilter{Side: side, But: keptFrom(by)}, today, models.Page{Limit: most})
			if err != nil {
				return nil, err
			}
			out = append(out, l.Items...)
		}
		slices.SortFunc(out, models.MoreUrgent)
		return out[:min(most, len(out))], nil
	})
}
