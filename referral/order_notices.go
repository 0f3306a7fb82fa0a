package referral

import (
	"context"
	"errors"
	"strconv"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// tellOfDeviation promises word of work outside the scope to the owners, and to
// the prescriber when a release covers the notes.
func (n *Network) tellOfDeviation(tx *store.Tx, s models.Session, prescriber models.ProviderID) error {
	owners, err := tx.PracticeMail(models.Owner)
	if err != nil {
		return err
	}
	for _, to := range owners {
		if _, err := tx.Post(models.Message{Kind: models.MessageDeviation, To: to, ObjectKind: "session", ObjectID: string(s.ID), ClientID: s.ClientID}); err != nil {
			return err
		}
	}
	p, err := tx.Provider(prescriber)
	if err != nil || p.Email == "" {
		return err
	}
	if _, err := addressOf(tx, p); errors.Is(err, fault.Conflict) {
		return nil // the owners know; nobody writes to an address of another practice
	} else if err != nil {
		return err
	}
	covered, err := n.covered(tx, askForNotes(s.ClientID, prescriber))
	if err != nil || len(covered) == 0 {
		return err
	}
	_, err = tx.Post(models.Message{Kind: models.MessageDeviation, To: p.Email, ObjectKind: "session", ObjectID: string(s.ID), ClientID: s.ClientID, ProviderID: prescriber})
	return err
}

func askForNotes(client models.ClientID, to models.ProviderID) models.Ask {
	return models.Ask{ClientID: client, ProviderID: to, Categories: []models.Category{models.CategorySessionNotes}, Purpose: models.PurposeCoordination}
}

// mayTellOfSession asks the gate again when word of a deviation is about to
// leave; the practice's own people need no release.
func (n *Network) mayTellOfSession(_ context.Context, tx *store.Tx, m models.Message) error {
	if m.ProviderID == "" {
		return nil
	}
	v, err := n.tell(tx, askForNotes(m.ClientID, m.ProviderID), about{ObjectKind: m.ObjectKind, ObjectID: m.ObjectID,
		Description: "Notice of a session outside the order", Channel: "email"})
	if err != nil || v.Allowed {
		return err
	}
	return v.Refusal(true)
}

// changeMayGo: the prescriber is asked only what still waits for their answer.
func changeMayGo(_ *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	if m.Kind != models.MessageChangeNotice && m.Kind != models.MessageChangeLink {
		return nil
	}
	c, err := tx.ChangeRequest(models.ChangeRequestID(m.ObjectID))
	if err != nil {
		return err
	}
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return err
	}
	if !c.Status.Open() || c.Lapsed(practice.Today(tx.Now())) {
		return fault.New(fault.Conflict, "change.status", "This request does not wait for an answer any more, so nobody is asked.")
	}
	return nil
}

// orderMayGo: nobody is asked to sign, or warned of, an order that does not
// stand. What was decided about it is told whatever came after.
func orderMayGo(_ *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	if m.Kind != models.MessageCountersign && m.Kind != models.MessageOrderEnding {
		return nil
	}
	p, err := tx.Prescription(models.PrescriptionID(m.ObjectID))
	if err != nil {
		return err
	}
	switch p.Status {
	case models.OrderDeclined, models.OrderRevoked, models.OrderEnteredInError, models.OrderSuperseded:
		return fault.New(fault.Conflict, "order.status", "This order is "+p.Status.Label()+", so there is nothing to ask for.")
	}
	return nil
}

// warnEnding tells owners and therapists once for each version of an order that
// few visits, and once that few days are left.
func warnEnding(tx *store.Tx, settings models.PracticeSettings, f models.OrderFacts) error {
	for _, w := range f.Ending(settings) {
		fresh, err := tx.MarkWarned(f.Series.ID, w+".v"+strconv.Itoa(f.Order.Version))
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		to, err := tx.PracticeMail(models.Owner, models.Therapist)
		if err != nil {
			return err
		}
		for _, address := range to {
			if _, err := tx.Post(models.Message{Kind: models.MessageOrderEnding, To: address, ObjectKind: "prescription", ObjectID: string(f.Order.ID), ClientID: f.Order.ClientID}); err != nil {
				return err
			}
		}
	}
	return nil
}

// warnEndingOrders is the periodic pass over a practice's orders: days run out
// without anybody doing anything.
func (n *Network) warnEndingOrders(_ context.Context, tx *store.Tx) error {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return err
	}
	for page := (models.Page{Limit: 100}); ; {
		orders, err := tx.Prescriptions(store.OrderFilter{Statuses: []models.PrescriptionStatus{models.OrderActive}}, page)
		if err != nil {
			return err
		}
		for _, o := range orders.Items {
			f, err := facts(tx, o.ID, models.AtBooking, "", false)
			if err == nil {
				err = warnEnding(tx, p.Settings, f)
			}
			if err != nil {
				return err
			}
		}
		if page.Cursor = orders.NextCursor; page.Cursor == "" {
			return nil
		}
	}
}
