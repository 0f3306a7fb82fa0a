package referral

import (
	"slices"

	"rapport/models"
	"rapport/models/store"
)

// ownOrders is a list of what a provider wrote: who asks, and which practices
// and clients stand for it on the trail and in the ledger already.
type ownOrders struct {
	*asking
	by     models.Actor
	query  OrderQuery
	listed map[models.PracticeID]bool
	told   map[models.ClientID]bool
	found  map[models.PrescriptionID]models.OrderView
}

// prescriberOrders lists what a provider wrote at any practice, the newest
// first: however many orders a page has, each practice is asked for all of them
// at once, and each client stands in its ledger once.
func (n *Network) prescriberOrders(tx *store.Tx, by models.Actor, q OrderQuery, page models.Page) (models.List[models.OrderView], error) {
	var out models.List[models.OrderView]
	a, err := askingFor(tx, by)
	if err != nil {
		return out, err
	}
	own := ownOrders{a, by, q, map[models.PracticeID]bool{}, map[models.ClientID]bool{}, map[models.PrescriptionID]models.OrderView{}}
	for round := 1; ; round++ {
		l, err := tx.Grants("prescription", models.Page{Limit: page.Limit - len(out.Items), Cursor: page.Cursor})
		if err != nil {
			return out, err
		}
		if err := own.granted(tx, l.Items); err != nil {
			return out, err
		}
		for _, g := range l.Items {
			if o, ok := own.found[models.PrescriptionID(g.ObjectID)]; ok {
				out.Items = append(out.Items, o)
			}
		}
		out.NextCursor, page.Cursor = l.NextCursor, l.NextCursor
		if page.Cursor == "" || len(out.Items) >= page.Limit || round == maxRounds {
			return out, nil
		}
	}
}

// granted looks for orders, practice by practice.
func (o ownOrders) granted(tx *store.Tx, grants []models.Grant) error {
	at := map[models.PracticeID][]string{}
	var practices []models.PracticeID
	for _, g := range grants {
		if at[g.PracticeID] == nil {
			practices = append(practices, g.PracticeID)
		}
		at[g.PracticeID] = append(at[g.PracticeID], g.ObjectID)
	}
	for _, p := range practices {
		if err := o.enter(tx, p); err != nil {
			return err
		}
		if !o.listed[p] {
			tx.Log("prescription.list", "practice", string(p), "", "")
		}
		o.listed[p] = true
		if err := o.here(tx, at[p]); err != nil {
			return err
		}
	}
	return nil
}

// here finds which of some orders of a practice fit and may be seen. It filters
// before anything is told; an order whose release ended fits no status, because
// the filter would tell what is not shown.
func (o ownOrders) here(tx *store.Tx, ids []string) error {
	l, err := tx.Prescriptions(store.OrderFilter{IDs: ids, ClientID: o.query.ClientID, Statuses: storedAs(o.query.Status)}, models.Page{Limit: len(ids)})
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(l.Items, func(p models.Prescription) bool {
		return !p.VisibleTo(o.by) || !store.Named(o.query.Name, p.Content.ClientName)
	})
	if len(list) == 0 {
		return nil
	}
	orders, series, clients := make([]models.PrescriptionID, len(list)), make([]models.SeriesID, len(list)), make([]models.ClientID, len(list))
	for i, p := range list {
		orders[i], series[i], clients[i] = p.ID, p.SeriesID, p.ClientID
	}
	if err := o.hold(tx, clients); err != nil {
		return err
	}
	uses, err := tx.SeriesUses(series)
	if err != nil {
		return err
	}
	scans, err := tx.Attachments(orders...)
	if err != nil {
		return err
	}
	for _, p := range list {
		view, err := orderViewOf(p, uses[p.SeriesID], o.practice, o.ask.On)
		if err != nil {
			return err
		}
		for _, s := range scans {
			if s.PrescriptionID == p.ID {
				view.Attachments = append(view.Attachments, s)
			}
		}
		o.show(tx, view)
	}
	return nil
}

// show asks the gate about one order and puts it on the list.
func (o ownOrders) show(tx *store.Tx, view models.OrderView) {
	ask, v := o.judge(askForOrder(view.Prescription))
	if !v.Allowed || o.query.Status != "" && (v.Ended || view.Now != o.query.Status) {
		return
	}
	if v.Ended {
		view = view.Frozen()
	}
	if o.found[view.ID] = view; o.told[view.ClientID] {
		return
	}
	o.told[view.ClientID] = true
	disclose(tx, ask, o.to, v, about{ObjectKind: "client", ObjectID: string(view.ClientID), Description: "Listed orders and their status", Channel: "portal"})
}
