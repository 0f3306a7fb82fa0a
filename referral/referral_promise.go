package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// PromiseOnReferral writes down what somebody owes somebody for a referral. With
// whom and about whom follow from it, and where no day is said, the day on
// which its clock runs out. One such promise is open at a time.
func (n *Network) PromiseOnReferral(ctx context.Context, by models.Actor, id models.ReferralID, d models.PromiseDraft) (models.PromiseLine, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.PromiseLine, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return models.PromiseLine{}, err
		}
		r, err := heldReferral(tx, by, id)
		if err != nil {
			return models.PromiseLine{}, err
		}
		tx.Log("referral.promise", "referral", string(id), r.ClientID, "")
		practice, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.PromiseLine{}, err
		}
		today := practice.Today(tx.Now())
		if d.RelationshipID, d.ClientID = r.RelationshipID, r.ClientID; d.DueOn.IsZero() {
			d.DueOn = max(r.DueOn, today)
		}
		if err := d.Validate(today); err != nil {
			return models.PromiseLine{}, err
		}
		if err := notPromised(tx, "referral", string(id)); err != nil {
			return models.PromiseLine{}, err
		}
		p, err := promised(tx, by, r.RelationshipID, d, "referral", string(id))
		if err != nil {
			return models.PromiseLine{}, err
		}
		return promiseLine(tx, p)
	})
}

// notPromised refuses a second open promise of one source.
func notPromised(tx *store.Tx, kind, id string) error {
	p, open, err := tx.PromiseBySource(kind, id)
	if err != nil || !open {
		return err
	}
	return fault.New(fault.Conflict, "promise.open", "This is promised already. Keep that promise, or release it first.").Ref("promise_id", string(p.ID))
}
