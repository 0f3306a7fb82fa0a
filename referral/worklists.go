package referral

import (
	"cmp"
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

// notForProviders is what a practice keeps to itself: its promises, and what
// waits for the practice.
var notForProviders = []models.Worklist{models.ListPromises, models.ListReportsDue, models.ListReleasesExpiring, models.ListOrdersRunningOut}

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
		if q.Name != "" && !slices.Contains(models.Worklists(), q.Name) {
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

// waitingAtMost is how many things of one practice a provider's list names.
const waitingAtMost = 200

// waiting is what practices wait for from a provider. The gate is asked for
// each, as it is when they open it: what it does not show is not listed, and
// what is listed with a name is on the trail and in the client's ledger.
func (n *Network) waiting(tx *store.Tx, by models.Actor, name models.Worklist, named bool) ([]models.OpenLine, error) {
	out := []models.OpenLine{}
	if err := by.May(models.ReceiveReferrals); err != nil {
		return out, err
	}
	practices, err := tx.PracticesOf()
	if err != nil {
		return out, err
	}
	for _, id := range practices {
		if err := tx.Enter(id); err != nil {
			return out, err
		}
		practice, err := tx.Practice(id)
		if err != nil {
			return out, err
		}
		tx.Log("worklist.read", "practice", string(id), "", string(name))
		l, err := tx.OpenLines(store.OpenFilter{Worklist: name, Side: models.OwedByThem, ProviderID: by.ProviderID, But: notForProviders}, practice.Today(tx.Now()),
			models.Page{Limit: waitingAtMost})
		if err != nil {
			return out, err
		}
		for _, line := range l.Items {
			shown, err := n.shownToProvider(tx, line, named)
			if err != nil {
				return out, err
			}
			if shown {
				line.Practice, line.ProviderTurn = practice.Name, true
				out = append(out, line)
			}
		}
	}
	slices.SortFunc(out, func(a, b models.OpenLine) int {
		return cmp.Or(cmp.Compare(a.ClockOn, b.ClockOn), cmp.Compare(a.ObjectID, b.ObjectID), cmp.Compare(a.Kind, b.Kind))
	})
	return out, nil
}

// shownToProvider asks the gate: their own order and referral as such, one
// that was sent to them by the release.
func (n *Network) shownToProvider(tx *store.Tx, line models.OpenLine, named bool) (bool, error) {
	r := models.Referral{Direction: models.Inbound, ClientID: line.ClientID, ProviderID: line.ProviderID}
	if line.Kind == models.OpenReferral {
		var err error
		if r, err = tx.Referral(models.ReferralID(line.ObjectID)); err != nil {
			return false, err
		}
	}
	what := askForOwnReferral(r)
	if r.Direction == models.Outbound {
		what = askForReferral(r)
	}
	ask, all, err := n.asked(tx, what)
	if err != nil {
		return false, err
	}
	verdict := models.JudgeReleases(ask, all)
	if !verdict.Allowed || verdict.Ended || !named {
		return verdict.Allowed && !verdict.Ended, nil
	}
	tx.Log("worklist.read", string(line.Kind), line.ObjectID, line.ClientID, "")
	verdict, err = n.tell(tx, what, about{ObjectKind: string(line.Kind), ObjectID: line.ObjectID, Description: "Listed as waiting for an answer", Channel: "portal"})
	return err == nil && verdict.Allowed && !verdict.Ended, err
}

// countLines is how long a provider's lists are; what waits, waits for them.
func countLines(lines []models.OpenLine) []models.WorklistCount {
	var out []models.WorklistCount
	for _, w := range models.Worklists() {
		if slices.Contains(notForProviders, w) {
			continue
		}
		c := models.WorklistCount{Name: w}
		for _, l := range lines {
			if l.Worklist == w {
				c.Them++
				if l.Left < 0 {
					c.Late++
				}
			}
		}
		out = append(out, c)
	}
	return out
}

// cutLines cuts a page out of a list that was put together in memory.
func cutLines(lines []models.OpenLine, page models.Page) models.List[models.OpenLine] {
	after := store.CursorID(page.Cursor)
	key := func(l models.OpenLine) string { return string(l.ClockOn) + " " + l.ObjectID + " " + string(l.Kind) }
	lines = slices.DeleteFunc(lines, func(l models.OpenLine) bool { return after != "" && key(l) <= after })
	l := models.List[models.OpenLine]{Items: lines}
	if page.Limit > 0 && len(lines) > page.Limit {
		l.Items, l.NextCursor = lines[:page.Limit], store.CursorOf(key(lines[page.Limit-1]))
	}
	return l
}
