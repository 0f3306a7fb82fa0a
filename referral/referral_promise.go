package referral

import (
	"cmp"
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// PromiseOnReferral writes down what somebody owes somebody for a referral. With
// whom and about whom follow from it, and where no day is said, the day on
// which its clock runs out. Of one kind and side, one is open at a time; a
// referral that came to nothing owes nothing.
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
		if r.State.Final() {
			return models.PromiseLine{}, fault.New(fault.Conflict, "promise.referral_ended", "This referral is "+r.State.Label()+"; nothing is owed for it any more. Promise it to the relationship instead.")
		}
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
		open, err := tx.PromisesBySource("referral", string(id))
		if err != nil {
			return models.PromiseLine{}, err
		}
		if err := onceOwed(open, d); err != nil {
			return models.PromiseLine{}, err
		}
		p, err := promised(tx, by, r.RelationshipID, d, "referral", string(id))
		if err != nil {
			return models.PromiseLine{}, err
		}
		return promiseLine(tx, p)
	})
}

// onceOwed refuses to open a promise again that stands already.
func onceOwed(open []models.Promise, d models.PromiseDraft) error {
	for _, p := range open {
		if p.OwedBy == d.OwedBy && p.Kind == cmp.Or(d.Kind, models.PromiseOther) {
			return alreadyPromised(p)
		}
	}
	return nil
}

// notPromised refuses a second open promise of one source.
func notPromised(tx *store.Tx, kind, id string) error {
	p, open, err := tx.PromiseBySource(kind, id)
	if err != nil || !open {
		return err
	}
	return alreadyPromised(p)
}

func alreadyPromised(p models.Promise) error {
	return fault.New(fault.Conflict, "promise.open", "This is promised already. Keep that promise, or release it first.").Ref("promise_id", string(p.ID))
}

// releaseFor ends what was promised for a referral that came to nothing.
func releaseFor(tx *store.Tx, r models.Referral) error {
	open, err := tx.PromisesBySource("referral", string(r.ID))
	if err != nil {
		return err
	}
	for _, p := range open {
		p.State, p.Reason = models.PromiseReleased, "The referral is "+r.State.Label()+"."
		if done, err := tx.SettlePromise(p); err != nil {
			return err
		} else if done {
			tx.Log("promise.released", "promise", string(p.ID), p.ClientID, "referral")
		}
	}
	return nil
}
