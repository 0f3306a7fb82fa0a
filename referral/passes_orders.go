package referral

import (
	"context"

	"rapport/models"
	"rapport/models/store"
)

// passBatch is how many orders a pass settles at a time; the next one goes on.
const passBatch = 200

// lapseChangeRequests closes what was not answered in time. Silence never
// widens a scope.
func (n *Network) lapseChangeRequests(ctx context.Context, tx *store.Tx) error {
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return err
	}
	ids, err := tx.ChangeRequestsToLapse(practice.Today(tx.Now()), passBatch)
	for _, id := range ids {
		if err == nil {
			err = n.lapse(ctx, tx, id)
		}
	}
	return err
}

func (n *Network) lapse(ctx context.Context, tx *store.Tx, id models.ChangeRequestID) error {
	c, err := tx.ChangeRequest(id)
	if err != nil {
		return err
	}
	o, c, err := holdChange(ctx, tx, tx.By(), c)
	if err != nil || !c.Status.Open() || !c.Lapsed(o.today) {
		return err
	}
	tx.Log("change_request.lapse", "change_request", string(id), c.ClientID, "")
	next, err := c.Step(models.ChangeLapsed, models.SystemParty, o.today)
	if err != nil {
		return err
	}
	at := tx.Now()
	next.DecidedAt = &at
	if err := tx.UpdateChangeRequest(next, c.RowVersion); err != nil {
		return err
	}
	if err := tx.CloseLinks(string(id)); err != nil {
		return err
	}
	return postToPractice(tx, models.MessageChangeDecided, o.practice, "change_request", string(id))
}

// notCountersigned is kept with a verbal order that waited too long.
const notCountersigned = "Not countersigned within 14 days."

// suspendUncountersigned suspends verbal orders on day 15. What was done under
// them stays valid, and the rules judge by the day in any case.
func (n *Network) suspendUncountersigned(_ context.Context, tx *store.Tx) error {
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return err
	}
	ids, err := tx.PrescriptionsToCountersign(practice.Today(tx.Now()), passBatch)
	for _, id := range ids {
		if err == nil {
			err = n.suspendVerbal(tx, id)
		}
	}
	return err
}

func (n *Network) suspendVerbal(tx *store.Tx, id models.PrescriptionID) error {
	p, err := tx.Prescription(id)
	if err != nil {
		return err
	}
	o, err := hold(tx, tx.By(), p)
	if err != nil || o.order.Status != models.OrderActive || !o.order.CountersignLapsed(o.today) {
		return err
	}
	tx.Log("prescription.suspend", "prescription", string(id), p.ClientID, "")
	next, err := o.order.Step(models.OrderSuspended, models.SystemParty, notCountersigned)
	if err != nil {
		return err
	}
	if err := tx.UpdatePrescription(next, next.RowVersion); err != nil {
		return err
	}
	return n.postToProvider(tx, models.MessageCountersign, next)
}
