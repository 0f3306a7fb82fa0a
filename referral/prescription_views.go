package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// orderView is the order as the caller sees it now. For an outsider the gate is
// asked and its answer kept: the prescriber always sees their own order, after
// the client's release ended only the order itself.
func (n *Network) orderView(tx *store.Tx, by models.Actor, p models.Prescription) (models.OrderView, error) {
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return models.OrderView{}, err
	}
	uses, err := tx.SeriesUses([]models.SeriesID{p.SeriesID})
	if err != nil {
		return models.OrderView{}, err
	}
	st, err := orderViewOf(p, uses[p.SeriesID], practice, practice.Today(tx.Now()))
	if err != nil {
		return st, err
	}
	if st.Attachments, err = tx.Attachments(p.ID); err != nil || !by.Outsider() {
		return st, err
	}
	return n.shown(tx, by, st)
}

func orderViewOf(p models.Prescription, use store.SeriesUse, practice models.Practice, today models.Date) (models.OrderView, error) {
	st := models.OrderView{Prescription: p, Visits: use.Visits(use.Booked), CurrentID: use.CurrentID, PracticeName: practice.Name}
	st.From, st.Until = p.Window(use.First)
	st.Now = p.StatusOn(today, use.Series, st.From, st.Until)
	f := models.OrderFacts{Today: today, Order: p, Series: use.Series, First: use.First}
	st.RunsOut = st.Now == models.OrderExpired || len(f.Ending(practice.Settings)) > 0
	return st, p.Verify()
}

// shown asks the gate before an outsider sees an order.
func (n *Network) shown(tx *store.Tx, by models.Actor, st models.OrderView) (models.OrderView, error) {
	v, err := n.tellOrder(tx, by, st.Prescription, "prescription", string(st.ID), "Order and its status")
	if err != nil {
		return st, err
	}
	if v.Ended {
		return st.Frozen(), nil
	}
	return st, nil
}

// tellOrder asks the gate to show a prescriber what became of their own order.
func (n *Network) tellOrder(tx *store.Tx, by models.Actor, p models.Prescription, kind, object, description string) (models.Verdict, error) {
	channel := "portal"
	switch {
	case by.Kind == models.ActorLink:
		channel = "link"
	case !by.Outsider():
		channel = "letter"
	}
	v, err := n.tell(tx, askForOrder(p), about{ObjectKind: kind, ObjectID: object, Description: description, Channel: channel})
	if err != nil {
		return v, err
	}
	return v, v.Refusal(by.Outsider())
}

// askForOrder: what became of an order, for who wrote it.
func askForOrder(p models.Prescription) models.Ask {
	return models.Ask{ClientID: p.ClientID, ProviderID: p.PrescriberID, Prescriber: p.PrescriberID,
		Categories: []models.Category{models.CategoryPrescriptionStatus}, Purpose: models.PurposeCoordination}
}

// OrderQuery narrows a list of orders; Status may be a derived one.
type OrderQuery struct {
	ClientID models.ClientID
	Name     string // of the client: each word begins a word of the name
	Status   models.PrescriptionStatus
}

// Prescriptions lists orders, newest first: the practice's, or those a
// provider wrote at any practice.
func (n *Network) Prescriptions(ctx context.Context, by models.Actor, q OrderQuery, page models.Page) (models.List[models.OrderView], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.OrderView], error) {
		if err := mayOnOrder(by, models.OrderPrescription, models.ReadPrescriptions); err != nil {
			return models.List[models.OrderView]{}, err
		}
		if q.Status != "" && q.Status.Label() == "" {
			var l fault.List
			l.Add("status.unknown", "/status", "This is not a status of an order.")
			return models.List[models.OrderView]{}, l.Invalid("The list cannot be made.")
		}
		if by.Outsider() {
			return n.prescriberOrders(tx, by, q, page)
		}
		var out models.List[models.OrderView]
		for round := 1; ; round++ {
			l, err := n.practiceOrders(tx, by, q, models.Page{Limit: page.Limit - len(out.Items), Cursor: page.Cursor})
			if err != nil {
				return out, err
			}
			out.Items, out.NextCursor = append(out.Items, l.Items...), l.NextCursor
			if page.Cursor = l.NextCursor; page.Cursor == "" || len(out.Items) >= page.Limit || round == maxRounds {
				return out, nil
			}
		}
	})
}

// maxRounds bounds how far one request looks for orders that fit; the cursor
// goes on from there.
const maxRounds = 50

// storedAs says which stored states can read as a status.
func storedAs(s models.PrescriptionStatus) []models.PrescriptionStatus {
	switch s {
	case "":
		return nil
	case models.OrderCompleted, models.OrderExpired:
		return []models.PrescriptionStatus{models.OrderActive}
	case models.OrderSuspended:
		return []models.PrescriptionStatus{models.OrderActive, models.OrderSuspended}
	}
	return []models.PrescriptionStatus{s}
}

func (n *Network) practiceOrders(tx *store.Tx, by models.Actor, q OrderQuery, page models.Page) (models.List[models.OrderView], error) {
	l, err := tx.Prescriptions(store.OrderFilter{ClientID: q.ClientID, Name: q.Name, Statuses: storedAs(q.Status)}, page)
	out := models.List[models.OrderView]{NextCursor: l.NextCursor}
	if err != nil {
		return out, err
	}
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return out, err
	}
	ids := make([]models.SeriesID, len(l.Items))
	for i, p := range l.Items {
		ids[i] = p.SeriesID
	}
	uses, err := tx.SeriesUses(ids)
	if err != nil {
		return out, err
	}
	tx.Log("prescription.list", "practice", string(tx.PracticeID()), q.ClientID, "")
	for _, p := range l.Items {
		if !p.VisibleTo(by) {
			continue
		}
		st, err := orderViewOf(p, uses[p.SeriesID], practice, practice.Today(tx.Now()))
		if err != nil {
			return out, err
		}
		if q.Status == "" || st.Now == q.Status {
			out.Items = append(out.Items, st)
		}
	}
	return out, nil
}
