package referral

import (
	"context"
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// passBatch is how many orders a pass settles in one call; the next call goes on.
const passBatch = 200

// LapseChangeRequests closes what was not answered in time. Silence never
// widens a scope. It may run twice.
func (n *Network) LapseChangeRequests(ctx context.Context, practice models.PracticeID) error {
	by := models.System(practice)
	ids, err := due(ctx, n, by, (*store.Tx).ChangeRequestsToLapse)
	for _, id := range ids {
		_, e := locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (struct{}, error) {
			c, err := tx.ChangeRequest(id)
			if err != nil {
				return struct{}{}, err
			}
			o, c, err := holdChange(ctx, tx, by, c)
			if err != nil || !c.Status.Open() || !c.Lapsed(o.today) {
				return struct{}{}, err
			}
			tx.Log("change_request.lapse", "change_request", string(id), c.ClientID, "")
			next, err := c.Step(models.ChangeLapsed, models.SystemParty, o.today)
			if err != nil {
				return struct{}{}, err
			}
			at := tx.Now()
			next.DecidedAt = &at
			if err := tx.UpdateChangeRequest(next, c.RowVersion); err != nil {
				return struct{}{}, err
			}
			if err := tx.CloseLinks(string(id)); err != nil {
				return struct{}{}, err
			}
			return struct{}{}, postToPractice(tx, models.MessageChangeDecided, o.practice, "change_request", string(id))
		})
		err = errors.Join(err, e)
	}
	return err
}

// notCountersigned is kept with a verbal order that waited too long.
const notCountersigned = "Not countersigned within 14 days."

// SuspendUncountersigned suspends verbal orders on day 15. What was done under
// them stays valid. It may run twice; the rules judge by the day in any case.
func (n *Network) SuspendUncountersigned(ctx context.Context, practice models.PracticeID) error {
	by := models.System(practice)
	ids, err := due(ctx, n, by, (*store.Tx).PrescriptionsToCountersign)
	for _, id := range ids {
		_, e := n.moveOrder(ctx, by, id, "prescription.suspend", acceptors, func(tx *store.Tx, o *heldOrder) error {
			if o.order.Status != models.OrderActive || !o.order.CountersignLapsed(o.today) {
				return nil
			}
			next, err := o.order.Step(models.OrderSuspended, models.SystemParty, notCountersigned)
			if err != nil {
				return err
			}
			if err := tx.UpdatePrescription(next, next.RowVersion); err != nil {
				return err
			}
			return n.postToProvider(tx, models.MessageCountersign, next)
		})
		if !errors.Is(e, fault.NotFound) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// due lists what a pass has to settle today in the practice's zone.
func due[ID any](ctx context.Context, n *Network, by models.Actor, list func(*store.Tx, models.Date, int) ([]ID, error)) ([]ID, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]ID, error) {
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return nil, err
		}
		return list(tx, p.Today(tx.Now()), passBatch)
	})
}
